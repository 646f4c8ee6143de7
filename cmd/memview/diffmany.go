package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/go-memoryview/memoryview/arrayfile"
)

// diffSide is what one argument of diff names: an array, or many by their names.
type diffSide struct {
	title string
	one   *selection
	many  map[string]func() (*diffSide, error)
	file  holding // of many
}

func (s *diffSide) close() {
	if s.one != nil {
		s.one.Close()
	}
	if s.file != nil {
		s.file.Close()
	}
}

// open opens what an argument names.
func (c *diffCommand) open(arg string, p *progress) (*diffSide, error) {
	if info, err := os.Stat(arg); err == nil && info.IsDir() && !isStore(arg) {
		return c.openFolder(arg)
	}
	source := c.source(arg)
	t, f, err := source.openFile(p)
	if err != nil {
		return nil, err
	}
	return sideOf(t, f)
}

func sideOf(t target, f holding) (*diffSide, error) {
	below, many := manyOf(t, f)
	if !many {
		sel, err := selectionOf(t, "", f)
		if err == nil {
			err = sel.cut()
		}
		return &diffSide{title: t.String(), one: sel}, err
	}
	side := &diffSide{title: t.String(), file: f, many: map[string]func() (*diffSide, error){}}
	for _, a := range below {
		name := strings.TrimLeft(strings.TrimPrefix(a.Name(), t.inside), "./")
		side.many[name] = func() (*diffSide, error) {
			one := t
			one.isNamed, one.inside, one.name = true, a.Name(), a.Name()
			sel := &selection{target: one, file: f, array: a, shared: true}
			return &diffSide{title: one.String(), one: sel}, sel.cut()
		}
	}
	if !t.isNamed {
		for _, s := range f.Skipped() {
			side.many[s.Name] = func() (*diffSide, error) { return nil, fmt.Errorf("%s:%s: %w", t, s.Name, s.Err) }
		}
	}
	return side, nil
}

// gather makes one of the arrays of a store that lie below the name of a file in a folder on the other side: a server serves those of a file so.
func (s *diffSide) gather(folder *diffSide) {
	if _, isStore := s.file.(*store); !isStore || folder.file != nil {
		return
	}
	for file := range folder.many {
		below := map[string]func() (*diffSide, error){}
		for name, open := range s.many {
			if rest, isBelow := strings.CutPrefix(name, file+"/"); isBelow {
				below[rest] = open
				delete(s.many, name)
			}
		}
		switch len(below) {
		case 0:
		case 1: // a file of one array is that array
			for _, open := range below {
				s.many[file] = open
			}
		default:
			s.many[file] = func() (*diffSide, error) { return &diffSide{title: s.title + ":" + file, many: below}, nil }
		}
	}
}

// openFolder lists the files below a folder. What is no array file is one of bytes.
func (c *diffCommand) openFolder(folder string) (*diffSide, error) {
	side := &diffSide{title: folder, many: map[string]func() (*diffSide, error){}}
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		name, err := filepath.Rel(folder, path)
		side.many[filepath.ToSlash(name)] = func() (*diffSide, error) { return c.openInFolder(path) }
		return err
	})
	return side, err
}

func (c *diffCommand) openInFolder(path string) (*diffSide, error) {
	f, err := arrayfile.Open(path, c.options()...)
	for _, other := range []error{arrayfile.ErrUnknown, arrayfile.ErrHeader, arrayfile.ErrPickled} {
		if errors.Is(err, other) {
			if bytes, errBytes := arrayfile.Open(path, arrayfile.Raw("B")); errBytes == nil {
				f, err = bytes, nil
			}
			break
		}
	}
	if err != nil {
		return nil, err
	}
	return sideOf(target{path: path}, onDisk{f})
}

// manyDiff compares all that two sides have by the same name.
type manyDiff struct {
	*diffCommand
	out          *output
	onlyA, onlyB []string
	compared     int
	differ       []map[string]any // for JSON
	differing    int
	troubles     []error // of what cannot be compared
}

