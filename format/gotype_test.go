package format

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"unsafe"

	"pgregory.net/rapid"
)

type (
	celsius float64
	point   struct{ X, Y int16 }
	half    struct {
		A int8
		B int32
		C int8
	}
	tagged struct {
		Long  int64 `memoryview:"id"`
		Skip  int32 `memoryview:"-"`
		_     int16
		Short uint16 `memoryview:"größe, m"`
	}
	embedded struct {
		point
		Grid [2][3]half
		None struct{}
		OK   bool
	}
	sampled struct {
		T     celsius
		H     Float16
		B     BFloat16
		C     complex64
		Z     complex128
		P     uintptr
		Empty [0]int32
	}
)

func TestForType(t *testing.T) {
	for _, c := range []struct {
		goType reflect.Type
		want   string
	}{
		{reflect.TypeFor[int8](), "b"},
		{reflect.TypeFor[uint8](), "B"},
		{reflect.TypeFor[int16](), "h"},
		{reflect.TypeFor[uint16](), "H"},
		{reflect.TypeFor[int32](), "i"},
		{reflect.TypeFor[uint32](), "I"},
		{reflect.TypeFor[int64](), "q"},
		{reflect.TypeFor[uint64](), "Q"},
		{reflect.TypeFor[uintptr](), "P"},
		{reflect.TypeFor[float32](), "f"},
		{reflect.TypeFor[float64](), "d"},
		{reflect.TypeFor[complex64](), "Zf"},
		{reflect.TypeFor[complex128](), "Zd"},
		{reflect.TypeFor[bool](), "?"},
		{reflect.TypeFor[Float16](), "e"},
		{reflect.TypeFor[BFloat16](), "[bfloat16]"},
		{reflect.TypeFor[celsius](), "d"},
		{reflect.TypeFor[[2][3]int32](), "(2,3)i"},
		{reflect.TypeFor[[0]int32](), "(0)i"},
		{reflect.TypeFor[struct{}](), "T{}"},
		{reflect.TypeFor[point](), "T{h:X:h:Y:}"},
		{reflect.TypeFor[half](), "T{b:A:3xi:B:b:C:3x}"},
		{reflect.TypeFor[tagged](), "T{q:id:6xH:größe, m:}"},
		{reflect.TypeFor[embedded](), "T{T{h:X:h:Y:}:point:(2,3)T{b:A:3xi:B:b:C:3x}:Grid:T{}:None:?:OK:3x}"},
	} {
		typ, err := ForType(c.goType)
		if err != nil {
			t.Errorf("%v: %v", c.goType, err)
			continue
		}
		if typ.String() != c.want {
			t.Errorf("%v is %v, want %s", c.goType, typ, c.want)
		}
		if uintptr(typ.Size()) != c.goType.Size() {
			t.Errorf("%v has %d bytes in its format, and %d in Go", c.goType, typ.Size(), c.goType.Size())
		}
		if again, err := ForType(c.goType); again != typ || err != nil {
			t.Errorf("%v is described anew (%v)", c.goType, err)
		}
	}
	for _, goType := range []reflect.Type{reflect.TypeFor[int](), reflect.TypeFor[uint](), reflect.TypeFor[sampled]()} {
		if typ, err := ForType(goType); err != nil || uintptr(typ.Size()) != goType.Size() {
			t.Errorf("%v is %v (%v)", goType, typ, err)
		}
	}
}

