package gonum_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"

	"github.com/go-memoryview/memoryview"
	"github.com/go-memoryview/memoryview/arrayfile"
	"github.com/go-memoryview/memoryview/buffer"
	"github.com/go-memoryview/memoryview/buffertest"
	"github.com/go-memoryview/memoryview/export"
	"github.com/go-memoryview/memoryview/interop/gonum"
)

func must[T any](t T, err error) T {
	if err != nil {
		panic(err)
	}
	return t
}

// counted returns 0, 1, 2, ...
func counted(n int) []float64 {
	items := make([]float64, n)
	for i := range items {
		items[i] = float64(i)
	}
	return items
}

func complexes(n int) []complex128 {
	items := make([]complex128, n)
	for i := range items {
		items[i] = complex(float64(i), -1)
	}
	return items
}

func TestExporters(t *testing.T) {
	for name, m := range map[string]any{
		"Dense":                 mat.NewDense(3, 4, counted(12)),
		"a part of a Dense":     mat.NewDense(3, 4, counted(12)).Slice(1, 3, 1, 3),
		"a Dense without items": &mat.Dense{},
		"CDense":                mat.NewCDense(2, 3, complexes(6)),
		"VecDense":              mat.NewVecDense(4, counted(4)),
		"a column":              mat.NewDense(3, 4, counted(12)).ColView(2),
		"transposed":            mat.NewDense(3, 4, counted(12)).T(),
		"transposed part":       mat.NewDense(3, 4, counted(12)).Slice(0, 2, 1, 4).T(),
		"a transposed vector":   mat.NewVecDense(4, counted(4)).TVec(),
		"a vector's transpose":  mat.NewVecDense(4, counted(4)).T(),
	} {
		t.Run(name, func(t *testing.T) {
			buffertest.Test(t, func() buffer.Exporter { return must(gonum.Exporter(m)) })
		})
	}
}

// TestExporterShowsTheMatrix: gonum's own At says which item stands where, before and after a write on either side.
func TestExporterShowsTheMatrix(t *testing.T) {
	whole := mat.NewDense(5, 6, counted(30))
	for name, m := range map[string]mat.Matrix{
		"whole": whole, "part": whole.Slice(1, 4, 2, 5), "row": whole.RowView(2), "column": whole.ColView(3),
		"transposed": whole.T(), "transposed part": whole.Slice(1, 3, 0, 5).T(), "transposed column": whole.ColView(1).T(),
	} {
		v := must(memoryview.FromObject(must(gonum.Exporter(m))))
		rows, columns := m.Dims()
		for i := range rows {
			for j := range columns {
				index := []int{i, j}[:v.NDim()]
				for _, value := range []float64{m.At(i, j), -1} {
					whole.Apply(func(_, _ int, x float64) float64 {
						if x == m.At(i, j) {
							return value
						}
						return x
					}, whole)
					if got := must(v.At(index...)); got != value {
						t.Fatalf("%s: item %v is %v, and of the matrix %v", name, index, got, value)
					}
				}
				if err := v.Set(float64(100*i+j), index...); err != nil || m.At(i, j) != float64(100*i+j) {
					t.Fatalf("%s: item %v was set (%v), and the matrix has %v", name, index, err, m.At(i, j))
				}
			}
		}
	}
}

func TestExporterRefuses(t *testing.T) {
	for _, m := range []any{
		mat.NewSymDense(2, nil), mat.NewTriDense(2, mat.Upper, nil), mat.NewDiagDense(2, nil), mat.NewSymDense(2, nil).T(),
		mat.NewCDense(2, 2, nil).H(), mat.NewBandDense(2, 2, 0, 0, nil),
		[]float64{1},
		nil,
	} {
		if e, err := gonum.Exporter(m); !errors.Is(err, buffer.ErrType) {
			t.Errorf("%T: %v, %v", m, e, err)
		}
	}
}

