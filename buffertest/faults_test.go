package buffertest

import (
	"errors"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"unsafe"

	"github.com/go-memoryview/memoryview/buffer"
)

// frame is a healthy exporter of a few bytes in one dimension, from which those with a fault are made.
type frame struct {
	mem    []byte
	layout buffer.Layout
	loans  atomic.Int64
}

func newFrame() *frame {
	return &frame{mem: []byte("abcdefgh"), layout: buffer.Layout{ItemSize: 1, Format: "B", Shape: []int{4}}}
}

// newGaps has every second byte of the memory.
func newGaps() *frame {
	f := newFrame()
	f.layout.Strides = []int{2}
	return f
}

func (f *frame) memory() buffer.Memory {
	f.loans.Add(1)
	return buffer.Memory{Base: unsafe.Pointer(&f.mem[0]), Size: len(f.mem), Obj: f, Release: func() { f.loans.Add(-1) }}
}

// lend lends the memory, and counts no loan that was refused.
func (f *frame) lend(m buffer.Memory, flags buffer.Flags) (*buffer.Buffer, error) {
	b, err := m.Lend(0, f.layout, flags)
	if err != nil && m.Release != nil {
		m.Release()
	}
	return b, err
}

func (f *frame) GetBuffer(flags buffer.Flags) (*buffer.Buffer, error) {
	return f.lend(f.memory(), flags)
}

func (f *frame) Loans() int { return int(f.loans.Load()) }

// with is a frame with a GetBuffer of another kind.
type with struct {
	*frame
	get func(flags buffer.Flags) (*buffer.Buffer, error)
}

func (w with) GetBuffer(flags buffer.Flags) (*buffer.Buffer, error) { return w.get(flags) }

// resized is a frame that can be resized.
type resized struct {
	with
	resize func(n int) error
}

func (r resized) Len() int           { return len(r.mem) }
func (r resized) Resize(n int) error { return r.resize(n) }

// exporters makes exporters that answer by get, each with a frame of its own.
func exporters(get func(f *frame, flags buffer.Flags) (*buffer.Buffer, error)) func() buffer.Exporter {
	return func() buffer.Exporter {
		f := newFrame()
		return with{f, func(flags buffer.Flags) (*buffer.Buffer, error) { return get(f, flags) }}
	}
}

