package summary

import (
	"strings"
	"unsafe"

	"github.com/go-memoryview/memoryview/internal/kernel"
)

// Text is about items that are no numbers: bytes and text, without the zeros that fill them up.
type Text struct {
	Count             int
	Empty             int
	Shortest, Longest int     // in bytes, or in characters of text
	Mean              float64 // length
	Distinct          int     // different items, at most MostDistinct are told apart
	First             []Occurrence
}

// Occurrence is an item, and how often it occurs.
type Occurrence struct {
	Item  any
	Count int
}

const (
	// MostDistinct is how many different items are told apart.
	MostDistinct = 10000
	firstItems   = 8
	distinctSize = 1 << 26 // bytes of them that are kept
)

// Text reads the items of a column that has no figures. The first different ones come in the order in which the
// items lie. The error is ErrStopped, or one of reading an item.
func (c *Column) Text(w *Work) (*Text, error) {
	t := &Text{Count: c.n}
	if c.n == 0 {
		return t, nil
	}
	if c.Type.Size() == 0 { // of which there may be more than anybody can count
		item, _ := c.item(0)
		t.Empty, t.Distinct, t.First = c.n, 1, []Occurrence{{item, c.n}}
		return t, nil
	}
	w.done.Store(0)
	w.total.Store(int64(c.n))
	known := map[string]int{} // which of First it is; firstItems for others
	size, total := 0, 0
	var failure error
	kernel.Each(c.items, func(p unsafe.Pointer) bool {
		var item any
		if item, failure = c.Type.Unpack(unsafe.Slice((*byte)(p), c.Type.Size())); failure != nil {
			return false
		}
		text, length := trimmed(item)
		total += length
		t.length(length, w.done.Add(1) == 1)
		which, isKnown := known[text]
		switch {
		case isKnown && which < firstItems:
			t.First[which].Count++
		case !isKnown && len(known) < MostDistinct && size < distinctSize:
			if size += len(text); len(known) < firstItems {
				t.First = append(t.First, Occurrence{item, 1})
			}
			known[strings.Clone(text)] = min(len(known), firstItems)
		}
		return !w.stopped.Load()
	})
	t.Distinct, t.Mean = len(known), float64(total)/float64(c.n)
	if w.stopped.Load() {
		failure = ErrStopped
	}
	return t, failure
}

func (t *Text) length(n int, first bool) {
	if first {
		t.Shortest = n
	}
	t.Shortest, t.Longest = min(t.Shortest, n), max(t.Longest, n)
	if n == 0 {
		t.Empty++
	}
}

// trimmed is an item without the zeros at its end, and its length.
func trimmed(item any) (text string, length int) {
	switch v := item.(type) {
	case string:
		text = strings.TrimRight(v, "\x00")
		return text, len([]rune(text))
	case []byte:
		text = strings.TrimRight(string(v), "\x00")
	}
	return text, len(text)
}
