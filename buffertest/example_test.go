package buffertest_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"unsafe"

	"github.com/go-memoryview/memoryview"
	"github.com/go-memoryview/memoryview/buffer"
	"github.com/go-memoryview/memoryview/buffertest"
)

// Ring keeps the last samples of a signal. It lends them newest first, where they lie: every sample is stored twice, a
// whole ring apart, so that the last ones are always in one run.
type Ring struct {
	mu      sync.Mutex
	samples []float32 // twice as many as the ring holds
	next    int
	loans   int
}

// NewRing returns a ring of n samples.
func NewRing(n int) *Ring { return &Ring{samples: make([]float32, 2*n)} }

// Add stores a sample in the place of the oldest one, unless somebody is looking.
func (r *Ring) Add(sample float32) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.loans > 0 {
		return fmt.Errorf("a sample for the ring: %w: release its %d loans first", buffer.ErrExported, r.loans)
	}
	n := len(r.samples) / 2
	r.samples[r.next], r.samples[r.next+n] = sample, sample
	r.next = (r.next + 1) % n
	return nil
}

// GetBuffer lends the samples, read-only: this is all that an exporter needs.
func (r *Ring) GetBuffer(flags buffer.Flags) (*buffer.Buffer, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	n := len(r.samples) / 2
	m := buffer.Memory{Base: unsafe.Pointer(&r.samples[0]), Size: 8 * n, ReadOnly: true, Obj: r, Release: r.release}
	newest := 4 * (r.next + n - 1)
	b, err := m.Lend(newest, buffer.Layout{ItemSize: 4, Format: "f", Shape: []int{n}, Strides: []int{-4}}, flags)
	if err == nil {
		r.loans++
	}
	return b, err
}

func (r *Ring) release() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.loans--
}

// Loans lets the suite see the count.
func (r *Ring) Loans() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.loans
}

// TestRing is the one line.
func TestRing(t *testing.T) {
	buffertest.Test(t, func() buffer.Exporter { return NewRing(16) })
}

// An exporter of your own needs one method; the suite finds what is wrong with it. In a test, put it through all duties:
//
//	func TestRing(t *testing.T) {
//		buffertest.Test(t, func() buffer.Exporter { return NewRing(16) })
//	}
func ExampleTest() {
	ring := NewRing(4)
	for sample := range 6 {
		_ = ring.Add(float32(sample))
	}
	v, err := memoryview.FromObject(ring)
	if err != nil {
		fmt.Println(err)
		return
	}
	list, err := v.ToList()
	fmt.Println(list, err)
	fmt.Println(ring.Add(7))
	fmt.Println(v.Release(), ring.Add(7))
	// Output:
	// [5 4 3 2] <nil>
	// a sample for the ring: memory is exported: release its 1 loans first
	// <nil> <nil>
}

// Careless lends its numbers whatever it is asked for.
type Careless struct{ numbers []int16 }

func (c Careless) GetBuffer(buffer.Flags) (*buffer.Buffer, error) {
	every := buffer.Layout{ItemSize: 2, Format: "h", Shape: []int{len(c.numbers) / 2}, Strides: []int{4}}
	m := buffer.Memory{Base: unsafe.Pointer(&c.numbers[0]), Size: 2 * len(c.numbers)}
	return m.Lend(0, every, buffer.FullRO)
}

func ExampleTestExporter() {
	err := buffertest.TestExporter(Careless{slices.Repeat([]int16{1, 2}, 3)})
	first, _, _ := strings.Cut(err.Error(), "\n")
	fmt.Println(first)
	// Output:
	// what cannot be served is refused: request Simple is granted, but the items are not contiguous in C order, and nobody asks for strides [C API, getbufferproc, step 1]
}
