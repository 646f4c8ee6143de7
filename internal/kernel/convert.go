package kernel

import "unsafe"

// Convertible reports whether numbers can be converted: all but a Complex to a real number.
func Convertible(to, from Number) bool {
	return to.Valid() && from.Valid() && (from.Kind != Complex || to.Kind == Complex || to.Kind == Bool)
}

// Convert writes the value of every item of src to its place in dst. Both have the same shape and do
// not overlap. A number that becomes a float is rounded to the nearest one, or to an infinity; a
// float that becomes an integer loses its fraction; everything but 0 is true.
//
// What is outside the range of an integer is refused, and so is a NaN: then nothing is written, and
// position is that of the first such item in C order.
func Convert(dst, src Items, to, from Number) (position int, ok bool) {
	dst.Size, src.Size = to.Size, from.Size
	if src.Count() == 0 {
		return 0, true
	}
	if position, ok = checkAll(src, to, from); !ok {
		return position, false
	}
	var p path
	switch p.find(to, from, src.Count()); {
	case p.n == 0:
		Copy(dst, src)
	case !isRun(&dst) || !isRun(&src):
		p.convertBlocks(dst, src)
	case p.n == 1:
		p.follow(dst.Base, src.Base, src.Count(), nil)
	default:
		w := newWorkspace()
		p.convertRun(dst.Base, src.Base, src.Count(), w)
		w.free()
	}
	return 0, true
}

func (p *path) convertBlocks(dst, src Items) {
	w := newWorkspace()
	defer w.free()
	b := &w.blocks
	for b.start(dst, src, blockItems, false); b.next(); {
		from := w.gather(1)
		to := b.side(0)
		run := w.run(0, &to)
		p.convertRun(run.Base, from, b.count, w)
		if run.Base != to.Base {
			Copy(to, run)
		}
	}
}

// convertRun converts as many items at a time as there is memory for between the steps.
func (p *path) convertRun(dst, src unsafe.Pointer, n int, w *workspace) {
	for done := 0; done < n; {
		here := blockOf(n - done)
		p.follow(unsafe.Add(dst, done*p.to.Size), unsafe.Add(src, done*p.from.Size), here, &w.staged[1])
		done += here
	}
}

// checkAll returns the position of the first item that is refused.
func checkAll(src Items, to, from Number) (position int, ok bool) {
	if !refusable(to, from) {
		return 0, true
	}
	native := from.native()
	if !from.integer() {
		native.Size = 8
	}
	c := checker{fits: checksOf[native.form()][to.form()]}
	c.path.find(native, from, src.Count())
	if c.path.n == 0 && isRun(&src) && c.fits(src.Base, src.Count()) {
		return 0, true
	}
	if _, ok := c.all(src, false); ok {
		return 0, true
	}
	return c.all(src, true)
}

// refusable reports whether some numbers cannot be converted.
func refusable(to, from Number) bool {
	switch {
	case !to.integer() || from.Kind == Bool:
		return false
	case !from.integer():
		return true
	case from.Kind == to.Kind:
		return to.Size < from.Size
	}
	return from.Kind == Int || to.Size <= from.Size
}

// A checker goes over numbers that are to become integers.
type checker struct {
	path path // to their form
	fits check
}

// all goes over the blocks. Where they are ordered, position is that of the first item that is refused.
func (c *checker) all(src Items, ordered bool) (position int, ok bool) {
	w := newWorkspace()
	defer w.free()
	b := &w.blocks
	for b.start(src, src, blockItems, ordered); b.next(); {
		from := w.gather(0)
		for done := 0; done < b.count; {
			here := blockOf(b.count - done)
			run := c.path.follow(nil, unsafe.Add(from, done*src.Size), here, &w.staged[0])
			if !c.fits(run, here) {
				return position + done + c.first(run), false
			}
			done += here
		}
		position += b.count
	}
	return 0, true
}

// first returns the index of the first number of a run that does not fit. There is one.
func (c *checker) first(run unsafe.Pointer) int {
	i := 0
	for c.fits(run, i+1) {
		i++
	}
	return i
}
