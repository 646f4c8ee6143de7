package main

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/go-memoryview/memoryview/cmd/memview/internal/arraytext"
	"github.com/go-memoryview/memoryview/format"
)

type hexCommand struct {
	source

	All   bool `help:"Print all items, and all of their bytes."`
	Items int  `help:"Print the first N items (default: about a screen)." placeholder:"N"`
	JSON  bool `name:"json" help:"Print JSON, of the same items."`
}

// Help is called by kong.
func (*hexCommand) Help() string {
	return examples(`
		memview hex log.npy                   the first records, field by field
		memview hex 'log.npy[-1]'             the last one, where it lies
		memview hex 'log.npy[::100].pos.x'    one field of every 100th
		memview hex --items 1000 photo.npy    the first 1000 items
		memview hex --format B photo.npy      bytes, whatever they mean
		head -c 64 a.npy | memview hex --format B -
		memview hex --format 'T{<I:id:3x<d:x:}' --offset 16 readings.bin
		memview hex --json 'log.npy[7]' | jq .items`)
}

// Validate is called by kong.
func (c *hexCommand) Validate() error {
	if c.Items < 0 {
		return fmt.Errorf("--items=%d: at least 0 can be printed", c.Items)
	}
	return c.source.Validate()
}

// Run prints the bytes.
func (c *hexCommand) Run(out *output) error {
	sel, err := c.open(out.progress)
	if err != nil {
		return err
	}
	defer sel.Close()
	if c.JSON {
		return c.printJSON(out, sel)
	}
	return c.print(out, sel)
}

const (
	screenLines = 40 // are printed where nobody says how many
	fieldLines  = 4  // are printed of a field, or of an item without fields
)

func (c *hexCommand) print(out *output, s *selection) error {
	d := newDump(out, s, c.All)
	total := itemCount(s)
	count := c.limit(total, d.itemsAScreen())
	if size := s.part.ItemSize(); size > maxItemSize {
		return fmt.Errorf("items of %s, and at most of %s: pick a field of them by --field", humanBytes(int64(size)), humanBytes(maxItemSize))
	}
	s.head(out)
	if err := eachItem(s, count, d.add); err != nil {
		return err
	}
	d.flush()
	if count < total {
		out.comment("The first %d of %d items: --items N or --all shows more", count, total)
	}
	return nil
}

// limit is how many items to print.
func (c *hexCommand) limit(total, screen int) int {
	switch {
	case c.All:
		return total
	case c.Items > 0:
		return min(total, c.Items)
	}
	return min(total, screen)
}

func itemCount(s *selection) int {
	count := 1
	for _, extent := range s.part.Shape() {
		count *= extent
	}
	return count
}

// hexItem is one item: its index, where it lies in the file, and its bytes.
type hexItem struct {
	index  []int
	offset int64
	bytes  []byte
}

// eachItem goes through the first items, in C order. An item's bytes are overwritten by the next.
func eachItem(s *selection, count int, f func(hexItem) error) error {
	shape, strides, size := s.part.Shape(), s.part.Strides(), s.part.ItemSize()
	item := hexItem{index: make([]int, len(shape)), bytes: make([]byte, size)}
	start := s.offset()
	for i := range count {
		item.offset = start
		for d, rest := len(shape)-1, i; d >= 0; d-- {
			item.index[d] = rest % shape[d]
			item.offset += int64(item.index[d]) * int64(strides[d])
			rest /= shape[d]
		}
		n, err := s.part.ReadAt(item.bytes, int64(i)*int64(size))
		if err != nil && (n < size || !errors.Is(err, io.EOF)) {
			return err
		}
		if err := f(item); err != nil {
			return err
		}
	}
	return nil
}

// hexField is a part of an item that has a line of its own. It has no type where it is padding.
type hexField struct {
	name         string
	offset, size int
	typ          *format.Type
}

// hexFields opens records, and records in records. What they leave out is padding.
func hexFields(fields []hexField, name string, offset, size int, t *format.Type) []hexField {
	if t.Kind() != format.Struct {
		return append(fields, hexField{name, offset, size, t})
	}
	end := 0
	pad := func(to int) {
		if to > end {
			fields = append(fields, hexField{"", offset + end, to - end, nil})
		}
	}
	for i, f := range t.Fields() {
		inner := f.Name
		if inner == "" {
			inner = fmt.Sprint(i)
		}
		if name != "" {
			inner = name + "." + inner
		}
		pad(f.Offset)
		fields = hexFields(fields, inner, offset+f.Offset, f.Type.Size(), f.Type)
		end = f.Offset + f.Type.Size()
	}
	pad(size)
	return fields
}

