package picture

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Draw draws the memory with its items, the way of iteration through it, and the fields of an item.
func (m *Map) Draw(title string, size Size) *Drawing {
	width := size.Width
	if width == 0 {
		width = usualWidth
	}
	if !size.Terminal {
		width -= 2 * border
	}
	width = max(width, 24*CellWidth)
	s := &sheet{Drawing: &Drawing{Width: float64(width)}, columns: width / CellWidth, terminal: size.Terminal}
	s.write(title, Text)
	for _, line := range m.words() {
		s.write(line, Dim)
	}
	for _, strip := range m.Strips {
		s.strip(m, strip)
	}
	if len(m.Fields) > 0 {
		s.record(m)
	}
	s.path(m)
	s.Height = float64(s.rows) * CellHeight
	return s.Drawing
}

// words say what the numbers mean.
func (m *Map) words() (lines []string) {
	where := fmt.Sprintf("%s of %s", count(m.Count, "item"), count(m.ItemSize, "byte"))
	switch {
	case m.Suboffsets != nil:
		where += fmt.Sprintf(", behind pointers: suboffsets %s", shapeText(m.Suboffsets))
	case m.Count > 0:
		where += fmt.Sprintf(", in bytes %d to %d", m.Low, m.High-1)
	}
	lines = append(lines, where, "strides "+shapeText(m.Strides))
	switch c := m.Contiguity; {
	case c.C && c.F:
		lines = append(lines, "contiguous in C order and in Fortran order")
	case c.C:
		lines = append(lines, "contiguous in C order; not in Fortran order: "+c.WhyF)
	case c.F:
		lines = append(lines, "contiguous in Fortran order; not in C order: "+c.WhyC)
	default:
		lines = append(lines, "not contiguous: "+c.WhyC)
		if c.WhyF != c.WhyC {
			lines = append(lines, strings.Repeat(" ", len("not contiguous: "))+c.WhyF)
		}
	}
	if order := m.orderWords(); order != "" {
		lines = append(lines, order)
	}
	for i, j := range m.Jumps {
		what, where := "iteration in C order goes ", "along"
		if i > 0 {
			what, where = strings.Repeat(" ", len(what)-len("then "))+"then ", "to the next of"
		}
		lines = append(lines, fmt.Sprintf("%s%s %s dimension %d, %s", what, signedBytes(j.Bytes), where, j.Dimension, times(j.Times)))
	}
	return lines
}

func signedBytes(n int64) string {
	switch n {
	case 0:
		return "0 bytes"
	case 1, -1:
		return fmt.Sprintf("%+d byte", n)
	}
	return fmt.Sprintf("%+d bytes", n)
}

func times(n int64) string {
	if n == 1 {
		return "once"
	}
	return fmt.Sprintf("%d times", n)
}

// orderWords says in which order dimensions vary in memory, where there are several that do.
func (m *Map) orderWords() string {
	var names []string
	for i := len(m.Order) - 1; i >= 0; i-- {
		d := m.Order[i]
		if m.Shape[d] < 2 || m.Strides[d] == 0 {
			continue
		}
		name := strconv.Itoa(d)
		if m.Strides[d] < 0 {
			name += " (backwards)"
		}
		names = append(names, name)
	}
	if len(names) < 2 || m.Suboffsets != nil {
		return ""
	}
	return "in memory dimension " + names[0] + " varies fastest, then " + strings.Join(names[1:], ", ")
}

// sheet is a drawing that is filled from above.
type sheet struct {
	*Drawing
	columns  int // characters
	rows     int // that are full
	terminal bool
}

func (s *sheet) write(text string, ink Ink) {
	for _, line := range wrap(text, s.Width) {
		s.add(label{at: point{0, row(s.rows)}, text: line, ink: ink})
		s.rows++
	}
}

