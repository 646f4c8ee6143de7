package buffer

import (
	"fmt"
	"reflect"
	"sync"
	"unsafe"

	"github.com/go-memoryview/memoryview/format"
)

// lendPlain makes b, but for its block, a loan of a plain Go value's memory, which stays the collector's.
func (b *Buffer) lendPlain(obj any, flags Flags) error {
	switch v := obj.(type) {
	case []byte:
		return b.lendItems(unsafe.Pointer(unsafe.SliceData(v)), len(v), plainBytes, false, flags)
	case string:
		return b.lendItems(unsafe.Pointer(unsafe.StringData(v)), len(v), plainBytes, true, flags)
	}
	v := reflect.ValueOf(obj)
	switch v.Kind() {
	case reflect.Slice:
		p, err := plainOf(v.Type().Elem())
		if err != nil {
			return errNoPlain(obj, err)
		}
		return b.lendItems(v.UnsafePointer(), v.Len(), p, false, flags)
	case reflect.String:
		s := v.String()
		return b.lendItems(unsafe.Pointer(unsafe.StringData(s)), len(s), plainBytes, true, flags)
	case reflect.Pointer:
		if v.IsNil() {
			return fmt.Errorf("%w: nil %T has no memory to lend", ErrType, obj)
		}
		p, err := plainOf(v.Type().Elem())
		if err != nil {
			return errNoPlain(obj, err)
		}
		return b.lendItems(v.UnsafePointer(), single, p, false, flags)
	case reflect.Array, reflect.Struct:
		return fmt.Errorf("%w: %T is passed by value: give a pointer to it", ErrType, obj)
	}
	return fmt.Errorf("%w: %T lends no memory: give a buffer.Exporter, a string, a slice of numbers or plain structs, or a pointer to such", ErrType, obj)
}

func errNoPlain(obj any, err error) error {
	return fmt.Errorf("%T cannot lend its memory: %w", obj, err)
}

// single stands for the number of values that are no slice, and make no dimension.
const single = -1

// lendItems lends n values of a type, which lie as Go laid them.
func (b *Buffer) lendItems(base unsafe.Pointer, n int, p *plain, readOnly bool, flags Flags) error {
	if n == single || len(p.dims) > 0 {
		shape := p.dims
		if n != single {
			shape = append([]int{n}, shape...)
		}
		if err := b.setContiguous(p.item, shape); err != nil {
			return err
		}
	} else {
		b.setRow(p.item, n)
	}
	b.base, b.readOnly, b.flags = base, readOnly || p.hasBool, flags
	l := b.layout()
	return request(&l, b.readOnly, flags)
}

// setContiguous is set for items in C order.
func (b *Buffer) setContiguous(it *item, shape []int) error {
	l := Layout{ItemSize: it.size, Shape: shape}
	if err := l.check(); err != nil { // arrays of struct{} can have any shape
		return err
	}
	l.Strides = l.allStrides(nil)
	b.set(it, &l)
	return nil
}

// plain is what a Go type is as items: arrays on the outside are dimensions.
type plain struct {
	dims    []int
	item    *item
	hasBool bool
}

var plainBytes = func() *plain {
	p, err := plainOf(reflect.TypeFor[byte]())
	if err != nil {
		panic(err)
	}
	return p
}()

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
	if p.item, err = newItem(typ.Size(), typ.String()); err != nil {
		return nil, err
	}
	p.hasBool = hasBool(typ)
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
