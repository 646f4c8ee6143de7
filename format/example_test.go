package format_test

import (
	"errors"
	"fmt"

	"github.com/go-memoryview/memoryview/format"
)

func ExampleParse() {
	t, err := format.Parse("T{<H:id:2x(2,3)<f:pose:}")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(t.Kind(), t.Size(), "bytes")
	for _, f := range t.Fields() {
		fmt.Println(f.Name, f.Offset, f.Type.Kind(), f.Type.Shape())
	}
	// Output:
	// record 28 bytes
	// id 0 uint []
	// pose 4 array [2 3]
}

func ExampleParse_error() {
	_, err := format.Parse("<i3k")
	var syntax *format.SyntaxError
	if errors.As(err, &syntax) {
		fmt.Println("offset", syntax.Offset)
	}
	fmt.Println(errors.Is(err, format.ErrFormat))
	// Output:
	// offset 3
	// true
}

func ExampleFor() {
	type Reading struct {
		Sensor uint8
		Value  float32
		Flags  uint16 `memoryview:"flags"`
	}
	t, err := format.For[Reading]()
	fmt.Println(t, err)
	// Output: T{B:Sensor:3xf:Value:H:flags:2x} <nil>
}

func ExampleType_Unpack() {
	t, err := format.Parse("T{>H:id:>e:x:3s:tag:}")
	if err != nil {
		fmt.Println(err)
		return
	}
	item, err := t.Unpack([]byte("\x00\x07\x3e\x00abc"))
	fmt.Println(item, err)
	id, _ := item.(format.Record).Get("id")
	fmt.Printf("%T %v\n", id, id)
	// Output:
	// {id: 7, x: 1.5, tag: "abc"} <nil>
	// uint16 7
}

func ExampleType_Pack() {
	t, err := format.Parse(">H2B")
	if err != nil {
		fmt.Println(err)
		return
	}
	b := make([]byte, t.Size())
	fmt.Println(t.Pack(b, []any{258, []int{3, 4}}), b)
	err = t.Pack(b, []any{258, []int{3, 256}})
	fmt.Println(errors.Is(err, format.ErrValue), b)
	// Output:
	// <nil> [1 2 3 4]
	// true [1 2 3 4]
}

func ExampleType_Leaves() {
	t, err := format.Parse("T{b:a:(2)T{b:c:i:d:}:e:}")
	if err != nil {
		fmt.Println(err)
		return
	}
	for offset, leaf := range t.Leaves() {
		fmt.Println(offset, leaf)
	}
	// Output:
	// 0 b
	// 4 b
	// 8 i
	// 12 b
	// 16 i
}

func ExampleSameValue() {
	fmt.Println(format.SameValue(uint8(1), 1.0), format.SameValue(int64(1<<53+1), float64(1<<53)))
	// Output: true false
}
