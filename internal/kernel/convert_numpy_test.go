package kernel

import (
	"bufio"
	"encoding/hex"
	"encoding/json"
	"os"
	"strconv"
	"testing"

	"github.com/go-memoryview/memoryview/internal/fence"
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
			for _, side := range fence.Sides {
				checkConverted(t, side, numPy(t, line.To), numPy(t, line.From), unhex(t, line.Dst), unhex(t, line.Src))
			}
		})
	}
	if pairs != 14*14-2*11 { // all but complex numbers to real ones
		t.Errorf("%d pairs", pairs)
	}
}

// numPy reads a sort of number as NumPy writes it.
func numPy(t *testing.T, sort string) Number {
	if sort == "?" {
		return Number{Kind: Bool, Size: 1}
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
