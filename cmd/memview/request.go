package main

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/go-memoryview/memoryview"
	"github.com/go-memoryview/memoryview/array"
	"github.com/go-memoryview/memoryview/arrayfile"
	"github.com/go-memoryview/memoryview/buffer"
	"github.com/go-memoryview/memoryview/format"
)

// A request is what somebody wants of a view. Ask is nil where the memory serves as it is, or says what stands against it.
type request struct {
	ask func(v *memoryview.View) error
}

// flagsByName are those of the buffer protocol. What stands before their names in C, and underscores, may be left out.
var flagsByName = map[string]buffer.Flags{
	"Simple": buffer.Simple, "Writable": buffer.Writable, "Format": buffer.Format, "ND": buffer.ND, "Strides": buffer.Strides,
	"CContiguous": buffer.CContiguous, "FContiguous": buffer.FContiguous, "AnyContiguous": buffer.AnyContiguous, "Indirect": buffer.Indirect,
	"Contig": buffer.Contig, "ContigRO": buffer.ContigRO, "Strided": buffer.Strided, "StridedRO": buffer.StridedRO,
	"Records": buffer.Records, "RecordsRO": buffer.RecordsRO, "Full": buffer.Full, "FullRO": buffer.FullRO,
}

// consumers want more than flags.
var consumers = map[string]func(v *memoryview.View) error{
	"bytes": func(v *memoryview.View) error {
		_, err := v.Bytes()
		return err
	},
	"numpy":               askNumPy,
	arrayfile.NPY:         askFile(arrayfile.NPY),
	arrayfile.NPZ:         askFile(arrayfile.NPZ),
	arrayfile.Safetensors: askFile(arrayfile.Safetensors),
	arrayfile.RawItems:    askFile(arrayfile.RawItems),
}

// goTypes are those whose slices and arrays can be asked for.
var goTypes = map[string]func(v *memoryview.View, slice bool) error{
	"int8": askGo[int8], "int16": askGo[int16], "int32": askGo[int32], "int64": askGo[int64], "int": askGo[int],
	"uint8": askGo[uint8], "uint16": askGo[uint16], "uint32": askGo[uint32], "uint64": askGo[uint64], "uint": askGo[uint], "byte": askGo[byte],
	"float32": askGo[float32], "float64": askGo[float64], "complex64": askGo[complex64], "complex128": askGo[complex128],
	"bool": askGo[bool], "format.Float16": askGo[format.Float16], "format.BFloat16": askGo[format.BFloat16],
}

// requestOf reads the name of a request.
func requestOf(name string) (request, error) {
	if ask, ok := consumers[strings.ToLower(name)]; ok {
		return request{ask}, nil
	}
	for _, prefix := range []string{"[]", "array:"} {
		of, ok := strings.CutPrefix(name, prefix)
		if !ok {
			continue
		}
		ask, ok := goTypes[of]
		if !ok {
			return request{}, fmt.Errorf("--for=%s: Go types are %s", name, namesOf(goTypes))
		}
		return request{func(v *memoryview.View) error { return ask(v, prefix == "[]") }}, nil
	}
	var flags buffer.Flags
	for part := range strings.SplitSeq(name, "|") {
		flag, ok := flagOf(part)
		if !ok {
			return request{}, fmt.Errorf("--for=%s: there are the flags %s, joined by '|'; %s; and []T and array:T of a Go type T", name, namesOf(flagsByName), namesOf(consumers))
		}
		flags |= flag
	}
	return request{func(v *memoryview.View) error { return askFlags(v, flags) }}, nil
}

func flagOf(name string) (flags buffer.Flags, ok bool) {
	plain := func(s string) string { return strings.ToLower(strings.ReplaceAll(s, "_", "")) }
	for own, flag := range flagsByName {
		if plain(own) == strings.TrimPrefix(plain(strings.TrimSpace(name)), "pybuf") {
			return flag, true
		}
	}
	return 0, false
}

func namesOf[V any](names map[string]V) string {
	return strings.Join(slices.Sorted(maps.Keys(names)), ", ")
}

// commonRequests are asked where none is named: with the slice of the Go type that the items are, if there is one.
func commonRequests(t *format.Type) []string {
	all := []string{"Simple", "Writable", "Strides", "CContiguous", "FContiguous", "bytes"}
	if value, err := t.Unpack(make([]byte, min(t.Size(), maxItemSize))); err == nil {
		if name := fmt.Sprintf("%T", value); goTypes[name] != nil {
			all = append(all, "[]"+name)
		}
	}
	return append(all, "numpy", arrayfile.NPY, arrayfile.Safetensors)
}

func askFlags(v *memoryview.View, flags buffer.Flags) error {
	b, err := v.GetBuffer(flags)
	if err != nil {
		return err
	}
	return b.Release()
}

func askGo[T any](v *memoryview.View, slice bool) error {
	a, err := array.Of[T](v)
	if err != nil {
		return err
	}
	defer a.Release()
	if _, ok := a.Slice(); slice && !ok {
		return v.Buffer().Layout().CheckContiguous(buffer.C)
	}
	return nil
}

// askNumPy: NumPy takes any strides, and of the formats those that it has a dtype for.
func askNumPy(v *memoryview.View) error {
	if err := askFlags(v, buffer.RecordsRO); err != nil {
		return err
	}
	t := typeOf(v.Format())
	if text := notInNumPy(t); text != "" {
		return fmt.Errorf("%w: NumPy has no dtype for format %s: give it the bytes, as by a cast", buffer.ErrFormat, text)
	}
	return nil
}

// notInNumPy is the part of a type that NumPy does not know, if there is one.
func notInNumPy(t *format.Type) string {
	for _, leaf := range t.Leaves() {
		text := strings.TrimLeft(leaf.String(), "@^=<>!")
		switch leaf.Kind() {
		case format.Bool, format.Int, format.Uint, format.Complex, format.Bytes:
			continue
		case format.Float:
			if !strings.HasPrefix(text, "[") {
				continue
			}
		case format.Text:
			if strings.HasSuffix(text, "w") {
				continue
			}
		}
		return leaf.String()
	}
	return ""
}

// errFits ends the writing of a file that was found to hold what is written.
var errFits = errors.New("it fits")

type refusingWriter struct{}

func (refusingWriter) Write([]byte) (int, error) { return 0, errFits }

// askFile: files are written piece by piece, whatever the strides. Nothing is written before the items are found to fit.
func askFile(kind string) func(v *memoryview.View) error {
	return func(v *memoryview.View) error {
		err := arrayfile.Write(refusingWriter{}, []arrayfile.Named{{Name: "a", Value: v}}, arrayfile.As(kind))
		if errors.Is(err, errFits) {
			return nil
		}
		return err
	}
}
