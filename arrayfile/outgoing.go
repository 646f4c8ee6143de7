package arrayfile

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/go-memoryview/memoryview"
	"github.com/go-memoryview/memoryview/buffer"
	"github.com/go-memoryview/memoryview/format"
)

// outgoing is an array on its way into a file: what its items are there, and how they get to be that.
type outgoing struct {
	name       string
	view       *memoryview.View
	order      buffer.Order // of the items in the file; 0 for C
	format     string
	itemSize   int
	conversion *conversion // nil where the items stay as they are
	watch      *watch
	wrapping   bool
}

// become says the format of the items in the file; "" for the one that they have.
func (o *outgoing) become(f string) error {
	own := o.view.Format()
	if f == "" {
		f = own
	}
	from, err := format.Parse(own)
	if err != nil {
		return err
	}
	to, err := format.Parse(f)
	if err != nil {
		return err
	}
	o.format, o.itemSize, o.conversion = f, to.Size(), nil
	if to.Equal(from) { // perhaps written in another way
		o.itemSize = o.view.ItemSize()
		return nil
	}
	if from.Size() == 0 || to.Size() == 0 {
		return fmt.Errorf("%w: items of format %.80q have no values to convert to %.80q", buffer.ErrFormat, own, f)
	}
	o.conversion, err = newConversion(to, from, o.view.ItemSize(), o.wrapping)
	return err
}

// named says which array an error is about, where it has a name.
func (o *outgoing) named(err error) error {
	if o.name == "" {
		return err
	}
	return fmt.Errorf("array %.100q: %w", o.name, err)
}

// count is the number of items.
func (o *outgoing) count() int {
	n := 1
	for _, extent := range o.view.Shape() {
		n *= extent
	}
	return n
}

// nbytes is what the items take in the file. What is more than the address space holds is a negative number.
func (o *outgoing) nbytes() int {
	n := o.count()
	if o.itemSize > 0 && n > (1<<(intBits-1)-1)/o.itemSize {
		return -1
	}
	return n * o.itemSize
}

const intBits = 32 << (^uint(0) >> 63)

// Pieces are what is in memory at a time, twice. Items that lie in another order than they are written in are brought together
// from all over the array, which wants few and large ones.
const (
	pieceBytes    = 256 << 10
	farPieceBytes = 16 << 20
)

// write writes the items.
func (o *outgoing) write(w io.Writer) error {
	v := o.view
	if o.order == buffer.F {
		turned, err := v.Transpose()
		if err != nil {
			return err
		}
		defer turned.Release()
		v = turned
	}
	return o.each(v, func(piece []byte) error {
		if _, err := w.Write(piece); err != nil {
			return err
		}
		return o.watch.add(len(piece))
	})
}

// each gives a function the view's items as they are in the file, in C order, piece by piece. The next piece is made meanwhile.
func (o *outgoing) each(v *memoryview.View, f func(piece []byte) error) (err error) {
	type piece struct {
		items []byte
		err   error
	}
	empty, full := make(chan []byte, 2), make(chan piece)
	empty <- nil
	empty <- nil
	go func() {
		defer close(full)
		r := o.reader(v)
		for r.left() {
			room, ok := <-empty
			if !ok {
				return
			}
			items, err := r.next(room)
			full <- piece{items, err}
			if err != nil {
				return
			}
		}
	}()
	for p := range full {
		if err = p.err; err == nil {
			err = f(p.items)
		}
		if err != nil {
			break
		}
		empty <- p.items
	}
	close(empty) // there is no more room, and so the maker ends
	for range full {
	}
	return err
}

// itemReader makes piece after piece.
type itemReader struct {
	*outgoing
	view  *memoryview.View
	most  int // bytes of a piece of the view
	done  int
	total int
	read  []byte // before it is converted
}

func (o *outgoing) reader(v *memoryview.View) *itemReader {
	r := &itemReader{outgoing: o, view: v, most: pieceBytes, total: v.NBytes()}
	if !v.CContiguous() {
		r.most = farPieceBytes
	}
	if r.total > 0 {
		size := v.ItemSize()
		r.most = min(r.total, max(r.most/size, 1)*size)
	}
	return r
}

func (r *itemReader) left() bool { return r.done < r.total }

// next makes a piece in some room, or in more where that does not do.
func (r *itemReader) next(room []byte) ([]byte, error) {
	read := room
	if r.conversion != nil {
		read = r.read
	}
	read = sized(read, min(r.most, r.total-r.done))
	if _, err := r.view.ReadAt(read, int64(r.done)); err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	first := r.done / r.view.ItemSize()
	r.done += len(read)
	if r.conversion == nil {
		return read, nil
	}
	r.read = read
	items := sized(room, len(read)/r.conversion.fromSize*r.conversion.toSize)
	if err := r.conversion.convert(items, read); err != nil {
		return nil, r.named(r.conversion.explain(err, r.view.Shape(), r.order, first))
	}
	return items, nil
}

// sized is n bytes, in the same memory where there are so many.
func sized(b []byte, n int) []byte {
	if cap(b) < n {
		return make([]byte, n)
	}
	return b[:n]
}

// conversion makes packed items of one format of those of another.
type conversion struct {
	cast, field      string // how the items are read, and the field of that, or ""
	to               string
	fromSize, toSize int
	refused          int // the item of the last piece that could not be converted
	value            any // of it
}

