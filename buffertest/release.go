package buffertest

import (
	"errors"
	"iter"
	"unsafe"

	"github.com/go-memoryview/memoryview/buffer"
)

// checkReleases releases several loans, and then what was made of one loan, in every order.
func (t *tester) checkReleases() {
	if !t.begin() {
		return
	}
	const n = 4
	for order := range permutations(n) {
		if loans, ok := t.askMany(n, buffer.FullRO); !ok || !t.releaseInOrder(loans, order, "loans") {
			return
		}
	}
	for order := range permutations(n) {
		if kin, ok := t.kin(); !ok || !t.releaseInOrder(kin, order, "a loan, its parts and a loan of it") {
			return
		}
	}
	t.checkAfterRelease()
}

// kin are a loan, all of it cut out and derived, and a loan of it as a view makes them.
func (t *tester) kin() (kin []*buffer.Buffer, ok bool) {
	b, ok := t.ask(buffer.FullRO)
	if !ok {
		return nil, false
	}
	cut, derived := new(buffer.Buffer), new(buffer.Buffer)
	err := errors.Join(b.Cut(cut), b.Derive(derived, 0, b.Layout(), true))
	lent, err2 := b.Lend(t, buffer.FullRO, nil)
	if err := errors.Join(err, err2); err != nil {
		t.fail(outlives, "a loan cannot be lent on: %w", err)
		return nil, false
	}
	return []*buffer.Buffer{b, cut, derived, lent}, true
}

// releaseInOrder releases all, and reads those that are left each time.
func (t *tester) releaseInOrder(all []*buffer.Buffer, order []int, what string) bool {
	released := make([]bool, len(all))
	for _, next := range order {
		t.release(all[next])
		released[next] = true
		for i, b := range all {
			if b.Released() != released[i] {
				t.fail(independent, "%s, released in the order %v: after number %d, number %d is released: %v", what, order, next, i, b.Released())
				return false
			}
			if err := t.same(b); !released[i] && err != nil {
				t.fail(outlives, "%s, released in the order %v: after number %d, number %d does not read as before: %w", what, order, next, i, err)
				return false
			}
		}
	}
	return true
}

// checkAfterRelease uses a loan that has ended in every way.
func (t *tester) checkAfterRelease() {
	b, ok := t.ask(buffer.FullRO)
	if !ok {
		return
	}
	if err := b.Borrow().Release(); !errors.Is(err, buffer.ErrValue) || b.Released() {
		t.fail(independent, "a borrowed buffer is released: %v", err)
	}
	for range 3 {
		t.release(b)
	}
	index := make([]int, b.NDim())
	var part buffer.Buffer
	_, errPointer := b.Pointer(index...)
	_, errRead := b.Read(make([]byte, 1), 0)
	_, errLend := b.Lend(nil, buffer.FullRO, nil)
	for what, err := range map[string]error{
		"ToContiguous":   b.ToContiguous(make([]byte, b.Len()), buffer.C),
		"FromContiguous": b.FromContiguous(t.packed, buffer.C),
		"Access":         b.Access(func(unsafe.Pointer) error { return nil }),
		"Cut":            b.Cut(&part),
		"CutBorrowed":    b.CutBorrowed(&part),
		"Derive":         b.Derive(&part, 0, b.Layout(), false),
		"Pointer":        errPointer,
		"Read":           errRead,
		"Lend":           errLend,
	} {
		if !errors.Is(err, buffer.ErrReleased) {
			t.fail(independent, "%s of a loan that was released: %v", what, err)
		}
	}
	if b.Obj() != nil || !b.Released() || b.Len() != len(t.packed) {
		t.fail(independent, "a loan that was released has the owner %v and %d bytes", b.Obj(), b.Len())
	}
}

// permutations yields all orders of n numbers.
func permutations(n int) iter.Seq[[]int] {
	return func(yield func([]int) bool) {
		order := make([]int, n)
		for i := range order {
			order[i] = i
		}
		permute(order, 0, yield)
	}
}

func permute(order []int, fixed int, yield func([]int) bool) bool {
	if fixed == len(order) {
		return yield(order)
	}
	for i := fixed; i < len(order); i++ {
		order[fixed], order[i] = order[i], order[fixed]
		ok := permute(order, fixed+1, yield)
		order[fixed], order[i] = order[i], order[fixed]
		if !ok {
			return false
		}
	}
	return true
}
