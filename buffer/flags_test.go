package buffer_test

import (
	"testing"

	"github.com/go-memoryview/memoryview/buffer"
)

// The values are those of CPython's Include/pybuffer.h.
func TestFlagValues(t *testing.T) {
	for _, c := range []struct {
		name string
		got  buffer.Flags
		want uint32
	}{
		{"PyBUF_SIMPLE", buffer.Simple, 0},
		{"PyBUF_WRITABLE", buffer.Writable, 0x1},
		{"PyBUF_FORMAT", buffer.Format, 0x4},
		{"PyBUF_ND", buffer.ND, 0x8},
		{"PyBUF_STRIDES", buffer.Strides, 0x18},
		{"PyBUF_C_CONTIGUOUS", buffer.CContiguous, 0x38},
		{"PyBUF_F_CONTIGUOUS", buffer.FContiguous, 0x58},
		{"PyBUF_ANY_CONTIGUOUS", buffer.AnyContiguous, 0x98},
		{"PyBUF_INDIRECT", buffer.Indirect, 0x118},
		{"PyBUF_CONTIG", buffer.Contig, 0x9},
		{"PyBUF_CONTIG_RO", buffer.ContigRO, 0x8},
		{"PyBUF_STRIDED", buffer.Strided, 0x19},
		{"PyBUF_STRIDED_RO", buffer.StridedRO, 0x18},
		{"PyBUF_RECORDS", buffer.Records, 0x1d},
		{"PyBUF_RECORDS_RO", buffer.RecordsRO, 0x1c},
		{"PyBUF_FULL", buffer.Full, 0x11d},
		{"PyBUF_FULL_RO", buffer.FullRO, 0x11c},
		{"PyBUF_READ", buffer.Read, 0x100},
		{"PyBUF_WRITE", buffer.Write, 0x200},
	} {
		if uint32(c.got) != c.want {
			t.Errorf("%s is %#x, want %#x", c.name, uint32(c.got), c.want)
		}
	}
}

func TestFlagsString(t *testing.T) {
	for flags, want := range map[buffer.Flags]string{
		buffer.Simple:                        "Simple",
		buffer.Full:                          "Indirect|Format|Writable",
		buffer.ContigRO:                      "ND",
		buffer.CContiguous | buffer.Writable: "CContiguous|Writable",
		buffer.Writable | 0x400:              "Writable|0x400",
		buffer.CContiguous | buffer.Indirect: "CContiguous|Indirect",
	} {
		if got := flags.String(); got != want {
			t.Errorf("%#x is %q, want %q", uint32(flags), got, want)
		}
	}
}
