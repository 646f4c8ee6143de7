package summary_test

import (
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"

	"github.com/go-memoryview/memoryview"
	"github.com/go-memoryview/memoryview/format"
	"github.com/go-memoryview/memoryview/internal/kernel"
	"github.com/go-memoryview/memoryview/internal/summary"
)

// entered are the items of a view, which must not outlive the test.
func entered(t testing.TB, v *memoryview.View) kernel.Items {
	t.Helper()
	var items kernel.Items
	visit, err := v.Buffer().Enter(&items)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { visit.Leave(&err) })
	return items
}

// condition is one on numbers, and what it says of an item.
type condition struct {
	text  string
	meets func(item any) bool
}

// condition draws a comparison with an item, or with another number.
func (r arrays) condition(v *memoryview.View, tolerance summary.Tolerance) condition {
	a, b := r.operand(v), r.operand(v)
	switch op := []string{"=", "!=", ">", ">=", "<", "<=", "..", "nan"}[r.IntN(8)]; op {
	case "nan":
		return condition{"nan", func(item any) bool { return math.IsNaN(numberOf(item)) }}
	case "..":
		return condition{a.text + ".." + b.text, func(item any) bool { return a.compare(item, ">=") && b.compare(item, "<=") }}
	case "=", "!=":
		if tolerance != (summary.Tolerance{}) {
			return condition{op + a.text, func(item any) bool { return a.near(item, tolerance) == (op == "=") }}
		}
		return condition{op + a.text, func(item any) bool { return a.compare(item, "=") == (op == "=") }}
	default:
		return condition{op + a.text, func(item any) bool { return a.compare(item, op) }}
	}
}

// operand is a number as text, exactly, and rounded to the items' type.
type operand struct {
	text    string
	float   float64
	exact   *big.Float // nil: infinite
	rounded float64
	integer bool // items are
}

func (r arrays) operand(v *memoryview.View) (o operand) {
	typ := v.Buffer().Type()
	kind := typ.Kind()
	o.integer = kind == format.Int || kind == format.Uint || kind == format.Bool || kind == format.Pointer
	n := v.NBytes() / max(v.ItemSize(), 1)
	var item any = values[r.IntN(len(values))]
	if n > 0 && r.IntN(3) > 0 {
		at := r.IntN(n)
		each(v, func(_ []int, x any) {
			if at == 0 {
				item = x
			}
			at--
		})
	}
	if o.float = numberOf(item); math.IsNaN(o.float) {
		o.float, item = 0.5, 0.5
	}
	o.text = strconv.FormatFloat(o.float, 'g', -1, 64)
	if !math.IsInf(o.float, 0) {
		o.exact = exactly(item)
		if o.integer && o.exact.IsInt() {
			o.text = o.exact.Text('f', 0)
		}
	}
	o.rounded = o.float
	packed := make([]byte, typ.Size())
	if o.exact != nil && !o.integer && typ.Pack(packed, o.float) == nil {
		if x := numberOf(must(typ.Unpack(packed))); !math.IsInf(x, 0) && !math.IsNaN(x) {
			o.rounded = x
		}
	}
	return o
}

func (o operand) compare(item any, op string) bool {
	x := numberOf(item)
	order := 0
	switch {
	case math.IsNaN(x):
		return false
	case o.integer && o.exact != nil:
		order = exactly(item).Cmp(o.exact)
	case x > o.rounded:
		order = 1
	case x < o.rounded:
		order = -1
	}
	return map[string]bool{"=": order == 0, ">": order > 0, ">=": order >= 0, "<": order < 0, "<=": order <= 0}[op]
}

// near is NumPy's isclose, of integers without rounding.
func (o operand) near(item any, t summary.Tolerance) bool {
	x := numberOf(item)
	if o.exact == nil || !o.integer {
		return x == o.float || !math.IsInf(o.float, 0) && math.Abs(x-o.float) <= t.Absolute+t.Relative*math.Abs(o.float)
	}
	far := new(big.Float).SetPrec(2200).Sub(exactly(item), o.exact)
	wide := func(x float64) *big.Float { return new(big.Float).SetPrec(2200).SetFloat64(x) }
	allowed := wide(t.Relative)
	allowed.Mul(allowed, new(big.Float).Abs(o.exact)).Add(allowed, wide(t.Absolute))
	return far.Abs(far).Cmp(allowed) <= 0
}

// checkQuery compares what is found, and how many are counted, with a look at each item.
func checkQuery(t testing.TB, v *memoryview.View, c condition, tolerance summary.Tolerance) {
	t.Helper()
	what := fmt.Sprintf("%s in %s %v %v, %v", c.text, v.Format(), v.Shape(), v.Strides(), tolerance)
	var want [][]int
	each(v, func(index []int, item any) {
		if c.meets(item) {
			want = append(want, index)
		}
	})
	query := func() *summary.Query {
		return must(summary.NewQuery(entered(t, v), v.Buffer().Type(), []string{c.text}, tolerance))
	}
	if n := must(query().Count(new(summary.Work))); n != len(want) {
		t.Fatalf("%s: %d, want %d", what, n, len(want))
	}
	q, n := query(), 0
	err := q.Each(new(summary.Work), func(positions []int) error {
		for _, p := range positions {
			item := must(q.At(p))
			if n >= len(want) || !slices.Equal(item.Index, want[n]) {
				t.Fatalf("%s: %d is at %v, want %v", what, n, item.Index, want)
			}
			offset := 0
			for d, i := range item.Index {
				offset += i * v.Strides()[d]
			}
			if value := must(v.At(item.Index...)); item.Offset != offset || !format.SameValue(value, item.Value) && numberOf(value) == numberOf(value) {
				t.Fatalf("%s: %v at byte %d, want %v at %d", what, item.Value, item.Offset, value, offset)
			}
			n++
		}
		return nil
	})
	if err != nil || n != len(want) {
		t.Fatalf("%s: %d are found, want %d; %v", what, n, len(want), err)
	}
}

