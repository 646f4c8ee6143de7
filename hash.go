package memoryview

import (
	"fmt"
	"hash/maphash"

	"github.com/go-memoryview/memoryview/buffer"
)

var hashSeed = maphash.MakeSeed()

// Hash returns a hash of the items' bytes in C order, the same for equal bytes within a process.
// Once computed it is kept, and survives Release. As in CPython, only a read-only view of format
// "B", "b" or "c" has one, else the error is buffer.ErrValue; and its exporter, where it has one, must
// lend the memory read-only to everybody, else it is buffer.ErrType. That nobody changes the memory
// all the same is the exporter's word.
func (v *View) Hash() (uint64, error) {
	if h := v.hash.Load(); h != nil {
		return *h, nil
	}
	if err := v.checkHash(); err != nil {
		return 0, fmt.Errorf("hash: %w", err)
	}
	var hash maphash.Hash
	hash.SetSeed(hashSeed)
	if _, err := v.WriteTo(&hash); err != nil {
		return 0, fmt.Errorf("hash: %w", err)
	}
	sum := hash.Sum64()
	v.hash.Store(&sum)
	return sum, nil
}

func (v *View) checkHash() error {
	if err := v.check("hash"); err != nil {
		return err
	}
	if !v.buf.ReadOnly() {
		return fmt.Errorf("%w: a writable view cannot be hashed: ToReadOnly or a copy can", buffer.ErrValue)
	}
	switch v.buf.Format() {
	case "B", "b", "c", "@B", "@b", "@c":
	default:
		return fmt.Errorf("%w: only formats B, b and c can be hashed, not %.40q: cast to B", buffer.ErrValue, v.buf.Format())
	}
	if base := v.buf.Obj(); base != nil && !v.buf.Immutable() && !v.buf.Released() {
		return fmt.Errorf("%w: the memory of %T can change: hash a copy", buffer.ErrType, base)
	}
	return nil
}
