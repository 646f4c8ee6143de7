package picture

import (
	"fmt"
	"image"
	"math"

	"github.com/go-memoryview/memoryview"
	"github.com/go-memoryview/memoryview/buffer"
	"github.com/go-memoryview/memoryview/internal/summary"
)

// Heatmap has a colour for each item of a matrix, or for the mean of some.
type Heatmap struct {
	Shape []int // of the array
	Grid
	Special // of the items that were read

	options Options
}

// Grid is a small matrix, row by row. A cell is the mean of those items in its place that are finite; NaN where there is none.
type Grid struct {
	Rows, Columns int
	Values        []float64
	Read          int // items that it was made of
}

// Kind returns HeatKind.
func (*Heatmap) Kind() string { return HeatKind }

// mostItems are read of a matrix: more change no picture.
const mostItems = 1 << 24

func readHeatmap(v *memoryview.View, w *summary.Work, o Options) (*Heatmap, error) {
	shape := v.Shape()
	if len(shape) != 2 {
		return nil, fmt.Errorf("%w: a heat map is of two dimensions, and the shape is %s: cut a part, as in [0, :, :]", buffer.ErrValue, shapeText(shape))
	}
	h := &Heatmap{Shape: shape, options: o}
	rows, columns := h.room()
	var err error
	h.Grid, err = readGrid(v, w, rows, columns, &h.Special)
	return h, err
}

// room is how many cells there are at most: as many as fit, in the ratio of the shape, unless one side becomes too short to be seen.
func (h *Heatmap) room() (rows, columns int) {
	o := h.options
	top := 6 * CellHeight
	if o.Width < 60*CellWidth {
		top = 9 * CellHeight // notes take more lines
	}
	rows, columns = max((o.Height-top)/o.pixel(), 8), max((o.Width-8*CellWidth-barRoom)/o.pixel(), 8)
	part := min(float64(rows)/float64(max(h.Shape[0], 1)), float64(columns)/float64(max(h.Shape[1], 1)))
	short := max(8*CellWidth/o.pixel(), 8)
	return min(rows, max(int(part*float64(h.Shape[0])), short)), min(columns, max(int(part*float64(h.Shape[1])), short))
}

// readGrid reads a matrix as a grid that is no larger than asked. Of more items than change a picture, some are left out.
func readGrid(v *memoryview.View, w *summary.Work, rows, columns int, special *Special) (g Grid, err error) {
	strides := v.Strides()
	if v.Suboffsets() == nil && abs(strides[0]) < abs(strides[1]) {
		turned, err := v.Transpose()
		if err != nil {
			return g, err
		}
		defer turned.Release()
		g, err = readRows(turned, w, columns, rows, special)
		return g.transposed(), err
	}
	return readRows(v, w, rows, columns, special)
}

func (g *Grid) transposed() Grid {
	t := Grid{Rows: g.Columns, Columns: g.Rows, Read: g.Read, Values: make([]float64, len(g.Values))}
	for i := range g.Rows {
		for j := range g.Columns {
			t.Values[j*t.Columns+i] = g.Values[i*g.Columns+j]
		}
	}
	return t
}

func readRows(v *memoryview.View, w *summary.Work, rows, columns int, special *Special) (g Grid, err error) {
	shape := v.Shape()
	steps := stepsFor(shape, rows, columns)
	part, err := v.Select(fmt.Sprintf("::%d, ::%d", steps[0], steps[1]))
	if err != nil {
		return g, err
	}
	defer part.Release()
	n, err := numbersOf(part)
	if err != nil {
		return g, err
	}
	shape = part.Shape()
	g = Grid{Rows: min(rows, shape[0]), Columns: min(columns, shape[1]), Read: n.count}
	g.Values = make([]float64, g.Rows*g.Columns)
	if n.count == 0 {
		return g, nil
	}
	counts := make([]int, len(g.Values))
	places := make([]int, shape[1]) // the column of the grid that each column goes to
	for k := range g.Columns {
		for j := bound(k, shape[1], g.Columns); j < bound(k+1, shape[1], g.Columns); j++ {
			places[j] = k
		}
	}
	r := 0
	err = n.each(w, func(from int, x []float64) {
		for len(x) > 0 {
			i, j := from/shape[1], from%shape[1]
			for i >= bound(r+1, shape[0], g.Rows) {
				r++
			}
			here := min(len(x), shape[1]-j)
			for k, v := range x[:here] {
				if special.take(v) {
					at := r*g.Columns + places[j+k]
					counts[at]++
					g.Values[at] += (v - g.Values[at]) / float64(counts[at])
				}
			}
			from, x = from+here, x[here:]
		}
	})
	for i, n := range counts {
		if n == 0 {
			g.Values[i] = math.NaN()
		}
	}
	return g, err
}

// stepsFor leaves out rows first, which saves reading them, and then columns; at least two items stay for a cell.
func stepsFor(shape []int, rows, columns int) (steps [2]int) {
	steps = [2]int{1, 1}
	for d, cells := range [2]int{rows, columns} {
		others := shape[1-d]
		if d == 1 {
			others = (shape[0]-1)/steps[0] + 1
		}
		if shape[d] > 0 && others > 0 && shape[d] > mostItems/others {
			wanted := shape[d]/max(mostItems/others, 1) + 1
			steps[d] = max(min(wanted, shape[d]/(2*cells)), 1)
		}
	}
	return steps
}

// barRoom is what the bar of colours takes, with its labels.
const barRoom = 12 * CellWidth

