package cpython_test

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/go-memoryview/memoryview"
	"github.com/go-memoryview/memoryview/cpython"
)

// tour is the README's section on NumPy, line by line, but for Start and Close: a process starts one Python.
func tour(t *testing.T) {
	np, err := python.Import("numpy")
	holds(t, err, np != nil)
	image, err := np.CallMethod("zeros", cpython.Tuple{1080, 1920, 3}, "u1")
	holds(t, err, image != nil)
	v, err := memoryview.FromObject(image)
	holds(t, err, cmp.Equal(v.Shape(), []int{1080, 1920, 3}))
	signal := make([]float64, 1<<20)
	lent, err := cpython.Lend(signal)
	holds(t, err, lent != nil)
	signal[7] = 2.5
	sum, err := cpython.As[float64](np.CallMethod("sum", lent))
	holds(t, err, sum == 2.5)
	square, err := cpython.As[[]float64](np.CallMethod("square", lent))
	holds(t, err, len(square) == 1<<20 && square[7] == 6.25)
	ramp, err := cpython.ArrayOf[float64](np.CallMethod("arange", 1e6))
	holds(t, err, ramp.Shape()[0] == 1e6 && ramp.At1(999_999) == 999_999)
	holds(t, ramp.Release(), true)
	holds(t, v.Release(), true)
	lent.Release()
	image.Release()
	np.Release()
}

func holds(t *testing.T, err error, ok bool) {
	t.Helper()
	if err != nil || !ok {
		t.Errorf("the README's line does not hold: %v", err)
	}
}

func TestReadme(t *testing.T) {
	needPython(t)
	tour(t)
	readme, errReadme := os.ReadFile("../README.md")
	code, errCode := os.ReadFile("readme_test.go")
	if errReadme != nil || errCode != nil {
		t.Fatal(errReadme, errCode)
	}
	lines := 0
	for i, block := range strings.Split(string(readme), "```") {
		if i%2 == 0 || !strings.HasPrefix(block, "go\n") || !strings.Contains(block, "cpython.") {
			continue
		}
		for line := range strings.Lines(strings.TrimPrefix(block, "go\n")) {
			line, _, _ = strings.Cut(line, "//")
			line = strings.TrimSpace(line)
			if line == "" || strings.Contains(line, "cpython.Start(") || strings.Contains(line, "python.Close()") {
				continue
			}
			lines++
			if !strings.Contains(string(code), line) {
				t.Errorf("the tour does not run this line of the README: %s", line)
			}
		}
	}
	if lines < 6 {
		t.Errorf("found %d lines of Go for NumPy in the README", lines)
	}
}