func (r arrays) query(t testing.TB, shape []int) {
	t.Helper()
	v := r.view(t, formats[r.IntN(len(formats))], shape)
	tolerance := []summary.Tolerance{{}, {}, {Absolute: 0.25}, {Relative: 0.1}, {Relative: 1e-3, Absolute: 2}, {Relative: 1e-17}}[r.IntN(6)]
	checkQuery(t, v, r.condition(v, tolerance), tolerance)
}

func TestQuery(t *testing.T) {
	r := arrays{rand.New(rand.NewPCG(5, 6))}
	for i := range rounds(600) {
		shape := [][]int{{}, {0}, {30}, {4, 5}, {2, 3, 4}, {200}}[r.IntN(6)]
		if i%100 == 0 {
			shape = []int{70, 90} // several blocks
		}
		r.query(t, shape)
	}
}

// Many items are looked through in several rounds, and in order.
func TestQueryOfManyItems(t *testing.T) {
	x := make([]int32, 40<<16+5)
	var want []int
	for i := 0; i < len(x); i += 1 + i/7 {
		x[i] = -7
		want = append(want, i)
	}
	v := must(memoryview.FromObject(x))
	for _, workers := range []int{1, 3} {
		q := must(summary.NewQuery(entered(t, v), v.Buffer().Type(), []string{"=-7", "<0"}, summary.Tolerance{}))
		var got []int
		err := q.Each(&summary.Work{Workers: workers}, func(positions []int) error {
			got = append(got, positions...)
			return nil
		})
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%d workers: %v, want %v; %v", workers, got, want, err)
		}
	}
	w := new(summary.Work)
	w.Stop()
	q := must(summary.NewQuery(entered(t, v), v.Buffer().Type(), []string{"-7"}, summary.Tolerance{}))
	if err := q.Each(w, func([]int) error { return nil }); err != summary.ErrStopped {
		t.Error(err)
	}
}

// checkMap compares a map with the cell of each item that differs.
func checkMap(t testing.TB, shape []int, differ [][]int, m *summary.Map, rows, columns int) {
	t.Helper()
	height, width := 1, 1
	for d, extent := range shape {
		if d < m.Down {
			height *= extent
		} else {
			width *= extent
		}
	}
	if m.Rows != min(rows, height) || m.Columns != min(columns, width) {
		t.Fatalf("%v: %d by %d cells", shape, m.Rows, m.Columns)
	}
	cell := func(i, cells, side int) int {
		k := 0
		for (k+1)*side <= i*cells {
			k++
		}
		return k
	}
	want, items := make([]int, m.Rows*m.Columns), make([]int, m.Rows*m.Columns)
	at := func(position int) int {
		return cell(position/width, m.Rows, height)*m.Columns + cell(position%width, m.Columns, width)
	}
	for _, index := range differ {
		position := 0
		for d, i := range index {
			position = position*shape[d] + i
		}
		want[at(position)]++
	}
	for i := range height * width {
		items[at(i)]++
	}
	if !slices.Equal(m.Differ, want) || !slices.Equal(m.Items, items) {
		t.Fatalf("%v: %v of %v, want %v of %v", shape, m.Differ, m.Items, want, items)
	}
}

// choices are a fuzzer's bytes, and then some numbers that are always the same.
type choices struct {
	data  []byte
	other *rand.PCG
}

// Uint64 takes the highest byte of the fuzzer's, since that is what decides.
func (c *choices) Uint64() uint64 {
	x := c.other.Uint64()
	if len(c.data) > 0 {
		x = x>>8 | uint64(c.data[0])<<56
		c.data = c.data[1:]
	}
	return x
}

// FuzzSummary computes figures, quantiles, histograms and differences of arrays of any layout and looks for values in them, and compares with models that look at the items one by one.
func FuzzSummary(f *testing.F) {
	r := rand.NewChaCha8([32]byte{})
	for range 12 {
		seed := make([]byte, 200)
		_, _ = r.Read(seed)
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		r := arrays{rand.New(&choices{data, rand.NewPCG(1, 2)})}
		shape := [][]int{{}, {0}, {1}, {7}, {40}, {3, 0, 2}, {5, 9}, {2, 3, 4}, {70}, {13, 11}}[r.IntN(10)]
		switch r.IntN(3) {
		case 0:
			r.figures(t, formats[r.IntN(len(formats))], shape)
		case 1:
			r.difference(t, shape)
		default:
			r.query(t, shape)
		}
	})
}
