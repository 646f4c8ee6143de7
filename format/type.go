package format

import "slices"

// Kind is the sort of an item.
type Kind uint8

// The kinds, and what an item of each is in Go.
const (
	Invalid Kind = iota // of the zero Type only
	Bool                // bool
	Int                 // int8, int16, int32 or int64, by size
	Uint                // uint8, uint16, uint32 or uint64, by size
	Float               // Float16, BFloat16, float32 or float64
	Complex             // complex64 or complex128
	Bytes               // []byte of the item's size
	Pascal              // []byte; its length stands in the item's first byte
	Text                // string
	Pointer             // uintptr
	Array               // []any, nested as deep as there are dimensions
	Struct              // Record
)

var kindNames = [...]string{
	"invalid", "bool", "int", "uint", "float", "complex", "bytes", "pascal", "text", "pointer", "array", "record",
}

// String names the kind in small letters.
func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return kindNames[Invalid]
}

// Type is a parsed format: what one item is. It never changes, so it may be shared. Types come from [Parse], [For] and
// [ForType]; the zero Type is of kind [Invalid] and no bytes.
type Type struct {
	kind   Kind
	mode   mode // in force at the end of the item's text, and deciding whether the item is aligned
	big    bool
	bare   bool  // of a Struct: written without T{}
	code   *code // of a leaf
	size   int   // bytes
	align  int   // bytes
	values int   // how many Go values Unpack makes
	hollow bool  // without any leaf

	elem   *Type // of an Array; what an "&" points to
	stride int   // of an Array
	shape  []int // of an Array

	fields []Field  // of a Struct
	names  []string // of a Struct: those of the fields
	named  bool     // of a Struct: every field has a name

	signature string // of an "X{}"
}

// Field is an item inside a record.
type Field struct {
	Name   string // "" where the format gives none
	Offset int    // bytes from the start of the record
	Type   *Type
}

// Kind returns the sort of the item.
func (t *Type) Kind() Kind { return t.kind }

// Size returns the item's length in bytes. Like the struct module's calcsize it counts no padding after the last field, so
// that the itemsize of a buffer may be more.
func (t *Type) Size() int { return t.size }

// Align returns the item's alignment in bytes: 1 unless the format asks for the C compiler's with '@', the default.
func (t *Type) Align() int { return t.align }

// Fields returns a copy of a record's fields, in order and without padding; nil for other kinds.
func (t *Type) Fields() []Field { return slices.Clone(t.fields) }

// NumField returns how many fields a record has; 0 for other kinds.
func (t *Type) NumField() int { return len(t.fields) }

// Field returns a record's field i, from 0. It panics when i is out of range, as a slice does.
func (t *Type) Field(i int) Field { return t.fields[i] }

// Elem returns what an array's elements are; nil for other kinds.
func (t *Type) Elem() *Type {
	if t.kind != Array {
		return nil
	}
	return t.elem
}

// Shape returns a copy of an array's extents, in items; nil for other kinds.
func (t *Type) Shape() []int { return slices.Clone(t.shape) }

// ElemStride returns the bytes from one element of an array to the next, in C order: the element's size, rounded up to its
// alignment where the format asks for alignment. It is 0 for other kinds.
func (t *Type) ElemStride() int { return t.stride }

// BigEndian tells that an item's most significant byte comes first. It speaks of numbers, text and pointers of more than one
// byte, and of arrays of them; it is false for all else.
func (t *Type) BigEndian() bool {
	if t.kind == Array {
		return t.elem.BigEndian()
	}
	return t.big
}

// Native tells that the item is a single number, bool or pointer just as this machine stores it: a Go pointer to the
// matching Go type could read it, if it is aligned. Go has no long double, so that g and Zg are native only where C's long
// double is its double.
func (t *Type) Native() bool {
	switch t.kind {
	case Float, Complex:
		return t.code.unit != longDoubleUnit && (t.big == hostBig)
	case Bool, Int, Uint, Pointer:
		return t.size == 1 || t.big == hostBig
	default:
		return false
	}
}

// Equal tells that both types read the same bytes as the same items: kinds, sizes, offsets, shapes, byte orders and names of
// fields are the same, and pointers point to the same. How the format is written does not matter: "l" equals "q" where
// C's long has 8 bytes, and "ih" equals "T{ih}".
func (t *Type) Equal(u *Type) bool {
	if t == u {
		return true
	}
	if t == nil || u == nil || t.kind != u.kind || t.size != u.size || t.big != u.big {
		return false
	}
	switch t.kind {
	case Invalid:
		return true
	case Array:
		return t.stride == u.stride && slices.Equal(t.shape, u.shape) && t.elem.Equal(u.elem)
	case Struct:
		return slices.EqualFunc(t.fields, u.fields, func(a, b Field) bool {
			return a.Name == b.Name && a.Offset == b.Offset && a.Type.Equal(b.Type)
		})
	default:
		return t.code.unit == u.code.unit && t.signature == u.signature && t.elem.Equal(u.elem)
	}
}