// part is a box in a row of boxes, from the middle of one character to that of another.
type part struct {
	lines  [2]string
	offset string // below its left edge
	wide   int    // characters
	fill   Ink
	title  string
	open   bool // it stands for what is left out: there is no box
	place  *Place
}

// boxes draws parts side by side, in as many lines as they take, and calls below for each line with the column of each part's left edge.
func (s *sheet) boxes(parts []part, end string, below func(parts []part, columns []int)) {
	for len(parts) > 0 {
		n, at := 0, 0
		var columns []int
		for n < len(parts) && (n == 0 || at+parts[n].wide+len(end) <= s.columns-1) {
			columns = append(columns, at)
			at += parts[n].wide
			n++
		}
		top := row(s.rows)
		for i, p := range parts[:n] {
			x, w := float64(columns[i])*CellWidth+CellWidth/2, float64(p.wide)*CellWidth
			if !p.open {
				s.add(box{x: x, y: top, w: w, h: 3 * CellHeight, fill: p.fill, stroke: Rule, title: p.title})
			}
			for k, text := range p.lines {
				ink := Text
				if k == 1 || p.place == nil {
					ink = Dim
				}
				s.add(label{at: point{x + w/2, top + float64(k+1)*CellHeight}, text: fit(text, w-CellWidth), anchor: middle, ink: ink})
			}
			if p.offset != "" {
				s.add(label{at: point{x - CellWidth/2, top + 4*CellHeight}, text: p.offset, ink: Dim})
			}
		}
		s.rows += 5
		if n == len(parts) && end != "" {
			s.add(label{at: point{float64(at) * CellWidth, row(s.rows - 1)}, text: end, ink: Dim})
		}
		if below != nil {
			below(parts[:n], columns)
		}
		parts = parts[n:]
	}
}

// mostLanes of items that overlap are drawn.
const mostLanes = 4

func (s *sheet) strip(m *Map, strip Strip) {
	s.rows++
	if strip.Name != "" {
		s.write(strip.Name, Text)
	}
	lanes, left := strip.lanes()
	for i, lane := range lanes {
		if i > 0 {
			s.write("items that begin inside of those above", Dim)
		}
		end := strconv.FormatInt(lane[len(lane)-1].Offset+int64(strip.ItemSize), 10)
		drawn := map[int]bool{}
		s.boxes(s.partsOf(m, strip, lane, i == 0), end, func(parts []part, columns []int) { s.strides(m, parts, columns, drawn) })
	}
	if left > 0 {
		s.write(fmt.Sprintf("%s more overlap", count(left, "item")), Dim)
	}
}

// lanes divides items so that those of a lane do not overlap. Some are left where there are too many lanes.
func (strip *Strip) lanes() (lanes [][]Place, left int) {
	var ends []int64
next:
	for _, p := range strip.Items {
		for i, e := range ends {
			if p.Offset >= e {
				lanes[i], ends[i] = append(lanes[i], p), p.Offset+int64(strip.ItemSize)
				continue next
			}
		}
		if len(lanes) == mostLanes {
			left++
			continue
		}
		lanes, ends = append(lanes, []Place{p}), append(ends, p.Offset+int64(strip.ItemSize))
	}
	return lanes, left
}

