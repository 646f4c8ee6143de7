package picture

import (
	"bytes"
	"encoding/base64"
	"encoding/xml"
	"fmt"
	"html"
	"image/color"
	"image/png"
	"io"
	"strconv"
	"strings"
)

// SVG writes the drawing as a document that stands alone, and that can be put into a page of HTML.
func (d *Drawing) SVG(w io.Writer, theme Theme) error {
	s := new(svg)
	edge := d.edge()
	place := fmt.Sprintf(`width="%s" height="%s"`, number(d.Width+2*edge), number(d.Height+2*edge))
	s.printf(`<svg xmlns="http://www.w3.org/2000/svg" %s viewBox="%s %[2]s %s %s" class="mv" role="img" font-family="ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="13">`+"\n",
		place, number(-edge), number(d.Width+2*edge), number(d.Height+2*edge))
	s.style(theme)
	if !d.bare {
		s.printf(`<rect class="mvp" x="%s" y="%[1]s" %s/>`+"\n", number(-edge), place)
	}
	for _, shape := range d.shapes {
		s.shape(shape)
	}
	s.printf("</svg>\n")
	_, err := w.Write(s.Bytes())
	return err
}

type svg struct{ bytes.Buffer }

func (s *svg) printf(text string, args ...any) { fmt.Fprintf(s, text, args...) }

// style has a class for each ink as a fill, and one as a stroke.
func (s *svg) style(theme Theme) {
	s.printf("<style>")
	s.classes(theme.palette())
	if theme == Auto {
		s.printf("@media (prefers-color-scheme:dark){")
		s.classes(&dark)
		s.printf("}")
	}
	s.printf("</style>\n")
}

func (s *svg) classes(p *palette) {
	s.printf(".mvp{fill:%s}", css(p.paper))
	for i := 1; i < inks; i++ {
		s.printf(".mvf%d{fill:%s}.mvs%[1]d{stroke:%[2]s}", i, css(p.inks[i]))
	}
}

func css(c color.NRGBA) string { return fmt.Sprintf("#%02x%02x%02x", c.R, c.G, c.B) }

func (s *svg) shape(shape any) {
	switch v := shape.(type) {
	case box:
		s.box(v)
	case rule:
		s.line([]point{v.from, v.to}, v.ink, 1)
		if v.head {
			s.head(v)
		}
	case curve:
		s.line(v.points, v.ink, lineWidth)
	case label:
		s.printf(`<text class="mvf%d" x="%s" y="%s"%s xml:space="preserve">%s</text>`+"\n",
			v.ink, number(v.at.x), number(v.at.y+4.5), [...]string{"", ` text-anchor="middle"`, ` text-anchor="end"`}[v.anchor], escape(v.text))
	case raster:
		s.raster(v)
	}
}

// paint says which classes a shape has.
func paint(fill, stroke Ink) string {
	f, t := "", ""
	if fill != None {
		f = fmt.Sprintf("mvf%d", fill)
	}
	if stroke != None {
		t = fmt.Sprintf(" mvs%d", stroke)
	}
	class := fmt.Sprintf(`class="%s"`, strings.TrimSpace(f+t))
	if fill == None {
		class += ` fill="none"`
	}
	return class
}

func (s *svg) box(b box) {
	s.printf(`<rect %s x="%s" y="%s" width="%s" height="%s"`, paint(b.fill, b.stroke), number(b.x), number(b.y), number(b.w), number(b.h))
	if b.title == "" {
		s.printf("/>\n")
		return
	}
	s.printf("><title>%s</title></rect>\n", escape(b.title))
}

func (s *svg) line(points []point, ink Ink, width float64) {
	s.printf(`<polyline %s stroke-width="%s" stroke-linejoin="round" points="`, paint(None, ink), number(width))
	for i, p := range points {
		if i > 0 {
			s.WriteByte(' ')
		}
		s.printf("%s,%s", number(p.x), number(p.y))
	}
	s.printf("\"/>\n")
}

func (s *svg) head(r rule) {
	corners := r.arrow()
	s.printf(`<polygon %s points="`, paint(r.ink, None))
	for i, p := range corners {
		if i > 0 {
			s.WriteByte(' ')
		}
		s.printf("%s,%s", number(p.x), number(p.y))
	}
	s.printf("\"/>\n")
}

// arrow is the triangle at the end of a rule.
func (r rule) arrow() [3]point {
	const long, wide = 7, 3.5
	x, y := unit(r.to.x-r.from.x), unit(r.to.y-r.from.y)
	back := point{r.to.x - long*x, r.to.y - long*y}
	return [3]point{r.to, {back.x + wide*y, back.y + wide*x}, {back.x - wide*y, back.y - wide*x}}
}

func unit(x float64) float64 {
	switch {
	case x > 0:
		return 1
	case x < 0:
		return -1
	}
	return 0
}

func (s *svg) raster(r raster) {
	if r.missing != None {
		s.box(box{x: r.x, y: r.y, w: r.w, h: r.h, fill: r.missing})
	}
	var data bytes.Buffer
	if err := png.Encode(&data, r.image); err != nil {
		return // an image without pixels
	}
	s.printf(`<image x="%s" y="%s" width="%s" height="%s" preserveAspectRatio="none" style="image-rendering:pixelated" href="data:image/png;base64,%s"/>`+"\n",
		number(r.x), number(r.y), number(r.w), number(r.h), base64.StdEncoding.EncodeToString(data.Bytes()))
}

// number has as many digits as a screen shows.
func number(x float64) string {
	return strconv.FormatFloat(float64(int64(x*100+0.5*unit(x)))/100, 'f', -1, 64)
}

// escape leaves nothing in a text that XML would read, or that it does not allow.
func escape(text string) string {
	var b strings.Builder
	if err := xml.EscapeText(&b, []byte(text)); err != nil {
		return html.EscapeString(text)
	}
	return b.String()
}
