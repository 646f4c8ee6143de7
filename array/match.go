package array

import (
	"fmt"
	"reflect"
	"strings"
	"unsafe"

	"github.com/go-memoryview/memoryview/buffer"
	"github.com/go-memoryview/memoryview/format"
)

// part is how a piece of a T corresponds to a piece of an item: a run of words, or the parts of a
// struct or of the elements of an array.
type part struct {
	path             string // of the field, for errors
	goOffset, offset int    // bytes from the beginning of the enclosing part, in Go and in the item

	word, words int          // bytes of a word and their number; a part of words has no parts
	swap        bool         // the words lie in the other byte order
	leaf        *format.Type // what a word is
	isBool      bool

	count, goStep, step int // of elements that have parts; a struct is one element
	parts               []part
}

// match pairs a Go type with an item's type.
func match(target reflect.Type, typ *format.Type, path string) (part, error) {
	switch {
	case target.Kind() == reflect.Struct:
		return matchStruct(target, typ, path)
	case target.Kind() == reflect.Array && (typ.Kind() == format.Bytes || typ.Kind() == format.Text):
		return matchText(target, typ, path)
	case target.Kind() == reflect.Array:
		return matchArray(target, typ, path)
	}
	return matchLeaf(target, typ, path)
}

func mismatch(path string, problem string, args ...any) error {
	if path != "" {
		path += ": "
	}
	return fmt.Errorf("%w: %s%s", buffer.ErrType, path, fmt.Sprintf(problem, args...))
}

// matchLeaf pairs a number. The Go type that package format unpacks to is the one that serves.
func matchLeaf(target reflect.Type, typ *format.Type, path string) (part, error) {
	if typ.NumField() > 0 || typ.Elem() != nil {
		return part{}, mismatch(path, "Go %v, format %.40q", target, typ)
	}
	var zeros [32]byte // as large as the largest number
	if typ.Size() > len(zeros) {
		return part{}, mismatch(path, "Go %v, format %.40q of %d bytes", target, typ, typ.Size())
	}
	value, err := typ.Unpack(zeros[:])
	if err != nil {
		return part{}, fmt.Errorf("%s: %w", path, err)
	}
	if _, isByte := value.([]byte); isByte && typ.Size() == 1 && target.Kind() == reflect.Uint8 {
		return part{path: path, word: 1, words: 1, leaf: typ}, nil
	}
	native := reflect.TypeOf(value)
	if native.Implements(shortFloat) || target.Implements(shortFloat) {
		if native != target {
			return part{}, mismatch(path, "Go %v, format %.40q, whose items are %v", target, typ, native)
		}
	} else if kindOf(native) != kindOf(target) {
		return part{}, mismatch(path, "Go %v, format %.40q, whose items are %v", target, typ, native)
	}
	return part{
		path: path, leaf: typ, isBool: target.Kind() == reflect.Bool,
		word: typ.Size(), words: 1, swap: typ.BigEndian() != hostBigEndian && typ.Size() > 1,
	}, nil
}

var (
	shortFloat = reflect.TypeFor[format.ShortFloat]()

	one           = uint16(1)
	hostBigEndian = *(*byte)(unsafe.Pointer(&one)) == 0
)

// kindOf is the kind with int, uint as the integers of their width.
func kindOf(t reflect.Type) reflect.Kind {
	switch kind := t.Kind(); {
	case kind == reflect.Int && t.Size() == 8:
		return reflect.Int64
	case kind == reflect.Int:
		return reflect.Int32
	case kind == reflect.Uint && t.Size() == 8:
		return reflect.Uint64
	case kind == reflect.Uint:
		return reflect.Uint32
	default:
		return kind
	}
}

// matchText pairs bytes with [n]byte and text with [n]rune, or another integer of that width.
func matchText(target reflect.Type, typ *format.Type, path string) (part, error) {
	word := 1
	if typ.Kind() == format.Text {
		word = int(target.Elem().Size())
	}
	kind := target.Elem().Kind()
	if typ.Kind() == format.Bytes && kind != reflect.Uint8 || typ.Kind() == format.Text && kind != reflect.Int32 && kind != reflect.Uint16 || target.Len()*word != typ.Size() {
		return part{}, mismatch(path, "Go %v, format %.40q of %d bytes", target, typ, typ.Size())
	}
	return part{path: path, leaf: typ, word: word, words: target.Len(), swap: typ.BigEndian() != hostBigEndian && word > 1}, nil
}

