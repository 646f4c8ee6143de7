//go:build unix

package array_test

import (
	"encoding/binary"
	"errors"
	"maps"
	"slices"
	"testing"
	"unsafe"

	"github.com/go-memoryview/memoryview"
	"github.com/go-memoryview/memoryview/array"
	"github.com/go-memoryview/memoryview/buffer"
	"github.com/go-memoryview/memoryview/internal/closetest"
)

func TestLifetimes(t *testing.T) {
	closetest.InProcesses(t, map[string]func(*testing.T){"CloseAgainstAccess": closeAgainstAccess})
}

// closeAgainstAccess runs every operation of arrays and decoders against their release.
func closeAgainstAccess(t *testing.T) {
	named := map[string]operation{}
	for name, do := range arrayOperations {
		named["Array."+name] = do
	}
	for name, do := range decoderOperations {
		named["Decoder."+name] = do
	}
	for name, do := range named {
		closetest.Against(t, name, pattern(), func(mem *closetest.Memory, round int) closetest.Subject {
			c := newClosing(mem)
			return closetest.Subject{
				Do: func() (answer any, err error) {
					err = errors.Join(caught(func() { answer = do(c) }))
					return answer, err
				},
				Release: func() error { return c.release(round) },
				Later:   true,
			}
		})
	}
}

// typed is what arrays and decoders have in common.
type typed interface {
	At(index ...int) int32
	At1(i int) int32
	At2(i, j int) int32
	At3(i, j, k int) int32
	Set(v int32, index ...int)
	Set1(i int, v int32)
	Set2(i, j int, v int32)
	Set3(i, j, k int, v int32)
	Shape() []int
	Len() int
	ReadOnly() bool
	Release() error
}

// closing is what an operation works on: one memory in several shapes.
type closing struct {
	one, every, two, three *array.Array[int32]
	decoder                *array.Decoder[int32]
	decoder2, decoder3     *array.Decoder[int32]
}

// operation returns its answer in a form that can be compared, or panics.
type operation func(c *closing) any

// The operations by name. Release is the other side of the race.
var (
	arrayOperations = join(
		common(func(c *closing) [3]typed { return [3]typed{c.one, c.two, c.three} }),
		map[string]operation{
			"All":   func(c *closing) any { return maps.Collect(c.two.All()) },
			"Runs":  func(c *closing) any { return runs(c.one, c.every) },
			"Slice": func(c *closing) any { mem, ok := c.two.Slice(); return [2]any{len(mem), ok} },
		})
	decoderOperations = join(
		common(func(c *closing) [3]typed { return [3]typed{c.decoder, c.decoder2, c.decoder3} }),
		map[string]operation{
			"All": func(c *closing) any { return maps.Collect(c.decoder2.All()) },
		})
)

// common are those of both, on what has one, two and three dimensions. What is stored was there already.
func common(of func(c *closing) [3]typed) map[string]operation {
	return map[string]operation{
		"At":       func(c *closing) any { return of(c)[2].At(3, 2, 1) },
		"At1":      func(c *closing) any { return of(c)[0].At1(1023) },
		"At2":      func(c *closing) any { return of(c)[1].At2(15, 63) },
		"At3":      func(c *closing) any { return of(c)[2].At3(3, 3, 63) },
		"Set":      func(c *closing) any { a := of(c)[0]; a.Set(a.At1(1000), 1000); return nil },
		"Set1":     func(c *closing) any { a := of(c)[0]; a.Set1(1000, a.At1(1000)); return nil },
		"Set2":     func(c *closing) any { a := of(c)[1]; a.Set2(1, 3, a.At2(1, 3)); return nil },
		"Set3":     func(c *closing) any { a := of(c)[2]; a.Set3(0, 1, 3, a.At3(0, 1, 3)); return nil },
		"Shape":    func(c *closing) any { return of(c)[2].Shape() },
		"Len":      func(c *closing) any { return of(c)[2].Len() },
		"ReadOnly": func(c *closing) any { return of(c)[2].ReadOnly() },
	}
}

func join(a, b map[string]operation) map[string]operation {
	maps.Copy(a, b)
	return a
}

// runs has the items of all runs.
func runs(arrays ...*array.Array[int32]) (items []int32) {
	for _, a := range arrays {
		for _, run := range a.Runs() {
			items = append(items, run...)
		}
	}
	return items
}

// TestEveryOperationIsRaced fails when an operation is new, and nobody has put it into the tables above.
func TestEveryOperationIsRaced(t *testing.T) {
	closetest.EveryMethod[*array.Array[int32]](t, arrayOperations, "Release")
	closetest.EveryMethod[*array.Decoder[int32]](t, decoderOperations, "Release")
}

// pattern is what the memory holds: 1,024 ints that count up.
func pattern() []byte {
	ints := make([]int32, 1024)
	for i := range ints {
		ints[i] = int32(i)
	}
	return slices.Clone(unsafe.Slice((*byte)(unsafe.Pointer(&ints[0])), 4096))
}

// otherOrder is the format of ints that the machine reads backwards.
var otherOrder = map[bool]string{true: ">i", false: "<i"}[binary.NativeEndian.Uint16([]byte{1, 0}) == 1]

// newClosing makes arrays alone hold the memory. Decoders see it in the other order of bytes.
func newClosing(mem *closetest.Memory) *closing {
	m := mem.Lend()
	m.Mapped = true // whose release waits for the collector
	loan := must(m.Lend(0, buffer.Layout{ItemSize: 4, Format: "i", Shape: []int{1024}}, buffer.Full))
	defer loan.Release()
	v := must(memoryview.FromBuffer(loan))
	defer v.Release()
	of := func(w *memoryview.View, err error) *array.Array[int32] {
		defer must(w, err).Release()
		return must(array.Of[int32](w))
	}
	decoderOf := func(shape ...int) *array.Decoder[int32] {
		w := must(v.Cast(otherOrder, shape...))
		defer w.Release()
		return must(array.DecoderOf[int32](w))
	}
	return &closing{
		one: of(v.Cast("i")), every: of(v.Slice(0, 1024, 2)), two: of(v.Cast("i", 16, 64)), three: of(v.Cast("i", 4, 4, 64)),
		decoder: decoderOf(1024), decoder2: decoderOf(16, 64), decoder3: decoderOf(4, 4, 64),
	}
}

// release gives back all arrays, by rounds each of them last of all.
func (c *closing) release(round int) (err error) {
	all := []typed{c.one, c.every, c.two, c.three, c.decoder, c.decoder2, c.decoder3}
	for i := range all {
		err = errors.Join(err, all[(round+i)%len(all)].Release())
	}
	return err
}
