//go:build !purego

package kernel

import "unsafe"

// Large matrices are written past the caches, in whole lines: an ordinary store reads the line first,
// and throws out of the cache what is read next.

// streamBytes is the size from where that pays; by way of a scratch, it pays from twice that, unless rows are
// crowded. On an AMD EPYC 7003 (Zen 3, 512 KiB of second and 32 MiB of third cache) both ways took the same at
// 2 MiB, and this one 0.5 to 0.9 as long at 4 to 8; for items of one byte 1.7 at 4 MiB, 1.1 at 8 and 0.8 at 16.
var streamBytes = 4 << 20

// streamHigh is how many rows of the source a strip has, by item size, and streamCols how many bytes of each
// are read before the next strip is begun. The memory wants four lines of a destination row at a time, the
// caches few source rows at once where their distance is a power of two: of all numbers of rows these
// were the fastest on an AMD EPYC 7003, and 4 KiB the best length.
var streamHigh = [...]int{4: 128, 8: 16, 16: 16}

const streamCols = 4 << 10

// stream transposes past the caches, and reports whether it did: source rows must fill a line,
// destination rows have their lines in step, and no item lies across two.
func (m matrix) stream() bool {
	bytes := m.rows * m.cols * m.size
	if !hasAVX2 || bytes < streamBytes || m.cols*m.size < lineSize {
		return false
	}
	if m.size < 4 && bytes/2 < streamBytes && !m.crowded() {
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
	if m.size < 4 {
		m.byWay(true)
	} else {
		m.streamStrips()
	}
	streamFence()
}

func (m matrix) streamStrips() {
	rows, cols := streamHigh[m.size], streamCols/m.size
	for j := 0; j < m.cols; j += cols {
		for i := 0; i < m.rows; i += rows {
			m.part(i, j, min(rows, m.rows-i), min(cols, m.cols-j)).streamStrip()
		}
	}
}

func (m matrix) streamStrip() {
	dst, src := (*byte)(m.dst), (*byte)(m.src)
	cols := m.cols &^ (lineSize/m.size - 1)
	switch {
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

// copyLine transposes one line of the source's rows, or less.
func (m matrix) copyLine() {
	dst, src := (*byte)(m.dst), (*byte)(m.src)
	switch {
	case !hasAVX2 || m.cols*m.size < lineSize || m.rows%8 != 0:
		m.copy()
	case m.size == 1:
		transpose1Lines(dst, src, m.rows, m.cols, m.dstStride, m.srcStride)
	default:
		transpose2Lines(dst, src, m.rows, m.cols, m.dstStride, m.srcStride)
	}
}

// streamRows is copyRows past the caches.
func (m matrix) streamRows(src unsafe.Pointer) {
	size := m.rows * m.size
	streamRows((*byte)(m.dst), (*byte)(src), m.cols, size, m.dstStride, size)
}
