package picture

import (
	"fmt"
	"strconv"
	"strings"
)

// margin is about what stands beside a plot.
const margin = 12 * CellWidth

// legend is a name, and the ink that stands for it.
type legend struct {
	name string
	ink  Ink
}

// frame is a drawing with a title, and an area for data between two axes. All edges lie between characters, so that
// the axes themselves lie in the middle of some.
type frame struct {
	*Drawing
	x, y, w, h float64 // the area
	scale      scale   // from its lower to its upper end
	ticks      []tick
	size       Size
	headWidth  float64
}

// least is the side of the smallest area.
const least = 4 * CellHeight

// newFrame leaves room at the right. A scale without ends is that of a picture that counts downwards, and has its ticks from elsewhere.
func newFrame(title string, notes []string, names []legend, s scale, size Size, right float64) *frame {
	f := &frame{Drawing: &Drawing{Width: float64(size.Width), Height: float64(size.Height)}, scale: s, size: size}
	rows := f.head(title, notes, names)
	f.y = float64(rows) * CellHeight
	f.h = max(cells(f.Height-f.y-2*CellHeight, CellHeight), least)
	f.mark()
	f.beside(right, f.ticks)
	f.Height = f.y + f.h + 2*CellHeight
	return f
}

// mark puts ticks on the scale, as many as have room.
func (f *frame) mark() {
	apart := 3.0 // lines
	if f.size.Terminal {
		apart = 2
	}
	f.ticks = f.scale.ticks(max(int(f.h/CellHeight/apart), 3))
}

// panels divides the area into one for each scale, below each other, with room for a name above each.
func (f *frame) panels(scales []scale) []*frame {
	all := make([]*frame, len(scales))
	each := max(cells((f.h+CellHeight)/float64(len(scales)), CellHeight)-2*CellHeight, 2*CellHeight)
	var ticks []tick
	for i, s := range scales {
		p := *f
		p.scale, p.h, p.y = s, each, f.y+float64(i)*(each+2*CellHeight)+CellHeight
		p.mark()
		all[i] = &p
		ticks = append(ticks, p.ticks...)
	}
	f.beside(0, ticks)
	for _, p := range all {
		p.x, p.w = f.x, f.w
		if len(f.ticks) == 0 {
			p.ticks = nil
		}
	}
	last := all[len(all)-1]
	f.Height = last.y + last.h + 2*CellHeight
	return all
}

// cells rounds a length down to whole characters.
func cells(length, size float64) float64 { return float64(int(length/size)) * size }

// head writes title, notes and legend, and returns how many rows they take.
func (f *frame) head(title string, notes []string, names []legend) (rows int) {
	write := func(text string, ink Ink) {
		for _, text := range wrap(text, f.Width) {
			f.add(label{at: point{0, row(rows)}, text: text, ink: ink})
			f.headWidth = max(f.headWidth, lengthOf(text))
			rows++
		}
	}
	write(title, Text)
	if len(notes) > 0 {
		write(strings.Join(notes, "; "), Dim)
	}
	x := 0.0
	for _, l := range names {
		name := fit(l.name, f.Width-4*CellWidth)
		if x > 0 && x+lengthOf(name)+3*CellWidth > f.Width {
			x = 0
			rows++
		}
		f.add(curve{[]point{{x, row(rows)}, {x + 2*CellWidth - 2, row(rows)}}, l.ink}, label{at: point{x + 3*CellWidth, row(rows)}, text: name, ink: Text})
		x += lengthOf(name) + 5*CellWidth
		f.headWidth = max(f.headWidth, x)
	}
	if len(names) > 0 {
		rows++
	}
	return rows + 1
}

// beside makes room for the labels of the ticks, unless there is too little.
func (f *frame) beside(right float64, ticks []tick) {
	wide := 0.0
	f.ticks = ticks
	for _, t := range ticks {
		wide = max(wide, lengthOf(t.text))
	}
	if f.Width-wide-right < least*2 {
		wide = 0
		f.ticks = nil
	}
	f.x = wide + 2*CellWidth
	f.w = max(cells(f.Width-f.x-right-CellWidth, CellWidth), least)
}

// narrow gives room back that data does not fill.
func (f *frame) narrow(w, right float64) {
	f.w = min(f.w, w)
	f.Width = min(f.Width, max(f.headWidth, f.x+f.w+right+CellWidth))
}

// inside is the y of a part of the scale.
func (f *frame) inside(part float64) float64 {
	return f.y + (1-min(max(part, 0), 1))*(f.h-1) + 0.5
}

// axes draws the two, and what is written beside the left one.
func (f *frame) axes() {
	const half = CellWidth / 2
	left, bottom := f.corner()
	f.add(rule{from: point{left, f.y}, to: point{left, bottom}, ink: Rule}, rule{from: point{left, bottom}, to: point{f.x + f.w, bottom}, ink: Rule})
	for _, t := range f.ticks {
		y := f.inside(f.scale.at(t.value))
		if !f.size.Terminal {
			f.add(rule{from: point{f.x, y}, to: point{f.x + f.w, y}, ink: Faint})
		}
		f.add(rule{from: point{left - half, y}, to: point{left, y}, ink: Rule},
			label{at: point{f.x - 2*CellWidth, y}, text: t.text, anchor: end, ink: Dim})
	}
}

// corner is where the axes meet: in a terminal in the middle of a character, elsewhere at the data.
func (f *frame) corner() (left, bottom float64) {
	if f.size.Terminal {
		return f.x - CellWidth/2, f.y + f.h + CellHeight/2
	}
	return f.x - 1, f.y + f.h
}

// below writes the values along the horizontal axis.
func (f *frame) below(s scale, whole bool) {
	ticks := s.ticks(max(int(f.w/CellWidth/12), 2))
	if whole {
		ticks = wholeTicks(s, ticks)
	}
	for _, t := range ticks {
		f.tickBelow(f.x+s.at(t.value)*(f.w-1), t.text)
	}
}

// wholeTicks are those of an index, which has no fractions.
func wholeTicks(s scale, ticks []tick) (all []tick) {
	for _, t := range ticks {
		if t.value == float64(int64(t.value)) {
			if t.value < 1e15 {
				t.text = strconv.FormatFloat(t.value+0, 'f', 0, 64) // +0: there is a -0
			}
			all = append(all, t)
		}
	}
	if len(all) == 0 {
		return s.ends()
	}
	return all
}

// tickBelow writes a text below a place of the axis, unless it would touch the one before.
func (f *frame) tickBelow(x float64, text string) {
	_, bottom := f.corner()
	l := label{at: point{x, f.y + f.h + 1.5*CellHeight}, text: text, anchor: middle, ink: Dim}
	if l.left() < 0 {
		l.at.x = lengthOf(text) / 2
	}
	if over := l.left() + lengthOf(text) - f.Width; over > 0 {
		l.at.x -= over
	}
	for i := len(f.shapes) - 1; i >= 0; i-- {
		if before, ok := f.shapes[i].(label); ok && before.at.y == l.at.y {
			if before.left()+lengthOf(before.text)+CellWidth > l.left() {
				return
			}
			break
		}
	}
	f.add(rule{from: point{x, bottom}, to: point{x, bottom + CellHeight/2}, ink: Rule}, l)
}

// count writes how many of something there are.
func count[T int | int64](n T, thing string) string {
	if n == 1 {
		return fmt.Sprintf("%d %s", n, thing)
	}
	return fmt.Sprintf("%d %ss", n, thing)
}
