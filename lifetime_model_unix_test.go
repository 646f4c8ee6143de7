//go:build unix

package memoryview_test

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
	"unsafe"
	"weak"

	"pgregory.net/rapid"

	"github.com/go-memoryview/memoryview"
	"github.com/go-memoryview/memoryview/arrayfile"
	"github.com/go-memoryview/memoryview/buffer"
	"github.com/go-memoryview/memoryview/export"
	"github.com/go-memoryview/memoryview/internal/closetest"
)

// TestLoansAgainstModel takes views of views of loans, reads, writes, releases, drops and resizes, in any
// order, beside a model: a []byte for each memory, the place of every item in it, and a count of those who hold it. An
// action that skips is one that cannot be taken now: rapid then takes another.
func TestLoansAgainstModel(t *testing.T) {
	folder := t.TempDir()
	for range closetest.Rounds(1) {
		rapid.Check(t, func(t *rapid.T) {
			w := &world{folder: folder}
			defer w.close()
			for range 2 {
				w.sources = append(w.sources, w.newSource(t))
			}
			actions := map[string]func(*rapid.T){
				"":           w.check,
				"acquire":    w.acquire,
				"borrow":     w.borrow,
				"slice":      w.slice,
				"select":     w.choose,
				"sub":        w.sub,
				"cast":       w.cast,
				"transpose":  w.transpose,
				"readOnly":   w.readOnly,
				"again":      w.again,
				"lend":       w.lend,
				"fromBuffer": w.fromBuffer,
				"read":       w.read,
				"set":        w.set,
				"copy":       w.copy,
				"release":    w.release,
				"release 2":  w.release,
				"release 3":  w.release,
				"drain":      w.drain,
				"released":   w.useReleased,
				"leak":       w.leak,
				"resize":     w.resize,
			}
			for range 2 { // each time some thirty of them
				t.Repeat(actions)
			}
			w.end(t)
		})
	}
}

// A source is a memory that is lent, and its model.
type source struct {
	kind    string
	obj     any                              // that lends it
	view    func() (*memoryview.View, *node) // where no object does: a view, and its loan
	given   func() *atomic.Int32             // of the last loan, where that is counted
	array   *export.ByteArray                // where it can be resized
	real    func() []byte                    // the memory as it is
	close   func()
	mapping string // the path of a mapped file

	mem   []byte // as it ought to be, with what lies between the items
	whole shaped

	roots   []*node
	waiting bool // for the collector
}

// shaped are items in a source's memory.
type shaped struct {
	model    // the leaves are the places of items
	strides  []int
	size     int
	format   string
	locked   bool // nobody may write
	indirect bool
}

// A node is a loan: memory that is held until all who hold it have let go.
type node struct {
	parent  *node
	holders int
	dropped bool                // somebody let go without saying so
	given   *atomic.Int32       // how often the memory was really given back, where that is counted
	owner   weak.Pointer[owner] // of the memory, where there is one
	ended   func(byCollector bool)
	gone    bool
}

func (n *node) leave(drop bool) {
	n.holders--
	n.dropped = n.dropped || drop
	if n.holders > 0 {
		return
	}
	n.gone = true
	if n.ended != nil {
		n.ended(n.dropped)
	}
	if n.parent != nil {
		n.parent.dropped = n.parent.dropped || n.dropped // it comes when the collector does
		n.parent.leave(false)
	}
}

// A handle is a view or a buffer.
type handle struct {
	v *memoryview.View
	b *buffer.Buffer
	shaped
	source  *source
	node    *node
	loans   int  // of this view
	waiting bool // for the collector, to end some
}

type world struct {
	folder   string
	sources  []*source
	live     []*handle
	released []*handle
}

// bytes are the items in C order.
func (h *handle) bytes() []byte {
	packed := []byte{}
	for _, at := range h.positions() {
		packed = append(packed, h.source.mem[at:at+h.size]...)
	}
	return packed
}

