package cases

import (
	"errors"
	"fmt"
	"math"
	"unsafe"

	"gonum.org/v1/gonum/mat"

	"github.com/go-memoryview/memoryview"
	"github.com/go-memoryview/memoryview/array"
)

// accesses: 4096 items, one by one. Their bits are summed, since floats would be waited for.
func accesses(s Scale) []Case {
	side := 1
	for side*side < 4*s.Thousand {
		side *= 2
	}
	edge := 1
	for edge*edge*edge < 4*s.Thousand {
		edge *= 2
	}
	one, two, three := []int{side * side}, []int{side, side}, []int{edge, edge, edge}
	fields := Target{1.15, Ratio}
	return []Case{
		access("At1", one, "plain fields", fields, sumAt1, sumPlain1),
		access("At2", two, "plain fields", fields, sumAt2, sumPlain2),
		access("At3", three, "plain fields", fields, sumAt3, sumPlain3),
		access("At2", two, "gonum's mat.Dense", Target{2, Faster}, sumAt2, sumDense),
		access("At2", two, "gonum's mat.Matrix", Target{2, Faster}, sumAt2, sumMatrix),
		allocations("At1, At2, At3", 0, func() func() {
			a, b, c := floats(one), floats(two), floats(three)
			return func() { _ = sumAt1(a, one) + sumAt2(b, two) + sumAt3(c, three) }
		}),
	}
}

func floats(shape []int) *array.Array[float64] { return must(array.Of[float64](data("f8", shape...))) }

func access[P plain | mat.Dense](name string, shape []int, peer string, t Target,
	ours func(*array.Array[float64], []int) uint64, theirs func(*P, []int) uint64,
) Case {
	return Case{
		Name: fmt.Sprintf("Array.%s of every item of %s", name, dims(shape)), Peer: peer, Target: t, Bytes: 8 * product(shape),
		Prepare: func(*Machine) (*Pair, error) {
			a, p := floats(shape), partner[P](shape)
			return &Pair{
				Ours: sum(func() uint64 { return ours(a, shape) }),
				Peer: sum(func() uint64 { return theirs(p, shape) }),
			}, nil
		},
	}
}

// sum is a side that comes to a number.
func sum(f func() uint64) Side {
	var total uint64
	return calls(func() error { total = f(); return nil }, func() string { return fmt.Sprint(total) })
}

func dims(shape []int) string {
	text := fmt.Sprint(shape[0])
	for _, extent := range shape[1:] {
		text += fmt.Sprintf("x%d", extent)
	}
	return text
}

func product(shape []int) int {
	n := 1
	for _, extent := range shape {
		n *= extent
	}
	return n
}

func partner[P plain | mat.Dense](shape []int) *P {
	var p P
	items := numbers[float64](product(shape))
	switch p := any(&p).(type) {
	case *plain:
		*p = *newPlain(items, shape)
	case *mat.Dense:
		*p = *mat.NewDense(shape[0], shape[1], items)
	}
	return &p
}

// plain is an array as one would write it for one program: the formula over fields, with bounds, and nothing
// that could be released.
type plain struct {
	base            unsafe.Pointer
	extent, strides [3]int
}

var errOutside = errors.New("index out of range")

func newPlain(items []float64, shape []int) *plain {
	p := &plain{base: unsafe.Pointer(&items[0])}
	stride := 8
	for d := len(shape) - 1; d >= 0; d-- {
		p.extent[d], p.strides[d] = shape[d], stride
		stride *= shape[d]
	}
	return p
}

func (p *plain) at1(i int) float64 {
	if uint(i) >= uint(p.extent[0]) {
		panic(errOutside)
	}
	return *(*float64)(unsafe.Add(p.base, i*p.strides[0]))
}

func (p *plain) at2(i, j int) float64 {
	if uint(i) >= uint(p.extent[0]) || uint(j) >= uint(p.extent[1]) {
		panic(errOutside)
	}
	return *(*float64)(unsafe.Add(p.base, i*p.strides[0]+j*p.strides[1]))
}

