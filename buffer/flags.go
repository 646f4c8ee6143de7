package buffer

import (
	"fmt"
	"strings"
)

// Flags is a consumer's request: what it can cope with, and what it needs. The values are those of
// CPython's PyBUF_ constants. They only decide whether a loan is refused: a loan that is made
// always carries its whole layout.
type Flags uint32

// The request flags (PyBUF_SIMPLE and so on).
const (
	Simple   Flags = 0         // bytes in one run; the consumer knows no shape
	Writable Flags = 0x1       // must be writable; without it, either will do
	Format   Flags = 0x4       // the consumer reads the format
	ND       Flags = 0x8       // the consumer reads the shape
	Strides  Flags = 0x10 | ND // the consumer reads the strides

	CContiguous   Flags = 0x20 | Strides  // must be contiguous in C order
	FContiguous   Flags = 0x40 | Strides  // must be contiguous in Fortran order
	AnyContiguous Flags = 0x80 | Strides  // must be contiguous in either order
	Indirect      Flags = 0x100 | Strides // the consumer follows suboffsets

	Contig    Flags = ND | Writable
	ContigRO  Flags = ND
	Strided   Flags = Strides | Writable
	StridedRO Flags = Strides
	Records   Flags = Strides | Writable | Format
	RecordsRO Flags = Strides | Format
	Full      Flags = Indirect | Writable | Format
	FullRO    Flags = Indirect | Format
)

// Read and Write are the access of raw memory, for FromMemory and GetContiguous. They are no
// requests: Get refuses them, as CPython does since 3.13.
const (
	Read  Flags = 0x100
	Write Flags = 0x200
)

// Has reports whether all bits of want are set: composite flags are tested so.
func (f Flags) Has(want Flags) bool { return f&want == want }

var flagNames = []struct {
	flag Flags
	name string
}{
	{CContiguous, "CContiguous"},
	{FContiguous, "FContiguous"},
	{AnyContiguous, "AnyContiguous"},
	{Indirect, "Indirect"},
	{Strides, "Strides"},
	{ND, "ND"},
	{Format, "Format"},
	{Writable, "Writable"},
}

// String names the flags: "Indirect|Format|Writable". A flag that another one includes is not named again.
func (f Flags) String() string {
	if f == Simple {
		return "Simple"
	}
	var names []string
	rest := f
	for _, n := range flagNames {
		if f.Has(n.flag) && rest&n.flag != 0 {
			names = append(names, n.name)
			rest &^= n.flag
		}
	}
	if rest != 0 {
		names = append(names, fmt.Sprintf("%#x", uint32(rest)))
	}
	return strings.Join(names, "|")
}

// Order is an order of items in memory.
type Order byte

// The orders, as the C interface writes them.
const (
	C   Order = 'C' // the last index varies fastest
	F   Order = 'F' // the first index varies fastest (Fortran)
	Any Order = 'A' // either: Fortran for what lies so and not in C order, else C
)

// String returns the letter.
func (o Order) String() string { return string(rune(o)) }

// Valid reports whether o is one of the three.
func (o Order) Valid() bool { return o == C || o == F || o == Any }

func (o Order) check() error {
	if !o.Valid() {
		return fmt.Errorf("%w: order %q: use buffer.C, buffer.F or buffer.Any", ErrValue, rune(o))
	}
	return nil
}
