package arrayfile

import (
	"fmt"
	"slices"

	"github.com/go-memoryview/memoryview/buffer"
)

// Option changes how a file is opened.
type Option func(*settings)

// settings are what the options say.
type settings struct {
	reading  bool // do not map
	writable bool
	raw      bool
	format   string
	shape    []int // nil for as many items as there are
	offset   int64
	order    buffer.Order // 0 where none was named
}

// Reading makes each View read its array into memory where it would map it. That costs the
// array's size, and shields from others who cut the file short or write to it meanwhile.
func Reading() Option {
	return func(s *settings) { s.reading = true }
}

// Writable makes the views of a file writable: what is written to them is written to the file, at
// the system's leisure or by [File.Flush], and others who map the file see it at once. Where the file has holes, writing
// takes room, and is buffer.ErrFault on a full disk.
func Writable() Option {
	return func(s *settings) { s.writable = true }
}

// Raw takes the file for items of that format and nothing else, whatever it begins with. The shape
// is in items; without one the file is one dimension of as many items as it holds, and a part of an
// item at its end is an error.
func Raw(format string, shape ...int) Option {
	shape = slices.Clone(shape)
	return func(s *settings) { s.raw, s.format, s.shape = true, format, shape }
}

// Offset says where the first item of a Raw file lies, in bytes from the start of the file.
func Offset(n int64) Option {
	return func(s *settings) { s.offset = n }
}

// InOrder says in which order the items of a Raw file lie, buffer.C (as without it) or buffer.F.
func InOrder(order buffer.Order) Option {
	return func(s *settings) { s.order = order }
}

// settingsOf collects options, and refuses those that do not go together.
func settingsOf(opts []Option) (settings, error) {
	var s settings
	for _, opt := range opts {
		opt(&s)
	}
	switch {
	case s.reading && s.writable:
		return s, fmt.Errorf("%w: options Reading and Writable: what is written to a copy does not reach the file: leave one out", buffer.ErrValue)
	case !s.raw && (s.offset != 0 || s.order != 0):
		return s, fmt.Errorf("%w: options Offset and InOrder are for raw files, and an npy file says both itself: add Raw, or leave them out", buffer.ErrValue)
	case s.offset < 0:
		return s, fmt.Errorf("%w: offset %d: the first item lies at byte 0 or behind it", buffer.ErrValue, s.offset)
	case s.order != 0 && s.order != buffer.C && s.order != buffer.F:
		return s, fmt.Errorf("%w: order %q: items lie in order C or F", buffer.ErrValue, byte(s.order))
	}
	if s.order == 0 {
		s.order = buffer.C
	}
	return s, nil
}
