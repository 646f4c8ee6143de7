package remote

import (
	"github.com/go-memoryview/memoryview/buffer"
	"github.com/go-memoryview/memoryview/export"
)

// loanOf is a loan of bytes, as items that lie in them as a layout says.
func loanOf(data []byte, l buffer.Layout, flags buffer.Flags) (*buffer.Buffer, error) {
	exporter, err := export.Strided(data, 0, l, !flags.Has(buffer.Writable))
	if err != nil {
		return nil, err
	}
	return buffer.Get(exporter, flags)
}
