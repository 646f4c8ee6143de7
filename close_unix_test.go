//go:build unix

package memoryview_test

import (
	"bytes"
	"errors"
	"maps"
	"runtime"
	"slices"
	"strings"
	"testing"
	"unsafe"

	"github.com/go-memoryview/memoryview"
	"github.com/go-memoryview/memoryview/buffer"
	"github.com/go-memoryview/memoryview/internal/closetest"
	"github.com/go-memoryview/memoryview/internal/kernel"
)

// closeAgainstAccess runs every operation of views and buffers against a release of what it works on.
func init() { lifetimes["CloseAgainstAccess"] = closeAgainstAccess }

func closeAgainstAccess(t *testing.T) {
	for name, do := range operations() {
		closetest.Against(t, name, pattern(), func(mem *closetest.Memory, round int) closetest.Subject {
			c := newClosing(mem)
			return closetest.Subject{
				Do:      func() (any, error) { return do(c) },
				Release: func() error { return c.release(round) },
			}
		})
	}
}

// closing is what an operation works on: memory of ints in two dimensions, seen in several ways.
type closing struct {
	view, records, bytes *memoryview.View // the memory; as records; as read-only bytes
	buffer               *buffer.Buffer
}

// operation returns its answer in a form that can be compared.
type operation func(c *closing) (any, error)

