package format

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
)

// Every code of more than one byte, in both byte orders, whatever the host's own is: its number's bits as encoding/binary lays them.
func TestEveryCodeInBothOrders(t *testing.T) {
	type number struct {
		value any
		parts []uint64 // bits of the parts that are turned round each for itself
		width int      // bytes of a part
	}
	of := func(value any, width int, parts ...uint64) number { return number{value, parts, width} }
	single, double := math.Float32bits, math.Float64bits
	numbers := map[string]number{
		"h": of(int16(-2), 2, 0xfffe), "H": of(uint16(0x0102), 2, 0x0102),
		"i": of(int32(-0x01020304), 4, 0xfefdfcfc), "I": of(uint32(0x01020304), 4, 0x01020304),
		"l": of(int32(0x01020304), 4, 0x01020304), "L": of(uint32(0xfffefdfc), 4, 0xfffefdfc),
		"q": of(int64(0x0102030405060708), 8, 0x0102030405060708), "Q": of(uint64(1)<<63, 8, 1<<63),
		"e": of(Float16(0x3e01), 2, 0x3e01), "[bfloat16]": of(BFloat16(0x3f81), 2, 0x3f81),
		"f": of(float32(-1.1), 4, uint64(single(-1.1))), "d": of(1.1, 8, double(1.1)),
		"Zf": of(complex64(complex(1.5, -1.1)), 4, uint64(single(1.5)), uint64(single(-1.1))),
		"Zd": of(complex(1.1, -2), 8, double(1.1), double(-2)),
		"2u": of("aé", 2, 'a', 'é'), "2w": of("a\U0001f40d", 4, 'a', 0x1f40d),
	}
	for _, c := range codes {
		hosts := c.kind == Pointer || strings.HasSuffix(c.text, "g") // their size is the host's
		if _, there := numbers[c.text]; c.standard > 1 && !there && !hosts && c.kind != Text {
			t.Errorf("%s is not asked", c.text)
		}
	}
	for code, n := range numbers {
		for mark, big := range map[string]bool{"<": false, ">": true, "!": true} {
			typ, err := Parse(mark + code)
			if err != nil {
				t.Fatal(err)
			}
			var want []byte
			for _, part := range n.parts {
				bits := binary.LittleEndian.AppendUint64(nil, part)[:n.width]
				if big {
					slices.Reverse(bits)
				}
				want = append(want, bits...)
			}
			got := make([]byte, len(want))
			if err := typ.Pack(got, n.value); err != nil || typ.Size() != len(want) || !bytes.Equal(got, want) {
				t.Errorf("%s%s packs %v to %x (%v), want %x", mark, code, n.value, got, err, want)
			}
			if value, err := typ.Unpack(want); err != nil || fmt.Sprintf("%T %v", value, value) != fmt.Sprintf("%T %v", n.value, n.value) {
				t.Errorf("%s%s unpacks %x to %T %v (%v), want %T %v", mark, code, want, value, value, err, n.value, n.value)
			}
		}
	}
}
