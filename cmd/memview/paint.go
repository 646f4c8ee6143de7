package main

import (
	"context"
	"encoding/base64"
	"fmt"
	"slices"

	"github.com/go-memoryview/memoryview"
	"github.com/go-memoryview/memoryview/buffer"
	"github.com/go-memoryview/memoryview/format"
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

// mostPixels bounds the sides of what is sent.
const mostPixels = 512

// picture gives pixels.
func (a *api) picture(_ context.Context, p *params) (any, error) {
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
	_ = base64.StdEncoding
	return nil, fmt.Errorf("%w: not yet", buffer.ErrValue)
}
