package memoryview_test

import (
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"
	"unsafe"

	"github.com/go-memoryview/memoryview"
	"github.com/go-memoryview/memoryview/array"
	"github.com/go-memoryview/memoryview/arrayfile"
	"github.com/go-memoryview/memoryview/buffer"
	"github.com/go-memoryview/memoryview/export"
	"github.com/go-memoryview/memoryview/format"
)

// Limits are tested in a process of their own, that the system gives no more than a few GiB, where it can
// bound them: what wants too much ends that process and not the test.
var limits = map[string]func(t *testing.T){
	"MillionViews":       millionViews,
	"MillionLoans":       millionLoans,
	"MostDimensions":     mostDimensions,
	"TooManyDimensions":  tooManyDimensions,
	"MoreThanMemory":     moreThanMemory,
	"ItemsTooLarge":      itemsTooLarge,
	"ItemsAgainAndAgain": itemsAgainAndAgain,
	"LongSelections":     longSelections,
	"PromisesOfHeaders":  promisesOfHeaders,
	"LongFormats":        longFormats,
}

const limitsVariable = "MEMORYVIEW_TEST_LIMITS"

func TestLimits(t *testing.T) {
	if os.Getenv(limitsVariable) != "" {
		bounded = boundMemory(t, 6<<30)
		for name, test := range limits {
			t.Run(name, test)
		}
		return
	}
	child := exec.Command(os.Args[0], "-test.run=^TestLimits$", "-test.count=1")
	child.Env = append(os.Environ(), limitsVariable+"=1")
	if output, err := child.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%.8000s", err, output)
	}
}

// bounded tells that this process gets an error where it wants more than its bound.
var bounded bool

// tooMuch are sizes that no memory has, in bytes, and where the process is bounded others that it cannot have.
func tooMuch() (sizes []int) {
	all := []int64{math.MaxInt, math.MaxInt - 7, math.MaxInt64 / 2, math.MaxInt64 / 16, 3 << 40}
	if bounded {
		all = append(all, 1<<40, 100<<30, 7<<30)
	}
	for _, n := range all {
		if n <= math.MaxInt {
			sizes = append(sizes, int(n))
		}
	}
	return sizes
}

// live returns the bytes on the heap that are in use.
func live() int {
	var stats runtime.MemStats
	runtime.GC()
	runtime.GC() // what had a cleanup is freed by the second
	runtime.ReadMemStats(&stats)
	return int(stats.HeapAlloc)
}

// within fails where f allocates more than so many bytes.
func within(t *testing.T, most int, what string, f func()) {
	t.Helper()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	if n := int(after.TotalAlloc - before.TotalAlloc); n > most {
		t.Errorf("%s: %d bytes were allocated, at most %d are due", what, n, most)
	}
}

// perView is as much as a view may take, in bytes: of up to three dimensions, and of more.
const (
	perView     = 256
	perWideView = 512
)

// manyViews has them live at once, of one object whose memory is given back when the last has gone.
func millionViews(t *testing.T) {
	var mem [4096]byte
	given := 0
	v := must(memoryview.FromMemory(unsafe.Pointer(&mem), len(mem), buffer.Write, memoryview.WithRelease(func() { given++ })))
	cube := must(v.Cast("B", 4, 4, 4, 64))
	for name, test := range map[string]struct {
		most int
		make func(i int) (*memoryview.View, error)
	}{
		"slices":             {perView, func(i int) (*memoryview.View, error) { return v.Slice(i%4096, 4096, 1) }},
		"of four dimensions": {perWideView, func(i int) (*memoryview.View, error) { return cube.Slice(i%4, 4, 1) }},
	} {
		views := make([]*memoryview.View, many)
		before := live()
		for i := range views {
			views[i] = must(test.make(i))
			if i == many/2 {
				if n := (live() - before) / (many / 2); n > test.most {
					t.Errorf("%s: %d bytes a view after half of them, at most %d are due", name, n, test.most)
				}
			}
		}
		if n := (live() - before) / many; n > test.most {
			t.Errorf("%s: %d bytes a view, at most %d are due", name, n, test.most)
		} else {
			t.Logf("%s: %d bytes a view", name, n)
		}
		for i, w := range views {
			if err := w.Release(); err != nil {
				t.Fatal(err)
			}
			views[i] = nil
		}
		if n := live() - before; n > many {
			t.Errorf("%s: %d bytes stay after the release", name, n)
		}
	}
	if given != 0 {
		t.Error("the memory was given back before its last view")
	}
	if err := errors.Join(v.Release(), cube.Release()); err != nil || given != 1 {
		t.Errorf("the memory was given back %d times: %v", given, err)
	}
}

