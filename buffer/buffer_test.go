package buffer_test

import (
	"errors"
	"fmt"
	"log"
	"runtime"
	"testing"
	"time"
	"unsafe"

	"github.com/go-memoryview/memoryview/buffer"
)

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

// TestRequests asks exporters of each kind with each sort of flags. The order of the checks is that
// of memory_getbuf in CPython's Objects/memoryobject.c.
func TestRequests(t *testing.T) {
	mem := make([]byte, 64)
	matrix := func(readOnly bool, strides ...int) func(buffer.Flags) error {
		return func(flags buffer.Flags) error {
			m := buffer.Memory{Base: unsafe.Pointer(&mem[0]), Size: 64, ReadOnly: readOnly}
			_, err := m.Lend(0, buffer.Layout{ItemSize: 2, Format: "h", Shape: []int{2, 3}, Strides: strides}, flags)
			return err
		}
	}
	c, fortran, gaps, readOnly := matrix(false, 6, 2), matrix(false, 2, 4), matrix(false, 12, 4), matrix(true, 12, 4)
	for _, c := range []struct {
		name  string
		lend  func(buffer.Flags) error
		flags buffer.Flags
		want  error
	}{
		{"C, simple", c, buffer.Simple, nil},
		{"C, shape only", c, buffer.Contig, nil},
		{"C, in Fortran order", c, buffer.FContiguous, buffer.ErrNotContiguous},
		{"C, in any order", c, buffer.AnyContiguous, nil},
		{"C, everything", c, buffer.Full, nil},
		{"C, format without shape", c, buffer.Format, buffer.ErrValue},
		{"Fortran, in C order", fortran, buffer.CContiguous, buffer.ErrNotContiguous},
		{"Fortran, in Fortran order", fortran, buffer.FContiguous, nil},
		{"Fortran, without strides", fortran, buffer.ContigRO, buffer.ErrNotContiguous},
		{"gaps, strides", gaps, buffer.Strided, nil},
		{"gaps, simple", gaps, buffer.Simple, buffer.ErrNotContiguous},
		{"gaps, in any order", gaps, buffer.AnyContiguous, buffer.ErrNotContiguous},
		{"gaps and read-only, writable and simple", readOnly, buffer.Writable, buffer.ErrReadOnly},
		{"READ", c, buffer.Read, buffer.ErrValue},
		{"WRITE", c, buffer.Write, buffer.ErrValue},
	} {
		if err := c.lend(c.flags); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
	}
}

func TestReleaseOnce(t *testing.T) {
	released := 0
	mem := []byte("abc")
	m := buffer.Memory{Base: unsafe.Pointer(&mem[0]), Size: 3, Obj: "owner", Release: func() { released++ }}
	l := buffer.Layout{ItemSize: 1, Format: "B", Shape: []int{3}}
	if _, err := m.Lend(0, l, buffer.FContiguous|buffer.Write); err != nil {
		t.Fatal(err)
	}
	if _, err := m.Lend(1, l, buffer.Full); err == nil || released != 0 {
		t.Errorf("a refused loan was released %d times", released)
	}
	b := must(m.Lend(0, l, buffer.Full))
	var part, whole buffer.Buffer
	if err := errors.Join(b.Cut(&part, buffer.Cut{Start: 1, Count: 2, Step: 1}), b.Cut(&whole)); err != nil {
		t.Fatal(err)
	}
	loan := must(b.Lend("middleman", buffer.Full, func() { released += 10 }))
	if b.Obj() != "owner" || loan.Obj() != "middleman" || b.Flags() != buffer.Full {
		t.Errorf("obj %v and %v, flags %v", b.Obj(), loan.Obj(), b.Flags())
	}
	if err := errors.Join(b.Release(), b.Release(), part.Release(), whole.Release()); err != nil || released != 0 {
		t.Errorf("released %d times while a loan is out, %v", released, err)
	}
	if err := errors.Join(loan.Release(), loan.Release()); err != nil || released != 11 {
		t.Errorf("released %d, want 11: %v", released, err)
	}
	if b.Obj() != nil || b.Len() != 3 {
		t.Errorf("a released loan: obj %v, %d bytes", b.Obj(), b.Len())
	}
}

