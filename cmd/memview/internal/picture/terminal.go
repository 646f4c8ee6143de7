package picture

import (
	"bufio"
	"fmt"
	"image/color"
	"io"
	"math"
	"strings"
)

// Colors is how many a terminal has.
type Colors int

const (
	NoColors Colors = iota
	Colors256
	TrueColor
)

// Terminal says what is written to.
type Terminal struct {
	Colors Colors
	ASCII  bool // no other characters
}

// Terminal writes the drawing as lines of text, without what follows the last character of each. Boxes and rules become box drawing characters, curves
// dots of braille, and images two pixels a character; where there are no colours, shades.
func (d *Drawing) Terminal(w io.Writer, t Terminal) error {
	s := newScreen(int(math.Ceil(d.Width/CellWidth)), int(math.Ceil(d.Height/CellHeight)), t)
	for _, shape := range d.shapes {
		s.shape(shape)
	}
	return s.write(w)
}

// screen is a grid of characters.
type screen struct {
	Terminal
	wide, high int
	cells      []cell
}

// cell is a character, and what it is made of: the strongest counts, which is the first that is there.
type cell struct {
	text   rune
	joins  uint8 // of rules: a bit for each side
	dots   uint8 // of curves, as Unicode numbers those of braille
	ink    Ink   // of these
	pixels [2]pixel
}

// pixel is half a cell of an image.
type pixel struct {
	color.NRGBA
	isSet, isMissing bool
}

func newScreen(wide, high int, t Terminal) *screen {
	return &screen{Terminal: t, wide: wide, high: high, cells: make([]cell, wide*high)}
}

// at is the cell at a place, nil where there is none.
func (s *screen) at(column, row int) *cell {
	if column < 0 || row < 0 || column >= s.wide || row >= s.high {
		return nil
	}
	return &s.cells[row*s.wide+column]
}

func (s *screen) shape(shape any) {
	switch v := shape.(type) {
	case box:
		s.box(v)
	case rule:
		s.rule(v)
	case curve:
		s.curve(v)
	case label:
		s.label(v)
	case raster:
		s.raster(v)
	}
}

func (s *screen) label(l label) {
	column := int(math.Round(l.left() / CellWidth))
	row := int(math.Floor(l.at.y / CellHeight))
	for _, r := range l.text {
		if s.ASCII && r == '×' {
			r = 'x'
		}
		if c := s.at(column, row); c != nil {
			c.text, c.ink = r, l.ink
		}
		column++
	}
}

// rule joins cells. Their sides are bits: the left one, the right, the upper and the lower.
func (s *screen) rule(r rule) {
	if r.from.y == r.to.y {
		s.halves(r.from.x, r.to.x, CellWidth, func(column int, side uint8) { s.join(column, int(r.from.y/CellHeight), side, r.ink) })
	} else {
		s.halves(r.from.y, r.to.y, CellHeight, func(row int, side uint8) { s.join(int(r.from.x/CellWidth), row, side<<2, r.ink) })
	}
	if !r.head {
		return
	}
	head := '▶'
	switch {
	case s.ASCII && r.to.x < r.from.x:
		head = '<'
	case s.ASCII:
		head = '>'
	case r.to.x < r.from.x:
		head = '◀'
	}
	if c := s.at(int(r.to.x/CellWidth), int(r.to.y/CellHeight)); c != nil {
		c.text, c.ink = head, r.ink
	}
}

// halves calls f for the first and second halves of cells that a line covers.
func (s *screen) halves(from, to, size float64, f func(cell int, side uint8)) {
	from, to = min(from, to), max(from, to)
	for half := int(math.Round(from / size * 2)); half < int(math.Round(to/size*2)); half++ {
		f(half>>1, 1<<(half&1))
	}
}

func (s *screen) join(column, row int, side uint8, ink Ink) {
	if c := s.at(column, row); c != nil {
		c.joins |= side
		if c.ink == None || ink < c.ink {
			c.ink = ink
		}
	}
}

func (s *screen) box(b box) {
	if b.stroke != None {
		a, c := point{b.x, b.y}, point{b.x + b.w, b.y + b.h}
		for _, side := range [][2]point{{a, {c.x, a.y}}, {a, {a.x, c.y}}, {{a.x, c.y}, c}, {{c.x, a.y}, c}} {
			s.rule(rule{from: side[0], to: side[1], ink: b.stroke})
		}
		return
	}
	if b.fill != None {
		s.bar(b)
	}
}

