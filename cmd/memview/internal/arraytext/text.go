package arraytext

import (
	"strings"
	"unicode/utf8"
)

// String prints an array as NumPy's str does: nested brackets, columns aligned, lines wrapped at the
// width, and the middle of long dimensions left out. A scalar prints in full precision. The error
// is the array's, or ErrTooMany.
func String(a Array, o Options) (string, error) {
	o = o.orDefault()
	g, err := pick(a, o)
	if err != nil {
		return "", err
	}
	switch {
	case len(g.items) == 0:
		return "[]", nil
	case len(g.shape) == 0:
		return scalar(g.items[0]), nil
	}
	p := &printer{grid: g, format: formatterOf(g.items, o), words: g.items}
	return p.dimension(0, " ", orDefault(o.Width, 75)), nil
}

// printer writes nested brackets, consuming the items in order.
type printer struct {
	*grid
	format formatter
	words  []any // still to be written
}

const ellipsis = "..."

// dimension writes all that lies below one index of the leading d dimensions. Lines after the first
// begin with the indent. The width is what is left of a line beside the brackets that close behind.
func (p *printer) dimension(d int, indent string, width int) string {
	if d == len(p.shape)-1 {
		return p.row(d, indent, width)
	}
	var s strings.Builder
	separator := strings.Repeat("\n", len(p.shape)-1-d) + indent
	s.WriteByte('[')
	for i := range p.shape[d] {
		if i > 0 {
			s.WriteString(separator)
		}
		if p.cut[d] && i == p.shape[d]/2 {
			s.WriteString(ellipsis + separator)
		}
		s.WriteString(p.dimension(d+1, indent+" ", width-1))
	}
	s.WriteByte(']')
	return s.String()
}

// row writes one row of items. A line is wrapped before a word that would pass the width, unless it
// is the first of its line.
func (p *printer) row(d int, indent string, width int) string {
	var s strings.Builder
	line := indent
	add := func(word string, last bool) {
		if textWidth(line)+textWidth(word) > width-1 && len(line) > len(indent) {
			s.WriteString(strings.TrimRight(line, " ") + "\n")
			line = indent
		}
		if line += word; !last {
			line += " "
		}
	}
	for i := range p.shape[d] {
		if p.cut[d] && i == p.shape[d]/2 {
			add(ellipsis, false)
		}
		add(p.format(p.words[0]), i == p.shape[d]-1)
		p.words = p.words[1:]
	}
	s.WriteString(line)
	return "[" + s.String()[len(indent):] + "]"
}

// textWidth counts characters, as NumPy does.
func textWidth(s string) int { return utf8.RuneCountInString(s) }

// padLeft puts blanks before s until it is n characters wide.
func padLeft(s string, n int) string {
	return strings.Repeat(" ", max(0, n-textWidth(s))) + s
}

// padRight puts blanks behind s until it is n characters wide.
func padRight(s string, n int) string {
	return s + strings.Repeat(" ", max(0, n-textWidth(s)))
}
