package arraytext

import (
	"math"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// decimal writes digits as strconv does: 1.25e+03.
func decimal(digits []byte, first, least int) string {
	text := ""
	for _, d := range digits {
		text += string('0' + rune(d))
	}
	text += strings.Repeat("0", max(0, least-len(text)))
	if len(text) > 1 {
		text = text[:1] + "." + text[1:]
	}
	sign := "+"
	if first < 0 {
		sign, first = "-", -first
	}
	exp := strconv.Itoa(first)
	return text + "e" + sign + strings.Repeat("0", max(0, 2-len(exp))) + exp
}

// The shortest digits are those of strconv, and so are the digits where fewer are asked for.
func TestDigitsAreStrconvs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x, kind, bits := rapid.Float64().Draw(t, "float64"), float64Kind, 64
		if rapid.Bool().Draw(t, "narrow") {
			x, kind, bits = float64(rapid.Float32().Draw(t, "float32")), float32Kind, 32
		}
		if rapid.Bool().Draw(t, "bits") {
			x, kind, bits = math.Float64frombits(rapid.Uint64().Draw(t, "float64 bits")), float64Kind, 64
		}
		x = math.Abs(x)
		if x == 0 || math.IsNaN(x) || math.IsInf(x, 0) {
			return
		}
		got, first := kind.digits(x, func(first int) limits { return limits{math.MinInt, first} })
		shortest := strconv.FormatFloat(x, 'e', -1, bits)
		if text := decimal(got, first, 0); text != shortest {
			t.Fatalf("shortest: %s, not %s", text, shortest)
		}
		fewer := rapid.IntRange(0, len(got)-1).Draw(t, "fewer")
		if fewer == len(got)-1 {
			return // as many as needed: these are the shortest, not the nearest
		}
		cut, first := kind.digits(x, func(first int) limits { return limits{first - fewer, first} })
		if text, want := decimal(cut, first, fewer+1), strconv.FormatFloat(x, 'e', fewer, bits); text != want {
			t.Fatalf("%d digits: %s, not %s", fewer+1, text, want)
		}
	})
}
