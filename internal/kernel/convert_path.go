package kernel

import "unsafe"

// A path turns numbers into others, step by step. Each step is a loop over runs. Between them numbers
// are in one of the forms.
type path struct {
	to, from Number
	assembly bool // steps may be in assembly, which wants a turn's numbers at least
	n        uint8
	steps    [5]step
}

type step struct {
	do       loop
	assembly kernel // in its place
	parts    uint8  // numbers that it works on for each item
	to, from uint8  // bytes of a number
}

// A loop works on n numbers that lie in a run and writes as many to another.
type loop func(dst, src unsafe.Pointer, n int)

// A kernel is a loop in assembly. It takes a turn's numbers or more, and it cannot be stopped by the
// scheduler, so that it takes no more than those of two calls.
type kernel func(dst, src *byte, n int)

const (
	turnNumbers = 16
	callNumbers = 8192
)

// callOf is how many of the n numbers that are left one call takes, so that no call gets less than a turn.
func callOf(n int) int {
	if n > 2*callNumbers {
		return callNumbers
	}
	return n
}

// blockOf is how many of the n numbers that are left make a block, so that no block gets less than a turn.
func blockOf(n int) int {
	if n > blockItems {
		return min(blockItems, n-turnNumbers)
	}
	return n
}

// find makes it the path for n items or more. The numbers are convertible, and those that are to become
// integers have been checked.
func (p *path) find(to, from Number, n int) {
	p.to, p.from, p.assembly, p.n = to, from, n >= turnNumbers, 0
	if to.Kind == from.Kind && to.Size == from.Size && to.Table == from.Table && to.Kind != Bool {
		if to.Swap != from.Swap {
			p.addSwap(from)
		}
		return
	}
	plain := to
	plain.Swap = false
	if !p.addAssembly(plain, from) {
		native := from.native()
		p.addNative(native, from)
		p.addConversion(plain, native)
	}
	if to.Kind == Complex && from.Kind != Complex {
		p.addLoop(complexLoops[to.form()], 1)
	}
	if to.Swap {
		p.addSwap(plain)
	}
}

// follow takes n items along the path and returns where it ends: at dst, or, where that is nil, in
// memory between the steps or at src itself.
func (p *path) follow(dst, src unsafe.Pointer, n int, between *[2]memory) unsafe.Pointer {
	if p.assembly && n < turnNumbers {
		var short path
		short.find(p.to, p.from, n)
		return short.follow(dst, src, n, between)
	}
	for i := range p.steps[:p.n] {
		to := dst
		if dst == nil || i < int(p.n)-1 {
			to = between[i&1].pointer()
		}
		p.steps[i].run(to, src, n)
		src = to
	}
	return src
}

func (s *step) run(dst, src unsafe.Pointer, n int) {
	n *= int(s.parts)
	if s.assembly == nil {
		s.do(dst, src, n)
		return
	}
	for done := 0; done < n; {
		call := callOf(n - done)
		s.assembly((*byte)(unsafe.Add(dst, done*int(s.to))), (*byte)(unsafe.Add(src, done*int(s.from))), call)
		done += call
	}
}

// addLoop adds a step in Go.
func (p *path) addLoop(do loop, parts int) {
	p.steps[p.n] = step{do: do, parts: uint8(parts)}
	p.n++
}

// addAssembly adds a step in assembly, if there is one that goes the whole way.
func (p *path) addAssembly(to, from Number) bool {
	if !p.assembly || to.parts() < from.parts() {
		return false
	}
	parts := from.parts()
	to, from = to.part(), from.part()
	kernel := kernelOf(to, from)
	if kernel == nil {
		return false
	}
	p.steps[p.n] = step{assembly: kernel, parts: uint8(parts), to: uint8(to.Size), from: uint8(from.Size)}
	p.n++
	return true
}

func (p *path) addSwap(n Number) {
	turned := n
	turned.Swap = !n.Swap
	if n.part().Size > 1 && !p.addAssembly(turned, n) {
		p.addLoop(swaps[bySize(n.part().Size)], n.parts())
	}
}

// addNative brings numbers to their form.
func (p *path) addNative(native, from Number) {
	if native == from || p.addAssembly(native, from) {
		return
	}
	if from.Swap {
		p.addSwap(from)
	}
	switch {
	case from.Kind == Bool:
		p.addLoop(truths[formUint8], 1)
	case from.Kind == Coded:
		p.addLoop(from.Table.read, 1)
	case from.Kind == BrainFloat:
		p.addLoop(float32sOfBrains, 1)
	case from.Kind == Float && from.Size == 2:
		p.addLoop(float32sOfHalves, 1)
	}
}

// addConversion goes from numbers in their form to any others, but not from parts to a whole.
func (p *path) addConversion(to, native Number) {
	switch {
	case to.Kind == Bool:
		p.addLoop(truths[native.form()], native.parts())
		if native.Kind == Complex {
			p.addLoop(eitherTruth, 1)
		}
	case to.Kind == Coded && native.form() == formFloat32:
		p.addLoop(to.Table.write, 1)
	case to.Kind == Coded:
		p.addLongForm(native)
		p.addLoop(to.Table.writeLong, 1)
	case to.Kind == BrainFloat:
		p.addLongForm(native)
		p.addLoop(brainsOfFloat64s, 1)
	case to.Kind == Float && to.Size == 2:
		p.addForm(Number{Kind: Float, Size: 8}, native)
		p.addLoop(halvesOfFloat64s, 1)
	default:
		p.addForm(to, native)
	}
}

// addLongForm goes to float64s that will be rounded to fewer bits.
func (p *path) addLongForm(native Number) {
	if native.wide() {
		p.addLoop(oddLoops[native.form()], 1)
		return
	}
	p.addForm(Number{Kind: Float, Size: 8}, native)
}

func (p *path) addForm(to, native Number) {
	if to.form() != native.form() && !p.addAssembly(to, native) {
		p.addLoop(conversions[native.form()][to.form()], native.parts())
	}
}
