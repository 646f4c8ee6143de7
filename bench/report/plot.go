package report

import (
	"bytes"
	"fmt"
	"image/color"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgsvg"

	"github.com/go-memoryview/memoryview/bench/cases"
)

var (
	ink    = color.RGBA{0x33, 0x3a, 0x45, 0xff}
	faint  = color.RGBA{0xe3, 0xe6, 0xea, 0xff}
	good   = color.RGBA{0xef, 0xf7, 0xf1, 0xff}
	colors = map[cases.Verdict]color.RGBA{
		cases.Met:  {0x1a, 0x85, 0x4a, 0xff},
		cases.Open: {0xd0, 0x8a, 0x00, 0xff},
		cases.Miss: {0xc6, 0x2f, 0x2f, 0xff},
	}
	lineColors = []color.RGBA{{0x1f, 0x5f, 0xbf, 0xff}, {0xc6, 0x5a, 0x11, 0xff}, {0x1a, 0x85, 0x4a, 0xff}, {0x8a, 0x8f, 0x98, 0xff}}
)

const (
	rowHeight = 15 * vg.Inch / 96
	width     = 10 * vg.Inch
)

// newPlot is a plot in the house's type and colours.
func newPlot(title string) *plot.Plot {
	p := plot.New()
	p.Title.Text = title
	for _, style := range []*draw.TextStyle{
		&p.Title.TextStyle, &p.X.Label.TextStyle, &p.Y.Label.TextStyle, &p.X.Tick.Label, &p.Y.Tick.Label, &p.Legend.TextStyle,
	} {
		style.Font = font.From(plot.DefaultFont, 9)
		style.Font.Variant = "Sans"
		style.Color = ink
	}
	p.Title.TextStyle.Font.Size = 12
	p.Title.Padding = 8
	for _, axis := range []*plot.Axis{&p.X, &p.Y} {
		axis.LineStyle.Color = ink
		axis.Tick.LineStyle.Color = ink
	}
	return p
}

// margins shows how far every figure lies from its target, on a scale where 1 is the target and better is to the
// right.
func (r *Report) margins() ([]byte, error) {
	var shown []Result
	low, high := 0.5, 4.0
	for _, result := range r.Results {
		a, b := result.margin()
		if result.Measured() && a > 0 && !math.IsInf(b, 1) {
			shown = append(shown, result)
			low, high = min(low, a/1.2), max(high, b*1.2)
		}
	}
	p := newPlot("Every case beside its target")
	p.X.Scale, p.X.Min, p.X.Max = plot.LogScale{}, low, high
	p.X.Tick.Marker = timesTicks{high}
	p.X.Label.Text = "times better than the target (the line); the bars are 95% intervals"
	p.Y.Min, p.Y.Max = -0.7, float64(len(shown))-0.3

	band, err := plotter.NewPolygon(plotter.XYs{{X: 1, Y: p.Y.Min}, {X: high, Y: p.Y.Min}, {X: high, Y: p.Y.Max}, {X: 1, Y: p.Y.Max}})
	if err != nil {
		return nil, err
	}
	band.Color, band.LineStyle.Width = good, 0
	p.Add(band)
	for i := range shown {
		p.Add(stroke(low, float64(i), high, float64(i), faint, 0.5))
	}
	p.Add(stroke(1, p.Y.Min, 1, p.Y.Max, ink, 1))

	names := make([]string, len(shown))
	words := plotter.XYLabels{}
	for verdict, colour := range colors {
		var points plotter.XYs
		for i := range shown {
			result := &shown[i]
			y := float64(len(shown) - 1 - i)
			names[len(shown)-1-i] = result.Case()
			if result.Verdict != verdict {
				continue
			}
			t := result.Target
			a, b := result.margin()
			p.Add(stroke(a, y, b, y, colour, 1.5))
			points = append(points, plotter.XY{X: t.Margin(result.Figure.Median), Y: y})
			words.XYs = append(words.XYs, plotter.XY{X: high, Y: y})
			words.Labels = append(words.Labels, fmt.Sprintf("%s (%s)", t.Format(result.Figure.Median), t))
		}
		if len(points) == 0 {
			continue
		}
		scatter, err := plotter.NewScatter(points)
		if err != nil {
			return nil, err
		}
		scatter.GlyphStyle = draw.GlyphStyle{Color: colour, Radius: 3, Shape: draw.CircleGlyph{}}
		p.Add(scatter)
	}
	labels, err := plotter.NewLabels(words)
	if err != nil {
		return nil, err
	}
	for i := range labels.TextStyle {
		labels.TextStyle[i].Font = p.Y.Tick.Label.Font
		labels.TextStyle[i].Font.Size = 8
		labels.TextStyle[i].Color = ink
		labels.TextStyle[i].YAlign = draw.YCenter
	}
	labels.Offset.X = 6
	p.Add(labels) // to the right of the scale: the plot makes room
	p.NominalY(names...)
	p.Y.Min, p.Y.Max = -0.7, float64(len(shown))-0.3
	p.Y.LineStyle.Width = 0
	return svg(p, width, rowHeight*vg.Length(len(shown))+0.9*vg.Inch)
}

