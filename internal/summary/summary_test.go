package summary_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/go-memoryview/memoryview"
	"github.com/go-memoryview/memoryview/format"
	"github.com/go-memoryview/memoryview/internal/kernel"
	"github.com/go-memoryview/memoryview/internal/summary"
)

// All results are held to a model: items one by one through At, and math/big.

var formats = []string{
	"?", "b", "B", "<h", ">h", "H", "<i", ">i", ">I", "<q", ">q", "<Q", ">Q", "P", "<e", ">e", "<f", ">f", "<d", ">d", "[bfloat16]", "g",
	"[float8_e4m3fn]", "[float8_e5m2]", "[float8_e8m0fnu]",
}

// values are those that go wrong most easily, beside random ones.
var values = []float64{0, math.Copysign(0, -1), 1, -1, 2, 0.5, 1e-3, 100, 5e-324, 1e300, -1e300, 1e16, 1e16 + 2, math.NaN(), math.Inf(1), math.Inf(-1)}

// arrays draws views: shapes, strides and formats.
type arrays struct{ *rand.Rand }

// view makes an array of a format, whose items are of a few kinds, so that there are ties.
func (r arrays) view(t testing.TB, f string, shape []int) *memoryview.View {
	t.Helper()
	wide := slices.Clone(shape)
	for d := range wide {
		wide[d] *= 2
	}
	typ := must(format.Parse(f))
	n := 1
	for _, extent := range wide {
		n *= extent
	}
	data := make([]byte, n*typ.Size())
	few := 1 + r.IntN(len(values))
	for i := range n {
		item := data[i*typ.Size() : (i+1)*typ.Size()]
		value := values[r.IntN(few)]
		if r.IntN(3) == 0 {
			value *= r.NormFloat64()
		}
		r.pack(item, typ, value)
	}
	v := must(must(memoryview.FromObject(data)).CastShape(f, wide))
	var cuts []string
	for range shape {
		cuts = append(cuts, []string{"::2", "::-2", ":", ":"}[r.IntN(4)])
	}
	if len(shape) > 0 {
		v = must(v.Select(strings.Join(cuts, ",")))
		v = must(v.Select(strings.Repeat(":,", len(shape)-1) + ":"))
		v = must(v.Transpose(r.Perm(len(shape))...))
	}
	return v
}

// pack stores a float, or random bits where the items are integers.
func (r arrays) pack(item []byte, typ *format.Type, value float64) {
	switch typ.Kind() {
	case format.Float:
		for _, x := range []any{value, float32(value), format.NewFloat16(float32(value)), format.NewBFloat16(float32(value))} {
			if typ.Pack(item, x) == nil {
				return
			}
		}
		item[0] = byte(r.IntN(256)) // of 8 bits
	case format.Bool:
		item[0] = byte(r.IntN(2))
	default:
		var random [8]byte
		binary.LittleEndian.PutUint64(random[:], r.Uint64()>>(8*r.IntN(8)))
		if r.IntN(4) == 0 {
			random = [8]byte{0: 7, 7: 0x80}
		}
		copy(item, random[:])
	}
}

func must[T any](x T, err error) T {
	if err != nil {
		panic(err)
	}
	return x
}

// columns are those of a view, and must not outlive it.
func columns(t testing.TB, v *memoryview.View) []*summary.Column {
	t.Helper()
	var items kernel.Items
	visit, err := v.Buffer().Enter(&items)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { visit.Leave(&err) })
	return must(summary.Columns(items, v.Buffer().Type()))
}

// numberOf is an item as a number.
func numberOf(item any) float64 {
	switch v := item.(type) {
	case bool:
		if v {
			return 1
		}
		return 0
	case format.ShortFloat:
		return float64(v.Float32())
	}
	switch v := reflect.ValueOf(item); {
	case v.CanInt():
		return float64(v.Int())
	case v.CanUint():
		return float64(v.Uint())
	case v.CanFloat():
		return v.Float()
	}
	panic(fmt.Sprintf("%T is no number", item))
}