// The operations of a View and of a Buffer, by name, and functions that take one. Release, and Done after Peek, are the other side of the race.
var (
	viewOperations = map[string]operation{
		"All":         func(c *closing) (any, error) { return all(c.view) },
		"AppendBytes": func(c *closing) (any, error) { return c.view.AppendBytes([]byte("x"), buffer.F) },
		"At":          func(c *closing) (any, error) { return c.view.At(-1, 2) },
		"Base":        func(c *closing) (any, error) { return c.view.Base(), nil },
		"Buffer":      func(c *closing) (any, error) { return packed(c.view.Buffer()) },
		"Bytes":       func(c *closing) (any, error) { mem, err := c.view.Bytes(); return len(mem), err },
		"CContiguous": func(c *closing) (any, error) { return c.view.CContiguous(), nil },
		"Cast":        func(c *closing) (any, error) { return whole(c.view.Cast("H", 2048)) },
		"CastShape":   func(c *closing) (any, error) { return whole(c.view.CastShape("d", []int{2, 256})) },
		"Contiguous":  func(c *closing) (any, error) { return c.view.Contiguous(), nil },
		"CopyFrom":    func(c *closing) (any, error) { return nil, c.view.CopyFrom(c.view) },
		"Count":       func(c *closing) (any, error) { return c.view.Count(17) },
		"Equal":       func(c *closing) (any, error) { return c.view.Equal(patternInts()) },
		"FContiguous": func(c *closing) (any, error) { return c.view.FContiguous(), nil },
		"Field":       func(c *closing) (any, error) { return whole(c.records.Field("b")) },
		"Format":      func(c *closing) (any, error) { return c.records.Format(), nil },
		"GetBuffer":   func(c *closing) (any, error) { return loaned(c.view.GetBuffer(buffer.FullRO)) },
		"Hash":        func(c *closing) (any, error) { return c.bytes.Hash() },
		"Hex":         func(c *closing) (any, error) { return c.view.Hex("-", 3) },
		"Index":       func(c *closing) (any, error) { return c.view.Index(1000) },
		"ItemSize":    func(c *closing) (any, error) { return c.view.ItemSize(), nil },
		"Len":         func(c *closing) (any, error) { return c.view.Len() },
		"NBytes":      func(c *closing) (any, error) { return c.view.NBytes(), nil },
		"NDim":        func(c *closing) (any, error) { return c.view.NDim(), nil },
		"ReadAt": func(c *closing) (any, error) {
			part := make([]byte, 100)
			_, err := c.view.ReadAt(part, 3000)
			return part, err
		},
		"ReadOnly": func(c *closing) (any, error) { return c.bytes.ReadOnly(), nil },
		"Select":   func(c *closing) (any, error) { return whole(c.view.Select("::-1, 3:9:2")) },
		"Set":      func(c *closing) (any, error) { return nil, c.view.Set(67, 1, 3) },
		"Shape":    func(c *closing) (any, error) { return c.view.Shape(), nil },
		"Slice":    func(c *closing) (any, error) { return whole(c.view.Slice(2, 9, 3)) },
		"SliceInto": func(c *closing) (any, error) {
			var part memoryview.View
			err := c.view.SliceInto(&part, 2, 9, 3)
			return listed(&part, err)
		},
		"Strides": func(c *closing) (any, error) { return c.view.Strides(), nil },
		"String": func(c *closing) (any, error) {
			text := c.view.String()
			start, rest, _ := strings.Cut(text, " at 0x")
			return start + strings.TrimLeft(rest, "0123456789abcdef"), nil
		},
		"Sub": func(c *closing) (any, error) { return whole(c.view.Sub(5)) },
		"SubInto": func(c *closing) (any, error) {
			var part memoryview.View
			err := c.view.SubInto(&part, 5)
			return listed(&part, err)
		},
		"Suboffsets": func(c *closing) (any, error) { return c.view.Suboffsets(), nil },
		"ToBytes":    func(c *closing) (any, error) { return c.view.ToBytes(buffer.F) },
		"ToList":     func(c *closing) (any, error) { return c.records.ToList() },
		"ToReadOnly": func(c *closing) (any, error) { return whole(c.view.ToReadOnly()) },
		"Transpose":  func(c *closing) (any, error) { return whole(c.view.Transpose()) },
		"WriteTo": func(c *closing) (any, error) {
			var written bytes.Buffer
			_, err := c.view.WriteTo(&written)
			if err != nil {
				return nil, err
			}
			return written.Bytes(), nil
		},
	}
	bufferOperations = map[string]operation{
		"Access": func(c *closing) (any, error) {
			var item int32
			err := c.buffer.Access(func(p unsafe.Pointer) error { item = *(*int32)(p); return nil }, 3, -1)
			return item, err
		},
		"Borrow":   func(c *closing) (any, error) { return packed(c.buffer.Borrow()) },
		"CopyFrom": func(c *closing) (any, error) { return nil, c.buffer.CopyFrom(c.buffer) },
		"Cut":      func(c *closing) (any, error) { return cut(c.buffer.Cut) },
		"CutBorrowed": func(c *closing) (any, error) {
			return cut(c.buffer.CutBorrowed)
		},
		"Derive": func(c *closing) (any, error) {
			var part buffer.Buffer
			err := c.buffer.Derive(&part, 4, buffer.Layout{ItemSize: 2, Format: "h", Shape: []int{3}, Strides: []int{64}}, true)
			if err != nil {
				return nil, err
			}
			return loaned(&part, nil)
		},
		"Enter":  func(c *closing) (any, error) { return entered(c.buffer) },
		"Extent": func(c *closing) (any, error) { return c.buffer.Extent(0), nil },
		"Flags":  func(c *closing) (any, error) { return c.buffer.Flags(), nil },
		"Format": func(c *closing) (any, error) { return c.buffer.Format(), nil },
		"FromContiguous": func(c *closing) (any, error) {
			return nil, c.buffer.FromContiguous(pattern(), buffer.C)
		},
		"HeapBytes":    func(c *closing) (any, error) { return c.buffer.HeapBytes(), nil },
		"Immutable":    func(c *closing) (any, error) { return c.buffer.Immutable(), nil },
		"Indirect":     func(c *closing) (any, error) { return c.buffer.Indirect(), nil },
		"IsContiguous": func(c *closing) (any, error) { return c.buffer.IsContiguous(buffer.C), nil },
		"ItemSize":     func(c *closing) (any, error) { return c.buffer.ItemSize(), nil },
		"Items": func(c *closing) (any, error) {
			var shape []int
			err := c.buffer.Access(func(p unsafe.Pointer) error { shape = slices.Clone(c.buffer.Items(p).Shape); return nil })
			return shape, err
		},
		"Layout": func(c *closing) (any, error) { return c.buffer.Layout(), nil },
		"Len":    func(c *closing) (any, error) { return c.buffer.Len(), nil },
		"Lend": func(c *closing) (any, error) {
			return loaned(c.buffer.Lend(nil, buffer.FullRO, nil))
		},
		"Mapped":  func(c *closing) (any, error) { return c.buffer.Mapped(), nil },
		"NDim":    func(c *closing) (any, error) { return c.buffer.NDim(), nil },
		"Obj":     func(c *closing) (any, error) { return c.buffer.Obj(), nil },
		"Pointer": func(c *closing) (any, error) { p, err := c.buffer.Pointer(0, 1); return p != nil, err },
		"Read": func(c *closing) (any, error) {
			part := make([]byte, 50)
			_, err := c.buffer.Read(part, 99)
			return part, err
		},
		"ReadOnly": func(c *closing) (any, error) { return c.buffer.ReadOnly(), nil },
		"Released": func(c *closing) (any, error) { return c.buffer.Released(), nil },
		"SliceBorrowed": func(c *closing) (any, error) {
			var part buffer.Buffer
			if err := c.buffer.SliceBorrowed(&part, 3, 5); err != nil {
				return nil, err
			}
			return packed(&part)
		},
		"Stride":    func(c *closing) (any, error) { return c.buffer.Stride(0), nil },
		"Suboffset": func(c *closing) (any, error) { return c.buffer.Suboffset(0), nil },
		"ToContiguous": func(c *closing) (any, error) {
			return packed(c.buffer)
		},
		"Type": func(c *closing) (any, error) { return c.buffer.Type().String(), nil },
	}
	functions = map[string]operation{
		"memoryview.Convert": func(c *closing) (any, error) {
			floats := make([]float64, 1024)
			return floats, memoryview.Convert(floats, c.view)
		},
		"memoryview.FromBuffer": func(c *closing) (any, error) { return whole(memoryview.FromBuffer(c.buffer)) },
		"memoryview.FromObject": func(c *closing) (any, error) { return whole(memoryview.FromObject(c.records)) },
		"memoryview.GetContiguous": func(c *closing) (any, error) {
			return whole(memoryview.GetContiguous(c.view, buffer.Read, buffer.F))
		},
		"buffer.Copy": func(c *closing) (any, error) { return nil, buffer.Copy(c.view, c.view) },
		"buffer.Get":  func(c *closing) (any, error) { return loaned(buffer.Get(c.records, buffer.StridedRO)) },
		"buffer.Peek": func(c *closing) (any, error) {
			b, err := buffer.Peek(c.view, buffer.FullRO)
			if err != nil {
				return nil, err
			}
			defer b.Done()
			return packed(b)
		},
		"buffer.SharesMemory": func(c *closing) (any, error) { return buffer.SharesMemory(c.view, c.bytes) },
	}
)