func TestForTypeRefuses(t *testing.T) {
	type label struct{ Label string }
	type named string
	for _, c := range []struct {
		goType  reflect.Type
		problem string
	}{
		{nil, "nil type"},
		{reflect.TypeFor[string](), "no format for string"},
		{reflect.TypeFor[any](), "no format for interface {}"},
		{reflect.TypeFor[*int](), "no format for *int"},
		{reflect.TypeFor[unsafe.Pointer](), "no format for unsafe.Pointer"},
		{reflect.TypeFor[struct{ Pos label }](), "Pos.Label is a string;"},
		{reflect.TypeFor[struct{ Pos [3]label }](), "Pos.Label is a string;"},
		{reflect.TypeFor[struct{ Name named }](), "Name is a format.named (a string);"},
		{reflect.TypeFor[struct{ F func() }](), "F is a func() (a func);"},
		{reflect.TypeFor[struct{ M map[int]int }](), "M is a map[int]int (a map);"},
		{reflect.TypeFor[struct{ C chan int }](), "C is a chan int (a chan);"},
		{reflect.TypeFor[struct{ S []int }](), "S is a []int (a slice);"},
		{reflect.TypeFor[struct{ _ *int }](), "_ is a *int (a ptr);"},
		{reflect.TypeFor[struct {
			P *int `memoryview:"-"`
		}](), "P is a *int (a ptr);"},
		{reflect.TypeFor[struct {
			A int `memoryview:"a:b"`
		}](), "\"a:b\""},
		{reflect.TypeFor[struct {
			A int `memoryview:"same"`
			B int `memoryview:"same"`
		}](), "second field named \"same\""},
		{reflect.TypeFor[[65537]struct{}](), "at most 65536"},
	} {
		typ, err := ForType(c.goType)
		if !errors.Is(err, ErrType) || !strings.Contains(err.Error(), c.problem) {
			t.Errorf("%v is %v (%v), want ErrType with %q", c.goType, typ, err, c.problem)
		}
	}
}

// genGoType draws Go types that have a format.
func genGoType(depth int) *rapid.Generator[reflect.Type] {
	return rapid.Custom(func(t *rapid.T) reflect.Type {
		switch {
		case depth > 0 && rapid.Bool().Draw(t, "struct"):
			fields := make([]reflect.StructField, rapid.IntRange(0, 5).Draw(t, "fields"))
			for i := range fields {
				fields[i] = reflect.StructField{Name: fmt.Sprint("F", i), Type: genGoType(depth-1).Draw(t, "field")}
			}
			return reflect.StructOf(fields)
		case depth > 0 && rapid.Bool().Draw(t, "array"):
			return reflect.ArrayOf(rapid.IntRange(0, 3).Draw(t, "length"), genGoType(depth-1).Draw(t, "element"))
		}
		return rapid.SampledFrom([]reflect.Type{
			reflect.TypeFor[bool](), reflect.TypeFor[int8](), reflect.TypeFor[uint16](), reflect.TypeFor[int32](), reflect.TypeFor[uint64](),
			reflect.TypeFor[uintptr](), reflect.TypeFor[float32](), reflect.TypeFor[float64](), reflect.TypeFor[complex64](),
			reflect.TypeFor[complex128](), reflect.TypeFor[Float16](), reflect.TypeFor[BFloat16](),
		}).Draw(t, "number")
	})
}

// goLeaves gives the numbers in a Go value, in order.
func goLeaves(v reflect.Value) []any {
	values := []any{}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			values = append(values, goLeaves(v.Field(i))...)
		}
	case reflect.Array:
		for i := range v.Len() {
			values = append(values, goLeaves(v.Index(i))...)
		}
	default:
		values = append(values, v.Interface())
	}
	return values
}

// TestForTypeReadsGoMemory unpacks the memory of Go values of random types, and compares with what Go reads there.
func TestForTypeReadsGoMemory(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		goType := genGoType(3).Draw(t, "type")
		typ, err := ForType(goType)
		if err != nil {
			t.Fatal(err)
		}
		if uintptr(typ.Size()) != goType.Size() {
			t.Fatalf("%v is %v, of %d bytes and not %d", goType, typ, typ.Size(), goType.Size())
		}
		checkWritten(t, goType.String(), typ)
		// Bytes of 0 and 1 only, since a Go bool holds no other.
		memory := rapid.SliceOfN(rapid.ByteRange(0, 1), typ.Size(), typ.Size()).Draw(t, "memory")
		v := reflect.New(goType)
		copy(unsafe.Slice((*byte)(v.UnsafePointer()), typ.Size()), memory)
		item, err := typ.Unpack(memory)
		if err != nil {
			t.Fatal(err)
		}
		got, want := flatten(item), goLeaves(v.Elem())
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%v is %v, which reads %v; Go reads %v", goType, typ, got, want)
		}
	})
}