// contiguous is the rule of memoryview.c_contiguous.
func (s *shaped) contiguous() bool {
	n := len(s.shape)
	switch {
	case s.indirect, n == 1 && s.shape[0] != 1 && s.strides[0] != s.size:
		return false
	case slices.Contains(s.shape, 0):
		return true
	}
	step := s.size
	for d := n - 1; d >= 0; d-- {
		if s.shape[d] != 1 && s.strides[d] != step {
			return false
		}
		step *= s.shape[d]
	}
	return true
}

// even are items that lie evenly from a place on.
func even(format string, size, start int, shape, strides []int) shaped {
	index, i := make([]int, len(shape)), 0
	next := func() int {
		at := start
		copy(index, unravel(i, shape))
		for d, x := range index {
			at += x * strides[d]
		}
		i++
		return at
	}
	return shaped{model: model{shape, build(shape, next)}, strides: strides, size: size, format: format}
}

func packedStrides(shape []int, size int) []int {
	return must(buffer.ContiguousStrides(shape, size, buffer.C))
}

// row are items side by side.
func row(format string, size, n int) shaped { return even(format, size, 0, []int{n}, []int{size}) }

// raw is the memory of a slice.
func raw[T any](items []T) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(items))), len(items)*int(unsafe.Sizeof(*new(T))))
}

// lender is an exporter of somebody else's, who counts what is given back.
type lender struct {
	mem    []byte
	layout buffer.Layout
	offset int
	locked bool
	given  *atomic.Int32 // of the last loan
}

func (l *lender) GetBuffer(flags buffer.Flags) (*buffer.Buffer, error) {
	given := new(atomic.Int32)
	m := buffer.Memory{
		Base: unsafe.Pointer(unsafe.SliceData(l.mem)), Size: len(l.mem), ReadOnly: l.locked, Obj: l,
		Release: func() { given.Add(1) },
	}
	b, err := m.Lend(l.offset, l.layout, flags)
	if err == nil {
		l.given = given
	}
	return b, err
}

type record struct {
	A int32
	B uint16
	C [2]uint8
}

var sourceKinds = []string{"slice", "array", "string", "records", "byte array", "strided", "rows", "image", "memory", "owned", "file", "lender"}

func (w *world) newSource(t *rapid.T) *source {
	n := rapid.IntRange(0, 12).Draw(t, "items")
	ints := make([]int32, n)
	for i := range raw(ints) {
		raw(ints)[i] = byte(i*7 + 1)
	}
	s := &source{kind: rapid.SampledFrom(sourceKinds).Draw(t, "source")}
	switch s.kind {
	case "slice":
		s.obj, s.whole, s.real = ints, row("i", 4, n), func() []byte { return raw(ints) }
	case "array":
		var array [4]uint16
		s.obj, s.whole, s.real = &array, row("H", 2, 4), func() []byte { return raw(array[:]) }
	case "string":
		text := string(raw(ints))
		s.obj, s.whole, s.real = text, row("B", 1, 4*n), func() []byte { return []byte(text) }
		s.whole.locked = true
	case "records":
		records := make([]record, n)
		copy(raw(records), raw(ints))
		s.obj, s.real = records, func() []byte { return raw(records) }
		s.whole = row(must(memoryview.FromObject(records)).Format(), 8, n)
	case "byte array":
		s.array = export.NewByteArray(slices.Clone(raw(ints)))
		s.obj, s.whole, s.real = s.array, row("B", 1, 4*n), s.array.Bytes
	case "strided":
		strides := []int{rapid.SampledFrom([]int{24, -24, 16}).Draw(t, "stride"), rapid.SampledFrom([]int{4, -4}).Draw(t, "inner stride")}
		mem, offset := make([]byte, 100), 40
		if strides[0] < 0 {
			offset += 2 * 24
		}
		s.whole = even("i", 4, offset, []int{3, 3}, strides)
		s.obj = must(export.Strided(mem, offset, buffer.Layout{ItemSize: 4, Format: "i", Shape: []int{3, 3}, Strides: strides}, false))
		s.real = func() []byte { return mem }
	case "rows":
		const rows, apart = 3, 100
		parts := make([][]int32, rows)
		for i := range parts {
			parts[i] = slices.Clone(ints)
		}
		s.obj, s.whole = must(export.Rows(parts)), even("i", 4, 0, []int{rows, n}, []int{apart, 4})
		s.whole.strides = []int{int(unsafe.Sizeof(uintptr(0))), 4}
		s.whole.indirect = true
		s.real = func() []byte {
			mem := make([]byte, rows*apart)
			for i, part := range parts {
				copy(mem[i*apart:], raw(part))
			}
			return mem
		}
	case "image":
		img := image.NewRGBA(image.Rect(0, 0, 5, 4))
		s.obj = must(export.Image(img.SubImage(image.Rect(1, 1, 4, 3))))
		s.whole = even("B", 1, img.PixOffset(1, 1), []int{2, 3, 4}, []int{20, 4, 1})
		s.real = func() []byte { return img.Pix }
	case "memory", "owned":
		w.newMemory(s, raw(ints))
	case "file":
		w.newFile(s, raw(ints))
	case "lender":
		l := &lender{mem: make([]byte, 64), layout: buffer.Layout{ItemSize: 2, Format: "H", Shape: []int{2, 2, 2}, Strides: []int{-16, 8, 2}}, offset: 20}
		l.locked = rapid.Bool().Draw(t, "locked")
		s.obj, s.given, s.real = l, func() *atomic.Int32 { return l.given }, func() []byte { return l.mem }
		s.whole = even("H", 2, 20, []int{2, 2, 2}, l.layout.Strides)
		s.whole.locked = l.locked
	}
	s.mem = slices.Clone(s.real())
	return s
}

