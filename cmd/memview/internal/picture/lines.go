package picture

import (
	"fmt"
	"math"

	"github.com/go-memoryview/memoryview"
	"github.com/go-memoryview/memoryview/buffer"
	"github.com/go-memoryview/memoryview/format"
	"github.com/go-memoryview/memoryview/internal/summary"
)

// Lines are columns of numbers over their index.
type Lines struct {
	Count   int // items of each
	Columns []Column
	Left    int  // columns that were not read, because there are too many
	Fields  bool // they are fields of records, which may be of different sorts: each has a scale of its own

	options Options
}

// Column is one of them. Where there are more items than the picture has columns of pixels, each of those shows the lowest and highest of its items,
// so that none is lost; else the two are the same. NaN: there is none.
type Column struct {
	Name      string
	Low, High []float64
	Special
}

// Kind returns LineKind.
func (*Lines) Kind() string { return LineKind }

func readLines(v *memoryview.View, w *summary.Work, o Options) (*Lines, error) {
	parts, names, left, err := columnsOf(v)
	if err != nil {
		return nil, err
	}
	defer release(parts)
	l := &Lines{options: o, Left: left, Fields: v.Buffer().Type().Kind() == format.Struct}
	room := max(o.Width-margin, 64)
	if o.Terminal {
		room = max(o.Width-7*CellWidth, 64) / dot
	}
	for i, part := range parts {
		n, err := numbersOf(part)
		if err != nil {
			return nil, err
		}
		c, err := readColumn(n, w, room)
		if err != nil {
			return nil, err
		}
		c.Name, l.Count = names[i], n.count
		l.Columns = append(l.Columns, *c)
	}
	return l, nil
}

func release(views []*memoryview.View) {
	for _, v := range views {
		v.Release()
	}
}

// columnsOf takes a view apart into rows of numbers: columns of a matrix, or fields of records.
func columnsOf(v *memoryview.View) (parts []*memoryview.View, names []string, left int, err error) {
	defer func() {
		if err != nil {
			release(parts)
			parts = nil
		}
	}()
	t := v.Buffer().Type()
	add := func(name string, part *memoryview.View, e error) bool {
		if err = e; err == nil {
			parts, names = append(parts, part), append(names, name)
		}
		return err == nil
	}
	switch {
	case v.NDim() == 1 && t.Kind() == format.Struct:
		fields := appendFields(nil, nil, t)
		left = max(len(fields)-mostSeries, 0)
		for _, name := range fields[:len(fields)-left] {
			part, e := fieldOf(v, name)
			if !add(name.text(), part, e) {
				return
			}
		}
		if len(parts) == 0 {
			err = fmt.Errorf("%w: the records have no field that is a number", buffer.ErrType)
		}
	case v.NDim() == 1:
		part, e := v.Select("...")
		add("", part, e)
	case v.NDim() == 2:
		n := v.Shape()[1]
		left = max(n-mostSeries, 0)
		for k := range n - left {
			part, e := v.Select(fmt.Sprintf(":, %d", k))
			if !add(fmt.Sprintf("[:, %d]", k), part, e) {
				return
			}
		}
		if n == 0 {
			err = fmt.Errorf("%w: the array has no columns: its shape is %s", buffer.ErrValue, shapeText(v.Shape()))
		}
	default:
		err = fmt.Errorf("%w: lines are drawn of one dimension, or of the columns of two, and the shape is %s: cut a part, or draw a histogram", buffer.ErrValue, shapeText(v.Shape()))
	}
	return
}

// path is the name of a field, with those of the records around it.
type path []string

func (p path) text() string {
	text := p[0]
	for _, name := range p[1:] {
		text += "." + name
	}
	return text
}

// mostFields bounds the search for them in hostile formats.
const mostFields = 1000

// appendFields finds the fields that are numbers; subarrays are none.
func appendFields(all []path, around path, t *format.Type) []path {
	for i := range min(t.NumField(), mostFields) {
		f := t.Field(i)
		if f.Name == "" || len(all) >= mostFields {
			continue
		}
		name := append(around[:len(around):len(around)], f.Name)
		if f.Type.Kind() == format.Struct {
			all = appendFields(all, name, f.Type)
		} else if isNumber(f.Type) {
			all = append(all, name)
		}
	}
	return all
}

func fieldOf(v *memoryview.View, name path) (*memoryview.View, error) {
	f, err := v.Field(name[0])
	if err != nil || len(name) == 1 {
		return f, err
	}
	defer f.Release()
	return fieldOf(f, name[1:])
}

