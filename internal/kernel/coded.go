package kernel

import (
	"math"
	"unsafe"
)

// A Table is a sort of float of 8 bits: what its codes stand for, and which code is next to a number.
type Table struct {
	values [256]float32
	codes  [1 << 16]uint8 // by the upper half of a float32, whose last bit also stands for all that is in the lower one
}

// NewTable makes the table of floats with at most 4 bits of fraction, from what each code stands for, and from what finds the code of
// a float32. So few bits are rounded rightly by what codes has of a number: it is above or below every middle between two of them.
func NewTable(values [256]float32, nearest func(float32) uint8) *Table {
	t := &Table{values: values}
	for upper := range t.codes {
		t.codes[upper] = nearest(math.Float32frombits(uint32(upper) << 16))
	}
	return t
}

// read makes float32 of codes.
func (t *Table) read(dst, src unsafe.Pointer, n int) {
	ran("Table.read")
	to := numbers[float32](dst, n)
	for i, code := range numbers[uint8](src, n) {
		to[i] = t.values[code]
	}
}

// write makes codes of float32.
func (t *Table) write(dst, src unsafe.Pointer, n int) {
	ran("Table.write")
	to := numbers[uint8](dst, n)
	for i, bits := range numbers[uint32](src, n) {
		to[i] = t.codes[upperOf(bits)]
	}
}

// writeLong makes codes of float64.
func (t *Table) writeLong(dst, src unsafe.Pointer, n int) {
	ran("Table.writeLong")
	to := numbers[uint8](dst, n)
	for i, x := range numbers[float64](src, n) {
		short := float32(x)
		bits := math.Float32bits(short)
		if back := float64(short); back != x {
			if math.Abs(back) > math.Abs(x) {
				bits-- // towards zero, from an infinity too
			}
			bits |= 1
		}
		to[i] = t.codes[upperOf(bits)]
	}
}

// upperOf is the upper half of a float32, odd where there was more.
func upperOf(bits uint32) uint16 {
	upper := uint16(bits >> 16)
	if bits&0xffff != 0 {
		upper |= 1
	}
	return upper
}