func (c *diffCommand) diffMany(out *output, a, b *diffSide) (same bool, err error) {
	for _, side := range []*diffSide{a, b} {
		if side.one != nil {
			return false, fmt.Errorf("%s is one array, and the other is many: name one of them, as in FILE:NAME", side.title)
		}
	}
	a.gather(b)
	b.gather(a)
	m := &manyDiff{diffCommand: c, out: out, onlyA: []string{}, onlyB: []string{}, differ: []map[string]any{}}
	if err = m.sides(a, b, ""); err != nil && !errors.Is(err, errEnough) {
		return false, err
	}
	same = m.differing+len(m.onlyA)+len(m.onlyB) == 0
	if err := m.sum(a, b, same); err != nil {
		return false, err
	}
	switch {
	case len(m.troubles) > 1:
		return false, fmt.Errorf("%d of them cannot be compared, the first: %w", len(m.troubles), m.troubles[0])
	case len(m.troubles) == 1:
		return false, m.troubles[0]
	}
	return same, nil
}

// sum tells what it came to.
func (m *manyDiff) sum(a, b *diffSide, same bool) error {
	switch {
	case m.Quiet:
		return nil
	case m.JSON:
		return encode(m.out, map[string]any{
			"a": a.title, "b": b.title, "same": same && m.troubles == nil, "only_a": m.onlyA, "only_b": m.onlyB, "compared": m.compared, "differ": m.differ,
		})
	}
	if m.differing > 0 {
		fmt.Fprintln(m.out)
	}
	fmt.Fprintf(m.out, "%s compared, %d of them differ\n", plural(m.compared, "%d array"), m.differing)
	return m.out.failed()
}

// sides compares what is on both sides, and tells what is on one. Names go behind those around them.
func (m *manyDiff) sides(a, b *diffSide, around string) error {
	names := map[string]bool{}
	for _, side := range []*diffSide{a, b} {
		for name := range side.many {
			names[name] = true
		}
	}
	for _, name := range sortedNames(names) {
		openA, inA := a.many[name]
		openB, inB := b.many[name]
		var err error
		switch {
		case !inB:
			err = m.only(&m.onlyA, a, around+name, name)
		case !inA:
			err = m.only(&m.onlyB, b, around+name, name)
		default:
			err = m.both(openA, openB, around+name)
		}
		switch {
		case errors.Is(err, errEnough) || errors.Is(err, errInterrupted) || m.out.failed() != nil:
			return err
		case err != nil: // of these two, and not of the others
			m.troubles = append(m.troubles, err)
		}
	}
	return nil
}

// only tells of a name that one side has.
func (m *manyDiff) only(list *[]string, side *diffSide, name, own string) error {
	*list = append(*list, name)
	if m.Quiet {
		return errEnough
	}
	if !m.JSON {
		m.out.line("only in %s: %s", side.title, own)
	}
	return m.out.failed()
}

// both compares what both sides have.
func (m *manyDiff) both(openA, openB func() (*diffSide, error), name string) error {
	a, err := openA()
	if err != nil {
		return err
	}
	defer a.close()
	b, err := openB()
	if err != nil {
		return err
	}
	defer b.close()
	switch {
	case a.one == nil && b.one == nil:
		return m.sides(a, b, name+":")
	case a.one == nil || b.one == nil:
		return m.tell(name, func() {
			m.out.line("%s and %s: one is one array, and the other is many", a.title, b.title)
		}, map[string]any{"a": a.title, "b": b.title, "same": false})
	}
	r, err := m.compare(m.out, a.one, b.one)
	if m.compared++; err != nil || r.same() {
		return err
	}
	return m.tell(name, func() { r.print(m.out) }, r.json())
}

// tell tells of something that differs.
func (m *manyDiff) tell(name string, print func(), data map[string]any) error {
	m.differing++
	switch {
	case m.Quiet:
		return errEnough
	case m.JSON:
		data["name"] = name
		m.differ = append(m.differ, data)
	default:
		fmt.Fprintln(m.out)
		print()
	}
	return m.out.failed()
}

// sortedNames sorts as a listing of folders does: what is in a folder comes behind its name.
func sortedNames(names map[string]bool) (sorted []string) {
	for name := range names {
		sorted = append(sorted, name)
	}
	slices.SortFunc(sorted, func(a, b string) int {
		return slices.Compare(strings.Split(path.Clean(a), "/"), strings.Split(path.Clean(b), "/"))
	})
	return sorted
}