// eighths of a block, from below.
var eighths = []rune(" ▁▂▃▄▅▆▇█")

// bar fills the cells of a box. The height of its upper end is drawn to an eighth; what there is at all is seen.
func (s *screen) bar(b box) {
	first, last := int(math.Round(b.x/CellWidth)), int(math.Round((b.x+b.w)/CellWidth))
	bottom := int(math.Ceil((b.y + b.h) / CellHeight))
	steps := int(math.Round(b.h / CellHeight * 8))
	if steps == 0 && b.h > 0 {
		steps = 1
	}
	for row := bottom - 1; steps > 0; row, steps = row-1, steps-8 {
		block := eighths[min(steps, 8)]
		if s.ASCII {
			block = '#'
		}
		for column := first; column < max(last, first+1); column++ {
			if c := s.at(column, row); c != nil {
				c.text, c.ink = block, b.fill
			}
		}
	}
}

// Dots of braille, by column and row in a cell.
var braille = [2][4]uint8{{0x01, 0x02, 0x04, 0x40}, {0x08, 0x10, 0x20, 0x80}}

const dot = CellWidth / 2 // pixels, in both directions

func (s *screen) curve(c curve) {
	for i := range c.points {
		from, to := c.points[max(i-1, 0)], c.points[i]
		dx, dy := (to.x-from.x)/dot, (to.y-from.y)/dot
		steps := max(int(math.Ceil(max(math.Abs(dx), math.Abs(dy)))), 1)
		for k := range steps + 1 {
			part := float64(k) / float64(steps)
			s.dot(int(math.Floor(from.x/dot+dx*part)), int(math.Floor(from.y/dot+dy*part)), c.ink)
		}
	}
}

func (s *screen) dot(x, y int, ink Ink) {
	if c := s.at(x>>1, y>>2); c != nil {
		c.dots |= braille[x&1][y&3]
		c.ink = ink
	}
}

// raster sets pixels to the colours below their middles.
func (s *screen) raster(r raster) {
	const side = CellWidth
	from := r.image.Bounds()
	x0, y0 := int(math.Round(r.x/side)), int(math.Round(r.y/side))
	w, h := int(math.Round(r.w/side)), int(math.Round(r.h/side))
	if from.Empty() || w == 0 || h == 0 {
		return
	}
	for y := range h {
		for x := range w {
			cell := s.at(x0+x, (y0+y)>>1)
			if cell == nil {
				continue
			}
			c := r.image.NRGBAAt((2*x+1)*from.Dx()/(2*w), (2*y+1)*from.Dy()/(2*h))
			p := pixel{c, c.A >= 128, false}
			if c.A == 0 && r.missing != None {
				p = pixel{either.inks[r.missing], true, true}
			}
			cell.pixels[(y0+y)&1] = p
		}
	}
}

// write prints the lines.
func (s *screen) write(to io.Writer) error {
	w := bufio.NewWriter(to)
	for row := range s.high {
		line := s.cells[row*s.wide : (row+1)*s.wide]
		for len(line) > 0 && line[len(line)-1].isEmpty() {
			line = line[:len(line)-1]
		}
		style := ""
		for i := range line {
			text, now := s.draw(&line[i])
			if now != style {
				if style != "" {
					w.WriteString("\x1b[0m")
				}
				w.WriteString(now)
				style = now
			}
			w.WriteRune(text)
		}
		if style != "" {
			w.WriteString("\x1b[0m")
		}
		w.WriteByte('\n')
	}
	return w.Flush()
}

func (c *cell) isEmpty() bool {
	return (c.text == 0 || c.text == ' ') && c.joins == 0 && c.dots == 0 && !c.pixels[0].isSet && !c.pixels[1].isSet
}

var (
	joints      = []rune(" ╴╶─╵┘└┴╷┐┌┬│┤├┼")
	asciiJoints = []rune(" ---|+++|+++|+++")
)

