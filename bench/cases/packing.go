package cases

import (
	"fmt"
	"unsafe"

	"github.com/go-memoryview/memoryview"
	"github.com/go-memoryview/memoryview/buffer"
	"github.com/go-memoryview/memoryview/internal/kernel"
)

// packing is a copy of a view's items, in C order, to memory that is there already.
type packing struct {
	name    string
	source  func() *memoryview.View                          // contiguous memory
	choose  func(*memoryview.View) (*memoryview.View, error) // the view of it that is packed; nil: all of it
	array   string                                           // the same as the view, in NumPy
	bytes   int                                              // of the items
	workers int                                              // goroutines, where that is asked for
	kernel  bool                                             // the loops alone, without the checks of a call
	pureGo  bool
}

// against is a case of it: against "copy" (Go's, of as many bytes in one run), "memcpy" (the same by the C
// library), "NumPy", or with a target of its own.
func (p packing) against(peer string, t Target) Case {
	return Case{
		Name: p.name, Peer: peer, Target: t, Bytes: p.bytes, Large: p.bytes >= 1<<30, PureGo: p.pureGo,
		Prepare: func(m *Machine) (*Pair, error) {
			v, src := p.operands()
			dst := make([]byte, v.NBytes())
			pair := &Pair{Ours: p.ours(v, dst), Want: func() (string, error) { return crc(definition(v)), nil }}
			var err error
			switch peer {
			case "copy":
				pair.Peer = calls(func() error { copy(dst, src); return nil }, nil)
			case "memcpy":
				pair.Peer, err = m.memcpy(dst, src)
			case "NumPy":
				pair.Want = nil
				pair.Peer, err = m.python("a = "+p.array+"; out = np.empty(a.shape, a.dtype)", "np.copyto(out, a)", "crc(out)")
			}
			return pair, err
		},
	}
}

// operands are the view, and as many bytes of its memory in one run, so that both sides read the same.
func (p packing) operands() (v *memoryview.View, run []byte) {
	v = p.source()
	run = contents(v)
	if p.choose != nil {
		v = must(p.choose(v))
	}
	return v, run[:v.NBytes()]
}

func (p packing) ours(v *memoryview.View, dst []byte) Side {
	result := func() string { return crc(dst) }
	if p.kernel {
		var side Side
		_ = v.Buffer().Access(func(item unsafe.Pointer) error {
			items := v.Buffer().Items(item) // Go memory, which v keeps alive
			side = calls(func() error { kernel.Pack(dst, items, false); return nil }, result)
			return nil
		})
		return side
	}
	if p.workers == 0 {
		return calls(func() error {
			_, err := v.AppendBytes(dst[:0], buffer.C)
			return err
		}, result)
	}
	to := must(must(memoryview.FromObject(dst)).CastShape(v.Format(), v.Shape()))
	return calls(func() error { return buffer.Copy(to, v, buffer.Parallel(p.workers)) }, result)
}

// definition packs the items one by one.
func definition(v *memoryview.View) []byte {
	shape, strides, size := v.Shape(), v.Strides(), v.ItemSize()
	packed := make([]byte, 0, v.NBytes())
	var walk func(p unsafe.Pointer, d int)
	walk = func(p unsafe.Pointer, d int) {
		if d == len(shape) {
			packed = append(packed, unsafe.Slice((*byte)(p), size)...)
			return
		}
		for i := range shape[d] {
			walk(unsafe.Add(p, i*strides[d]), d+1)
		}
	}
	walk(must(v.Buffer().Pointer(make([]int, len(shape))...)), 0)
	return packed
}

// copies: one run of bytes.
func copies(s Scale) []Case {
	var all []Case
	for _, size := range []int{2 * s.MiB, 16 * s.MiB, 128 * s.MiB, s.GiB} {
		run := packing{
			name:   "contiguous copy, " + sized(size),
			source: func() *memoryview.View { return data("u1", size) },
			bytes:  size,
		}
		all = append(all, run.against("copy", Target{0.65, Ratio}))
	}
	return all
}

// transposes: every item size, with assembly, by two goroutines, and without assembly; and small ones.
func transposes(s Scale) []Case {
	var all []Case
	for _, item := range []struct {
		code                  string
		memcpy, numpy, pureGo float64
	}{
		{"f4", 1.3, 7, 4},
		{"f8", 1.3, 7, 4},
		{"c16", 1.3, 7, 4},
		{"u1", 2.3, 11, 6},
		{"u2", 2.3, 11, 6},
	} {
		turned := transpose(item.code, s.Side)
		all = append(all, turned.against("memcpy", Target{item.memcpy, Ratio}), turned.against("NumPy", Target{item.numpy, Faster}))
		if item.memcpy < 2 {
			two := turned
			two.name += ", two goroutines"
			two.workers = 2
			all = append(all, two.against("memcpy", Target{0.7, Ratio}))
		}
		pure := turned
		pure.name += ", pure Go"
		pure.pureGo = true
		all = append(all, pure.against("memcpy", Target{item.pureGo, Ratio}), pure.against("NumPy", Target{2.5, Faster}))
	}
	small := transpose("f8", 8)
	small.name += ", the loops alone"
	small.kernel = true
	return append(all,
		small.against("", Target{30, Nanoseconds}),
		transpose("f4", 64).against("copy", Target{2.5, Ratio}))
}