// exactly is an item that is finite, in all its digits.
func exactly(item any) *big.Float {
	x := new(big.Float).SetPrec(2200)
	switch v := reflect.ValueOf(item); {
	case v.CanInt():
		return x.SetInt64(v.Int())
	case v.CanUint() && v.Type().PkgPath() == "":
		return x.SetUint64(v.Uint())
	}
	return x.SetFloat64(numberOf(item))
}

// each goes through the items in C order.
func each(v *memoryview.View, f func(index []int, item any)) {
	shape := v.Shape()
	n := 1
	for _, extent := range shape {
		n *= extent
	}
	index := make([]int, len(shape))
	for range n {
		f(slices.Clone(index), must(v.At(index...)))
		kernel.Advance(index, shape, false)
	}
}

// model computes all of it the slow way.
type model struct {
	summary.Figures
	finite []*big.Float // sorted
}

func modelOf(v *memoryview.View) *model {
	m := new(model)
	each(v, func(index []int, item any) {
		m.Count++
		switch x := numberOf(item); {
		case math.IsNaN(x):
			m.NaN++
			return
		case math.IsInf(x, 1):
			m.PosInf++
			return
		case math.IsInf(x, -1):
			m.NegInf++
			return
		case x == 0:
			m.Zeros++
		case x < 0:
			m.Negatives++
		}
		x := exactly(item)
		if len(m.finite) == 0 || x.Cmp(exactly(m.Min)) < 0 {
			m.Min, m.MinAt = item, index
		}
		if len(m.finite) == 0 || x.Cmp(exactly(m.Max)) > 0 {
			m.Max, m.MaxAt = item, index
		}
		m.finite = append(m.finite, x)
	})
	slices.SortFunc(m.finite, func(x, y *big.Float) int { return x.Cmp(y) })
	return m
}

// sum returns the sum of f of the finite items.
func (m *model) sum(f func(x *big.Float) *big.Float) *big.Float {
	total := new(big.Float).SetPrec(4400)
	for _, x := range m.finite {
		total.Add(total, f(x))
	}
	return total
}

func near(got, want, tolerance float64) bool {
	return got == want || math.Abs(got-want) <= tolerance || math.IsNaN(got) && math.IsNaN(want)
}

// check compares. Sums and means may be wrong by 1e-14 of the sum of the magnitudes, deviations by 1e-12 of themselves.
func (m *model) check(t *testing.T, got *summary.Figures, what string) {
	t.Helper()
	if got.Count != m.Count || got.NaN != m.NaN || got.PosInf != m.PosInf || got.NegInf != m.NegInf || got.Zeros != m.Zeros || got.Negatives != m.Negatives {
		t.Fatalf("%s: %+v, want %+v", what, got, m.Figures)
	}
	if !slices.Equal(got.MinAt, m.MinAt) || !slices.Equal(got.MaxAt, m.MaxAt) || got.Min != m.Min || got.Max != m.Max {
		t.Fatalf("%s: %v at %v to %v at %v, want %v at %v to %v at %v", what, got.Min, got.MinAt, got.Max, got.MaxAt, m.Min, m.MinAt, m.Max, m.MaxAt)
	}
	n := float64(len(m.finite))
	exactSum := m.sum(func(x *big.Float) *big.Float { return x })
	sum, _ := exactSum.Float64()
	size, _ := m.sum(func(x *big.Float) *big.Float { return new(big.Float).Abs(x) }).Float64()
	switch s := got.Sum.(type) {
	case *big.Int:
		if new(big.Float).SetPrec(4400).SetInt(s).Cmp(exactSum) != 0 {
			t.Fatalf("%s: sum %v, want %v", what, s, exactSum)
		}
	case float64:
		if !near(s, sum, 1e-14*size) {
			t.Fatalf("%s: sum %v, want %v", what, s, sum)
		}
	}
	if n == 0 {
		if !math.IsNaN(got.Mean) || !math.IsNaN(got.Std) {
			t.Fatalf("%s: mean %v, std %v of nothing", what, got.Mean, got.Std)
		}
		return
	}
	exactMean := new(big.Float).SetPrec(4400).Quo(exactSum, new(big.Float).SetFloat64(n))
	mean, _ := exactMean.Float64()
	if !near(got.Mean, mean, 1e-14*size/n) {
		t.Fatalf("%s: mean %v, want %v", what, got.Mean, mean)
	}
	variance := m.sum(func(x *big.Float) *big.Float {
		d := new(big.Float).SetPrec(4400).Sub(x, exactMean)
		return d.Mul(d, d)
	})
	std, _ := new(big.Float).Sqrt(variance.Quo(variance, new(big.Float).SetFloat64(n))).Float64()
	if !near(got.Std, std, 1e-12*std) {
		t.Fatalf("%s: std %v, want %v", what, got.Std, std)
	}
}