// newMemory is raw memory with a function that is called when it is given back.
func (w *world) newMemory(s *source, mem []byte) {
	s.whole, s.real = row("B", 1, len(mem)), func() []byte { return mem }
	s.view = func() (*memoryview.View, *node) {
		given := new(atomic.Int32)
		loan := &node{given: given}
		options := []memoryview.MemoryOption{memoryview.WithRelease(func() { given.Add(1) })}
		if s.kind == "owned" {
			someone := &owner{mem}
			loan.owner = weak.Make(someone)
			options = append(options, memoryview.WithOwner(someone))
		}
		return must(memoryview.FromMemory(unsafe.Pointer(unsafe.SliceData(mem)), len(mem), buffer.Write, options...)), loan
	}
}

type owner struct{ mem []byte }

var files atomic.Int64

func (w *world) newFile(s *source, mem []byte) {
	path := filepath.Join(w.folder, fmt.Sprint(files.Add(1)))
	mem = append([]byte{1, 2, 3, 4}, mem...) // an empty file has nothing to map
	check(os.WriteFile(path, mem, 0o600))
	f := must(arrayfile.Open(path, arrayfile.Raw("i"), arrayfile.Writable()))
	s.obj, s.whole = must(f.Array("")), row("i", 4, len(mem)/4)
	s.real = func() []byte { return must(os.ReadFile(path)) }
	s.close = func() { check(errors.Join(f.Close(), os.Remove(path))) }
	if runtime.GOOS == "linux" {
		s.mapping = path
	}
}

// mappings are those of a file that the process has.
func (s *source) mappings() int {
	maps := must(os.ReadFile("/proc/self/maps"))
	return strings.Count(string(maps), s.mapping+"\n")
}

// out is how many loans of the source are out.
func (s *source) out() (n int) {
	for _, root := range s.roots {
		if !root.gone {
			n++
		}
	}
	return n
}

// acquire takes a view of a source, borrow a buffer.
func (w *world) acquire(t *rapid.T) {
	if len(w.live) > 10 {
		t.Skip("another action: enough is alive")
	}
	s := w.sources[rapid.IntRange(0, len(w.sources)-1).Draw(t, "source")]
	if s.view != nil {
		v, loan := s.view()
		w.add(&handle{v: v, shaped: s.whole, source: s}, s.loan(loan))
		return
	}
	v := must(memoryview.FromObject(s.obj))
	w.add(&handle{v: v, shaped: s.whole, source: s}, s.loan(&node{given: s.counted()}))
}

