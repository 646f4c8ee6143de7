package summary

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"sync"
	"unsafe"

	"github.com/go-memoryview/memoryview/format"
	"github.com/go-memoryview/memoryview/internal/kernel"
	"github.com/go-memoryview/memoryview/internal/typed"
)

// Column is one thing to summarise in each item: the item itself, or a field of records, or a part of complex
// numbers. The elements of a subarray are items in further dimensions.
type Column struct {
	Name string // of the field, with those around it: "pos.x"; "" for the item itself
	Type *format.Type

	number   kernel.Number
	isNumber bool
	items    kernel.Items
	n        int

	walked    kernel.Items // the items in the order in which they are read: as they lie in memory
	order     []int        // its dimensions, without those of one item
	reordered bool         // that is not C order
	isRun     bool         // they lie side by side
}

// mostColumns bounds what hostile formats ask for.
const mostColumns = 1000

// Columns opens records and subarrays. Complex numbers are two columns, "real" and "imag". The error is
// ErrFormat where there are too many of them, or too many dimensions.
func Columns(items kernel.Items, typ *format.Type) ([]*Column, error) {
	return open(nil, "", items, typ, true)
}

// open appends the columns of a type. Of complex numbers it opens the parts only where that is asked for.
func open(all []*Column, name string, items kernel.Items, typ *format.Type, parts bool) (_ []*Column, err error) {
	if len(all) >= mostColumns {
		return nil, fmt.Errorf("%w: more than %d fields: pick one", format.ErrFormat, mostColumns)
	}
	items.Size = typ.Size()
	switch {
	case typ.Kind() == format.Struct:
		for i := range typ.NumField() {
			f := typ.Field(i)
			inner := f.Name
			if inner == "" {
				inner = fmt.Sprint(i)
			}
			if all, err = open(all, join(name, inner), items.Part(f.Offset, f.Type.Size()), f.Type, parts); err != nil {
				return nil, err
			}
		}
		return all, nil
	case typ.Kind() == format.Array:
		if len(items.Shape)+len(typ.Shape()) > kernel.MaxDims {
			return nil, fmt.Errorf("%w: more than %d dimensions with those of subarrays: cut a part", format.ErrFormat, kernel.MaxDims)
		}
		return open(all, name, typed.Elements(items, typ), typ.Elem(), parts)
	case typ.Kind() == format.Complex && parts:
		half := partType(typ)
		size := half.Size()
		return append(all, newColumn(join(name, "real"), items.Part(0, size), half),
			newColumn(join(name, "imag"), items.Part(typ.Size()-size, size), half)), nil
	}
	return append(all, newColumn(name, items, typ)), nil
}

func join(outer, inner string) string {
	if outer == "" {
		return inner
	}
	return outer + "." + inner
}

// partType is the type of the parts of a complex one: the same without the Z.
func partType(typ *format.Type) *format.Type {
	half, err := format.Parse(strings.Replace(typ.String(), "Z", "", 1))
	if err != nil {
		panic(err) // every complex format is a Z before a float's
	}
	return half
}

func newColumn(name string, items kernel.Items, typ *format.Type) *Column {
	c := &Column{Name: name, Type: typ, items: items, n: items.Count(), walked: items}
	c.number, c.isNumber = typed.NumberOf(typ)
	c.walk()
	return c
}

// walk puts the dimensions in the order of memory, the shortest steps last, so that what is stored in Fortran order is
// read as quickly.
func (c *Column) walk() {
	for d, extent := range c.items.Shape {
		if extent != 1 {
			c.order = append(c.order, d)
		}
	}
	if !c.items.Indirect() {
		slices.SortStableFunc(c.order, func(i, j int) int { return -cmp.Compare(abs(c.items.Strides[i]), abs(c.items.Strides[j])) })
		c.reordered = !slices.IsSorted(c.order)
		c.walked = kernel.Items{Base: c.items.Base, Size: c.items.Size}
		for _, d := range c.order {
			c.walked.Shape = append(c.walked.Shape, c.items.Shape[d])
			c.walked.Strides = append(c.walked.Strides, c.items.Strides[d])
		}
	}
	c.isRun = c.n > 0 && isRun(&c.walked)
}

func abs(x int) int { return max(x, -x) }

