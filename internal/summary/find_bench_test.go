package summary_test

import (
	"testing"

	"github.com/go-memoryview/memoryview"
	"github.com/go-memoryview/memoryview/internal/kernel"
	"github.com/go-memoryview/memoryview/internal/summary"
)

func BenchmarkFind(b *testing.B) {
	x := make([]float32, 1<<22)
	for i := range x {
		x[i] = float32(uint32(i) * 2654435761 >> 8)
	}
	v := must(memoryview.FromObject(x))
	var items kernel.Items
	must(v.Buffer().Enter(&items))
	for _, condition := range []string{"=7", ">16770000", ">8000000", ">=0"} {
		q := must(summary.NewQuery(items, v.Buffer().Type(), []string{condition}, summary.Tolerance{}))
		b.Run(condition, func(b *testing.B) {
			b.SetBytes(int64(4 * len(x)))
			for b.Loop() {
				w := &summary.Work{Workers: 1}
				if err := q.Each(w, func([]int) error { return nil }); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