// faults are exporters with one fault each, and the duty that it breaks.
var faults = map[string]struct {
	make   func() buffer.Exporter
	broken *duty
}{
	"is none":            {func() buffer.Exporter { return nil }, answers},
	"refuses everything": {exporters(func(*frame, buffer.Flags) (*buffer.Buffer, error) { return nil, buffer.ErrValue }), serves},
	"answers nothing":    {exporters(func(*frame, buffer.Flags) (*buffer.Buffer, error) { return nil, nil }), answers},
	"panics":             {exporters(func(*frame, buffer.Flags) (*buffer.Buffer, error) { panic("no") }), answers},
	"answers nothing to a simple request": {exporters(func(f *frame, flags buffer.Flags) (*buffer.Buffer, error) {
		if flags == buffer.Simple {
			return nil, nil
		}
		return f.GetBuffer(flags)
	}), answers},
	"answers twice": {exporters(func(f *frame, flags buffer.Flags) (*buffer.Buffer, error) {
		b, err := f.GetBuffer(flags)
		if err != nil {
			b, _ = f.GetBuffer(buffer.FullRO)
		}
		return b, err
	}), answers},
	"lends what has ended": {exporters(func(f *frame, flags buffer.Flags) (*buffer.Buffer, error) {
		b, err := f.GetBuffer(flags)
		if err == nil {
			err = b.Release()
		}
		return b, err
	}), answers},
	"minds no flags": {func() buffer.Exporter {
		f := newGaps()
		return with{f, func(buffer.Flags) (*buffer.Buffer, error) { return f.GetBuffer(buffer.FullRO) }}
	}, refuses},
	"serves what is no request": {exporters(func(f *frame, flags buffer.Flags) (*buffer.Buffer, error) {
		if flags == buffer.Read || flags == buffer.Write {
			flags = buffer.Simple
		}
		return f.GetBuffer(flags)
	}), refuses},
	"refuses Fortran order": {exporters(func(f *frame, flags buffer.Flags) (*buffer.Buffer, error) {
		if flags.Has(buffer.FContiguous) {
			return nil, buffer.ErrNotContiguous
		}
		return f.GetBuffer(flags)
	}), serves},
	"lends once at a time": {exporters(func(f *frame, flags buffer.Flags) (*buffer.Buffer, error) {
		if f.Loans() > 0 {
			return nil, buffer.ErrExported
		}
		return f.GetBuffer(flags)
	}), serves},
	"names another reason": {func() buffer.Exporter {
		f := newGaps()
		return with{f, func(flags buffer.Flags) (*buffer.Buffer, error) {
			b, err := f.GetBuffer(flags)
			if errors.Is(err, buffer.ErrNotContiguous) {
				err = buffer.ErrReadOnly
			}
			return b, err
		}}
	}, says},
	"has errors of its own": {exporters(func(f *frame, flags buffer.Flags) (*buffer.Buffer, error) {
		if flags == buffer.Write {
			return nil, errors.New("no")
		}
		return f.GetBuffer(flags)
	}), says},
	"refuses bits that it does not know": {exporters(func(f *frame, flags buffer.Flags) (*buffer.Buffer, error) {
		if flags >= 0x400 {
			return nil, buffer.ErrValue
		}
		return f.GetBuffer(flags)
	}), ignores},
	"takes a part of a flag for it": {func() buffer.Exporter {
		f := newFrame()
		f.layout.Shape, f.layout.Strides = []int{2, 2}, []int{2, 1}
		return with{f, func(flags buffer.Flags) (*buffer.Buffer, error) {
			if flags&0x40 != 0 {
				flags |= buffer.FContiguous
			}
			return f.GetBuffer(flags)
		}}
	}, ignores},
	"lends other memory to writers": {exporters(func(f *frame, flags buffer.Flags) (*buffer.Buffer, error) {
		if flags.Has(buffer.Writable) {
			return buffer.Get([]byte("wxyz"), flags)
		}
		return f.GetBuffer(flags)
	}), stays},
	"has another shape for each": {exporters(func(f *frame, flags buffer.Flags) (*buffer.Buffer, error) {
		g := *newFrame()
		g.mem, g.layout.Shape = f.mem, []int{4 - f.Loans()}
		f.loans.Add(1)
		m := f.memory()
		m.Release = func() { f.loans.Add(-2) }
		return g.lend(m, flags)
	}), stays},
	"has another format for those who read strides": {exporters(func(f *frame, flags buffer.Flags) (*buffer.Buffer, error) {
		g := &frame{mem: f.mem, layout: f.layout}
		if flags.Has(buffer.FContiguous) {
			g.layout.Format = "b"
		}
		return g.lend(f.memory(), flags)
	}), stays},
	"lends copies": {exporters(func(f *frame, flags buffer.Flags) (*buffer.Buffer, error) {
		m := f.memory()
		m.Base = unsafe.Pointer(&[]byte(string(f.mem))[0])
		return f.lend(m, flags)
	}), writes},
	"lends copies to readers": {exporters(func(f *frame, flags buffer.Flags) (*buffer.Buffer, error) {
		m := f.memory()
		if !flags.Has(buffer.Writable) {
			m.Base = unsafe.Pointer(&[]byte(string(f.mem))[0])
		}
		return f.lend(m, flags)
	}), writes},
	"has writers who cannot write": {exporters(func(f *frame, flags buffer.Flags) (*buffer.Buffer, error) {
		m := f.memory()
		m.ReadOnly = true
		return f.lend(m, flags&^buffer.Writable)
	}), writes},
	"lets some write who did not ask": {exporters(func(f *frame, flags buffer.Flags) (*buffer.Buffer, error) {
		m := f.memory()
		m.ReadOnly = !flags.Has(buffer.Writable) && flags.Has(buffer.Strides)
		return f.lend(m, flags)
	}), chooses},
	"has one loan for all": {func() buffer.Exporter {
		f := newFrame()
		b, err := f.GetBuffer(buffer.FullRO)
		return with{f, func(buffer.Flags) (*buffer.Buffer, error) { return b, err }}
	}, answers},
	"has one loan at a time for all": {func() buffer.Exporter {
		f, last := newFrame(), new(buffer.Buffer)
		return with{f, func(flags buffer.Flags) (b *buffer.Buffer, err error) {
			if !last.Released() {
				return last, nil
			}
			if b, err = f.GetBuffer(flags); err == nil {
				last = b
			}
			return b, err
		}}
	}, independent},
	"lends what nobody can release": {func() buffer.Exporter {
		f := newFrame()
		b, err := f.GetBuffer(buffer.FullRO)
		return with{f, func(flags buffer.Flags) (*buffer.Buffer, error) {
			if err != nil || flags == buffer.Read || flags == buffer.Write {
				return nil, buffer.ErrValue
			}
			return b.Borrow(), nil
		}}
	}, independent},
	"takes its memory away when it is collected": {func() buffer.Exporter {
		f := newFrame()
		w := &with{frame: f, get: func(flags buffer.Flags) (*buffer.Buffer, error) {
			m := f.memory()
			return f.lend(m, flags)
		}}
		runtime.AddCleanup(w, func(mem []byte) { clear(mem) }, f.mem)
		return w
	}, outlives},
	"takes its memory away at the first release": {exporters(func(f *frame, flags buffer.Flags) (*buffer.Buffer, error) {
		m := f.memory()
		end := m.Release
		m.Release = func() {
			if end(); f.Loans() > 0 {
				clear(f.mem)
			}
		}
		return f.lend(m, flags)
	}), outlives},
	"does not count": {exporters(func(f *frame, flags buffer.Flags) (*buffer.Buffer, error) {
		m := f.memory()
		m.Release()
		m.Release = nil
		return f.lend(m, flags)
	}), counts},
	"counts loans twice": {exporters(func(f *frame, flags buffer.Flags) (*buffer.Buffer, error) {
		f.loans.Add(1)
		m := f.memory()
		m.Release = func() { f.loans.Add(-2) }
		return f.lend(m, flags)
	}), counts},
	"counts what it refuses": {exporters(func(f *frame, flags buffer.Flags) (*buffer.Buffer, error) {
		b, err := f.GetBuffer(flags)
		if err != nil {
			f.loans.Add(1)
		}
		return b, err
	}), frees},
	"hears of no release": {exporters(func(f *frame, flags buffer.Flags) (*buffer.Buffer, error) {
		m := f.memory()
		m.Release = nil
		return f.lend(m, flags)
	}), frees},
	"keeps its loans alive": {func() buffer.Exporter {
		f := newFrame()
		var mu sync.Mutex
		all := map[*buffer.Buffer]bool{}
		return with{f, func(flags buffer.Flags) (*buffer.Buffer, error) {
			b, err := f.GetBuffer(flags)
			mu.Lock()
			defer mu.Unlock()
			for old := range all {
				if old.Released() {
					delete(all, old)
				}
			}
			if err == nil {
				all[b] = true
			}
			return b, err
		}}
	}, frees},
	"keeps what has ended": {func() buffer.Exporter {
		f := newFrame()
		var mu sync.Mutex
		var all []*buffer.Buffer
		return with{f, func(flags buffer.Flags) (*buffer.Buffer, error) {
			b, err := f.GetBuffer(flags)
			mu.Lock()
			defer mu.Unlock()
			all = append(all, b)
			return b, err
		}}
	}, leaves},
	"leaves goroutines": {exporters(func(f *frame, flags buffer.Flags) (*buffer.Buffer, error) {
		stop := make(chan bool)
		go func() { <-stop }()
		m := f.memory()
		end := m.Release
		m.Release = func() { end(); _ = stop }
		return f.lend(m, flags)
	}), leaves},
	"is resized while it lends": {func() buffer.Exporter {
		f := newFrame()
		return resized{with{f, f.GetBuffer}, func(n int) error {
			f.mem = append(make([]byte, 0, n), f.mem...)[:n]
			return nil
		}}
	}, counts},
	"refuses to be resized by another error": {func() buffer.Exporter {
		f := newFrame()
		return resized{with{f, f.GetBuffer}, func(n int) error {
			if f.Loans() > 0 {
				return buffer.ErrValue
			}
			f.mem = append(make([]byte, 0, n), f.mem...)[:n]
			return nil
		}}
	}, counts},
	"cannot be resized any more": {func() buffer.Exporter {
		f := newFrame()
		lent := false
		get := func(flags buffer.Flags) (*buffer.Buffer, error) {
			lent = true
			return f.GetBuffer(flags)
		}
		return resized{with{f, get}, func(int) error {
			if lent {
				return buffer.ErrExported
			}
			return nil
		}}
	}, frees},
	"serves one goroutine at a time": {func() buffer.Exporter {
		f := newFrame()
		var busy sync.Mutex
		return with{f, func(flags buffer.Flags) (*buffer.Buffer, error) {
			if !busy.TryLock() {
				return nil, buffer.ErrExported
			}
			defer busy.Unlock()
			for range 10 {
				runtime.Gosched()
			}
			return f.GetBuffer(flags)
		}}
	}, shares},
}

