package shm_test

import (
	"bytes"
	"errors"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/go-memoryview/memoryview/buffer"
	"github.com/go-memoryview/memoryview/internal/closetest"
	"github.com/go-memoryview/memoryview/shm"
)

const closingItems = 3000 // more than a page, not whole pages

func TestLifetimes(t *testing.T) {
	closetest.InProcesses(t, map[string]func(*testing.T){"CloseAgainstAccess": closeAgainstAccess})
}

func whole(ok bool) error {
	if !ok {
		return errors.New("an answer that is not whole")
	}
	return nil
}

var closingBytes = bytes.Repeat([]byte{1}, 4*closingItems)

func wholeItems(mem []byte, err error) error {
	return errors.Join(err, whole(err != nil || bytes.Equal(mem, closingBytes)))
}

// Operations answer whole, or with os.ErrClosed. Each runs in a loop while the segment is closed.
var operations = map[string]func(s *shm.Segment) error{
	"Close": func(s *shm.Segment) error { return s.Close() },
	"GetBuffer": func(s *shm.Segment) error {
		b, err := s.GetBuffer(buffer.FullRO)
		if err != nil {
			return err
		}
		packed := make([]byte, b.Len())
		err = b.ToContiguous(packed, buffer.C)
		return errors.Join(wholeItems(packed, err), b.Release())
	},
	"Layout": func(s *shm.Segment) error { return whole(s.Layout().Shape[0] == closingItems) },
	"Name":   func(s *shm.Segment) error { return whole(strings.HasPrefix(s.Name(), prefix)) },
	"Named": func(s *shm.Segment) error {
		named, err := s.Named()
		return errors.Join(err, whole(err != nil || named))
	},
	"Publish": func(s *shm.Segment) error {
		if err := s.Publish(); !errors.Is(err, buffer.ErrValue) {
			return err
		}
		return nil // it was published
	},
	"Size": func(s *shm.Segment) error { return whole(s.Size() > 4*closingItems) },
	"View": func(s *shm.Segment) error {
		v, err := s.View()
		if err != nil {
			return err
		}
		return errors.Join(wholeItems(v.ToBytes(buffer.C)), v.Release())
	},
}

// TestEveryOperationIsRaced fails when an operation is new, and nobody has put it into the table above.
func TestEveryOperationIsRaced(t *testing.T) {
	closetest.EveryMethod[*shm.Segment](t, operations)
}

// closeAgainstAccess closes segments while every operation of theirs, and of views that were taken before, is in a loop.
func closeAgainstAccess(t *testing.T) {
	for range closetest.Rounds(1) {
		made := published(t, closingItems, 0x01010101)
		raceClose(t, must(shm.Open(made.Name())))
		raceClose(t, must(shm.Open(made.Name(), shm.Writable())))
		raceClose(t, made)
		check(shm.Remove(made.Name()))
	}
}

func raceClose(t *testing.T, s *shm.Segment) {
	view := must(s.View())
	var over atomic.Bool
	var started, wait sync.WaitGroup
	loop := func(name string, do func(s *shm.Segment) error, refusal error) {
		started.Add(1)
		wait.Go(func() {
			for i, last := 0, false; !last; i++ {
				last = over.Load()
				if err := do(s); err != nil && (refusal == nil || !errors.Is(err, refusal)) {
					t.Errorf("%s: %v", name, err)
				}
				if i == 0 {
					started.Done()
				}
			}
		})
	}
	for name, do := range operations {
		if name != "Close" {
			loop(name, do, os.ErrClosed)
		}
	}
	loop("view", func(*shm.Segment) error { return wholeItems(view.ToBytes(buffer.C)) }, nil)
	started.Wait()
	var closing sync.WaitGroup
	for range 2 {
		closing.Go(func() { check(s.Close()) })
	}
	closing.Wait()
	over.Store(true)
	wait.Wait()
	check(view.Release())
	closetest.Eventually(t, "mapping", func() bool { return !isMapped(s.Name()) })
}

// isMapped tells whether a part of the process's memory is a segment of that name.
func isMapped(name string) bool {
	return strings.Contains(string(must(os.ReadFile("/proc/self/maps"))), path(name))
}

// A segment that was dropped with its views gives its mapping back after a collection.
func TestDroppedSegmentIsGivenBack(t *testing.T) {
	name := published(t, closingItems, 1).Name() // which is dropped, too
	func() {
		v := must(must(shm.Open(name)).View())
		if !isMapped(name) || must(v.Count(1)) != closingItems {
			t.Error("it is not mapped")
		}
	}()
	closetest.Eventually(t, "mapping", func() bool { return !isMapped(name) })
}