// Draw draws the cells, and beside them a bar that says what the colours mean.
func (h *Heatmap) Draw(title string) *Drawing {
	s := h.options.scaleOf(h.Values)
	notes := h.note()
	if h.Grid.Rows*h.Grid.Columns < h.Shape[0]*h.Shape[1] {
		per := float64(h.Read) / float64(max(len(h.Values), 1))
		notes = append(notes, fmt.Sprintf("each of %d × %d cells is the mean of about %s", h.Grid.Rows, h.Grid.Columns, count(int(per+0.5), "item")))
		if all := h.Shape[0] * h.Shape[1]; h.Read < all {
			notes[len(notes)-1] += fmt.Sprintf(", read %.2g%% of all", 100*float64(h.Read)/float64(all))
		}
	}
	img, missing := h.paint(s)
	if missing {
		notes = append(notes, h.missingNote())
	}
	f := newFrame(title, notes, nil, s, h.options.Size, barRoom)
	barTicks := f.ticks
	f.ticks = nil
	w, high := h.cellSize(f)
	f.x = lengthOf(fmt.Sprint(max(h.Shape[0]-1, 0))) + 2*CellWidth
	f.narrow(w*float64(h.Columns), barRoom)
	full := f.h
	f.h = max(high*float64(h.Rows), 1)
	f.h = math.Ceil(f.h/CellHeight) * CellHeight
	f.add(raster{f.x, f.y, w * float64(h.Columns), high * float64(h.Rows), img, Missing})
	f.indices(h.Shape, high*float64(h.Rows), w*float64(h.Columns))
	f.colorBar(s, barTicks, f.x+f.w+2*CellWidth, min(full, max(f.h, 6*CellHeight)))
	f.Height = f.y + max(f.h, min(full, 6*CellHeight)) + CellHeight
	return f.Drawing
}

// missingNote says how cells without a place on the scale are marked.
func (h *Heatmap) missingNote() string {
	what, mark := "a number", "red"
	if h.options.Log {
		what = "a positive number"
	}
	if h.options.Terminal {
		mark = "red, or × without colours"
	}
	return fmt.Sprintf("cells without %s are %s", what, mark)
}

// paint makes a pixel of each cell, transparent where it has no place on the scale.
func (h *Heatmap) paint(s scale) (img *image.NRGBA, missing bool) {
	img = image.NewNRGBA(image.Rect(0, 0, h.Columns, h.Rows))
	for i, x := range h.Values {
		part := s.at(x)
		missing = missing || part != part
		img.SetNRGBA(i%h.Columns, i/h.Columns, colorOf(part))
	}
	return img, missing
}

// Colors is a pixel for each cell, transparent where there is no number, and what the first and last of the colors stand for.
func (h *Heatmap) Colors() (img *image.NRGBA, low, high float64) {
	s := h.options.scaleOf(h.Values)
	img, _ = h.paint(s)
	return img, s.low, s.high
}

// AllColors is an image of the colors themselves, from the first to the last, one pixel high.
func AllColors() *image.NRGBA {
	img := image.NewNRGBA(image.Rect(0, 0, len(viridis), 1))
	for i, c := range viridis {
		img.SetNRGBA(i, 0, c)
	}
	return img
}

// cellSize is how large each is, as square as the room allows: of whole pixels, unless those are small.
func (h *Heatmap) cellSize(f *frame) (w, high float64) {
	side := float64(h.options.pixel())
	w, high = f.w/side/float64(max(h.Columns, 1)), f.h/side/float64(max(h.Rows, 1))
	smaller := max(min(w, high), 3*CellHeight/side)
	w, high = min(w, smaller), min(high, smaller)
	if h.options.Terminal || min(w, high) >= 4 {
		w, high = max(math.Floor(w), 1), max(math.Floor(high), 1)
	}
	return w * side, high * side
}

// indices writes some of those of rows and columns beside them.
func (f *frame) indices(shape []int, high, wide float64) {
	const half = CellWidth / 2
	last := -1
	rows := scale{0, float64(max(shape[0]-1, 1)), false}
	for _, t := range wholeTicks(rows, rows.ticks(max(int(high/CellHeight/3), 1))) {
		if t.value >= float64(shape[0]) {
			continue
		}
		y := f.y + (t.value+0.5)/float64(shape[0])*high
		if line := int(y / CellHeight); line > last {
			f.add(label{at: point{f.x - CellWidth, y}, text: t.text, anchor: end, ink: Dim})
			last = line
		}
	}
	columns := scale{0, float64(max(shape[1]-1, 1)), false}
	right := -1.0
	y := f.y + f.h + half*2
	for _, t := range wholeTicks(columns, columns.ticks(max(int(wide/CellWidth/8), 1))) {
		if t.value >= float64(shape[1]) {
			continue
		}
		l := label{at: point{f.x + (t.value+0.5)/float64(shape[1])*wide, y}, text: t.text, anchor: middle, ink: Dim}
		if l.left() > right {
			f.add(l)
			right = l.left() + lengthOf(l.text) + half
		}
	}
}

// colorBar draws the colours of a scale from below to above, and its ticks.
func (f *frame) colorBar(s scale, ticks []tick, x, high float64) {
	const steps = 256
	img := image.NewNRGBA(image.Rect(0, 0, 1, steps))
	for i := range steps {
		img.SetNRGBA(0, i, viridis[steps-1-i])
	}
	f.add(raster{x, f.y, 2 * CellWidth, high, img, None})
	last := math.Inf(1)
	for _, t := range ticks {
		y := f.y + (1-s.within(t.value))*(high-1)
		if last-y < CellHeight {
			continue
		}
		last = y
		f.add(label{at: point{x + 3*CellWidth, min(max(y, f.y+1), f.y+high-1)}, text: t.text, ink: Dim})
	}
}