func transpose(code string, side int) packing {
	size := data(code, 1).ItemSize()
	return packing{
		name:   fmt.Sprintf("transpose %dx%d, item %d", side, side, size),
		source: func() *memoryview.View { return data(code, side, side) },
		choose: func(v *memoryview.View) (*memoryview.View, error) { return v.Transpose() },
		array:  fmt.Sprintf("numbers(%d, %q).reshape(%d, %d).T", side*side, code, side, side),
		bytes:  side * side * size,
	}
}

// planes: from pixels to planes of colour, and back.
func planes(s Scale) []Case {
	frame := func(name string, shape [3]int, axes [3]int) Case {
		return packing{
			name:   fmt.Sprintf("%s, %dx%d uint8", name, s.Width, s.Height),
			source: func() *memoryview.View { return data("u1", shape[:]...) },
			choose: func(v *memoryview.View) (*memoryview.View, error) { return v.Transpose(axes[:]...) },
			array:  fmt.Sprintf("numbers(%d, 'u1').reshape(%d, %d, %d).transpose(%d, %d, %d)", shape[0]*shape[1]*shape[2], shape[0], shape[1], shape[2], axes[0], axes[1], axes[2]),
			bytes:  3 * s.Height * s.Width,
		}.against("NumPy", Target{3.5, Faster})
	}
	return []Case{
		frame("HWC to CHW", [3]int{s.Height, s.Width, 3}, [3]int{2, 0, 1}),
		frame("CHW to HWC", [3]int{3, s.Height, s.Width}, [3]int{1, 2, 0}),
	}
}

// lines: one dimension with a step, in cache.
func lines(s Scale) []Case {
	second := line("every second byte of "+sized(64*s.KiB), "u1", 64*s.KiB, "::2")
	all := []Case{second.against("copy", Target{2, Ratio}), second.against("NumPy", Target{6, Faster})}
	for _, code := range []string{"u1", "u2", "f4", "f8"} {
		size := data(code, 1).ItemSize()
		reversed := line(fmt.Sprintf("reversal of %s, item %d", sized(64*s.KiB), size), code, 64*s.KiB/size, "::-1")
		all = append(all, reversed.against("copy", Target{1.5, Ratio}))
		if size == 1 {
			all = append(all, reversed.against("NumPy", Target{15, Faster}))
		}
	}
	return all
}

// line is the items of one dimension that a cut leaves.
func line(name, code string, items int, cut string) packing {
	p := packing{
		name:   name,
		source: func() *memoryview.View { return data(code, items) },
		choose: func(v *memoryview.View) (*memoryview.View, error) { return v.Select(cut) },
		array:  fmt.Sprintf("numbers(%d, %q)[%s]", items, code, cut),
	}
	v, _ := p.operands()
	p.bytes = v.NBytes()
	return p
}

// toBytes: every second item, in fresh memory as CPython's tobytes, and in memory that is there already.
func toBytes(s Scale) []Case {
	dram, cached := Target{3, Faster}, Target{100, Faster}
	return []Case{
		strided("ToBytes", fresh, "f8", 8*s.MiB, dram),
		strided("AppendBytes", reused, "f8", 8*s.MiB, dram),
		strided("ToBytes", fresh, "u1", 64*s.KiB, cached),
		strided("AppendBytes", reused, "u1", 64*s.KiB, cached),
	}
}

func strided(name string, pack func(v *memoryview.View, dst []byte) ([]byte, error), code string, items int, t Target) Case {
	size := data(code, 1).ItemSize()
	return Case{
		Name: fmt.Sprintf("%s, %s of every second item, item %d", name, sized(items/2*size), size), Peer: "CPython", Target: t,
		Bytes: items / 2 * size,
		Prepare: func(m *Machine) (*Pair, error) {
			v := must(data(code, items).Select("::2"))
			var packed []byte
			ours := calls(func() (err error) {
				packed, err = pack(v, packed)
				return err
			}, func() string { return crc(packed) })
			peer, err := m.python(fmt.Sprintf("m = memoryview(numbers(%d, %q))[::2]", items, code),
				"m.tobytes()", "crc(m.tobytes())")
			return &Pair{Ours: ours, Peer: peer}, err
		},
	}
}

func fresh(v *memoryview.View, _ []byte) ([]byte, error) { return v.ToBytes(buffer.C) }

func reused(v *memoryview.View, dst []byte) ([]byte, error) { return v.AppendBytes(dst[:0], buffer.C) }
