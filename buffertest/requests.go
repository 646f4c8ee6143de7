package buffertest

import (
	"errors"
	"fmt"
	"slices"

	"github.com/go-memoryview/memoryview/buffer"
)

// requests are all flags that can be combined, and the two that are no requests.
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

// strangers are bits that mean nothing: unknown ones, and parts of flags without the rest.
var strangers = []buffer.Flags{0x2, 0x400, 1 << 31, buffer.CContiguous &^ buffer.Strides, buffer.FContiguous &^ buffer.Strides, buffer.AnyContiguous &^ buffer.Strides}

// checkRequests asks with all flags while another loan is out.
func (t *tester) checkRequests() {
	if !t.begin() {
		return
	}
	other, ok := t.ask(buffer.FullRO)
	if !ok {
		return
	}
	t.checkLayout(other)
	for _, flags := range requests() {
		t.checkRequest(flags)
		if other.Released() {
			t.fail(independent, "request %v: releasing its loan ended another one", flags)
			return
		}
	}
	for _, bit := range strangers {
		for _, flags := range []buffer.Flags{buffer.Simple, buffer.ND, buffer.Full, buffer.FullRO} {
			if bit&flags == 0 && (flags|bit).Has(buffer.Strides) == flags.Has(buffer.Strides) && !completes(flags, bit) {
				t.checkStranger(flags, bit)
			}
		}
	}
	t.release(other)
}

// completes reports whether a bit makes a flag of what stands there.
func completes(flags, bit buffer.Flags) bool {
	return flags.Has(buffer.Strides) && bit&(buffer.CContiguous|buffer.FContiguous|buffer.AnyContiguous) != 0
}

// checkRequest asks once.
func (t *tester) checkRequest(flags buffer.Flags) {
	b, err := t.exporter.GetBuffer(flags)
	t.checkAnswer(flags, b != nil, err)
	if b == nil {
		return
	}
	defer t.release(b)
	if err != nil {
		return
	}
	if b.Released() {
		t.fail(answers, "request %v: a loan that has ended", flags)
		return
	}
	switch {
	case flags.Has(buffer.Writable) && b.ReadOnly():
		t.fail(writes, "request %v: the loan is read-only", flags)
	case !flags.Has(buffer.Writable) && b.ReadOnly() != t.readOnly:
		t.fail(chooses, "request %v: read-only %v, and for request FullRO %v", flags, b.ReadOnly(), t.readOnly)
	}
	t.checkLayout(b)
	if err := t.asAsked(flags, b.Layout()); err != nil {
		t.fail(stays, "request %v: %v", flags, err)
	} else if err := t.same(b); err != nil {
		t.fail(stays, "request %v: the loan does not read as the one of request FullRO: %w", flags, err)
	}
}

// checkAnswer compares with what had to be answered.
func (t *tester) checkAnswer(flags buffer.Flags, loan bool, err error) {
	reasons := t.reasons(flags)
	switch {
	case err != nil && loan:
		t.fail(answers, "request %v: a loan beside the error %v", flags, err)
	case err == nil && !loan:
		t.fail(answers, "request %v: neither a loan nor an error", flags)
	case err == nil:
		for _, r := range reasons {
			if !r.maybe {
				t.fail(refuses, "request %v is granted, but %s", flags, r.why)
			}
		}
	case len(reasons) == 0:
		t.fail(serves, "request %v is refused: %w", flags, err)
	case !slices.ContainsFunc(reasons, func(r reason) bool { return errors.Is(err, r.is) }):
		t.fail(says, "request %v: %s, which is the error %q, and the answer is: %w", flags, reasons[0].why, reasons[0].is, err)
	}
}

// asAsked compares a layout with that of request FullRO, as far as the flags tell of it.
func (t *tester) asAsked(flags buffer.Flags, l buffer.Layout) error {
	whole := t.layout
	switch {
	case flags.Has(buffer.ND) && !slices.Equal(l.Shape, whole.Shape):
		return fmt.Errorf("the shape is %v, and for request FullRO %v", l.Shape, whole.Shape)
	case flags.Has(buffer.ND) && l.ItemSize != whole.ItemSize:
		return fmt.Errorf("the items have %d bytes, and for request FullRO %d", l.ItemSize, whole.ItemSize)
	case flags.Has(buffer.Format|buffer.ND) && l.Format != whole.Format:
		return fmt.Errorf("the format is %.40q, and for request FullRO %.40q", l.Format, whole.Format)
	}
	return nil
}

// reason is why a request is refused, by which error.
type reason struct {
	why   string
	is    error
	maybe bool // CPython's exporters differ
}

// reasons says why a request cannot be served: where there is none it must be. Which of several an exporter names is
// its own choice.
func (t *tester) reasons(flags buffer.Flags) (all []reason) {
	l := t.layout
	add := func(refused bool, r reason) {
		if refused {
			all = append(all, r)
		}
	}
	run := t.needsRun(flags)
	add(flags == buffer.Read || flags == buffer.Write, reason{why: "Read and Write are no requests", is: buffer.ErrValue})
	add(flags.Has(buffer.Writable) && !t.writable, reason{why: "the memory is read-only, as request Full is refused", is: buffer.ErrReadOnly})
	add(flags.Has(buffer.CContiguous) && !l.IsContiguous(buffer.C), reason{why: "the items are not contiguous in C order", is: buffer.ErrNotContiguous})
	add(flags.Has(buffer.FContiguous) && !l.IsContiguous(buffer.F), reason{why: "the items are not contiguous in Fortran order", is: buffer.ErrNotContiguous})
	add(flags.Has(buffer.AnyContiguous) && !l.IsContiguous(buffer.Any), reason{why: "the items are not contiguous", is: buffer.ErrNotContiguous})
	add(!flags.Has(buffer.Indirect) && l.Suboffsets != nil, reason{why: "the items lie behind pointers (suboffsets)", is: buffer.ErrLayout})
	add(!flags.Has(buffer.Strides) && !l.IsContiguous(buffer.C), reason{why: "the items are not contiguous in C order, and nobody asks for strides", is: buffer.ErrNotContiguous})
	add(flags.Has(buffer.Format) && !flags.Has(buffer.ND), reason{why: "a format without a shape makes no sense", is: buffer.ErrValue, maybe: true})
	add(run && len(t.packed) == 0, reason{why: "there are no items, whose contiguity is a matter of taste", is: buffer.ErrNotContiguous, maybe: true})
	return all
}

// needsRun reports whether a request needs items in one run.
func (t *tester) needsRun(flags buffer.Flags) bool {
	return !flags.Has(buffer.Strides) || flags.Has(buffer.CContiguous) || flags.Has(buffer.FContiguous) || flags.Has(buffer.AnyContiguous)
}

// checkStranger asks with and without a bit that means nothing.
func (t *tester) checkStranger(flags, bit buffer.Flags) {
	var granted [2]bool
	for i, f := range []buffer.Flags{flags, flags | bit} {
		b, _ := t.exporter.GetBuffer(f)
		if granted[i] = b != nil; b != nil {
			t.release(b)
		}
	}
	if granted[0] != granted[1] {
		t.fail(ignores, "request %v is granted: %v, and with bit %#x: %v", flags, granted[0], uint32(bit), granted[1])
	}
}
