package remote

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
)

// source is where stored objects are read from.
type source interface {
	// get returns the bytes of an object that the span says. One that is not there is errNotThere, one that is longer than the limit ErrServer.
	get(ctx context.Context, key string, s span, limit int) ([]byte, error)
	// children lists the folders below a path; errors.ErrUnsupported where that cannot be found out.
	children(path string) ([]string, error)
	// String names it, for messages.
	String() string
}

var errNotThere = errors.New("there is no such object")

// span is part of an object: size bytes from an offset on or, with fromEnd, at its end. The zero span is all of it.
type span struct {
	offset, size int64
	fromEnd      bool
}

func (s span) whole() bool { return s.size == 0 }

// disk is a folder. Nothing outside it is read, whatever keys and links there are.
type disk struct {
	root *os.Root
	name string
}

func openDisk(name string) (*disk, error) {
	root, err := os.OpenRoot(name)
	if err != nil {
		return nil, err
	}
	return &disk{root, name}, nil
}

func (d *disk) String() string { return d.name }

func (d *disk) get(ctx context.Context, key string, s span, limit int) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	info, err := d.root.Stat(key) // before opening it: opening a device may do things
	if errors.Is(err, fs.ErrNotExist) {
		return nil, errNotThere
	}
	if err == nil && !info.Mode().IsRegular() {
		if info.IsDir() {
			return nil, errNotThere // a chunk's key may be that of the folder of others
		}
		err = fmt.Errorf("%w: it is no regular file", ErrServer)
	}
	if err != nil {
		return nil, err
	}
	f, err := d.root.Open(key)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if info, err = f.Stat(); err != nil { // of what was opened: another may have been put in its place
		return nil, err
	}
	switch {
	case s.whole():
		s.size = info.Size()
	case s.fromEnd:
		s.offset = info.Size() - s.size
	}
	if s.size > int64(limit) {
		return nil, fmt.Errorf("%w: it has %d bytes, where at most %d have a meaning", ErrServer, s.size, limit)
	}
	if s.offset < 0 || s.offset+s.size > info.Size() {
		return nil, fmt.Errorf("%w: it has %d bytes, and %d from byte %d on are needed", ErrServer, info.Size(), s.size, s.offset)
	}
	data := make([]byte, s.size)
	if _, err := io.ReadFull(io.NewSectionReader(f, s.offset, s.size), data); err != nil {
		return nil, err
	}
	return data, nil
}

func (d *disk) children(below string) ([]string, error) {
	entries, err := fs.ReadDir(d.root.FS(), path.Join(".", below))
	var names []string
	for _, e := range entries {
		if e.IsDir() && checkName(e.Name()) == nil {
			names = append(names, e.Name())
		}
	}
	return names, err
}
