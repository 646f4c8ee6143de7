package main

import (
	"fmt"
	"slices"
	"sync"

	"github.com/go-memoryview/memoryview"
	"github.com/go-memoryview/memoryview/arrayfile"
)

// What is kept of arrays that were looked at. A copy is what a compressed array was unpacked to.
const (
	mostKept   = 64
	mostCopied = 1 << 30 // bytes; one array is kept, whatever its size
)

// shelf holds files open, and views of the arrays that were looked at lately.
type shelf struct {
	files []shelved
	faces map[string]bool // what programs read, by its name there; set before anybody asks
	mu    sync.Mutex
	kept  []*kept // the one used last comes last
}

type shelved struct {
	target
	*arrayfile.File

	raw rawFlags
}

// kept is a view of one array, made by the first who needs it while the others wait.
type kept struct {
	file  int
	array *arrayfile.Array
	open  func() (*memoryview.View, error)

	users int              // who wait for the view, or take theirs from it
	whole *memoryview.View // nil until it is there
}

// openShelf opens all files, or none.
func openShelf(names []string, raw rawFlags) (*shelf, error) {
	if len(names) == 0 {
		names = []string{""}
	}
	s := &shelf{}
	for _, name := range names {
		if isStore(name) {
			s.Close()
			return nil, fmt.Errorf("%s: files are served: make one of it by memview convert, or open the page of the server itself", name)
		}
		t := target{path: name}
		f, err := t.openFile(raw.options())
		if err != nil {
			s.Close()
			return nil, err
		}
		s.files = append(s.files, shelved{t, f, raw})
	}
	return s, nil
}

// view gives a view of a whole array, which the caller releases.
func (s *shelf) view(file int, a *arrayfile.Array) (*memoryview.View, error) {
	k := s.enter(file, a)
	whole, err := k.open()
	s.mu.Lock()
	defer s.mu.Unlock()
	k.users--
	if err != nil {
		s.kept = slices.DeleteFunc(s.kept, func(other *kept) bool { return other == k }) // the next may have more luck
		return nil, err
	}
	k.whole = whole
	v, err := whole.Select("...")
	s.trim()
	return v, err
}

// enter finds what is kept of an array, and makes it the one used last.
func (s *shelf) enter(file int, a *arrayfile.Array) *kept {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := slices.IndexFunc(s.kept, func(k *kept) bool { return k.file == file && k.array == a })
	if i < 0 {
		open := func() (*memoryview.View, error) { return s.files[file].View(a.Name()) }
		i, s.kept = len(s.kept), append(s.kept, &kept{file: file, array: a, open: sync.OnceValues(open)})
	}
	k := s.kept[i]
	s.kept = append(slices.Delete(s.kept, i, i+1), k)
	k.users++
	return k
}

// trim gives back what was not used for longest, until no more is kept than may be.
func (s *shelf) trim() {
	copied := 0
	for i := len(s.kept) - 1; i >= 0; i-- {
		k := s.kept[i]
		if k.array.Copied() {
			copied = min(copied+min(k.array.NBytes(), mostCopied+1), mostCopied+1)
		}
		tooMany := len(s.kept)-i > mostKept || k.array.Copied() && copied > mostCopied
		if tooMany && k.users == 0 && i < len(s.kept)-1 {
			k.whole.Release()
			s.kept = slices.Delete(s.kept, i, i+1)
		}
	}
}

// Close gives everything back. Views that were handed out live on.
func (s *shelf) Close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, k := range s.kept {
		if k.whole != nil {
			k.whole.Release()
		}
	}
	s.kept = nil
	for _, f := range s.files {
		f.Close()
	}
}
