package cpython

import (
	"errors"
	"fmt"
	"math/big"
	"reflect"

	"github.com/go-memoryview/memoryview"
	"github.com/go-memoryview/memoryview/array"
	"github.com/go-memoryview/memoryview/buffer"
	"github.com/go-memoryview/memoryview/format"
)

// As converts the result of a call to a number, a string, or slices or maps of them, and releases it:
//
//	sum, err := cpython.As[float64](array.CallMethod("sum"))
//	rows, err := cpython.As[[][]float64](np.CallMethod("outer", x, y))
//
// Lists and tuples become slices, dicts maps, and so do the items of arrays, and of all else that lends memory, a
// slice for each dimension: a copy, where [ArrayOf] takes the memory itself. The floats of a wider type are rounded; any other value
// that T cannot hold is buffer.ErrType.
func As[T any](o *Object, err error) (t T, _ error) {
	if err != nil {
		return t, err
	}
	defer o.Release()
	target := reflect.ValueOf(&t).Elem()
	var value any
	var made []*Object
	copied := false
	err = o.with(func(p *Python, address uintptr) (err error) {
		defer o.Release() // at no cost while the GIL is held
		if target.Kind() == reflect.Slice {
			copied, err = p.copyItems(target, o, address)
		}
		if !copied && err == nil {
			value, made, err = p.toGo(address)
		}
		return err
	})
	if err == nil && copied {
		return t, nil
	}
	if err != nil {
		var none T // and not what was copied so far
		return none, err
	}
	if same, is := value.(T); is {
		return same, nil
	}
	if err := assign(target, value); err != nil {
		var none T
		release(made)
		return none, err
	}
	return t, nil
}

// copyItems copies what an object lends to a slice, if it lends something that has dimensions. The GIL is held until the loan
// is over, so that it stands in no Close's way.
func (p *Python) copyItems(to reflect.Value, o *Object, object uintptr) (copied bool, err error) {
	loan, err := p.borrow(o, object, buffer.FullRO, nil)
	if errors.Is(err, errNoBuffer) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	defer loan.Release()
	if loan.NDim() == 0 { // such as a record of NumPy's, which is a tuple to Python
		return false, nil
	}
	v, err := memoryview.FromBuffer(loan)
	if err != nil {
		return false, err
	}
	defer v.Release()
	return true, assignView(to, v)
}

// ArrayOf returns the items of an array that a call returned, in its own memory, and releases the result:
//
//	image, err := cpython.ArrayOf[uint8](np.CallMethod("zeros", cpython.Tuple{1080, 1920, 3}, "u1"))
//	defer image.Release()
//	image.Set3(0, 0, 2, 255)
//
// It is [array.Of], and takes what that takes. The memory stays until the Array is released.
func ArrayOf[T any](o *Object, err error) (*array.Array[T], error) {
	if err != nil {
		return nil, err
	}
	defer o.Release()
	v, err := memoryview.FromObject(o)
	if err != nil {
		return nil, err
	}
	defer v.Release()
	return array.Of[T](v)
}

