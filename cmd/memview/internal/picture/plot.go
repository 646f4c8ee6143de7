package picture

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/go-memoryview/memoryview"
	"github.com/go-memoryview/memoryview/buffer"
	"github.com/go-memoryview/memoryview/format"
	"github.com/go-memoryview/memoryview/internal/summary"
)

// Size is how large a picture is to be.
type Size struct {
	Width, Height int  // pixels, also of the characters in a terminal; 0: as is usual, for an image its own
	Terminal      bool // images have a pixel for half a character there, and curves a dot for an eighth
}

// pixel is the side of the smallest square of an image.
func (s Size) pixel() int {
	if s.Terminal {
		return CellWidth
	}
	return 1
}

// Kinds of plots. Auto takes what fits the array.
const (
	AutoKind  = "auto"
	LineKind  = "line"
	BarsKind  = "histogram"
	HeatKind  = "heatmap"
	ImageKind = "image"
)

const (
	usualWidth  = 960
	usualHeight = 540
)

// Options say what is read, and how it is scaled.
type Options struct {
	Size
	Kind     string  // one of the kinds
	Bins     int     // of a histogram; 0: as fits
	Log      bool    // the scale of values is logarithmic, in a histogram that of counts
	Min, Max float64 // of the scale; NaN: those of the items
	Clip     float64 // percent of what is shown, at either end, that the scale need not reach
}

// A Plot is what was read of an array.
type Plot interface {
	Kind() string
	// Draw arranges the picture. Its size is at most that which was asked for, as far as there is room for all labels.
	Draw(title string) *Drawing
}

// Read reads as much of a view as the picture shows. Lines and histograms need all items; of images and heat maps those
// between are left out where there are very many. Fields of records that are numbers become lines.
func Read(v *memoryview.View, w *summary.Work, o Options) (Plot, error) {
	if o.Kind == "" || o.Kind == AutoKind {
		o.Kind = kindFor(v)
	}
	if o.Kind != ImageKind {
		o.Width, o.Height = cmp.Or(o.Width, usualWidth), cmp.Or(o.Height, usualHeight)
		if !o.Terminal {
			o.Width, o.Height = max(o.Width-2*border, 1), max(o.Height-2*border, 1)
		}
	}
	switch o.Kind {
	case LineKind:
		return readLines(v, w, o)
	case BarsKind:
		return readHistogram(v, w, o)
	case HeatKind:
		return readHeatmap(v, w, o)
	case ImageKind:
		return readPixels(v, w, o)
	}
	return nil, fmt.Errorf("%w: no kind of plot is called %.40q: there are line, histogram, heatmap and image", buffer.ErrValue, o.Kind)
}

// fewColumns of a matrix are lines rather than a heat map, if they are long.
const fewColumns = mostSeries

func kindFor(v *memoryview.View) string {
	shape, t := v.Shape(), v.Buffer().Type()
	switch len(shape) {
	case 1:
		return LineKind
	case 2:
		switch {
		case t.Kind() == format.Struct:
			return BarsKind
		case shape[1] <= fewColumns && shape[0] > 4*shape[1]:
			return LineKind
		case t.Kind() == format.Uint && t.Size() == 1:
			return ImageKind
		}
		return HeatKind
	case 3:
		if hasChannels(shape) && (t.Kind() == format.Uint && t.Size() <= 2 || t.Kind() == format.Float) {
			return ImageKind
		}
	}
	return BarsKind
}

// hasChannels reports whether the last dimension could be red, green, blue and perhaps alpha.
func hasChannels(shape []int) bool { return len(shape) == 3 && (shape[2] == 3 || shape[2] == 4) }

// scaleOf fits a scale to values, of which those that have no place are passed over.
func (o *Options) scaleOf(values ...[]float64) scale {
	var all []float64
	for _, some := range values {
		for _, x := range some {
			if x-x == 0 && (!o.Log || x > 0) {
				all = append(all, x)
			}
		}
	}
	low, high := math.NaN(), math.NaN()
	if len(all) > 0 {
		slices.Sort(all)
		skip := int(float64(len(all)-1) * min(max(o.Clip, 0), 49) / 100)
		low, high = all[skip], all[len(all)-1-skip]
	}
	return o.bounded(low, high)
}

// bounded puts the ends that were asked for in the place of those that were found.
func (o *Options) bounded(low, high float64) scale {
	if o.Min == o.Min {
		low = o.Min
		if !(high >= low) {
			high = low
		}
	}
	if o.Max == o.Max {
		high = o.Max
		if !(low <= high) {
			low = high
		}
	}
	return newScale(low, high, o.Log)
}

// Validate says what options cannot be.
func (o *Options) Validate() error {
	switch {
	case math.IsInf(o.Min, 0) || math.IsInf(o.Max, 0):
		return fmt.Errorf("%w: the ends of a scale are finite", buffer.ErrValue)
	case o.Min >= o.Max:
		return fmt.Errorf("%w: a scale from %g to %g: its end lies above its beginning", buffer.ErrValue, o.Min, o.Max)
	case o.Log && o.Kind != BarsKind && (o.Min <= 0 || o.Max <= 0):
		return fmt.Errorf("%w: a logarithmic scale holds numbers above 0", buffer.ErrValue)
	case !(o.Clip >= 0 && o.Clip < 50):
		return fmt.Errorf("%w: clipping %g percent at either end: from 0 to less than 50", buffer.ErrValue, o.Clip)
	}
	return nil
}

// shapeText writes a shape as Python does.
func shapeText(shape []int) string {
	text := strings.ReplaceAll(strings.Trim(fmt.Sprint(shape), "[]"), " ", ", ")
	if len(shape) == 1 {
		text += ","
	}
	return "(" + text + ")"
}

// bound is where part k of n items divided into parts begins.
func bound(k, n, parts int) int {
	whole, rest := n/parts, n%parts
	return k*whole + int(int64(k)*int64(rest)/int64(parts))
}
