package buffer_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/go-memoryview/memoryview/buffer"
	"github.com/go-memoryview/memoryview/export"
)

func TestSharesMemory(t *testing.T) {
	mem := make([]int32, 100)
	bytes := make([]byte, 400)
	part := func(offset, size int, shape, strides []int) buffer.Exporter {
		e, err := export.Strided(bytes, offset, buffer.Layout{ItemSize: size, Format: fmt.Sprint(size, "s"), Shape: shape, Strides: strides}, true)
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	rows, err := export.Rows([][]int32{mem})
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		a, b any
		want buffer.Sharing
	}{
		"itself":                   {mem, mem, buffer.Shared},
		"neighbours":               {mem[:50], mem[50:], buffer.Apart},
		"one item in common":       {mem[:51], mem[50:], buffer.Shared},
		"another array":            {mem, bytes, buffer.Apart},
		"even and odd":             {part(0, 1, []int{200}, []int{2}), part(1, 1, []int{200}, []int{2}), buffer.Apart},
		"even and odd, two bytes":  {part(0, 2, []int{199}, []int{2}), part(1, 2, []int{199}, []int{2}), buffer.Shared},
		"two columns":              {part(0, 4, []int{10}, []int{40}), part(4, 4, []int{10}, []int{40}), buffer.Apart},
		"a column and its reverse": {part(0, 4, []int{10}, []int{40}), part(360, 4, []int{10}, []int{-40}), buffer.Shared},
		"no items":                 {mem, mem[:0], buffer.Apart},
		"no bytes":                 {part(3, 0, []int{2}, []int{1}), bytes, buffer.Apart},
		"behind pointers":          {rows, mem, buffer.Undecided},
	} {
		for _, pair := range [][2]any{{c.a, c.b}, {c.b, c.a}} {
			if got, err := buffer.SharesMemory(pair[0], pair[1]); got != c.want || err != nil {
				t.Errorf("%s: %v, %v, want %v", name, got, err, c.want)
			}
		}
	}
	if got := buffer.Sharing(7).String(); got != "Sharing(7)" {
		t.Errorf("no answer at all: %s", got)
	}
	if _, err := buffer.SharesMemory(mem, struct{}{}); !errors.Is(err, buffer.ErrType) {
		t.Errorf("an object that lends no memory: %v", err)
	}
}

func ExampleSharesMemory() {
	samples := make([]byte, 8) // of two channels in turn
	channel := func(i int) buffer.Exporter {
		e, err := export.Strided(samples, i, buffer.Layout{ItemSize: 1, Format: "B", Shape: []int{4}, Strides: []int{2}}, false)
		if err != nil {
			panic(err)
		}
		return e
	}
	fmt.Println(buffer.SharesMemory(channel(0), channel(1)))
	fmt.Println(buffer.SharesMemory(channel(0), samples))
	// Output:
	// apart <nil>
	// shared <nil>
}
