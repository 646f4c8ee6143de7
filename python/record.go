package main

// #include "engine.h"
import "C"

import (
	"fmt"
	"slices"
	"strings"
	"unsafe"

	"github.com/go-memoryview/memoryview/format"
	"github.com/go-memoryview/memoryview/internal/kernel"
	"github.com/go-memoryview/memoryview/internal/typed"
)

// gmvCompile lays a format out as a table of nodes, each followed by what is inside of it, and the texts that they refer to. It
// says in count and length how many there are, and writes as many as there is room for: none where that is nil.
//
//export gmvCompile
func gmvCompile(text_ *C.char, nodes *C.gmvNode, count *C.ptrdiff_t, texts *C.char, length *C.ptrdiff_t) (code C.int) {
	defer guarded(&code)
	typ, err := parse(text(text_))
	if err != nil {
		return refuse(err, C.gmvUnreadable)
	}
	var t table
	if nodes != nil {
		t.nodes = unsafe.Slice(nodes, int(*count))
		t.texts = unsafe.Slice((*byte)(unsafe.Pointer(texts)), int(*length))
	}
	t.add(typ, "", 0)
	if len(t.nodes) > 0 { // the whole is told as it was written
		t.nodes[0].text = t.text(text(text_))
	} else {
		t.text(text(text_))
	}
	*count, *length = C.ptrdiff_t(t.count), C.ptrdiff_t(t.length)
	return C.gmvDone
}

// table is what gmvCompile writes.
type table struct {
	nodes         []C.gmvNode
	texts         []byte
	count, length int
}

func (t *table) add(typ *format.Type, name string, offset int) {
	at := t.count
	n := C.gmvNode{offset: C.ptrdiff_t(offset), size: C.ptrdiff_t(typ.Size()), name: t.text(name)}
	switch typ.Kind() {
	case format.Array:
		t.list(n, typ, typ.Shape())
		return
	case format.Struct:
		n.kind, n.count = C.gmvRecord, C.ptrdiff_t(typ.NumField())
		n.text = t.text(typ.String())
		t.count++
		for i := range typ.NumField() {
			f := typ.Field(i)
			t.add(f.Type, f.Name, f.Offset)
		}
	default:
		n.kind, n.text = kindInside(typ), t.text(typ.String())
		number, ok := typed.NumberOf(typ)
		n.plain = truth(typ.Kind() == format.Bytes || ok && (number.Kind != kernel.Float || number.Size > 2) && number.Kind != kernel.BrainFloat && number.Kind != kernel.Coded && number.Kind != kernel.Complex)
		n.swapped = truth(number.Swap)
		t.count++
	}
	t.set(at, n)
}

// list adds an array of the given extents, each of which is a list of its own.
func (t *table) list(n C.gmvNode, array *format.Type, shape []int) {
	at := t.count
	inner := array.ElemStride()
	for _, extent := range shape[1:] {
		inner *= extent
	}
	n.kind, n.count, n.stride = C.gmvList, C.ptrdiff_t(shape[0]), C.ptrdiff_t(inner)
	t.count++
	if len(shape) > 1 {
		t.list(C.gmvNode{size: C.ptrdiff_t(inner), name: t.text("")}, array, shape[1:])
	} else {
		t.add(array.Elem(), "", 0)
	}
	t.set(at, n)
}

func (t *table) set(at int, n C.gmvNode) {
	n.next = C.ptrdiff_t(t.count)
	if at < len(t.nodes) {
		t.nodes[at] = n
	}
}

// text adds a text and a NUL, and returns where it stands.
func (t *table) text(s string) C.ptrdiff_t {
	at := t.length
	t.length += len(s) + 1
	if t.length <= len(t.texts) {
		t.texts[at+copy(t.texts[at:], s)] = 0
	}
	return C.ptrdiff_t(at)
}

// kindInside is what an item that may stand inside of others is in Python.
func kindInside(typ *format.Type) C.uchar {
	switch typ.Kind() {
	case format.Bytes:
		return C.gmvBytes
	case format.Pascal:
		return C.gmvPascal
	case format.Text:
		return C.gmvText
	case format.Complex:
		return C.gmvComplex
	}
	return kindOf(typ)
}

