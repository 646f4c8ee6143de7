package kernel

import (
	"bufio"
	"encoding/hex"
	"encoding/json"
	"os"
	"strconv"
	"testing"
)

// TestConvertAsNumPy converts what testdata/convert.py has had converted by NumPy.
func TestConvertAsNumPy(t *testing.T) {
	file, err := os.Open("testdata/convert.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	pairs := 0
	for lines := bufio.NewScanner(file); lines.Scan(); pairs++ {
		var line struct{ From, To, Src, Dst string }
		if err := json.Unmarshal(lines.Bytes(), &line); err != nil {
			t.Fatal(err)
		}
		bothWays(t, func(t *testing.T) {
			convertAsNumPy(t, numPy(t, line.To), numPy(t, line.From), unhex(t, line.Dst), unhex(t, line.Src))
		})
	}
	if pairs != 14*14-2*11 { // all but complex numbers to real ones
		t.Errorf("%d pairs", pairs)
	}
}

func convertAsNumPy(t *testing.T, to, from Number, want, src []byte) {
	got := make([]byte, len(want))
	if position, ok := Convert(line(got, to.Size), line(src, from.Size), to, from); !ok {
		t.Fatalf("%v to %v: refused at %d", from, to, position)
	}
	for i := range len(src) / from.Size {
		if x, y := to.read(got[i*to.Size:]), to.read(want[i*to.Size:]); !x.identical(y) {
			t.Errorf("%v to %v: %v becomes %v, with NumPy %v", from, to, from.read(src[i*from.Size:]), x, y)
		}
	}
}

// numPy reads a sort of number as NumPy writes it.
func numPy(t *testing.T, sort string) Number {
	if sort == "?" {
		return Number{Bool, 1, false}
	}
	size, err := strconv.Atoi(sort[2:])
	if err != nil || sort[0] != '<' {
		t.Fatal(sort)
	}
	n := Number{Kind: map[byte]Kind{'i': Int, 'u': Uint, 'f': Float, 'c': Complex}[sort[1]], Size: size}
	n.Swap = size > 1 && n.order().String() != "LittleEndian"
	return n
}

func unhex(t *testing.T, text string) []byte {
	data, err := hex.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return data
}
