package kernel

import "unsafe"

// transpose copies rows x cols items of size bytes: item (i, j) from src + i*srcStride + j*size to
// dst + j*dstStride + i*size. Each side has its items next to each other along the axis that is the
// other's long step. The two do not overlap.
func transpose(dst, src unsafe.Pointer, rows, cols, dstStride, srcStride, size int) {
	m := matrix{dst, src, rows, cols, dstStride, srcStride, size}
	switch {
	case rows == 0 || cols == 0:
	case rows*cols*size <= smallBytes:
		m.copy()
	case m.stream():
	case m.crowded():
		m.byWay(false)
	default:
		m.copyBlocks()
	}
}

// matrix is what transpose has to do: the whole, or a part of it.
type matrix struct {
	dst, src             unsafe.Pointer
	rows, cols           int
	dstStride, srcStride int
	size                 int
}

// part is the matrix of rows x cols items, at least one, from item (i, j) on.
func (m matrix) part(i, j, rows, cols int) matrix {
	m.dst = unsafe.Add(m.dst, j*m.dstStride+i*m.size)
	m.src = unsafe.Add(m.src, i*m.srcStride+j*m.size)
	m.rows, m.cols = rows, cols
	return m
}

const (
	smallBytes = 8 << 10 // nothing that small is divided
	blockBytes = 512     // the width of a block on both sides; measured on an AMD EPYC 7003 (Zen 3)
)

// copyBlocks transposes block by block.
func (m matrix) copyBlocks() {
	side := max(blockBytes/m.size, 8)
	m.inBlocks(side, side)
}

// inBlocks halves the matrix until blocks of at most rows x cols are left. Blocks that follow each
// other thus lie near each other on both sides, whatever the sizes of caches and page tables are.
func (m matrix) inBlocks(rows, cols int) {
	high, wide := (m.rows+rows-1)/rows, (m.cols+cols-1)/cols
	switch {
	case high == 1 && wide == 1:
		m.copy()
	case high >= wide:
		at := high / 2 * rows
		m.part(0, 0, at, m.cols).inBlocks(rows, cols)
		m.part(at, 0, m.rows-at, m.cols).inBlocks(rows, cols)
	default:
		at := wide / 2 * cols
		m.part(0, 0, m.rows, at).inBlocks(rows, cols)
		m.part(0, at, m.rows, m.cols-at).inBlocks(rows, cols)
	}
}
