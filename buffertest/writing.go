package buffertest

import (
	"errors"

	"github.com/go-memoryview/memoryview/buffer"
	"github.com/go-memoryview/memoryview/format"
)

// checkWriting writes through loans and reads through others.
func (t *tester) checkWriting() {
	if !t.begin() {
		return
	}
	reader, ok := t.ask(buffer.FullRO)
	if !ok {
		return
	}
	defer t.release(reader)
	if reader.ReadOnly() {
		if err := reader.FromContiguous(t.packed, buffer.C); !errors.Is(err, buffer.ErrReadOnly) {
			t.fail(chooses, "a read-only loan is written to: %v", err)
		}
	}
	if !t.writable || len(t.packed) == 0 || hasPointers(reader.Type()) {
		return
	}
	for _, flags := range requests() {
		if flags.Has(buffer.Writable) && len(t.reasons(flags)) == 0 && !t.checkWriter(flags, reader) {
			return
		}
	}
}

// checkWriter writes by a loan of those flags, and by a part of it, all bits the other way around, and then back.
func (t *tester) checkWriter(flags buffer.Flags, reader *buffer.Buffer) bool {
	writer, err := t.exporter.GetBuffer(flags)
	if err != nil || writer == nil {
		return false // that is told by the requests
	}
	defer t.release(writer)
	var part buffer.Buffer
	if err := writer.Cut(&part); err != nil {
		t.fail(writes, "request %v: the loan cannot be cut: %w", flags, err)
		return false
	}
	defer t.release(&part)
	changed := make([]byte, len(t.packed))
	for i, b := range t.packed {
		changed[i] = ^b
	}
	return t.writeAndRead(flags, writer, reader, changed) && t.writeAndRead(flags, &part, reader, t.packed)
}

// writeAndRead writes by one loan, and reads by another that was there before and by one that comes after.
func (t *tester) writeAndRead(flags buffer.Flags, writer, reader *buffer.Buffer, data []byte) bool {
	if err := writer.FromContiguous(data, buffer.C); err != nil {
		t.fail(writes, "request %v: the loan cannot be written to: %w", flags, err)
		return false
	}
	after, ok := t.ask(buffer.FullRO)
	if !ok {
		return false
	}
	defer t.release(after)
	if err := reads(writer, data); err != nil {
		t.fail(writes, "request %v: what was written does not read back: %w", flags, err)
		return false
	}
	if err := reads(reader, data); err != nil {
		t.fail(writes, "request %v: a loan that was out does not see what was written: %w", flags, err)
		return false
	}
	if err := reads(after, data); err != nil {
		t.fail(writes, "request %v: a new loan does not see what was written: %w", flags, err)
		return false
	}
	return true
}

// hasPointers reports whether items hold addresses, which must not be written at random.
func hasPointers(typ *format.Type) bool {
	for _, leaf := range typ.Leaves() {
		if leaf.Kind() == format.Pointer {
			return true
		}
	}
	return false
}
