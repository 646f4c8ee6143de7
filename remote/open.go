package remote

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/http"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/go-memoryview/memoryview/buffer"
	"github.com/go-memoryview/memoryview/internal/names"
	"github.com/go-memoryview/memoryview/remote/internal/zarr"
)

// Store is what [Open] opened: a Zarr store, or a server of this package's [Handler]. It is safe for use by many goroutines.
type Store struct {
	source  source
	cache   *cache
	options *openOptions
	ctx     context.Context // of loans, which have no other
	kind    string
	arrays  []*Array
	skipped []Skipped
}

// Skipped is an array that a store has and that cannot be read, with the reason.
type Skipped struct {
	Name string
	Err  error
}

// OpenOption says how a [Store] fetches.
type OpenOption func(*openOptions)

type openOptions struct {
	client   *http.Client
	header   http.Header
	retries  int
	backoff  time.Duration
	timeout  time.Duration
	parallel int
	cache    int
	most     int
	progress func(done, total int64)
}

// Client is the http.Client that asks, with its TLS and its proxies. Its CheckRedirect is not used: who is sent to another host does not go there.
func Client(c *http.Client) OpenOption { return func(o *openOptions) { o.client = c } }

// Header is sent with each request, such as an Authorization.
func Header(name, value string) OpenOption {
	return func(o *openOptions) { o.header.Set(name, value) }
}

// Retries says how often a request is tried again, 5 times without it, and how long to wait before the first: 100 milliseconds. It is
// twice as long before each further one, less a random part, or as long as the server asks for, but no longer than a minute. What is tried again are
// answers 429 and 5xx, and connections that failed, were cut, or stalled; where nobody could be reached yet, no more than twice.
func Retries(n int, backoff time.Duration) OpenOption {
	return func(o *openOptions) { o.retries, o.backoff = max(n, 0), max(backoff, 0) }
}

// Stalled says how long a server may send nothing before the request is given up, and tried again: 30 seconds without it.
func Stalled(d time.Duration) OpenOption { return func(o *openOptions) { o.timeout = d } }

// Parallel says how many chunks are fetched at once, 8 without it.
func Parallel(n int) OpenOption { return func(o *openOptions) { o.parallel = max(n, 1) } }

// Cache says how many bytes of decoded chunks are kept, 256 MiB without it. What is kept does not see that the store changes; 0 keeps nothing.
func Cache(bytes int) OpenOption { return func(o *openOptions) { o.cache = max(bytes, 0) } }

// MaxBytes bounds the items that one fetch returns, in bytes: 4 GiB without it, or what the address space has. Beside them, a fetch takes memory for the
// chunks that are on their way: as many as Parallel says or, where they are large, 1 GiB of them, or one.
func MaxBytes(n int) OpenOption { return func(o *openOptions) { o.most = n } }

// Progress is told after each chunk how many of those that one fetch needs are there. Calls of one fetch come one after the other.
func Progress(f func(done, total int64)) OpenOption {
	return func(o *openOptions) { o.progress = f }
}

// maxMetadata bounds the bytes of one piece of metadata.
const maxMetadata = 64 << 20

// Open opens a Zarr store of version 2 or 3, over HTTP or in a folder, or a server of [Handler]'s, whose address is that of its root. It reads
// metadata alone. Groups are read by their consolidated metadata or, in a folder, by looking; over HTTP the arrays of a group without them can be
// asked for by [Store.Array].
//
// The context is that of opening, and of loans by [Array.GetBuffer], which have no other.
//
// Errors are ErrName where there is nothing of that kind, ErrAccess, ErrMetadata, errors.ErrUnsupported with the name of a codec, type or extension that
// is not known, ErrServer for a server that does not keep its word, and those of the context, the network and the operating system.
func Open(ctx context.Context, address string, opts ...OpenOption) (*Store, error) {
	o := &openOptions{
		header: http.Header{}, retries: 5, backoff: 100 * time.Millisecond, timeout: 30 * time.Second,
		parallel: 8, cache: 256 << 20, most: int(min(4<<30, uint64(math.MaxInt))),
	}
	for _, opt := range opts {
		opt(o)
	}
	if o.client == nil {
		o.client = &http.Client{Transport: transport(o.parallel)}
	}
	s := &Store{cache: newCache(o.cache), options: o, ctx: ctx}
	var err error
	if strings.HasPrefix(address, "http://") || strings.HasPrefix(address, "https://") {
		s.source, err = openWeb(address, o)
	} else {
		s.source, err = openDisk(strings.TrimPrefix(address, "file://"))
		if err != nil {
			err = fmt.Errorf("%w: what is opened is a folder, or an address that begins with http:// or https://", err)
		}
	}
	if err == nil {
		err = s.read(ctx)
	}
	if err != nil {
		return nil, fmt.Errorf("opening %.200s: %w", address, err)
	}
	slices.SortFunc(s.arrays, func(a, b *Array) int { return strings.Compare(a.name, b.name) })
	return s, nil
}