// newConversion finds out how items are converted, or that they cannot be.
func newConversion(to, from *format.Type, itemSize int, wrapping bool) (*conversion, error) {
	c := &conversion{cast: from.String(), to: to.String(), fromSize: itemSize, toSize: to.Size()}
	switch rest := itemSize - from.Size(); {
	case rest > 0: // items with padding behind them
		if from.Kind() == format.Struct && !strings.HasPrefix(c.cast, "T{") {
			c.cast = "T{" + c.cast + "}"
		}
		c.cast, c.field = fmt.Sprintf("T{%s:kept:%dx}", c.cast, rest), "kept"
	case wrapping:
		c.wrap(to, from)
	}
	if err := c.convert(make([]byte, c.toSize), make([]byte, c.fromSize)); errors.Is(err, buffer.ErrType) || errors.Is(err, buffer.ErrFormat) {
		return nil, err
	}
	return c, nil
}

// wrap makes integers of integers, and real numbers of complex ones, by keeping some of their bytes, or, where integers become
// longer, their value in the sign that they have. All of that fits.
func (c *conversion) wrap(to, from *format.Type) {
	kept, keptSize := "", to.Size()
	switch {
	case isInteger(from) && isInteger(to) && to.Size() > from.Size():
		c.to = orderMark(to) + intCode(to.Size(), from.Kind())
		return
	case isInteger(from) && isInteger(to):
		kept = intCode(to.Size(), format.Uint)
		c.to = orderMark(to) + kept
	case from.Kind() == format.Complex && (to.Kind() == format.Float || isInteger(to)):
		keptSize = from.Size() / 2
		kept = map[int]string{4: "f", 8: "d"}[keptSize]
	}
	if kept == "" {
		return
	}
	rest := ""
	if n := from.Size() - keptSize; n > 0 {
		rest = fmt.Sprint(n, "x")
	}
	c.field = "kept"
	if isInteger(from) && from.BigEndian() { // the lowest bytes come last
		c.cast = "T{>" + rest + kept + ":kept:}"
	} else {
		c.cast = "T{" + orderMark(from) + kept + ":kept:" + rest + "}"
	}
}

func isInteger(t *format.Type) bool { return t.Kind() == format.Int || t.Kind() == format.Uint }

func orderMark(t *format.Type) string {
	if t.BigEndian() {
		return ">"
	}
	return "<"
}

func intCode(size int, kind format.Kind) string {
	if kind == format.Uint {
		return map[int]string{1: "B", 2: "H", 4: "I", 8: "Q"}[size]
	}
	return map[int]string{1: "b", 2: "h", 4: "i", 8: "q"}[size]
}

// convert makes packed items of others.
func (c *conversion) convert(dst, src []byte) error {
	from, err := c.items(src, c.cast, c.field)
	if err != nil {
		return err
	}
	defer from.Release()
	to, err := c.items(dst, c.to, "")
	if err != nil {
		return err
	}
	defer to.Release()
	if err := memoryview.Convert(to, from); err != nil {
		c.refused = firstRefused(to, from)
		c.value, _ = from.At(c.refused)
		return err
	}
	return nil
}

// items is a view of packed items, or of a field of each.
func (c *conversion) items(data []byte, cast, field string) (*memoryview.View, error) {
	whole, err := memoryview.FromObject(data)
	if err != nil {
		return nil, err
	}
	defer whole.Release()
	items, err := whole.Cast(cast)
	if err != nil || field == "" {
		return items, err
	}
	defer items.Release()
	return items.Field(field)
}

// firstRefused finds the first item that cannot be converted.
func firstRefused(to, from *memoryview.View) int {
	n, _ := from.Len()
	low, high := 0, n // the first one lies from low on, and below high
	for high-low > 1 {
		middle := (low + high) / 2
		if convertRange(to, from, low, middle) != nil {
			high = middle
		} else {
			low = middle
		}
	}
	return low
}

func convertRange(to, from *memoryview.View, low, high int) error {
	a, err := from.Slice(low, high, 1)
	if err != nil {
		return err
	}
	defer a.Release()
	b, err := to.Slice(low, high, 1)
	if err != nil {
		return err
	}
	defer b.Release()
	return memoryview.Convert(b, a)
}

// explain says which item of the array could not be converted, where the piece begins with the item of that number in the
// order of the file.
func (c *conversion) explain(err error, shape []int, order buffer.Order, first int) error {
	index := make([]int, len(shape))
	at := first + c.refused
	for d := len(shape) - 1; d >= 0; d-- {
		index[d], at = at%shape[d], at/shape[d]
	}
	if order == buffer.F {
		slices.Reverse(index)
	}
	if errors.Is(err, buffer.ErrValue) {
		return fmt.Errorf("%w: item %v is %.100s, for which format %.80q has no room", buffer.ErrValue, index, fmt.Sprint(c.value), c.to)
	}
	return fmt.Errorf("item %v: %w", index, err)
}

// watch tells somebody how far the writing is.
type watch struct {
	f           func(done, total int64) error
	done, total int64
}

func (w *watch) add(n int) error {
	if w.f == nil {
		return nil
	}
	w.done += int64(n)
	return w.f(w.done, w.total)
}
