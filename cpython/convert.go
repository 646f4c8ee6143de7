package cpython

import (
	"fmt"
	"math"
	"math/big"
	"reflect"
	"unsafe"

	"github.com/go-memoryview/memoryview/buffer"
)

// Tuple is a Python tuple. Slices of other types are lists.
type Tuple []any

// maxDepth bounds how deep values are nested, since one may hold itself.
const maxDepth = 200

func errDeep() error {
	return fmt.Errorf("%w: values are nested deeper than %d: does one hold itself?", buffer.ErrValue, maxDepth)
}

// toPython returns a new reference to a Go value as a Python object. The GIL is held.
func toPython(value any, depth int) (uintptr, error) {
	if depth > maxDepth {
		return 0, errDeep()
	}
	switch v := value.(type) {
	case nil:
		call(c.IncRef, c.None)
		return c.None, nil
	case *Object:
		r, err := v.use()
		if err != nil {
			return 0, err
		}
		defer r.end()
		call(c.IncRef, r.address)
		return r.address, nil
	case buffer.Exporter:
		return lend(v)
	case *big.Int:
		return orRaised(call(c.LongFromString, uintptr(unsafe.Pointer(cString(v.Text(16)))), 0, 16))
	case []byte:
		return orRaised(call(c.BytesFromString, uintptr(unsafe.Pointer(cString(string(v)))), uintptr(len(v))))
	case Tuple:
		return sequence(reflect.ValueOf(v), c.TupleNew, c.TupleSetItem, depth)
	}
	return kindToPython(reflect.ValueOf(value), depth)
}

func kindToPython(v reflect.Value, depth int) (uintptr, error) {
	switch v.Kind() {
	case reflect.Bool:
		if v.Bool() {
			return call(c.BoolFromLong, 1), nil
		}
		return call(c.BoolFromLong, 0), nil
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return orRaised(call(c.LongFromLongLong, uintptr(v.Int())))
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		return orRaised(call(c.LongFromULongLong, uintptr(v.Uint())))
	case reflect.Float32, reflect.Float64:
		return orRaised(call(c.FloatFromDouble, uintptr(math.Float64bits(v.Float()))))
	case reflect.Complex64, reflect.Complex128:
		re, im := math.Float64bits(real(v.Complex())), math.Float64bits(imag(v.Complex()))
		return orRaised(call(c.ComplexFromDoubles, uintptr(re), uintptr(im)))
	case reflect.String:
		return orRaised(call(c.UnicodeFromString, uintptr(unsafe.Pointer(cString(v.String()))), uintptr(v.Len())))
	case reflect.Slice, reflect.Array:
		return sequence(v, c.ListNew, c.ListSetItem, depth)
	case reflect.Map:
		return dict(v, depth)
	}
	return 0, fmt.Errorf("%w: %s has no counterpart in Python: give a number, a string, a slice, a map, an *Object, or what lends its memory", buffer.ErrType, v.Type())
}

func orRaised(object uintptr) (uintptr, error) {
	if object == 0 {
		return 0, raised()
	}
	return object, nil
}

// sequence makes a list or a tuple of a slice or an array.
func sequence(v reflect.Value, create, set uintptr, depth int) (uintptr, error) {
	list := call(create, uintptr(v.Len()))
	if list == 0 {
		return 0, raised()
	}
	for i := range v.Len() {
		item, err := toPython(v.Index(i).Interface(), depth+1)
		if err != nil {
			decRef(list)
			return 0, fmt.Errorf("item %d: %w", i, err)
		}
		call(set, list, uintptr(i), item) // takes the reference over
	}
	return list, nil
}

func dict(v reflect.Value, depth int) (uintptr, error) {
	d := call(c.DictNew)
	if d == 0 {
		return 0, raised()
	}
	for iter := v.MapRange(); iter.Next(); {
		if err := setItem(d, iter.Key().Interface(), iter.Value().Interface(), depth+1); err != nil {
			decRef(d)
			return 0, fmt.Errorf("item %v: %w", iter.Key(), err)
		}
	}
	return d, nil
}

func setItem(d uintptr, key, value any, depth int) error {
	k, err := toPython(key, depth)
	if err != nil {
		return err
	}
	defer decRef(k)
	v, err := toPython(value, depth)
	if err != nil {
		return err
	}
	defer decRef(v)
	if !ok(call(c.DictSetItem, d, k, v)) {
		return raised()
	}
	return nil
}

