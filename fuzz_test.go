package memoryview_test

import (
	"errors"
	"math"
	"testing"

	"github.com/go-memoryview/memoryview"
	"github.com/go-memoryview/memoryview/buffer"
)

func errorOfKind(err error) bool {
	for _, kind := range variables {
		if errors.Is(err, kind.err) {
			return true
		}
	}
	return false
}

func FuzzSelect(f *testing.F) {
	for _, expr := range []string{"", "1", "::-1, ..., 2:5", "[0, 1]", "1_0:-+3:2", "...,...", "99999999999999999999:", ",", "1,", "[", " 1 : 2 "} {
		f.Add(expr)
	}
	v := must(must(memoryview.FromObject([]byte("abcdefghijklmnopqrstuvwx"))).Cast("B", 2, 3, 4))
	f.Fuzz(func(t *testing.T, expr string) {
		w, err := v.Select(expr)
		if err != nil {
			if !errorOfKind(err) {
				t.Fatalf("an error of no kind: %v", err)
			}
			return
		}
		data := must(w.ToBytes(buffer.C))
		for _, c := range data {
			if c < 'a' || c > 'x' {
				t.Fatalf("%q reaches %q", expr, c)
			}
		}
		if w.NBytes() > 24 || len(data) != w.NBytes() {
			t.Fatalf("%q has %d bytes", expr, len(data))
		}
	})
}

func FuzzCast(f *testing.F) {
	f.Add("i", "<h", 3, 2, uint8(1))
	f.Add("T{B:a:3x<i:b:}", "B", 24, 0, uint8(0))
	f.Add("0s", "?", -1, math.MaxInt/2+1, uint8(2))
	f.Fuzz(func(t *testing.T, first, second string, n0, n1 int, dimensions uint8) {
		v := must(memoryview.FromObject(make([]byte, 24)))
		w, err := v.Cast(first)
		if err == nil {
			w, err = w.CastShape(second, []int{n0, n1}[:dimensions%3])
		}
		if err != nil {
			if !errorOfKind(err) {
				t.Fatalf("an error of no kind: %v", err)
			}
			return
		}
		if w.NBytes() != 24 || len(must(w.ToBytes(buffer.F))) != 24 {
			t.Fatalf("%v has %d bytes", w, w.NBytes())
		}
		if _, err := w.ToList(); err != nil && !errorOfKind(err) {
			t.Fatalf("an error of no kind: %v", err)
		}
	})
}
