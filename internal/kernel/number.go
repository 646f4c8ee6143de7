package kernel

import "unsafe"

// Kind is what a number is.
type Kind uint8

const (
	Bool       Kind = iota + 1 // any byte but 0 is true
	Int                        // two's complement
	Uint                       //
	Float                      // IEEE 754: binary16, binary32 or binary64
	BrainFloat                 // the upper half of a binary32
	Complex                    // two Floats of half the size
	Coded                      // one byte, by a Table
)

// Number says how the bytes of an item hold a number. An item may be longer: its first bytes count.
type Number struct {
	Kind Kind
	Size int
	Swap bool // the bytes are in the order that is not the machine's; in a Complex those of each half

	Table *Table // of a Coded
}

// Valid reports whether there are such numbers.
func (n Number) Valid() bool {
	switch n.Kind {
	case Bool:
		return n.Size == 1
	case Int, Uint:
		return n.Size == 1 || n.Size == 2 || n.Size == 4 || n.Size == 8
	case Float:
		return n.Size == 2 || n.Size == 4 || n.Size == 8
	case BrainFloat:
		return n.Size == 2
	case Complex:
		return n.Size == 8 || n.Size == 16
	case Coded:
		return n.Size == 1 && n.Table != nil
	}
	return false
}

// native is the number in its form.
func (n Number) native() Number {
	switch n.Kind {
	case Bool:
		return Number{Kind: Uint, Size: 1}
	case BrainFloat, Coded:
		return Number{Kind: Float, Size: 4}
	case Float:
		return Number{Kind: Float, Size: max(n.Size, 4)}
	}
	return Number{Kind: n.Kind, Size: n.Size}
}

// rank puts complex numbers after floats, the longer ones last, and these after integers.
func (n Number) rank() int {
	switch n.Kind {
	case Complex:
		return 64 + n.Size
	case Float, BrainFloat, Coded:
		return 32 + n.Size
	}
	return int(n.Kind)
}

func (n Number) integer() bool { return n.Kind == Int || n.Kind == Uint }

// wide reports whether n is an integer that a float64 cannot hold exactly.
func (n Number) wide() bool { return n.integer() && n.Size == 8 }

// part is a Number that is no Complex: what a Complex has two of.
func (n Number) part() Number {
	if n.Kind == Complex {
		return Number{Kind: Float, Size: n.Size / 2, Swap: n.Swap}
	}
	return n
}

// parts is how many of them a number has.
func (n Number) parts() int {
	if n.Kind == Complex {
		return 2
	}
	return 1
}

// A form is the Go type in whose loops numbers are worked on.
type form uint8

const (
	formInt8 form = iota
	formInt16
	formInt32
	formInt64
	formUint8
	formUint16
	formUint32
	formUint64
	formFloat32
	formFloat64
	forms
)

// native are the types of the forms.
type native interface {
	integers | floats
}

type integers interface {
	int8 | int16 | int32 | int64 | uint8 | uint16 | uint32 | uint64
}

type floats interface{ float32 | float64 }

// form is the smallest one that holds a number, or the part of one, exactly.
func (n Number) form() form {
	switch n = n.part(); n.Kind {
	case Int:
		return formInt8 + bySize(n.Size)
	case Uint, Bool:
		return formUint8 + bySize(n.Size)
	}
	if n.Size == 8 {
		return formFloat64
	}
	return formFloat32
}

// bySize is 0, 1, 2, 3 for 1, 2, 4, 8 bytes.
func bySize(size int) form {
	switch size {
	case 1:
		return 0
	case 2:
		return 1
	case 4:
		return 2
	}
	return 3
}

// numbers is a run of n numbers in memory. The loops need no alignment of it, where the machine
// needs none; elsewhere runs come to them aligned.
func numbers[T any](p unsafe.Pointer, n int) []T {
	return unsafe.Slice((*T)(p), n)
}
