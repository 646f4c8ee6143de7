package arraytext

import (
	"fmt"
	"strings"
	"unicode"
)

// quoteText writes a string as Python's repr does.
func quoteText(s string) string {
	quote := quoteFor(s)
	var q strings.Builder
	q.WriteByte(quote)
	for _, r := range s {
		if r == rune(quote) || r == '\\' {
			q.WriteByte('\\')
		}
		writeRune(&q, r)
	}
	q.WriteByte(quote)
	return q.String()
}

// Printable escapes what a terminal would not print but obey, as Python's repr does, and quotes
// nothing.
func Printable(s string) string {
	var q strings.Builder
	for _, r := range s {
		writeRune(&q, r)
	}
	return q.String()
}

func writeRune(q *strings.Builder, r rune) {
	switch {
	case unicode.IsPrint(r):
		q.WriteRune(r)
	case r >= 0x10000:
		fmt.Fprintf(q, `\U%08x`, r)
	case r >= 0x100:
		fmt.Fprintf(q, `\u%04x`, r)
	default:
		q.WriteString(escape(byte(r)))
	}
}

// quoteBytes writes bytes as Python's repr does. Zeros at the end are padding.
func quoteBytes(b []byte) string {
	text := strings.TrimRight(string(b), "\x00")
	quote := quoteFor(text)
	var q strings.Builder
	q.WriteByte('b')
	q.WriteByte(quote)
	for i := range len(text) {
		switch c := text[i]; {
		case c == quote || c == '\\':
			q.WriteByte('\\')
			q.WriteByte(c)
		case c >= ' ' && c < 0x7f:
			q.WriteByte(c)
		default:
			q.WriteString(escape(c))
		}
	}
	q.WriteByte(quote)
	return q.String()
}

func quoteFor(s string) byte {
	if strings.Contains(s, "'") && !strings.Contains(s, `"`) {
		return '"'
	}
	return '\''
}

func escape(c byte) string {
	switch c {
	case '\n':
		return `\n`
	case '\r':
		return `\r`
	case '\t':
		return `\t`
	}
	return fmt.Sprintf(`\x%02x`, c)
}