// transport is http.DefaultTransport's kind, but for keeping as many connections as are used at once: that one closes all but two.
func transport(parallel int) http.RoundTripper {
	t, ok := http.DefaultTransport.(*http.Transport)
	if !ok { // somebody put another in its place
		return http.DefaultTransport
	}
	t = t.Clone()
	t.MaxIdleConnsPerHost = parallel
	return t
}

// read finds out what the store is.
func (s *Store) read(ctx context.Context) error {
	n, err := s.node(ctx, "")
	s.kind = n.kind
	switch {
	case errors.Is(err, errNotThere):
		s.kind = "memoryview"
		return s.readServer(ctx)
	case err != nil:
		return err
	case n.array != nil:
		s.take(zarr.Member{Array: n.array}, "")
	case n.consolidated:
		for _, m := range n.members {
			s.take(m, m.Name)
		}
	default:
		return s.look(ctx, "", 0)
	}
	return nil
}

// node is an array or a group.
type node struct {
	kind         string
	array        *zarr.Array
	members      []zarr.Member
	consolidated bool
}

// node reads the metadata at a path, in whichever version they are.
func (s *Store) node(ctx context.Context, name string) (n node, err error) {
	get := func(file string) ([]byte, error) {
		return s.source.get(ctx, join(name, file), span{}, maxMetadata)
	}
	text, err := get(zarr.NodeV3)
	if err == nil {
		n.kind = "Zarr 3"
		n.array, n.members, n.consolidated, err = zarr.ParseV3(text)
	}
	if !errors.Is(err, errNotThere) {
		return n, err
	}
	n.kind = "Zarr 2"
	if text, err = get(zarr.ConsolidatedV2); err == nil {
		n.members, err = zarr.ParseConsolidatedV2(text)
		n.consolidated = true
		return n, err
	}
	if !errors.Is(err, errNotThere) {
		return n, err
	}
	if text, err = get(zarr.ArrayV2); err == nil {
		attributes, err := get(zarr.AttributesV2)
		if err != nil && !errors.Is(err, errNotThere) {
			return n, err
		}
		n.array, err = zarr.ParseV2(text, attributes)
		return n, err
	}
	if errors.Is(err, errNotThere) {
		_, err = get(zarr.GroupV2)
	}
	return n, err
}

// take adds an array to the store, whose stored objects lie below a prefix.
func (s *Store) take(m zarr.Member, prefix string) {
	if m.Err == nil {
		if err := checkName(m.Name); err != nil {
			m.Err = &nameError{err}
		}
	}
	if m.Err != nil {
		s.skipped = append(s.skipped, Skipped{m.Name, m.Err})
		return
	}
	s.arrays = append(s.arrays, newArray(s, m.Name, prefix, m.Array))
}

// maxLooked bounds how deep folders are looked into.
const maxLooked = 32

