package cases

import (
	"encoding/binary"
	"fmt"
	"math"

	"github.com/go-memoryview/memoryview"
)

// conversions: numbers of other types and byte orders to a slice of float64 that is there already.
func conversions(s Scale) []Case {
	items := 4 * s.Thousand
	littleInts := conversion{
		code: "<i2",
		view: func() *memoryview.View {
			var src []byte
			for _, x := range numbers[int16](items) {
				src = binary.LittleEndian.AppendUint16(src, uint16(x))
			}
			return must(view(src, len(src)).Cast("<h"))
		},
		decode: decoder[int16](items, binary.LittleEndian),
	}
	bigFloats := conversion{
		code: ">f4",
		view: func() *memoryview.View {
			var src []byte
			for _, x := range numbers[float32](items) {
				src = binary.BigEndian.AppendUint32(src, math.Float32bits(x))
			}
			return must(view(src, len(src)).Cast(">f"))
		},
		decode: decoder[float32](items, binary.BigEndian),
	}
	return []Case{
		littleInts.byNumPy(items, Target{2, Faster}),
		littleInts.byBinary(items, Target{11, Faster}),
		bigFloats.byNumPy(items, Target{7, Faster}),
		bigFloats.byBinary(items, Target{11, Faster}),
	}
}

// conversion is from one type, by NumPy's code of it.
type conversion struct {
	code   string
	view   func() *memoryview.View
	decode func(dst []float64, src []byte) error
}

func (c conversion) byNumPy(items int, t Target) Case {
	return c.against("NumPy", items, t, func(m *Machine, _ *memoryview.View) (Side, error) {
		return m.python(fmt.Sprintf("a = numbers(%d, %q); out = np.empty(%d)", items, c.code, items), "np.copyto(out, a)", "crc(out)")
	})
}

func (c conversion) byBinary(items int, t Target) Case {
	return c.against("encoding/binary", items, t, func(_ *Machine, v *memoryview.View) (Side, error) {
		dst, src := make([]float64, items), contents(v)
		return calls(func() error { return c.decode(dst, src) }, func() string { return crc(bytesOf(dst)) }), nil
	})
}

func (c conversion) against(name string, items int, t Target, peer func(*Machine, *memoryview.View) (Side, error)) Case {
	return Case{
		Name: fmt.Sprintf("%s to []float64, %s items", c.code, counted(items)), Peer: name, Target: t, Bytes: 8 * items,
		Prepare: func(m *Machine) (*Pair, error) {
			v := c.view()
			dst := make([]float64, items)
			ours := calls(func() error { return memoryview.Convert(dst, v) }, func() string { return crc(bytesOf(dst)) })
			theirs, err := peer(m, v)
			return &Pair{Ours: ours, Peer: theirs}, err
		},
	}
}

// decoder is encoding/binary's way: to a slice of the type in the file, and a loop from there.
func decoder[T number](items int, order binary.ByteOrder) func(dst []float64, src []byte) error {
	read := make([]T, items)
	return func(dst []float64, src []byte) error {
		if _, err := binary.Decode(src, order, read); err != nil {
			return err
		}
		for i, x := range read {
			dst[i] = float64(x)
		}
		return nil
	}
}

// hexes: hexadecimal digits without separators.
func hexes(s Scale) []Case {
	var all []Case
	for _, size := range []int{s.KiB, 64 * s.KiB, s.MiB} {
		all = append(all, Case{
			Name: "Hex, " + sized(size), Peer: "CPython", Target: Target{1.8, Faster}, Bytes: size,
			Prepare: func(m *Machine) (*Pair, error) {
				v := data("u1", size)
				var digits string
				ours := calls(func() (err error) {
					digits, err = v.Hex("", 0)
					return err
				}, func() string { return crc([]byte(digits)) })
				peer, err := m.python(fmt.Sprintf("m = memoryview(numbers(%d, 'u1'))", size), "m.hex()", "crc(m.hex().encode())")
				return &Pair{Ours: ours, Peer: peer}, err
			},
		})
	}
	return all
}