// tupleOf makes a tuple of borrowed references, or returns 0 with an exception set.
func tupleOf(objects ...uintptr) uintptr {
	tuple := call(c.TupleNew, uintptr(len(objects)))
	if tuple == 0 {
		return 0
	}
	for i, object := range objects {
		call(c.IncRef, object)
		call(c.TupleSetItem, tuple, uintptr(i), object)
	}
	return tuple
}

// Value converts the object to Go: None to nil, bool, int (or *big.Int where it does not fit), float64,
// complex128, string, bytes to []byte, lists to []any, tuples to [Tuple], dicts to map[any]any, and
// NumPy's scalars to what they hold. Anything else stays a new *Object, also inside of a list.
func (o *Object) Value() (value any, err error) {
	err = o.with(func(address uintptr) error {
		value, err = toGo(address, 0)
		return err
	})
	return value, err
}

// As converts the result of a call, as [Object.Value] does, to a number, a string or a slice of them, and releases it:
//
//	sum, err := cpython.As[float64](array.CallMethod("sum"))
//
// A value that does not fit is buffer.ErrType.
func As[T any](o *Object, err error) (t T, _ error) {
	if err != nil {
		return t, err
	}
	defer o.Release()
	value, err := o.Value()
	if err != nil {
		return t, err
	}
	if same, is := value.(T); is {
		return same, nil
	}
	return t, assign(reflect.ValueOf(&t).Elem(), value)
}

// assign converts numbers where none of their value is lost, and slices item by item.
func assign(to reflect.Value, value any) error {
	from := reflect.ValueOf(value)
	switch {
	case !from.IsValid():
		if to.Kind() == reflect.Interface {
			return nil
		}
	case from.CanInt() && to.CanInt() && !to.OverflowInt(from.Int()):
		to.SetInt(from.Int())
		return nil
	case from.CanInt() && to.CanUint() && from.Int() >= 0 && !to.OverflowUint(uint64(from.Int())):
		to.SetUint(uint64(from.Int()))
		return nil
	case from.CanInt() && to.CanFloat() && int64(float64(from.Int())) == from.Int():
		to.SetFloat(float64(from.Int()))
		return nil
	case from.CanFloat() && to.CanFloat(), from.CanComplex() && to.CanComplex(), from.Kind() == to.Kind() && to.Kind() == reflect.String:
		to.Set(from.Convert(to.Type()))
		return nil
	case from.Type().AssignableTo(to.Type()):
		to.Set(from)
		return nil
	case from.Kind() == reflect.Slice && to.Kind() == reflect.Slice:
		to.Set(reflect.MakeSlice(to.Type(), from.Len(), from.Len()))
		for i := range from.Len() {
			if err := assign(to.Index(i), from.Index(i).Interface()); err != nil {
				return fmt.Errorf("item %d: %w", i, err)
			}
		}
		return nil
	}
	if b, is := value.(*big.Int); is && to.CanUint() && b.IsUint64() && !to.OverflowUint(b.Uint64()) {
		to.SetUint(b.Uint64())
		return nil
	}
	return fmt.Errorf("%w: the Python value %v (%T) is no %v", buffer.ErrType, value, value, to.Type())
}

// Bits of PyType_GetFlags that say which type is a base.
const (
	isInt    = 1 << 24
	isList   = 1 << 25
	isTuple  = 1 << 26
	isBytes  = 1 << 27
	isString = 1 << 28
	isDict   = 1 << 29
)

// toGo converts a borrowed object. The GIL is held.
func toGo(object uintptr, depth int) (any, error) {
	if depth > maxDepth {
		return nil, errDeep()
	}
	if object == c.None {
		return nil, nil
	}
	typ := call(c.TypeOf, object)
	defer decRef(typ)
	flags := call(c.TypeFlags, typ)
	switch {
	case typ == c.BoolType:
		return int32(call(c.LongAsLongLong, object, uintptr(unsafe.Pointer(new(int32))))) != 0, nil
	case flags&isInt != 0:
		return intOf(object)
	case flags&isString != 0:
		return stringOf(object)
	case flags&isBytes != 0:
		return bytesOf(object)
	case flags&isTuple != 0:
		items, err := itemsOf(object, depth)
		return Tuple(items), err
	case flags&isList != 0:
		tuple := call(c.ListAsTuple, object) // which nobody else can change
		if tuple == 0 {
			return nil, raised()
		}
		defer decRef(tuple)
		return anyItems(itemsOf(tuple, depth))
	case flags&isDict != 0:
		return mapOf(object, depth)
	case call(c.IsSubtype, typ, c.FloatType) != 0:
		return floatAsDouble(object), nil
	case call(c.IsSubtype, typ, c.ComplexType) != 0:
		return complex(complexReal(object), complexImag(object)), nil
	}
	if value, is := scalarOf(object, typ, depth); is {
		return value, nil
	}
	call(c.IncRef, object)
	return newObject(object), nil
}

