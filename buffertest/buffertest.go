// Package buffertest puts exporters through their duties, as testing/fstest does for file systems.
//
// One line in a test is enough:
//
//	func TestRing(t *testing.T) {
//		buffertest.Test(t, func() buffer.Exporter { return NewRing(16) })
//	}
//
// Each complaint names the duty that was broken, what was seen, and where the duty is written down:
//
//	request 0x1: written memory is the memory itself: ... [C API, PyBUF_WRITABLE]
//
// [TestExporter] is the part of it that reads a single exporter.
package buffertest

import (
	"errors"
	"fmt"
	"testing"

	"github.com/go-memoryview/memoryview/buffer"
)

// Test puts exporters that make returns through all duties, a fresh one for each, with a few items: each is
// read again and again. They may be written to (what was there is put back), leaked, collected, and asked by many
// goroutines at once: run it with -race. Nobody else may use them meanwhile, and the test should not be a
// parallel one, since what is left behind is counted.
//
// What an exporter counts or gives back is seen where it has one of these methods, or both:
//
//	Loans() int                      // how many loans are out
//	Len() int; Resize(n int) error   // as export.ByteArray: buffer.ErrExported while loans are out
func Test(t *testing.T, make func() buffer.Exporter) {
	t.Helper()
	for _, c := range checks {
		t.Run(c.name, func(t *testing.T) {
			if err := c.of(make); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestExporter puts one exporter through the duties that can be seen by reading: every combination of request
// flags, the layout, the items, releases in any order, use after release, many requests at once. The error lists what was
// found; nil means nothing was. Nobody else may hold a loan meanwhile.
//
//	if err := buffertest.TestExporter(myExporter); err != nil {
//		t.Fatal(err)
//	}
func TestExporter(exporter buffer.Exporter) error {
	var found []error
	for _, c := range checks {
		if c.reads {
			found = append(found, c.of(func() buffer.Exporter { return exporter }))
		}
	}
	return errors.Join(found...)
}

// check is a group of duties. Where reads is true, it needs no more than one exporter, and leaves it as it was.
type check struct {
	name  string
	reads bool
	run   func(t *tester)
}

var checks = []check{
	{"requests", true, (*tester).checkRequests},
	{"items", true, (*tester).checkItems},
	{"release", true, (*tester).checkReleases},
	{"threads", true, (*tester).checkThreads},
	{"writing", false, (*tester).checkWriting},
	{"lifetime", false, (*tester).checkLifetime},
	{"counting", false, (*tester).checkCounting},
	{"leaks", false, (*tester).checkLeaks},
}

// of runs the check on what make returns, and returns what it found.
func (c check) of(make func() buffer.Exporter) error {
	t := &tester{make: make}
	t.guarded(func() { c.run(t) })
	return t.errors()
}

// tester holds what is known of an exporter, and what was found.
type tester struct {
	make     func() buffer.Exporter
	exporter buffer.Exporter
	layout   buffer.Layout
	packed   []byte // the items in C order
	readOnly bool   // what the exporter chose for those who do not write
	writable bool   // it serves those who do
	complaints
}

// guarded makes a complaint of a panic.
func (t *tester) guarded(f func()) {
	defer func() {
		if r := recover(); r != nil {
			t.fail(answers, "it panicked: %v", r)
		}
	}()
	f()
}

// begin makes an exporter and learns what it lends. It reports false where there is nothing to work with.
func (t *tester) begin() bool {
	t.exporter = t.make()
	if t.exporter == nil {
		t.fail(answers, "there is no exporter")
		return false
	}
	whole, ok := t.ask(buffer.FullRO)
	if !ok {
		return false
	}
	t.layout, t.readOnly = whole.Layout(), whole.ReadOnly()
	t.packed = make([]byte, whole.Len())
	if err := whole.ToContiguous(t.packed, buffer.C); err != nil {
		t.fail(outlives, "the items of a new loan cannot be read: %v", err)
		return false
	}
	t.release(whole)
	b, err := t.exporter.GetBuffer(buffer.Full)
	if t.writable = err == nil && b != nil; t.writable {
		t.release(b)
	}
	return true
}

// ask requests what every exporter serves.
func (t *tester) ask(flags buffer.Flags) (*buffer.Buffer, bool) {
	b, err := t.exporter.GetBuffer(flags)
	switch {
	case err != nil && b != nil:
		t.fail(answers, "request %v: a loan beside the error %v", flags, err)
		return nil, false
	case err != nil:
		t.fail(serves, "request %v: %v", flags, err)
		return nil, false
	case b == nil:
		t.fail(answers, "request %v: neither a loan nor an error", flags)
		return nil, false
	case b.Released():
		t.fail(answers, "request %v: a loan that has ended", flags)
		return nil, false
	}
	return b, true
}

// askMany requests n loans. The caller releases them.
func (t *tester) askMany(n int, flags buffer.Flags) (loans []*buffer.Buffer, ok bool) {
	for range n {
		b, ok := t.ask(flags)
		if !ok {
			return loans, false
		}
		loans = append(loans, b)
	}
	return loans, true
}

func (t *tester) release(b *buffer.Buffer) {
	if err := b.Release(); err != nil {
		t.fail(independent, "a loan cannot be released: %v", err)
	}
}

// same reports whether a buffer reads as the items did at the beginning, and why not.
func (t *tester) same(b *buffer.Buffer) error { return reads(b, t.packed) }

// reads compares a buffer's items with what they should be.
func reads(b *buffer.Buffer, want []byte) error {
	if b.Len() != len(want) {
		return fmt.Errorf("it has %d bytes of items, and not %d", b.Len(), len(want))
	}
	got := make([]byte, len(want))
	if err := b.ToContiguous(got, buffer.C); err != nil {
		return err
	}
	for i := range got {
		if got[i] != want[i] {
			return fmt.Errorf("byte %d of its items is %#02x, and not %#02x", i, got[i], want[i])
		}
	}
	return nil
}
