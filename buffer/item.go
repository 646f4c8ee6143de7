package buffer

import (
	"fmt"
	"maps"
	"strings"
	"sync/atomic"

	"github.com/go-memoryview/memoryview/format"
)

// item is what a buffer's items are. It is shared by all buffers cut from one loan.
type item struct {
	size   int
	format string
	typ    *format.Type
	isByte bool // an unsigned number
}

var noItem = func() *item {
	typ, err := format.Parse("")
	if err != nil {
		panic(err)
	}
	return &item{typ: typ}
}()

// plainItems keeps the items of the short formats, which nearly all arrays have. The map is replaced
// when one is added, so that looking one up costs no lock and no allocation.
var plainItems atomic.Pointer[map[string]*item]

func plainItem(size int, text string) *item {
	if known := plainItems.Load(); known != nil {
		if it := (*known)[text]; it != nil && it.size == size {
			return it
		}
	}
	return nil
}

func keepPlainItem(it *item) {
	for {
		old, more := plainItems.Load(), map[string]*item{it.format: it}
		if old != nil {
			maps.Copy(more, *old)
		}
		if plainItems.CompareAndSwap(old, &more) {
			return
		}
	}
}

// newItem parses a format. An item may be larger than its format says: NumPy's records end in
// padding that it does not write down. It cannot be smaller.
func newItem(size int, text string) (*item, error) {
	if text == "" {
		text = "B"
	}
	if it := plainItem(size, text); it != nil {
		return it, nil
	}
	return parseItem(size, strings.Clone(text)) // a text that is only looked up need not be on the heap
}

func parseItem(size int, text string) (*item, error) {
	typ, err := format.Parse(text)
	if err != nil {
		return nil, err
	}
	if typ.Size() > size {
		return nil, fmt.Errorf("%w: format %.40q needs items of %d bytes, the layout has %d", ErrLayout, text, typ.Size(), size)
	}
	it := &item{size: size, format: text, typ: typ, isByte: size == 1 && typ.Size() == 1 && typ.Kind() == format.Uint}
	if len(text) <= 2 && size == typ.Size() {
		keepPlainItem(it)
	}
	return it, nil
}

// SizeFromFormat returns the bytes of an item of that format (PyBuffer_SizeFromFormat), of every
// format of PEP 3118. "" has no bytes. A bad format is ErrFormat.
func SizeFromFormat(text string) (int, error) {
	typ, err := format.Parse(text)
	if err != nil {
		return 0, err
	}
	return typ.Size(), nil
}