// checkQuantiles follows the definition: a line between the two items next to a rank.
func (m *model) checkQuantiles(t *testing.T, got []summary.Quantile, what string) {
	t.Helper()
	for _, q := range got {
		rank := q.Part * float64(len(m.finite)-1)
		low := int(rank)
		a, _ := m.finite[low].Float64()
		b, _ := m.finite[min(low+1, len(m.finite)-1)].Float64()
		want := a*(1-(rank-float64(low))) + b*(rank-float64(low))
		if !near(numberOf(q.Value), want, 1e-13*(math.Abs(a)+math.Abs(b))+5e-324) {
			t.Fatalf("%s: quantile %v is %v, want %v", what, q.Part, q.Value, want)
		}
	}
}

// checkHistogram counts between the edges.
func (m *model) checkHistogram(t *testing.T, h *summary.Histogram, what string) {
	t.Helper()
	want := make([]int, len(h.Counts))
	for _, x := range m.finite {
		f, _ := x.Float64()
		bin := len(want) - 1
		for bin > 0 && f < h.Edges[bin] {
			bin--
		}
		want[bin]++
	}
	if !slices.Equal(h.Counts, want) || !slices.IsSorted(h.Edges) || len(h.Edges) != len(want)+1 {
		t.Fatalf("%s: histogram %+v, want %v", what, h, want)
	}
}

var parts = []float64{0, 0.01, 0.3, 0.5, 0.75, 0.99, 1}

// rounds is more where tests are to run long.
func rounds(n int) int {
	if os.Getenv("MEMORYVIEW_SOAK") != "" {
		return 20 * n
	}
	return n
}

func TestFigures(t *testing.T) {
	r := arrays{rand.New(rand.NewPCG(8, 3118))}
	shapes := [][]int{{}, {0}, {1}, {7}, {40}, {3, 0, 2}, {5, 9}, {2, 3, 4}, {300}}
	for _, f := range formats {
		for _, at := range r.Perm(len(shapes))[:5] {
			shape := shapes[at]
			for range rounds(1) {
				r.figures(t, f, shape)
			}
		}
	}
}

// figures compares those of some array with the model's.
func (r arrays) figures(t *testing.T, f string, shape []int) {
	t.Helper()
	v := r.view(t, f, shape)
	what := fmt.Sprintf("%s %v %v", f, v.Shape(), v.Strides())
	m := modelOf(v)
	c := columns(t, v)[0]
	got := must(c.Figures(new(summary.Work), summary.Options{Quantiles: parts, Bins: 1 + r.IntN(9)}))
	m.check(t, got, what)
	if len(m.finite) > 0 {
		m.checkQuantiles(t, got.Quantiles, what)
		m.checkHistogram(t, got.Histogram, what)
	}
}

