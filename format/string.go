package format

import "strconv"

// String writes the type as a format. Parse gives an equal type back, of the same alignment. Padding is written out as x,
// a mark only where the mode changes (first that is '@'), and as '@', '^', '<' or '>'.
func (t *Type) String() string {
	if t == nil || t.kind == Invalid {
		return ""
	}
	if t.code != nil && t.mode == native && t.size == t.code.native && t.elem == nil && t.code.unit != 'X' {
		return t.code.text
	}
	w := writer{mode: native}
	w.item(t)
	return string(w.text)
}

// writer writes a format from left to right, minding what the parser will think of it.
type writer struct {
	text []byte
	mode mode // the last mark written
}

func (w *writer) put(s string) { w.text = append(w.text, s...) }

func (w *writer) number(n int) { w.text = strconv.AppendInt(w.text, int64(n), 10) }

// count writes a count where it is not the one that needs no writing.
func (w *writer) count(n int) {
	if n != 1 {
		w.number(n)
	}
}

func (w *writer) padding(n int) {
	if n > 0 {
		w.count(n)
		w.put("x")
	}
}

// enter makes m the mode.
func (w *writer) enter(m mode) {
	if w.mode != m {
		w.text = append(w.text, byte(m))
		w.mode = m
	}
}

func (w *writer) item(t *Type) {
	switch t.kind {
	case Array:
		w.shape(t.shape)
		w.item(t.elem)
	case Struct:
		w.record(t)
	default:
		w.leaf(t)
	}
}

func (w *writer) shape(shape []int) {
	w.put("(")
	for i, extent := range shape {
		if i > 0 {
			w.put(",")
		}
		w.number(extent)
	}
	w.put(")")
}

func (w *writer) record(t *Type) {
	if t.bare {
		w.members(t)
		return
	}
	w.put("T{")
	w.members(t)
	if t.align > 1 {
		w.enter(t.mode) // it decides whether what follows minds the alignment
	}
	w.put("}")
}

func (w *writer) members(t *Type) {
	w.alignment(t)
	offset := 0
	for _, f := range t.fields {
		w.padding(f.Offset - offset)
		w.item(f.Type)
		if f.Name != "" {
			w.put(":")
			w.put(f.Name)
			w.put(":")
		}
		offset = f.Offset + f.Type.size
	}
	w.padding(t.size - offset)
}

// alignment writes struct's idiom "0i" where a record is aligned more strictly than its fields.
func (w *writer) alignment(t *Type) {
	align := 1
	for _, f := range t.fields {
		if f.Type.mode == native {
			align = max(align, f.Type.align)
		}
	}
	if align == t.align {
		return
	}
	for _, text := range []string{"h", "i", "q", "g"} {
		if byText[text].align == t.align {
			w.enter(native)
			w.put("0" + text)
			return
		}
	}
}

func (w *writer) leaf(t *Type) {
	w.enter(t.mode)
	if t.code.length {
		w.count(t.size / t.code.size(t.mode))
	}
	text := t.code.text
	if n := len(w.text); n > 0 && w.text[n-1] == 'Z' && (text == "f" || text == "d" || text == "g") {
		w.put(" ") // Z before f, d or g would be a complex number
	}
	w.put(text)
	switch t.code.unit {
	case '&':
		w.item(t.elem)
	case 'X':
		w.put(t.signature)
		w.put("}")
	}
}
