package main

import (
	"cmp"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"github.com/go-memoryview/memoryview/cmd/memview/internal/arraytext"
	"github.com/go-memoryview/memoryview/format"
	"github.com/go-memoryview/memoryview/shm"
)

// completeName stands before what the scripts of completion ask, and is in no help.
const completeName = "complete"

// complete serves the scripts of completion: it prints what the last word can become, a line each. One that ends in '/', '.', ':'
// or '=' goes on. After "words" come the words of the command line up to the cursor; after "bash" that line, and the last
// of the pieces that bash has made of it, which are what it replaces.
func complete(model *kong.Node, args []string, out *output) {
	words, known := args[min(len(args), 1):], ""
	if len(args) == 3 && args[0] == "bash" {
		words = shellWords(args[1])[1:]
		last := words[len(words)-1]
		known = last[:len(last)-len(bashPiece(args[2], last))]
	}
	if len(words) == 0 {
		return
	}
	c := completer{model: model, command: model.DefaultCmd}
	for _, candidate := range c.last(words) {
		if rest, ok := strings.CutPrefix(candidate, known); ok && arraytext.Printable(candidate) == candidate {
			fmt.Fprintln(out, rest)
		}
	}
}

// bashPiece is what bash replaces of a word: the part behind the last of the characters where it divides words, unless that stands in quotes.
func bashPiece(piece, word string) string {
	if strings.HasPrefix(piece, `"`) || strings.HasPrefix(piece, "'") {
		return word
	}
	if piece == ":" || piece == "=" {
		return ""
	}
	plain := shellWords(piece)[0]
	for end := len(plain); end > 0; end-- { // the cursor may stand in the piece
		if strings.HasSuffix(word, plain[:end]) {
			return plain[:end]
		}
	}
	return ""
}

// shellWords divides a line as shells do. There is always a last word, which may be empty and need not be ended.
func shellWords(line string) (words []string) {
	var word strings.Builder
	quote := rune(0)
	escaped := false
	for _, r := range line {
		switch {
		case escaped:
			word.WriteRune(r)
			escaped = false
		case r == '\\' && quote != '\'':
			escaped = true
		case quote != 0 && r == quote:
			quote = 0
		case quote == 0 && (r == '\'' || r == '"'):
			quote = r
		case quote == 0 && (r == ' ' || r == '\t'):
			if word.Len() > 0 {
				words = append(words, word.String())
				word.Reset()
			}
		default:
			word.WriteRune(r)
		}
	}
	return append(words, word.String())
}

// completer knows the grammar, and the command that the words so far have named.
type completer struct {
	model, command *kong.Node
}

// last are the words that the last one can become.
func (c *completer) last(words []string) []string {
	word := words[len(words)-1]
	named := false
	var flag *kong.Flag // whose value comes next
	for i, w := range words[:len(words)-1] {
		switch {
		case flag != nil:
			flag = nil
		case strings.HasPrefix(w, "-") && w != standardInput:
			if f := c.flag(w); f != nil && !f.IsBool() && !strings.Contains(w, "=") {
				flag = f
			}
		case i == 0 || !named:
			if command := c.child(w); command != nil {
				c.command = command
			}
			named = true
		}
	}
	name, value, hasValue := strings.Cut(word, "=")
	switch {
	case flag != nil:
		return valuesOf(flag.Value, word)
	case strings.HasPrefix(word, "-") && hasValue:
		if f := c.flag(name); f != nil {
			return prefixed(name+"=", valuesOf(f.Value, value))
		}
		return nil
	case strings.HasPrefix(word, "-") && word != standardInput:
		return c.flags(word)
	}
	if c.command != nil && len(c.command.Positional) > 0 && c.command.Positional[0].Enum != "" {
		return startingWith(c.command.Positional[0].EnumSlice(), word)
	}
	all := targets(word)
	if !named {
		for _, child := range c.model.Children {
			if strings.HasPrefix(child.Name, word) && !child.Hidden {
				all = append(all, child.Name)
			}
		}
	}
	return all
}

func (c *completer) child(name string) *kong.Node {
	for _, child := range c.model.Children {
		if child.Name == name {
			return child
		}
	}
	return nil
}

// allFlags are those of the command and of all commands.
func (c *completer) allFlags() (all []*kong.Flag) {
	if c.command != nil {
		all = append(all, c.command.Flags...)
	}
	return append(all, c.model.Flags...)
}

