package picture

import (
	"cmp"
	"fmt"
	"image"
	"math"

	"github.com/go-memoryview/memoryview"
	"github.com/go-memoryview/memoryview/buffer"
	"github.com/go-memoryview/memoryview/format"
	"github.com/go-memoryview/memoryview/internal/summary"
)

// Pixels is an array that is an image: rows, columns and, if there are three dimensions, grey, grey and alpha, red, green
// and blue, or these and alpha.
type Pixels struct {
	Shape []int
	Image *image.NRGBA

	options Options
}

// Kind returns ImageKind.
func (*Pixels) Kind() string { return ImageKind }

// mostSide bounds the sides of an image whose size nobody asked for.
const mostSide = 4096

func readPixels(v *memoryview.View, w *summary.Work, o Options) (*Pixels, error) {
	shape := v.Shape()
	channels := 1
	if len(shape) == 3 {
		channels = shape[2]
	}
	if len(shape) < 2 || len(shape) > 3 || channels < 1 || channels > 4 {
		return nil, fmt.Errorf("%w: an image has rows, columns, and no more or 1 to 4 values for each pixel, and the shape is %s: cut a part", buffer.ErrValue, shapeText(shape))
	}
	rows, columns := o.imageSize(shape)
	p := &Pixels{Shape: shape, options: o}
	low, high, fixed := depth(v.Buffer().Type())
	var planes []Grid // where all are needed to know what is black and white
	for c := range channels {
		plane, err := readChannel(v, w, c, rows, columns)
		if err != nil {
			return nil, err
		}
		if p.Image == nil {
			p.Image = image.NewNRGBA(image.Rect(0, 0, plane.Columns, plane.Rows))
		}
		if fixed {
			low, high := o.ends(low, high)
			p.set(c, channels, plane.Values, low, high)
		} else {
			planes = append(planes, plane)
		}
	}
	if !fixed {
		low, high := o.ends(o.found(v.Buffer().Type(), planes))
		for c := range planes {
			p.set(c, channels, planes[c].Values, low, high)
		}
		p.clear(planes)
	}
	return p, nil
}

func readChannel(v *memoryview.View, w *summary.Work, c, rows, columns int) (Grid, error) {
	expr := "..."
	if v.NDim() == 3 {
		expr = fmt.Sprintf("..., %d", c)
	}
	plane, err := v.Select(expr)
	if err != nil {
		return Grid{}, err
	}
	defer plane.Release()
	return readGrid(plane, w, rows, columns, new(Special))
}

// set writes a channel of all pixels. The first of one or two is all colours; the second of two and the fourth are alpha.
func (p *Pixels) set(c, channels int, values []float64, low, high float64) {
	for i, x := range values {
		pixel, of := p.Image.Pix[4*i:4*i+4], toByte((x-low)/(high-low))
		switch {
		case channels <= 2 && c == 0:
			pixel[0], pixel[1], pixel[2] = of, of, of
		case channels == 2:
			pixel[3] = of
		default:
			pixel[c] = of
		}
		if c == 0 && channels%2 == 1 {
			pixel[3] = 255
		}
	}
}

func toByte(part float64) uint8 {
	if part > 0 {
		return uint8(min(part, 1)*255 + 0.5)
	}
	return 0
}

// clear makes pixels transparent that have something that is no number.
func (p *Pixels) clear(planes []Grid) {
	for _, plane := range planes {
		for i, x := range plane.Values {
			if x != x {
				clear(p.Image.Pix[4*i : 4*i+4])
			}
		}
	}
}

// imageSize is how many rows and columns there is room for: all, or as many as keep the sides' ratio.
func (o *Options) imageSize(shape []int) (rows, columns int) {
	wide, high := mostSide, mostSide
	if o.Terminal {
		wide, high = o.Width/o.pixel(), (o.Height-2*CellHeight)/o.pixel()
	} else {
		wide, high = cmp.Or(o.Width, wide), cmp.Or(o.Height, high)
	}
	part := min(float64(wide)/float64(max(shape[1], 1)), float64(high)/float64(max(shape[0], 1)), 1)
	return max(int(float64(shape[0])*part), 1), max(int(float64(shape[1])*part), 1)
}

// depth returns what is black and white in a type: the ends of small unsigned integers. Of others it depends on the items.
func depth(t *format.Type) (low, high float64, fixed bool) {
	switch {
	case t.Kind() == format.Uint && t.Size() <= 2:
		return 0, math.Pow(2, float64(8*t.Size())) - 1, true
	case t.Kind() == format.Bool:
		return 0, 1, true
	}
	return 0, 0, false
}

// found returns 0 and 1 for floats that lie between, and otherwise the lowest and the highest item.
func (o *Options) found(t *format.Type, planes []Grid) (low, high float64) {
	values := make([][]float64, len(planes))
	for i, p := range planes {
		values[i] = p.Values
	}
	linear := *o
	linear.Log, linear.Min, linear.Max = false, math.NaN(), math.NaN()
	s := linear.scaleOf(values...)
	if t.Kind() == format.Float && s.low >= 0 && s.high <= 1 {
		return 0, 1
	}
	return s.low, s.high
}

// ends are those that were asked for, or that were found.
func (o *Options) ends(low, high float64) (float64, float64) {
	if o.Min == o.Min {
		low = o.Min
	}
	if o.Max == o.Max {
		high = o.Max
	}
	if !(low < high) {
		high = low + 1
	}
	return low, high
}

// grown is how many times larger small images are drawn: whole times, and their own size in a file where nobody asked for one.
func (p *Pixels) grown() int {
	o, size := &p.options, p.Image.Bounds()
	if o.Width == 0 && o.Height == 0 || size.Empty() {
		return 1
	}
	wide, high := cmp.Or(o.Width, mostSide), cmp.Or(o.Height, mostSide)
	if o.Terminal {
		high -= 2 * CellHeight
	}
	return max(min(wide/o.pixel()/size.Dx(), high/o.pixel()/size.Dy()), 1)
}

// Draw has a title in a terminal. Elsewhere it is the image alone.
func (p *Pixels) Draw(title string) *Drawing {
	size := p.Image.Bounds()
	d := &Drawing{bare: true}
	side := float64(p.options.pixel() * p.grown())
	r := raster{0, 0, float64(size.Dx()) * side, float64(size.Dy()) * side, p.Image, None}
	d.Width, d.Height = r.w, r.h
	if p.options.Terminal {
		rows := 0
		for _, text := range wrap(title, float64(p.options.Width)) {
			d.add(label{at: point{0, row(rows)}, text: text, ink: Dim})
			rows++
		}
		r.y = float64(rows) * CellHeight
		d.Width, d.Height, d.bare = max(r.w, float64(p.options.Width)), r.y+r.h, false
	}
	d.add(r)
	return d
}
