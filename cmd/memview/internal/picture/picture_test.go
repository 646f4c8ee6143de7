package picture

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"image/png"
	"io"
	"math"
	"os"
	"regexp"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/go-memoryview/memoryview"
	"github.com/go-memoryview/memoryview/internal/summary"
)

// judged is what NumPy says: see testdata/generate.py.
type judged struct {
	Layouts []struct {
		Name, Format            string
		ItemSize                int
		Shape, Strides, Offsets []int
		C, F                    bool
		Indices                 [][]int
	}
	Histograms []struct {
		Name   string
		Items  []float64
		Whole  bool
		Bins   int
		Range  []float64
		Counts []int
		Edges  []float64
	}
	Record struct {
		Fields   [][3]any
		ItemSize int
	}
}

func numpy(t *testing.T) (j judged) {
	t.Helper()
	text, err := os.ReadFile("testdata/numpy.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &j); err != nil || len(j.Layouts) == 0 || len(j.Histograms) == 0 {
		t.Fatal(err)
	}
	return j
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// viewOf is a view of a slice, with the shape.
func viewOf[T any](t *testing.T, items []T, format string, shape ...int) *memoryview.View {
	t.Helper()
	flat := must(memoryview.FromObject(items))
	bytes := must(flat.Cast("B"))
	v := must(bytes.CastShape(format, shape))
	t.Cleanup(func() {
		for _, v := range []*memoryview.View{v, bytes, flat} {
			v.Release()
		}
	})
	return v
}

// options are those where nothing was asked for.
func options(kind string, width, height int, terminal bool) Options {
	return Options{Size: Size{width, height, terminal}, Kind: kind, Min: math.NaN(), Max: math.NaN()}
}

// svgShapes are the elements of a document, by name.
type svgShape struct {
	XMLName xml.Name
	X       float64    `xml:"x,attr"`
	Y       float64    `xml:"y,attr"`
	Width   float64    `xml:"width,attr"`
	Height  float64    `xml:"height,attr"`
	Title   string     `xml:"title"`
	Text    string     `xml:",chardata"`
	Inside  []svgShape `xml:",any"`
}

// svgOf writes a drawing as SVG, which must be XML.
func svgOf(t interface{ Fatalf(string, ...any) }, d *Drawing, theme Theme) []svgShape {
	var data bytes.Buffer
	if err := d.SVG(&data, theme); err != nil {
		t.Fatalf("%v", err)
	}
	var whole svgShape
	decoder := xml.NewDecoder(bytes.NewReader(data.Bytes()))
	if err := decoder.Decode(&whole); err != nil {
		t.Fatalf("%v: %.2000s", err, data.String())
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) && err != nil {
		t.Fatalf("behind the document: %v", err)
	}
	return whole.Inside
}

var sequences = regexp.MustCompile("\x1b\\[[0-9;]*m")

// checkDrawing writes a drawing in every way. As text it must be no wider than it says, and hold nothing that a terminal
// would obey but colours.
func checkDrawing(t interface{ Fatalf(string, ...any) }, d *Drawing) {
	if !(d.Width >= 0 && d.Width < 1<<16 && d.Height >= 0 && d.Height < 1<<20) {
		t.Fatalf("a drawing of %g by %g", d.Width, d.Height)
	}
	svgOf(t, d, Auto)
	if d.Width*d.Height < 1<<22 {
		edge := 2 * int(d.edge())
		size := d.Image(Dark).Bounds().Size()
		if size.X != int(math.Ceil(d.Width))+edge || size.Y != int(math.Ceil(d.Height))+edge {
			t.Fatalf("a drawing of %g by %g is an image of %v", d.Width, d.Height, size)
		}
	}
	for _, terminal := range []Terminal{{}, {Colors: Colors256}, {Colors: TrueColor}, {ASCII: true}} {
		var text strings.Builder
		if err := d.Terminal(&text, terminal); err != nil {
			t.Fatalf("%v", err)
		}
		plain := sequences.ReplaceAllString(text.String(), "")
		if terminal.Colors == NoColors && plain != text.String() {
			t.Fatalf("colours where there are none: %q", text.String())
		}
		for line := range strings.Lines(plain) {
			if n := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); n > int(math.Ceil(d.Width/CellWidth)) {
				t.Fatalf("%d characters of %g: %q", n, d.Width/CellWidth, line)
			}
			for _, r := range strings.TrimSuffix(line, "\n") {
				if !unicode.IsPrint(r) || terminal.ASCII && r > unicode.MaxASCII {
					t.Fatalf("%q holds %q", line, r)
				}
			}
		}
	}
}

