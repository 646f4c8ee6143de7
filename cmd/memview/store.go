package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/go-memoryview/memoryview/arrayfile"
	"github.com/go-memoryview/memoryview/internal/names"
	"github.com/go-memoryview/memoryview/remote"
)

// store is a server or a Zarr store, of whose arrays only those chunks are fetched that are looked at.
type store struct {
	*remote.Store
	web      webFlags
	progress *progress
	report   func(done, total int64) // of the fetch that is under way
	inMemory int                     // bytes that were fetched there
}

// zarrFiles are those by which a folder is known as a Zarr store.
var zarrFiles = []string{"zarr.json", ".zmetadata", ".zgroup", ".zarray"}

// isStore tells whether an argument names an address, or a folder that is a Zarr store.
func isStore(path string) bool {
	if isAddress(path) || path == "" {
		return path != ""
	}
	for _, name := range zarrFiles {
		if info, err := os.Stat(filepath.Join(path, name)); err == nil && info.Mode().IsRegular() {
			return true
		}
	}
	return false
}

// openStore reads what a store says of itself.
func openStore(address string, web webFlags, p *progress) (*store, error) {
	opts, err := web.asking(address)
	if err != nil {
		return nil, err
	}
	s := &store{web: web, progress: p}
	opts = append(opts, remote.Progress(func(done, total int64) { s.report(done, total) }))
	err = p.fetch(func(ctx context.Context, _ func(done, total int64)) (err error) {
		s.Store, err = remote.Open(ctx, address, opts...)
		return err
	})
	switch web := isAddress(address); {
	case err == nil:
		return s, nil
	case web && errors.Is(err, remote.ErrName):
		return nil, fmt.Errorf("%w: what is read are Zarr stores, and memview serve by its address without a path; other files come through a pipe, as in curl %s | memview -", err, address)
	case web && errors.Is(err, remote.ErrServer) && !strings.HasPrefix(address, "https"):
		return nil, fmt.Errorf("%w: the address of a server that speaks TLS begins with https://", err)
	}
	return nil, s.web.advice(err)
}

// Size returns -1: what a store takes is not said.
func (*store) Size() int64 { return -1 }

// Metadata returns nothing: what a store says, it says of its arrays.
func (*store) Metadata() map[string]string { return nil }

// Close returns nothing: there is nothing to close.
func (*store) Close() error { return nil }

// Arrays returns those that the store's metadata tell of.
func (s *store) Arrays() []held {
	var all []held
	for _, a := range s.Store.Arrays() {
		all = append(all, &fetched{a, s})
	}
	return all
}

// Under returns those below a name, as files do.
func (s *store) Under(name string) (below []held) {
	for _, a := range s.Arrays() {
		if names.IsUnder(a.Name(), name) {
			below = append(below, a)
		}
	}
	return below
}

// Skipped returns those that cannot be read.
func (s *store) Skipped() (all []arrayfile.Skipped) {
	for _, skipped := range s.Store.Skipped() {
		all = append(all, arrayfile.Skipped{Name: skipped.Name, Err: skipped.Err})
	}
	return all
}

// Array returns one, which the store's metadata need not tell of.
func (s *store) Array(name string) (held, error) {
	var a *remote.Array
	err := s.progress.fetch(func(ctx context.Context, _ func(done, total int64)) (err error) {
		a, err = s.Store.Array(ctx, name)
		return err
	})
	switch {
	case err == nil:
		return &fetched{a, s}, nil
	case errors.Is(err, remote.ErrName) && name == "" && len(s.Store.Arrays()) == 0:
		return nil, fmt.Errorf("%w: what it holds is not listed: name an array behind a colon, as in URL:NAME", err)
	}
	return nil, s.web.advice(err)
}

// fetch fetches items, and shows how far it is.
func (s *store) fetch(fetch func(ctx context.Context) error) error {
	err := s.progress.fetch(func(ctx context.Context, report func(done, total int64)) error {
		s.report = report
		return fetch(ctx)
	})
	return s.web.advice(err)
}