func (c *completer) flag(word string) *kong.Flag {
	name, _, _ := strings.Cut(word, "=")
	for _, f := range c.allFlags() {
		if "--"+f.Name == name || f.Short != 0 && "-"+string(f.Short) == name {
			return f
		}
	}
	return nil
}

func (c *completer) flags(word string) (all []string) {
	for _, f := range c.allFlags() {
		if name := "--" + f.Name; strings.HasPrefix(name, word) && !f.Hidden {
			all = append(all, name)
		}
	}
	return all
}

// valuesOf are those that a flag names, in its enum or its tag complete, or files.
func valuesOf(v *kong.Value, word string) []string {
	values := v.EnumSlice()
	if list := v.Tag.Get("complete"); list != "" {
		values = strings.Split(list, ",")
	}
	if values == nil {
		return files(word)
	}
	return startingWith(values, word)
}

func startingWith(words []string, with string) []string {
	return slices.DeleteFunc(slices.Clone(words), func(w string) bool { return !strings.HasPrefix(w, with) })
}

func prefixed(prefix string, words []string) []string {
	for i, w := range words {
		words[i] = prefix + w
	}
	return words
}

// targets are files, shared segments, arrays in a file, or fields behind a slice. In a slice there is nothing to complete.
func targets(word string) []string {
	path, tail := splitTarget(word, exists)
	inside, isInside := strings.CutPrefix(tail, ":")
	switch bracket := strings.LastIndexAny(tail, "[]"); {
	case tail == "" && strings.HasPrefix(word, segmentPrefix):
		return segments(word)
	case tail == "":
		return files(word)
	case bracket >= 0 && tail[bracket] == ']' && strings.HasPrefix(tail[bracket+1:], "."):
		return fieldsIn(word, len(word)-len(tail)+bracket+2)
	case bracket >= 0 || !isInside:
		return nil
	}
	f, err := target{path: path}.open(openFlags{}, hurried())
	if err != nil {
		return nil
	}
	defer f.Close()
	var names []string
	for _, a := range f.Arrays() {
		if strings.HasPrefix(a.Name(), inside) {
			names = append(names, path+":"+a.Name())
		}
	}
	return fewer(names, len(path)+1+len(inside))
}

// hurried shows nothing, and waits for no server that does not answer at once.
func hurried() *progress { return &progress{atMost: 2 * time.Second} }

const mostNames = 100 // that anybody looks through

// fewer shortens many names to their parts up to the next point or slash behind what is known of them.
func fewer(names []string, known int) []string {
	if len(names) <= mostNames {
		return names
	}
	parts := map[string]bool{}
	for _, name := range names {
		if end := strings.IndexAny(name[known:], "./"); end >= 0 {
			name = name[:known+end+1]
		}
		parts[name] = true
	}
	return slices.Sorted(maps.Keys(parts))
}

// fieldsIn are the fields of the records that are named up to a point in the word.
func fieldsIn(word string, at int) (all []string) {
	parent, begun := word[:at-1], word[at:]
	outer := ""
	if point := strings.LastIndexByte(begun, '.'); point >= 0 {
		outer, begun = begun[:point+1], begun[point+1:]
		parent = word[:at+point]
	}
	sel, err := (&source{File: parent}).openHeader(hurried())
	if err == nil {
		err = sel.describe()
	}
	if err != nil {
		return nil
	}
	defer sel.Close()
	for _, f := range typeOf(sel.layout().Format).Fields() {
		if !strings.HasPrefix(f.Name, begun) {
			continue
		}
		name := word[:at] + outer + f.Name
		if f.Type.Kind() == format.Struct {
			name += "."
		}
		all = append(all, name)
	}
	return all
}

func segments(word string) (all []string) {
	list, err := shm.List()
	if err != nil {
		return nil
	}
	for _, s := range list {
		if name := segmentPrefix + s.Name; strings.HasPrefix(name, word) {
			all = append(all, name)
		}
	}
	return all
}

// files are those that begin with a word. Hidden ones want their point.
func files(word string) (all []string) {
	folder, begun := filepath.Split(word)
	entries, err := os.ReadDir(cmp.Or(folder, "."))
	if err != nil {
		return nil
	}
	for _, e := range entries {
		name := e.Name()
		if !strings.HasPrefix(name, begun) || strings.HasPrefix(name, ".") && !strings.HasPrefix(begun, ".") {
			continue
		}
		if info, err := os.Stat(filepath.Join(folder, name)); err == nil && info.IsDir() {
			name += "/"
		}
		all = append(all, folder+name)
	}
	return all
}
