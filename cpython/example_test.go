package cpython_test

import (
	"context"
	"fmt"
	"log"
	"math"
	"os"
	"os/signal"
	"time"

	"github.com/go-memoryview/memoryview"
	"github.com/go-memoryview/memoryview/array"
	"github.com/go-memoryview/memoryview/cpython"
)

// Start finds a Python, such as that of the virtual environment that is active.
func ExampleStart() {
	python, err := cpython.Start(cpython.Options{})
	if err != nil {
		log.Fatal(err) // says what was tried, and how to install one
	}
	defer python.Close()

	sum, err := cpython.As[int](python.Eval("sum(range(10))"))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(python.Version(), sum)
}

// NumPy's FFT reads a Go slice and writes another one, both in place.
func ExampleLend() {
	signal := make([]float64, 8)
	for i := range signal {
		signal[i] = math.Cos(2 * math.Pi * float64(i) / 4) // a period of 4 samples
	}
	spectrum := make([]complex128, 5)

	fft, err := python.Import("numpy.fft")
	if err != nil {
		log.Fatal(err)
	}
	defer fft.Release()
	out, err := cpython.Lend(spectrum)
	if err != nil {
		log.Fatal(err)
	}
	defer out.Release()
	in, err := cpython.Lend(signal)
	if err != nil {
		log.Fatal(err)
	}
	defer in.Release()
	np, err := python.Import("numpy")
	if err != nil {
		log.Fatal(err)
	}
	defer np.Release()
	target, err := np.CallMethod("asarray", out)
	if err != nil {
		log.Fatal(err)
	}
	defer target.Release()
	result, err := fft.CallMethod("rfft", in, cpython.Kwargs{"out": target})
	if err != nil {
		log.Fatal(err)
	}
	result.Release()

	for _, c := range spectrum {
		fmt.Printf("%.0f ", math.Hypot(real(c), imag(c)))
	}
	// Output: 0 0 4 0 0
}

// The result of a call as a Go slice: a copy, of which nothing in Python is left.
func ExampleAs() {
	np, err := python.Import("numpy")
	if err != nil {
		log.Fatal(err)
	}
	defer np.Release()
	angles, err := cpython.Lend([]float64{0, math.Pi / 2, math.Pi})
	if err != nil {
		log.Fatal(err)
	}
	defer angles.Release()

	cosines, err := cpython.As[[]float64](np.CallMethod("cos", angles))
	if err != nil {
		log.Fatal(err)
	}
	largest, err := cpython.As[int](np.CallMethod("argmax", cosines)) // a slice goes as a list
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%.1f %d\n", cosines, largest)
	// Output: [1.0 0.0 -1.0] 0
}

// The result of a call in its own memory, to read and write at the speed of a slice.
func ExampleArrayOf() {
	np, err := python.Import("numpy")
	if err != nil {
		log.Fatal(err)
	}
	defer np.Release()
	grid, err := cpython.ArrayOf[float64](np.CallMethod("eye", 2, 3))
	if err != nil {
		log.Fatal(err)
	}
	defer grid.Release()
	grid.Set2(0, 2, 7)
	fmt.Println(grid.Shape(), grid.At2(0, 2), grid.At2(1, 1))
	// Output: [2 3] 7 1
}

// NumPy solves linear equations where they lie: the rows of a Go slice become a matrix.
func ExampleObject_Call() {
	equations := []float64{
		2, 1,
		1, 3,
	}
	right := []float64{3, 5}

	m, err := memoryview.FromObject(equations)
	if err != nil {
		log.Fatal(err)
	}
	matrix, err := m.Cast("d", 2, 2)
	if err != nil {
		log.Fatal(err)
	}
	vector, err := memoryview.FromObject(right)
	if err != nil {
		log.Fatal(err)
	}
	if err := python.Exec(`
import numpy as np
def solve(a, b):
    b = np.asarray(b)
    b[...] = np.linalg.solve(a, b)
`); err != nil {
		log.Fatal(err)
	}
	solve, err := python.Eval("solve")
	if err != nil {
		log.Fatal(err)
	}
	defer solve.Release()
	nothing, err := solve.Call(matrix, vector) // views are lent
	if err != nil {
		log.Fatal(err)
	}
	nothing.Release()
	fmt.Printf("%.1f\n", right)
	// Output: [0.8 1.4]
}

// A filter in Go works on an image of NumPy's, in place.
func ExampleObject_GetBuffer() {
	if err := python.Exec(`
import numpy as np
image = np.arange(12, dtype=np.uint8).reshape(3, 4) * 20
`); err != nil {
		log.Fatal(err)
	}
	image, err := python.Eval("image[:, ::-1]") // mirrored: a view in Python, too
	if err != nil {
		log.Fatal(err)
	}
	defer image.Release()

	view, err := memoryview.FromObject(image)
	if err != nil {
		log.Fatal(err)
	}
	defer view.Release()
	pixels, err := array.Of[uint8](view)
	if err != nil {
		log.Fatal(err)
	}
	for i := range pixels.Shape()[0] {
		for j := range pixels.Shape()[1] {
			pixels.Set2(i, j, 255-pixels.At2(i, j))
		}
	}
	if err := pixels.Release(); err != nil {
		log.Fatal(err)
	}

	result, err := python.Eval("image")
	if err != nil {
		log.Fatal(err)
	}
	defer result.Release()
	fmt.Println(result)
	// Output:
	// [[255 235 215 195]
	//  [175 155 135 115]
	//  [ 95  75  55  35]]
}

// An exception is an error with Python's type, message and traceback.
func ExampleError() {
	err := python.Exec("n = 1\nint('x')")
	if e, is := err.(*cpython.Error); is {
		fmt.Println(e.Type)
		fmt.Print(e.Traceback)
	}
	// Output:
	// ValueError
	// Traceback (most recent call last):
	//   File "<go>", line 2, in <module>
	// ValueError: invalid literal for int() with base 10: 'x'
}

// SIGINT is Go's. This program hands it on to Python, as KeyboardInterrupt.
func ExamplePython_Interrupt() {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt)
	go func() {
		for range signals {
			if calls, err := python.Interrupt(); err != nil || calls == 0 {
				os.Exit(1) // Python has nothing to do
			}
		}
	}()
	fmt.Println(python.Exec("import time\nwhile True: time.sleep(0.1)"))
}

// A context ends the wait for Python, and interrupts what runs too long.
func ExamplePython_Do() {
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	err := python.Do(ctx, func() error {
		return python.Exec("while True: pass")
	})
	fmt.Println(err)
	// Output: context deadline exceeded: KeyboardInterrupt
}