// matchArray pairs a Go array with the outermost dimension of a subarray.
func matchArray(target reflect.Type, typ *format.Type, path string) (part, error) {
	shape := typ.Shape()
	if len(shape) == 0 {
		return part{}, mismatch(path, "Go %v, format %.40q is no subarray", target, typ)
	}
	for _, extent := range shape {
		if target.Kind() != reflect.Array || target.Len() != extent {
			return part{}, mismatch(path, "Go %v, format %.40q of shape %v", target, typ, shape)
		}
		target = target.Elem()
	}
	count := 1
	for _, extent := range shape {
		count *= extent
	}
	elem, err := match(target, typ.Elem(), path+"[]")
	if err != nil {
		return part{}, err
	}
	return repeat(elem, count, int(target.Size()), typ.ElemStride()), nil
}

// repeat makes an array of a part. Words that follow each other on both sides are one run.
func repeat(elem part, count, goStep, step int) part {
	if elem.parts == nil && goStep == step && step == elem.word*elem.words && !elem.isBool {
		elem.words *= count
		return elem
	}
	return part{path: elem.path, count: count, goStep: goStep, step: step, parts: []part{elem}}
}

// matchStruct pairs the fields of a struct with those of a record, in order.
func matchStruct(target reflect.Type, typ *format.Type, path string) (part, error) {
	if typ.Kind() != format.Struct {
		return part{}, mismatch(path, "Go %v, format %.40q is no record", target, typ)
	}
	whole := part{path: path, count: 1, parts: []part{}}
	next := 0
	for i := range target.NumField() {
		field := target.Field(i)
		name, skipped := fieldName(field)
		if skipped {
			continue
		}
		if next == typ.NumField() {
			return part{}, mismatch(join(path, field.Name), "the format has only %d fields", next)
		}
		f := typ.Field(next)
		next++
		if f.Name != "" && !sameName(name, f.Name) {
			return part{}, mismatch(join(path, field.Name), "the format's field there is %.40q: rename it by a tag `memoryview:%.40q`", f.Name, f.Name)
		}
		p, err := match(field.Type, f.Type, join(path, field.Name))
		if err != nil {
			return part{}, err
		}
		p.goOffset, p.offset = int(field.Offset), f.Offset
		whole.parts = append(whole.parts, p)
	}
	if next < typ.NumField() {
		return part{}, mismatch(path, "the format has %d fields, Go %v has %d: the next one is %.40q", typ.NumField(), target, next, typ.Field(next).Name)
	}
	return whole, nil
}

// fieldName is the name that package format gives a Go field; blank ones and those tagged "-" are padding.
func fieldName(f reflect.StructField) (name string, skipped bool) {
	tag := f.Tag.Get("memoryview")
	switch {
	case f.Name == "_" || tag == "-":
		return "", true
	case tag != "":
		return tag, false
	}
	return f.Name, false
}

// sameName compares names as Go and Python write them: tradeID, trade_id.
func sameName(a, b string) bool {
	plain := func(s string) string { return strings.ToLower(strings.ReplaceAll(s, "_", "")) }
	return a == b || plain(a) == plain(b)
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// inPlace says why a T cannot be read where it lies, or nil.
func (p *part) inPlace() error {
	switch {
	case p.goOffset != p.offset:
		return mismatch(p.path, "Go offset %d, format %d", p.goOffset, p.offset)
	case p.isBool:
		return mismatch(p.path, "a bool in memory may hold anything, which Go forbids")
	case p.swap:
		return mismatch(p.path, "format %.40q has the other byte order", p.leaf)
	case p.leaf != nil && p.leaf.Kind() == format.Float && p.word > 8, p.leaf != nil && p.leaf.Kind() == format.Complex && p.word > 16:
		return mismatch(p.path, "Go has no long double: format %.40q", p.leaf)
	case p.count > 1 && p.goStep != p.step:
		return mismatch(p.path, "Go elements are %d bytes apart, the format's %d", p.goStep, p.step)
	}
	for i := range p.parts {
		if err := p.parts[i].inPlace(); err != nil {
			return err
		}
	}
	return nil
}