// partsOf makes boxes of items, and of the memory between them.
func (s *sheet) partsOf(m *Map, strip Strip, lane []Place, hides bool) (parts []part) {
	texts := make([]string, len(lane))
	wide := 0
	for i, p := range lane {
		texts[i] = fit(m.indexText(p.Index), s.Width/2)
		wide = max(wide, len(texts[i])+3, len(strip.stepText(p))+3, len(strconv.FormatInt(p.Offset, 10))+2)
	}
	half := (len(strip.Items) + 1) / 2
	for i, p := range lane {
		if i > 0 {
			before := lane[i-1]
			gap := p.Offset - before.Offset - int64(strip.ItemSize)
			switch {
			case hides && strip.Hidden > 0 && i == min(half, len(lane)-1):
				text := fmt.Sprintf("... %d more ...", strip.Hidden)
				parts = append(parts, part{lines: [2]string{text}, wide: len(text) + 3, open: true, offset: strconv.FormatInt(before.Offset+int64(strip.ItemSize), 10)})
			case gap > 0:
				parts = append(parts, gapPart(before.Offset+int64(strip.ItemSize), gap, strip.ItemSize, wide))
			}
		}
		offset := strconv.FormatInt(p.Offset, 10)
		item := part{
			lines: [2]string{texts[i], strip.stepText(p)}, offset: offset, wide: wide, fill: Item, place: &lane[i],
			title: fmt.Sprintf("item %s at byte %s, step %d", m.indexText(p.Index), offset, p.Step),
		}
		if strip.Pointers {
			item.fill, item.title = Padding, fmt.Sprintf("pointer %s at byte %s", m.indexText(p.Index), offset)
		}
		parts = append(parts, item)
	}
	return parts
}

// stepText is the position in iteration, and how many other items lie there.
func (strip *Strip) stepText(p Place) string {
	if strip.Pointers {
		return "pointer"
	}
	if p.More > 0 {
		return fmt.Sprintf("#%d and %d", p.Step, p.More)
	}
	return fmt.Sprintf("#%d", p.Step)
}

// gapPart is as wide as its part of an item, if that is neither too narrow to be read nor too wide.
func gapPart(offset, gap int64, size, wide int) part {
	text := strconv.FormatInt(gap, 10)
	w := int(min(float64(gap)/float64(max(size, 1))*float64(wide), float64(2*wide)))
	return part{
		lines: [2]string{"gap", text}, offset: strconv.FormatInt(offset, 10), wide: max(w, len(text)+3, 6, len(strconv.FormatInt(offset, 10))+2), fill: Gap,
		title: fmt.Sprintf("gap of %s bytes at byte %d", text, offset),
	}
}

// strides draws a measure for each dimension from item 0 to its neighbour there, where both stand in this line.
func (s *sheet) strides(m *Map, parts []part, columns []int, drawn map[int]bool) {
	if m.Suboffsets != nil {
		return
	}
	at := func(dimension int) (column int, ok bool) {
		for i, p := range parts {
			if p.place != nil && isNeighbour(p.place.Index, dimension) {
				return columns[i], true
			}
		}
		return 0, false
	}
	zero, ok := at(-1)
	if !ok {
		return
	}
	for i := len(m.Order) - 1; i >= 0; i-- {
		d := m.Order[i]
		to, ok := at(d)
		if !ok || m.Shape[d] < 2 || m.Strides[d] == 0 || drawn[d] {
			continue
		}
		drawn[d] = true
		text := fmt.Sprintf("dimension %d: %+d", d, m.Strides[d])
		y := row(s.rows)
		x0, x1 := float64(zero)*CellWidth+CellWidth/2, float64(to)*CellWidth+CellWidth/2
		s.add(rule{from: point{x0, y}, to: point{x1, y}, ink: series(d), head: true},
			rule{from: point{x0, y - CellHeight/2}, to: point{x0, y + CellHeight/2}, ink: series(d)})
		l := label{at: point{max(x0, x1) + 1.5*CellWidth, y}, text: text, ink: series(d)}
		if l.at.x+lengthOf(text) > s.Width {
			l.at.x, l.anchor = min(x0, x1)-1.5*CellWidth, end
		}
		if l.left() < 0 {
			s.rows++
			l.at, l.anchor = point{0, row(s.rows)}, start
		}
		s.add(l)
		s.rows++
	}
}

// isNeighbour reports whether an index is 1 in a dimension and 0 in all others.
func isNeighbour(index []int, dimension int) bool {
	for d, i := range index {
		if d == dimension && i != 1 || d != dimension && i != 0 {
			return false
		}
	}
	return true
}

