package kernel

import (
	"bytes"
	"unsafe"
)

// A Match says which items are looked for: those whose first bytes, masked, are Pattern. A nil Mask
// keeps all bits. Except turns it around: the other items are looked for.
type Match struct {
	Pattern, Mask []byte
	Except        bool
}

// Count returns how many items match.
func Count(it *Items, m *Match) int {
	n, size := it.Count(), len(m.Pattern)
	found := 0
	switch {
	case n == 0 || size == 0:
		found = n
	case isRunOf(it, size):
		found = m.count(it.Base, n)
	default:
		found = m.countGathered(*it)
	}
	if m.Except {
		return n - found
	}
	return found
}

func (m *Match) countGathered(it Items) (found int) {
	it.Size = len(m.Pattern)
	w := newWorkspace()
	defer w.free()
	for w.blocks.start(it, it, m.limit(), false); w.blocks.next(); {
		found += m.count(w.gather(0), w.blocks.count)
	}
	return found
}

// Index returns the position in C order of the first item that matches, or -1.
func Index(it *Items, m *Match) int {
	n, size := it.Count(), len(m.Pattern)
	switch {
	case n == 0 || size == 0 && m.Except:
		return -1
	case size == 0:
		return 0
	case isRunOf(it, size):
		return m.index(it.Base, n)
	}
	return m.indexGathered(*it)
}

func (m *Match) indexGathered(it Items) int {
	it.Size = len(m.Pattern)
	w := newWorkspace()
	defer w.free()
	position := 0
	for w.blocks.start(it, it, m.limit(), true); w.blocks.next(); {
		if i := m.index(w.gather(0), w.blocks.count); i >= 0 {
			return position + i
		}
		position += w.blocks.count
	}
	return -1
}

// limit is how many items of the pattern's size a block can have.
func (m *Match) limit() int {
	return max(min(blockItems, workspaceBytes/len(m.Pattern)), 1)
}

// count counts in a run of n items that are as long as the pattern, whatever Except says.
func (m *Match) count(p unsafe.Pointer, n int) int {
	switch len(m.Pattern) {
	case 1:
		if m.Mask == nil {
			return bytes.Count(numbers[byte](p, n), m.Pattern)
		}
		return countWords[uint8](m, p, n)
	case 2:
		return countWords[uint16](m, p, n)
	case 4:
		return countWords[uint32](m, p, n)
	case 8:
		return countWords[uint64](m, p, n)
	}
	return m.countBytes(p, n)
}

// index returns the first index that matches in such a run, or -1.
func (m *Match) index(p unsafe.Pointer, n int) int {
	switch len(m.Pattern) {
	case 1:
		if m.Mask == nil && !m.Except {
			return bytes.IndexByte(numbers[byte](p, n), m.Pattern[0])
		}
		return indexWord[uint8](m, p, n)
	case 2:
		return indexWord[uint16](m, p, n)
	case 4:
		return indexWord[uint32](m, p, n)
	case 8:
		return indexWord[uint64](m, p, n)
	}
	return m.indexBytes(p, n)
}

// words are what items of 1, 2, 4 and 8 bytes are compared as.
type words interface {
	uint8 | uint16 | uint32 | uint64
}

// asWords are pattern and mask as words.
func asWords[T words](m *Match) (pattern, mask T) {
	copy(unsafe.Slice((*byte)(unsafe.Pointer(&pattern)), unsafe.Sizeof(pattern)), m.Pattern)
	if m.Mask == nil {
		return pattern, ^T(0)
	}
	copy(unsafe.Slice((*byte)(unsafe.Pointer(&mask)), unsafe.Sizeof(mask)), m.Mask)
	return pattern, mask
}

func countWords[T words](m *Match, p unsafe.Pointer, n int) int {
	pattern, mask := asWords[T](m)
	found, done := countBlocks(p, n, pattern, mask)
	ran("countWords")
	for _, x := range numbers[T](p, n)[done:] {
		found += int(bit(x&mask == pattern))
	}
	return found
}

func indexWord[T words](m *Match, p unsafe.Pointer, n int) int {
	pattern, mask := asWords[T](m)
	index, done := indexBlocks(p, n, pattern, mask, m.Except)
	if index >= 0 {
		return index
	}
	ran("indexWord")
	for i, x := range numbers[T](p, n)[done:] {
		if (x&mask == pattern) != m.Except {
			return done + i
		}
	}
	return -1
}

// countBytes counts items of any size.
func (m *Match) countBytes(p unsafe.Pointer, n int) int {
	ran("countBytes")
	found := 0
	for i := range n {
		found += int(bit(m.matches(unsafe.Add(p, i*len(m.Pattern)))))
	}
	return found
}

func (m *Match) indexBytes(p unsafe.Pointer, n int) int {
	ran("indexBytes")
	for i := range n {
		if m.matches(unsafe.Add(p, i*len(m.Pattern))) != m.Except {
			return i
		}
	}
	return -1
}

func (m *Match) matches(p unsafe.Pointer) bool {
	item := unsafe.Slice((*byte)(p), len(m.Pattern))
	if m.Mask == nil {
		return bytes.Equal(item, m.Pattern)
	}
	for i, b := range item {
		if b&m.Mask[i] != m.Pattern[i] {
			return false
		}
	}
	return true
}
