package array

import (
	"fmt"
	"iter"
	"reflect"
	"runtime"
	"sync/atomic"
	"unsafe"

	"github.com/go-memoryview/memoryview"
)

// Decoder is typed access to items whose bytes Go cannot read in place: in another byte order,
// bools, not aligned, fields at other offsets, long doubles (as float64, which loses bits). Its
// methods are those of [Array], except that there is no memory to hand out as a slice.
type Decoder[T any] struct {
	state atomic.Pointer[decoderState]
}

type decoderState struct {
	state
	plan part
}

// DecoderOf returns the items of a view as T, decoded at each access. T must correspond to the items
// as [Of] wants it, but for order, offsets and alignment; else the error is buffer.ErrType.
func DecoderOf[T any](v *memoryview.View) (*Decoder[T], error) {
	target := reflect.TypeFor[T]()
	s, err := newState(v)
	if err != nil {
		return nil, fmt.Errorf("decoder of %v: %w", target, err)
	}
	plan, err := s.match(target)
	if err != nil {
		_ = s.hold.Release()
		return nil, fmt.Errorf("decoder of %v over %.40q: %w", target, s.itemType, err)
	}
	d := new(Decoder[T])
	d.state.Store(&decoderState{state: *s, plan: plan})
	return d, nil
}

var releasedDecoder = new(decoderState)

// At returns the item at a full index.
func (d *Decoder[T]) At(index ...int) (v T) {
	s := d.state.Load()
	s.plan.decode(unsafe.Pointer(&v), unsafe.Add(s.base, s.offset(index)))
	runtime.KeepAlive(s)
	return v
}

// At1 returns item i of an array of one dimension.
func (d *Decoder[T]) At1(i int) T { return d.At(i) }

// At2 returns item (i, j) of an array of two dimensions.
func (d *Decoder[T]) At2(i, j int) T { return d.At(i, j) }

// At3 returns item (i, j, k) of an array of three dimensions.
func (d *Decoder[T]) At3(i, j, k int) T { return d.At(i, j, k) }

// Set stores the item at a full index.
func (d *Decoder[T]) Set(v T, index ...int) {
	s := d.state.Load()
	if s.readOnly {
		panic((*written)(&s.state))
	}
	s.plan.encode(unsafe.Add(s.base, s.offset(index)), unsafe.Pointer(&v))
	runtime.KeepAlive(s)
}

// Set1 stores item i of an array of one dimension.
func (d *Decoder[T]) Set1(i int, v T) { d.Set(v, i) }

// Set2 stores item (i, j) of an array of two dimensions.
func (d *Decoder[T]) Set2(i, j int, v T) { d.Set(v, i, j) }

// Set3 stores item (i, j, k) of an array of three dimensions.
func (d *Decoder[T]) Set3(i, j, k int, v T) { d.Set(v, i, j, k) }

// Shape returns a copy of the items along each dimension; nil once released.
func (d *Decoder[T]) Shape() []int { return append([]int(nil), d.state.Load().shape...) }

// Len returns the number of items in all dimensions; 0 once released.
func (d *Decoder[T]) Len() int {
	s := d.state.Load()
	if s.hold == nil {
		return 0
	}
	return s.count()
}

// ReadOnly reports whether Set panics.
func (d *Decoder[T]) ReadOnly() bool { return d.state.Load().readOnly }

// All iterates over the items in C order, each with its position.
func (d *Decoder[T]) All() iter.Seq2[int, T] {
	return func(yield func(int, T) bool) {
		s := d.state.Load()
		defer runtime.KeepAlive(s) // the loop may release the decoder
		if s.hold == nil {
			panic(&s.state)
		}
		step := s.rowStride()
		s.rows(func(first, offset int) bool {
			for i := range s.rowLen() {
				var v T
				s.plan.decode(unsafe.Pointer(&v), unsafe.Add(s.base, offset+i*step))
				if !yield(first+i, v) {
					return false
				}
			}
			return true
		})
	}
}

// Release gives the decoder's hold on the memory back, as [Array.Release] does.
func (d *Decoder[T]) Release() error {
	s := d.state.Swap(releasedDecoder)
	return s.release()
}
