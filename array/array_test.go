package array_test

import (
	"encoding/binary"
	"errors"
	"fmt"
	"log"
	"math"
	"math/bits"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unsafe"

	"github.com/go-memoryview/memoryview"
	"github.com/go-memoryview/memoryview/array"
	"github.com/go-memoryview/memoryview/buffer"
	"github.com/go-memoryview/memoryview/export"
	"github.com/go-memoryview/memoryview/format"
	"github.com/go-memoryview/memoryview/internal/draw"
	"github.com/go-memoryview/memoryview/internal/fence"
)

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

func view(obj any) *memoryview.View { return must(memoryview.FromObject(obj)) }

// caught returns what f panicked with, as an error.
func caught(f func()) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = r.(error)
		}
	}()
	f()
	return nil
}

// drawView makes a view of numbers in any strides and any of some formats, whose memory begins or ends at a fence. Aligned
// tells that Go can read them where they are.
func drawView(t draw.Source) (v *memoryview.View, aligned bool) {
	shape := make([]int, 1+t.UpTo(3, "dimensions"))
	strides := make([]int, len(shape))
	step := 4
	for d := range shape {
		shape[d] = t.UpTo(4, "extent")
		step += draw.Of(t, "gap", 0, 0, 0, 4, 8, 1, 2)
		strides[d] = step
		step *= max(shape[d], 1)
	}
	slices.Reverse(strides)
	slices.Reverse(shape)
	offset, end := 0, 4
	for d := range shape {
		reach := strides[d] * max(shape[d]-1, 0)
		if end += reach; draw.Bool(t, "backwards") {
			offset, strides[d] = offset+reach, -strides[d]
		}
	}
	mem := fence.Bytes(t, end, draw.Side(t))
	for i := range mem {
		mem[i] = byte(i*7 + 1)
	}
	text := draw.Of(t, "format", "i", "@i", "<i", ">i")
	v = must(memoryview.FromObject(must(export.Strided(mem, offset, buffer.Layout{ItemSize: 4, Format: text, Shape: shape, Strides: strides}, false))))
	aligned = (uintptr(unsafe.Pointer(unsafe.SliceData(mem)))+uintptr(offset))%4 == 0
	for d, extent := range shape {
		aligned = aligned && (strides[d]%4 == 0 || extent < 2)
	}
	return v, must(format.Parse(text)).Native() && (aligned || slices.Contains(shape, 0))
}

// testAgainstView compares every access of arrays and decoders with the one by View, and what is refused with alignment and byte order.
func testAgainstView(t draw.Source) {
	v, aligned := drawView(t)
	d := must(array.DecoderOf[int32](v))
	position := 0
	for i, got := range d.All() {
		index := unravel(i, v.Shape())
		if want := must(v.At(index...)); i != position || got != want || d.At(index...) != want {
			t.Fatalf("decoder: item %d is %v and %v, want %v", i, got, d.At(index...), want)
		}
		position++
	}
	if position*4 != v.NBytes() || d.Len() != position || !slices.Equal(d.Shape(), v.Shape()) {
		t.Fatalf("decoder: %d items of %v", position, v)
	}
	a, err := array.Of[int32](v)
	if (err == nil) != aligned {
		t.Fatalf("%v with strides %v: %v, should be possible: %v", v, v.Strides(), err, aligned)
	}
	if err == nil {
		checkArray(t, v, a)
	}
}

func TestAgainstView(t *testing.T) { draw.Check(t, testAgainstView) }

// FuzzArray reads and writes items of any layout by Array and Decoder, and compares with View.
func FuzzArray(f *testing.F) { draw.Fuzz(f, testAgainstView) }