// The colours that matplotlib 3.11 gives to parts of the range; it cuts where 255 parts of a colour are rounded here.
func TestViridisIsMatplotlibs(t *testing.T) {
	for part, want := range map[float64]uint32{
		0: 0x440154, 0.05: 0x471265, 0.1: 0x482374, 0.15: 0x45347f, 0.2: 0x404387, 0.25: 0x3a528b, 0.3: 0x345e8d, 0.35: 0x2e6b8e,
		0.4: 0x29788e, 0.45: 0x24848d, 0.5: 0x20908c, 0.55: 0x1e9b89, 0.6: 0x22a784, 0.65: 0x2fb37b, 0.7: 0x44be70, 0.75: 0x5ec961,
		0.8: 0x79d151, 0.85: 0x9ad83c, 0.9: 0xbdde26, 0.95: 0xdfe318, 1: 0xfde724,
	} {
		got, of := colorOf(part), opaque(want)
		if abs(int(got.R)-int(of.R)) > 1 || abs(int(got.G)-int(of.G)) > 1 || abs(int(got.B)-int(of.B)) > 1 {
			t.Errorf("%g: %v, want %v", part, got, of)
		}
	}
	for i := 1; i < len(viridis); i++ {
		if Brightness(viridis[i]) < Brightness(viridis[i-1])-1./255 { // but for rounding
			t.Errorf("colour %d is darker than the one before", i)
		}
	}
}

// Texts and lines can be read on their papers: the contrast that WCAG asks for, 4.5 and 3.
func TestContrast(t *testing.T) {
	linear := func(x uint8) float64 {
		c := float64(x) / 255
		if c <= 0.04045 {
			return c / 12.92
		}
		return math.Pow((c+0.055)/1.055, 2.4)
	}
	for name, p := range map[string]*palette{"light": &light, "dark": &dark} {
		luminance := func(i int) float64 {
			c := p.paper
			if i > 0 {
				c = p.inks[i]
			}
			return 0.2126*linear(c.R) + 0.7152*linear(c.G) + 0.0722*linear(c.B)
		}
		contrast := func(a, b int) float64 {
			x, y := luminance(a), luminance(b)
			return (max(x, y) + 0.05) / (min(x, y) + 0.05)
		}
		for _, on := range []int{0, int(Item), int(Gap), int(Padding)} {
			for _, text := range []Ink{Text, Dim} {
				if got := contrast(int(text), on); got < 4 {
					t.Errorf("%s: text %d on %d has a contrast of %.2f", name, text, on, got)
				}
			}
		}
		for i := int(Missing); i < inks; i++ {
			if got := contrast(i, 0); got < 3 {
				t.Errorf("%s: ink %d has a contrast of %.2f", name, i, got)
			}
		}
	}
}

// The pixel in the middle of each cell has the colour of its item.
func TestHeatmapPixels(t *testing.T) {
	items := []float64{0, 1, 2, 3, math.NaN(), 5, 6, math.Inf(1), 8, 9, 10, 11}
	v := viewOf(t, items, "d", 3, 4)
	for _, turned := range []bool{false, true} {
		of, rows, columns := v, 3, 4
		if turned {
			of, rows, columns = must(v.Transpose()), 4, 3
		}
		p := must(Read(of, new(summary.Work), options(HeatKind, 500, 400, false)))
		d := p.Draw("title")
		img := d.Image(Light)
		var at raster
		for _, shape := range d.shapes {
			if r, ok := shape.(raster); ok && r.missing == Missing {
				at = r
			}
		}
		for i := range rows {
			for j := range columns {
				position := i*4 + j
				if turned {
					position = j*4 + i
				}
				x := items[position]
				want := light.inks[Missing]
				if x-x == 0 {
					want = viridis[min(int(x/11*256), 255)]
				}
				px, py := int(at.x+(float64(j)+0.5)*at.w/float64(columns)), int(at.y+(float64(i)+0.5)*at.h/float64(rows))
				r, g, b, _ := img.At(px, py).RGBA()
				if uint8(r>>8) != want.R || uint8(g>>8) != want.G || uint8(b>>8) != want.B {
					t.Errorf("item %d, %d of %g: %v, want %v", i, j, x, img.At(px, py), want)
				}
			}
		}
		if special := p.(*Heatmap).Special; special != (Special{NaN: 1, PosInf: 1}) {
			t.Errorf("%+v", special)
		}
	}
}

// In a terminal with all colours, each cell of the grid is half a character of its colour.
func TestHeatmapInTerminal(t *testing.T) {
	items := make([]float32, 6*5)
	for i := range items {
		items[i] = float32(i * i)
	}
	o := options(HeatKind, 80*CellWidth, 20*CellHeight, true)
	p := must(Read(viewOf(t, items, "f", 6, 5), new(summary.Work), o)).(*Heatmap)
	var text strings.Builder
	if err := p.Draw("title").Terminal(&text, Terminal{Colors: TrueColor}); err != nil {
		t.Fatal(err)
	}
	for i, x := range items {
		c := viridis[min(int(float64(x)/(29*29)*256), 255)]
		if want := (&screen{Terminal: Terminal{Colors: TrueColor}}).sequence(38, c); !strings.Contains(text.String(), want) {
			t.Errorf("no character has the colour of item %d, %q", i, want)
		}
	}
}