func (w *world) borrow(t *rapid.T) {
	if len(w.live) > 10 {
		t.Skip("another action: enough is alive")
	}
	s := w.sources[rapid.IntRange(0, len(w.sources)-1).Draw(t, "source")]
	if s.view != nil {
		t.Skip("another action: no object lends this memory")
	}
	b := must(buffer.Get(s.obj, buffer.FullRO))
	w.add(&handle{b: b, shaped: s.whole, source: s}, s.loan(&node{given: s.counted()}))
}

func (s *source) counted() *atomic.Int32 {
	if s.given == nil {
		return nil
	}
	return s.given()
}

// loan is a new loan of the source.
func (s *source) loan(n *node) *node {
	n.ended = func(byCollector bool) { s.waiting = s.waiting || byCollector }
	s.roots = append(s.roots, n)
	return n
}

// add keeps a handle that holds a node.
func (w *world) add(h *handle, n *node) {
	h.node = n
	n.holders++
	w.live = append(w.live, h)
}

// pick draws a live handle: a view, or any.
func (w *world) pick(t *rapid.T, views bool) *handle {
	var some []*handle
	for _, h := range w.live {
		if h.v != nil || !views {
			some = append(some, h)
		}
	}
	if len(some) == 0 {
		t.Skip("another action: there is no such handle")
	}
	return some[rapid.IntRange(0, len(some)-1).Draw(t, "handle")]
}

// derived keeps a view of the same loan.
func (w *world) derived(h *handle, v *memoryview.View, s shaped) {
	w.add(&handle{v: v, shaped: s, source: h.source}, h.node)
}

func (w *world) slice(t *rapid.T) {
	h := w.pick(t, true)
	extent := 3
	if len(h.shape) > 0 {
		extent = h.shape[0]
	}
	step := rapid.SampledFrom([]int{-2, -1, 1, 3}).Draw(t, "step")
	start, stop := rapid.IntRange(-2, extent+1).Draw(t, "start"), rapid.IntRange(-2, extent+1).Draw(t, "stop")
	low, high := 0, extent
	if step < 0 {
		low, high = -1, extent-1
	}
	v, err := h.v.Slice(start, stop, step)
	switch {
	case len(h.shape) == 0:
		mustBe(t, err, buffer.ErrType)
	case min(start, stop) < low || max(start, stop) > high:
		mustBe(t, err, buffer.ErrBounds)
	default:
		mustBe(t, err, nil)
		p := pick{step: step}
		for i := start; step > 0 && i < stop || step < 0 && i > stop; i += step {
			p.indices = append(p.indices, i)
		}
		w.derived(h, v, h.cut([]pick{p}))
	}
}

func (w *world) choose(t *rapid.T) {
	h := w.pick(t, true)
	var texts []string
	var picks []pick
	for d := range rapid.IntRange(0, len(h.shape)).Draw(t, "keys") {
		text, p := drawPick(t, h.shape[d])
		texts, picks = append(texts, text), append(picks, p)
	}
	w.derived(h, must(h.v.Select(strings.Join(texts, ", "))), h.cut(picks))
}

func (w *world) sub(t *rapid.T) {
	h := w.pick(t, true)
	i := rapid.IntRange(-5, 5).Draw(t, "index")
	v, err := h.v.Sub(i)
	switch {
	case len(h.shape) == 0:
		mustBe(t, err, buffer.ErrType)
	case i >= h.shape[0] || i < -h.shape[0]:
		mustBe(t, err, buffer.ErrBounds)
	default:
		mustBe(t, err, nil)
		w.derived(h, v, h.cut([]pick{{drop: true, indices: []int{(i + h.shape[0]) % h.shape[0]}}}))
	}
}

// cut is what the picks leave of each leading dimension.
func (s *shaped) cut(picks []pick) shaped {
	part := *s
	part.model, part.strides = s.pick(picks), nil
	for d, stride := range s.strides {
		switch {
		case d >= len(picks):
			part.strides = append(part.strides, stride)
		case !picks[d].drop:
			part.strides = append(part.strides, stride*picks[d].step)
		case d == 0:
			part.indirect = false
		}
	}
	return part
}

