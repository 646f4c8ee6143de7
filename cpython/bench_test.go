package cpython_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/go-memoryview/memoryview"
	"github.com/go-memoryview/memoryview/array"
	"github.com/go-memoryview/memoryview/buffer"
	"github.com/go-memoryview/memoryview/cpython"
)

var sizes = []int{1 << 10, 1 << 20, 1 << 27}

// BenchmarkLoanOfPython takes a view of NumPy's memory and gives it back.
func BenchmarkLoanOfPython(b *testing.B) {
	needPython(b)
	execute(b, "import numpy as np")
	for _, size := range sizes {
		a := object(b, fmt.Sprintf("np.zeros(%d, 'u1')", size))
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				v := must(memoryview.FromObject(a))
				must(0, v.Release())
			}
		})
	}
	a := object(b, "np.zeros(1024, 'u1')")
	b.Run("inside Do", func(b *testing.B) {
		must(0, python.Do(context.Background(), func() error {
			for b.Loop() {
				v := must(memoryview.FromObject(a))
				must(0, v.Release())
			}
			return nil
		}))
	})
}

// BenchmarkLoanToPython lends Go memory, lets a memoryview take it, and gets it back.
func BenchmarkLoanToPython(b *testing.B) {
	needPython(b)
	for _, size := range sizes {
		v := must(memoryview.FromObject(make([]byte, size)))
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				must(cpython.Lend(v)).Release()
			}
		})
	}
	execute(b, "import numpy as np")
	asarray := object(b, "np.asarray")
	v := must(memoryview.FromObject(make([]float64, 1024)))
	b.Run("numpy.asarray", func(b *testing.B) {
		for b.Loop() {
			must(asarray.Call(v)).Release()
		}
	})
}

// BenchmarkCall is what one call costs that does nothing.
func BenchmarkCall(b *testing.B) {
	needPython(b)
	f := object(b, "int")
	b.Run("alone", func(b *testing.B) {
		for b.Loop() {
			must(f.Call()).Release()
		}
	})
	b.Run("inside Do", func(b *testing.B) {
		must(0, python.Do(context.Background(), func() error {
			for b.Loop() {
				must(f.Call()).Release()
			}
			return nil
		}))
	})
}

// BenchmarkPipeline doubles a NumPy array of 64 MiB in Go: in place, and by copies to Go and back, which is
// how it goes through bytes.
func BenchmarkPipeline(b *testing.B) {
	needPython(b)
	const items = 1 << 23
	execute(b, "import numpy as np")
	a := object(b, fmt.Sprintf("np.ones(%d)", items))
	double := func(v *memoryview.View) {
		numbers := must(array.Of[float64](v))
		defer numbers.Release()
		for _, run := range numbers.Runs() {
			for i := range run {
				run[i] *= 2
			}
		}
	}
	check := func(b *testing.B) {
		v := must(memoryview.FromObject(a))
		defer v.Release()
		if got := must(v.At(-1)); got != 2.0 {
			b.Fatalf("the last item is %v", got)
		}
		must(0, v.CopyFrom(1.0))
	}
	b.Run("in place", func(b *testing.B) {
		b.SetBytes(8 * items)
		for b.Loop() {
			v := must(memoryview.FromObject(a))
			double(v)
			must(0, v.Release())
			b.StopTimer()
			check(b)
			b.StartTimer()
		}
	})
	b.Run("through bytes", func(b *testing.B) {
		b.SetBytes(8 * items)
		frombuffer := object(b, "lambda a, data: np.copyto(a, np.frombuffer(data))")
		for b.Loop() {
			data := must(cpython.As[[]byte](a.CallMethod("tobytes")))
			v := must(must(memoryview.FromObject(data)).Cast("d"))
			double(v)
			must(frombuffer.Call(a, must(v.ToBytes(buffer.C)))).Release()
			b.StopTimer()
			check(b)
			b.StartTimer()
		}
	})
}