// holdsObjects tells that an item is, or holds, a pointer to a Python object: only who counts its references may write it.
func holdsObjects(typ *format.Type) bool {
	switch typ.Kind() {
	case format.Array:
		return holdsObjects(typ.Elem())
	case format.Struct:
		return slices.ContainsFunc(typ.Fields(), func(f format.Field) bool { return holdsObjects(f.Type) })
	}
	return typ.Kind() == format.Pointer && strings.HasSuffix(typ.String(), "O")
}

// refuseObjects is an error for items that are, or hold, pointers to Python objects.
func refuseObjects(typ *format.Type) error {
	if holdsObjects(typ) {
		return fmt.Errorf("items of format %.40q refer to Python objects, and only their owner can write them", typ)
	}
	return nil
}

// gmvLoad reads an item that C cannot read for itself. Text and bytes are written to room, which has twice the item's
// bytes: the text as UTF-8.
//
//export gmvLoad
func gmvLoad(value *C.gmvValue, room unsafe.Pointer, text_ *C.char, item unsafe.Pointer) (code C.int) {
	defer guarded(&code)
	guard()
	typ, err := parse(text(text_))
	if err != nil {
		return refuse(err, C.gmvUnreadable)
	}
	got, err := typ.Unpack(unsafe.Slice((*byte)(item), typ.Size()))
	if err != nil {
		return refuse(err, C.gmvBadValue)
	}
	switch got := got.(type) {
	case format.ShortFloat:
		value.real = C.double(got.Float32())
	case float64:
		value.real = C.double(got)
	case complex64:
		value.real, value.imaginary = C.double(real(got)), C.double(imag(got))
	case complex128:
		value.real, value.imaginary = C.double(real(got)), C.double(imag(got))
	case []byte:
		value.length = C.ptrdiff_t(copy(unsafe.Slice((*byte)(room), len(got)), got))
	case string:
		value.length = C.ptrdiff_t(copy(unsafe.Slice((*byte)(room), len(got)), got))
	default:
		return C.gmvFormat
	}
	return C.gmvDone
}

// gmvStore writes a value, which is given as its kind has it, to an item of one of the formats of gmvCompile's table,
// for which there is room.
//
//export gmvStore
func gmvStore(item unsafe.Pointer, room C.ptrdiff_t, text_ *C.char, kind C.int, value *C.gmvValue) (code C.int) {
	defer guarded(&code)
	guard()
	typ, err := parse(text(text_))
	if err != nil {
		return refuse(err, C.gmvUnreadable)
	}
	if err := typ.Pack(unsafe.Slice((*byte)(item), int(room)), goValue(kind, value)); err != nil {
		return refuse(err, C.gmvBadValue)
	}
	return C.gmvDone
}

func goValue(kind C.int, value *C.gmvValue) any {
	switch kind {
	case C.gmvBool:
		return value.integer != 0
	case C.gmvInt:
		return int64(value.integer)
	case C.gmvUint:
		return uint64(value.integer)
	case C.gmvFloat:
		return float64(value.real)
	case C.gmvComplex:
		return complex(float64(value.real), float64(value.imaginary))
	case C.gmvText:
		return unsafe.String((*byte)(unsafe.Pointer(value.text)), int(value.length))
	}
	return unsafe.Slice((*byte)(unsafe.Pointer(value.text)), int(value.length))
}

// gmvFill copies one item of the format to all items of dst. Padding is left as it is.
//
//export gmvFill
func gmvFill(dst *C.gmvBuffer, text_ *C.char, item unsafe.Pointer) (code C.int) {
	defer guarded(&code)
	guard()
	typ, err := parse(text(text_))
	if err != nil {
		return refuse(err, C.gmvUnreadable)
	}
	if err := refuseObjects(typ); err != nil {
		return refuse(err, C.gmvBadType)
	}
	to := items(dst)
	if to.Count() == 0 {
		return C.gmvDone
	}
	for offset, leaf := range typ.Leaves() {
		if leaf.Size() > 0 {
			part := to.Part(offset, leaf.Size())
			kernel.Copy(part, everywhere(kernel.Items{Base: unsafe.Add(item, offset), Size: leaf.Size()}, part.Shape))
		}
	}
	return C.gmvDone
}

// everywhere describes one item as an array of any shape.
func everywhere(one kernel.Items, shape []int) kernel.Items {
	one.Shape, one.Strides = shape, make([]int, len(shape))
	return one
}
