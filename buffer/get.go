package buffer

import (
	"fmt"
	"reflect"
	"sync"
)

// Get asks obj for its memory (PyObject_GetBuffer). It takes any [Exporter] and plain Go values:
//
//   - []byte and slices of numbers, arrays and plain structs; arrays in them become dimensions
//   - *[N]T, and *T for a number or a plain struct, which is an array without dimensions
//   - string, read-only
//
// Values with a bool inside are lent read-only, since a bool that holds 5 breaks Go's own checks.
// What cannot be lent is ErrType. What the exporter has but the flags do not allow is ErrReadOnly,
// ErrNotContiguous, ErrLayout (for suboffsets) or ErrValue (for flags that make no sense).
func Get(obj any, flags Flags) (*Buffer, error) {
	if exporter, ok := obj.(Exporter); ok {
		return lentBy(exporter, flags)
	}
	b := (&Memory{Obj: obj}).newLoan()
	if err := b.lendPlain(obj, flags); err != nil {
		return nil, err
	}
	blk := b.block.Load()
	blk.base, blk.size = b.base, b.nbytes
	blk.readOnly = reflect.TypeOf(obj).Kind() == reflect.String // the owner of bools can still change them
	return b, nil
}

// Peek is [Get] for the length of one operation, which ends with Done and not with Release. The loan of a
// plain Go value, which the caller keeps alive, has no Obj, and costs no allocation.
func Peek(obj any, flags Flags) (*Buffer, error) {
	exporter, ok := obj.(Exporter)
	if ok {
		return lentBy(exporter, flags)
	}
	b := peeks.Get().(*Buffer)
	if err := b.lendPlain(obj, flags); err != nil {
		*b = Buffer{}
		peeks.Put(b)
		return nil, err
	}
	b.block.Store(&peeked)
	return b, nil
}

// Done ends what Peek began. Nobody may have the buffer afterwards.
func (b *Buffer) Done() {
	if b.block.Load() != &peeked {
		_ = b.Release()
		return
	}
	*b = Buffer{}
	peeks.Put(b)
}

// peeked is the block of all memory that is the collector's and of no exporter.
var peeked block

// peeks are zero Buffers: their atomic pointer keeps them from the stack.
var peeks = sync.Pool{New: func() any { return new(Buffer) }}

func lentBy(exporter Exporter, flags Flags) (*Buffer, error) {
	if flags == Read || flags == Write {
		return nil, errAccessFlag()
	}
	if v := reflect.ValueOf(exporter); v.Kind() == reflect.Pointer && v.IsNil() {
		return nil, fmt.Errorf("%w: nil %T has no memory to lend", ErrType, exporter)
	}
	b, err := exporter.GetBuffer(flags)
	if err == nil {
		err = checkAnswer(b, flags)
	}
	if err == nil {
		return b, nil
	}
	if b != nil {
		_ = b.Release() // what comes with an error nobody would give back
	}
	return nil, fmt.Errorf("%T: %w", exporter, err)
}

// checkAnswer holds an exporter to what it was asked for.
func checkAnswer(b *Buffer, flags Flags) error {
	if b == nil {
		return fmt.Errorf("%w: GetBuffer returned neither a loan nor an error", ErrType)
	}
	if b.Released() {
		return errReleased("GetBuffer returned a loan that had ended")
	}
	l := b.layout()
	return request(&l, b.readOnly, flags)
}
