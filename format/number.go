package format

import (
	"math"
	"reflect"
)

// number is a Go number or bool, in the widest type of its sort.
type number struct {
	kind Kind // Bool, Int (below zero), Uint (not below zero), Float or Complex; Invalid for what is no number
	i    int64
	u    uint64 // of a Bool: 0 or 1
	f    float64
	c    complex128
}

// numberOf reads any Go number or bool, of a named type too.
func numberOf(v any) number {
	switch v := v.(type) {
	case bool:
		return ofBool(v)
	case int:
		return ofInt(int64(v))
	case int8:
		return ofInt(int64(v))
	case int16:
		return ofInt(int64(v))
	case int32:
		return ofInt(int64(v))
	case int64:
		return ofInt(v)
	case uint:
		return ofUint(uint64(v))
	case uint8:
		return ofUint(uint64(v))
	case uint16:
		return ofUint(uint64(v))
	case uint32:
		return ofUint(uint64(v))
	case uint64:
		return ofUint(v)
	case uintptr:
		return ofUint(uint64(v))
	case ShortFloat:
		return ofFloat(float64(v.Float32()))
	case float32:
		return ofFloat(float64(v))
	case float64:
		return ofFloat(v)
	case complex64:
		return ofComplex(complex128(v))
	case complex128:
		return ofComplex(v)
	}
	return numberOfNamed(reflect.ValueOf(v))
}

func numberOfNamed(v reflect.Value) number {
	switch {
	case !v.IsValid():
		return number{}
	case v.Kind() == reflect.Bool:
		return ofBool(v.Bool())
	case v.CanInt():
		return ofInt(v.Int())
	case v.CanUint():
		return ofUint(v.Uint())
	case v.CanFloat():
		return ofFloat(v.Float())
	case v.CanComplex():
		return ofComplex(v.Complex())
	}
	return number{}
}

func ofBool(v bool) number {
	if v {
		return number{kind: Bool, u: 1}
	}
	return number{kind: Bool}
}

func ofInt(v int64) number {
	if v < 0 {
		return number{kind: Int, i: v}
	}
	return ofUint(uint64(v))
}

func ofUint(v uint64) number        { return number{kind: Uint, u: v} }
func ofFloat(v float64) number      { return number{kind: Float, f: v} }
func ofComplex(v complex128) number { return number{kind: Complex, c: v} }

// float gives a real number as float64, rounded to nearest; false for bools and complex numbers.
func (n number) float() (float64, bool) {
	switch n.kind {
	case Int:
		return float64(n.i), true
	case Uint:
		return float64(n.u), true
	case Float:
		return n.f, true
	}
	return 0, false
}

// isTrue is Python's truth: all but zero is true.
func (n number) isTrue() bool {
	return n.i != 0 || n.u != 0 || n.f != 0 || n.c != 0
}

// equal compares the exact mathematical values, as Python does. No NaN equals anything.
func (n number) equal(m number) bool {
	n, m = n.simplest(), m.simplest()
	switch {
	case n.kind == Float && m.kind != Float:
		return m.equalsFloat(n.f)
	case m.kind == Float && n.kind != Float:
		return n.equalsFloat(m.f)
	}
	return n == m // a NaN among the numbers makes the structs differ
}

// simplest turns a complex number on the real axis into a Float, and a Bool into a Uint.
func (n number) simplest() number {
	switch {
	case n.kind == Complex && imag(n.c) == 0:
		return ofFloat(real(n.c))
	case n.kind == Bool:
		return ofUint(n.u)
	}
	return n
}

// equalsFloat compares an integer with a float, without rounding either. Nothing else equals a float.
func (n number) equalsFloat(f float64) bool {
	switch {
	case f != math.Trunc(f):
		return false
	case n.kind == Int:
		return -0x1p63 <= f && f < 0 && int64(f) == n.i
	case n.kind == Uint:
		return 0 <= f && f < 0x1p64 && uint64(f) == n.u
	}
	return false
}