func TestEveryOperationIsRaced(t *testing.T) {
	closetest.EveryMethod[*memoryview.View](t, viewOperations, "Release")
	closetest.EveryMethod[*buffer.Buffer](t, bufferOperations, "Release", "Done")
}

func operations() map[string]operation {
	named := maps.Clone(functions)
	for name, o := range viewOperations {
		named["View."+name] = o
	}
	for name, o := range bufferOperations {
		named["Buffer."+name] = o
	}
	return named
}

// pattern is what the memory holds: 1,024 ints that count up.
func pattern() []byte {
	ints := make([]int32, 1024)
	for i := range ints {
		ints[i] = int32(i)
	}
	return slices.Clone(unsafe.Slice((*byte)(unsafe.Pointer(&ints[0])), 4096))
}

// patternInts is the pattern in two dimensions, as the views have it.
func patternInts() [][64]int32 {
	ints := make([][64]int32, 16)
	check(buffer.Copy(must(must(memoryview.FromObject(ints)).Cast("B")), pattern()))
	return ints
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}

// newClosing leaves nothing behind that holds the memory: the last to leave shall give it back, and not the collector.
func newClosing(mem *closetest.Memory) *closing {
	c := &closing{buffer: must(mem.Lend().Lend(0, buffer.Layout{ItemSize: 4, Format: "i", Shape: []int{16, 64}}, buffer.Full))}
	c.view = must(memoryview.FromBuffer(c.buffer))
	c.records = must(c.view.Cast("T{h:a:h:b:}", 1024))
	readOnly := must(c.view.ToReadOnly())
	c.bytes = must(readOnly.Cast("B"))
	_ = readOnly.Release()
	return c
}

// release gives back all that holds the memory, by rounds each of them last of all. It waits for loans of
// the view to end, without which it is refused.
func (c *closing) release(round int) error {
	holds := []func() error{c.view.Release, c.buffer.Release, c.bytes.Release, c.records.Release}
	var failed error
	for i := range holds {
		release := holds[(round+i)%len(holds)]
		err := release()
		for ; errors.Is(err, buffer.ErrExported); err = release() {
			runtime.Gosched()
		}
		failed = errors.Join(failed, err)
	}
	return failed
}

func whole(v *memoryview.View, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	list, err := v.ToList()
	if errors.Is(err, buffer.ErrReleased) {
		return "released, though it is a view of its own", v.Release()
	}
	return list, errors.Join(err, v.Release())
}

func listed(v *memoryview.View, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	return v.ToList()
}

func all(v *memoryview.View) (any, error) {
	var items []any
	for item, err := range v.All() {
		if err != nil {
			return nil, err
		}
		items = append(items, item)
	}
	return items, nil
}

func entered(b *buffer.Buffer) (first int32, err error) {
	var items kernel.Items
	visit, err := b.Enter(&items)
	if err != nil {
		return 0, err
	}
	defer visit.Leave(&err)
	return *(*int32)(unsafe.Add(items.Base, 4)), nil
}

func packed(b *buffer.Buffer) (any, error) {
	mem := make([]byte, b.Len())
	return mem, b.ToContiguous(mem, buffer.C)
}

func loaned(b *buffer.Buffer, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	mem, err := packed(b)
	if errors.Is(err, buffer.ErrReleased) {
		return "released, though it is a loan of its own", b.Release()
	}
	return mem, errors.Join(err, b.Release())
}

func cut(cut func(*buffer.Buffer, ...buffer.Cut) error) (any, error) {
	var part buffer.Buffer
	if err := cut(&part, buffer.Cut{Start: 15, Count: 4, Step: -4}, buffer.Cut{Start: -2, Drop: true}); err != nil {
		return nil, err
	}
	mem, err := packed(&part)
	return mem, errors.Join(err, part.Release())
}