// TestFindsFaults gives the suite exporters with one fault each. A suite that found nothing would be worth nothing.
func TestFindsFaults(t *testing.T) {
	defer func(tries int) { patience = tries }(patience)
	patience = 5
	broken := map[*duty]bool{}
	for name, fault := range faults {
		broken[fault.broken] = true
		t.Run(name, func(t *testing.T) {
			var all []error
			for _, c := range checks {
				if c.name != "threads" || fault.broken == shares { // what others do wrong would be a race too
					all = append(all, c.of(fault.make))
				}
			}
			err := errors.Join(all...)
			if err == nil || !strings.Contains(err.Error(), fault.broken.text) || !strings.Contains(err.Error(), fault.broken.written) {
				t.Errorf("an exporter that %s is not found to break %q: %v", name, fault.broken.text, err)
			}
		})
	}
	for _, d := range []*duty{answers, serves, refuses, says, ignores, stays, chooses, writes, independent, outlives, counts, frees, leaves, shares} {
		if !broken[d] {
			t.Errorf("no exporter breaks %q", d.text)
		}
	}
}

// TestFindsNothingElse puts the healthy exporters through the suite, from which the others are made.
func TestFindsNothingElse(t *testing.T) {
	t.Run("frame", func(t *testing.T) { Test(t, func() buffer.Exporter { return newFrame() }) })
	t.Run("gaps", func(t *testing.T) { Test(t, func() buffer.Exporter { return newGaps() }) })
	t.Run("resized", func(t *testing.T) {
		Test(t, func() buffer.Exporter {
			f := newFrame()
			return resized{with{f, f.GetBuffer}, func(n int) error {
				if f.Loans() > 0 {
					return buffer.ErrExported
				}
				f.mem = append(make([]byte, 0, n), f.mem...)[:n]
				return nil
			}}
		})
	})
	if err := TestExporter(newFrame()); err != nil {
		t.Error(err)
	}
	if err := TestExporter(nil); err == nil {
		t.Error("no exporter is one")
	}
}