// TestMatrixAgainstModel: whatever part of an array a view shows, the matrix over it has the items that the view has, in the same
// memory; and it is refused exactly where neither rows nor columns lie as gonum has them.
func TestMatrixAgainstModel(t *testing.T) {
	const size = 6
	served, refused := 0, 0
	r := rand.New(rand.NewPCG(1, 2))
	for range 20_000 {
		data := counted(size * size)
		whole := must(must(memoryview.FromObject(data)).CastShape("d", []int{size, size}))
		v := randomPart(r, whole)
		l := v.Buffer().Layout()
		if l.Shape[0] == 0 || l.Shape[1] == 0 {
			if _, err := gonum.Matrix(v); !errors.Is(err, buffer.ErrValue) {
				t.Fatalf("shape %v: %v", l.Shape, err)
			}
			continue
		}
		m, err := gonum.Matrix(v)
		d, errDense := gonum.Dense(v)
		inRows, inColumns := regular(l.Shape, l.Strides), regular([]int{l.Shape[1], l.Shape[0]}, []int{l.Strides[1], l.Strides[0]})
		if (err == nil) != (inRows || inColumns) || (errDense == nil) != inRows {
			t.Fatalf("shape %v, strides %v: Matrix %v, Dense %v", l.Shape, l.Strides, err, errDense)
		}
		if err != nil {
			refused++
			if !errors.Is(err, buffer.ErrNotContiguous) || !strings.Contains(err.Error(), "Convert") {
				t.Fatalf("shape %v, strides %v: %v", l.Shape, l.Strides, err)
			}
			continue
		}
		served++
		same(t, v, m)
		if d != nil {
			same(t, v, d)
			d.Set(l.Shape[0]-1, l.Shape[1]-1, -7)
			if got := must(v.At(-1, -1)); got != -7.0 {
				t.Fatalf("a write to the matrix is not seen: %v", got)
			}
		}
	}
	if served < 1000 || refused < 1000 {
		t.Errorf("%d were served and %d refused", served, refused)
	}
}

// randomPart slices at random, and transposes at times.
func randomPart(r *rand.Rand, v *memoryview.View) *memoryview.View {
	steps := []int{1, 1, 1, 2, 3, -1, -2}
	cut := func(v *memoryview.View) *memoryview.View {
		step := steps[r.IntN(len(steps))]
		low, high := r.IntN(3), 2+r.IntN(5)
		if step < 0 {
			low, high = high, low
		}
		return must(v.Select(fmt.Sprintf("%d:%d:%d", low, high, step)))
	}
	v = cut(must(cut(v).Transpose()))
	if r.IntN(2) == 0 {
		v = must(v.Transpose())
	}
	return v
}

// regular is what gonum's Dense can show: rows of items side by side, one behind the other.
func regular(shape, strides []int) bool {
	const size = 8
	return (shape[1] == 1 || strides[1] == size) && (shape[0] == 1 || strides[0] >= size*shape[1])
}

func same(t *testing.T, v *memoryview.View, m mat.Matrix) {
	t.Helper()
	rows, columns := m.Dims()
	if shape := v.Shape(); shape[0] != rows || shape[1] != columns {
		t.Fatalf("shape %v became %d x %d", shape, rows, columns)
	}
	for i := range rows {
		for j := range columns {
			if want := must(v.At(i, j)); m.At(i, j) != want {
				t.Fatalf("item %d, %d is %v, want %v", i, j, m.At(i, j), want)
			}
		}
	}
}

func TestVector(t *testing.T) {
	data := counted(7)
	for part, want := range map[string]error{"1:6": nil, "::3": nil, "2:3:-1": buffer.ErrValue, "4:3:-1": nil, "::-1": buffer.ErrNotContiguous} {
		v := must(must(memoryview.FromObject(data)).Select(part))
		x, err := gonum.Vector(v)
		if !errors.Is(err, want) {
			t.Errorf("%s: %v", part, err)
		}
		if err != nil {
			continue
		}
		if x.Len() != v.Shape()[0] {
			t.Errorf("%s: %d items, and not %v", part, x.Len(), v.Shape())
		}
		for i := range x.Len() {
			x.SetVec(i, x.AtVec(i)+0.5)
			if got := must(v.At(i)); got != x.AtVec(i) {
				t.Errorf("%s: item %d is %v, and of the vector %v", part, i, got, x.AtVec(i))
			}
		}
	}
}

