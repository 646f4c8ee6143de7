package main

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/go-memoryview/memoryview/internal/summary"
)

const (
	pipeWidth = 75 // of what is printed where there is no terminal
	leastBar  = 5
)

// eighths are blocks of a character's height and a part of its width.
var eighths = []string{"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"}

// printHistogram draws a bar for each bin, as wide as the terminal.
func printHistogram(out *output, h *summary.Histogram) {
	labels, counts := make([]string, len(h.Counts)), make([]string, len(h.Counts))
	wide, long, most := 0, 0, 1
	for i, n := range h.Counts {
		labels[i], counts[i] = binLabel(h, i), strconv.Itoa(n)
		wide, long, most = max(wide, len(labels[i])), max(long, len(counts[i])), max(most, n)
	}
	width := out.width
	if width == 0 {
		width = pipeWidth
	}
	room := max(width-wide-long-len("    "), leastBar)
	fmt.Fprintln(out)
	for i, n := range h.Counts {
		line := fmt.Sprintf("%*s  %*s  %s", wide, labels[i], long, counts[i], bar(n, most, room, out.ascii))
		fmt.Fprintln(out, strings.TrimRight(line, " "))
	}
}

// binLabel is the number of a bin that has one, or the edges.
func binLabel(h *summary.Histogram, i int) string {
	if h.Single {
		return strconv.FormatFloat(h.Edges[i], 'f', 0, 64)
	}
	end := ")"
	if i == len(h.Counts)-1 {
		end = "]"
	}
	return fmt.Sprintf("[%s, %s%s", edgeText(h.Edges[i]), edgeText(h.Edges[i+1]), end)
}

func edgeText(x float64) string { return strconv.FormatFloat(x, 'g', 5, 64) }

// bar is a line as long as its part of the longest. What there is at all is seen.
func bar(n, most, room int, ascii bool) string {
	if n == 0 {
		return ""
	}
	length := float64(n) / float64(most) * float64(room)
	if ascii {
		return strings.Repeat("#", max(int(length+0.5), 1))
	}
	steps := max(int(length*8+0.5), 1)
	return strings.Repeat("█", steps/8) + eighths[steps%8]
}