// assignView copies the items of an array, one slice for each dimension.
func assignView(to reflect.Value, v *memoryview.View) error {
	if v.NDim() == 1 || to.Type().Elem().Kind() != reflect.Slice {
		return assignItems(to, v)
	}
	n := v.Shape()[0]
	to.Set(reflect.MakeSlice(to.Type(), n, n))
	for i := range n {
		row, err := v.Sub(i)
		if err == nil {
			err = errors.Join(assignView(to.Index(i), row), row.Release())
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// assignItems copies items all at once where their type is the same, else one by one.
func assignItems(to reflect.Value, v *memoryview.View) error {
	slice := reflect.MakeSlice(to.Type(), v.Shape()[0], v.Shape()[0])
	if mine, err := memoryview.FromObject(slice.Interface()); err == nil {
		isStruct := to.Type().Elem().Kind() == reflect.Struct // which a record becomes by the position of its fields
		if !mine.ReadOnly() && mine.NDim() == v.NDim() && (isStruct || sameItems(mine.Format(), v.Format())) {
			to.Set(slice)
			return memoryview.Convert(slice.Interface(), v)
		}
	}
	items, err := v.ToList()
	if err != nil {
		return err
	}
	return assign(to, items)
}

// sameItems reports whether two formats are of the same type, in whatever byte order.
func sameItems(a, b string) bool {
	x, errX := format.Parse(a)
	y, errY := format.Parse(b)
	if errX != nil || errY != nil {
		return false
	}
	return x.Equal(y) || x.Kind() == y.Kind() && x.Size() == y.Size() && x.NumField() == 0 && x.Elem() == nil && y.NumField() == 0 && y.Elem() == nil
}

// assign sets a variable to a value as Value returns it, where none of it is lost.
func assign(to reflect.Value, value any) error {
	from := reflect.ValueOf(value)
	switch {
	case !from.IsValid():
		if to.Kind() == reflect.Interface {
			return nil
		}
	case from.Type().AssignableTo(to.Type()):
		to.Set(from)
		return nil
	case from.Kind() == to.Kind() && to.Kind() == reflect.String:
		to.SetString(from.String())
		return nil
	case from.Kind() == to.Kind() && to.Kind() == reflect.Bool:
		to.SetBool(from.Bool())
		return nil
	case from.Kind() == reflect.Slice && to.Kind() == reflect.Slice:
		return assignSlice(to, from)
	case from.Kind() == reflect.Map && to.Kind() == reflect.Map:
		return assignMap(to, from)
	}
	if assignNumber(to, value) {
		return nil
	}
	return fmt.Errorf("%w: %s is no %v", buffer.ErrType, nameOf(value), to.Type())
}

// nameOf says which value it was, in short.
func nameOf(value any) string {
	if o, is := value.(*Object); is {
		return "a Python " + o.typeName()
	}
	const long = 60
	text := fmt.Sprint(value)
	if len(text) > long {
		text = text[:long] + "..."
	}
	return fmt.Sprintf("the Python value %s (%T)", text, value)
}

func assignSlice(to, from reflect.Value) error {
	to.Set(reflect.MakeSlice(to.Type(), from.Len(), from.Len()))
	for i := range from.Len() {
		if err := assign(to.Index(i), from.Index(i).Interface()); err != nil {
			return fmt.Errorf("item %d: %w", i, err)
		}
	}
	return nil
}

func assignMap(to, from reflect.Value) error {
	to.Set(reflect.MakeMapWithSize(to.Type(), from.Len()))
	for iter := from.MapRange(); iter.Next(); {
		key, item := reflect.New(to.Type().Key()).Elem(), reflect.New(to.Type().Elem()).Elem()
		err := assign(key, iter.Key().Interface())
		if err == nil {
			err = assign(item, iter.Value().Interface())
		}
		if err != nil {
			return fmt.Errorf("item %v: %w", iter.Key(), err)
		}
		if to.MapIndex(key).IsValid() {
			return fmt.Errorf("%w: two keys of a dict are %v as %v", buffer.ErrType, key, key.Type())
		}
		to.SetMapIndex(key, item)
	}
	return nil
}

// assignNumber reports whether the variable can hold the number.
func assignNumber(to reflect.Value, value any) bool {
	switch to.Interface().(type) {
	case format.ShortFloat: // to reflect these are integers
		return false
	}
	from := reflect.ValueOf(value)
	switch v := value.(type) {
	case format.ShortFloat:
		return assignFloat(to, float64(v.Float32()))
	case *big.Int:
		return assignInt(to, v)
	}
	switch {
	case from.CanInt():
		return assignInt(to, big.NewInt(from.Int()))
	case from.CanUint():
		return assignInt(to, new(big.Int).SetUint64(from.Uint()))
	case from.CanFloat():
		return assignFloat(to, from.Float())
	case from.CanComplex():
		return assignComplex(to, from.Complex())
	}
	return false
}

func assignInt(to reflect.Value, n *big.Int) bool {
	if to.Type() == reflect.TypeFor[*big.Int]() {
		to.Set(reflect.ValueOf(n))
		return true
	}
	switch {
	case to.CanInt() && n.IsInt64() && !to.OverflowInt(n.Int64()):
		to.SetInt(n.Int64())
		return true
	case to.CanUint() && n.IsUint64() && !to.OverflowUint(n.Uint64()):
		to.SetUint(n.Uint64())
		return true
	case to.CanFloat(), to.CanComplex():
		f, exact := new(big.Float).SetInt(n).Float64()
		if to.Type().Size() == 4 || to.Kind() == reflect.Complex64 {
			var narrow float32
			narrow, exact = new(big.Float).SetInt(n).Float32()
			f = float64(narrow)
		}
		if exact != big.Exact {
			return false
		}
		if to.CanComplex() {
			to.SetComplex(complex(f, 0))
		} else {
			to.SetFloat(f)
		}
		return true
	}
	return false
}

func assignFloat(to reflect.Value, f float64) bool {
	switch {
	case to.CanFloat() && !to.OverflowFloat(f):
		to.SetFloat(f)
		return true
	case to.CanComplex():
		return assignComplex(to, complex(f, 0))
	}
	return false
}

func assignComplex(to reflect.Value, z complex128) bool {
	if !to.CanComplex() || to.OverflowComplex(z) {
		return false
	}
	to.SetComplex(z)
	return true
}