// margin is the 95% interval in times better than the target.
func (r *Result) margin() (low, high float64) {
	a, b := r.Target.Margin(r.Figure.Low), r.Target.Margin(r.Figure.High)
	return min(a, b), max(a, b)
}

func stroke(x1, y1, x2, y2 float64, c color.Color, width vg.Length) *plotter.Line {
	return &plotter.Line{
		XYs:       plotter.XYs{{X: x1, Y: y1}, {X: x2, Y: y2}},
		LineStyle: draw.LineStyle{Color: c, Width: width},
	}
}

// timesTicks marks powers of ten, and where there are few of them two and five between.
type timesTicks struct{ limit float64 }

func (t timesTicks) Ticks(low, _ float64) (ticks []plot.Tick) {
	digits := []float64{1, 2, 5}
	if t.limit/low > 1000 {
		digits = digits[:1]
	}
	for decade := math.Pow(10, math.Floor(math.Log10(low))); decade <= t.limit; decade *= 10 {
		for _, digit := range digits {
			if x := digit * decade; x >= low && x <= t.limit {
				ticks = append(ticks, plot.Tick{Value: x, Label: fmt.Sprintf("%.4gx", x)})
			}
		}
	}
	return ticks
}

// growth shows the cost of a byte at every size.
func (r *Report) growth() ([]byte, error) {
	p := newPlot("Cost of a byte, by size")
	p.X.Scale, p.Y.Scale = plot.LogScale{}, plot.LogScale{}
	p.X.Label.Text, p.Y.Label.Text = "bytes of items", "nanoseconds a byte"
	p.X.Tick.Marker, p.Y.Tick.Marker = sizeTicks{}, decadeTicks{}
	p.Legend.Top, p.Legend.Left, p.Legend.Padding, p.Legend.XOffs = true, true, 3, 10
	p.Legend.YOffs = -12
	grid := plotter.NewGrid()
	grid.Horizontal.Color, grid.Vertical.Color = faint, faint
	p.Add(grid)
	for i, line := range r.Growth {
		var points plotter.XYs
		for _, point := range line.Points {
			points = append(points, plotter.XY{X: float64(point.Bytes), Y: point.Cost.Median})
		}
		drawn, dots, err := plotter.NewLinePoints(points)
		if err != nil {
			return nil, err
		}
		colour := lineColors[i%len(lineColors)]
		drawn.LineStyle = draw.LineStyle{Color: colour, Width: 1.5}
		dots.GlyphStyle = draw.GlyphStyle{Color: colour, Radius: 2.5, Shape: draw.CircleGlyph{}}
		p.Add(drawn, dots)
		p.Legend.Add(line.Name, drawn, dots)
	}
	p.Y.Max *= 4 // room for the legend
	return svg(p, 8*vg.Inch, 4.5*vg.Inch)
}

// sizeTicks marks every fourth power of two.
type sizeTicks struct{}

func (sizeTicks) Ticks(low, high float64) (ticks []plot.Tick) {
	for n := 1; float64(n) <= high; n *= 4 {
		if float64(n) >= low {
			ticks = append(ticks, plot.Tick{Value: float64(n), Label: sized(n)})
		}
	}
	return ticks
}

// decadeTicks marks one, two and five of every decade.
type decadeTicks struct{}

func (decadeTicks) Ticks(low, high float64) (ticks []plot.Tick) {
	for _, tick := range (timesTicks{high}).Ticks(low, high) {
		ticks = append(ticks, plot.Tick{Value: tick.Value, Label: fmt.Sprintf("%.3g", tick.Value)})
	}
	return ticks
}

func svg(p *plot.Plot, width, height vg.Length) ([]byte, error) {
	const edge = 10 * vg.Inch / 72
	canvas := vgsvg.New(width, height)
	p.Draw(draw.Crop(draw.New(canvas), edge, -2*edge, edge, -edge))
	var out bytes.Buffer
	_, err := canvas.WriteTo(&out)
	// Few systems have the fonts that the plot reckons with; these are as wide.
	return bytes.ReplaceAll(out.Bytes(), []byte("Liberation Sans"), []byte("'Liberation Sans',Arial,Helvetica,sans-serif")), err
}