// The means of a large matrix, by brute force.
func TestGridIsMeans(t *testing.T) {
	const high, wide = 97, 61
	items := make([]int16, high*wide)
	for i := range items {
		items[i] = int16(i * 7919)
	}
	v := viewOf(t, items, "h", high, wide)
	for _, size := range [][2]int{{97, 61}, {10, 61}, {97, 8}, {9, 7}, {1, 1}, {200, 200}} {
		for _, of := range []*memoryview.View{v, must(v.Select("::-1, ::2")), must(v.Transpose())} {
			shape := of.Shape()
			g := must(readGrid(of, new(summary.Work), size[0], size[1], new(Special)))
			if g.Rows != min(size[0], shape[0]) || g.Columns != min(size[1], shape[1]) || g.Read != shape[0]*shape[1] {
				t.Fatalf("%v of %v: %d × %d, read %d", size, shape, g.Rows, g.Columns, g.Read)
			}
			for r := range g.Rows {
				for c := range g.Columns {
					sum, n := 0.0, 0
					for i := r * shape[0] / g.Rows; i < (r+1)*shape[0]/g.Rows; i++ {
						for j := c * shape[1] / g.Columns; j < (c+1)*shape[1]/g.Columns; j++ {
							sum += float64(must(of.At(i, j)).(int16))
							n++
						}
					}
					if got, want := g.Values[r*g.Columns+c], sum/float64(n); math.Abs(got-want) > 1e-8*math.Abs(want)+1e-8 {
						t.Fatalf("%v of %v: cell %d, %d is %g, want %g", size, shape, r, c, got, want)
					}
				}
			}
		}
	}
}

// Of what has far more items than a picture shows, few are read, and some from everywhere.
func TestHugeMatrixIsNotRead(t *testing.T) {
	row := viewOf(t, []float64{1, 2, 3, 4}, "d", 1, 4)
	lent := must(broadcast(row, 1<<25))
	p := must(Read(lent, new(summary.Work), options(HeatKind, 300, 300, false))).(*Heatmap)
	if p.Read > 2*mostItems || p.Rows < 50 || p.Columns != 4 {
		t.Errorf("%d items were read for %d × %d cells", p.Read, p.Rows, p.Columns)
	}
	for i, x := range p.Values {
		if x != float64(i%4+1) {
			t.Fatalf("cell %d is %g", i, x)
		}
	}
}

// A PNG of an image is that image.
func TestImageComesBack(t *testing.T) {
	const high, wide = 19, 33
	for channels := 1; channels <= 4; channels++ {
		items := make([]uint8, high*wide*channels)
		for i := range items {
			items[i] = uint8(i*i/3 + 7*i)
		}
		v := viewOf(t, items, "B", high, wide, channels)
		var data bytes.Buffer
		if err := must(Read(v, new(summary.Work), options(ImageKind, 0, 0, false))).Draw("").PNG(&data, Light); err != nil {
			t.Fatal(err)
		}
		img := must(png.Decode(&data))
		if img.Bounds().Dx() != wide || img.Bounds().Dy() != high {
			t.Fatalf("%d channels: %v", channels, img.Bounds())
		}
		for y := range high {
			for x := range wide {
				p := items[(y*wide+x)*channels:][:channels]
				want := [4]uint8{p[0], p[0], p[0], 255}
				switch channels {
				case 2:
					want[3] = p[1]
				case 3:
					want[1], want[2] = p[1], p[2]
				case 4:
					want = [4]uint8(p)
				}
				if got := nrgbaAt(img, x, y); got != want {
					t.Fatalf("%d channels: pixel %d, %d is %v, want %v", channels, x, y, got, want)
				}
			}
		}
	}
	// Larger, it is the same; floats between 0 and 1 are as good as bytes.
	floats := viewOf(t, []float32{0, 0.2, 0.4, 0.6, 0.8, 1}, "f", 1, 2, 3)
	d := must(Read(floats, new(summary.Work), options(AutoKind, 20, 10, false))).Draw("")
	if img := d.Image(Light); img.Bounds().Dx() != 20 || nrgbaAt(img, 3, 5) != [4]uint8{0, 51, 102, 255} || nrgbaAt(img, 17, 5) != [4]uint8{153, 204, 255, 255} {
		t.Errorf("%v: %v, %v", img.Bounds(), nrgbaAt(img, 3, 5), nrgbaAt(img, 17, 5))
	}
}
