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

// maxDepth bounds how deep values are nested: Python itself goes no deeper.
const maxDepth = 1000

func errDeep() error {
	return fmt.Errorf("%w: values are nested deeper than %d", buffer.ErrValue, maxDepth)
}

func errCycle(what any) error {
	return fmt.Errorf("%w: a %v holds itself", buffer.ErrValue, what)
}

// writer makes Python objects of Go values. A slice or map that is met again is the same list or dict again.
type writer struct {
	seen map[identity]uintptr
}

// identity is what makes two slices, or two maps, one.
type identity struct {
	typ   reflect.Type
	start unsafe.Pointer
	n     int
}

// opening stands for what is not whole yet.
const opening = 0

// toPython returns a new reference to a Go value as a Python object. The GIL is held.
func toPython(value any) (uintptr, error) {
	var w writer
	return w.write(value, 0)
}

func (w *writer) write(value any, depth int) (uintptr, error) {
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
		if v == nil {
			return 0, fmt.Errorf("%w: nil *big.Int", buffer.ErrType)
		}
		return orRaised(call(c.LongFromString, uintptr(unsafe.Pointer(cString(v.Text(16)))), 0, 16))
	}
	return w.kind(reflect.ValueOf(value), depth)
}

func (w *writer) kind(v reflect.Value, depth int) (uintptr, error) {
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
		s := v.String()
		return orRaised(call(c.UnicodeFromString, uintptr(unsafe.Pointer(unsafe.StringData(s))), uintptr(len(s))))
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			b := v.Bytes()
			return orRaised(call(c.BytesFromString, uintptr(unsafe.Pointer(unsafe.SliceData(b))), uintptr(len(b))))
		}
		return w.once(identity{v.Type(), v.UnsafePointer(), v.Len()}, func() (uintptr, error) { return w.sequence(v, depth) })
	case reflect.Array:
		return w.sequence(v, depth)
	case reflect.Map:
		return w.once(identity{v.Type(), v.UnsafePointer(), v.Len()}, func() (uintptr, error) { return w.dict(v, depth) })
	}
	return 0, fmt.Errorf("%w: %s has no counterpart in Python: give a number, a string, a slice, a map, an *Object, or what lends its memory", buffer.ErrType, v.Type())
}

func orRaised(object uintptr) (uintptr, error) {
	if object == 0 {
		return 0, raised()
	}
	return object, nil
}

// once makes an object only where the same value was not met before. Values without items are never the same.
func (w *writer) once(id identity, create func() (uintptr, error)) (uintptr, error) {
	if id.n == 0 {
		return create()
	}
	if object, seen := w.seen[id]; seen {
		if object == opening {
			return 0, errCycle(id.typ)
		}
		call(c.IncRef, object) // what it is in keeps it
		return object, nil
	}
	if w.seen == nil {
		w.seen = map[identity]uintptr{}
	}
	w.seen[id] = opening
	object, err := create()
	w.seen[id] = object
	return object, err
}

// sequence makes a list of a slice or an array, and a tuple of a Tuple.
func (w *writer) sequence(v reflect.Value, depth int) (uintptr, error) {
	create, set := c.ListNew, c.ListSetItem
	if v.Type() == reflect.TypeFor[Tuple]() {
		create, set = c.TupleNew, c.TupleSetItem
	}
	list := call(create, uintptr(v.Len()))
	if list == 0 {
		return 0, raised()
	}
	for i := range v.Len() {
		item, err := w.write(v.Index(i).Interface(), depth+1)
		if err != nil {
			decRef(list)
			return 0, fmt.Errorf("item %d: %w", i, err)
		}
		call(set, list, uintptr(i), item) // takes the reference over
	}
	return list, nil
}

func (w *writer) dict(v reflect.Value, depth int) (uintptr, error) {
	d := call(c.DictNew)
	if d == 0 {
		return 0, raised()
	}
	for iter := v.MapRange(); iter.Next(); {
		if err := w.item(d, iter.Key().Interface(), iter.Value().Interface(), depth+1); err != nil {
			decRef(d)
			return 0, fmt.Errorf("item %v: %w", iter.Key(), err)
		}
	}
	return d, nil
}

func (w *writer) item(d uintptr, key, value any, depth int) error {
	k, err := w.write(key, depth)
	if err != nil {
		return err
	}
	defer decRef(k)
	v, err := w.write(value, depth)
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