func TestDeriveStaysInside(t *testing.T) {
	mem := make([]byte, 64)
	m := buffer.Memory{Base: unsafe.Pointer(&mem[0]), Size: 64}
	b := must(m.Lend(16, buffer.Layout{ItemSize: 4, Format: "i", Shape: []int{4}, Strides: []int{8}}, buffer.Full))
	for name, c := range map[string]struct {
		delta  int
		layout buffer.Layout
		want   error
	}{
		"one field of each item": {2, buffer.Layout{ItemSize: 2, Format: "h", Shape: []int{4}, Strides: []int{8}}, nil},
		"backwards":              {24, buffer.Layout{ItemSize: 4, Format: "i", Shape: []int{4}, Strides: []int{-8}}, nil},
		"nothing":                {999, buffer.Layout{ItemSize: 4, Format: "i", Shape: []int{0}}, nil},
		"before":                 {-1, buffer.Layout{ItemSize: 1, Format: "B"}, buffer.ErrLayout},
		"after":                  {28, buffer.Layout{ItemSize: 1, Format: "B"}, buffer.ErrLayout},
		"more items":             {0, buffer.Layout{ItemSize: 4, Format: "i", Shape: []int{5}, Strides: []int{8}}, buffer.ErrLayout},
		"suboffsets":             {0, buffer.Layout{ItemSize: 4, Format: "i", Shape: []int{1}, Suboffsets: []int{0}}, buffer.ErrLayout},
		"format":                 {0, buffer.Layout{ItemSize: 4, Format: "%", Shape: []int{1}}, buffer.ErrFormat},
	} {
		var dst buffer.Buffer
		if err := b.Derive(&dst, c.delta, c.layout, false); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	var dst buffer.Buffer
	if err := errors.Join(b.Cut(&dst), b.Cut(&dst)); !errors.Is(err, buffer.ErrValue) {
		t.Errorf("a destination in use: %v", err)
	}
}

func TestContiguousCopies(t *testing.T) {
	mem := []byte("a.b.c.d.e.f.")
	m := buffer.Memory{Base: unsafe.Pointer(&mem[0]), Size: len(mem)}
	b := must(m.Lend(0, buffer.Layout{ItemSize: 1, Format: "c", Shape: []int{2, 3}, Strides: []int{6, 2}}, buffer.Full))
	for order, want := range map[buffer.Order]string{buffer.C: "abcdef", buffer.F: "adbecf", buffer.Any: "abcdef"} {
		got := make([]byte, 6)
		if err := b.ToContiguous(got, order); err != nil || string(got) != want {
			t.Errorf("order %v: %s, %v", order, got, err)
		}
	}
	for _, c := range []struct {
		src   string
		order buffer.Order
		want  string
	}{
		{"123456", buffer.C, "1.2.3.4.5.6."},
		{"123456", buffer.F, "1.3.5.2.4.6."},
		{"12345678", buffer.Any, "1.2.3.4.5.6."},
		{"12", buffer.C, "1.2.c.d.e.f."},
		{"12", buffer.F, "1.b.c.2.e.f."},
		{"", buffer.C, "a.b.c.d.e.f."},
	} {
		copy(mem, "a.b.c.d.e.f.")
		if err := b.FromContiguous([]byte(c.src), c.order); err != nil || string(mem) != c.want {
			t.Errorf("%q in order %v: %s, %v", c.src, c.order, mem, err)
		}
	}
	if err := errors.Join(b.ToContiguous(make([]byte, 6), 'K'), b.FromContiguous(nil, 0)); !errors.Is(err, buffer.ErrValue) {
		t.Errorf("unknown orders: %v", err)
	}
	if err := b.ToContiguous(make([]byte, 7), buffer.C); !errors.Is(err, buffer.ErrValue) {
		t.Errorf("another length: %v", err)
	}
}

// TestCopiesToOwnMemory packs memory into itself, which must act as if through a temporary.
func TestCopiesToOwnMemory(t *testing.T) {
	mem := []byte("abcdefgh")
	m := buffer.Memory{Base: unsafe.Pointer(&mem[0]), Size: len(mem)}
	backwards := must(m.Lend(7, buffer.Layout{ItemSize: 1, Format: "c", Shape: []int{8}, Strides: []int{-1}}, buffer.Full))
	for name, f := range map[string]func() error{
		"ToContiguous":   func() error { return backwards.ToContiguous(mem, buffer.C) },
		"FromContiguous": func() error { return backwards.FromContiguous(mem, buffer.C) },
		"Read":           func() error { _, err := backwards.Read(mem, 0); return err },
		"CopyFrom": func() error {
			return must(m.Lend(0, buffer.Layout{ItemSize: 1, Format: "c", Shape: []int{8}}, buffer.Full)).CopyFrom(backwards)
		},
	} {
		copy(mem, "abcdefgh")
		if err := f(); err != nil || string(mem) != "hgfedcba" {
			t.Errorf("%s: %s, %v", name, mem, err)
		}
	}
}

// TestCutBehindPointers moves suboffsets until they cannot say where the items lie.
func TestCutBehindPointers(t *testing.T) {
	rows := [][]byte{[]byte("abcd"), []byte("efgh")}
	table := []unsafe.Pointer{unsafe.Pointer(&rows[0][3]), unsafe.Pointer(&rows[1][3])} // each row by its last byte
	m := buffer.Memory{Base: unsafe.Pointer(&table[0]), Size: 2 * pointerSize, Obj: rows}
	b := must(m.Lend(0, buffer.Layout{ItemSize: 1, Format: "c", Shape: []int{2, 4}, Strides: []int{pointerSize, -1}, Suboffsets: []int{0, -1}}, buffer.Full))
	all := buffer.Cut{Count: 2, Step: 1}
	for _, c := range []struct {
		cuts []buffer.Cut
		want string
		err  error
	}{
		{nil, "dcbahgfe", nil},
		{[]buffer.Cut{all, {Start: 1, Count: 3, Step: 1}}, "", buffer.ErrLayout},
		{[]buffer.Cut{all, {Start: 1, Drop: true}}, "", buffer.ErrLayout},
		{[]buffer.Cut{{Start: 1, Drop: true}, {Start: 1, Count: 3, Step: 1}}, "gfe", nil},
		{[]buffer.Cut{all, {Start: 2, Count: 0, Step: 1}}, "", nil},
	} {
		var part buffer.Buffer
		if err := b.Cut(&part, c.cuts...); !errors.Is(err, c.err) {
			t.Errorf("%v: %v", c.cuts, err)
			continue
		} else if err != nil {
			if err := b.Cut(&part); err != nil {
				t.Errorf("the destination of a refused cut: %v", err)
			}
			continue
		}
		got := make([]byte, part.Len())
		if err := part.ToContiguous(got, buffer.C); err != nil || string(got) != c.want {
			t.Errorf("%v: %q, %v, want %q", c.cuts, got, err, c.want)
		}
	}
}

// TestLoansKeepTheOwner drops all but a loan of a loan.
func TestLoansKeepTheOwner(t *testing.T) {
	mem := make([]byte, 8)
	owner := &struct{ name string }{"owner"}
	finalized := make(chan bool, 1)
	runtime.SetFinalizer(owner, func(any) { finalized <- true })
	m := buffer.Memory{Base: unsafe.Pointer(&mem[0]), Size: 8, Obj: owner}
	loan := must(must(m.Lend(0, buffer.Layout{ItemSize: 8, Format: "q"}, buffer.Full)).Lend(nil, buffer.Full, nil))
	m, owner = buffer.Memory{}, nil
	for range 5 {
		runtime.GC()
	}
	select {
	case <-finalized:
		t.Error("the owner went while its memory was lent")
	case <-time.After(50 * time.Millisecond):
	}
	if loan.Obj() != nil || m.Obj != any(owner) && m.Obj != nil {
		t.Error("a loan without an exporter has one")
	}
	runtime.KeepAlive(loan)
}

func TestGetChecksTheAnswer(t *testing.T) {
	given := 0
	mem := make([]byte, 8)
	m := buffer.Memory{Base: unsafe.Pointer(&mem[0]), Size: 8, Release: func() { given++ }}
	gaps := buffer.Layout{ItemSize: 1, Format: "B", Shape: []int{4}, Strides: []int{2}}
	careless := exporterFunc(func(buffer.Flags) (*buffer.Buffer, error) { return m.Lend(0, gaps, buffer.Full) })
	if _, err := buffer.Get(careless, buffer.CContiguous); !errors.Is(err, buffer.ErrNotContiguous) || given != 1 {
		t.Errorf("a loan with gaps: %v, given back %d times", err, given)
	}
	both := exporterFunc(func(buffer.Flags) (*buffer.Buffer, error) {
		b, _ := m.Lend(0, gaps, buffer.Full)
		return b, buffer.ErrValue
	})
	if _, err := buffer.Get(both, buffer.Full); !errors.Is(err, buffer.ErrValue) || given != 2 {
		t.Errorf("a loan and an error: %v, given back %d times", err, given)
	}
	if _, err := buffer.Get((*frame)(nil), buffer.Full); !errors.Is(err, buffer.ErrType) {
		t.Errorf("a nil exporter: %v", err)
	}
}

type exporterFunc func(flags buffer.Flags) (*buffer.Buffer, error)

func (f exporterFunc) GetBuffer(flags buffer.Flags) (*buffer.Buffer, error) { return f(flags) }

func TestPlainValues(t *testing.T) {
	type pixel struct{ R, G, B, A uint8 }
	type named []uint16
	var array [3]pixel
	for _, c := range []struct {
		obj    any
		format string
		size   int
		shape  string
	}{
		{[]pixel{{}}, "T{B:R:B:G:B:B:B:A:}", 4, "[1]"},
		{&array, "T{B:R:B:G:B:B:B:A:}", 4, "[3]"},
		{named{1, 2}, "H", 2, "[2]"},
		{&pixel{}, "T{B:R:B:G:B:B:B:A:}", 4, "[]"},
		{[][2][3]float32{{}}, "f", 4, "[1 2 3]"},
		{[]struct{}{{}, {}}, "T{}", 0, "[2]"},
	} {
		b, err := buffer.Get(c.obj, buffer.Full)
		if err != nil {
			t.Errorf("%T: %v", c.obj, err)
			continue
		}
		if l := b.Layout(); l.Format != c.format || l.ItemSize != c.size || fmt.Sprint(l.Shape) != c.shape {
			t.Errorf("%T: %+v", c.obj, l)
		}
	}
	if _, err := buffer.Get([]struct{ Ok bool }{{}}, buffer.Full); !errors.Is(err, buffer.ErrReadOnly) {
		t.Errorf("writable bools: %v", err)
	}
	for _, obj := range []any{nil, 1, []string{}, []any{}, array, map[string]int{}, make(chan int), (*pixel)(nil), []struct{ P *int }{}} {
		if _, err := buffer.Get(obj, buffer.FullRO); !errors.Is(err, buffer.ErrType) {
			t.Errorf("%T: %v", obj, err)
		}
	}
}

// describe says all of a buffer but who lent it.
func describe(b *buffer.Buffer) string {
	data := make([]byte, b.Len())
	err := b.ToContiguous(data, buffer.C)
	return fmt.Sprint(b.Layout(), b.Len(), b.ReadOnly(), b.Flags(), b.Released(), data, err)
}

// TestPeek holds a loan for one operation to the loan that Get makes.
func TestPeek(t *testing.T) {
	given := 0
	mem := []int32{1, 2, 3}
	m := buffer.Memory{Base: unsafe.Pointer(&mem[0]), Size: 12, Release: func() { given++ }}
	exporter := exporterFunc(func(flags buffer.Flags) (*buffer.Buffer, error) {
		return m.Lend(0, buffer.Layout{ItemSize: 4, Format: "i", Shape: []int{3}}, flags)
	})
	for _, obj := range []any{mem, "text", &[2][2]bool{}, &mem[1], []byte{}, exporter, 1, (*frame)(nil)} {
		for _, flags := range []buffer.Flags{buffer.Full, buffer.FullRO, buffer.Simple, buffer.Format} {
			loan, want := buffer.Get(obj, flags)
			peek, err := buffer.Peek(obj, flags)
			if fmt.Sprint(err) != fmt.Sprint(want) {
				t.Errorf("%T, %v: %v, want %v", obj, flags, err, want)
			}
			if err != nil {
				continue
			}
			if p, q := describe(peek), describe(loan); p != q {
				t.Errorf("%T, %v: %s, want %s", obj, flags, p, q)
			}
			peek.Done()
			if err := loan.Release(); err != nil {
				t.Error(err)
			}
		}
	}
	if given != 6 {
		t.Errorf("memory given back %d times, want twice for each of the flags that were served", given)
	}
}

func TestFaultsOfOtherMemoryPanicOn(t *testing.T) {
	mem := make([]byte, 8)
	b := must(buffer.Memory{Base: unsafe.Pointer(&mem[0]), Size: 8, Mapped: true}.Lend(0, buffer.Layout{ItemSize: 1, Format: "B", Shape: []int{8}}, buffer.Full))
	defer func() {
		if r := recover(); r != "the caller's own" {
			t.Errorf("recovered %v", r)
		}
	}()
	_ = b.Access(func(unsafe.Pointer) error { panic("the caller's own") })
}

func ExampleGet() {
	loan, err := buffer.Get([]float32{1.5, 2.5}, buffer.FullRO)
	if err != nil {
		log.Fatal(err)
	}
	defer loan.Release()
	fmt.Println(loan.Format(), loan.ItemSize(), loan.Extent(0), loan.Stride(0), loan.ReadOnly())
	// Output: f 4 2 4 false
}

// frame is an exporter of one's own: a picture whose rows have padding at their end.
type frame struct {
	data          []byte
	width, height int
	rowBytes      int
}

func (f *frame) GetBuffer(flags buffer.Flags) (*buffer.Buffer, error) {
	m := buffer.Memory{Base: unsafe.Pointer(unsafe.SliceData(f.data)), Size: len(f.data), Obj: f}
	return m.Lend(0, buffer.Layout{ItemSize: 1, Format: "B", Shape: []int{f.height, f.width}, Strides: []int{f.rowBytes, 1}}, flags)
}

func ExampleExporter() {
	f := &frame{data: []byte("abc-def-"), width: 3, height: 2, rowBytes: 4}
	loan, err := buffer.Get(f, buffer.StridedRO)
	if err != nil {
		log.Fatal(err)
	}
	defer loan.Release()
	packed := make([]byte, loan.Len())
	fmt.Println(loan.ToContiguous(packed, buffer.C), string(packed))
	_, err = buffer.Get(f, buffer.Simple) // one run of bytes: that it is not
	fmt.Println(err)
	// Output:
	// <nil> abcdef
	// *buffer_test.frame: memory is not contiguous in C order: dimension 0 has stride 4, and not 3: request Simple: ask for Strides, or copy
}

func ExampleCopy() {
	var matrix [2][2]int16
	fmt.Println(buffer.Copy(&matrix, &[2][2]int16{{1, 2}, {3, 4}}), matrix)
	fmt.Println(buffer.Copy(&matrix, []int16{1, 2}))
	// Output:
	// <nil> [[1 2] [3 4]]
	// invalid value: different structures: copy of shape [2] to shape [2 2]
}