func checkArray(t draw.Source, v *memoryview.View, a *array.Array[int32]) {
	want := []int32{}
	for item, err := range v.All() {
		if err != nil {
			t.Fatal(err)
		}
		want = append(want, item.(int32))
	}
	got := []int32{}
	for i, x := range a.All() {
		if i != len(got) {
			t.Fatalf("All gives position %d after %d items", i, len(got))
		}
		got = append(got, x)
	}
	runs := []int32{}
	for i, run := range a.Runs() {
		if i != len(runs) {
			t.Fatalf("Runs gives position %d after %d items", i, len(runs))
		}
		runs = append(runs, run...)
	}
	if !slices.Equal(got, want) || !slices.Equal(runs, want) || a.Len() != len(want) || !slices.Equal(a.Shape(), v.Shape()) {
		t.Fatalf("All gives %v, Runs %v, want %v", got, runs, want)
	}
	if all, ok := a.Slice(); ok != v.Buffer().IsContiguous(buffer.C) || ok && !slices.Equal(all, want) {
		t.Fatalf("Slice gives %v, %v, want %v", all, ok, want)
	}
	for i, x := range want {
		index := unravel(i, v.Shape())
		a.Set(x+1, index...)
		if must(v.At(index...)) != x+1 {
			t.Fatalf("Set at %v did not reach the memory", index)
		}
		setFixed(a, x, index)
		if a.At(index...) != x || fixed(a, index) != x {
			t.Fatalf("item %v is %v and %v, want %v", index, a.At(index...), fixed(a, index), x)
		}
	}
}

func fixed(a *array.Array[int32], index []int) int32 {
	switch len(index) {
	case 1:
		return a.At1(index[0])
	case 2:
		return a.At2(index[0], index[1])
	case 3:
		return a.At3(index[0], index[1], index[2])
	}
	return a.At(index...)
}

func setFixed(a *array.Array[int32], x int32, index []int) {
	switch len(index) {
	case 1:
		a.Set1(index[0], x)
	case 2:
		a.Set2(index[0], index[1], x)
	case 3:
		a.Set3(index[0], index[1], index[2], x)
	default:
		a.Set(x, index...)
	}
}

func unravel(n int, shape []int) []int {
	index := make([]int, len(shape))
	for d := len(shape) - 1; d >= 0; d-- {
		index[d] = n % shape[d]
		n /= shape[d]
	}
	return index
}

type vec struct{ X, Y float32 }

type record struct {
	ID    uint32
	Pos   vec
	Scale [2]float64
	Name  [5]byte
}

// roundTrip lends values of a type and reads them as that type.
func roundTrip[T comparable](t *testing.T, values ...T) {
	t.Helper()
	a, err := array.Of[T](view(values))
	if err != nil {
		t.Errorf("%T: %v", values, err)
		return
	}
	if all, ok := a.Slice(); !ok || !slices.Equal(all, values) {
		t.Errorf("%T: %v, want %v", values, all, values)
	}
	d, err := array.DecoderOf[T](view(values))
	if err != nil {
		t.Errorf("decoder of %T: %v", values, err)
		return
	}
	for i, v := range values {
		if d.At1(i) != v {
			t.Errorf("decoder of %T: item %d is %v, want %v", values, i, d.At1(i), v)
		}
	}
}

func TestEveryGoType(t *testing.T) {
	type celsius float32
	roundTrip(t, int8(-1), 2)
	roundTrip(t, uint8(1), 255)
	roundTrip(t, int16(-1), 2)
	roundTrip(t, uint16(1), 2)
	roundTrip(t, int32(-1), 2)
	roundTrip(t, uint32(1), 2)
	roundTrip(t, int64(math.MinInt64), 2)
	roundTrip(t, uint64(math.MaxUint64), 2)
	roundTrip(t, -1, 2)
	roundTrip(t, uint(1), 2)
	roundTrip(t, uintptr(1), 2)
	roundTrip(t, float32(1.5), 2)
	roundTrip(t, 1.5, math.Inf(1))
	roundTrip(t, complex64(1+2i), 2)
	roundTrip(t, 1+2i, 2)
	roundTrip(t, celsius(1.5))
	roundTrip(t, format.NewFloat16(1.5), format.NewFloat16(-2))
	roundTrip(t, format.NewBFloat16(1.5))
	roundTrip(t, [3]int16{1, 2, 3}, [3]int16{4, 5, 6})
	roundTrip(t, vec{1, 2}, vec{3, 4})
	roundTrip(t, record{1, vec{2, 3}, [2]float64{4, 5}, [5]byte{'a'}}, record{ID: 9})
}

