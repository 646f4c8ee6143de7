package format

import "iter"

// Leaves walks over the single items that an item is made of, with their offsets in bytes, in the order in which the format
// names them: records and arrays are opened, padding is passed by. An item that is neither is its own only leaf. The walk
// builds nothing; of a huge array it may be broken off.
func (t *Type) Leaves() iter.Seq2[int, *Type] {
	return func(yield func(int, *Type) bool) { t.leaves(0, yield) }
}

// leaves walks over t, which lies at offset. It reports whether the walk goes on.
func (t *Type) leaves(offset int, yield func(int, *Type) bool) bool {
	switch {
	case t.hollow:
	case t.kind == Struct:
		for _, f := range t.fields {
			if !f.Type.leaves(offset+f.Offset, yield) {
				return false
			}
		}
	case t.kind == Array:
		n := 1
		for _, extent := range t.shape {
			n *= extent
		}
		for i := range n {
			if !t.elem.leaves(offset+i*t.stride, yield) {
				return false
			}
		}
	default:
		return yield(offset, t)
	}
	return true
}
