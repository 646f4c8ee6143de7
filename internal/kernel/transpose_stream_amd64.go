//go:build !purego

package kernel

import "unsafe"

// Large matrices are written past the caches, in whole lines: an ordinary store reads the line first,
// and throws out of the cache what is read next.

const lineSize = 64 // bytes

// streamBytes is the size from where that pays. On an AMD EPYC 7003 (Zen 3, 512 KiB of second and
// 32 MiB of third cache) both ways took the same at 1 to 2 MiB, and this one 0.5 to 0.8 as long at 4 to 8.
var streamBytes = 4 << 20

// scratch holds small items, a line of each source row, until destination rows are whole lines too.
type scratch [(scratchRow + 1) * lineSize]byte

// A streamed block's width in bytes on the destination's side and on the source's.
const (
	streamRow, streamCols   = 256, 256  // from registers
	scratchRow, scratchCols = 256, 1024 // by way of scratch, which holds one line of the source's rows
)

// stream transposes past the caches, and reports whether it did: source rows must fill a line,
// destination rows have their lines in step, and no item lies across two.
func (m matrix) stream() bool {
	if !hasAVX2 || m.rows*m.cols*m.size < streamBytes || m.cols*m.size < lineSize {
		return false
	}
	if m.size > 16 || lineSize%m.size != 0 || m.dstStride%lineSize != 0 {
		return false
	}
	gap := -int(uintptr(m.dst)) & (lineSize - 1)
	if gap%m.size != 0 {
		return false
	}
	head := gap / m.size
	body := (m.rows - head) &^ (lineSize/m.size - 1)
	if body <= 0 {
		return false
	}
	m.part(head, 0, body, m.cols).streamLines()
	if head > 0 {
		m.part(0, 0, head, m.cols).copyBlocks()
	}
	if done := head + body; done < m.rows {
		m.part(done, 0, m.rows-done, m.cols).copyBlocks()
	}
	return true
}

// streamLines transposes rows that are whole lines of the destination.
func (m matrix) streamLines() {
	var s scratch
	if m.size < 4 {
		m.inBlocks(scratchRow/m.size, scratchCols/m.size, &s)
	} else {
		m.inBlocks(streamRow/m.size, streamCols/m.size, &s)
	}
	streamFence()
}

func (m matrix) streamBlock(s *scratch) {
	dst, src := (*byte)(m.dst), (*byte)(m.src)
	cols := m.cols &^ 3
	switch {
	case m.size < 4:
		m.streamByWay(s)
		return
	case cols == 0:
	case m.size == 4:
		transpose4Stream(dst, src, m.rows, cols, m.dstStride, m.srcStride)
	case m.size == 8:
		transpose8Stream(dst, src, m.rows, cols, m.dstStride, m.srcStride)
	case m.size == 16:
		transpose16Stream(dst, src, m.rows, cols, m.dstStride, m.srcStride)
	}
	if cols < m.cols {
		m.part(0, cols, m.rows, m.cols-cols).copy()
	}
}

// streamByWay builds rows in scratch, from the start of a line on, for one line of the source's rows
// after the other.
func (m matrix) streamByWay(s *scratch) {
	inner := m
	inner.dst = unsafe.Add(unsafe.Pointer(s), -int(uintptr(unsafe.Pointer(s)))&(lineSize-1))
	inner.dstStride = m.rows * m.size
	for j := 0; j < m.cols; j += lineSize / m.size {
		to := m.part(0, j, m.rows, min(lineSize/m.size, m.cols-j))
		inner.src, inner.cols = to.src, to.cols
		inner.copyLine()
		streamRows((*byte)(to.dst), (*byte)(inner.dst), to.cols, inner.dstStride, m.dstStride, inner.dstStride)
	}
}

// copyLine transposes one line of the source's rows, or less.
func (m matrix) copyLine() {
	switch {
	case m.cols*m.size < lineSize:
		m.copy()
	case m.size == 1:
		transpose1Lines((*byte)(m.dst), (*byte)(m.src), m.rows, m.cols, m.dstStride, m.srcStride)
	default:
		transpose2Lines((*byte)(m.dst), (*byte)(m.src), m.rows, m.cols, m.dstStride, m.srcStride)
	}
}