// TestMismatches holds each refusal to the field it names.
func TestMismatches(t *testing.T) {
	type point struct {
		X float32
		_ [4]byte
		Y float64
	}
	type narrow struct{ X, Y float32 }
	type outer struct {
		N   int32
		Pos narrow
	}
	for _, c := range []struct {
		name string
		err  error
		want string
	}{
		{"width", of[int64]("i"), `Go int64, format "i", whose items are int32`},
		{"sign", of[uint32]("i"), `Go uint32, format "i"`},
		{"float as integer", of[uint16]("e"), "format.Float16"},
		{"integer as float", of[format.Float16]("H"), "format.Float16"},
		{"bfloat16 as half", of[format.Float16]("[bfloat16]"), "format.BFloat16"},
		{"bool", of[bool]("?"), "which Go forbids"},
		{"order", of[float64](foreign() + "d"), "other byte order"},
		{"long double", of[float64]("g"), "Go has no long double"},
		{"record as number", of[int32]("T{i:x:}"), `Go int32, format "T{i:x:}"`},
		{"number as record", of[vec]("d"), "is no record"},
		{"names", of[vec]("T{f:x:f:z:}"), `Y: the format's field there is "z"`},
		{"offset", of[outer]("T{i:n:T{f:x:4xf:y:}:pos:}"), "Pos.Y: Go offset 4, format 8"},
		{"padding", of[point]("T{f:x:4xd:y:}"), ""},
		{"too few fields", of[vec]("T{f:x:}"), "Y: the format has only 1 fields"},
		{"too many fields", of[vec]("T{f:x:f:y:f:z:}"), `the next one is "z"`},
		{"subarray", of[struct{ A [3]int8 }]("T{(2)b:a:}"), "shape [2]"},
		{"text", of[[4]byte]("5s"), "Go [4]uint8"},
	} {
		if c.want == "" && c.err == nil {
			continue
		}
		if c.want == "" || !errors.Is(c.err, buffer.ErrType) || !strings.Contains(fmt.Sprint(c.err), c.want) {
			t.Errorf("%s: %v, want %q", c.name, c.err, c.want)
		}
	}
}

// foreign is the mark of the byte order that the host does not have.
func foreign() string {
	if binary.NativeEndian.Uint16([]byte{1, 0}) == 1 {
		return ">"
	}
	return "<"
}

// of tries to read zero bytes of a format as T.
func of[T any](format string) error {
	a, err := array.Of[T](must(view(make([]byte, 2*must(buffer.SizeFromFormat(format)))).Cast(format)))
	if err == nil {
		err = a.Release()
	}
	return err
}

func TestDecoder(t *testing.T) {
	type reading struct {
		ID    uint16
		Ok    bool
		Value float64
		Grid  [2][2]int32
		Name  [3]byte
		Wave  complex64
	}
	const layout = "T{>H:id:?:ok:>d:value:(2,2)>i:grid:3s:name:>Zf:wave:}"
	typ := must(format.Parse(layout))
	mem := make([]byte, 1+2*typ.Size()) // at an odd place
	want := []reading{
		{7, true, 2.5, [2][2]int32{{1, -2}, {3, 4}}, [3]byte{'a', 'b', 'c'}, 1 - 2i},
		{0xFFFE, false, math.Inf(-1), [2][2]int32{{math.MinInt32}}, [3]byte{}, 0},
	}
	for i, r := range want {
		grid := []any{[]any{r.Grid[0][0], r.Grid[0][1]}, []any{r.Grid[1][0], r.Grid[1][1]}}
		value := []any{r.ID, r.Ok, r.Value, grid, r.Name[:], r.Wave}
		if err := typ.Pack(mem[1+i*typ.Size():], value); err != nil {
			t.Fatal(err)
		}
	}
	mem[1+2] = 5 // a bool that holds 5
	odd := must(export.Strided(mem, 1, buffer.Layout{ItemSize: typ.Size(), Format: layout, Shape: []int{2}}, false))
	d := must(array.DecoderOf[reading](view(odd)))
	for i := range want {
		if got := d.At1(i); got != want[i] {
			t.Errorf("item %d is %+v, want %+v", i, got, want[i])
		}
	}
	d.Set1(0, want[1])
	d.Set(want[0], 1)
	for i := range want {
		if got := d.At1(i); got != want[1-i] {
			t.Errorf("after Set, item %d is %+v, want %+v", i, got, want[1-i])
		}
	}
	if _, err := array.Of[reading](view(odd)); !errors.Is(err, buffer.ErrType) {
		t.Errorf("Of took what must be decoded: %v", err)
	}
}

