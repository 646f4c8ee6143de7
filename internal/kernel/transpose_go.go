package kernel

import (
	"encoding/binary"
	"unsafe"
)

// copyGo transposes without dividing further. Items of one to four bytes travel in words of eight.
func (m matrix) copyGo() {
	ran("transposeGo")
	switch {
	case m.size == 1:
		m.edges(copyBytes(m))
	case m.size == 2:
		m.edges(copyPairs(m))
	case m.size == 4 && m.cols >= 4:
		m.edges(copyFours(m))
	default:
		m.copyItems()
	}
}

// edges copies what is left when the first rows and cols are done: the columns on the right, over all
// rows, and the rows at the bottom.
func (m matrix) edges(rows, cols int) {
	if cols < m.cols {
		m.part(0, cols, m.rows, m.cols-cols).copyItems()
	}
	if rows < m.rows && cols > 0 {
		m.part(rows, 0, m.rows-rows, cols).copyItems()
	}
}

// copyItems copies item by item. Sizes of one to three numbers have their own loops.
func (m matrix) copyItems() {
	switch m.size {
	case 1:
		copyStrips[byte](m)
	case 2:
		copyStrips[[2]byte](m)
	case 3:
		copyStrips[[3]byte](m)
	case 4:
		copyStrips[[4]byte](m)
	case 6:
		copyStrips[[6]byte](m)
	case 8:
		copyStrips[[8]byte](m)
	case 12:
		copyStrips[[12]byte](m)
	case 16:
		copyStrips[[16]byte](m)
	case 24:
		copyStrips[[24]byte](m)
	default:
		m.copyOdd()
	}
}

// copyStrips copies items one by one, four rows at a time: they fill a longer piece of a destination
// row before the next is touched.
func copyStrips[T any](m matrix) {
	size := int(unsafe.Sizeof(*new(T)))
	i := 0
	for ; i+4 <= m.rows; i += 4 {
		a := unsafe.Add(m.src, i*m.srcStride)
		b := unsafe.Add(a, m.srcStride)
		c := unsafe.Add(b, m.srcStride)
		d := unsafe.Add(c, m.srcStride)
		dst, to := unsafe.Add(m.dst, i*size), 0
		for j := 0; j < m.cols*size; j += size {
			p := unsafe.Add(dst, to)
			*(*T)(p) = *(*T)(unsafe.Add(a, j))
			*(*T)(unsafe.Add(p, size)) = *(*T)(unsafe.Add(b, j))
			*(*T)(unsafe.Add(p, 2*size)) = *(*T)(unsafe.Add(c, j))
			*(*T)(unsafe.Add(p, 3*size)) = *(*T)(unsafe.Add(d, j))
			to += m.dstStride
		}
	}
	for ; i < m.rows; i++ {
		dst, src, to := unsafe.Add(m.dst, i*size), unsafe.Add(m.src, i*m.srcStride), 0
		for j := 0; j < m.cols*size; j += size {
			*(*T)(unsafe.Add(dst, to)) = *(*T)(unsafe.Add(src, j))
			to += m.dstStride
		}
	}
}

// copyOdd is for sizes that have no loop of their own, from 5 on: each item travels as two words that overlap in its middle.
func (m matrix) copyOdd() {
	switch {
	case m.size < 8:
		copyTwice[[4]byte](m)
	case m.size < 16:
		copyTwice[[8]byte](m)
	case m.size <= 32:
		copyTwice[[16]byte](m)
	default:
		m.copyLong()
	}
}

func copyTwice[T any](m matrix) {
	tail := m.size - int(unsafe.Sizeof(*new(T)))
	for i := 0; i < m.rows; i += 4 {
		high := min(4, m.rows-i)
		dst, src, to := unsafe.Add(m.dst, i*m.size), unsafe.Add(m.src, i*m.srcStride), 0
		for j := 0; j < m.cols*m.size; j += m.size {
			p, q := to, j
			for range high {
				*(*T)(unsafe.Add(dst, p)) = *(*T)(unsafe.Add(src, q))
				*(*T)(unsafe.Add(dst, p+tail)) = *(*T)(unsafe.Add(src, q+tail))
				p += m.size
				q += m.srcStride
			}
			to += m.dstStride
		}
	}
}

func (m matrix) copyLong() {
	for i := range m.rows {
		for j := range m.cols {
			item := m.part(i, j, 1, 1)
			copy(unsafe.Slice((*byte)(item.dst), m.size), unsafe.Slice((*byte)(item.src), m.size))
		}
	}
}

