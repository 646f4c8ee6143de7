package kernel

import "unsafe"

// A path turns numbers into others, step by step. Each step is a loop over runs. Between them numbers
// are in one of the forms.
type path struct {
	n     int
	steps [5]step
}

type step struct {
	do    loop
	parts int // numbers that it works on for each item
}

func (p *path) add(do loop, parts int) {
	p.steps[p.n] = step{do, parts}
	p.n++
}

// pathTo finds the path. The numbers are convertible, and those that are to become integers have been
// checked.
func pathTo(to, from Number) (p path) {
	if to.Kind == from.Kind && to.Size == from.Size && to.Kind != Bool {
		if to.Swap != from.Swap {
			p.addSwap(to)
		}
		return p
	}
	if from.Swap {
		p.addSwap(from)
	}
	p.addDecode(from)
	p.addConvert(to, from)
	if to.Kind == Complex && from.Kind != Complex {
		p.add(complexLoops[to.form()], 1)
	}
	if to.Swap {
		p.addSwap(to)
	}
	return p
}

// follow takes n items along the path and returns where it ends: at dst, or, where that is nil, in
// memory between the steps or at src itself.
func (p *path) follow(dst, src unsafe.Pointer, n int, between *[2]memory) unsafe.Pointer {
	for i, s := range p.steps[:p.n] {
		to := dst
		if i < p.n-1 || dst == nil {
			to = between[i&1].pointer()
		}
		s.do(to, src, n*s.parts)
		src = to
	}
	return src
}

func (p *path) addSwap(n Number) {
	switch n.part().Size {
	case 2:
		p.add(swap16, n.parts())
	case 4:
		p.add(swap32, n.parts())
	case 8:
		p.add(swap64, n.parts())
	}
}

// addDecode brings what is in no form to its form.
func (p *path) addDecode(from Number) {
	switch {
	case from.Kind == Bool:
		p.add(truths[formUint8], 1)
	case from.Kind == BrainFloat:
		p.add(float32sOfBrains, 1)
	case from.Kind == Float && from.Size == 2:
		p.add(float32sOfHalves, 1)
	}
}

// addConvert goes from a number in its form to any other but Complex, or from part to part.
func (p *path) addConvert(to, from Number) {
	parts, form := from.parts(), from.form()
	switch {
	case to.Kind == Bool && from.Kind == Bool:
	case to.Kind == Bool:
		p.add(truths[form], parts)
		if parts == 2 {
			p.add(eitherTruth, 1)
		}
	case to.Kind == BrainFloat && from.wide():
		p.add(oddLoops[form], 1)
		p.add(brainsOfFloat64s, 1)
	case to.Kind == BrainFloat:
		p.addForm(formFloat64, form, 1)
		p.add(brainsOfFloat64s, 1)
	case to.Kind == Float && to.Size == 2:
		p.addForm(formFloat64, form, 1)
		p.add(halvesOfFloat64s, 1)
	default:
		p.addForm(to.form(), form, parts)
	}
}

func (p *path) addForm(to, from form, parts int) {
	if to != from {
		p.add(conversions[from][to], parts)
	}
}
