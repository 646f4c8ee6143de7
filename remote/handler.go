package remote

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-memoryview/memoryview/buffer"
	"github.com/go-memoryview/memoryview/remote/internal/zarr"
)

// Tree is an http.Handler of [Handler]'s.
type Tree struct {
	entries map[string]*entry
	groups  groups
	texts   map[string][]byte // JSON by its path
	listing listing
	tag     string // of this handler's, in all its tags
	slots   chan struct{}
	timeout time.Duration
	onError func(*http.Request, error)
}

// Handler returns an http.Handler that serves arrays by their names, as the package's introduction says. It holds a loan of each until Close.
//
// The errors are those of lending, ErrName for names that cannot be served or come twice, and ErrMetadata for chunks that do not fit.
func Handler(opts ...Option) (*Tree, error) {
	var tag [8]byte
	_, _ = rand.Read(tag[:])
	t := &Tree{
		entries: map[string]*entry{}, groups: newGroups(), texts: map[string][]byte{}, tag: hex.EncodeToString(tag[:]),
		slots: make(chan struct{}, 1024), timeout: 30 * time.Second,
	}
	var err error
	for _, opt := range opts {
		if err = opt(t); err != nil {
			break
		}
	}
	if err == nil {
		err = t.describe()
	}
	if err != nil {
		_ = t.Close()
		return nil, err
	}
	return t, nil
}

// Close gives the memory back. Answers that are on their way are finished; requests that come later are told that it is gone (410).
func (t *Tree) Close() error {
	var all []error
	for _, e := range t.entries {
		all = append(all, e.close())
	}
	return errors.Join(all...)
}

// add takes an entry into the tree, or leaves it out where that is allowed.
func (t *Tree) add(e *entry) error {
	err := t.check(e)
	switch {
	case err == nil:
	case e.leftOut != nil:
		_ = e.close()
		e.leftOut(e.name, err)
		return nil
	default:
		_ = e.close()
		return fmt.Errorf("serving %.100q: %w", e.name, err)
	}
	e.number = len(t.entries)
	t.entries[e.name] = e
	for name := e.name; name != ""; {
		name = parent(name)
		t.groups.names[name] = true
	}
	return nil
}

// check finds out whether an entry can be served, beside those that are there.
func (t *Tree) check(e *entry) error {
	err := checkName(e.name)
	if err == nil && t.entries[e.name] != nil {
		err = errors.New("there are two arrays of it")
	}
	if err == nil && t.groups.names[e.name] {
		err = errors.New("it is an array, and others lie below it")
	}
	for name := e.name; err == nil && name != ""; {
		if name = parent(name); t.entries[name] != nil {
			err = fmt.Errorf("%.100q is an array, and has none below it", name)
		}
	}
	if err != nil {
		return &nameError{err}
	}
	return e.prepare()
}

// parent is the group that a name lies in.
func parent(name string) string {
	return name[:max(strings.LastIndexByte(name, '/'), 0)]
}

// The faces: the first part of a path.
const (
	infoFace  = "/info/"
	bytesFace = "/bytes/"
	npyFace   = "/npy/"
	zarr2Face = "/zarr/v2/"
	zarr3Face = "/zarr/v3/"
)

// Description is what is said of one array in JSON.
type Description struct {
	Name       string   `json:"name"`
	Format     string   `json:"format"`     // of an item, in the syntax of package format
	ItemSize   int      `json:"itemsize"`   // bytes
	Shape      []int    `json:"shape"`      // items along each dimension
	Dimensions []string `json:"dimensions"` // their names
	Strides    []int    `json:"strides"`    // bytes, of the items as they are served: without gaps, in that order
	Order      string   `json:"order"`      // C or F
	NBytes     int      `json:"nbytes"`     // bytes of all items
	Chunks     []int    `json:"chunks"`     // items of a chunk of the Zarr faces along each dimension
	Writable   bool     `json:"writable"`
	Faces      []string `json:"faces"`           // the paths that serve it
	Notes      []string `json:"notes,omitempty"` // what the format does not say of the items, such as the unit of times
}

// listing is what is said of all of them.
type listing struct {
	Memoryview int           `json:"memoryview"` // the version of this protocol
	Arrays     []Description `json:"arrays"`
}

