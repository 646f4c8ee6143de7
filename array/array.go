package array

import (
	"fmt"
	"iter"
	"reflect"
	"runtime"
	"sync/atomic"
	"unsafe"

	"github.com/go-memoryview/memoryview"
	"github.com/go-memoryview/memoryview/buffer"
	"github.com/go-memoryview/memoryview/format"
)

// Array is typed access to the items of a view, in its memory. [Of] checked once that every item is
// a T as Go lays it out, so an access is a bounds check and a load.
//
// An access outside the array panics, as with slices, also with a negative index, which View.At would
// take; so does one with another number of indices than there are dimensions, a Set in read-only
// memory, and any access after Release. What it panics with is an error that matches
// buffer.ErrBounds, buffer.ErrReadOnly or buffer.ErrReleased. Arrays are safe for use by many
// goroutines, Release as far as it says; what the memory holds is not guarded. An Array must not be
// copied.
type Array[T any] struct {
	// Every access loads the state once, and keeps it alive to the end: its memory may go away when
	// nobody has it any more.
	state atomic.Pointer[state]
}

// Of returns the items of a view as T, without copying. T is a number, a Float16, a complex number,
// an array, or a struct of these; an array takes up trailing dimensions where the items have none. It
// has a hold on the memory of its own: the view may be released.
//
// A T that is not what the items are is buffer.ErrType, and the error names the field that differs:
// "pos.y: Go offset 12, format 16". So is what must be decoded (another byte order, bools, an
// alignment that Go forbids): [DecoderOf] takes it.
func Of[T any](v *memoryview.View) (*Array[T], error) {
	target := reflect.TypeFor[T]()
	s, err := newState(v)
	if err != nil {
		return nil, fmt.Errorf("array of %v: %w", target, err)
	}
	p, err := s.match(target)
	if err == nil {
		err = p.inPlace()
	}
	if err == nil {
		err = s.aligned(target)
	}
	if err != nil {
		_ = s.hold.Release()
		return nil, fmt.Errorf("array of %v over %.40q: %w", target, s.itemType, err)
	}
	s.index()
	a := new(Array[T])
	a.state.Store(s)
	return a, nil
}

// match pairs T with the items, or with rows of them for an array as T.
func (s *state) match(target reflect.Type) (part, error) {
	elem, step := target, s.hold.ItemSize()
	typ := s.itemType
	for elem.Kind() == reflect.Array && typ.Elem() == nil && len(s.shape) > 0 && !isText(typ) {
		last := len(s.shape) - 1
		if s.shape[last] != elem.Len() || s.strides[last] != step && elem.Len() > 1 {
			return part{}, mismatch("", "the last dimension has %d items, %d bytes apart, of %d bytes", s.shape[last], s.strides[last], step)
		}
		step *= elem.Len()
		s.shape, s.strides, elem = s.shape[:last], s.strides[:last], elem.Elem()
	}
	p, err := match(elem, typ, "")
	if err != nil || elem == target {
		return p, err
	}
	return repeat(p, int(target.Size()/elem.Size()), int(elem.Size()), s.hold.ItemSize()), nil
}

// isText reports whether an item is an array to Go already.
func isText(typ *format.Type) bool {
	return (typ.Kind() == format.Bytes || typ.Kind() == format.Text) && typ.Size() > 1
}

// aligned checks that every item lies where Go allows a T.
func (s *state) aligned(target reflect.Type) error {
	align := target.Align()
	if s.count() == 0 {
		return nil
	}
	misfit := int(uintptr(s.base))
	for d, extent := range s.shape {
		if extent > 1 {
			misfit |= s.strides[d]
		}
	}
	if misfit%align != 0 {
		return mismatch("", "Go wants an alignment of %d bytes, the items lie at %#x with strides %v", align, uintptr(s.base), s.strides)
	}
	return nil
}

// At1 returns item i of an array of one dimension.
func (a *Array[T]) At1(i int) T {
	s := a.state.Load()
	if uint(i) >= uint(s.read1) {
		panic(s)
	}
	v := *(*T)(unsafe.Add(s.base, i*s.stride0))
	runtime.KeepAlive(s)
	return v
}

// At2 returns item (i, j) of an array of two dimensions.
func (a *Array[T]) At2(i, j int) T {
	s := a.state.Load()
	if uint(i) >= uint(s.read2[0]) || uint(j) >= uint(s.read2[1]) {
		panic(s)
	}
	v := *(*T)(unsafe.Add(s.base, i*s.stride0+j*s.stride1))
	runtime.KeepAlive(s)
	return v
}

// At3 returns item (i, j, k) of an array of three dimensions.
func (a *Array[T]) At3(i, j, k int) T {
	s := a.state.Load()
	if uint(i) >= uint(s.read3[0]) || uint(j) >= uint(s.read3[1]) || uint(k) >= uint(s.read3[2]) {
		panic(s)
	}
	v := *(*T)(unsafe.Add(s.base, i*s.stride0+j*s.stride1+k*s.stride2))
	runtime.KeepAlive(s)
	return v
}

