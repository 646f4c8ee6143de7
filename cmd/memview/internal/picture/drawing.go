package picture

import (
	"image"
	"unicode/utf8"
)

// A character, in pixels.
const (
	CellWidth  = 8
	CellHeight = 16
)

// border is left empty around a drawing in a file, in pixels.
const border = 12

// A Drawing is made once and written in as many ways as there are.
type Drawing struct {
	Width, Height float64 // pixels, without a border

	shapes []any // box, rule, curve, label or raster, the later over the earlier
	bare   bool  // an image and nothing else
}

// point is a place, from the upper left corner.
type point struct{ x, y float64 }

// box is a rectangle. Where it has a stroke, a terminal draws that alone.
type box struct {
	x, y, w, h   float64
	fill, stroke Ink
	title        string // said of it where there are pointers to hover
}

// rule is a straight line along an axis: part of a frame, a tick, a measure. It ends in an arrow where there is a head.
type rule struct {
	from, to point
	ink      Ink
	head     bool
}

// curve is a line through data.
type curve struct {
	points []point
	ink    Ink
}

// anchor says which part of a label is at its x.
type anchor int

const (
	start anchor = iota
	middle
	end
)

// label is a line of text. Its y is the middle of its height.
type label struct {
	at     point
	text   string
	anchor anchor
	ink    Ink
}

// raster is an image stretched over a rectangle. What is transparent in it is missing from the data.
type raster struct {
	x, y, w, h float64
	image      *image.NRGBA
	missing    Ink // of what is transparent; None leaves it so
}

// edge is the border, which an image that is a file by itself has not.
func (d *Drawing) edge() float64 {
	if d.bare {
		return 0
	}
	return border
}

func (d *Drawing) add(shapes ...any) { d.shapes = append(d.shapes, shapes...) }

// row is the middle of a line of text, counted from the top.
func row(n int) float64 { return float64(n)*CellHeight + CellHeight/2 }

// lengthOf is how wide a text is, in pixels.
func lengthOf(text string) float64 { return float64(utf8.RuneCountInString(text)) * CellWidth }

// left is where a label begins.
func (l label) left() float64 { return l.at.x - lengthOf(l.text)*float64(l.anchor)/2 }

// fit cuts a text to a width in pixels.
func fit(text string, width float64) string {
	room := int(width / CellWidth)
	if utf8.RuneCountInString(text) <= room {
		return text
	}
	if room < 4 {
		return string([]rune(text)[:max(room, 0)])
	}
	return string([]rune(text)[:room-3]) + "..."
}

// wrap breaks a text at spaces, into lines of a width in pixels.
func wrap(text string, width float64) (lines []string) {
	room := max(int(width/CellWidth), 8)
	runes := []rune(text)
	for len(runes) > room {
		cut := room
		for cut > room/2 && runes[cut] != ' ' {
			cut--
		}
		if runes[cut] != ' ' {
			cut = room
		}
		lines = append(lines, string(runes[:cut]))
		for runes = runes[cut:]; len(runes) > 0 && runes[0] == ' '; {
			runes = runes[1:]
		}
	}
	return append(lines, string(runes))
}
