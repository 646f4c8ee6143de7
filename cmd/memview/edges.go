package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/go-memoryview/memoryview"
	"github.com/go-memoryview/memoryview/buffer"
	"github.com/go-memoryview/memoryview/cmd/memview/internal/arraytext"
)

// printable is what can be printed: a view, or what was fetched to be printed.
type printable interface {
	arraytext.Array
	Format() string
	NDim() int
}

// edges is an array of which only what is printed was fetched: of its long dimensions, both ends.
type edges struct {
	*memoryview.View // the ends, side by side

	shape []int // of all
}

// Shape is that of the whole array.
func (e *edges) Shape() []int { return e.shape }

// At takes an index in the whole array, at its ends.
func (e *edges) At(index ...int) (any, error) {
	at := slices.Clone(index)
	for d, have := range e.View.Shape() {
		if at[d] >= have/2 {
			at[d] -= e.shape[d] - have
		}
	}
	return e.View.At(at...)
}

// cutEdges is cut for who prints: of what is fetched, the ends of long dimensions are enough. Where a field has dimensions of its own, or a slice
// follows on the first, it is cut as a whole.
func (s *selection) cutEdges(o func(format string, ndim int) arraytext.Options) error {
	a, isFetched := s.array.(*fetched)
	if !isFetched {
		return s.cut()
	}
	l, err := a.partLayout(s.target, s.field)
	if err != nil {
		s.Close()
		return err
	}
	ends := arraytext.Printed(l.Shape, o(l.Format, len(l.Shape)))
	cuts, left, err := a.leadingCuts(s.steps)
	if err != nil || slices.Equal(ends, l.Shape) || countKept(cuts) != len(ends) || strings.Contains(left, "[") {
		return s.cut()
	}
	if s.whole, err = a.fetchEnds(cuts, ends); err == nil {
		s.part, err = s.target.cut(s.whole, left, s.field)
	}
	if err != nil {
		s.Close()
		return err
	}
	s.sketched, s.ends = &l, &edges{s.part, l.Shape}
	return nil
}

// leadingCuts are those of the slice that steps begin with, one for each dimension.
func (a *fetched) leadingCuts(steps string) (cuts []buffer.Cut, left string, err error) {
	first, left, err := leadingSlice(steps)
	if err != nil {
		return nil, "", err
	}
	shape := a.Layout().Shape
	cuts, err = memoryview.Cuts(first, shape)
	for d := len(cuts); d < len(shape); d++ {
		cuts = append(cuts, buffer.Cut{Count: shape[d], Step: 1})
	}
	return cuts, left, err
}

// countKept counts the dimensions that cuts leave.
func countKept(cuts []buffer.Cut) (n int) {
	for _, c := range cuts {
		if !c.Drop {
			n++
		}
	}
	return n
}

// fetchEnds fetches of each dimension that is kept as many items as are printed, half of them from either end.
func (a *fetched) fetchEnds(cuts []buffer.Cut, ends []int) (*memoryview.View, error) {
	l := a.Layout()
	l.Shape = ends
	l.Strides, _ = buffer.ContiguousStrides(ends, l.ItemSize, buffer.C)
	room, err := a.store.room(l)
	if err != nil {
		return nil, err
	}
	err = a.store.fetch(func(ctx context.Context) error {
		return eachCorner(nil, nil, cuts, ends, func(from, to string) error {
			part, err := room.Select(to)
			if err != nil {
				return err
			}
			defer part.Release()
			return a.FetchInto(ctx, part, from)
		})
	})
	if err != nil {
		room.Release()
		return nil, err
	}
	return room, nil
}

// eachCorner calls f with a slice of the array for each combination of ends, and with the slice of what is fetched where that goes. From and to
// are those of the dimensions that come before the cuts.
func eachCorner(from, to []string, cuts []buffer.Cut, ends []int, f func(from, to string) error) error {
	switch {
	case len(cuts) == 0:
		return f("["+strings.Join(from, ",")+"]", "["+strings.Join(to, ",")+"]")
	case cuts[0].Drop:
		return eachCorner(append(from, fmt.Sprint(cuts[0].Start)), to, cuts[1:], ends, f)
	case cuts[0].Count == ends[0]:
		return eachCorner(append(from, sliceOf(cuts[0])), append(to, ":"), cuts[1:], ends[1:], f)
	}
	first, last, half := cuts[0], cuts[0], ends[0]/2
	first.Count, last.Count = half, half
	last.Start += (cuts[0].Count - half) * cuts[0].Step
	if err := eachCorner(append(from, sliceOf(first)), append(to, fmt.Sprintf(":%d", half)), cuts[1:], ends[1:], f); err != nil {
		return err
	}
	return eachCorner(append(from, sliceOf(last)), append(to, fmt.Sprintf("%d:", half)), cuts[1:], ends[1:], f)
}

// sliceOf writes a cut as a slice.
func sliceOf(c buffer.Cut) string {
	stop := fmt.Sprint(c.Start + c.Count*c.Step)
	if c.Start+c.Count*c.Step < 0 {
		stop = ""
	}
	return fmt.Sprintf("%d:%s:%d", c.Start, stop, c.Step)
}
