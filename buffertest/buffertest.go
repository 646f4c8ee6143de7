// Package buffertest puts exporters through their duties, as testing/fstest does for file systems.
package buffertest

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"unsafe"

	"github.com/go-memoryview/memoryview/buffer"
	"github.com/go-memoryview/memoryview/internal/kernel"
)

// TestExporter asks an exporter for loans with every combination of request flags and checks each
// answer: what is granted keeps what the flags ask for, what is refused had to be and matches an
// error variable of package buffer, several loans at a time show the same memory, and a released
// loan is at its end. It reads the memory and does not write to it. Nobody else may hold a loan
// meanwhile.
//
// The error lists all that was found; nil means nothing was. Use it in a test:
//
//	if err := buffertest.TestExporter(myExporter); err != nil {
//		t.Fatal(err)
//	}
func TestExporter(exporter buffer.Exporter) (err error) {
	if exporter == nil {
		return fmt.Errorf("%w: no exporter", buffer.ErrType)
	}
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("the exporter panicked: %v", r)
		}
	}()
	whole, err := exporter.GetBuffer(buffer.FullRO)
	if err != nil {
		return fmt.Errorf("request FullRO, which every exporter serves: %w", err)
	}
	if whole == nil {
		return fmt.Errorf("%w: request FullRO: neither a loan nor an error", buffer.ErrType)
	}
	t := tester{exporter: exporter, layout: whole.Layout(), readOnly: whole.ReadOnly()}
	t.checkLayout(whole)
	t.checkItems(whole)
	for _, flags := range requests() {
		t.checkRequest(flags, whole)
	}
	t.checkRelease(whole)
	return errors.Join(t.found...)
}

// requests are all flags that can be combined.
func requests() (all []buffer.Flags) {
	structures := []buffer.Flags{buffer.Simple, buffer.ND, buffer.Strides, buffer.CContiguous, buffer.FContiguous, buffer.AnyContiguous, buffer.Indirect}
	for _, structure := range structures {
		for _, access := range []buffer.Flags{0, buffer.Writable} {
			for _, format := range []buffer.Flags{0, buffer.Format} {
				all = append(all, structure|access|format, structure|access|format|buffer.Indirect)
			}
		}
	}
	slices.Sort(all)
	return append(slices.Compact(all), buffer.Read, buffer.Write)
}

type tester struct {
	exporter buffer.Exporter
	layout   buffer.Layout
	readOnly bool
	packed   []byte
	found    []error
}

func (t *tester) fail(format string, args ...any) {
	t.found = append(t.found, fmt.Errorf(format, args...))
}

// checkLayout checks that the parts of a layout agree.
func (t *tester) checkLayout(b *buffer.Buffer) {
	l := b.Layout()
	n := l.ItemSize
	for _, extent := range l.Shape {
		n *= extent
	}
	if b.Len() != n {
		t.fail("Len is %d, the layout %+v has %d bytes", b.Len(), l, n)
	}
	if len(l.Strides) != len(l.Shape) || l.Suboffsets != nil && len(l.Suboffsets) != len(l.Shape) {
		t.fail("the layout %+v has not one stride (and suboffset) for each dimension", l)
	}
	if size, err := buffer.SizeFromFormat(l.Format); err != nil || size > l.ItemSize {
		t.fail("format %q needs %d bytes, the item size is %d: %v", l.Format, size, l.ItemSize, err)
	}
}

// checkItems packs the items in both ways and keeps the bytes.
func (t *tester) checkItems(b *buffer.Buffer) {
	t.packed = make([]byte, b.Len())
	if err := b.ToContiguous(t.packed, buffer.C); err != nil {
		t.fail("reading all items: %w", err)
	}
	index := make([]int, b.NDim())
	for at := 0; at < len(t.packed); at += t.layout.ItemSize {
		err := b.Access(func(item unsafe.Pointer) error {
			if !bytes.Equal(unsafe.Slice((*byte)(item), t.layout.ItemSize), t.packed[at:at+t.layout.ItemSize]) {
				t.fail("item %v differs from the same item of all", index)
			}
			return nil
		}, index...)
		if err != nil {
			t.fail("item %v: %w", index, err)
		}
		kernel.Advance(index, t.layout.Shape, false)
	}
}

// checkRequest asks with some flags while another loan is out.
func (t *tester) checkRequest(flags buffer.Flags, other *buffer.Buffer) {
	b, err := t.exporter.GetBuffer(flags)
	reason := t.reasonToRefuse(flags)
	switch {
	case err != nil && reason == "":
		t.fail("request %v was refused without need: %w", flags, err)
	case err != nil && !known(err):
		t.fail("request %v: the error matches no variable of package buffer: %w", flags, err)
	case err == nil && b == nil:
		t.fail("request %v: neither a loan nor an error", flags)
	case err == nil && reason != "" && reason != mayRefuse:
		t.fail("request %v was granted, but %s", flags, reason)
	}
	if err != nil || b == nil {
		return
	}
	if flags.Has(buffer.Writable) && b.ReadOnly() {
		t.fail("request %v: the loan is read-only", flags)
	}
	t.checkLayout(b)
	packed := make([]byte, b.Len())
	if err := b.ToContiguous(packed, buffer.C); err != nil {
		t.fail("request %v: reading all items: %w", flags, err)
	} else if !bytes.Equal(packed, t.packed) {
		t.fail("request %v: the loan shows other memory", flags)
	}
	t.checkRelease(b)
	if other.Released() {
		t.fail("request %v: releasing its loan ended another one", flags)
	}
}

const mayRefuse = "may refuse"

// reasonToRefuse says why a request cannot be served, or "" when it must be.
func (t *tester) reasonToRefuse(flags buffer.Flags) string {
	l := t.layout
	switch {
	case flags == buffer.Read || flags == buffer.Write:
		return "Read and Write are no requests"
	case flags.Has(buffer.Writable) && t.readOnly:
		return mayRefuse // FullRO may have been answered with less than there is
	case flags.Has(buffer.CContiguous) && !l.IsContiguous(buffer.C):
		return "the items are not contiguous in C order"
	case flags.Has(buffer.FContiguous) && !l.IsContiguous(buffer.F):
		return "the items are not contiguous in Fortran order"
	case flags.Has(buffer.AnyContiguous) && !l.IsContiguous(buffer.Any):
		return "the items are not contiguous"
	case !flags.Has(buffer.Indirect) && l.Suboffsets != nil:
		return "the items lie behind pointers"
	case !flags.Has(buffer.Strides) && !l.IsContiguous(buffer.C):
		return "the items are not contiguous in C order, and no strides were asked for"
	case flags.Has(buffer.Format) && !flags.Has(buffer.ND):
		return mayRefuse // CPython's exporters differ
	}
	return ""
}

// checkRelease releases a loan twice and tries to use it.
func (t *tester) checkRelease(b *buffer.Buffer) {
	for range 2 {
		if err := b.Release(); err != nil {
			t.fail("release of a loan: %w", err)
		}
	}
	if err := b.ToContiguous(make([]byte, b.Len()), buffer.C); !errors.Is(err, buffer.ErrReleased) {
		t.fail("reading a released loan is not ErrReleased: %v", err)
	}
}

func known(err error) bool {
	for _, kind := range []error{
		buffer.ErrReleased, buffer.ErrExported, buffer.ErrReadOnly, buffer.ErrNotContiguous,
		buffer.ErrFormat, buffer.ErrBounds, buffer.ErrLayout, buffer.ErrType, buffer.ErrValue,
	} {
		if errors.Is(err, kind) {
			return true
		}
	}
	return false
}