func millionLoans(t *testing.T) {
	a := export.NewByteArray([]byte("abc"))
	loans := make([]*buffer.Buffer, many)
	before := live()
	for i := range loans {
		loans[i] = must(a.GetBuffer(buffer.FullRO))
	}
	if n := (live() - before) / many; n > 2*perView { // each has a block, with its count and its net for leaks
		t.Errorf("%d bytes a loan", n)
	} else {
		t.Logf("%d bytes a loan", n)
	}
	for _, loan := range loans {
		if err := a.Resize(7); !errors.Is(err, buffer.ErrExported) {
			t.Fatal(err)
		}
		if err := loan.Release(); err != nil {
			t.Fatal(err)
		}
	}
	if err := a.Resize(7); err != nil {
		t.Error(err)
	}
	clear(loans)
	if n := live() - before; n > many {
		t.Errorf("%d bytes stay after the release", n)
	}
}

// ones is a shape of n dimensions with one item.
func ones(n int) []int { return slices.Repeat([]int{1}, n) }

// lent is a loan of a few bytes in any layout.
func lent(l buffer.Layout) (*buffer.Buffer, error) {
	mem := make([]byte, 64)
	return buffer.Memory{Base: unsafe.Pointer(&mem[0]), Size: len(mem)}.Lend(0, l, buffer.FullRO)
}

func seen(l buffer.Layout) *memoryview.View { return must(memoryview.FromBuffer(must(lent(l)))) }

// mostDimensions puts six items into 64 dimensions, where everything is as it is in two.
func mostDimensions(t *testing.T) {
	shape := ones(buffer.MaxDims)
	shape[10], shape[50] = 2, 3
	flat := must(memoryview.FromObject([]int16{1, 2, 3, 4, 5, 6}))
	v := must(flat.CastShape("h", shape))
	index := make([]int, buffer.MaxDims)
	index[10], index[50] = 1, 2
	list := must(v.ToList())
	for d := range shape {
		nested := list.([]any)
		if len(nested) != shape[d] {
			t.Fatalf("%d items along dimension %d", len(nested), d)
		}
		list = nested[len(nested)-1]
	}
	backwards := must(v.Select("..." + strings.Repeat(", ::-1", buffer.MaxDims)))
	numbers := must(array.Of[int16](v))
	var all []any
	for item := range v.All() {
		all = append(all, item)
	}
	file := must(arrayfile.FromBytes([]byte("\x06\x00"), arrayfile.Raw("<h", ones(buffer.MaxDims)...)))
	copied := make([]int16, 6)
	for what, ok := range map[string]bool{
		"ToList":      list == int16(6),
		"At":          must(v.At(index...)) == int16(6) && numbers.At(index...) == 6,
		"All":         slices.Equal(all, []any{int16(1), int16(2), int16(3), int16(4), int16(5), int16(6)}),
		"ToBytes":     string(must(v.ToBytes(buffer.C))) == string(must(flat.ToBytes(buffer.C))),
		"in F order":  string(must(v.ToBytes(buffer.F))) == string(must(must(memoryview.FromObject([]int16{1, 4, 2, 5, 3, 6})).ToBytes(buffer.C))),
		"Index":       must(v.Index(4)) == 3 && must(backwards.Index(4)) == 2,
		"Count":       must(v.Count(4)) == 1,
		"Equal":       must(v.Equal(must(must(backwards.Select(strings.Repeat("::-1,", buffer.MaxDims))).Transpose(identity()...)))),
		"Sub":         must(must(v.Sub(index...)).At()) == int16(6),
		"Convert":     memoryview.Convert(copied, v) == nil && slices.Equal(copied, []int16{1, 2, 3, 4, 5, 6}),
		"CopyFrom":    must(v.Transpose(identity()...)).CopyFrom(v) == nil && must(flat.At(5)) == int16(6),
		"Select":      must(must(v.Select(strings.Repeat("0,", 10)+"1,...,2"+strings.Repeat(",0", 13))).At(zeros(39)...)) == int16(6),
		"a Go array":  must(must(memoryview.FromObject(nested(buffer.MaxDims))).At(zeros(buffer.MaxDims)...)) == uint8(0),
		"a raw file":  must(must(file.View("")).At(zeros(buffer.MaxDims)...)) == int16(6),
		"a subarray":  must(must(format.Parse("("+strings.Repeat("1,", 63)+"1)B")).Unpack([]byte{1})) != nil,
		"a broadcast": seen(buffer.Layout{ItemSize: 1, Shape: ones(64), Strides: make([]int, 64)}).NDim() == 64,
	} {
		if !ok {
			t.Errorf("%s differs in 64 dimensions", what)
		}
	}
}