// look finds the arrays in the folders below a group.
func (s *Store) look(ctx context.Context, below string, depth int) error {
	names, err := s.source.children(below)
	if errors.Is(err, errors.ErrUnsupported) {
		return nil
	}
	if err != nil || depth > maxLooked {
		return err
	}
	for _, name := range names {
		name = path.Join(below, name)
		n, err := s.node(ctx, name)
		switch {
		case errors.Is(err, errNotThere): // a folder of something else
		case err != nil || n.array != nil:
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			s.take(zarr.Member{Name: name, Array: n.array, Err: err}, name)
		default:
			err = s.look(ctx, name, depth+1)
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// readServer reads the listing of a server of Handler's.
func (s *Store) readServer(ctx context.Context) error {
	text, err := s.source.get(ctx, strings.Trim(infoFace, "/")+"/", span{}, maxMetadata)
	if errors.Is(err, errNotThere) {
		return fmt.Errorf("%w: neither a Zarr array, nor a group, nor a server of memoryview's", ErrName)
	}
	if err != nil {
		return err
	}
	var all struct {
		Memoryview int             `json:"memoryview"`
		Arrays     json.RawMessage `json:"arrays"`
	}
	if err := json.Unmarshal(text, &all); err != nil || all.Memoryview != 1 {
		return fmt.Errorf("%w: its listing is of another kind: %w", ErrMetadata, err)
	}
	err = zarr.Each(all.Arrays, '[', func(decoder *json.Decoder) error {
		var d Description
		if err := decoder.Decode(&d); err != nil {
			return err
		}
		s.takeListed(d)
		return nil
	})
	if err != nil {
		return fmt.Errorf("%w: its listing: %w", ErrMetadata, err)
	}
	for _, a := range s.arrays {
		a.complete = true // one that is missing is of an array that is served no more, and not zeros
	}
	return nil
}

// takeListed adds an array that a server of Handler's lists.
func (s *Store) takeListed(d Description) {
	itemSize, err := buffer.SizeFromFormat(d.Format)
	if err == nil && (d.ItemSize < itemSize || d.ItemSize < 0) {
		err = fmt.Errorf("%w: items of %d bytes with format %.40q", ErrMetadata, d.ItemSize, d.Format)
	}
	if err == nil && d.Dimensions != nil && len(d.Dimensions) != len(d.Shape) {
		err = fmt.Errorf("%w: %d names for %d dimensions", ErrMetadata, len(d.Dimensions), len(d.Shape))
	}
	var a *zarr.Array
	if err == nil {
		a, err = zarr.New(d.Format, d.ItemSize, d.Shape, d.Chunks)
	}
	if err == nil {
		a.Notes = d.Notes
	}
	if err == nil && len(d.Dimensions) > 0 {
		a.Dimensions = d.Dimensions
	}
	s.take(zarr.Member{Name: d.Name, Array: a, Err: err}, join(strings.Trim(zarr3Face, "/"), d.Name))
}

// Kind returns what the store is: "Zarr 2", "Zarr 3" or, for a server of [Handler]'s, "memoryview".
func (s *Store) Kind() string { return s.kind }

// Arrays returns the arrays that the store's metadata tell of, by name.
func (s *Store) Arrays() []*Array { return slices.Clone(s.arrays) }

// Skipped returns the arrays that cannot be read, with the reason.
func (s *Store) Skipped() []Skipped { return slices.Clone(s.skipped) }

// Array returns the array of that name; "" is the one array of a store that is, or has, one. An array that the store's metadata do not tell of is looked for
// at its path. Errors are ErrName, which tells of the names that there are, and those of [Open].
func (s *Store) Array(ctx context.Context, name string) (*Array, error) {
	for _, a := range s.arrays {
		if a.name == name || name == "" && len(s.arrays) == 1 {
			return a, nil
		}
	}
	for _, skipped := range s.skipped {
		if skipped.Name == name {
			return nil, fmt.Errorf("array %.100q of %s: %w", name, s.source, skipped.Err)
		}
	}
	a, err := s.lookUp(ctx, name)
	if err != nil {
		return nil, fmt.Errorf("array %.100q of %s: %w", name, s.source, err)
	}
	return a, nil
}

// lookUp looks for an array at its path.
func (s *Store) lookUp(ctx context.Context, name string) (*Array, error) {
	if err := checkName(name); err != nil {
		return nil, &nameError{err}
	}
	if name == "" {
		return nil, s.noSuch(name)
	}
	n, err := s.node(ctx, name)
	switch {
	case errors.Is(err, errNotThere), err == nil && n.array == nil: // nothing, or a group
		return nil, s.noSuch(name)
	case err != nil:
		return nil, err
	}
	return newArray(s, name, name, n.array), nil
}

// noSuch says what else to ask for, as far as the store tells.
func (s *Store) noSuch(name string) error {
	if len(s.arrays) == 0 {
		return fmt.Errorf("%w: the store lists none", ErrName)
	}
	all := make([]string, len(s.arrays))
	for i, a := range s.arrays {
		all[i] = a.name
	}
	return fmt.Errorf("%w: %s", ErrName, names.Advice(name, all))
}
