package arrayfile_test

import (
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/go-memoryview/memoryview/arrayfile"
)

// holes is a writer of a file that leaves out pieces of zeros.
type holes struct{ file *os.File }

func (h holes) Write(b []byte) (int, error) {
	for _, c := range b {
		if c != 0 {
			return h.file.Write(b)
		}
	}
	_, err := h.file.Seek(int64(len(b)), io.SeekCurrent)
	return len(b), err
}

// Members of more than 4 GiB, and those behind them, are written and read, in place; Python's zipfile finds the same.
func TestMembersBeyond4GiB(t *testing.T) {
	if math.MaxInt == math.MaxInt32 {
		t.Skip("platform: an address space of 32 bits")
	}
	if os.Getenv("MEMORYVIEW_SOAK") == "" {
		t.Skip("short mode: it reads 4 GiB; MEMORYVIEW_SOAK is not set")
	}
	folder := t.TempDir()
	zeros := filepath.Join(folder, "zeros")
	check(os.WriteFile(zeros, nil, 0o600))
	size := int64(4<<30 + 4096)
	check(os.Truncate(zeros, size))
	v := must(open(t, zeros, arrayfile.Raw("<d")).View(""))
	defer v.Release()

	path := filepath.Join(folder, "x.npz")
	file := must(os.Create(path))
	check(arrayfile.Write(holes{file}, []arrayfile.Named{{Name: "small", Value: []int32{1}}, {Name: "long", Value: v}, {Name: "last", Value: []int32{5, 6, 7}}}, arrayfile.As("npz")))
	check(file.Close())

	f := open(t, path)
	long := must(f.Array("long"))
	if int64(long.NBytes()) != size || long.Copied() || long.Offset()%64 != 0 {
		t.Errorf("%d bytes from byte %d, copied %v", long.NBytes(), long.Offset(), long.Copied())
	}
	w := must(f.View("long"))
	defer w.Release()
	if x := must(w.At(-1)); x != 0.0 {
		t.Errorf("the last item is %v", x)
	}
	last := must(f.Array("last"))
	if got := must(must(f.View("last")).ToList()); len(got.([]any)) != 3 || got.([]any)[2] != int32(7) || last.Offset() < size {
		t.Errorf("behind it, from byte %d: %v", last.Offset(), got)
	}
	python := os.Getenv("MEMORYVIEW_PYTHON")
	if python == "" {
		t.Skip("MEMORYVIEW_PYTHON names no Python with NumPy")
	}
	const program = `import sys, zipfile, numpy as np
z = zipfile.ZipFile(sys.argv[1])
assert [i.file_size for i in z.infolist()][1] > 2**32
with z.open("long.npy") as f:
    assert np.lib.format.read_magic(f) == (1, 0)
    assert np.lib.format.read_array_header_1_0(f) == ((2**29 + 512,), False, np.dtype("<f8"))
assert np.load(sys.argv[1])["last"].tolist() == [5, 6, 7]`
	if out, err := exec.Command(python, "-c", program, path).CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, out)
	}
}
