package buffertest_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/go-memoryview/memoryview"
	"github.com/go-memoryview/memoryview/buffer"
	"github.com/go-memoryview/memoryview/buffertest"
	"github.com/go-memoryview/memoryview/export"
	"github.com/go-memoryview/memoryview/internal/draw"
)

// TestRandomViews puts views through the suite that are made of strided memory or rows, step after step.
func TestRandomViews(t *testing.T) {
	draw.Check(t, func(s draw.Source) {
		var exporter buffer.Exporter
		var err error
		if draw.Bool(s, "rows") {
			exporter, err = export.Rows([][]int32{{1, 2, 3}, {4, 5, 6}, {7, 8, 9}})
		} else {
			exporter, err = randomStrided(s)
		}
		v, err2 := memoryview.FromObject(exporter)
		if err != nil || err2 != nil {
			s.Fatal(err, err2)
		}
		way := ""
		for range draw.Between(s, 0, 4, "steps") {
			next, step, err := randomStep(s, v)
			if err != nil {
				continue // pointers cannot be followed in every way, nor casts be made of all
			}
			v, way = next, way+step
		}
		if err := buffertest.TestExporter(v); err != nil {
			s.Fatal(fmt.Sprintf("%v, by%s: %v", v, way, err))
		}
	})
}

// randomStrided lends memory in up to three dimensions, read-only, since items may overlap.
func randomStrided(s draw.Source) (buffer.Exporter, error) {
	l := buffer.Layout{ItemSize: draw.Of(s, "item size", 1, 2, 3, 4)}
	l.Format = fmt.Sprintf("%ds", l.ItemSize)
	for range draw.Between(s, 0, 3, "dimensions") {
		l.Shape = append(l.Shape, draw.Between(s, 0, 3, "extent"))
		l.Strides = append(l.Strides, draw.Between(s, -12, 12, "stride"))
	}
	mem := []byte(strings.Repeat("abcdefghijklmnopqrstuvwxyz", 8))
	return export.Strided(mem, 100, l, true)
}

// randomStep makes another view of a view.
func randomStep(s draw.Source, v *memoryview.View) (next *memoryview.View, step string, err error) {
	switch draw.Between(s, 0, 4, "step") {
	case 0:
		expr := draw.Of(s, "selection", "::-1", "..., ::2", "1:", "0", "..., -1", ":0", "..., 1:1", ":, ::-2", "...")
		next, err = v.Select(expr)
		return next, " [" + expr + "]", err
	case 1:
		next, err = v.Transpose()
		return next, " Transpose", err
	case 2:
		format := draw.Of(s, "format", "B", "h", ">H", "c", "T{bB}", "?", "2B", "<e")
		next, err = v.Cast(format)
		return next, " Cast " + format, err
	case 3:
		next, err = memoryview.GetContiguous(v, buffer.Read, draw.Of(s, "order", buffer.C, buffer.F, buffer.Any))
		return next, " GetContiguous", err
	default:
		loan, err := v.GetBuffer(buffer.FullRO)
		if err != nil {
			return nil, "", err
		}
		next, err = memoryview.FromBuffer(loan)
		return next, " FromBuffer", err
	}
}