func TestComplex(t *testing.T) {
	data := complexes(12)
	v := must(must(must(memoryview.FromObject(data)).CastShape("Zd", []int{3, 4})).Select("1:, 1:3"))
	m := must(gonum.Complex(v))
	if got, want := m.At(1, 1), data[10]; got != want {
		t.Errorf("item 1, 1 is %v, want %v", got, want)
	}
	m.Set(0, 1, 5i)
	if data[6] != 5i {
		t.Errorf("a write is not seen: %v", data)
	}
	if _, err := gonum.Complex(must(v.Transpose())); !errors.Is(err, buffer.ErrNotContiguous) {
		t.Errorf("transposed: %v", err)
	}
}

func TestRefusals(t *testing.T) {
	view := func(obj any) *memoryview.View { return must(memoryview.FromObject(obj)) }
	matrix := func(obj any, format string) *memoryview.View {
		return must(must(view(obj).Cast("B")).CastShape(format, []int{1, 1}))
	}
	released := view([]float64{1})
	if err := released.Release(); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		v    *memoryview.View
		kind error
		says string
	}{
		"float32":               {matrix([]float32{1}, "f"), buffer.ErrType, "Convert"},
		"another byte order":    {matrix([]float64{1}, map[bool]string{true: "<d", false: ">d"}[bigEndian()]), buffer.ErrType, "Convert"},
		"one dimension":         {view([]float64{1, 2}), buffer.ErrValue, "cast"},
		"not aligned":           {must(must(must(view([]float64{1, 2}).Cast("B")).Slice(1, 9, 1)).CastShape("d", []int{1, 1})), buffer.ErrLayout, "aligned"},
		"suboffsets":            {view(rows(t)), buffer.ErrLayout, "suboffsets"},
		"a released view":       {released, buffer.ErrReleased, "released"},
		"a view of a dimension": {matrix([]int64{1}, "q"), buffer.ErrType, `"q"`},
	} {
		for _, f := range []func(v *memoryview.View) error{
			func(v *memoryview.View) error { _, err := gonum.Dense(v); return err },
			func(v *memoryview.View) error { _, err := gonum.Matrix(v); return err },
		} {
			if err := f(c.v); !errors.Is(err, c.kind) || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}

// TestMappedFile: a file that gonum reads, and does not get to write.
func TestMappedFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.npy")
	if err := arrayfile.Save(path, must(must(memoryview.FromObject(counted(6))).CastShape("d", []int{2, 3}))); err != nil {
		t.Fatal(err)
	}
	file := must(arrayfile.Open(path))
	defer file.Close()
	v := must(file.View(""))
	defer v.Release()
	if _, err := gonum.Dense(v); !errors.Is(err, buffer.ErrReadOnly) {
		t.Errorf("a read-only file is a Dense: %v", err)
	}
	var product mat.Dense
	product.Mul(must(gonum.Matrix(v)), must(gonum.Matrix(must(v.Transpose()))))
	runtime.KeepAlive(v)
	if want := mat.NewDense(2, 2, []float64{5, 14, 14, 50}); !mat.Equal(&product, want) {
		t.Errorf("the product is %v", mat.Formatted(&product))
	}
}

func bigEndian() bool {
	return must(must(must(memoryview.FromObject([]uint16{1})).Cast("B")).At(0)) == uint8(0)
}

// rows lie behind pointers.
func rows(t *testing.T) buffer.Exporter {
	t.Helper()
	return must(export.Rows([][]float64{{1, 2}, {3, 4}}))
}