// describe writes the metadata of arrays, whose size does not depend on how many chunks there are.
func (t *Tree) describe() error {
	all := listing{Memoryview: 1, Arrays: []Description{}}
	names := []string{}
	for name := range t.entries {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		e := t.entries[name]
		faces := []string{infoFace + name, bytesFace + name}
		if e.header != nil {
			faces = append(faces, npyFace+name)
		}
		if text, err := e.grid.MarshalV2(); err == nil {
			if knownV2(e.layout.Format) {
				t.groups.v2[name] = e.grid
			}
			faces = append(faces, zarr2Face+name)
			t.texts[zarr2Face+join(name, zarr.ArrayV2)] = text
			t.texts[zarr2Face+join(name, zarr.AttributesV2)] = e.grid.AttributesTextV2()
		}
		if text, err := e.grid.MarshalV3(); err == nil {
			if knownV3(e.layout.Format) {
				t.groups.v3[name] = e.grid
			}
			faces = append(faces, zarr3Face+name)
			t.texts[zarr3Face+join(name, zarr.NodeV3)] = text
		}
		d := e.describe(faces)
		text, err := json.Marshal(d)
		if err != nil {
			return err
		}
		t.texts[infoFace+name] = text
		all.Arrays = append(all.Arrays, d)
	}
	t.listing = all
	text, err := json.Marshal(all)
	if err != nil {
		return err
	}
	t.texts["/"], t.texts[infoFace] = text, text
	return nil
}

// Arrays describes what is served, by name.
func (t *Tree) Arrays() []Description { return slices.Clone(t.listing.Arrays) }

func join(name, below string) string {
	if name == "" {
		return below
	}
	return name + "/" + below
}

func (e *entry) describe(faces []string) Description {
	l := e.layout
	strides, _ := buffer.ContiguousStrides(l.Shape, l.ItemSize, e.order())
	nbytes := l.ItemSize
	for _, n := range l.Shape {
		nbytes *= n
	}
	return Description{
		Name: e.name, Format: l.Format, ItemSize: l.ItemSize, Shape: append([]int{}, l.Shape...), Dimensions: append([]string{}, e.dimensions...),
		Strides: append([]int{}, strides...), Order: string(e.order()), NBytes: nbytes, Chunks: append([]int{}, e.chunks...), Writable: e.writable, Faces: faces, Notes: e.notes,
	}
}

// ServeHTTP answers one request.
func (t *Tree) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !t.enter(r) {
		w.Header().Set("Retry-After", "1")
		refuse(w, http.StatusServiceUnavailable, "too many requests at once: come again")
		return
	}
	defer func() { <-t.slots }()
	w.Header().Set("X-Content-Type-Options", "nosniff")
	path := r.URL.Path
	text, err := t.texts[path], error(nil)
	if text == nil {
		text, err = t.groups.text(path)
	}
	switch {
	case err != nil:
		t.fail(w, r, err)
		return
	case text != nil:
		t.serveText(w, r, text)
		return
	}
	for _, face := range []struct {
		prefix string
		serve  func(w http.ResponseWriter, r *http.Request, rest string)
	}{
		{bytesFace, t.serveBytes},
		{npyFace, t.serveNPY},
		{zarr2Face, func(w http.ResponseWriter, r *http.Request, rest string) { t.serveChunk(w, r, 2, rest) }},
		{zarr3Face, func(w http.ResponseWriter, r *http.Request, rest string) { t.serveChunk(w, r, 3, rest) }},
	} {
		if rest, ok := strings.CutPrefix(path, face.prefix); ok {
			face.serve(w, r, rest)
			return
		}
	}
	refuse(w, http.StatusNotFound, "nothing is served here")
}

// enter waits for a slot.
func (t *Tree) enter(r *http.Request) bool {
	select {
	case t.slots <- struct{}{}:
		return true
	default:
	}
	timer := time.NewTimer(t.timeout)
	defer timer.Stop()
	select {
	case t.slots <- struct{}{}:
		return true
	case <-r.Context().Done():
	case <-timer.C:
	}
	return false
}

// reads refuses methods that write.
func reads(w http.ResponseWriter, r *http.Request) bool {
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		return true
	}
	w.Header().Set("Allow", "GET, HEAD")
	refuse(w, http.StatusMethodNotAllowed, "this can be read only")
	return false
}

func (t *Tree) serveText(w http.ResponseWriter, r *http.Request, text []byte) {
	if !reads(w, r) {
		return
	}
	sum := fnv.New64a()
	_, _ = sum.Write(text)
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Etag", fmt.Sprintf(`"%s-%x"`, t.tag, sum.Sum64()))
	t.serve(w, r, &content{head: text})
}

