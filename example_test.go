package memoryview_test

import (
	"fmt"
	"log"
	"os"
	"unsafe"

	"github.com/go-memoryview/memoryview"
	"github.com/go-memoryview/memoryview/buffer"
	"github.com/go-memoryview/memoryview/export"
)

func ExampleFromObject() {
	temperatures := []float64{21.5, 22, 19.5, 18, 20.5, 23}
	v, err := memoryview.FromObject(temperatures)
	if err != nil {
		log.Fatal(err)
	}
	defer v.Release()
	week, err := v.Cast("d", 2, 3) // the same memory as a matrix
	if err != nil {
		log.Fatal(err)
	}
	column, err := week.Select(":, 1")
	if err != nil {
		log.Fatal(err)
	}
	if err := column.CopyFrom(0); err != nil {
		log.Fatal(err)
	}
	fmt.Println(temperatures)
	// Output: [21.5 0 19.5 18 0 23]
}

func ExampleFromMemory() {
	var frame [4]byte // or memory from C, from a device, from a mapping
	v, err := memoryview.FromMemory(unsafe.Pointer(&frame), len(frame), buffer.Write,
		memoryview.WithRelease(func() { fmt.Println("given back") }))
	if err != nil {
		log.Fatal(err)
	}
	if err := v.Set(255, -1); err != nil {
		log.Fatal(err)
	}
	fmt.Println(frame, v.Base())
	if err := v.Release(); err != nil {
		log.Fatal(err)
	}
	// Output:
	// [0 0 0 255] <nil>
	// given back
}

func ExampleFromBuffer() {
	loan, err := buffer.Get([]int16{1, 2, 3}, buffer.FullRO)
	if err != nil {
		log.Fatal(err)
	}
	v, err := memoryview.FromBuffer(loan)
	if err != nil {
		log.Fatal(err)
	}
	if err := loan.Release(); err != nil { // the view keeps what they share
		log.Fatal(err)
	}
	list, err := v.ToList()
	fmt.Println(list, v.Format(), err)
	// Output: [1 2 3] h <nil>
}

func ExampleGetContiguous() {
	v, err := memoryview.FromObject(&[2][3]uint8{{1, 2, 3}, {4, 5, 6}})
	if err != nil {
		log.Fatal(err)
	}
	for _, order := range []buffer.Order{buffer.C, buffer.F} {
		run, err := memoryview.GetContiguous(v, buffer.Read, order)
		if err != nil {
			log.Fatal(err)
		}
		mem, err := run.ToBytes(buffer.Any)
		fmt.Printf("%v: %v, strides %v, base %T, %v\n", order, mem, run.Strides(), run.Base(), err)
	}
	// Output:
	// C: [1 2 3 4 5 6], strides [3 1], base *[2][3]uint8, <nil>
	// F: [1 4 2 5 3 6], strides [1 2], base []uint8, <nil>
}

func ExampleCheck() {
	v, _ := memoryview.FromObject("text")
	fmt.Println(memoryview.Check(v), memoryview.Check("text"))
	// Output: true false
}

func ExampleView_Select() {
	v, _ := memoryview.FromObject(&[3][4]int32{{0, 1, 2, 3}, {4, 5, 6, 7}, {8, 9, 10, 11}})
	for _, expr := range []string{"1", "::-1, 0", "..., 1:3", "-1, -1"} {
		part, err := v.Select(expr)
		if err != nil {
			log.Fatal(err)
		}
		list, _ := part.ToList()
		fmt.Printf("%-9s %v\n", expr, list)
	}
	// Output:
	// 1         [4 5 6 7]
	// ::-1, 0   [8 4 0]
	// ..., 1:3  [[1 2] [5 6] [9 10]]
	// -1, -1    11
}

func ExampleView_Field() {
	type trade struct {
		ID    uint8
		Price float32
	}
	trades := []trade{{1, 9.5}, {2, 10.25}}
	v, _ := memoryview.FromObject(trades)
	fmt.Println(v.Format(), v.Strides())
	prices, _ := v.Field("Price")
	_ = prices.Set(11, 1)
	first, _ := v.At(0)
	fmt.Println(first, trades[1])
	// Output:
	// T{B:ID:3xf:Price:} [8]
	// {ID: 1, Price: 9.5} {2 11}
}

func ExampleView_Release() {
	array := export.NewByteArray([]byte("hello"))
	v, _ := memoryview.FromObject(array)
	fmt.Println(array.Append('!') != nil) // its memory is lent
	_ = v.Release()
	fmt.Println(array.Append('!'), string(array.Bytes()))
	// Output:
	// true
	// <nil> hello!
}

func ExampleView_WriteTo() {
	v, _ := memoryview.FromObject("a-b-c-d")
	letters, _ := v.Select("::2")
	n, err := letters.WriteTo(os.Stdout)
	fmt.Println("", n, err)
	// Output: abcd 4 <nil>
}

func ExampleView_All() {
	v, _ := memoryview.FromObject([]int64{3, 1, 2})
	sum := int64(0)
	for item, err := range v.All() {
		if err != nil {
			log.Fatal(err)
		}
		sum += item.(int64)
	}
	fmt.Println(sum)
	// Output: 6
}

func ExampleView_Equal() {
	v, _ := memoryview.FromObject([]int32{1, 2, 3})
	fmt.Println(v.Equal([]float64{1, 2, 3})) // by value, whatever the formats
	fmt.Println(v.Equal([]float64{1, 2, 3.5}))
	// Output:
	// true <nil>
	// false <nil>
}

func ExampleConvert() {
	prices, _ := memoryview.FromObject([]byte("\x3f\xc0\x00\x00\x40\x20\x00\x00"))
	prices, _ = prices.Cast(">f")

	floats := make([]float64, 2)
	fmt.Println(memoryview.Convert(floats, prices), floats)

	bytes := make([]byte, 2)
	fmt.Println(memoryview.Convert(bytes, []float64{1.9, 300}), bytes)
	// Output:
	// <nil> [1.5 2.5]
	// conversion of "d" to "B": invalid value: item 1, 300, does not fit [0 0]
}

func ExampleView_SliceInto() {
	v, _ := memoryview.FromObject([]byte("one two three"))
	var word memoryview.View // cut again and again, without allocating
	for _, at := range [][2]int{{0, 3}, {4, 7}, {8, 13}} {
		if err := v.SliceInto(&word, at[0], at[1], 1); err != nil {
			fmt.Println(err)
		}
		text, _ := word.Bytes()
		fmt.Printf("%s\n", text)
	}
	// Output:
	// one
	// two
	// three
}
