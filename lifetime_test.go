package memoryview_test

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"
	"unsafe"

	"github.com/go-memoryview/memoryview"
	"github.com/go-memoryview/memoryview/buffer"
	"github.com/go-memoryview/memoryview/export"
	"github.com/go-memoryview/memoryview/internal/closetest"
)

// lifetimes are tested each in a process of its own.
var lifetimes = map[string]func(t *testing.T){
	"EmptyViewsAtTheEndOfABlock":   emptyViewsAtTheEndOfABlock,
	"SimultaneousReleases":         simultaneousReleases,
	"TheLastToLeave":               theLastToLeave,
	"ReleaseInsideAnIteration":     releaseInsideAnIteration,
	"LeakedViewsGiveBack":          leakedViewsGiveBack,
	"LeakedLoansOfViewsGiveBack":   leakedLoansOfViewsGiveBack,
	"ResizeAgainstSlice":           resizeAgainstSlice,
	"ExportAgainstRelease":         exportAgainstRelease,
	"RowsStayAliveBehindTheirView": rowsStayAlive,
}

func TestLifetimes(t *testing.T) { closetest.InProcesses(t, lifetimes) }

func emptyViewsAtTheEndOfABlock(t *testing.T) {
	var views []*memoryview.View
	for i := range closetest.Rounds(2000) {
		size := 8 << (i % 12) // whole size classes: what follows the block is another one, or nothing
		v := must(memoryview.FromObject(make([]byte, size)))
		end := must(v.Slice(size, size, 1))
		views = append(views, end, must(end.Cast("d")), must(end.ToReadOnly()), must(must(v.Cast("B", size/8, 8)).Select("9999:, 3")))
		if list := must(end.ToBytes(buffer.C)); len(list) != 0 {
			t.Fatalf("an empty view has %d bytes", len(list))
		}
		if mem := must(end.Bytes()); len(mem) != 0 || cap(mem) != 0 {
			t.Fatal("an empty view reaches memory")
		}
		if len(views) > 400 {
			runtime.GC()
			views = views[:0]
		}
	}
}

func simultaneousReleases(t *testing.T) {
	for range closetest.Rounds(2000) {
		var given atomic.Int32
		mem := []byte("abcdefgh")
		v := must(memoryview.FromMemory(unsafe.Pointer(&mem[0]), 8, buffer.Read, memoryview.WithRelease(func() { given.Add(1) })))
		w := must(v.Slice(2, 4, 1))
		var wait sync.WaitGroup
		for i := range 6 {
			wait.Go(func() {
				if err := []*memoryview.View{v, w}[i%2].Release(); err != nil {
					t.Errorf("release: %v", err)
				}
			})
		}
		wait.Wait()
		if given.Load() != 1 {
			t.Fatalf("the memory was given back %d times", given.Load())
		}
	}
}

// theLastToLeave has the count of those who are at the memory come to zero again and again, while others enter:
// it is given back once, and nobody is inside then. Goroutines that wait actively meet in these few instructions.
func theLastToLeave(t *testing.T) {
	type turn struct {
		loan  *buffer.Buffer
		given atomic.Int32
		left  atomic.Int32
	}
	var (
		mem  [16]byte
		now  atomic.Pointer[turn]
		wait sync.WaitGroup
	)
	inside := func(this *turn, err error) bool {
		if err == nil && this.given.Load() != 0 {
			t.Error("memory was given back while somebody was at it")
		}
		return err == nil
	}
	for i := range 2 {
		wait.Go(func() {
			var last *turn
			for this := now.Load(); this == nil || this.loan != nil; this = now.Load() {
				if this == last {
					runtime.Gosched()
					continue
				}
				var part buffer.Buffer
				if i == 0 && inside(this, this.loan.Cut(&part)) {
					_ = part.Release()
				}
				_ = this.loan.Access(func(unsafe.Pointer) error { inside(this, nil); return nil })
				last = this
				this.left.Add(1)
			}
		})
	}
	for range closetest.Rounds(20_000) {
		this := new(turn)
		m := buffer.Memory{Base: unsafe.Pointer(&mem), Size: 16, Release: func() { this.given.Add(1) }}
		this.loan = must(m.Lend(0, buffer.Layout{ItemSize: 1, Format: "B", Shape: []int{16}}, buffer.Full))
		now.Store(this)
		for range rand.IntN(500) {
			this.left.Load() // some nanoseconds, each time others
		}
		_ = this.loan.Release()
		for this.left.Load() < 2 {
			runtime.Gosched()
		}
		if n := this.given.Load(); n != 1 {
			t.Errorf("memory was given back %d times", n)
		}
	}
	now.Store(new(turn))
	wait.Wait()
}

func releaseInsideAnIteration(t *testing.T) {
	array := export.NewByteArray([]byte("abc"))
	v := must(memoryview.FromObject(array))
	items := 0
	for item, err := range v.All() {
		if items++; items == 2 {
			if !errors.Is(err, buffer.ErrReleased) || item != nil {
				t.Errorf("after the release: %v, %v", item, err)
			}
			continue
		}
		if err != nil || item != byte('a') {
			t.Errorf("first item: %v, %v", item, err)
		}
		if err := errors.Join(v.Release(), array.Resize(0)); err != nil {
			t.Errorf("release inside the iteration: %v", err)
		}
	}
	if items != 2 {
		t.Errorf("the iteration went on for %d items", items)
	}
}

