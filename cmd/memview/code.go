package main

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/go-memoryview/memoryview/format"
)

// code is what opens the same part elsewhere. Lines are "" where there is no file to open, or no way.
type code struct {
	Python string `json:"python"`
	Go     string `json:"go"`
	Shell  string `json:"shell"`
}

func codeOf(s *selection, raw rawFlags) code {
	if s.path == "" || s.path == standardInput {
		return code{}
	}
	if strings.HasPrefix(s.path, segmentPrefix) {
		return code{Shell: shellCode(s, raw)}
	}
	return code{Python: pythonCode(s), Go: goCode(s, raw), Shell: shellCode(s, raw)}
}

// pythonCode opens it as NumPy does: in place where that is possible.
func pythonCode(s *selection) string {
	path, name := strconv.Quote(s.path), strconv.Quote(s.name)
	load := ""
	switch s.file.Kind() {
	case "npy":
		load = fmt.Sprintf("import numpy as np; a = np.load(%s, mmap_mode=\"r\")", path)
	case "npz":
		load = fmt.Sprintf("import numpy as np; a = np.load(%s)[%s]", path, name)
	case "safetensors":
		load = fmt.Sprintf("from safetensors import safe_open; a = safe_open(%s, \"np\").get_tensor(%s)", path, name)
	case "png", "jpeg":
		load = fmt.Sprintf("import numpy as np; from PIL import Image; a = np.asarray(Image.open(%s))", path)
	default:
		l := s.array.Layout()
		dtype := dtypeCode(typeOf(l.Format))
		if dtype == "" || s.array.Copied() {
			return ""
		}
		load = fmt.Sprintf("import numpy as np; a = np.memmap(%s, %s, \"r\", %d, %s, %q)", path, dtype, s.array.Offset(), tuple(l.Shape), string(s.array.Order()))
	}
	for _, step := range s.codeSteps() {
		if step.isField {
			load += "[" + strconv.Quote(step.text) + "]"
		} else {
			load += "[" + step.text + "]"
		}
	}
	return load
}

// goCode opens it by this library.
func goCode(s *selection, raw rawFlags) string {
	lines := []string{fmt.Sprintf("f, err := arrayfile.Open(%q%s)", s.path, goOptions(raw)), fmt.Sprintf("v, err := f.View(%q)", s.name)}
	for _, step := range s.codeSteps() {
		method := "Select"
		if step.isField {
			method = "Field"
		}
		lines = append(lines, fmt.Sprintf("v, err = v.%s(%q)", method, step.text))
	}
	return strings.Join(lines, "\n")
}

func goOptions(raw rawFlags) string {
	if raw.Format == "" {
		return ""
	}
	text := ", arrayfile.Raw(" + strconv.Quote(raw.Format)
	for _, extent := range raw.Shape {
		text += fmt.Sprintf(", %d", extent)
	}
	text += ")"
	if raw.Offset != 0 {
		text += fmt.Sprintf(", arrayfile.Offset(%d)", raw.Offset)
	}
	if raw.Order != "" {
		text += ", arrayfile.InOrder(buffer." + raw.Order + ")"
	}
	return text
}

// shellCode is this command.
func shellCode(s *selection, raw rawFlags) string {
	text := "memview show "
	if raw.Format != "" {
		text += "--format " + shellQuoted(raw.Format) + " "
		if raw.Shape != nil {
			text += "--shape " + strings.ReplaceAll(strings.Trim(fmt.Sprint(raw.Shape), "[]"), " ", ",") + " "
		}
		if raw.Offset != 0 {
			text += fmt.Sprintf("--offset %d ", raw.Offset)
		}
		if raw.Order != "" {
			text += "--order " + raw.Order + " "
		}
	}
	return text + shellQuoted(s.title())
}

func shellQuoted(word string) string {
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

// codeStep is a slice without its brackets, or a field.
type codeStep struct {
	text    string
	isField bool
}

// codeSteps are the steps of a part that was cut out, with fields of fields one by one.
func (s *selection) codeSteps() (steps []codeStep) {
	t := typeOf(s.array.Layout().Format)
	for rest := s.steps; rest != ""; {
		var step string
		var err error
		if step, rest, err = nextStep(rest); err != nil {
			return steps
		}
		path, isField := strings.CutPrefix(step, ".")
		if !isField {
			steps = append(steps, codeStep{strings.Trim(step, "[]"), false})
			continue
		}
		for path != "" {
			var name string
			name, path, t = firstField(t, path)
			steps = append(steps, codeStep{name, true})
		}
	}
	return steps
}

// firstField finds the field that a path of names begins with, as cutField does.
func firstField(t *format.Type, path string) (name, rest string, typ *format.Type) {
	for t.Kind() == format.Array {
		t = t.Elem()
	}
	first, rest, _ := strings.Cut(path, ".")
	inner := t
	for _, f := range t.Fields() {
		if f.Name == path {
			return path, "", f.Type
		}
		if f.Name == first {
			inner = f.Type
		}
	}
	return first, rest, inner
}

// dtypeCode is an expression for the dtype of items, "" where NumPy has none.
func dtypeCode(t *format.Type) string {
	if t.Kind() != format.Struct {
		inner, ok := numpyCode(t)
		if !ok {
			return ""
		}
		return inner
	}
	var names, formats, offsets []string
	for _, f := range t.Fields() {
		inner := dtypeCode(f.Type)
		if inner == "" || f.Name == "" {
			return ""
		}
		names = append(names, strconv.Quote(f.Name))
		formats = append(formats, inner)
		offsets = append(offsets, strconv.Itoa(f.Offset))
	}
	list := func(items []string) string { return "[" + strings.Join(items, ", ") + "]" }
	return fmt.Sprintf("np.dtype({\"names\": %s, \"formats\": %s, \"offsets\": %s, \"itemsize\": %d})", list(names), list(formats), list(offsets), t.Size())
}

// numpyCode is the dtype of items without fields, such as "<f4" in quotes.
func numpyCode(t *format.Type) (string, bool) {
	order := "<"
	if t.BigEndian() {
		order = ">"
	}
	size := t.Size()
	letter := map[format.Kind]string{format.Bool: "?", format.Int: "i", format.Uint: "u", format.Float: "f", format.Complex: "c", format.Bytes: "S", format.Text: "U"}[t.Kind()]
	name := strings.TrimLeft(t.String(), "@^=<>!")
	switch {
	case t.Kind() == format.Array:
		inner := dtypeCode(t.Elem())
		return fmt.Sprintf("(%s, %s)", inner, tuple(t.Shape())), inner != ""
	case letter == "" || strings.HasPrefix(name, "[") || name == "g" || name == "Zg" || strings.HasSuffix(name, "u"):
		return "", false
	case letter == "?":
		return `"?"`, true
	case letter == "U":
		size /= 4
	}
	if size == 0 {
		return "", false
	}
	return strconv.Quote(order + letter + strconv.Itoa(size)), true
}