func (w *world) cast(t *rapid.T) {
	h := w.pick(t, true)
	format := rapid.SampledFrom([]string{"B", "b", "<H", "i", "q", "T{B:x:3B:y:}"}).Draw(t, "format")
	size := must(buffer.SizeFromFormat(format))
	n := len(h.positions()) * h.size
	shape := []int{n / size}
	if rapid.Bool().Draw(t, "two dimensions") {
		shape = []int{rapid.IntRange(0, 4).Draw(t, "rows"), rapid.IntRange(0, 8).Draw(t, "columns")}
	}
	v, err := h.v.CastShape(format, shape)
	product := size
	for _, extent := range shape {
		product *= extent
	}
	switch {
	case !h.contiguous():
		mustBe(t, err, buffer.ErrNotContiguous)
	case product != n:
		mustBe(t, err, buffer.ErrLayout)
	default:
		mustBe(t, err, nil)
		start := 0
		if n > 0 {
			start = h.positions()[0]
		}
		s := even(format, size, start, shape, packedStrides(shape, size))
		s.locked = h.locked
		w.derived(h, v, s)
	}
}

func (w *world) transpose(t *rapid.T) {
	h := w.pick(t, true)
	v, err := h.v.Transpose()
	if h.indirect && len(h.shape) > 1 {
		mustBe(t, err, buffer.ErrLayout)
		return
	}
	mustBe(t, err, nil)
	n := len(h.shape)
	s, positions := h.shaped, h.positions()
	s.shape, s.strides = reversed(h.shape), reversed(h.strides)
	i := 0
	s.list = build(s.shape, func() int {
		from := 0
		index := unravel(i, s.shape)
		for d := range n {
			from = from*h.shape[d] + index[n-1-d]
		}
		i++
		return positions[from]
	})
	w.derived(h, v, s)
}

func reversed(numbers []int) []int {
	numbers = slices.Clone(numbers)
	slices.Reverse(numbers)
	return numbers
}

func (w *world) readOnly(t *rapid.T) {
	h := w.pick(t, true)
	s := h.shaped
	s.locked = true
	w.derived(h, must(h.v.ToReadOnly()), s)
}

// again is a view of a view.
func (w *world) again(t *rapid.T) {
	h := w.pick(t, true)
	w.derived(h, must(memoryview.FromObject(h.v)), h.shaped)
}

// lend lends a view's memory on, which the view cannot be released of meanwhile.
func (w *world) lend(t *rapid.T) {
	h := w.pick(t, true)
	b, err := h.v.GetBuffer(buffer.Full)
	if h.locked {
		mustBe(t, err, buffer.ErrReadOnly)
		b, err = h.v.GetBuffer(buffer.FullRO)
	}
	mustBe(t, err, nil)
	h.loans++
	n := &node{parent: h.node, ended: func(byCollector bool) { h.loans--; h.waiting = h.waiting || byCollector }}
	h.node.holders++
	w.add(&handle{b: b, shaped: h.shaped, source: h.source}, n)
}

func (w *world) fromBuffer(t *rapid.T) {
	h := w.pick(t, false)
	b := h.b
	if b == nil {
		b = h.v.Buffer()
	}
	v := must(memoryview.FromBuffer(b))
	if v.Base() != nil {
		t.Fatalf("the base of a view of a buffer is %v", v.Base())
	}
	n := &node{parent: h.node}
	h.node.holders++
	w.add(&handle{v: v, shaped: h.shaped, source: h.source}, n)
}

// read reads in two goroutines.
func (w *world) read(t *rapid.T) {
	h := w.pick(t, false)
	want := h.bytes()
	var other sync.WaitGroup
	other.Go(func() {
		if got := must(h.packed()); !bytes.Equal(got, want) {
			t.Errorf("another goroutine reads %x, want %x", got, want)
		}
	})
	if got := must(h.packed()); !bytes.Equal(got, want) {
		t.Errorf("bytes %x, want %x", got, want)
	}
	other.Wait()
	if h.v == nil {
		return
	}
	if v := h.v; !slices.Equal(v.Shape(), h.shape) || !slices.Equal(v.Strides(), h.strides) || v.ReadOnly() != h.locked ||
		v.Format() != h.format || v.CContiguous() != h.contiguous() || (v.Suboffsets() != nil) != h.indirect {
		t.Errorf("%v, strides %v, suboffsets %v: want %+v", v, v.Strides(), v.Suboffsets(), h.shaped)
	}
	mustBe(t, h.v.Buffer().Release(), buffer.ErrValue)
}

