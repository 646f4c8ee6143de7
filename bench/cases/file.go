package cases

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/go-memoryview/memoryview"
	"github.com/go-memoryview/memoryview/arrayfile"
)

// fileConversions: a npy file of other numbers made of one, as memview convert does it. Both files are in memory where the system has
// such a folder: how long a disk takes is nobody's here, and ours waits for it.
func fileConversions(s Scale) []Case {
	size := 64 * s.MiB
	return []Case{
		fileConversion{"f4", "<f", "<d", "<f8", size / 4, 8}.against(Target{1, Faster}),
		fileConversion{"f8", "<d", "<f", "<f4", size / 8, 4}.against(Target{1, Faster}),
		fileConversion{"i2", "<h", "<f", "<f4", size / 2, 4}.against(Target{1, Faster}),
		fileConversion{"f8", ">d", "<d", "<f8", size / 8, 8}.against(Target{1, Faster}),
		codes(16*s.MiB, Target{1, Faster}),
	}
}

// fileConversion is from a file of one format to one of another.
type fileConversion struct {
	code           string // of the data
	from, to, name string // the formats in the files, and NumPy's name for the second
	items, size    int    // how many, and the bytes that one takes in the end
}

func (c fileConversion) against(t Target) Case {
	return Case{
		Name: fmt.Sprintf("npy of %s to npy of %s, %s items", c.from, c.to, counted(c.items)), Peer: "NumPy", Target: t,
		Bytes: c.items * c.size, Prepare: c.prepare,
	}
}

func (c fileConversion) prepare(m *Machine) (*Pair, error) {
	folder, err := folderInMemory()
	if err != nil {
		return nil, err
	}
	remove := func() { os.RemoveAll(folder) }
	in, out, theirs := filepath.Join(folder, "in.npy"), filepath.Join(folder, "out.npy"), filepath.Join(folder, "theirs.npy")
	if err := arrayfile.Save(in, []arrayfile.Named{{Value: c.data(), Format: c.from}}); err != nil {
		remove()
		return nil, err
	}
	ours := calls(func() error {
		f, err := arrayfile.Open(in)
		if err != nil {
			return err
		}
		defer f.Close()
		v, err := f.View("")
		if err != nil {
			return err
		}
		defer v.Release()
		return arrayfile.Save(out, []arrayfile.Named{{Value: v, Format: c.to}})
	}, func() string { return crc(must(os.ReadFile(out))) })
	peer, err := m.python(fmt.Sprintf("source, made = %q, %q", in, theirs),
		fmt.Sprintf("np.save(made, np.load(source, mmap_mode='r').astype(%q))", c.name), "crc(open(made, 'rb').read())")
	return &Pair{Ours: ours, Peer: peer, Close: remove}, err
}

func (c fileConversion) data() *memoryview.View {
	if c.code == "i2" {
		return view(numbers[int16](c.items), c.items)
	}
	return data(c.code, c.items)
}

// folderInMemory is a new folder.
func folderInMemory() (string, error) {
	for _, parent := range []string{"/dev/shm", ""} {
		if folder, err := os.MkdirTemp(parent, "bench-"); err == nil || parent == "" {
			return folder, err
		}
	}
	return "", nil
}

// codes: floats of 8 bits to a slice of float32 that is there already.
func codes(items int, t Target) Case {
	const name = "float8_e4m3fn"
	return Case{
		Name: fmt.Sprintf("%s to []float32, %s items", name, counted(items)), Peer: "ml_dtypes", Target: t, Bytes: 4 * items,
		Prepare: func(m *Machine) (*Pair, error) {
			v := must(view(numbers[uint8](items), items).Cast("[" + name + "]"))
			dst := make([]float32, items)
			ours := calls(func() error { return memoryview.Convert(dst, v) }, func() string { return fmt.Sprintf("%.6g", sumOfNumbers(dst)) })
			peer, err := m.python(fmt.Sprintf("import ml_dtypes; a = numbers(%d, 'u1').view(ml_dtypes.%s); out = np.empty(%d, 'f4')", items, name, items),
				"np.copyto(out, a)", "'%.6g' % np.nansum(out, dtype='f8')")
			return &Pair{Ours: ours, Peer: peer}, err
		},
	}
}

// sumOfNumbers is that of all that is no NaN.
func sumOfNumbers(x []float32) (all float64) {
	for _, f := range x {
		if f == f {
			all += float64(f)
		}
	}
	return all
}
