package summary_test

import (
	"testing"

	"github.com/go-memoryview/memoryview"
	"github.com/go-memoryview/memoryview/internal/summary"
)

func benchmark[T float32 | float64 | int32 | int64 | uint8 | int16](b *testing.B, o summary.Options) {
	x := make([]T, 64<<20/len(must(must(memoryview.FromObject(make([]T, 1))).Bytes())))
	for i := range x {
		x[i] = T(uint32(i) * 2654435761 >> 8)
	}
	v := must(memoryview.FromObject(x))
	c := columns(b, v)[0]
	b.SetBytes(64 << 20)
	for b.Loop() {
		must(c.Figures(new(summary.Work), o))
	}
}

func BenchmarkFigures(b *testing.B) {
	for name, o := range map[string]summary.Options{"quick": {}, "all": {Quantiles: parts, Bins: 12}} {
		b.Run(name+"/float32", func(b *testing.B) { benchmark[float32](b, o) })
		b.Run(name+"/float64", func(b *testing.B) { benchmark[float64](b, o) })
		b.Run(name+"/int32", func(b *testing.B) { benchmark[int32](b, o) })
		b.Run(name+"/int64", func(b *testing.B) { benchmark[int64](b, o) })
		b.Run(name+"/uint8", func(b *testing.B) { benchmark[uint8](b, o) })
		b.Run(name+"/int16", func(b *testing.B) { benchmark[int16](b, o) })
	}
}
