package buffer

import (
	"fmt"
	"reflect"
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
	if flags == Read || flags == Write {
		return nil, errAccessFlag()
	}
	exporter, ok := obj.(Exporter)
	if !ok {
		return lendPlain(obj, flags)
	}
	if v := reflect.ValueOf(obj); v.Kind() == reflect.Pointer && v.IsNil() {
		return nil, fmt.Errorf("%w: nil %T has no memory to lend", ErrType, obj)
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
	return nil, fmt.Errorf("%T: %w", obj, err)
}

// checkAnswer holds an exporter to what it was asked for.
func checkAnswer(b *Buffer, flags Flags) error {
	if b == nil {
		return fmt.Errorf("%w: GetBuffer returned neither a loan nor an error", ErrType)
	}
	if b.Released() {
		return errReleased("GetBuffer returned a loan that had ended")
	}
	return request(b.layout(), b.readOnly, flags)
}