func (h *handle) packed() ([]byte, error) {
	if h.v != nil {
		return h.v.ToBytes(buffer.C)
	}
	packed := make([]byte, h.b.Len())
	return packed, h.b.ToContiguous(packed, buffer.C)
}

// set stores a number.
func (w *world) set(t *rapid.T) {
	h := w.pick(t, true)
	if len(h.positions()) == 0 || strings.HasPrefix(h.format, "T{") {
		t.Skip("no number")
	}
	i := rapid.IntRange(0, len(h.positions())-1).Draw(t, "item")
	value := rapid.IntRange(0, 127).Draw(t, "value")
	err := h.v.Set(value, unravel(i, h.shape)...)
	if h.locked {
		mustBe(t, err, buffer.ErrReadOnly)
		return
	}
	mustBe(t, err, nil)
	item := h.source.mem[h.positions()[i]:][:h.size]
	clear(item)
	item[smallest(h.format, h.size)] = byte(value)
	w.checkMemory(t, h.source)
}

// smallest is where the byte of a small number stands.
func smallest(format string, size int) int {
	if one := uint16(1); !strings.HasPrefix(format, "<") && *(*byte)(unsafe.Pointer(&one)) == 0 {
		return size - 1
	}
	return 0
}

func (w *world) copy(t *rapid.T) {
	dst, src := w.pick(t, true), w.pick(t, true)
	err := dst.v.CopyFrom(src.v)
	switch {
	case dst.locked:
		mustBe(t, err, buffer.ErrReadOnly)
		return
	case len(src.shape) == 0 && len(dst.shape) > 0 && dst.format == src.format:
		mustBe(t, err, nil)
		item := src.bytes()
		for _, at := range dst.positions() {
			copy(dst.source.mem[at:], item)
		}
	case dst.format != src.format || !slices.Equal(dst.shape, src.shape):
		if err == nil {
			t.Fatalf("copied %v to %v", src.v, dst.v)
		}
	default:
		mustBe(t, err, nil)
		items := src.bytes()
		for i, at := range dst.positions() {
			copy(dst.source.mem[at:at+dst.size], items[i*dst.size:])
		}
	}
	w.checkMemory(t, dst.source)
}

func (w *world) checkMemory(t *rapid.T, s *source) {
	if got := s.real(); !bytes.Equal(got, s.mem) {
		t.Fatalf("memory of %s is %x, want %x", s.kind, got, s.mem)
	}
}

func (w *world) release(t *rapid.T) {
	h := w.pick(t, false)
	w.letGo(t, h)
	if h.loans == 0 {
		mustBe(t, h.close(), nil) // which may be repeated
	}
}

func (h *handle) close() error {
	if h.v != nil {
		return h.v.Release()
	}
	return h.b.Release()
}

// letGo releases a handle, unless loans of it are out.
func (w *world) letGo(t *rapid.T, h *handle) {
	err := h.close()
	if h.loans > 0 {
		mustBe(t, err, buffer.ErrExported)
		return
	}
	if h.waiting {
		eventually(func() bool { err = h.close(); return err == nil })
	}
	mustBe(t, err, nil)
	w.remove(h)
	w.released = append(w.released, h)
	h.node.leave(false)
}

func (w *world) remove(h *handle) {
	w.live = slices.DeleteFunc(w.live, func(x *handle) bool { return x == h })
}