// Many items take other ways: several chunks, and quantiles by several passes.
func TestFiguresOfManyItems(t *testing.T) {
	const n = 9 << 14 // in several chunks
	r := rand.New(rand.NewPCG(1, 2))
	floats, integers := make([]float64, n), make([]int64, n)
	for i := range floats {
		floats[i] = r.NormFloat64() * math.Exp(20*r.NormFloat64())
		integers[i] = r.Int64() >> r.IntN(60)
	}
	floats[n/2], floats[n-1], integers[n-1], integers[77777] = 1e307, math.NaN(), math.MinInt64, math.MaxInt64
	for _, gathered := range []int{1 << 20, 100} {
		was := summary.SetGathered(gathered)
		checkMany(t, floats, n/2)
		checkMany(t, integers, 77777)
		summary.SetGathered(was)
	}
}

func checkMany[T float64 | int64](t *testing.T, x []T, maxAt int) {
	t.Helper()
	v := must(memoryview.FromObject(x))
	c := columns(t, v)[0]
	sorted := slices.DeleteFunc(slices.Clone(x), func(v T) bool { return v != v })
	slices.Sort(sorted)
	one := must(c.Figures(&summary.Work{Workers: 1}, summary.Options{Quantiles: parts, Bins: 20}))
	for _, workers := range []int{3} {
		if many := must(c.Figures(&summary.Work{Workers: workers}, summary.Options{Quantiles: parts, Bins: 20})); !reflect.DeepEqual(one, many) {
			t.Errorf("%d workers: %+v, one: %+v", workers, many, one)
		}
	}
	if one.Max != any(x[maxAt]) || !slices.Equal(one.MaxAt, []int{maxAt}) || one.Min != any(sorted[0]) || one.MinAt[0] != slices.Index(x, sorted[0]) {
		t.Errorf("%v at %v to %v at %v", one.Min, one.MinAt, one.Max, one.MaxAt)
	}
	for _, q := range one.Quantiles {
		rank := q.Part * float64(len(sorted)-1)
		a, b := float64(sorted[int(rank)]), float64(sorted[min(int(rank)+1, len(sorted)-1)])
		if want := a + (b-a)*(rank-math.Floor(rank)); !near(numberOf(q.Value), want, 1e-12*math.Abs(want)) {
			t.Errorf("quantile %v: %v, want %v", q.Part, q.Value, want)
		}
	}
	count := 0
	for _, n := range one.Histogram.Counts {
		count += n
	}
	if count != len(sorted) {
		t.Errorf("the histogram has %d of %d items", count, len(sorted))
	}
}

// What all items have in common does not swallow how they differ.
func TestHardDeviations(t *testing.T) {
	for _, x := range [][]float64{
		{1e16, 1e16 + 2, 1e16 + 4},
		{1e308, -1e308, 1.5e308},
		{1e-300, 2e-300, 4e-300},
		{5e-324, 0, 5e-324},
		{1e200, 1e200, 1e200},
		slices.Repeat([]float64{1e15 + 0.125, 1e15 + 0.25}, 5000), slices.Repeat([]float64{1e9, 1e9 + 1e-6}, 5000),
		{math.MaxFloat64, math.MaxFloat64},
	} {
		v := must(memoryview.FromObject(x))
		modelOf(v).check(t, must(columns(t, v)[0].Figures(new(summary.Work), summary.Options{})), fmt.Sprint(x[:2]))
	}
}

func TestStopped(t *testing.T) {
	v := must(memoryview.FromObject(make([]float64, 1<<17)))
	w := new(summary.Work)
	w.Stop()
	if _, err := columns(t, v)[0].Figures(w, summary.Options{}); err != summary.ErrStopped {
		t.Error(err)
	}
}

func TestText(t *testing.T) {
	data := []byte("ab\x00\x00" + "\x00\x00\x00\x00" + "abcd" + "ab\x00\x00")
	v := must(must(memoryview.FromObject(data)).Cast("4s"))
	got := must(columns(t, v)[0].Text(new(summary.Work)))
	if got.Count != 4 || got.Empty != 1 || got.Shortest != 0 || got.Longest != 4 || got.Mean != 2 || got.Distinct != 3 ||
		got.First[0].Count != 2 || !bytes.Equal(got.First[2].Item.([]byte), []byte("abcd")) {
		t.Errorf("%+v", got)
	}
}