func anyItems(items []any, err error) (any, error) { return items, err }

func intOf(object uintptr) (any, error) {
	var overflow int32
	n := call(c.LongAsLongLong, object, uintptr(unsafe.Pointer(&overflow)))
	if overflow == 0 {
		return int(n), nil
	}
	hex := call(c.NumberToBase, object, 16)
	if hex == 0 {
		return nil, raised()
	}
	defer decRef(hex)
	digits, err := stringOf(hex)
	if err != nil {
		return nil, err
	}
	b, valid := new(big.Int).SetString(digits, 0)
	if !valid {
		return nil, fmt.Errorf("%w: int %.40q", buffer.ErrValue, digits)
	}
	return b, nil
}

func stringOf(object uintptr) (string, error) {
	if object == 0 {
		return "", raised()
	}
	var size int
	data := call(c.UnicodeAsUTF8, object, uintptr(unsafe.Pointer(&size)))
	if data == 0 {
		return "", raised()
	}
	return string(unsafe.Slice((*byte)(pointer(data)), size)), nil
}

func bytesOf(object uintptr) (any, error) {
	var data uintptr
	var size int
	if !ok(call(c.BytesAsString, object, uintptr(unsafe.Pointer(&data)), uintptr(unsafe.Pointer(&size)))) {
		return nil, raised()
	}
	return append([]byte{}, unsafe.Slice((*byte)(pointer(data)), size)...), nil
}

func itemsOf(tuple uintptr, depth int) ([]any, error) {
	items := make([]any, int(call(c.TupleSize, tuple)))
	for i := range items {
		var err error
		if items[i], err = toGo(call(c.TupleGetItem, tuple, uintptr(i)), depth+1); err != nil {
			return nil, fmt.Errorf("item %d: %w", i, err)
		}
	}
	return items, nil
}

func mapOf(object uintptr, depth int) (any, error) {
	list := call(c.DictItems, object)
	if list == 0 {
		return nil, raised()
	}
	defer decRef(list)
	items, err := toGo(list, depth)
	if err != nil {
		return nil, err
	}
	m := make(map[any]any, len(items.([]any)))
	for _, item := range items.([]any) {
		pair := item.(Tuple)
		if pair[0] != nil && !reflect.ValueOf(pair[0]).Comparable() {
			return nil, fmt.Errorf("%w: a dict with a key of type %T cannot be a Go map: convert its items() instead", buffer.ErrType, pair[0])
		}
		m[pair[0]] = pair[1]
	}
	return m, nil
}

// scalarOf converts NumPy's scalars, and arrays without dimensions, by their own item().
func scalarOf(object, typ uintptr, depth int) (value any, is bool) {
	for _, name := range []string{"dtype", "ndim"} {
		attr := call(c.GetAttrString, typ, uintptr(unsafe.Pointer(cString(name))))
		if attr == 0 {
			call(c.ErrClear)
			return nil, false
		}
		decRef(attr)
	}
	ndim := call(c.GetAttrString, object, uintptr(unsafe.Pointer(cString("ndim"))))
	if ndim == 0 {
		call(c.ErrClear)
		return nil, false
	}
	defer decRef(ndim)
	if n, err := intOf(ndim); err != nil || n != 0 {
		return nil, false
	}
	item := call(c.GetAttrString, object, uintptr(unsafe.Pointer(cString("item"))))
	if item == 0 {
		call(c.ErrClear)
		return nil, false
	}
	defer decRef(item)
	none := tupleOf()
	defer decRef(none)
	scalar := call(c.CallObject, item, none, 0)
	if scalar == 0 {
		call(c.ErrClear)
		return nil, false
	}
	defer decRef(scalar)
	scalarType := call(c.TypeOf, scalar)
	defer decRef(scalarType)
	if scalarType == typ {
		return nil, false // such as longdouble, which Python has no type for
	}
	value, err := toGo(scalar, depth+1)
	return value, err == nil
}
