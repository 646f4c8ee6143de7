package draw

import (
	"math"
	"testing"
)

func TestEveryChoiceIsMadeAndNoOther(t *testing.T) {
	for _, most := range []int{0, 1, 5, 255} {
		met := map[int]bool{}
		for b := range 256 {
			n := (&byteSource{T: t, data: []byte{byte(b)}}).UpTo(most, "")
			if n < 0 || n > most {
				t.Fatalf("%d of at most %d", n, most)
			}
			met[n] = true
		}
		if len(met) != most+1 {
			t.Errorf("%d choices of %d", len(met), most+1)
		}
	}
}

func TestLongChoices(t *testing.T) {
	s := &byteSource{T: t, data: []byte{1, 2, 0, 0, 0, 0, 0, 1, 0, 3, 255, 255, 255, 255, 255, 255, 255, 255, 9}}
	if a, b, c := s.UpTo(60_000, ""), s.UpTo(math.MaxInt32, ""), s.UpTo(math.MaxInt, ""); a != 258 || b != 65539 || c != math.MaxInt {
		t.Error(a, b, c)
	}
	if n := s.UpTo(60_000, ""); n != 9 {
		t.Errorf("the last byte gives %d", n)
	}
	if n := Between(s, -4, 60_000, ""); n != -4 || Bool(s, "") || Of(s, "", "a", "b") != "a" {
		t.Errorf("nothing gives %d", n)
	}
}
