package picture

import "image/color"

// An Ink is what something is drawn for. Which colour that is depends on what it is drawn on.
type Ink uint8

const (
	None    Ink = iota
	Text        // what is read first
	Dim         // what is read second
	Rule        // frames, axes
	Faint       // lines behind data
	Item        // an item of an array
	Gap         // memory between items
	Padding     // memory in an item that no field has
	Missing     // what is no number
	Series      // the first of mostSeries lines: the others follow
)

const (
	mostSeries = 8
	inks       = int(Series) + mostSeries
)

func series(i int) Ink { return Series + Ink(i%mostSeries) }

// A Theme is what a picture is drawn on.
type Theme int

const (
	Auto Theme = iota // as the reader prefers, in SVG; light in PNG
	Light
	Dark
)

type palette struct {
	paper color.NRGBA
	inks  [inks]color.NRGBA
}

func opaque(rgb uint32) color.NRGBA {
	return color.NRGBA{uint8(rgb >> 16), uint8(rgb >> 8), uint8(rgb), 255}
}

func paletteOf(paper uint32, rgb ...uint32) palette {
	p := palette{paper: opaque(paper)}
	for i, c := range rgb {
		p.inks[i+1] = opaque(c)
	}
	return p
}

// On each paper, texts and lines have a contrast of 3 or more. The third is for terminals, whose paper nobody knows.
var (
	light = paletteOf(0xffffff, 0x1f2933, 0x5f6b7a, 0x8793a1, 0xe4e7eb, 0xdcebfa, 0xf4f5f7, 0xf6e3b5, 0xd62728,
		0x2166ac, 0xc65d07, 0x1a7f37, 0x8250df, 0xbf3989, 0x0a7a85, 0x7a5c00, 0x57606a)
	dark = paletteOf(0x0d1117, 0xe6edf3, 0x9da7b3, 0x6e7681, 0x21262d, 0x1d3650, 0x161b22, 0x463710, 0xff5c5c,
		0x58a6ff, 0xf0883e, 0x3fb950, 0xbc8cff, 0xf778ba, 0x39c5cf, 0xd29922, 0x8b949e)
	either = paletteOf(0, 0x808080, 0x808080, 0x808080, 0x808080, 0x3b8eea, 0x808080, 0xb08800, 0xe5484d,
		0x3b8eea, 0xd9730d, 0x2a9d4a, 0x9d6bff, 0xd6589f, 0x129ba8, 0x9a7b1c, 0x808890)
)

// palette returns that of a theme; light where the reader has the choice.
func (t Theme) palette() *palette {
	if t == Dark {
		return &dark
	}
	return &light
}
