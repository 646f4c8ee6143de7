package format

// mode is the byte order, size and alignment in force at a place of a format string: its last mark. The mark '=' is read as
// the host's order and '!' as '>', so that four are left.
type mode byte

const (
	native    mode = '@' // the C compiler's sizes and alignment, the host's order
	unaligned mode = '^' // the C compiler's sizes, the host's order
	little    mode = '<' // standard sizes
	big       mode = '>' // standard sizes
)

// modeOf reads a mark.
func modeOf(mark byte) (mode, bool) {
	switch mark {
	case '@', '^', '<', '>':
		return mode(mark), true
	case '!':
		return big, true
	case '=':
		if hostBig {
			return big, true
		}
		return little, true
	}
	return 0, false
}

// standard tells that sizes are the standard ones.
func (m mode) standard() bool { return m == little || m == big }

// big tells that the most significant byte comes first.
func (m mode) big() bool { return m == big || hostBig && !m.standard() }

// index counts the modes.
func (m mode) index() int {
	switch m {
	case native:
		return 0
	case unaligned:
		return 1
	case little:
		return 2
	default:
		return 3
	}
}

// code is a row of the table of codes: what one code says of an item. Sizes and alignments are in bytes.
type code struct {
	text     string // as it stands in a format
	kind     Kind
	unit     byte // tells apart codes of one kind and size that lie differently: an encoding, or what a pointer points to
	native   int  // size in the modes @ and ^; 0 where the host has no such type
	align    int  // alignment in the mode @
	standard int  // size in the modes < and >; 0 where the code is native only
	length   bool // a count before the code is the item's length, in units of the size above

	leaf [4]*Type // the item of one unit in each mode
}

var codes = []*code{
	{text: "x", kind: Bytes, native: 1, align: 1, standard: 1, length: true},
	{text: "c", kind: Bytes, native: 1, align: 1, standard: 1},
	{text: "s", kind: Bytes, native: 1, align: 1, standard: 1, length: true},
	{text: "p", kind: Pascal, native: 1, align: 1, standard: 1, length: true},
	{text: "u", kind: Text, unit: 'u', native: 2, align: 2, standard: 2, length: true},
	{text: "w", kind: Text, unit: 'w', native: 4, align: 4, standard: 4, length: true},
	{text: "?", kind: Bool, native: 1, align: 1, standard: 1},
	{text: "b", kind: Int, native: 1, align: 1, standard: 1},
	{text: "B", kind: Uint, native: 1, align: 1, standard: 1},
	{text: "h", kind: Int, native: 2, align: 2, standard: 2},
	{text: "H", kind: Uint, native: 2, align: 2, standard: 2},
	{text: "i", kind: Int, native: 4, align: 4, standard: 4},
	{text: "I", kind: Uint, native: 4, align: 4, standard: 4},
	{text: "l", kind: Int, native: host.long, align: host.long, standard: 4},
	{text: "L", kind: Uint, native: host.long, align: host.long, standard: 4},
	{text: "q", kind: Int, native: 8, align: host.wideAlign, standard: 8},
	{text: "Q", kind: Uint, native: 8, align: host.wideAlign, standard: 8},
	{text: "n", kind: Int, native: host.pointer, align: host.pointer},
	{text: "N", kind: Uint, native: host.pointer, align: host.pointer},
	{text: "e", kind: Float, native: 2, align: 2, standard: 2},
	{text: "f", kind: Float, native: 4, align: 4, standard: 4},
	{text: "d", kind: Float, native: 8, align: host.wideAlign, standard: 8},
	{text: "g", kind: Float, unit: longUnit(), native: host.longDouble.size, align: host.longDouble.align, standard: host.longDouble.size},
	{text: "Zf", kind: Complex, native: 8, align: 4, standard: 8},
	{text: "Zd", kind: Complex, native: 16, align: host.wideAlign, standard: 16},
	{text: "Zg", kind: Complex, unit: longUnit(), native: 2 * host.longDouble.size, align: host.longDouble.align, standard: 2 * host.longDouble.size},
	{text: "P", kind: Pointer, unit: 'P', native: host.pointer, align: host.pointer, standard: host.pointer},
	{text: "O", kind: Pointer, unit: 'O', native: host.pointer, align: host.pointer, standard: host.pointer},
	{text: "z", kind: Pointer, unit: 'z', native: host.pointer, align: host.pointer, standard: host.pointer},
	{text: "Z", kind: Pointer, unit: 'Z', native: host.pointer, align: host.pointer, standard: host.pointer},
	{text: "&", kind: Pointer, unit: '&', native: host.pointer, align: host.pointer, standard: host.pointer},
	{text: "X{", kind: Pointer, unit: 'X', native: host.pointer, align: host.pointer, standard: host.pointer},
	{text: "[bfloat16]", kind: Float, unit: bfloat16Unit, native: 2, align: 2, standard: 2},
	{text: "[float8_e4m3fn]", kind: Float, unit: e4m3fnUnit, native: 1, align: 1, standard: 1},
	{text: "[float8_e5m2]", kind: Float, unit: e5m2Unit, native: 1, align: 1, standard: 1},
	{text: "[float8_e4m3fnuz]", kind: Float, unit: e4m3fnuzUnit, native: 1, align: 1, standard: 1},
	{text: "[float8_e5m2fnuz]", kind: Float, unit: e5m2fnuzUnit, native: 1, align: 1, standard: 1},
	{text: "[float8_e8m0fnu]", kind: Float, unit: e8m0fnuUnit, native: 1, align: 1, standard: 1},
}

// Units of floats that their size does not tell.
const (
	bfloat16Unit   = 'b'
	longDoubleUnit = 'g'
	e4m3fnUnit     = '4'
	e5m2Unit       = '5'
	e4m3fnuzUnit   = 'f'
	e5m2fnuzUnit   = 'F'
	e8m0fnuUnit    = '8'
)

// longUnit is the unit of long double: none where it is the same as double.
func longUnit() byte {
	if host.longDouble.encoding == plainDouble {
		return 0
	}
	return longDoubleUnit
}

// byText finds a row by its text. The codes F and D are read as Zf and Zd.
var byText = tabulate()

func tabulate() map[string]*code {
	rows := make(map[string]*code, len(codes)+2)
	for _, c := range codes {
		rows[c.text] = c
		for _, m := range []mode{native, unaligned, little, big} {
			c.leaf[m.index()] = c.newLeaf(m)
		}
	}
	rows["F"], rows["D"] = rows["Zf"], rows["Zd"]
	return rows
}

// size is that of one unit in a mode; 0 where there is none.
func (c *code) size(m mode) int {
	if m.standard() {
		return c.standard
	}
	return c.native
}

func (c *code) newLeaf(m mode) *Type {
	t := &Type{kind: c.kind, code: c, mode: m, size: c.size(m), align: 1, values: 1}
	if m == native {
		t.align = c.align
	}
	switch c.kind {
	case Bool, Bytes, Pascal:
	default:
		t.big = m.big() && t.size > 1
	}
	if c.unit == 'O' {
		t.big = hostBig // a Python object is never elsewhere than here; NumPy minds no mark either
	}
	return t
}
