package export

import (
	"fmt"
	"slices"
	"sync"
	"unsafe"

	"github.com/go-memoryview/memoryview/buffer"
	"github.com/go-memoryview/memoryview/internal/kernel"
)

// ByteArray is a growing array of bytes that lends its memory (Python's bytearray). While a loan is
// out its length cannot change, since that could move the bytes. It is safe for use by many
// goroutines; what the bytes hold is not guarded.
type ByteArray struct {
	mu      sync.Mutex
	data    []byte
	exports int
}

// NewByteArray returns an array that holds the bytes of data, which it owns from then on.
func NewByteArray(data []byte) *ByteArray { return &ByteArray{data: slices.Clip(data)} }

// Len returns the number of bytes.
func (a *ByteArray) Len() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.data)
}

// Bytes returns a copy of the bytes.
func (a *ByteArray) Bytes() []byte {
	a.mu.Lock()
	defer a.mu.Unlock()
	return append([]byte{}, a.data...)
}

// Resize changes the length to n bytes; new ones are zero. A length that is negative or does not fit into
// memory is buffer.ErrValue. While a loan is out, any change of the length is buffer.ErrExported.
func (a *ByteArray) Resize(n int) error {
	if n < 0 || !kernel.Affords(n) {
		return fmt.Errorf("resize of a byte array to %d bytes: %w: give a length that fits into memory", n, buffer.ErrValue)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if err := a.checkResize(n); err != nil {
		return err
	}
	if n > len(a.data) {
		a.data = append(a.data, make([]byte, n-len(a.data))...)
	}
	a.data = a.data[:n]
	return nil
}

// Append adds bytes at the end. While a loan is out it is buffer.ErrExported, unless there are none to add.
func (a *ByteArray) Append(data ...byte) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if err := a.checkResize(len(a.data) + len(data)); err != nil {
		return err
	}
	a.data = append(a.data, data...)
	return nil
}

func (a *ByteArray) checkResize(n int) error {
	if a.exports > 0 && n != len(a.data) {
		return fmt.Errorf("resize of a byte array from %d to %d bytes: %w: release its %d loans first", len(a.data), n, buffer.ErrExported, a.exports)
	}
	return nil
}

// GetBuffer lends the bytes, writable, in one dimension of format "B".
func (a *ByteArray) GetBuffer(flags buffer.Flags) (*buffer.Buffer, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	m := buffer.Memory{Base: unsafe.Pointer(unsafe.SliceData(a.data)), Size: len(a.data), Obj: a, Release: a.release}
	b, err := m.Lend(0, buffer.Layout{ItemSize: 1, Format: "B", Shape: []int{len(a.data)}}, flags)
	if err != nil {
		return nil, fmt.Errorf("loan of a byte array: %w", err)
	}
	a.exports++
	return b, nil
}

func (a *ByteArray) release() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.exports--
}