// Words are read and written in little-endian order on every machine, so that the first item is in
// the low bits; where that is the machine's own order each is one instruction.
func loadWord(p unsafe.Pointer, offset int) uint64 {
	return binary.LittleEndian.Uint64((*[8]byte)(unsafe.Add(p, offset))[:])
}

func storeWord(p unsafe.Pointer, offset int, word uint64) {
	binary.LittleEndian.PutUint64((*[8]byte)(unsafe.Add(p, offset))[:], word)
}

// The words a and b are two rows of a matrix. To cross them is to exchange the upper field of a with the
// lower one of b in every block of 2 x 2 fields: of 8, 16 or 32 bits. All widths in turn transpose.

func cross8(a, b uint64) (uint64, uint64) {
	t := (a>>8 ^ b) & 0x00ff00ff00ff00ff
	return a ^ t<<8, b ^ t
}

func cross16(a, b uint64) (uint64, uint64) {
	t := (a>>16 ^ b) & 0x0000ffff0000ffff
	return a ^ t<<16, b ^ t
}

func cross32(a, b uint64) (uint64, uint64) {
	return a<<32>>32 | b<<32, a>>32 | b>>32<<32
}

// copyFours copies blocks of 4 x 2 items of four bytes and returns how many rows and columns it did.
func copyFours(m matrix) (rows, cols int) {
	rows, cols = m.rows&^3, m.cols&^1
	ss, ds := m.srcStride, m.dstStride
	for i := 0; i < rows && cols > 0; i += 4 {
		src, dst := unsafe.Add(m.src, i*ss), unsafe.Add(m.dst, i*m.size)
		for j, to := 0, 0; j < cols; j, to = j+2, to+2*ds {
			a, b := cross32(loadWord(src, j*4), loadWord(src, j*4+ss))
			c, d := cross32(loadWord(src, j*4+2*ss), loadWord(src, j*4+3*ss))
			storeWord(dst, to, a)
			storeWord(dst, to+8, c)
			storeWord(dst, to+ds, b)
			storeWord(dst, to+ds+8, d)
		}
	}
	return rows, cols
}

// copyPairs copies blocks of 4 x 4 items of two bytes.
func copyPairs(m matrix) (rows, cols int) {
	rows, cols = m.rows&^3, m.cols&^3
	ss, ds := m.srcStride, m.dstStride
	for i := 0; i < rows && cols > 0; i += 4 {
		src, dst := unsafe.Add(m.src, i*ss), unsafe.Add(m.dst, i*m.size)
		for j, to := 0, 0; j < cols; j, to = j+4, to+4*ds {
			a, b := cross16(loadWord(src, j*2), loadWord(src, j*2+ss))
			c, d := cross16(loadWord(src, j*2+2*ss), loadWord(src, j*2+3*ss))
			a, c = cross32(a, c)
			b, d = cross32(b, d)
			storeWord(dst, to, a)
			storeWord(dst, to+ds, b)
			storeWord(dst, to+2*ds, c)
			storeWord(dst, to+3*ds, d)
		}
	}
	return rows, cols
}

// copyBytes copies blocks of 8 x 8 bytes.
func copyBytes(m matrix) (rows, cols int) {
	rows, cols = m.rows&^7, m.cols&^7
	ss, ds := m.srcStride, m.dstStride
	for i := 0; i < rows && cols > 0; i += 8 {
		src, dst := unsafe.Add(m.src, i*ss), unsafe.Add(m.dst, i*m.size)
		for j, to := 0, 0; j < cols; j, to = j+8, to+8*ds {
			a, b := cross8(loadWord(src, j), loadWord(src, j+ss))
			c, d := cross8(loadWord(src, j+2*ss), loadWord(src, j+3*ss))
			e, f := cross8(loadWord(src, j+4*ss), loadWord(src, j+5*ss))
			g, h := cross8(loadWord(src, j+6*ss), loadWord(src, j+7*ss))
			a, c = cross16(a, c)
			b, d = cross16(b, d)
			e, g = cross16(e, g)
			f, h = cross16(f, h)
			a, e = cross32(a, e)
			b, f = cross32(b, f)
			c, g = cross32(c, g)
			d, h = cross32(d, h)
			storeWord(dst, to, a)
			storeWord(dst, to+ds, b)
			storeWord(dst, to+2*ds, c)
			storeWord(dst, to+3*ds, d)
			storeWord(dst, to+4*ds, e)
			storeWord(dst, to+5*ds, f)
			storeWord(dst, to+6*ds, g)
			storeWord(dst, to+7*ds, h)
		}
	}
	return rows, cols
}
