package main

import (
	"context"
	"fmt"
	"image"
	"math"
	"slices"

	"github.com/go-memoryview/memoryview"
	"github.com/go-memoryview/memoryview/buffer"
	"github.com/go-memoryview/memoryview/cmd/memview/internal/picture"
	"github.com/go-memoryview/memoryview/format"
	"github.com/go-memoryview/memoryview/internal/summary"
)

// frame is how an array is shown as a picture: the last two dimensions as colours, or the last three as an image where the
// last holds red, green and blue.
type frame struct {
	Rows     int   `json:"rows"`
	Columns  int   `json:"columns"`
	Channels int   `json:"channels"` // 0: numbers that are shown as colours
	Leading  []int `json:"leading"`
}

// frameOf says how, or why not.
func frameOf(v *memoryview.View) (f *frame, reason string) {
	t, shape := typeOf(v.Format()), v.Shape()
	kinds := []format.Kind{format.Int, format.Uint, format.Float, format.Bool}
	n := len(shape)
	switch {
	case t.Kind() == format.Struct && t.NumField() > 0:
		return nil, "Records have no colour: name a field behind the slice, as in ." + gridOf(v).Fields[0].Name
	case !slices.Contains(kinds, t.Kind()):
		return nil, "Items of " + words(t) + " have no colour."
	case n < 2:
		return nil, fmt.Sprintf("A picture has two dimensions, and the shape is %s.", tuple(shape))
	case slices.Contains(shape, 0):
		return nil, fmt.Sprintf("There are no items: the shape is %s.", tuple(shape))
	case n > 2 && (shape[n-1] == 3 || shape[n-1] == 4) && t.Kind() == format.Uint && t.Size() <= 2:
		return &frame{shape[n-3], shape[n-2], shape[n-1], shape[:n-3]}, ""
	}
	return &frame{shape[n-2], shape[n-1], 0, shape[:n-2]}, ""
}

// Of more bytes, few rows are shown unless all are asked for.
const (
	mostPainted = 64 << 20
	coarseRows  = 48
)

// pagePixels bounds the sides of what is sent; room is what a heat map takes beside its cells.
const (
	pagePixels = 512
	roomWide   = 200
	roomHigh   = 120
)

type pictureAnswer struct {
	Rows    int    `json:"rows"`
	Columns int    `json:"columns"`
	Of      [2]int `json:"of"`     // rows and columns of the array
	Pixels  []byte `json:"pixels"` // red, green, blue and alpha of each, row by row
	Low     string `json:"low,omitempty"`
	High    string `json:"high,omitempty"` // and what the ends of the colours stand for
	Colors  []byte `json:"colors,omitempty"`
	Note    string `json:"note,omitempty"`
	Coarse  bool   `json:"coarse"` // most rows were left out, to read little
}

// picture gives pixels.
func (a *api) picture(ctx context.Context, p *params) (any, error) {
	s, err := a.part(p)
	if err != nil {
		return nil, err
	}
	defer s.Close()
	f, reason := frameOf(s.part)
	if f == nil {
		return nil, fmt.Errorf("%s: %w: %s", s.title(), buffer.ErrType, reason)
	}
	at := p.numbers("at")
	if p.err != nil {
		return nil, p.err
	}
	v, err := s.sub(at, s.part.NDim()-len(f.Leading))
	if err != nil {
		return nil, err
	}
	defer v.Release()
	if v.NDim() != s.part.NDim()-len(f.Leading) {
		return nil, fmt.Errorf("at=%v: %w: %s wants %d indices", at, buffer.ErrValue, s.title(), len(f.Leading))
	}
	isCoarse := v.NBytes() > mostPainted && p.Get("all") != "1"
	if isCoarse {
		if v, err = coarse(v); err != nil {
			return nil, err
		}
		defer v.Release()
	}
	answer, err := paint(ctx, v, f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", s.title(), err)
	}
	answer.Coarse = isCoarse
	return answer, nil
}

// coarse leaves out most of what lies far apart: rows, or columns where those do. Systems read files in pieces, of up to megabytes.
func coarse(v *memoryview.View) (*memoryview.View, error) {
	shape, strides := v.Shape(), v.Strides()
	parts := [2]string{":", ":"}
	outer := 0
	if abs(strides[1]) > abs(strides[0]) {
		outer = 1
	}
	parts[outer] = fmt.Sprintf("::%d", (shape[outer]-1)/coarseRows+1)
	return v.Select(parts[0] + ", " + parts[1])
}

func paint(ctx context.Context, v *memoryview.View, f *frame) (*pictureAnswer, error) {
	w := new(summary.Work)
	defer context.AfterFunc(ctx, w.Stop)()
	o := picture.Options{Kind: picture.HeatKind, Min: math.NaN(), Max: math.NaN(), Size: picture.Size{Width: pagePixels + roomWide, Height: pagePixels + roomHigh}}
	if f.Channels > 0 {
		o.Kind, o.Size = picture.ImageKind, picture.Size{Width: pagePixels, Height: pagePixels}
	}
	plot, err := picture.Read(v, w, o)
	if err != nil {
		return nil, err
	}
	answer := &pictureAnswer{Of: [2]int{f.Rows, f.Columns}}
	var img *image.NRGBA
	switch plot := plot.(type) {
	case *picture.Pixels:
		img = plot.Image
	case *picture.Heatmap:
		var low, high float64
		img, low, high = plot.Colors()
		answer.Low, answer.High, answer.Colors = pageNumber(low), pageNumber(high), picture.AllColors().Pix
		if plot.NaN > 0 {
			answer.Note = plural(plot.NaN, "%d item") + " without a number"
		}
	}
	answer.Rows, answer.Columns, answer.Pixels = img.Rect.Dy(), img.Rect.Dx(), img.Pix
	return answer, nil
}
