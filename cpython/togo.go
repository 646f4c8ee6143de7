package cpython

import (
	"fmt"
	"math/big"
	"reflect"
	"unsafe"

	"github.com/go-memoryview/memoryview/buffer"
)

// Value converts the object to Go: None to nil, bool, int (or *big.Int where it does not fit), float64,
// complex128, string, bytes to []byte, lists to []any, tuples to [Tuple], dicts to map[any]any, and
// NumPy's scalars to what they hold. A list, tuple or dict that is there many times is the same Go value each time.
// Anything else stays a new *Object, also inside of a list.
func (o *Object) Value() (value any, err error) {
	err = o.with(func(p *Python, address uintptr) error {
		value, _, err = p.toGo(address)
		return err
	})
	return value, err
}

// reader makes Go values of Python objects.
type reader struct {
	python *Python
	seen   map[uintptr]any // lists, tuples and dicts by their address, which nothing else has while they are held
	held   []uintptr
	made   []*Object
}

// unfinished stands for a value in reader.seen that is not whole yet.
var unfinished = new(int)

// toGo converts a borrowed object, and tells which Objects it made for it. The GIL is held.
func (p *Python) toGo(object uintptr) (value any, made []*Object, err error) {
	r := reader{python: p}
	value, err = r.read(object, 0)
	decRef(r.held...)
	if err != nil {
		release(r.made)
	}
	return value, r.made, err
}

func release(objects []*Object) {
	for _, o := range objects {
		o.Release()
	}
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

func (r *reader) read(object uintptr, depth int) (any, error) {
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
		n, err := intOf(object)
		return n != 0, err
	case flags&isInt != 0:
		return intOf(object)
	case flags&isString != 0:
		return stringOf(object)
	case flags&isBytes != 0:
		return bytesOf(object)
	case flags&isTuple != 0:
		return r.once(object, func() (any, error) {
			items, err := r.items(object, depth)
			return Tuple(items), err
		})
	case flags&isList != 0:
		return r.once(object, func() (any, error) { return r.list(object, depth) })
	case flags&isDict != 0:
		return r.once(object, func() (any, error) { return r.dict(object, depth) })
	case call(c.IsSubtype, typ, c.FloatType) != 0:
		return floatAsDouble(object), nil
	case call(c.IsSubtype, typ, c.ComplexType) != 0:
		return complex(complexReal(object), complexImag(object)), nil
	}
	scalar, err := scalarOf(object, typ)
	if err != nil {
		return nil, err
	}
	if scalar != 0 {
		defer decRef(scalar)
		return r.read(scalar, depth+1)
	}
	call(c.IncRef, object)
	o := r.python.newObject(object)
	r.made = append(r.made, o)
	return o, nil
}

// once converts a list, a tuple or a dict when it is first met.
func (r *reader) once(object uintptr, convert func() (any, error)) (any, error) {
	if value, seen := r.seen[object]; seen {
		if value == any(unfinished) {
			return nil, errCycle(typeNameOf(object))
		}
		return value, nil
	}
	if r.seen == nil {
		r.seen = map[uintptr]any{}
	}
	call(c.IncRef, object)
	r.held = append(r.held, object)
	r.seen[object] = unfinished
	value, err := convert()
	if err != nil {
		return nil, err
	}
	r.seen[object] = value
	return value, nil
}

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

func (r *reader) list(list uintptr, depth int) (any, error) {
	tuple := call(c.ListAsTuple, list) // which nobody else can change
	if tuple == 0 {
		return nil, raised()
	}
	defer decRef(tuple)
	return r.items(tuple, depth)
}

func (r *reader) items(tuple uintptr, depth int) ([]any, error) {
	items := make([]any, int(call(c.TupleSize, tuple)))
	for i := range items {
		var err error
		if items[i], err = r.read(call(c.TupleGetItem, tuple, uintptr(i)), depth+1); err != nil {
			return nil, fmt.Errorf("item %d: %w", i, err)
		}
	}
	return items, nil
}

func (r *reader) dict(dict uintptr, depth int) (any, error) {
	list := call(c.DictItems, dict)
	if list == 0 {
		return nil, raised()
	}
	defer decRef(list)
	pairs, err := r.list(list, depth)
	if err != nil {
		return nil, err
	}
	m := make(map[any]any, len(pairs.([]any)))
	for _, pair := range pairs.([]any) {
		key, value := pair.(Tuple)[0], pair.(Tuple)[1]
		if key != nil && !reflect.ValueOf(key).Comparable() {
			return nil, fmt.Errorf("%w: a dict with a key of type %T cannot be a Go map: convert its items() instead", buffer.ErrType, key)
		}
		if _, twice := m[key]; twice {
			return nil, fmt.Errorf("%w: a dict has two keys that are %v in Go: convert its items() instead", buffer.ErrValue, key)
		}
		m[key] = value
	}
	return m, nil
}

// scalarOf returns what a scalar of NumPy's, or an array without dimensions, holds by its own item(); 0 for anything else.
func scalarOf(object, typ uintptr) (uintptr, error) {
	for _, name := range []string{"dtype", "ndim"} {
		attr, err := lookFor(typ, name)
		if attr == 0 {
			return 0, err
		}
		decRef(attr)
	}
	ndim, err := lookFor(object, "ndim")
	if ndim == 0 {
		return 0, err
	}
	defer decRef(ndim)
	none := call(c.NumberIndex, ndim)
	if none == 0 {
		return 0, raised()
	}
	defer decRef(none)
	if n, err := intOf(none); err != nil || n != 0 {
		return 0, err
	}
	item, err := lookFor(object, "item")
	if item == 0 {
		return 0, err
	}
	defer decRef(item)
	empty := tupleOf()
	defer decRef(empty)
	scalar, err := orRaised(call(c.CallObject, item, empty, 0))
	if err != nil {
		return 0, err
	}
	scalarType := call(c.TypeOf, scalar)
	defer decRef(scalarType)
	if scalarType == typ { // such as longdouble, which Python has no type for
		decRef(scalar)
		return 0, nil
	}
	return scalar, nil
}

// lookFor returns an attribute, or 0 where there is none.
func lookFor(object uintptr, name string) (uintptr, error) {
	attr := call(c.GetAttrString, object, uintptr(unsafe.Pointer(cString(name))))
	if attr != 0 {
		return attr, nil
	}
	if call(c.ErrMatches, load(c.AttributeError)) == 0 {
		return 0, raised()
	}
	call(c.ErrClear)
	return 0, nil
}