func zeros(n int) []int { return make([]int, n) }

func identity() (axes []int) {
	for d := range buffer.MaxDims {
		axes = append(axes, d)
	}
	return axes
}

// nested is a pointer to arrays in arrays, n deep, around a byte.
func nested(n int) any {
	typ := reflect.TypeFor[uint8]()
	for range n {
		typ = reflect.ArrayOf(1, typ)
	}
	return reflect.New(typ).Interface()
}

// tooManyDimensions tries all ways to a buffer or view of 65 dimensions.
func tooManyDimensions(t *testing.T) {
	const n = buffer.MaxDims + 1
	bytes := must(memoryview.FromObject([]byte{7}))
	wide := must(bytes.CastShape("B", ones(buffer.MaxDims)))
	records := must(bytes.CastShape("T{(1,1)B:a:}", ones(buffer.MaxDims-1)))
	one := []byte{7}
	var taken buffer.Buffer
	npy := "{'descr': '|u1', 'fortran_order': False, 'shape': (" + strings.Repeat("1,", n) + ")}\n"
	for what, test := range map[string]struct {
		err  error
		want error
	}{
		"Lend":              {fail(lent(buffer.Layout{ItemSize: 1, Shape: ones(n)})), buffer.ErrLayout},
		"Lend with strides": {fail(lent(buffer.Layout{ItemSize: 1, Shape: ones(n), Strides: ones(n)})), buffer.ErrLayout},
		"Lend, a million":   {fail(lent(buffer.Layout{ItemSize: 1, Shape: ones(1_000_000)})), buffer.ErrLayout},
		"Derive":            {bytes.Buffer().Derive(&taken, 0, buffer.Layout{ItemSize: 1, Shape: ones(n)}, true), buffer.ErrLayout},
		"ContiguousStrides": {fail(buffer.ContiguousStrides(ones(n), 1, buffer.C)), buffer.ErrLayout},
		"Strided":           {fail(export.Strided(one, 0, buffer.Layout{ItemSize: 1, Shape: ones(n), Strides: ones(n)}, false)), buffer.ErrLayout},
		"CastShape":         {fail(bytes.CastShape("B", ones(n))), buffer.ErrLayout},
		"Cast":              {fail(bytes.Cast("B", ones(n)...)), buffer.ErrLayout},
		"Field":             {fail(records.Field("a")), buffer.ErrLayout},
		"Select":            {fail(wide.Select(strings.Repeat("0,", n))), buffer.ErrType},
		"Select, slices":    {fail(wide.Select(strings.Repeat(":,", n))), buffer.ErrType},
		"Sub":               {fail(wide.Sub(make([]int, n)...)), buffer.ErrType},
		"At":                {fail(wide.At(make([]int, n)...)), buffer.ErrType},
		"Set":               {wide.Set(1, make([]int, n)...), buffer.ErrType},
		"Pointer":           {fail(wide.Buffer().Pointer(make([]int, n)...)), buffer.ErrType},
		"Cut":               {wide.Buffer().Cut(&taken, make([]buffer.Cut, n)...), buffer.ErrType},
		"Transpose":         {fail(wide.Transpose(append(identity(), 64)...)), buffer.ErrValue},
		"a Go array":        {fail(memoryview.FromObject(nested(n))), buffer.ErrLayout},
		"a slice of arrays": {fail(memoryview.FromObject(reflect.MakeSlice(reflect.SliceOf(reflect.TypeOf(nested(buffer.MaxDims)).Elem()), 1, 1).Interface())), buffer.ErrLayout},
		"a subarray":        {fail(format.Parse("(" + strings.Repeat("1,", n-1) + "1)B")), buffer.ErrFormat},
		"nested subarrays":  {fail(format.Parse(strings.Repeat("(1)", n) + "B")), buffer.ErrFormat},
		"an npy header":     {fail(arrayfile.FromBytes([]byte("\x93NUMPY\x01\x00" + string([]byte{byte(len(npy)), byte(len(npy) >> 8)}) + npy + "\x07"))), buffer.ErrLayout},
		"a raw file":        {fail(arrayfile.FromBytes(one, arrayfile.Raw("B", ones(n)...))), buffer.ErrLayout},
	} {
		if !errors.Is(test.err, test.want) || len(test.err.Error()) > 1000 {
			t.Errorf("%s of 65 dimensions: %.1000v", what, test.err)
		}
	}
}

