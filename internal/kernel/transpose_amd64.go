//go:build !purego

package kernel

// copy transposes without dividing further: the kernel does most of it, and Go the edges.
func (m matrix) copy() {
	rows, cols := 0, 0
	if hasAVX2 {
		rows, cols = m.copyAVX2()
	}
	if cols < m.cols {
		m.part(0, cols, m.rows, m.cols-cols).copyGo()
	}
	if rows < m.rows && cols > 0 {
		m.part(rows, 0, m.rows-rows, cols).copyGo()
	}
}

// copyAVX2 does as many rows and columns as the kernel for the item size can, and returns how many.
func (m matrix) copyAVX2() (rows, cols int) {
	switch m.size {
	case 1:
		rows, cols = m.rows&^15, m.cols&^15
	case 2:
		rows, cols = m.rows&^15, m.cols&^7
	case 4:
		rows, cols = m.rows&^7, m.cols&^3
	case 8:
		rows, cols = m.rows&^7, m.cols&^3
	case 16:
		rows, cols = m.rows&^3, m.cols&^3
	}
	if rows == 0 || cols == 0 {
		return 0, 0
	}
	dst, src := (*byte)(m.dst), (*byte)(m.src)
	switch m.size {
	case 1:
		transpose1(dst, src, rows, cols, m.dstStride, m.srcStride)
	case 2:
		transpose2(dst, src, rows, cols, m.dstStride, m.srcStride)
	case 4:
		transpose4(dst, src, rows, cols, m.dstStride, m.srcStride)
	case 8:
		transpose8(dst, src, rows, cols, m.dstStride, m.srcStride)
	case 16:
		transpose16(dst, src, rows, cols, m.dstStride, m.srcStride)
	}
	return rows, cols
}