func (p *plain) at3(i, j, k int) float64 {
	if uint(i) >= uint(p.extent[0]) || uint(j) >= uint(p.extent[1]) || uint(k) >= uint(p.extent[2]) {
		panic(errOutside)
	}
	return *(*float64)(unsafe.Add(p.base, i*p.strides[0]+j*p.strides[1]+k*p.strides[2]))
}

func sumAt1(a *array.Array[float64], shape []int) (total uint64) {
	for i := range shape[0] {
		total += math.Float64bits(a.At1(i))
	}
	return total
}

func sumPlain1(p *plain, shape []int) (total uint64) {
	for i := range shape[0] {
		total += math.Float64bits(p.at1(i))
	}
	return total
}

func sumAt2(a *array.Array[float64], shape []int) (total uint64) {
	for i := range shape[0] {
		for j := range shape[1] {
			total += math.Float64bits(a.At2(i, j))
		}
	}
	return total
}

func sumPlain2(p *plain, shape []int) (total uint64) {
	for i := range shape[0] {
		for j := range shape[1] {
			total += math.Float64bits(p.at2(i, j))
		}
	}
	return total
}

func sumDense(m *mat.Dense, shape []int) (total uint64) {
	for i := range shape[0] {
		for j := range shape[1] {
			total += math.Float64bits(m.At(i, j))
		}
	}
	return total
}

// sumMatrix reads through the interface by which gonum's own functions take matrices.
func sumMatrix(d *mat.Dense, shape []int) (total uint64) {
	var m mat.Matrix = hidden(d)
	for i := range shape[0] {
		for j := range shape[1] {
			total += math.Float64bits(m.At(i, j))
		}
	}
	return total
}

// hidden keeps the compiler from seeing which type the interface holds.
//
//go:noinline
func hidden(m mat.Matrix) mat.Matrix { return m }

func sumAt3(a *array.Array[float64], shape []int) (total uint64) {
	for i := range shape[0] {
		for j := range shape[1] {
			for k := range shape[2] {
				total += math.Float64bits(a.At3(i, j, k))
			}
		}
	}
	return total
}

func sumPlain3(p *plain, shape []int) (total uint64) {
	for i := range shape[0] {
		for j := range shape[1] {
			for k := range shape[2] {
				total += math.Float64bits(p.at3(i, j, k))
			}
		}
	}
	return total
}

// iterations: the sum of all items, in C order.
func iterations(s Scale) []Case {
	return []Case{iteration("All", 4*s.Thousand, sumAll), iteration("Runs", 4*s.Thousand, sumRuns)}
}

func iteration(name string, items int, sum func(*array.Array[int64]) int64) Case {
	return Case{
		Name: fmt.Sprintf("Array.%s, %s items", name, counted(items)), Peer: "range over the slice", Target: Target{1.2, Ratio}, Bytes: 8 * items,
		Prepare: func(*Machine) (*Pair, error) {
			slice := numbers[int64](items)
			a := must(array.Of[int64](must(memoryview.FromObject(slice))))
			var ours, theirs int64
			return &Pair{
				Ours: calls(func() error { ours = sum(a); return nil }, func() string { return fmt.Sprint(ours) }),
				Peer: calls(func() error { theirs = sumSlice(slice); return nil }, func() string { return fmt.Sprint(theirs) }),
			}, nil
		},
	}
}

func sumAll(a *array.Array[int64]) (total int64) {
	for _, x := range a.All() {
		total += x
	}
	return total
}

func sumRuns(a *array.Array[int64]) (total int64) {
	for _, run := range a.Runs() {
		total += sumSlice(run)
	}
	return total
}

func sumSlice(s []int64) (total int64) {
	for _, x := range s {
		total += x
	}
	return total
}