// draw returns a cell's character, and the sequence that sets its colours: "" for those of the terminal.
func (s *screen) draw(c *cell) (rune, string) {
	switch {
	case c.text != 0:
		return c.text, s.style(c.ink)
	case c.joins != 0 && s.ASCII:
		return asciiJoints[c.joins], s.style(c.ink)
	case c.joins != 0:
		return joints[c.joins], s.style(c.ink)
	case c.dots != 0 && s.ASCII:
		return '*', s.style(c.ink)
	case c.dots != 0:
		return '\u2800' + rune(c.dots), s.style(c.ink)
	case s.Colors == NoColors:
		return s.shade(c.pixels), ""
	}
	return s.halfBlock(c.pixels)
}

// halfBlock has the upper pixel's colour before the lower one's.
func (s *screen) halfBlock(pixels [2]pixel) (rune, string) {
	upper, lower := pixels[0], pixels[1]
	switch {
	case !upper.isSet && !lower.isSet:
		return ' ', ""
	case s.ASCII:
		return ' ', s.sequence(48, upper.NRGBA)
	case !lower.isSet:
		return '▀', s.sequence(38, upper.NRGBA)
	case !upper.isSet:
		return '▄', s.sequence(38, lower.NRGBA)
	}
	return '▀', s.sequence(38, upper.NRGBA) + s.sequence(48, lower.NRGBA)
}

const (
	shades      = "·░▒▓█"
	asciiShades = ".:-=+*#%@"
)

// shade stands for two pixels by how bright they are: the brighter, the more of the character is full.
func (s *screen) shade(pixels [2]pixel) rune {
	sum, n := 0.0, 0.0
	for _, p := range pixels {
		if p.isMissing {
			if s.ASCII {
				return 'x'
			}
			return '×'
		}
		if p.isSet {
			sum += Brightness(p.NRGBA)
			n++
		}
	}
	ramp := []rune(shades)
	if s.ASCII {
		ramp = []rune(asciiShades)
	}
	if n == 0 {
		return ' '
	}
	return ramp[min(int(sum/n*float64(len(ramp))), len(ramp)-1)]
}

// Brightness is about how bright a colour looks, from 0 to 1.
func Brightness(c color.NRGBA) float64 {
	return (0.2126*float64(c.R) + 0.7152*float64(c.G) + 0.0722*float64(c.B)) / 255
}

// style is that of an ink.
func (s *screen) style(ink Ink) string {
	switch {
	case s.Colors == NoColors || ink == Text || ink == None:
		return ""
	case ink < Padding:
		return "\x1b[2m"
	}
	return s.sequence(38, either.inks[ink])
}

// sequence sets the colour of characters (38) or of what is behind them (48).
func (s *screen) sequence(what int, c color.NRGBA) string {
	if s.Colors == Colors256 {
		return fmt.Sprintf("\x1b[%d;5;%dm", what, nearest(c))
	}
	return fmt.Sprintf("\x1b[%d;2;%d;%d;%dm", what, c.R, c.G, c.B)
}

// nearest is the number of a colour among those of terminals with 256: 6 by 6 by 6 of them from 16 on, then 24 greys.
func nearest(c color.NRGBA) int {
	levels := [6]int{0, 95, 135, 175, 215, 255}
	step := func(x uint8) int {
		best := 0
		for i, level := range levels {
			if abs(level-int(x)) < abs(levels[best]-int(x)) {
				best = i
			}
		}
		return best
	}
	r, g, b := step(c.R), step(c.G), step(c.B)
	grey := min(max((int(c.R)+int(c.G)+int(c.B))/3-3, 0)/10, 23)
	if distance(c, 8+10*grey, 8+10*grey, 8+10*grey) < distance(c, levels[r], levels[g], levels[b]) {
		return 232 + grey
	}
	return 16 + 36*r + 6*g + b
}

func distance(c color.NRGBA, r, g, b int) int {
	r, g, b = r-int(c.R), g-int(c.G), b-int(c.B)
	return r*r + g*g + b*b
}

func abs(x int) int { return max(x, -x) }

// Plain is the drawing as lines of text without colours.
func (d *Drawing) Plain(ascii bool) string {
	var b strings.Builder
	d.Terminal(&b, Terminal{ASCII: ascii}) // a Builder does not fail
	return b.String()
}
