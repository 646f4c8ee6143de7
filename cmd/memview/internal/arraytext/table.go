package arraytext

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/go-memoryview/memoryview/format"
)

// Table prints records as a table: a line for each record that String would show, headed by the
// names of the fields and led by the record's index. Records in records are opened, as columns with
// names such as "pos.x". The array has one dimension, or none; t is what its items are.
//
// Columns that pass the width are left out: hidden are their names.
func Table(a Array, t *format.Type, o Options) (table string, hidden []string, err error) {
	o = o.orDefault()
	g, err := pick(a, o)
	if err != nil {
		return "", nil, err
	}
	columns := columnsOf(nil, "", t, g.items)
	for i := range columns {
		columns[i].fill(o, len(g.shape) == 0)
	}
	columns, hidden = fitting(append(indexColumn(g, a.Shape()), columns...), o.Width)
	var s strings.Builder
	writeLine(&s, columns, func(c *tableColumn) string { return c.name })
	for i := range g.items {
		if len(g.cut) > 0 && g.cut[0] && i == len(g.items)/2 {
			writeLine(&s, columns, func(*tableColumn) string { return ellipsis })
		}
		writeLine(&s, columns, func(c *tableColumn) string { return c.cells[i] })
	}
	return strings.TrimSuffix(s.String(), "\n"), hidden, nil
}

type tableColumn struct {
	name  string
	kind  format.Kind
	items []any
	cells []string
	width int
}

// columnsOf appends a column for each leaf of the records.
func columnsOf(columns []tableColumn, prefix string, t *format.Type, records []any) []tableColumn {
	for i, f := range t.Fields() {
		name := f.Name
		if name == "" {
			name = strconv.Itoa(i)
		}
		if values := column(records, i); f.Type.Kind() == format.Struct {
			columns = columnsOf(columns, prefix+name+".", f.Type, values)
		} else {
			columns = append(columns, tableColumn{name: Printable(prefix + name), kind: f.Type.Kind(), items: values})
		}
	}
	return columns
}

// fill formats the items, as they stand under each other, or alone.
func (c *tableColumn) fill(o Options, alone bool) {
	cell := formatterOf(c.items, o)
	switch {
	case c.fromLeft():
		cell = bare
	case alone:
		cell = scalar
	case c.kind == format.Bool:
		cell = plain
	}
	for _, v := range c.items {
		c.cells = append(c.cells, cell(v))
	}
	c.items = nil
	c.measure()
}

// fromLeft reports whether the column is read from the left, and has no quotes.
func (c *tableColumn) fromLeft() bool {
	return c.kind == format.Text || c.kind == format.Bytes || c.kind == format.Pascal
}

// bare leaves the quotes away where they say nothing.
func bare(v any) string {
	quoted := plain(v)
	text := strings.TrimPrefix(quoted, "b")
	text = text[1 : len(text)-1]
	if text == "" || strings.TrimSpace(text) != text || strings.ContainsAny(text, `\'"`) {
		return quoted
	}
	return text
}

func (c *tableColumn) measure() {
	c.width = textWidth(c.name)
	for _, cell := range c.cells {
		c.width = max(c.width, textWidth(cell))
	}
}

// indexColumn numbers the records. One alone needs no number.
func indexColumn(g *grid, shape []int) []tableColumn {
	if len(shape) == 0 {
		return nil
	}
	c := tableColumn{}
	for i := range g.items {
		if g.cut[0] && i >= len(g.items)/2 {
			i += shape[0] - len(g.items)
		}
		c.cells = append(c.cells, strconv.Itoa(i))
	}
	if len(g.cut) > 0 && g.cut[0] {
		c.width = len(ellipsis)
	}
	c.width = max(c.width, len(fmt.Sprint(max(shape[0]-1, 0))))
	return []tableColumn{c}
}

const gap = "  "

// fitting keeps the columns that a line of the width holds: those on the left, the first always.
func fitting(columns []tableColumn, width int) (kept []tableColumn, hidden []string) {
	used := 0
	for i := range columns {
		used += columns[i].width
		if i > 1 && width > 0 && used > width {
			for _, c := range columns[i:] {
				hidden = append(hidden, c.name)
			}
			return columns[:i], hidden
		}
		used += len(gap)
	}
	return columns, nil
}

func writeLine(s *strings.Builder, columns []tableColumn, cell func(*tableColumn) string) {
	var line strings.Builder
	for i := range columns {
		if i > 0 {
			line.WriteString(gap)
		}
		c := &columns[i]
		if c.fromLeft() {
			line.WriteString(padRight(cell(c), c.width))
		} else {
			line.WriteString(padLeft(cell(c), c.width))
		}
	}
	s.WriteString(strings.TrimRight(line.String(), " "))
	s.WriteByte('\n')
}