// dump prints lines of five columns: offset, index, bytes, name and value.
type dump struct {
	out         *output
	all         bool
	fields      []hexField
	offset      int // widths of columns, in characters
	index, name int
	perLine     int       // bytes of a field on a line
	together    int       // items on a line, where they have no fields
	gap         string    // between these items
	value       int       // width of each of their values
	pending     []hexItem // such items, still to be printed
}

func newDump(out *output, s *selection, all bool) *dump {
	t := typeOf(s.part.Format())
	d := &dump{out: out, all: all, together: 1, perLine: 16}
	d.fields = hexFields(nil, "", 0, s.part.ItemSize(), t)
	d.offset = max(4, len(fmt.Sprintf("%x", max(s.file.Size(), int64(s.whole.NBytes())))))
	last := s.part.Shape()
	for i := range last {
		last[i] = max(last[i]-1, 0)
	}
	d.index = len(indexText(last))
	width := out.width
	if width == 0 {
		width = 80
	}
	if width < 100 {
		d.perLine = 8
	}
	longest := 1
	for _, f := range d.fields {
		longest = max(longest, f.size)
		d.name = max(d.name, len([]rune(arraytext.Printable(f.name))))
	}
	d.name = min(d.name, max(8, width/4))
	d.perLine = min(d.perLine, longest)
	if t.Kind() == format.Struct {
		return d
	}
	v := s.part
	d.gap = " "
	if t.Size() > 1 {
		d.gap = "  "
	}
	if d.value = valueWidth(t); d.value == 0 || v.NDim() == 0 || v.Strides()[v.NDim()-1] != t.Size() {
		return d
	}
	for n := 2; n*t.Size() <= 16 && d.offset+d.index+6+n*(d.itemWidth()+d.value+1) <= width; n *= 2 {
		d.together = n
	}
	return d
}

// itemWidth is how wide the bytes of an item that shares its line get, with the gap behind them.
func (d *dump) itemWidth() int { return 3*d.fields[0].size - 1 + len(d.gap) }

// bytesWidth is how wide the column of bytes is.
func (d *dump) bytesWidth() int {
	if d.together == 1 {
		return 3*d.perLine - 1
	}
	return d.together*d.itemWidth() - len(d.gap)
}

// valueWidth is how wide the values of numbers get, 0 for what is no number.
func valueWidth(t *format.Type) int {
	switch t.Kind() {
	case format.Bool:
		return len("False")
	case format.Uint:
		return map[int]int{1: 3, 2: 5, 4: 10, 8: 20}[t.Size()]
	case format.Int:
		return map[int]int{1: 4, 2: 6, 4: 11, 8: 20}[t.Size()]
	case format.Float:
		return map[int]int{2: 9, 4: 14, 8: 24}[t.Size()]
	}
	return 0
}

func indexText(index []int) string {
	return strings.ReplaceAll(fmt.Sprint(index), " ", ", ")
}

// itemsAScreen is how many items fill about a screen.
func (d *dump) itemsAScreen() int {
	lines := 0
	for _, f := range d.fields {
		lines += min(max(1, (f.size+d.perLine-1)/d.perLine), fieldLines)
	}
	return max(1, screenLines/max(lines, 1)) * d.together
}

// add prints an item, or keeps it until its line is full. Only neighbours share a line.
func (d *dump) add(item hexItem) error {
	if d.together == 1 {
		d.record(item)
		return d.out.failed()
	}
	if n := len(d.pending); n > 0 && item.offset != d.pending[n-1].offset+int64(len(item.bytes)) {
		d.flush()
	}
	item.index, item.bytes = slices.Clone(item.index), slices.Clone(item.bytes)
	if d.pending = append(d.pending, item); len(d.pending) == d.together {
		d.flush()
	}
	return d.out.failed()
}

// flush prints the items that share a line.
func (d *dump) flush() {
	if len(d.pending) == 0 {
		return
	}
	var raw, values []string
	for _, item := range d.pending {
		raw = append(raw, fmt.Sprintf("% x", item.bytes))
		values = append(values, fmt.Sprintf("%*s", d.value, d.text(d.fields[0], item.bytes)))
	}
	d.line(d.pending[0].offset, indexText(d.pending[0].index), strings.Join(raw, d.gap), "", strings.Join(values, " "))
	d.pending = d.pending[:0]
}

