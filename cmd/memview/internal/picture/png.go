package picture

import (
	"image"
	"image/color"
	stddraw "image/draw"
	"image/png"
	"io"
	"math"

	"golang.org/x/image/font"
	"golang.org/x/image/font/inconsolata"
	"golang.org/x/image/math/fixed"
	"golang.org/x/image/vector"
)

const lineWidth = 1.5 // of curves

// PNG writes the drawing. One that is nothing but an image is that image, pixel by pixel.
func (d *Drawing) PNG(w io.Writer, theme Theme) error { return png.Encode(w, d.Image(theme)) }

// Image paints the drawing.
func (d *Drawing) Image(theme Theme) image.Image {
	if d.bare {
		r := d.shapes[0].(raster)
		if bounds := r.image.Bounds(); bounds.Dx() == int(r.w) && bounds.Dy() == int(r.h) {
			return r.image
		}
		to := image.NewNRGBA(image.Rect(0, 0, int(r.w), int(r.h)))
		r.paint(to, nil)
		return to
	}
	edge := int(d.edge())
	p := painter{image.NewRGBA(image.Rect(-edge, -edge, int(math.Ceil(d.Width))+edge, int(math.Ceil(d.Height))+edge)), theme.palette()}
	stddraw.Draw(p.to, p.to.Bounds(), image.NewUniform(p.paper), image.Point{}, stddraw.Src)
	for _, shape := range d.shapes {
		p.shape(shape)
	}
	return p.to
}

type painter struct {
	to *image.RGBA // opaque
	*palette
}

func (p painter) shape(shape any) {
	switch v := shape.(type) {
	case box:
		p.fill(v.x, v.y, v.w, v.h, v.fill)
		if v.stroke != None {
			p.fill(v.x, v.y, v.w+1, 1, v.stroke)
			p.fill(v.x, v.y+v.h, v.w+1, 1, v.stroke)
			p.fill(v.x, v.y, 1, v.h+1, v.stroke)
			p.fill(v.x+v.w, v.y, 1, v.h+1, v.stroke)
		}
	case rule:
		x, y := min(v.from.x, v.to.x), min(v.from.y, v.to.y)
		p.fill(x, y, math.Abs(v.to.x-v.from.x)+1, math.Abs(v.to.y-v.from.y)+1, v.ink)
		if v.head {
			corners := v.arrow()
			for i := range corners {
				corners[i] = point{corners[i].x + 0.5, corners[i].y + 0.5}
			}
			p.polygons(v.ink, corners[:])
		}
	case curve:
		p.curve(v)
	case label:
		drawer := font.Drawer{
			Dst: p.to, Src: image.NewUniform(p.inks[v.ink]), Face: inconsolata.Regular8x16,
			Dot: fixed.P(int(math.Round(v.left())), int(math.Round(v.at.y))+5),
		}
		drawer.DrawString(v.text)
	case raster:
		v.paint(p.to, p.palette)
	}
}

// fill covers whole pixels: boxes and rules are sharp.
func (p painter) fill(x, y, w, h float64, ink Ink) {
	if ink == None {
		return
	}
	r := image.Rect(int(math.Floor(x)), int(math.Floor(y)), int(math.Floor(x+w)), int(math.Floor(y+h)))
	stddraw.Draw(p.to, r, image.NewUniform(p.inks[ink]), image.Point{}, stddraw.Src)
}

// curve paints a strip around each part of a line.
func (p painter) curve(c curve) {
	const half = lineWidth / 2
	strips := make([][]point, 0, len(c.points))
	if len(c.points) == 1 {
		c.points = append(c.points, c.points[0])
	}
	for i := 1; i < len(c.points); i++ {
		a, b := c.points[i-1], c.points[i]
		dx, dy := b.x-a.x, b.y-a.y
		if length := math.Hypot(dx, dy); length > 0 {
			dx, dy = dx/length*half, dy/length*half
		} else {
			dx, dy = half, 0
		}
		strips = append(strips, []point{
			{a.x - dx - dy, a.y - dy + dx},
			{b.x + dx - dy, b.y + dy + dx},
			{b.x + dx + dy, b.y + dy - dx},
			{a.x - dx + dy, a.y - dy - dx},
		})
	}
	p.polygons(c.ink, strips...)
}

// polygons paints shapes that go around in the same direction, and may overlap.
func (p painter) polygons(ink Ink, all ...[]point) {
	area := bounds(all).Intersect(p.to.Bounds())
	if area.Empty() {
		return
	}
	r := vector.NewRasterizer(area.Dx(), area.Dy())
	left, top := float64(area.Min.X), float64(area.Min.Y)
	for _, corners := range all {
		for i, c := range corners {
			x, y := float32(c.x-left), float32(c.y-top)
			if i == 0 {
				r.MoveTo(x, y)
			} else {
				r.LineTo(x, y)
			}
		}
		r.ClosePath()
	}
	r.Draw(p.to, area, image.NewUniform(p.inks[ink]), image.Point{})
}

// bounds are the pixels that shapes touch.
func bounds(all [][]point) (r image.Rectangle) {
	for _, corners := range all {
		for _, c := range corners {
			x, y := int(math.Floor(c.x)), int(math.Floor(c.y))
			r = r.Union(image.Rect(x, y, x+2, y+2))
		}
	}
	return r
}

// paint stretches the image over its rectangle: each pixel has the colour of the one below its middle.
func (r raster) paint(to stddraw.Image, p *palette) {
	from := r.image.Bounds()
	if from.Empty() {
		return
	}
	missing := color.NRGBA{}
	if p != nil && r.missing != None {
		missing = p.inks[r.missing]
	}
	x0, y0, w, h := int(r.x), int(r.y), int(r.w), int(r.h)
	area := image.Rect(x0, y0, x0+w, y0+h).Intersect(to.Bounds())
	for y := area.Min.Y; y < area.Max.Y; y++ {
		row := (2*(y-y0) + 1) * from.Dy() / (2 * h)
		for x := area.Min.X; x < area.Max.X; x++ {
			c := r.image.NRGBAAt((2*(x-x0)+1)*from.Dx()/(2*w), row)
			switch {
			case p == nil || c.A == 255:
				to.Set(x, y, c)
			case missing.A != 0 && c.A == 0:
				to.Set(x, y, missing)
			default:
				to.Set(x, y, over(c, color.NRGBAModel.Convert(to.At(x, y)).(color.NRGBA)))
			}
		}
	}
}

// over mixes a colour with the one below it, which is opaque.
func over(c, below color.NRGBA) color.NRGBA {
	mix := func(a, b uint8) uint8 { return uint8((int(a)*int(c.A) + int(b)*(255-int(c.A)) + 127) / 255) }
	return color.NRGBA{mix(c.R, below.R), mix(c.G, below.G), mix(c.B, below.B), 255}
}
