// Package draw lets one property be tested both by rapid and by go test -fuzz: the property asks for its choices,
// and does not know who makes them.
//
//	func TestSum(t *testing.T) { draw.Check(t, checkSum) }
//	func FuzzSum(f *testing.F) { draw.Fuzz(f, checkSum) }
package draw

import (
	"math"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"

	"github.com/go-memoryview/memoryview/internal/fence"
)

// A Source is a test that makes choices. A fuzzer's bytes are its choices; where there are no more, it chooses 0:
// what is simple or ends a thing should therefore be 0.
type Source interface {
	fence.T
	Fatal(args ...any)
	Logf(format string, args ...any)

	// UpTo chooses a number from 0 to most, both included. The label is for messages.
	UpTo(most int, label string) int
}

// Check tests a property by rapid.
func Check(t *testing.T, property func(Source)) {
	t.Helper()
	rapid.Check(t, func(t *rapid.T) { property(Rapid(t)) })
}

// Fuzz tests a property by the fuzzer's bytes. Some noise of different lengths is the seed.
func Fuzz(f *testing.F, property func(Source)) {
	f.Helper()
	noise := rand.NewChaCha8([32]byte{})
	for _, n := range []int{0, 8, 16, 32, 64, 64, 128, 256} {
		seed := make([]byte, n)
		_, _ = noise.Read(seed)
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		fence.Within(t, func(scope fence.T) { property(&byteSource{T: t, scope: scope, data: data}) })
	})
}

// Rapid makes a Source of a rapid test.
func Rapid(t *rapid.T) Source { return rapidSource{t} }

type rapidSource struct{ *rapid.T }

func (s rapidSource) UpTo(most int, label string) int {
	return rapid.IntRange(0, most).Draw(s.T, label)
}

type byteSource struct {
	*testing.T
	scope fence.T
	data  []byte
}

// Cleanup is the scope's: that of testing.T takes longer than many a property.
func (s *byteSource) Cleanup(f func()) { s.scope.Cleanup(f) }

// UpTo takes one byte where that is enough, and else as many as the number may have.
func (s *byteSource) UpTo(most int, _ string) int {
	n := uint64(0)
	for range bytesOf(most) {
		if len(s.data) == 0 {
			break
		}
		n = n<<8 | uint64(s.data[0])
		s.data = s.data[1:]
	}
	return int(n % (uint64(most) + 1))
}

func bytesOf(most int) int {
	switch {
	case most == 0:
		return 0
	case most <= math.MaxUint8:
		return 1
	case most <= math.MaxUint16:
		return 2
	}
	return 8
}

// Of chooses one of the values.
func Of[E any](s Source, label string, values ...E) E { return values[s.UpTo(len(values)-1, label)] }

// Between chooses a number from low to high, both included.
func Between(s Source, low, high int, label string) int { return low + s.UpTo(high-low, label) }

// Bool chooses.
func Bool(s Source, label string) bool { return s.UpTo(1, label) == 1 }

// Side chooses where memory is fenced.
func Side(s Source) fence.Side { return fence.Side(s.UpTo(1, "fence")) }

// Fill chooses all bytes of mem.
func Fill(s Source, mem []byte, label string) {
	for i := range mem {
		mem[i] = byte(s.UpTo(math.MaxUint8, label))
	}
}