func TestAlignment(t *testing.T) {
	odd := must(export.Strided(make([]byte, 32), 1, buffer.Layout{ItemSize: 4, Format: "i", Shape: []int{3}}, false))
	if _, err := array.Of[int32](view(odd)); !errors.Is(err, buffer.ErrType) || !strings.Contains(err.Error(), "alignment") {
		t.Errorf("items at odd addresses: %v", err)
	}
	d := must(array.DecoderOf[int32](view(odd)))
	d.Set1(2, -5)
	if d.At1(2) != -5 {
		t.Errorf("item 2 is %v", d.At1(2))
	}
}

func TestPanics(t *testing.T) {
	a := must(array.Of[int16](must(view([]int16{1, 2, 3, 4, 5, 6}).Cast("h", 2, 3))))
	ro := must(array.Of[byte](view("abc")))
	d := must(array.DecoderOf[bool](view([]bool{true})))
	for name, f := range map[string]func(){
		"outside":             func() { a.At2(2, 0) },
		"negative":            func() { a.At2(0, -1) },
		"too few indices":     func() { a.At1(0) },
		"too many indices":    func() { a.At3(0, 0, 0) },
		"outside, any":        func() { a.At(0, 3) },
		"too few, any":        func() { a.At(0) },
		"write outside":       func() { a.Set2(0, 3, 1) },
		"decoder":             func() { d.At1(1) },
		"decoder, dimensions": func() { d.At2(0, 0) },
	} {
		if err := caught(f); !errors.Is(err, buffer.ErrBounds) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, f := range map[string]func(){
		"Set1":    func() { ro.Set1(0, 1) },
		"Set":     func() { ro.Set(1, 0) },
		"decoder": func() { d.Set1(0, false) },
	} {
		if err := caught(f); !errors.Is(err, buffer.ErrReadOnly) || errors.Is(err, buffer.ErrBounds) {
			t.Errorf("%s in read-only memory: %v", name, err)
		}
	}
	if err := errors.Join(a.Release(), a.Release(), d.Release(), d.Release()); err != nil {
		t.Error(err)
	}
	for name, f := range map[string]func(){
		"At2":         func() { a.At2(0, 0) },
		"At":          func() { a.At(0, 0) },
		"At without":  func() { a.At() },
		"Set2":        func() { a.Set2(0, 0, 1) },
		"Runs":        func() { a.Runs()(func(int, []int16) bool { return true }) },
		"decoder":     func() { d.At1(0) },
		"decoder All": func() { d.All()(func(int, bool) bool { return true }) },
	} {
		if err := caught(f); !errors.Is(err, buffer.ErrReleased) {
			t.Errorf("%s after the release: %v", name, err)
		}
	}
	if all, ok := a.Slice(); ok || all != nil || a.Len() != 0 || a.Shape() != nil {
		t.Errorf("a released array has %v", all)
	}
}

func TestReleaseGivesBack(t *testing.T) {
	bytes := export.NewByteArray([]byte("abc"))
	v := view(bytes)
	a := must(array.Of[byte](v))
	if err := v.Release(); err != nil || a.At1(2) != 'c' {
		t.Errorf("the array ended with its view: %v", err)
	}
	if err := bytes.Resize(9); !errors.Is(err, buffer.ErrExported) {
		t.Errorf("resize under an array: %v", err)
	}
	if err := errors.Join(a.Release(), bytes.Resize(9)); err != nil {
		t.Error(err)
	}
	if _, err := array.Of[byte](v); !errors.Is(err, buffer.ErrReleased) {
		t.Errorf("array of a released view: %v", err)
	}
	if _, err := array.Of[byte](nil); !errors.Is(err, buffer.ErrType) {
		t.Errorf("array of nothing: %v", err)
	}
}

func TestIndirect(t *testing.T) {
	v := view(must(export.Rows([][]int32{{1, 2}, {3, 4}})))
	if _, err := array.Of[int32](v); !errors.Is(err, buffer.ErrLayout) {
		t.Errorf("rows behind pointers: %v", err)
	}
	if a := must(array.Of[int32](must(v.Sub(1)))); a.At1(1) != 4 {
		t.Errorf("a row holds %v", a.At1(1))
	}
}

// TestRunsAreAsLongAsTheyCanBe counts the slices.
func TestRunsAreAsLongAsTheyCanBe(t *testing.T) {
	m := must(view(make([]int32, 24)).Cast("i", 2, 3, 4))
	for expr, want := range map[string]string{
		"":                 "[24]",
		":, :, 1:3":        "[2 2 2 2 2 2]",
		":, ::2":           "[4 4 4 4]",
		"..., ::-1":        "[1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1]",
		"0:0":              "[]",
		"1, 2, 3":          "[1]",
		"0, ..., ::2":      "[1 1 1 1 1 1]",
		"::-1, 2:, 3:, ":   "[1 1]",
		"..., 5:":          "[]",
		"1:, 1:2, 0:1":     "[1]",
		"::-1, 1:2, 1:200": "[3 3]",
	} {
		lengths := []int{}
		for _, run := range must(array.Of[int32](must(m.Select(expr)))).Runs() {
			lengths = append(lengths, len(run))
		}
		if fmt.Sprint(lengths) != want {
			t.Errorf("%q: runs of %v, want %s", expr, lengths, want)
		}
	}
}

// TestInlining compiles a program that uses the fixed forms and reads the compiler's report.
func TestInlining(t *testing.T) {
	if testing.Short() || bits.UintSize == 32 {
		t.Skip("short mode or a 32-bit platform: it runs the compiler, which promises inlining on 64-bit ones")
	}
	const program = `package main

import "github.com/go-memoryview/memoryview/array"

var a array.Array[float64]

func main() {
	a.Set1(0, a.At1(0))
	a.Set2(0, 0, a.At2(0, 0))
	a.Set3(0, 0, 0, a.At3(0, 0, 0))
	for _, v := range a.All() {
		a.Set1(1, v)
	}
}
`
	dir, err := os.MkdirTemp(".", "testdata-inlining-") // inside the module, so that the import is found
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	if err := os.WriteFile(filepath.Join(dir, "main.go"), []byte(program), 0o600); err != nil {
		t.Fatal(err)
	}
	report, err := exec.Command("go", "build", "-o", os.DevNull, "-buildvcs=false", "-gcflags=-m", "./"+dir).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, report)
	}
	for _, method := range []string{"At1", "At2", "At3", "Set1", "Set2", "Set3", "All", `All\.func1`, `main-range1`} {
		if !regexp.MustCompile(`main\.go.*inlining call to .*` + method + `\b`).Match(report) {
			t.Errorf("%s is not inlined:\n%s", method, report)
		}
	}
}