// fail returns the error of a call whose value must be none.
func fail[T any](value T, err error) error {
	if v := reflect.ValueOf(&value).Elem(); err != nil && !v.IsZero() {
		return fmt.Errorf("%v beside an error that is none of ours: %s", value, err)
	}
	return err
}

// moreThanMemory asks for copies of a byte that has more items than memory has bytes, or this process may have.
func moreThanMemory(t *testing.T) {
	for _, n := range tooMuch() {
		v := seen(buffer.Layout{ItemSize: 1, Format: "B", Shape: []int{n}, Strides: []int{0}})
		backwards := must(v.Select("::-1"))
		for what, call := range map[string]func() error{
			"ToBytes":           func() error { return fail(v.ToBytes(buffer.C)) },
			"ToBytes in F":      func() error { return fail(v.ToBytes(buffer.F)) },
			"AppendBytes":       func() error { _, err := v.AppendBytes(make([]byte, 1), buffer.Any); return err },
			"ToList":            func() error { return fail(v.ToList()) },
			"Hex":               func() error { return fail(v.Hex("", 0)) },
			"Hex with a sep":    func() error { return fail(v.Hex("-", 1)) },
			"GetContiguous":     func() error { return fail(memoryview.GetContiguous(v, buffer.Read, buffer.C)) },
			"CopyFrom overlap":  func() error { return v.CopyFrom(backwards) },
			"Convert overlap":   func() error { return memoryview.Convert(v, backwards) },
			"ToContiguous":      func() error { return v.Buffer().ToContiguous(make([]byte, 8), buffer.C) },
			"Convert to others": func() error { return memoryview.Convert(make([]float32, 5), v) },
			"Bytes":             func() error { return fail(v.Bytes()) },
			"ByteArray.Resize":  func() error { return export.NewByteArray(nil).Resize(n) },
			"writer that fails": func() error {
				if _, err := v.WriteTo(brokenPipe{}); !errors.Is(err, io.ErrClosedPipe) {
					return err
				}
				return buffer.ErrValue
			},
		} {
			within(t, 1<<20, what, func() {
				err := call()
				if !errors.Is(err, buffer.ErrLayout) && !errors.Is(err, buffer.ErrValue) && !errors.Is(err, buffer.ErrNotContiguous) {
					t.Errorf("%s of %d items over one byte: %v", what, n, err)
				}
			})
		}
		items := 0
		for range v.All() {
			if items++; items == 3 {
				break
			}
		}
		piece := make([]byte, 10)
		if got, err := v.ReadAt(piece, int64(n-3)); items != 3 || got != 3 || err != io.EOF || len(v.String()) > 200 {
			t.Errorf("parts of %d items: %d bytes, %v, %s", n, got, err, v)
		}
	}
}

type brokenPipe struct{}

func (brokenPipe) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

// itemsTooLarge has items as large as can be counted. Where there are none, no memory has to hold one.
func itemsTooLarge(t *testing.T) {
	for _, size := range tooMuch() {
		for _, text := range []string{"B", fmt.Sprintf("%ds", size), fmt.Sprintf("%dx", size), fmt.Sprintf("(%d)T{B:a:}", size)} {
			v := seen(buffer.Layout{ItemSize: size, Format: text, Shape: []int{0}})
			within(t, 1<<20, text, func() {
				for _, value := range []any{1, "text", []any{1}, nil, []byte("bytes"), format.Record{}} {
					if err := v.CopyFrom(value); err == nil || len(err.Error()) > 1000 {
						t.Errorf("items of %d bytes, %.40q: %T is assigned: %v", size, text, value, err)
					}
					if n, err := v.Count(value); n != 0 || err != nil {
						t.Errorf("items of %d bytes: %d are %v: %v", size, n, value, err)
					}
					if n, err := v.Index(value); n != -1 || err != nil {
						t.Errorf("items of %d bytes: item %d is %v: %v", size, n, value, err)
					}
				}
				if list, err := v.ToList(); len(list.([]any)) != 0 || err != nil {
					t.Errorf("items of %d bytes: %v, %v", size, list, err)
				}
				if _, err := array.Of[byte](v); size > 1 && text != "B" && !errors.Is(err, buffer.ErrType) {
					t.Errorf("items of %d bytes as bytes: %v", size, err)
				}
				if _, err := array.Of[[8]byte](v); !errors.Is(err, buffer.ErrType) {
					t.Errorf("items of %d bytes as arrays: %v", size, err)
				}
				if equal, err := v.Equal(v); !equal || err != nil || len(v.String()) > 200 {
					t.Errorf("%v: %v, %v", v, equal, err)
				}
				if err := memoryview.Convert(v, v); err != nil {
					t.Error(err)
				}
			})
		}
	}
}