// setTag gives what nobody writes a strong tag: that of this handler, of the array, and of its file's state. It costs no look at the items: a
// tag stands for the memory that this handler holds a loan of, and another handler has other tags.
func (t *Tree) setTag(w http.ResponseWriter, e *entry, face string) {
	w.Header().Set("Content-Type", "application/octet-stream")
	if e.version == nil {
		w.Header().Set("Cache-Control", "no-store")
		return
	}
	if version, ok := e.version(); ok {
		w.Header().Set("Etag", `"`+t.tag+"-"+strconv.Itoa(e.number)+"-"+face+"-"+version+`"`)
		w.Header().Set("Cache-Control", "no-cache")
	}
}

func (t *Tree) find(w http.ResponseWriter, name string) *entry {
	e := t.entries[name]
	if e == nil {
		refuse(w, http.StatusNotFound, "no array of that name is served")
	}
	return e
}

func (t *Tree) serveBytes(w http.ResponseWriter, r *http.Request, name string) {
	if e := t.find(w, name); e != nil && reads(w, r) {
		t.serveRun(w, r, e, nil)
	}
}

func (t *Tree) serveNPY(w http.ResponseWriter, r *http.Request, name string) {
	e := t.find(w, name)
	if e == nil || !reads(w, r) {
		return
	}
	if e.header == nil {
		refuse(w, http.StatusNotFound, "npy cannot hold items of this type")
		return
	}
	t.serveRun(w, r, e, e.header)
}

// serveRun serves all items, behind a header.
func (t *Tree) serveRun(w http.ResponseWriter, r *http.Request, e *entry, header []byte) {
	v, err := e.run()
	if err != nil {
		t.fail(w, r, err)
		return
	}
	defer v.Release()
	face := "b"
	if header != nil {
		face = "n"
	}
	t.setTag(w, e, face)
	c := newContent(header, v)
	if e.writable {
		c.locked = &e.content
	}
	t.serve(w, r, c)
}

// serveChunk serves, and where it may be takes, one chunk of an array.
func (t *Tree) serveChunk(w http.ResponseWriter, r *http.Request, version int, path string) {
	e, key := t.split(path)
	if e == nil {
		refuse(w, http.StatusNotFound, "no array of that name is served")
		return
	}
	index, ok := e.grid.ParseKey(version, key)
	if !ok {
		refuse(w, http.StatusNotFound, "the array has no such chunk, or no metadata in this version of Zarr")
		return
	}
	switch r.Method {
	case http.MethodGet, http.MethodHead:
		v, err := e.chunk(index)
		if err != nil {
			t.fail(w, r, err)
			return
		}
		defer v.Release()
		t.setTag(w, e, key)
		t.serve(w, r, newContent(nil, v))
	case http.MethodPut, http.MethodDelete:
		t.writeChunk(w, r, e, index)
	default:
		w.Header().Set("Allow", "GET, HEAD, PUT, DELETE")
		refuse(w, http.StatusMethodNotAllowed, "a chunk can be read, written and deleted")
	}
}

// split finds the array that a path begins with, and the key that follows.
func (t *Tree) split(path string) (*entry, string) {
	if e := t.entries[""]; e != nil {
		return e, path
	}
	for i, c := range path {
		if c != '/' {
			continue
		}
		if e := t.entries[path[:i]]; e != nil {
			return e, path[i+1:]
		}
	}
	return nil, ""
}

// writeChunk takes a chunk whole, or not at all.
func (t *Tree) writeChunk(w http.ResponseWriter, r *http.Request, e *entry, index []int) {
	match := strings.TrimSpace(r.Header.Get("If-Match"))
	switch {
	case !e.writable:
		refuse(w, http.StatusForbidden, "the array is read-only")
	case match != "" && match != "*", r.Header.Get("If-None-Match") != "", r.Header.Get("If-Unmodified-Since") != "":
		refuse(w, http.StatusPreconditionFailed, "what may be written has no tags and no times: the one condition that holds is If-Match: *")
	case r.Header.Get("Content-Range") != "":
		refuse(w, http.StatusBadRequest, "a chunk is written as a whole")
	case r.Header.Get("Content-Encoding") != "" && r.Header.Get("Content-Encoding") != "identity":
		refuse(w, http.StatusUnsupportedMediaType, "a chunk is written as it is, without an encoding")
	default:
		t.takeChunk(w, r, e, index)
	}
}

func (t *Tree) takeChunk(w http.ResponseWriter, r *http.Request, e *entry, index []int) {
	var data []byte
	if r.Method == http.MethodDelete {
		data = e.grid.FillChunk()
	} else {
		var status int
		var why string
		if data, status, why = t.receive(w, r, e.grid.ChunkBytes()); status != 0 {
			refuse(w, status, why)
			return
		}
	}
	if err := e.write(index, data); err != nil {
		t.fail(w, r, err)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}