// record draws the fields of one item. They are as wide as their names.
func (s *sheet) record(m *Map) {
	s.rows++
	s.write(fmt.Sprintf("each item, %s (not to scale):", count(m.ItemSize, "byte")), Text)
	var parts []part
	for _, f := range m.Fields {
		p := part{lines: [2]string{f.Name, f.Format}, fill: Item, place: new(Place), title: fmt.Sprintf("field %s at byte %d of an item, %s", f.Name, f.Offset, count(f.Size, "byte"))}
		if f.Name == "" {
			p = part{lines: [2]string{"padding", strconv.Itoa(f.Size)}, fill: Padding, title: fmt.Sprintf("padding at byte %d of an item, %s", f.Offset, count(f.Size, "byte"))}
		}
		p.lines[0], p.lines[1] = fit(p.lines[0], s.Width/2), fit(p.lines[1], s.Width/3)
		p.offset = strconv.Itoa(f.Offset)
		p.wide = max(len([]rune(p.lines[0]))+3, len([]rune(p.lines[1]))+3, len(p.offset)+2)
		parts = append(parts, p)
	}
	end := strconv.Itoa(m.ItemSize)
	if len(m.Fields) >= mostParts {
		end = "..."
	}
	s.boxes(parts, end, nil)
}

// mostSteps of iteration are drawn.
const mostSteps = 48

// path draws where iteration in C order goes: bytes to the right, steps downwards.
func (s *sheet) path(m *Map) {
	steps := min(m.Count, mostSteps)
	if steps < 2 || m.Suboffsets != nil {
		return
	}
	what := fmt.Sprintf("iteration in C order, by byte, downwards (%d steps):", steps)
	if steps < m.Count {
		what = fmt.Sprintf("iteration in C order, by byte, downwards (the first %d of %d steps):", steps, m.Count)
	}
	s.rows++
	s.write(what, Text)
	offsets := make([]int64, steps)
	low, high := int64(math.MaxInt64), int64(math.MinInt64)
	for k := range steps {
		offsets[k] = m.Offset
		for d, i := range unravel(k, m.Shape) {
			offsets[k] += int64(i) * int64(m.Strides[d])
		}
		low, high = min(low, offsets[k]), max(high, offsets[k])
	}
	side := min(max(480/float64(steps), 8), 16)
	if s.terminal {
		side = min(max(160/float64(steps), dot), 2*dot)
	}
	rows := max(int(math.Ceil(float64(steps)*side/CellHeight)), 2)
	f := &frame{
		Drawing: s.Drawing, scale: scale{0, float64(steps - 1), false}, size: Size{Terminal: s.terminal},
		x: 4 * CellWidth, y: float64(s.rows) * CellHeight, w: min(s.Width-6*CellWidth, 80*CellWidth), h: float64(rows) * CellHeight,
	}
	f.axes()
	for _, k := range []int64{0, steps - 1} {
		y := f.y + (float64(k)+0.5)/float64(steps)*f.h
		f.add(label{at: point{3 * CellWidth, y}, text: strconv.FormatInt(k, 10), anchor: end, ink: Dim})
	}
	across := newScale(float64(low), float64(high), false)
	c := curve{ink: Series}
	for k, offset := range offsets {
		p := point{f.x + across.within(float64(offset))*(f.w-CellWidth) + CellWidth/2, f.y + (float64(k)+0.5)/float64(steps)*f.h}
		c.points = append(c.points, p)
		if !s.terminal {
			f.add(box{x: p.x - 2, y: p.y - 2, w: 5, h: 5, fill: Series, title: fmt.Sprintf("step %d: byte %d", k, offset)})
		}
	}
	f.add(c)
	for _, t := range wholeTicks(across, across.ticks(max(int(f.w/CellWidth/12), 2))) {
		f.tickBelow(f.x+across.at(t.value)*(f.w-CellWidth)+CellWidth/2, t.text)
	}
	s.rows += rows + 2
}