// itemsAgainAndAgain counts items that come again without looking at each.
func itemsAgainAndAgain(t *testing.T) {
	most := math.MaxInt / 2
	side := 1 << 15
	for what, test := range map[string]struct {
		view            *memoryview.View
		value           any
		count, position int
	}{
		"one byte":         {seen(buffer.Layout{ItemSize: 1, Shape: []int{most}, Strides: []int{0}}), 0, most, 0},
		"another":          {seen(buffer.Layout{ItemSize: 1, Shape: []int{most}, Strides: []int{0}}), 1, 0, -1},
		"records":          {seen(buffer.Layout{ItemSize: 2, Format: "T{BB}", Shape: []int{most / 2}, Strides: []int{0}}), []any{0, 0}, most / 2, 0},
		"nothing":          {seen(buffer.Layout{Format: "T{}", Shape: []int{most}}), []any{}, most, 0},
		"bytes of nothing": {seen(buffer.Layout{Format: "0s", Shape: []int{side, side}}), []byte{}, side * side, 0},
	} {
		count, err := test.view.Count(test.value)
		position, err2 := test.view.Index(test.value)
		if err := errors.Join(err, err2); count != test.count || position != test.position || err != nil {
			t.Errorf("%s: %d of them, the first at %d: %v", what, count, position, err)
		}
		if equal, err := test.view.Equal(test.view); !equal || err != nil {
			t.Errorf("%s does not equal itself: %v", what, err)
		}
	}
	// The positions are those of a small array that a search item by item finds.
	mem := []byte("abcabd")
	for _, strides := range [][]int{{0, 3, 0, 1}, {3, 0, 1, 0}, {0, 0, 3, 1}, {1, 3, 0, 0}, {1, 0, 0, 3}, {0, 0, 0, 2}} {
		shape := []int{2, 2, 2, 2}
		l := buffer.Layout{ItemSize: 1, Format: "c", Shape: shape, Strides: strides}
		v := must(memoryview.FromObject(must(export.Strided(mem, 0, l, true))))
		packed := must(v.ToBytes(buffer.C))
		for _, c := range []byte("abcd") {
			value := []byte{c}
			if count, want := must(v.Count(value)), strings.Count(string(packed), string(value)); count != want {
				t.Errorf("strides %v: %d times %s, not %d", strides, count, value, want)
			}
			if at, want := must(v.Index(value)), strings.IndexByte(string(packed), c); at != want {
				t.Errorf("strides %v: %s at %d, not %d", strides, value, at, want)
			}
		}
		flat := must(must(memoryview.FromObject(packed)).CastShape("c", shape))
		if !must(v.Equal(flat)) || !must(flat.Equal(v)) || !must(v.Equal(v)) {
			t.Errorf("strides %v: the copy is unequal", strides)
		}
		for i := range packed {
			packed[i] ^= 1
			if must(v.Equal(flat)) {
				t.Errorf("strides %v: byte %d is not compared", strides, i)
			}
			packed[i] ^= 1
		}
	}
}

// longSelections reads expressions of 1 MiB.
func longSelections(t *testing.T) {
	const n = 1 << 20
	v := must(memoryview.FromObject([]byte("abcdef")))
	for _, good := range []string{strings.Repeat(" ", n), strings.Repeat("-", n) + "1", strings.Repeat("0", n), strings.Repeat("- ", n/2) + "1", "[" + strings.Repeat("\n", n) + "]", strings.Repeat("9", n) + ":"} {
		within(t, 1<<16, "a selection", func() {
			if _, err := v.Select(good); err != nil {
				t.Errorf("%.20q...: %v", good, err)
			}
		})
	}
	for unit, want := range map[string]error{
		"1,": buffer.ErrType, ":,": buffer.ErrType, "...,": buffer.ErrType, "9": buffer.ErrBounds, "1_": buffer.ErrValue, "[": buffer.ErrValue, "]": buffer.ErrValue,
		":": buffer.ErrValue, ",": buffer.ErrValue, "$": buffer.ErrValue, "-": buffer.ErrValue, "1:": buffer.ErrValue, "\xff": buffer.ErrValue, "0 ": buffer.ErrValue, "::1": buffer.ErrValue,
	} {
		expr := strings.Repeat(unit, n/len(unit))
		within(t, 1<<16, "a selection", func() {
			if _, err := v.Select(expr); !errors.Is(err, want) || len(err.Error()) > 500 {
				t.Errorf("%q again and again: %.500v", unit, err)
			}
		})
	}
}

