package kernel

import "testing"

// BenchmarkTotals is over a block that stays in the first cache, as its callers' do.
func BenchmarkTotals(b *testing.B) {
	for _, way := range []struct {
		name string
		on   bool
	}{{"AVX2", true}, {"Go", false}} {
		b.Run(way.name, func(b *testing.B) {
			defer setAVX2(setAVX2(way.on))
			b.Run("float32", benchmarkTotals[float32])
			b.Run("float64", benchmarkTotals[float64])
		})
	}
}

func benchmarkTotals[F floats](b *testing.B) {
	x := make([]F, 2048)
	for i := range x {
		x[i] = F(i) - 1000
	}
	b.SetBytes(int64(len(x) * sizeOf[F]()))
	for b.Loop() {
		t := TotalsOf(x)
		SpreadOf(x, t.Sum/float64(len(x)))
	}
}
