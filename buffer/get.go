package buffer

import "fmt"

// Get asks obj for its memory (PyObject_GetBuffer). It takes any [Exporter] and plain Go values:
//
//   - []byte and slices of numbers, arrays and plain structs; arrays in them become dimensions
//   - *[N]T, and *T for a number or a plain struct, which is an array without dimensions
//   - string, read-only
//
// Values with a bool inside are lent read-only, since a bool that holds 5 breaks Go's own checks.
// What cannot be lent is ErrType; what the exporter has but the flags do not allow is ErrReadOnly,
// ErrNotContiguous or ErrLayout.
func Get(obj any, flags Flags) (*Buffer, error) {
	if flags == Read || flags == Write {
		return nil, request(Layout{}, false, flags)
	}
	exporter, ok := obj.(Exporter)
	if !ok {
		return lendPlain(obj, flags)
	}
	b, err := exporter.GetBuffer(flags)
	switch {
	case err != nil:
		return nil, err
	case b == nil:
		return nil, fmt.Errorf("%w: %T.GetBuffer returned neither a loan nor an error", ErrType, obj)
	case b.Released():
		return nil, errReleased(fmt.Sprintf("%T.GetBuffer returned a loan that had ended", obj))
	case flags.Has(Writable) && b.ReadOnly():
		_ = b.Release()
		return nil, fmt.Errorf("%w: %T.GetBuffer answered the request Writable with read-only memory", ErrReadOnly, obj)
	}
	return b, nil
}
