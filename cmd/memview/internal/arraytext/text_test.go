package arraytext

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"os"
	"slices"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/go-memoryview/memoryview/arrayfile"
	"github.com/go-memoryview/memoryview/format"
)

// golden is an array that NumPy wrote, and what it prints of it: see testdata/generate.py.
type golden struct {
	Name   string
	NPY    []byte
	Size   int
	Repeat int
	Text   map[string]string
}

// file gives the npy file, with its repeated end.
func (g *golden) file() []byte {
	data := bytes.Clone(g.NPY)
	for len(data) < g.Size {
		again := data[len(data)-g.Repeat:]
		data = append(data, again[:min(len(again), g.Size-len(data))]...)
	}
	return data
}

func readGolden(t *testing.T) []golden {
	t.Helper()
	file, err := os.Open("testdata/golden.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var cases []golden
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var g golden
		if err := json.Unmarshal(lines.Bytes(), &g); err != nil {
			t.Fatal(err)
		}
		cases = append(cases, g)
	}
	if err := lines.Err(); err != nil || len(cases) < 1000 {
		t.Fatalf("%d cases, %v", len(cases), err)
	}
	return cases
}

func TestStringIsNumPys(t *testing.T) {
	for _, g := range readGolden(t) {
		f, err := arrayfile.FromBytes(g.file())
		if err != nil {
			t.Errorf("%s: %v", g.Name, err)
			continue
		}
		v, err := f.View("")
		if err != nil {
			t.Errorf("%s: %v", g.Name, err)
			continue
		}
		for width, want := range g.Text {
			w, _ := strconv.Atoi(width)
			got, err := String(v, Options{Width: w})
			if err != nil || got != want {
				t.Errorf("%s (%s), width %d: %v\n got %s\nwant %s", g.Name, v.Format(), w, err, got, want)
			}
		}
		v.Release()
		f.Close()
	}
}

// corner is an array of any size, which counts the items that are read.
type corner struct {
	shape []int
	size  int
	reads *[][]int
}

func (c corner) Shape() []int  { return c.shape }
func (c corner) ItemSize() int { return c.size }

func (c corner) At(index ...int) (any, error) {
	if c.reads == nil {
		return nil, errors.New("no item may be read")
	}
	*c.reads = append(*c.reads, slices.Clone(index))
	return int64(len(*c.reads)), nil
}

// However long an array is, only its edges are read.
func TestOnlyEdgesAreRead(t *testing.T) {
	const n = math.MaxInt
	var reads [][]int
	got, err := String(corner{[]int{2, n}, 0, &reads}, Options{Edge: 2})
	if want := "[[1 2 ... 3 4]\n [5 6 ... 7 8]]"; got != want || err != nil {
		t.Errorf("%s, %v", got, err)
	}
	want := [][]int{{0, 0}, {0, 1}, {0, n - 2}, {0, n - 1}, {1, 0}, {1, 1}, {1, n - 2}, {1, n - 1}}
	if diff := cmp.Diff(want, reads); diff != "" {
		t.Error(diff)
	}
}

func TestTooMany(t *testing.T) {
	for name, test := range map[string]struct {
		array   corner
		options Options
	}{
		"many dimensions":  {corner{slices.Repeat([]int{2}, 21), 1, nil}, Options{}},
		"64 dimensions":    {corner{slices.Repeat([]int{5}, 64), 1, nil}, Options{}},
		"nothing left out": {corner{[]int{1<<20 + 1}, 1, nil}, Options{Threshold: math.MaxInt}},
		"large items":      {corner{[]int{2}, 1 << 24, nil}, Options{}},
		"one large item":   {corner{nil, 1<<24 + 1, nil}, Options{}},
	} {
		if got, err := String(test.array, test.options); !errors.Is(err, ErrTooMany) {
			t.Errorf("%s: %q, %v", name, got, err)
		}
		if _, _, err := Table(test.array, &format.Type{}, test.options); !errors.Is(err, ErrTooMany) {
			t.Errorf("table of %s: %v", name, err)
		}
	}
	if got, err := String(corner{append(slices.Repeat([]int{math.MaxInt}, 63), 0), 1, nil}, Options{}); got != "[]" || err != nil {
		t.Errorf("no items: %q, %v", got, err)
	}
}

func TestErrorsOfItems(t *testing.T) {
	if _, err := String(corner{[]int{2}, 1, nil}, Options{}); err == nil || err.Error() != "no item may be read" {
		t.Error(err)
	}
}

func TestPrintable(t *testing.T) {
	for text, want := range map[string]string{
		"plain, 日本, it's": "plain, 日本, it's", "\x1b[2J\n": `\x1b[2J\n`, "\u202e\u2028": `\u202e\u2028`, "\U000e0001": `\U000e0001`, "a\xffb": "a\ufffdb",
	} {
		if got := Printable(text); got != want {
			t.Errorf("%q, not %q", got, want)
		}
	}
}
