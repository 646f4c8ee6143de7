package main

import (
	"github.com/go-memoryview/memoryview"
	"github.com/go-memoryview/memoryview/arrayfile"
	"github.com/go-memoryview/memoryview/buffer"
)

// holding is what an argument names: a file of arrays, or a store that they are fetched from.
type holding interface {
	Kind() string
	Size() int64 // in bytes; -1 where nobody knows
	Metadata() map[string]string
	Arrays() []held
	Skipped() []arrayfile.Skipped
	Under(name string) []held
	Array(name string) (held, error)
	Close() error
}

// held is one of its arrays, known by what is said of it.
type held interface {
	Name() string
	Layout() buffer.Layout
	NBytes() int
	Order() buffer.Order
	Notes() []string
	ItemNotes() []string // those that hold for the items wherever they are
	Offset() int64
	Copied() bool

	// take makes a view of the array or, where items are fetched, of the part that the first steps name. Left are the steps to go.
	take(t target, field string) (v *memoryview.View, left string, err error)
}

// onDisk is a file of this machine.
type onDisk struct{ *arrayfile.File }

func (f onDisk) Arrays() []held { return f.held(f.File.Arrays()) }

func (f onDisk) Under(name string) []held { return f.held(f.File.Under(name)) }

func (f onDisk) held(arrays []*arrayfile.Array) []held {
	all := make([]held, len(arrays))
	for i, a := range arrays {
		all[i] = mapped{a, f.File}
	}
	return all
}

func (f onDisk) Array(name string) (held, error) {
	a, err := f.File.Array(name)
	if err != nil {
		return nil, err
	}
	return mapped{a, f.File}, nil
}

// mapped is an array of a file.
type mapped struct {
	*arrayfile.Array
	file *arrayfile.File
}

func (a mapped) take(t target, _ string) (v *memoryview.View, left string, err error) {
	v, err = a.file.View(a.Name())
	return v, t.steps, err
}
