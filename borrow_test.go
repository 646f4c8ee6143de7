package memoryview_test

import (
	"errors"
	"testing"
	"unsafe"

	"github.com/go-memoryview/memoryview"
	"github.com/go-memoryview/memoryview/buffer"
	"github.com/go-memoryview/memoryview/export"
)

// A view in the caller's own variable is the same as one on the heap, but for what it holds.
func TestSliceIntoIsSlice(t *testing.T) {
	v := must(must(memoryview.FromObject([]int16{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11})).Cast("h", 4, 3))
	columns := must(v.Transpose())
	var piece memoryview.View
	for _, from := range []*memoryview.View{v, columns} {
		n := must(from.Len())
		for start := -1; start <= n+1; start++ {
			for stop := -1; stop <= n+1; stop++ {
				for _, step := range []int{-2, -1, 0, 1, 2} {
					want, wantErr := from.Slice(start, stop, step)
					err := from.SliceInto(&piece, start, stop, step)
					if (err == nil) != (wantErr == nil) || err != nil && err.Error() != wantErr.Error() {
						t.Fatalf("SliceInto %d:%d:%d: %v, Slice: %v", start, stop, step, err, wantErr)
					}
					if err == nil && (piece.NBytes() != want.NBytes() || !must(piece.Equal(want))) {
						t.Fatalf("SliceInto %d:%d:%d is %v, Slice %v", start, stop, step, must(piece.ToList()), must(want.ToList()))
					}
				}
			}
		}
	}
}

func TestBorrowedViews(t *testing.T) {
	given := 0
	mem := []byte("abcdefgh")
	v := must(memoryview.FromMemory(unsafe.Pointer(&mem[0]), len(mem), buffer.Write, memoryview.WithRelease(func() { given++ })))
	var piece, row memoryview.View
	check := func(what string, err, want error) {
		t.Helper()
		if !errors.Is(err, want) || want == nil && err != nil {
			t.Errorf("%s: %v, want %v", what, err, want)
		}
	}
	check("into its own", v.SliceInto(v, 0, 2, 1), buffer.ErrValue)
	check("into a zero View", v.SliceInto(&piece, 2, 6, 1), nil)
	check("again, from itself", piece.SliceInto(&piece, 1, 3, 1), nil)
	if got := string(must(piece.ToBytes(buffer.C))); got != "de" {
		t.Errorf("a slice of a slice is %q", got)
	}
	loan := must(piece.GetBuffer(buffer.Full))
	check("while a loan of it is out", v.SliceInto(&piece, 0, 1, 1), buffer.ErrExported)
	check("release while a loan of it is out", piece.Release(), buffer.ErrExported)
	check("return of the loan", loan.Release(), nil)
	check("release", piece.Release(), nil)
	check("use of a released one", piece.CopyFrom("xy"), buffer.ErrReleased)
	check("into a released one", v.SliceInto(&piece, 0, 3, 1), nil)
	check("a borrowed one of a borrowed one", piece.SubInto(&row, 1), nil)
	own := must(memoryview.FromObject(&piece))
	check("release of the lender", v.Release(), nil)
	check("use after it", piece.CopyFrom("xyz"), buffer.ErrReleased)
	check("use after it", row.CopyFrom("x"), buffer.ErrReleased)
	if given != 0 || string(must(own.ToBytes(buffer.C))) != "abc" {
		t.Errorf("given back %d times while a view with a hold is there", given)
	}
	check("release of the last", own.Release(), nil)
	if given != 1 {
		t.Errorf("given back %d times", given)
	}
}

// The hash is of what is in the variable now.
func TestBorrowedHash(t *testing.T) {
	v := must(memoryview.FromObject("abcabd"))
	var piece memoryview.View
	var sums [3]uint64
	for i, start := range []int{0, 3, 0} {
		if err := v.SliceInto(&piece, start, start+3, 1); err != nil {
			t.Fatal(err)
		}
		sums[i] = must(piece.Hash())
	}
	if sums[0] == sums[1] || sums[0] != sums[2] {
		t.Errorf("hashes of abc, abd, abc: %x", sums)
	}
}

// An error leaves the variable as it was, also where it is cut from itself.
func TestFailedSliceIntoChangesNothing(t *testing.T) {
	v := must(memoryview.FromObject([]byte("abcdefgh")))
	var piece memoryview.View
	if err := v.SliceInto(&piece, 2, 5, 1); err != nil {
		t.Fatal(err)
	}
	for what, err := range map[string]error{
		"a slice that is too long":  piece.SliceInto(&piece, 0, 20, 1),
		"an index outside":          piece.SubInto(&piece, 100),
		"too many indices":          piece.SubInto(&piece, 0, 0),
		"a slice of a released one": new(memoryview.View).SliceInto(&piece, 0, 0, 1),
	} {
		if got := string(must(piece.ToBytes(buffer.C))); err == nil || got != "cde" {
			t.Errorf("%s: %v, and the view is now %q", what, err, got)
		}
	}
}

// SubInto follows pointers in the memory: a release meanwhile waits for it, or makes it fail.
func TestSubIntoAgainstRelease(t *testing.T) {
	rows := must(export.Rows([][]int32{{1, 2}, {3, 4}}))
	for range 300 {
		v := must(memoryview.FromObject(rows))
		done := make(chan error)
		go func() {
			var row memoryview.View
			var err error
			for err == nil {
				err = v.SubInto(&row, 1)
			}
			done <- err
		}()
		_ = v.Release()
		if err := <-done; !errors.Is(err, buffer.ErrReleased) {
			t.Fatal(err)
		}
	}
}
