package remote

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-memoryview/memoryview"
	"github.com/go-memoryview/memoryview/arrayfile"
	"github.com/go-memoryview/memoryview/buffer"
	"github.com/go-memoryview/memoryview/remote/internal/zarr"
)

// Option says what [Handler] serves, and how.
type Option func(*Tree) error

// View serves what lends its memory under a name: a view, another exporter, or a plain Go value. Names with slashes make a tree. The
// name "" is that of a single array, which is then the whole tree.
func View(name string, obj any, opts ...ArrayOption) Option {
	return func(t *Tree) error {
		e := newEntry(name, opts)
		flags := buffer.FullRO
		if e.writable {
			flags = buffer.Full
		}
		loan, err := buffer.Get(obj, flags)
		if err != nil {
			return fmt.Errorf("serving %.100q: %w", name, err)
		}
		v, err := memoryview.FromBuffer(loan)
		_ = loan.Release() // the view has its own share
		if err != nil {
			return fmt.Errorf("serving %.100q: %w", name, err)
		}
		e.layout, e.view = v.Buffer().Layout(), v
		if !e.writable && v.Buffer().Immutable() {
			e.version = func() (string, bool) { return "", true }
		}
		return t.add(e)
	}
}

// File serves all arrays of a file below a name, or with the name "" at the root: a file of one array under that name itself. An
// array is mapped, or where it is compressed read, when it is first asked for, and for Writable, which wants a file that is opened so, at once. The file
// must stay open until then. What arrayfile.Array.ItemNotes says of them is told to a Store, too.
func File(name string, f *arrayfile.File, opts ...ArrayOption) Option {
	return func(t *Tree) error {
		for _, a := range f.Arrays() {
			e := newEntry(strings.Trim(name+"/"+a.Name(), "/"), opts)
			e.layout, e.notes = a.Layout(), a.ItemNotes()
			e.open = func() (*memoryview.View, error) { return memoryview.FromObject(a) }
			if through := e.through; through != nil {
				e.open = func() (*memoryview.View, error) { return through(a) }
			}
			if !e.writable {
				e.version = func() (string, bool) { return fileVersion(f) }
			}
			if err := t.add(e); err != nil {
				return err
			}
			if e.writable && t.entries[e.name] == e { // or the first request would find out that it is not
				v, err := e.lend()
				if err != nil {
					return fmt.Errorf("serving %.100q: %w", e.name, err)
				}
				_ = v.Release()
			}
		}
		return nil
	}
}

// fileVersion tells one state of a file from another, as far as the system tells.
func fileVersion(f *arrayfile.File) (string, bool) {
	info, err := f.Stat()
	if err != nil {
		return "", false
	}
	return strconv.FormatInt(info.Size(), 16) + "-" + strconv.FormatInt(info.ModTime().UnixNano(), 16), true
}

// Concurrent bounds how many requests are answered at once, 1,024 without it. Others wait in line for as long as Timeout says, and are
// then told to come again (503).
func Concurrent(requests int) Option {
	return func(t *Tree) error {
		if requests < 1 {
			return fmt.Errorf("%w: %d requests at once", buffer.ErrValue, requests)
		}
		t.slots = make(chan struct{}, requests)
		return nil
	}
}

// Timeout bounds how long a client may take for each piece of an answer, or of what it sends, of 256 KiB or less: 30 seconds without it. One
// that stalls for longer is cut off. One that takes a piece in less than 1/64 of that gets the next twice as large, up to 4 MiB.
func Timeout(d time.Duration) Option {
	return func(t *Tree) error {
		if d <= 0 {
			return fmt.Errorf("%w: a timeout of %v", buffer.ErrValue, d)
		}
		t.timeout = d
		return nil
	}
}

// OnError is told why a request failed on our side, which the client is not: messages may name files. Many goroutines may call it at once.
func OnError(f func(r *http.Request, err error)) Option {
	return func(t *Tree) error { t.onError = f; return nil }
}

// ArrayOption says how one array, or all of a file, are served.
type ArrayOption func(*entry)

// Chunks gives the shape of the chunks that the Zarr faces cut, in items, one extent for each dimension. Without it chunks are whole rows,
// and have at most 4 MiB where a row is no larger.
func Chunks(shape ...int) ArrayOption {
	return func(e *entry) { e.chunks = slices.Clone(shape) }
}

// Dimensions names the dimensions, as xarray wants it: what has the same name in several arrays has the same extent. Without it those of an array
// temperature are temperature_dim_0 and so on.
func Dimensions(names ...string) ArrayOption {
	return func(e *entry) { e.dimensions = slices.Clone(names) }
}

// Writable lets clients write whole chunks (PUT), and set them to zeros (DELETE). The memory must be writable. A chunk is written whole or not
// at all, and no reader of the same handler sees a part of it.
func Writable() ArrayOption {
	return func(e *entry) { e.writable = true }
}

// LeaveOut lets what cannot be served be left out, such as an array whose name no path can hold, and is told of each. Without it, that is
// an error of [Handler].
func LeaveOut(f func(name string, err error)) ArrayOption {
	return func(e *entry) { e.leftOut = f }
}

// Through has views of a file's arrays taken from a function with every request, and released after it. Without it, one view of each array that was
// asked for is kept until Close: for a compressed array, that is a copy.
func Through(open func(a *arrayfile.Array) (*memoryview.View, error)) ArrayOption {
	return func(e *entry) { e.through = open }
}

// checkName refuses what no path of a URL, or no Zarr store, can hold.
func checkName(name string) error {
	if name == "" {
		return nil
	}
	for part := range strings.SplitSeq(name, "/") {
		switch {
		case part == "" || part == "." || part == "..":
			return errors.New("parts between slashes are neither empty nor dots")
		case strings.HasPrefix(part, "__") || zarr.IsMetadata(part):
			return fmt.Errorf("%.100q means something else in Zarr", part)
		case strings.ToValidUTF8(part, "") != part || strings.ContainsFunc(part, func(r rune) bool { return r < ' ' || r == '\\' || r == 0x7f }):
			return errors.New("letters are UTF-8, and no control characters or backslashes")
		}
	}
	return nil
}
