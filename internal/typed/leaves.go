package typed

import "github.com/go-memoryview/memoryview/format"

// leaves walks over the single items that an item is made of, as format.Type's Leaves does. It can stop
// at each: to pull two of those side by side, one of them would need a goroutine.
type leaves struct{ open []parts }

// parts are the fields or elements of an item at an offset, from number at on.
type parts struct {
	typ       *format.Type
	offset    int
	at, count int
}

func leavesOf(typ *format.Type) leaves {
	return leaves{[]parts{partsOf(typ, 0)}}
}

func partsOf(typ *format.Type, offset int) parts {
	count := 1
	switch typ.Kind() {
	case format.Struct:
		count = typ.NumField()
	case format.Array:
		for _, extent := range typ.Shape() {
			count *= extent
		}
	}
	return parts{typ: typ, offset: offset, count: count}
}

// next returns the next leaf and its offset in bytes; nil after the last.
func (l *leaves) next() (offset int, leaf *format.Type) {
	for len(l.open) > 0 {
		p := &l.open[len(l.open)-1]
		if p.at == p.count {
			l.open = l.open[:len(l.open)-1]
			continue
		}
		p.at++
		switch p.typ.Kind() {
		case format.Struct:
			field := p.typ.Field(p.at - 1)
			l.open = append(l.open, partsOf(field.Type, p.offset+field.Offset))
		case format.Array:
			l.open = append(l.open, partsOf(p.typ.Elem(), p.offset+(p.at-1)*p.typ.ElemStride()))
		default:
			return p.offset, p.typ
		}
	}
	return 0, nil
}
