package picture

import (
	"fmt"
	"math"

	"github.com/go-memoryview/memoryview"
	"github.com/go-memoryview/memoryview/buffer"
	"github.com/go-memoryview/memoryview/export"
	"github.com/go-memoryview/memoryview/format"
	"github.com/go-memoryview/memoryview/internal/summary"
)

// What is read at a time.
const (
	blockItems = 1 << 14
	blockBytes = 1 << 20
)

// numbers reads the items of a view as float64, in C order: complex ones as their magnitude, bools as 0 and 1.
type numbers struct {
	view  *memoryview.View
	count int
	block int // items

	packed    []byte
	items     *memoryview.View // of what is packed
	values    []float64
	magnitude []complex128 // nil where items are real
}

func isNumber(t *format.Type) bool {
	switch t.Kind() {
	case format.Bool, format.Int, format.Uint, format.Float, format.Complex:
		return true
	}
	return false
}

// numbersOf prepares to read. What are no numbers is buffer.ErrType. The view stays the caller's.
func numbersOf(v *memoryview.View) (*numbers, error) {
	t := v.Buffer().Type()
	if !isNumber(t) {
		return nil, fmt.Errorf("%w: items of format %.40q are drawn as no picture: it takes numbers, or a field of them", buffer.ErrType, v.Format())
	}
	size := v.ItemSize()
	block := max(min(blockItems, blockBytes/size), 1)
	n := &numbers{view: v, count: v.NBytes() / size, block: block, packed: make([]byte, block*size), values: make([]float64, block)}
	lent, err := export.Strided(n.packed, 0, buffer.Layout{ItemSize: size, Format: v.Format(), Shape: []int{block}}, true)
	if err != nil {
		return nil, err
	}
	if n.items, err = memoryview.FromObject(lent); err != nil {
		return nil, err
	}
	if t.Kind() == format.Complex {
		n.magnitude = make([]complex128, block)
	}
	return n, nil
}

// each calls f for all items, block by block. The slice is valid during the call.
func (n *numbers) each(w *summary.Work, f func(from int, x []float64)) error {
	return w.Walk(n.count, n.block, func(from, to int) error {
		x, err := n.read(from, to)
		if err == nil {
			f(from, x)
		}
		return err
	})
}

// read returns the items of a range that is no longer than a block.
func (n *numbers) read(from, to int) ([]float64, error) {
	size := int64(n.view.ItemSize())
	if got, err := n.view.ReadAt(n.packed[:int64(to-from)*size], int64(from)*size); int64(got) < int64(to-from)*size {
		return nil, err
	}
	items, err := n.items.Slice(0, to-from, 1)
	if err != nil {
		return nil, err
	}
	defer items.Release()
	x := n.values[:to-from]
	if n.magnitude == nil {
		return x, memoryview.Convert(x, items)
	}
	z := n.magnitude[:to-from]
	if err := memoryview.Convert(z, items); err != nil {
		return nil, err
	}
	for i, c := range z {
		x[i] = math.Hypot(real(c), imag(c))
	}
	return x, nil
}

// Special counts what has no place on a scale.
type Special struct{ NaN, PosInf, NegInf int }

// take reports whether x is a number with a place.
func (s *Special) take(x float64) bool {
	switch {
	case x-x == 0:
		return true
	case math.IsInf(x, 1):
		s.PosInf++
	case math.IsInf(x, -1):
		s.NegInf++
	default:
		s.NaN++
	}
	return false
}

func (s *Special) note() (notes []string) {
	for _, count := range []struct {
		what string
		n    int
	}{{"NaN", s.NaN}, {"+Inf", s.PosInf}, {"-Inf", s.NegInf}} {
		if count.n > 0 {
			notes = append(notes, fmt.Sprintf("%s: %d", count.what, count.n))
		}
	}
	return notes
}