// readColumn finds the lowest and highest item for each of so many places.
func readColumn(n *numbers, w *summary.Work, places int) (*Column, error) {
	places = min(places, n.count)
	c := &Column{Low: make([]float64, places), High: make([]float64, places)}
	for k := range places {
		c.Low[k], c.High[k] = math.NaN(), math.NaN()
	}
	k := 0
	err := n.each(w, func(from int, x []float64) {
		for len(x) > 0 {
			for from >= bound(k+1, n.count, places) {
				k++
			}
			here := min(len(x), bound(k+1, n.count, places)-from)
			for _, v := range x[:here] {
				if !c.take(v) {
					continue
				}
				if !(c.Low[k] <= v) {
					c.Low[k] = v
				}
				if !(c.High[k] >= v) {
					c.High[k] = v
				}
			}
			from, x = from+here, x[here:]
		}
	})
	return c, err
}

// Draw draws the lines over each other, with a legend where there are several; fields of records below each other.
func (l *Lines) Draw(title string) *Drawing {
	var special Special
	var all [][]float64
	scales := make([]scale, len(l.Columns))
	for i, c := range l.Columns {
		special.NaN, special.PosInf, special.NegInf = special.NaN+c.NaN, special.PosInf+c.PosInf, special.NegInf+c.NegInf
		scales[i] = l.options.scaleOf(c.Low, c.High)
		all = append(all, c.Low, c.High)
	}
	notes := special.note()
	if l.Left > 0 {
		notes = append(notes, fmt.Sprintf("%d more columns are not drawn", l.Left))
	}
	places := len(l.Columns[0].Low)
	if places < l.Count {
		notes = append(notes, fmt.Sprintf("lowest and highest of %d to %d items in each place", l.Count/places, (l.Count-1)/places+1))
	}
	index := scale{0, float64(max(l.Count-1, 1)), false}
	if !l.Fields {
		f := newFrame(title, notes, l.legend(), l.options.scaleOf(all...), l.options.Size, 0)
		l.narrow(f)
		f.axes()
		f.below(index, true)
		for i := range l.Columns {
			l.Columns[i].draw(f, series(i), places < l.Count)
		}
		return f.Drawing
	}
	f := newFrame(title, notes, nil, scales[0], l.options.Size, 0)
	f.y -= CellHeight // the names leave enough room
	panels := f.panels(scales)
	for i, p := range panels {
		p.add(label{at: point{p.x, p.y - CellHeight/2}, text: fit(l.Columns[i].Name, p.Width-p.x), ink: series(i)})
		l.narrow(p)
		p.axes()
		l.Columns[i].draw(p, series(i), places < l.Count)
	}
	panels[len(panels)-1].below(index, true)
	return f.Drawing
}

// narrow makes places as wide as the dots of a terminal, between which there would be gaps.
func (l *Lines) narrow(f *frame) {
	if places := len(l.Columns[0].Low); l.options.Terminal && places < l.Count {
		f.narrow(math.Ceil(float64(places)*dot/CellWidth)*CellWidth, 0)
	}
}

func (l *Lines) legend() []legend {
	if len(l.Columns) < 2 && l.Columns[0].Name == "" {
		return nil
	}
	all := make([]legend, len(l.Columns))
	for i, c := range l.Columns {
		all[i] = legend{c.Name, series(i)}
	}
	return all
}

// draw draws parts of a line between places that have no number.
func (c *Column) draw(f *frame, ink Ink, dense bool) {
	var points []point
	end := func() {
		if len(points) > 0 {
			f.add(curve{points, ink})
		}
		points = nil
	}
	n := len(c.Low)
	for k := range n {
		low, high := f.scale.at(c.Low[k]), f.scale.at(c.High[k])
		if high != high {
			end()
			continue
		}
		if low != low { // of a logarithmic scale
			low = 0
		}
		x := f.x + f.w/2
		if dense {
			x = f.x + (float64(k)+0.5)/float64(n)*f.w
		} else if n > 1 {
			x = f.x + float64(k)/float64(n-1)*(f.w-1)
		}
		first, second := f.inside(low), f.inside(high)
		if len(points) > 0 && math.Abs(points[len(points)-1].y-first) > math.Abs(points[len(points)-1].y-second) {
			first, second = second, first
		}
		points = append(points, point{x, first})
		if second != first {
			points = append(points, point{x, second})
		}
	}
	end()
}