// At returns the item at a full index, in any number of dimensions.
func (a *Array[T]) At(index ...int) T {
	s := a.state.Load()
	v := *(*T)(unsafe.Add(s.base, s.offset(index)))
	runtime.KeepAlive(s)
	return v
}

// Set1 stores item i of an array of one dimension.
func (a *Array[T]) Set1(i int, v T) {
	s := a.state.Load()
	if uint(i) >= uint(s.write1) {
		panic((*written)(s))
	}
	*(*T)(unsafe.Add(s.base, i*s.stride0)) = v
	runtime.KeepAlive(s)
}

// Set2 stores item (i, j) of an array of two dimensions.
func (a *Array[T]) Set2(i, j int, v T) {
	s := a.state.Load()
	if uint(i) >= uint(s.write2[0]) || uint(j) >= uint(s.write2[1]) {
		panic((*written)(s))
	}
	*(*T)(unsafe.Add(s.base, i*s.stride0+j*s.stride1)) = v
	runtime.KeepAlive(s)
}

// Set3 stores item (i, j, k) of an array of three dimensions.
func (a *Array[T]) Set3(i, j, k int, v T) {
	s := a.state.Load()
	if uint(i) >= uint(s.write3[0]) || uint(j) >= uint(s.write3[1]) || uint(k) >= uint(s.write3[2]) {
		panic((*written)(s))
	}
	*(*T)(unsafe.Add(s.base, i*s.stride0+j*s.stride1+k*s.stride2)) = v
	runtime.KeepAlive(s)
}

// Set stores the item at a full index, in any number of dimensions.
func (a *Array[T]) Set(v T, index ...int) {
	s := a.state.Load()
	if s.readOnly {
		panic((*written)(s))
	}
	*(*T)(unsafe.Add(s.base, s.offset(index))) = v
	runtime.KeepAlive(s)
}

// Shape returns a copy of the items along each dimension; nil once released.
func (a *Array[T]) Shape() []int { return append([]int(nil), a.state.Load().shape...) }

// Len returns the number of items in all dimensions; 0 once released.
func (a *Array[T]) Len() int {
	s := a.state.Load()
	if s.hold == nil {
		return 0
	}
	return s.count()
}

// ReadOnly reports whether Set panics.
func (a *Array[T]) ReadOnly() bool { return a.state.Load().readOnly }

// Slice returns the memory itself as a slice of all items, where they lie next to each other in C
// order. The caller promises not to use it after Release, nor to write to it where the array is
// ReadOnly.
func (a *Array[T]) Slice() ([]T, bool) { return sliceOf[T](a.state.Load()) }

func sliceOf[T any](s *state) ([]T, bool) {
	size := int(unsafe.Sizeof(*new(T)))
	l := buffer.Layout{ItemSize: size, Shape: s.shape, Strides: s.strides}
	if s.hold == nil || !l.IsContiguous(buffer.C) {
		return nil, false
	}
	n := s.count()
	if n == 0 {
		return []T{}, true
	}
	return unsafe.Slice((*T)(s.base), n), true
}

// Runs iterates over the items in C order in slices of the memory itself, as long as they can be,
// each with the position of its first item. Items that do not lie next to each other come one by
// one. A loop that is under way outlasts a Release; what it keeps of the slices does not, as with
// [Array.Slice].
func (a *Array[T]) Runs() iter.Seq2[int, []T] {
	return func(yield func(int, []T) bool) {
		s := a.state.Load()
		defer runtime.KeepAlive(s) // the loop may release the array
		if s.hold == nil {
			panic(s)
		}
		if all, ok := sliceOf[T](s); ok {
			if len(all) > 0 {
				yield(0, all)
			}
			return
		}
		run, step := 1, s.rowStride()
		if step == int(unsafe.Sizeof(*new(T))) {
			run = s.rowLen()
		}
		s.rows(func(first, offset int) bool {
			for i := 0; i < s.rowLen(); i += run {
				if !yield(first+i, unsafe.Slice((*T)(unsafe.Add(s.base, offset+i*step)), run)) {
					return false
				}
			}
			return true
		})
	}
}

// All iterates over the items in C order, each with its position.
func (a *Array[T]) All() iter.Seq2[int, T] {
	return func(yield func(int, T) bool) { // short enough to become part of the loop over it
		s := a.state.Load()
		for first := 0; ; {
			p, n := s.run(first) // keeps s alive to the end of the run before
			for i := range n {
				if !yield(first+i, *(*T)(unsafe.Add(p, i*s.step))) {
					return
				}
			}
			if first += n; n == 0 {
				return
			}
		}
	}
}

// Release gives the array's hold on the memory back. It may be repeated. Accesses of other goroutines
// that are under way end well in Go memory and in mapped memory, whose hold therefore ends only when
// the collector has seen that none is left. Other memory with a release function, such as C's, goes
// back at once: release its array after the last access.
func (a *Array[T]) Release() error {
	return a.state.Swap(released).release()
}