// record prints an item with a line for each field, or with one line where it has none.
func (d *dump) record(item hexItem) {
	index := indexText(item.index)
	if len(d.fields) == 0 {
		d.line(item.offset, index, "", "", "no bytes")
	}
	for _, f := range d.fields {
		d.field(item.offset+int64(f.offset), index, f, item.bytes[f.offset:][:f.size])
		index = ""
	}
}

// field prints a field, on several lines where it is long.
func (d *dump) field(offset int64, index string, f hexField, bytes []byte) {
	name, value := f.name, d.text(f, bytes)
	for n := 0; n == 0 || len(bytes) > 0; n++ {
		if n >= fieldLines && len(bytes) > d.perLine && !d.all {
			d.line(offset, "", fmt.Sprintf("and %d more", len(bytes)), "", "")
			return
		}
		row := bytes[:min(d.perLine, len(bytes))]
		d.line(offset, index, fmt.Sprintf("% x", row), name, value)
		bytes, offset = bytes[len(row):], offset+int64(len(row))
		index, name, value = "", "", ""
	}
}

// text is what a field holds.
func (d *dump) text(f hexField, bytes []byte) string {
	if f.typ == nil {
		return "padding"
	}
	v, err := f.typ.Unpack(bytes)
	if err != nil {
		return "no text"
	}
	return valueText(v)
}

// line prints the columns. The value is cut where the terminal ends.
func (d *dump) line(offset int64, index, bytes, name, value string) {
	start := fmt.Sprintf("%0*x  %s", d.offset, offset, pad(index, d.index))
	end := ""
	if d.name > 0 {
		end = pad(cutText(arraytext.Printable(name), d.name), d.name) + "  "
	}
	if d.out.width > 0 {
		taken := len(start) + 2 + d.bytesWidth() + 2 + len([]rune(end))
		value = cutText(value, max(8, d.out.width-taken))
	}
	if end += value; name == "" && value == "padding" {
		end = d.out.dim(end)
	}
	fmt.Fprintln(d.out, strings.TrimRight(d.out.dim(start)+"  "+pad(bytes, d.bytesWidth())+"  "+end, " "))
}

// alone is an item as an array without dimensions.
type alone struct{ v any }

func (alone) Shape() []int             { return nil }
func (alone) ItemSize() int            { return 0 }
func (a alone) At(...int) (any, error) { return a.v, nil }

// valueText prints an item on one line, text in quotes.
func valueText(v any) string {
	_, isBytes := v.([]byte)
	_, isText := v.(string)
	if isBytes || isText {
		v = []any{v}
	}
	text, err := arraytext.String(alone{v}, arraytext.Options{})
	if err != nil {
		return err.Error()
	}
	if isBytes || isText {
		text = text[1 : len(text)-1]
	}
	return arraytext.Printable(text)
}

func pad(s string, width int) string {
	return s + strings.Repeat(" ", max(0, width-len([]rune(s))))
}

// cutText cuts what is wider, and shows it.
func cutText(s string, width int) string {
	if r := []rune(s); len(r) > width {
		return string(r[:max(0, width-3)]) + "..."
	}
	return s
}

// printJSON prints the items with their places, bytes and values.
func (c *hexCommand) printJSON(out *output, s *selection) error {
	if err := s.headJSON(out); err != nil {
		return err
	}
	t, total := typeOf(s.part.Format()), itemCount(s)
	fields, err := marshal(append([]infoField{}, infoFields(nil, "", 0, t)...))
	if err != nil {
		return err
	}
	fmt.Fprintf(out, `"fields":%s,"total":%d,"items":[`, fields, total)
	separator := ""
	err = eachItem(s, c.limit(total, newDump(out, s, c.All).itemsAScreen()), func(item hexItem) error {
		value := []byte("null")
		if v, err := t.Unpack(item.bytes); err == nil {
			value = appendJSON(nil, v)
		}
		index := strings.ReplaceAll(fmt.Sprint(item.index), " ", ",")
		_, err := fmt.Fprintf(out, `%s{"index":%s,"offset":%d,"bytes":"%s","value":%s}`, separator, index, item.offset, hex.EncodeToString(item.bytes), value)
		separator = ","
		return err
	})
	if err != nil {
		return err
	}
	_, err = out.WriteString("]}\n")
	return err
}