func leakedViewsGiveBack(t *testing.T) {
	var given atomic.Int32
	const n = 200
	for range n {
		mem := make([]byte, 16)
		v := must(memoryview.FromMemory(unsafe.Pointer(&mem[0]), 16, buffer.Write, memoryview.WithRelease(func() { given.Add(1) })))
		must(v.Slice(0, 4, 1)) // both are dropped
	}
	closetest.Eventually(t, "leaked views", func() bool { return given.Load() == n })
}

func leakedLoansOfViewsGiveBack(t *testing.T) {
	array := export.NewByteArray([]byte("abc"))
	v := must(memoryview.FromObject(array))
	for range 100 {
		must(v.GetBuffer(buffer.FullRO))
	}
	closetest.Eventually(t, "leaked loans", func() bool { return v.Release() == nil })
	if err := array.Resize(0); err != nil {
		t.Error(err)
	}
}

func resizeAgainstSlice(t *testing.T) {
	array := export.NewByteArray(bytes.Repeat([]byte{7}, 64))
	var wait sync.WaitGroup
	wait.Go(func() {
		for i := range closetest.Rounds(5000) {
			if err := array.Resize(32 + i%64); err != nil && !errors.Is(err, buffer.ErrExported) {
				t.Errorf("resize: %v", err)
			}
		}
	})
	wait.Go(func() {
		for range closetest.Rounds(5000) {
			v := must(memoryview.FromObject(array))
			n := must(v.Len())
			if data := must(v.ToBytes(buffer.C)); len(data) != n || data[0] != 7 {
				t.Errorf("%d bytes of %d", len(data), n)
			}
			_ = must(v.Slice(n-1, -1, -1)).Release()
			_ = v.Release()
		}
	})
	wait.Wait()
}

func exportAgainstRelease(t *testing.T) {
	for range closetest.Rounds(2000) {
		array := export.NewByteArray([]byte("abcd"))
		v := must(memoryview.FromObject(array))
		var wait sync.WaitGroup
		wait.Go(func() {
			if err := v.Release(); err != nil && !errors.Is(err, buffer.ErrExported) {
				t.Errorf("release: %v", err)
			}
		})
		wait.Go(func() {
			loan, err := v.GetBuffer(buffer.Full)
			if errors.Is(err, buffer.ErrReleased) {
				return
			}
			if err := errors.Join(err, loan.ToContiguous(make([]byte, 4), buffer.C), loan.Release()); err != nil {
				t.Errorf("loan: %v", err)
			}
		})
		wait.Wait()
		if err := errors.Join(v.Release(), array.Resize(0)); err != nil {
			t.Fatal(err)
		}
	}
}

func rowsStayAlive(t *testing.T) {
	for range 500 {
		rows := make([][]uint64, 8)
		for i := range rows {
			rows[i] = []uint64{uint64(i), uint64(i) * 10}
		}
		row := must(must(memoryview.FromObject(must(export.Rows(rows)))).Sub(5))
		rows = nil
		runtime.GC()
		if got := must(row.At(1)); got != uint64(50) {
			t.Fatalf("row 5 holds %v", got)
		}
	}
}

// TestReleaseAgainstReading lets one goroutine read while another releases: each read is the whole
// old answer or ErrReleased. It has no memory to fault on; its counterpart on mapped memory has.
func TestReleaseAgainstReading(t *testing.T) {
	for range closetest.Rounds(200) {
		array := export.NewByteArray(bytes.Repeat([]byte("abcdefgh"), 512))
		raceRelease(t, must(memoryview.FromObject(array)))
		if err := array.Resize(0); err != nil {
			t.Fatal(err)
		}
	}
}

// raceRelease reads a view of 4096 bytes "abcdefgh..." in every way while it is released.
func raceRelease(t *testing.T, v *memoryview.View) {
	part := must(v.Slice(0, 4096, 2))
	var wait sync.WaitGroup
	for _, read := range []func() error{
		func() error {
			data, err := part.ToBytes(buffer.C)
			return complain(err, len(data) == 2048 && data[2047] == 'g')
		},
		func() error { item, err := v.At(-1); return complain(err, item == byte('h')) },
		func() error { n, err := part.Count(byte('c')); return complain(err, n == 512) },
		func() error { s, err := part.Hex("", 0); return complain(err, len(s) == 4096) },
		func() error { n, err := part.WriteTo(io.Discard); return complain(err, n == 2048) },
		func() error { w, err := v.Select("::8"); return errors.Join(complain(err, w != nil), release(w)) },
		func() error { w, err := v.Cast("Q"); return errors.Join(complain(err, w != nil), release(w)) },
	} {
		wait.Go(func() {
			for {
				if err := read(); errors.Is(err, buffer.ErrReleased) {
					return
				} else if err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	wait.Go(func() {
		time.Sleep(time.Millisecond)
		_, _ = v.Release(), part.Release()
	})
	wait.Wait()
}

func complain(err error, whole bool) error {
	if err == nil && !whole {
		return errors.New("an answer that is not whole")
	}
	return err
}

func release(v *memoryview.View) error {
	if v == nil {
		return nil
	}
	return v.Release()
}
