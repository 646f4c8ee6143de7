package main

import (
	"fmt"
	"net/http"
	"path/filepath"
	"strings"

	"github.com/go-memoryview/memoryview"
	"github.com/go-memoryview/memoryview/arrayfile"
	"github.com/go-memoryview/memoryview/remote"
)

// facePaths lead to the arrays as data, below the names that files have there.
var facePaths = []string{"/info/", "/bytes/", "/npy/", "/zarr/"}

// mostFaced bounds the requests for data that are answered at once. More wait in line.
const mostFaced = 256

// newFaces makes of the files on a shelf what programs read. What cannot be named there is left out, and told.
func newFaces(files *shelf, leftOut func(name string, err error), failed func(error)) (*remote.Tree, error) {
	opts := []remote.Option{
		remote.Concurrent(mostFaced),
		remote.OnError(func(r *http.Request, err error) { failed(fmt.Errorf("%s: %w", r.URL.Path, err)) }),
	}
	for i, name := range files.names() {
		view := func(a *arrayfile.Array) (*memoryview.View, error) { return files.view(i, a) }
		opts = append(opts, remote.File(name, files.files[i].File, remote.Through(view), remote.LeaveOut(leftOut)))
	}
	tree, err := remote.Handler(opts...)
	if err != nil {
		return nil, err
	}
	files.faces = map[string]bool{}
	for _, a := range tree.Arrays() {
		files.faces[a.Name] = true
	}
	return tree, nil
}

// face is an array's name for programs; "" where they do not see it.
func (s *shelf) face(file int, array string) string {
	name := strings.Trim(s.names()[file]+"/"+array, "/")
	if !s.faces[name] {
		return ""
	}
	return name
}

// names are those of the files for programs: without folders and, where two would have the same, with a number, in the order of the arguments.
func (s *shelf) names() []string {
	names, taken := make([]string, len(s.files)), map[string]bool{}
	for i, f := range s.files {
		base := f.baseName()
		names[i] = base
		for n := 2; taken[names[i]]; n++ {
			ending := filepath.Ext(base)
			names[i] = fmt.Sprintf("%s-%d%s", strings.TrimSuffix(base, ending), n, ending)
		}
		taken[names[i]] = true
	}
	return names
}

// baseName is the last part of the file's name.
func (t target) baseName() string {
	switch t.path {
	case "":
		return sampleName
	case standardInput:
		return "stdin"
	}
	return filepath.Base(strings.TrimPrefix(t.path, segmentPrefix))
}