func ExampleOf() {
	v, err := memoryview.FromObject(&[2][3]float64{{1, 2, 3}, {4, 5, 6}})
	if err != nil {
		log.Fatal(err)
	}
	a, err := array.Of[float64](v)
	if err != nil {
		log.Fatal(err)
	}
	defer a.Release()
	sum := 0.0
	for _, run := range a.Runs() {
		for _, x := range run {
			sum += x
		}
	}
	fmt.Println(a.At2(1, 0), sum)
	// Output: 4 21
}

func ExampleDecoderOf() {
	mem := binary.BigEndian.AppendUint32(nil, 1)
	mem = binary.BigEndian.AppendUint32(mem, 500)
	v, err := memoryview.FromObject(mem)
	if err != nil {
		log.Fatal(err)
	}
	big, err := v.Cast(">I")
	if err != nil {
		log.Fatal(err)
	}
	_, err = array.Of[uint32](big)
	fmt.Println(err)
	d, err := array.DecoderOf[uint32](big)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(d.At1(1))
	// Output:
	// array of uint32 over ">I": invalid type: format ">I" has the other byte order
	// 500
}

func BenchmarkAt(b *testing.B) {
	items := make([]float64, 1024)
	a := must(array.Of[float64](must(view(items).Cast("d", 32, 32))))
	b.Run("At2", func(b *testing.B) {
		for b.Loop() {
			sum := 0.0
			for i := range 32 {
				for j := range 32 {
					sum += a.At2(i, j)
				}
			}
			if sum != 0 {
				b.Fatal(sum)
			}
		}
	})
	plain := struct {
		base   unsafe.Pointer
		n0, n1 int
		s0, s1 int
	}{unsafe.Pointer(&items[0]), 32, 32, 256, 8}
	b.Run("formula", func(b *testing.B) {
		for b.Loop() {
			sum := 0.0
			for i := range 32 {
				for j := range 32 {
					if uint(i) >= uint(plain.n0) || uint(j) >= uint(plain.n1) {
						b.Fatal(i, j)
					}
					sum += *(*float64)(unsafe.Add(plain.base, i*plain.s0+j*plain.s1))
				}
			}
			if sum != 0 {
				b.Fatal(sum)
			}
		}
	})
}