// isRun reports whether items lie side by side, where words may lie.
func isRun(it *kernel.Items) bool {
	step := it.Size
	for d := len(it.Shape) - 1; d >= 0; d-- {
		if it.Shape[d] != 1 && it.Strides[d] != step {
			return false
		}
		step *= it.Shape[d]
	}
	return !it.Indirect() && uintptr(it.Base)%uintptr(min(max(it.Size&-it.Size, 1), 8)) == 0
}

// Len returns the number of items.
func (c *Column) Len() int { return c.n }

// room is what one goroutine needs for its blocks.
type room struct {
	packed []uint64            // bytes of the items of a block
	values [blockItems]uint64  // and they as numbers
	sifted [blockItems]float64 // those of them that are finite
	shapes [2][1]int
	steps  [2][1]int
}

var rooms = sync.Pool{New: func() any { return new(room) }}

// read returns the items from a position on, of the order in which they are walked, side by side.
func (c *Column) read(r *room, from, n int) unsafe.Pointer {
	size := c.walked.Size
	if c.isRun {
		return unsafe.Add(c.walked.Base, from*size)
	}
	return r.pack(c.walked, from, n)
}

// pack copies items to the room.
func (r *room) pack(items kernel.Items, from, n int) unsafe.Pointer {
	words := (n*items.Size + 7) / 8
	if len(r.packed) < max(words, 1) {
		r.packed = make([]uint64, max(words, 1))
	}
	p := unsafe.Pointer(&r.packed[0])
	kernel.PackRange(unsafe.Slice((*byte)(p), n*items.Size), items, from*items.Size)
	return p
}

// run describes n items side by side.
func (r *room) run(side int, p unsafe.Pointer, n, size int) kernel.Items {
	r.shapes[side][0], r.steps[side][0] = n, size
	return kernel.Items{Base: p, Size: size, Shape: r.shapes[side][:], Strides: r.steps[side][:]}
}

// form is in what the numbers of a column are worked on.
type form int

const (
	noNumber form = iota
	counted       // items of one or two bytes, of which there are few different ones
	floating      // float64, which holds all of them
	signed        // int64
	unsigned      // uint64
)

func (c *Column) form() form {
	kind, size := c.number.Kind, c.number.Size
	switch {
	case !c.isNumber && c.Type.Kind() == format.Float: // by Unpack
		return floating
	case !c.isNumber || kind == kernel.Complex:
		return noNumber
	case size <= 2:
		return counted
	case size == 8 && kind == kernel.Int:
		return signed
	case size == 8 && kind == kernel.Uint:
		return unsigned
	}
	return floating
}

func (c *Column) isInteger() bool {
	kind := c.number.Kind
	return c.isNumber && (kind == kernel.Int || kind == kernel.Uint || kind == kernel.Bool)
}

// number is what the wide ones are worked on as.
type number interface{ float64 | int64 | uint64 }

var kindOf = map[form]kernel.Kind{floating: kernel.Float, signed: kernel.Int, unsigned: kernel.Uint}

// block reads items as numbers of their form.
func block[T number](c *Column, r *room, from, n int) []T {
	return numbersAt[T](c, r, c.read(r, from, n), n)
}

// numbersAt makes numbers of n items side by side.
func numbersAt[T number](c *Column, r *room, p unsafe.Pointer, n int) []T {
	native := kernel.Number{Kind: kindOf[c.form()], Size: 8}
	if c.isNumber && c.number == native {
		return unsafe.Slice((*T)(p), n)
	}
	to := unsafe.Pointer(&r.values)
	if c.isNumber {
		kernel.Convert(r.run(0, to, n, 8), r.run(1, p, n, c.walked.Size), native, c.number)
		return unsafe.Slice((*T)(to), n)
	}
	values := unsafe.Slice((*T)(to), n)
	for i := range values {
		values[i] = T(c.float(unsafe.Slice((*byte)(unsafe.Add(p, i*c.walked.Size)), c.walked.Size)))
	}
	return values
}

// float unpacks a float, as one that the kernels do not know: a long double.
func (c *Column) float(item []byte) float64 {
	value, err := c.Type.Unpack(item)
	switch v := value.(type) {
	case float64:
		return v
	case float32:
		return float64(v)
	case format.ShortFloat:
		return float64(v.Float32())
	}
	panic(fmt.Sprintf("a float unpacks to %T, %v", value, err))
}
