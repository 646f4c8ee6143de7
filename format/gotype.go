package format

import (
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"sync"
)

// For gives the format of the Go type T as it lies in memory. See [ForType].
func For[T any]() (*Type, error) { return ForType(reflect.TypeFor[T]()) }

// ForType gives the format of a Go type as it lies in memory: of numbers, bools, the [ShortFloat] types, and arrays and structs
// of them. Its size is the Go type's. Struct fields keep their names, exported or not; a tag `memoryview:"name"` gives
// another. Fields called _ and fields tagged `memoryview:"-"` are padding, and so is what Go leaves between fields and after
// the last one. Types that hold pointers of any sort (strings, slices, maps, interfaces, ...) are [ErrType], with the path
// to the first of them.
func ForType(rt reflect.Type) (*Type, error) {
	if rt == nil {
		return nil, fmt.Errorf("%w: no format for the nil type", ErrType)
	}
	if t, ok := goTypes.Load(rt); ok {
		return t.(*Type), nil
	}
	t, err := describe(rt)
	if err != nil {
		return nil, err
	}
	goTypes.Store(rt, t)
	return t, nil
}

// goTypes holds what ForType has found: a *Type for a reflect.Type.
var goTypes sync.Map

// describe writes the Go type's format and reads it back. Where Go aligns a type less than C does (64-bit integers on some
// 32-bit machines) the format is of the mode '^', where only the padding that is written counts.
func describe(rt reflect.Type) (*Type, error) {
	var d describer
	if err := d.item(rt, nil); err != nil {
		return nil, fmt.Errorf("%w: no format for %v: %w", ErrType, rt, err)
	}
	text := d.text.String()
	for _, m := range []string{"", "^"} {
		t, err := parse(m + text)
		if err != nil {
			return nil, fmt.Errorf("%w: no format for %v: %w", ErrType, rt, err)
		}
		if t.liesAs(rt) {
			return t, nil
		}
	}
	return nil, fmt.Errorf("%w: no format for %v: %s does not lie as it does", ErrType, rt, excerpt(text, 0))
}

// describer writes the format of a Go type.
type describer struct {
	text strings.Builder
}

// shortFloats are the codes of the floats that Go has not.
var shortFloats = map[reflect.Type]string{
	reflect.TypeFor[Float16]():        "e",
	reflect.TypeFor[BFloat16]():       "[bfloat16]",
	reflect.TypeFor[Float8E4M3FN]():   "[float8_e4m3fn]",
	reflect.TypeFor[Float8E5M2]():     "[float8_e5m2]",
	reflect.TypeFor[Float8E4M3FNUZ](): "[float8_e4m3fnuz]",
	reflect.TypeFor[Float8E5M2FNUZ](): "[float8_e5m2fnuz]",
	reflect.TypeFor[Float8E8M0FNU]():  "[float8_e8m0fnu]",
}

// item writes a type that was come to by the path of fields.
func (d *describer) item(rt reflect.Type, path []string) error {
	switch code, isShort := shortFloats[rt]; {
	case isShort:
		d.text.WriteString(code)
	case rt.Kind() == reflect.Array:
		return d.array(rt, path)
	case rt.Kind() == reflect.Struct:
		return d.record(rt, path)
	default:
		c, ok := goCode(rt)
		if !ok {
			return hasNoFormat(rt, path)
		}
		d.text.WriteString(c)
	}
	return nil
}

// goCode is the code of a Go number or bool.
func goCode(rt reflect.Type) (string, bool) {
	switch rt.Kind() {
	case reflect.Bool:
		return "?", true
	case reflect.Uintptr:
		return "P", true
	case reflect.Float32:
		return "f", true
	case reflect.Float64:
		return "d", true
	case reflect.Complex64:
		return "Zf", true
	case reflect.Complex128:
		return "Zd", true
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return map[uintptr]string{1: "b", 2: "h", 4: "i", 8: "q"}[rt.Size()], true
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return map[uintptr]string{1: "B", 2: "H", 4: "I", 8: "Q"}[rt.Size()], true
	}
	return "", false
}

func hasNoFormat(rt reflect.Type, path []string) error {
	what := rt.String()
	if rt.Kind().String() != what {
		what = fmt.Sprintf("%v (a %v)", rt, rt.Kind())
	}
	if len(path) == 0 {
		return errors.New("only numbers, bools and arrays and structs of them have one")
	}
	return fmt.Errorf("%s is a %s; only numbers, bools and arrays and structs of them have one", strings.Join(path, "."), what)
}

// array writes the extents of arrays of arrays as one shape.
func (d *describer) array(rt reflect.Type, path []string) error {
	open := "("
	for ; rt.Kind() == reflect.Array; rt = rt.Elem() {
		d.text.WriteString(open)
		d.text.WriteString(strconv.Itoa(rt.Len()))
		open = ","
	}
	d.text.WriteString(")")
	return d.item(rt, path)
}

func (d *describer) record(rt reflect.Type, path []string) error {
	d.text.WriteString("T{")
	offset := uintptr(0)
	for i := range rt.NumField() {
		f := rt.Field(i)
		here := append(path[:len(path):len(path)], f.Name)
		name, shown := fieldName(f)
		if !shown {
			if err := new(describer).item(f.Type, here); err != nil {
				return err // a pointer in padding is a pointer still
			}
			continue
		}
		if strings.Contains(name, ":") {
			return fmt.Errorf("%s is tagged with the name %q, which may not hold a ':'", strings.Join(here, "."), name)
		}
		d.padding(f.Offset - offset)
		if err := d.item(f.Type, here); err != nil {
			return err
		}
		d.text.WriteString(":" + name + ":")
		offset = f.Offset + f.Type.Size()
	}
	d.padding(rt.Size() - offset)
	d.text.WriteString("}")
	return nil
}

func (d *describer) padding(n uintptr) {
	if n > 0 {
		d.text.WriteString(strconv.FormatUint(uint64(n), 10) + "x")
	}
}

// fieldName gives the name that a field has in the format; false for a field that is padding.
func fieldName(f reflect.StructField) (string, bool) {
	tag := f.Tag.Get("memoryview")
	switch {
	case f.Name == "_", tag == "-":
		return "", false
	case tag != "":
		return tag, true
	default:
		return f.Name, true
	}
}

// liesAs tells that sizes and offsets are those of the Go type.
func (t *Type) liesAs(rt reflect.Type) bool {
	if uintptr(t.size) != rt.Size() {
		return false
	}
	switch t.kind {
	case Array:
		for rt.Kind() == reflect.Array {
			rt = rt.Elem()
		}
		return t.elem.liesAs(rt) && t.stride == t.elem.size
	case Struct:
		i := 0
		for j := range rt.NumField() {
			f := rt.Field(j)
			if _, shown := fieldName(f); !shown {
				continue
			}
			if uintptr(t.fields[i].Offset) != f.Offset || !t.fields[i].Type.liesAs(f.Type) {
				return false
			}
			i++
		}
	}
	return true
}
