package main

import (
	"fmt"
	"strings"

	"github.com/go-memoryview/memoryview/internal/summary"
)

const (
	fewItems   = 64 // are said without a picture
	mapRows    = 16
	mapColumns = 64
)

// mapSize is how many cells there is room for.
func mapSize(out *output) (rows, columns int) {
	width := mapColumns
	if out.width > 0 {
		width = min(width, max(out.width-len("  "), leastBar))
	}
	return mapRows, width
}

// Shades are for no item of a cell that differs, for some, and for all.
var (
	shades      = []rune("·░▒▓█")
	asciiShades = []rune(".-+#@")
)

// printMap draws where items differ: a character a cell.
func printMap(out *output, m *summary.Map) {
	chars := shades
	if out.ascii {
		chars = asciiShades
	}
	fmt.Fprintln(out)
	for r := range m.Rows {
		var line strings.Builder
		for i := r * m.Columns; i < (r+1)*m.Columns; i++ {
			line.WriteRune(chars[shade(m.Differ[i], m.Items[i], len(chars))])
		}
		fmt.Fprintf(out, "  %s\n", line.String())
	}
	out.comment("  %s", mapLegend(m))
}

// shade is the number of one of so many. What differs at all is seen.
func shade(differ, items, shades int) int {
	if differ == 0 {
		return 0
	}
	steps := float64(shades - 1)
	return min(1+int(float64(differ)/float64(items)*steps), shades-1)
}

func mapLegend(m *summary.Map) string {
	most := 0
	for _, n := range m.Items {
		most = max(most, n)
	}
	if m.Rows == 1 {
		return fmt.Sprintf("from the first item to the last, %s a character", plural(most, "%d item"))
	}
	down := "the first dimension"
	if m.Down > 1 {
		down = fmt.Sprintf("the first %d dimensions", m.Down)
	}
	return fmt.Sprintf("%s down, the others across; at most %s a character", down, plural(most, "%d item"))
}
