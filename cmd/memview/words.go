package main

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/go-memoryview/memoryview/format"
)

// words says what an item is, such as "big-endian float32".
func words(t *format.Type) string {
	if t.Kind() == format.Struct {
		return plural(t.NumField(), "record of %d field")
	}
	if t.Kind() == format.Array {
		return fmt.Sprintf("%s of %s", tuple(t.Shape()), words(t.Elem()))
	}
	if t.Size() <= 1 || t.Kind() == format.Bytes || t.Kind() == format.Pascal {
		return name(t)
	}
	if t.BigEndian() {
		return "big-endian " + name(t)
	}
	return "little-endian " + name(t)
}

// name is a type's name in NumPy and in Go, or its description.
func name(t *format.Type) string {
	text := strings.TrimLeft(t.String(), "@^=<>!")
	switch {
	case strings.HasPrefix(text, "["):
		return strings.Trim(text, "[]")
	case text == "g":
		return "long double"
	case text == "Zg":
		return "complex long double"
	case t.Kind() == format.Bytes:
		return plural(t.Size(), "%d byte")
	case t.Kind() == format.Text && strings.HasSuffix(text, "u"):
		return "text of " + plural(t.Size()/2, "%d character")
	case t.Kind() == format.Text:
		return "text of " + plural(t.Size()/4, "%d character")
	case t.Kind() == format.Bool || t.Kind() == format.Pointer || t.Kind() == format.Pascal:
		return t.Kind().String()
	}
	return t.Kind().String() + strconv.Itoa(8*t.Size())
}

// plural writes a count of things.
func plural(n int, thing string) string {
	if n != 1 {
		thing += "s"
	}
	return fmt.Sprintf(thing, n)
}

// tuple writes a shape as Python does.
func tuple(shape []int) string {
	text := strings.ReplaceAll(strings.Trim(fmt.Sprint(shape), "[]"), " ", ", ")
	if len(shape) == 1 {
		text += ","
	}
	return "(" + text + ")"
}

// humanBytes writes a count of bytes for people, and exactly.
func humanBytes(n int64) string {
	if n < 1024 {
		return plural(int(n), "%d byte")
	}
	size, unit := float64(n)/1024, 0
	for ; size >= 1023.95 && unit < len("KMGTPE")-1; unit++ {
		size /= 1024
	}
	return fmt.Sprintf("%.1f %ciB (%d bytes)", size, "KMGTPE"[unit], n)
}