// longFormats has views of items whose formats are very long: what is told of them is short.
func longFormats(t *testing.T) {
	const n = 1 << 16
	names := &strings.Builder{}
	for i := 0; names.Len() < n; i++ {
		fmt.Fprintf(names, "B:f%d:", i)
	}
	for _, text := range []string{strings.Repeat("B", n), "T{" + names.String() + "}", "B:" + strings.Repeat("x", n) + ":", "X{" + strings.Repeat("i", n) + "}", "2X{" + strings.Repeat("i", n) + "}"} {
		size := must(buffer.SizeFromFormat(text))
		bytes := must(memoryview.FromObject(make([]byte, 3*size)))
		v := must(bytes.Cast(text))
		for what, err := range map[string]error{
			"Set":        v.Set("no such item", 0),
			"CopyFrom":   v.CopyFrom(1i),
			"copy":       v.CopyFrom(must(bytes.Cast(fmt.Sprintf("%ds", size)))),
			"copy back":  must(bytes.Cast(fmt.Sprintf("%ds", size))).CopyFrom(v),
			"Convert":    memoryview.Convert(v, make([]string, 0)),
			"values":     memoryview.Convert(v, must(bytes.Cast(fmt.Sprintf("%ds", size)))),
			"Field":      fail(v.Field(strings.Repeat("y", n))),
			"CastShape":  fail(bytes.CastShape(text, []int{7})),
			"bad Cast":   fail(bytes.Cast(text + "$")),
			"Array":      fail(array.Of[[3]uint8](v)),
			"Decoder":    fail(array.DecoderOf[struct{ A, B int64 }](v)),
			"Hash":       fail(must(v.ToReadOnly()).Hash()),
			"a raw file": fail(arrayfile.FromBytes([]byte{1, 2, 3}, arrayfile.Raw(text, 5))),
			"a layout":   fail(lent(buffer.Layout{ItemSize: 0, Format: text})),
			"String":     errors.New(v.String()),
		} {
			if err == nil || len(err.Error()) > 700 {
				t.Errorf("%.20q..., %s: a message of %d bytes: %.700v", text, what, len(fmt.Sprint(err)), err)
			}
		}
	}
}

// promisesOfHeaders opens npy files of a few bytes whose headers say that they have exabytes.
func promisesOfHeaders(t *testing.T) {
	for _, header := range []string{
		"'descr': '<f8', 'fortran_order': False, 'shape': (1000000000000000000,)",
		"'descr': '|V1000000000000000000', 'fortran_order': False, 'shape': ()",
		"'descr': '|u1', 'fortran_order': True, 'shape': (1000000, 1000000, 1000000)",
		"'descr': [('a', '<f8', (1000, 1000, 1000, 1000))], 'fortran_order': False, 'shape': (1000, 100)",
		"'descr': '|V0', 'fortran_order': False, 'shape': (1000000000000000000,)",
		"'descr': '|V1000000000000000000', 'fortran_order': False, 'shape': (1000000000000000000,)",
		"'descr': '<U4000000000000000000', 'fortran_order': False, 'shape': (1,)",
	} {
		text := "{" + header + "}\n"
		file := "\x93NUMPY\x01\x00" + string([]byte{byte(len(text)), byte(len(text) >> 8)}) + text + "few bytes"
		within(t, 1<<16, header, func() {
			if _, err := arrayfile.FromBytes([]byte(file)); !errors.Is(err, arrayfile.ErrHeader) || len(err.Error()) > 500 {
				t.Errorf("%s: %v", header, err)
			}
			if _, err := arrayfile.OpenReader(strings.NewReader(file), "a pipe"); err == nil || len(err.Error()) > 500 {
				t.Errorf("%s from a pipe: %v", header, err)
			}
		})
	}
}
