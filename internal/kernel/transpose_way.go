package kernel

import "unsafe"

// Rows whose distance is a power of two fall into a few sets of every cache, and push each other out before
// they are whole. Items of one and two bytes, of which many make a line, therefore go by way of a scratch
// where destination rows lie close together: a strip of source rows, one line of each at a time.

const (
	lineSize  = 64  // bytes
	stripRows = 512 // rows of a strip

	// crowdedStride divides the distance of rows where this pays: 2 to 3 times as fast in assembly, and in Go
	// 1.6 times for items of one byte and 1.4 for two. At other distances it takes longer. On an AMD EPYC 7003.
	crowdedStride = 2048
)

// scratch has room for destination rows, as many as there are items in a line, and for their start on one.
type scratch [lineSize*stripRows + lineSize]byte

// start is where the first line begins.
func (s *scratch) start() unsafe.Pointer {
	return unsafe.Add(unsafe.Pointer(s), -int(uintptr(unsafe.Pointer(s)))&(lineSize-1))
}

// crowded reports whether destination rows push each other out. A few rows have room.
func (m matrix) crowded() bool {
	return m.size <= 2 && m.dstStride%crowdedStride == 0 && m.rows >= stripRows && m.cols*m.size >= lineSize
}

// byWay transposes strip by strip, by way of a scratch. Past the caches, destination rows are whole lines.
func (m matrix) byWay(pastCaches bool) {
	var s scratch
	line := lineSize / m.size
	for i := 0; i < m.rows; i += stripRows {
		for j := 0; j < m.cols; j += line {
			to := m.part(i, j, min(stripRows, m.rows-i), min(line, m.cols-j))
			way := to
			way.dst, way.dstStride = s.start(), to.rows*m.size
			way.copyLine()
			if pastCaches {
				to.streamRows(way.dst)
			} else {
				to.copyRows(way.dst)
			}
		}
	}
}

// copyRows fills the destination with its rows, which lie at src without gaps.
func (m matrix) copyRows(src unsafe.Pointer) {
	size := m.rows * m.size
	for j := range m.cols {
		copy(unsafe.Slice((*byte)(unsafe.Add(m.dst, j*m.dstStride)), size), unsafe.Slice((*byte)(unsafe.Add(src, j*size)), size))
	}
}