// useReleased tries something with a handle that was released.
func (w *world) useReleased(t *rapid.T) {
	if len(w.released) == 0 {
		t.Skip("another action: there is no such handle")
	}
	h := w.released[rapid.IntRange(0, len(w.released)-1).Draw(t, "handle")]
	_, err := h.packed()
	if h.b != nil {
		mustBe(t, err, buffer.ErrReleased)
		_, err = memoryview.FromBuffer(h.b)
		mustBe(t, err, buffer.ErrReleased)
		return
	}
	v := h.v
	_, bySlice := v.Slice(0, 1, 1)
	_, bySelect := v.Select("...")
	_, byCast := v.Cast("B")
	_, byTranspose := v.Transpose()
	_, byReadOnly := v.ToReadOnly()
	_, byView := memoryview.FromObject(v)
	_, byLoan := v.GetBuffer(buffer.Simple)
	_, byBuffer := memoryview.FromBuffer(v.Buffer())
	_, byList := v.ToList()
	bySet := v.Set(1, 0)
	for _, err := range []error{err, bySlice, bySelect, byCast, byTranspose, byReadOnly, byView, byLoan, byBuffer, byList, bySet, v.CopyFrom(1)} {
		mustBe(t, err, buffer.ErrReleased)
	}
	if v.NBytes() != 0 || v.Shape() != nil || v.Base() != nil {
		t.Errorf("a released view is %v", v)
	}
}

// leak drops a handle.
func (w *world) leak(t *rapid.T) {
	h := w.pick(t, false)
	if h.loans > 0 {
		t.Skip("loans of it know it")
	}
	w.remove(h)
	h.v, h.b = nil, nil
	h.node.leave(true)
	runtime.GC()
}

func (w *world) resize(t *rapid.T) {
	s := w.sources[rapid.IntRange(0, len(w.sources)-1).Draw(t, "source")]
	if s.array == nil {
		t.Skip("no size to change")
	}
	n := rapid.IntRange(0, 40).Draw(t, "size")
	err := s.array.Resize(n)
	if s.out() > 0 && n != len(s.mem) {
		mustBe(t, err, buffer.ErrExported)
		return
	}
	if s.waiting {
		eventually(func() bool { err = s.array.Resize(n); return err == nil })
	}
	mustBe(t, err, nil)
	s.mem = append(s.mem, make([]byte, 40)...)[:n]
	if s.out() == 0 {
		s.whole = row("B", 1, n)
	}
	w.checkMemory(t, s)
}

// check compares what was given back with the model.
func (w *world) check(t *rapid.T) {
	for _, s := range w.sources {
		for _, root := range s.roots {
			root.check(t, s)
		}
		if s.mapping == "" {
			continue
		}
		if s.waiting {
			eventually(func() bool { return s.mappings() == s.out() })
			s.waiting = false
		}
		if got := s.mappings(); got != s.out() {
			t.Fatalf("a file has %d mappings, and %d loans", got, s.out())
		}
	}
}

func (n *node) check(t *rapid.T, s *source) {
	if n.given == nil {
		return
	}
	if n.gone && n.dropped {
		eventually(func() bool { return n.given.Load() > 0 })
	}
	want := int32(0)
	if n.gone {
		want = 1
	}
	if got := n.given.Load(); got != want {
		t.Fatalf("memory of %s was given back %d times, want %d", s.kind, got, want)
	}
	if s.kind == "owned" && !n.gone && n.owner.Value() == nil {
		t.Fatal("the owner of memory that is lent is gone")
	}
}

// eventually waits for the collector.
func eventually(done func() bool) {
	for range 500 {
		if done() {
			return
		}
		runtime.GC()
		time.Sleep(time.Millisecond)
	}
}

// drain lets everybody go, in any order.
func (w *world) drain(t *rapid.T) {
	for len(w.live) > 0 {
		w.letGo(t, w.live[rapid.IntRange(0, len(w.live)-1).Draw(t, "last")])
		w.check(t)
	}
}

// end is when everything has been given back.
func (w *world) end(t *rapid.T) {
	w.drain(t)
	for _, s := range w.sources {
		if s.out() > 0 {
			t.Fatalf("%d loans of %s are out, and nobody holds them", s.out(), s.kind)
		}
		w.checkMemory(t, s)
		if s.array != nil {
			var err error
			eventually(func() bool { err = s.array.Resize(len(s.mem) + 1); return err == nil || !s.waiting })
			mustBe(t, err, nil)
		}
	}
}

// close puts away what no model is of.
func (w *world) close() {
	for _, s := range w.sources {
		if s.close != nil {
			s.close()
		}
	}
}

func mustBe(t *rapid.T, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Fatalf("error %v, want %v", err, want)
	}
}