// differences of two arrays, item by item, by NumPy's definition of isclose.
func TestDifference(t *testing.T) {
	r := arrays{rand.New(rand.NewPCG(3, 4))}
	for i := range rounds(500) {
		shape := [][]int{{}, {0}, {30}, {4, 5}, {2, 3, 4}}[r.IntN(5)]
		if i%100 == 0 {
			shape = []int{70, 90} // several blocks
		}
		r.difference(t, shape)
	}
}

func (r arrays) difference(t *testing.T, shape []int) {
	t.Helper()
	tolerances := []summary.Tolerance{{}, {Absolute: 0.25}, {Relative: 0.1}, {Relative: 1e-3, Absolute: 1e-3, EqualNaN: true}}
	fa, fb := formats[r.IntN(len(formats))], formats[r.IntN(len(formats))]
	a, b := r.view(t, fa, shape), r.view(t, fb, shape)
	if !slices.Equal(a.Shape(), b.Shape()) {
		return
	}
	if r.IntN(2) == 0 && fa == fb {
		b = a
	}
	checkDifference(t, a, b, tolerances[r.IntN(len(tolerances))])
}

func checkDifference(t *testing.T, a, b *memoryview.View, tolerance summary.Tolerance) {
	t.Helper()
	what := fmt.Sprintf("%s %v with %s, %v", a.Format(), a.Shape(), b.Format(), tolerance)
	var differ [][]int
	far, ratio := -1.0, -1.0
	each(a, func(index []int, x any) {
		y := must(b.At(index...))
		f, g := numberOf(x), numberOf(y)
		finite := !math.IsNaN(f-f) && !math.IsNaN(g-g)
		distance, size := math.Abs(f-g), math.Abs(g)
		same := f == g
		if finite {
			exact := new(big.Float).SetPrec(2200).Sub(exactly(x), exactly(y))
			distance, _ = exact.Abs(exact).Float64()
			same = exact.Sign() == 0
		}
		if same || distance <= tolerance.Absolute+tolerance.Relative*size && !math.IsInf(g, 0) || tolerance.EqualNaN && f != f && g != g {
			return
		}
		differ = append(differ, index)
		if finite {
			far, ratio = max(far, distance), max(ratio, distance/size)
		}
	})
	var itemsA, itemsB kernel.Items
	visitA, _ := a.Buffer().Enter(&itemsA)
	visitB, _ := b.Buffer().Enter(&itemsB)
	var err error
	defer visitA.Leave(&err)
	defer visitB.Leave(&err)
	pairs := must(summary.Pairs(itemsA, itemsB, a.Buffer().Type(), b.Buffer().Type()))
	const rows, columns = 3, 7
	d := must(pairs[0].Difference(new(summary.Work), summary.Ask{Tolerance: tolerance, Rows: rows, Columns: columns}))
	if d.Differ != len(differ) || d.Differ > 0 && !slices.Equal(d.First.Index, differ[0]) {
		t.Fatalf("%s: %+v, want %v", what, d, differ)
	}
	if d.Map != nil {
		checkMap(t, a.Shape(), differ, d.Map, rows, columns)
	}
	if one := must(pairs[0].Difference(new(summary.Work), summary.Ask{Tolerance: tolerance, First: true})); (one.Differ > 0) != (d.Differ > 0) {
		t.Fatalf("%s: %+v of the first, want %+v", what, one, d)
	}
	if (d.Absolute == nil) != (far < 0) || (d.Relative == nil) != (ratio < 0) {
		t.Fatalf("%s: %+v, want %v and %v", what, d, far, ratio)
	}
	if far >= 0 && (!near(d.Absolute.Distance, far, 4e-16*far) || !near(d.Relative.Distance, ratio, 1e-14*ratio)) {
		t.Fatalf("%s: %v and %v, want %v and %v", what, d.Absolute, d.Relative, far, ratio)
	}
}
