package buffer

import (
	"fmt"
	"reflect"
	"sync"
	"unsafe"

	"github.com/go-memoryview/memoryview/format"
)

// lendPlain lends the memory of a plain Go value. It stays the collector's.
func lendPlain(obj any, flags Flags) (*Buffer, error) {
	switch v := obj.(type) {
	case []byte:
		return lendBytes(unsafe.Pointer(unsafe.SliceData(v)), len(v), obj, false, flags)
	case string:
		return lendBytes(unsafe.Pointer(unsafe.StringData(v)), len(v), obj, true, flags)
	}
	v := reflect.ValueOf(obj)
	switch v.Kind() {
	case reflect.Slice:
		return lendValue(v.UnsafePointer(), v.Type().Elem(), []int{v.Len()}, obj, flags)
	case reflect.String:
		s := v.String()
		return lendBytes(unsafe.Pointer(unsafe.StringData(s)), len(s), obj, true, flags)
	case reflect.Pointer:
		if v.IsNil() {
			return nil, fmt.Errorf("%w: nil %T has no memory to lend", ErrType, obj)
		}
		return lendValue(v.UnsafePointer(), v.Type().Elem(), nil, obj, flags)
	case reflect.Array, reflect.Struct:
		return nil, fmt.Errorf("%w: %T is passed by value: give a pointer to it", ErrType, obj)
	}
	return nil, errNoExporter(obj)
}

func errNoExporter(obj any) error {
	return fmt.Errorf("%w: %T lends no memory: give a buffer.Exporter, a string, a slice of numbers or plain structs, or a pointer to such", ErrType, obj)
}

func lendBytes(base unsafe.Pointer, n int, obj any, readOnly bool, flags Flags) (*Buffer, error) {
	m := Memory{Base: base, Size: n, ReadOnly: readOnly, Obj: obj}
	return m.Lend(0, Layout{ItemSize: 1, Format: "B", Shape: []int{n}}, flags)
}

// lendValue lends memory that holds values of type t, as many as shape says.
func lendValue(base unsafe.Pointer, t reflect.Type, shape []int, obj any, flags Flags) (*Buffer, error) {
	p, err := plainOf(t)
	if err != nil {
		return nil, fmt.Errorf("%T cannot lend its memory: %w", obj, err)
	}
	l := Layout{ItemSize: p.size, Format: p.format, Shape: append(shape, p.dims...)}
	m := Memory{Base: base, Size: int(t.Size()), ReadOnly: p.hasBool, Obj: obj}
	for _, n := range shape {
		m.Size *= n
	}
	b, err := m.Lend(0, l, flags)
	if err == nil {
		b.block.Load().readOnly = false // the owner of bools can still change them
	}
	return b, err
}

// plain is what a Go type is as items: arrays on the outside are dimensions.
type plain struct {
	dims    []int
	size    int
	format  string
	hasBool bool
}

var plainTypes sync.Map // reflect.Type -> *plain

func plainOf(t reflect.Type) (*plain, error) {
	if p, ok := plainTypes.Load(t); ok {
		return p.(*plain), nil
	}
	p := &plain{}
	elem := t
	for elem.Kind() == reflect.Array {
		p.dims = append(p.dims, elem.Len())
		elem = elem.Elem()
	}
	typ, err := format.ForType(elem)
	if err != nil {
		return nil, err
	}
	p.size, p.format, p.hasBool = typ.Size(), typ.String(), hasBool(typ)
	plainTypes.Store(t, p)
	return p, nil
}

func hasBool(t *format.Type) bool {
	switch t.Kind() {
	case format.Bool:
		return true
	case format.Array:
		return hasBool(t.Elem())
	}
	for i := range t.NumField() {
		if hasBool(t.Field(i).Type) {
			return true
		}
	}
	return false
}
