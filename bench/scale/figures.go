package main

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Figure is one number that was measured, or follows from such; or a word that does.
type Figure struct {
	Value float64
	Unit  string // s, B, B/s, /s, %, or none
	Word  string `json:",omitempty"`
}

// Figures are those of one run, by name.
type Figures map[string]Figure

func (f Figures) set(name string, value float64, unit string) {
	f[name] = Figure{Value: value, Unit: unit}
}

// of is the value of a figure, which must be there.
func (f Figures) of(name string) float64 {
	figure, ok := f[name]
	if !ok {
		panic("no figure " + name)
	}
	return figure.Value
}

// String writes a figure as people do, in two digits: more would be those of one run.
func (f Figure) String() string {
	switch f.Unit {
	case "word":
		return f.Word
	case "%":
		return thousands(rounded(f.Value)) + "%"
	case "s":
		return duration(f.Value)
	case "B":
		return scaled(f.Value, "bytes", "kB", "MB", "GB", "TB")
	case "B/s":
		return scaled(f.Value, "bytes/s", "kB/s", "MB/s", "GB/s", "TB/s")
	case "/s":
		return thousands(rounded(f.Value)) + " a second"
	}
	return thousands(rounded(f.Value))
}

func duration(s float64) string {
	for _, u := range []struct {
		name string
		size float64
	}{{"hours", 3600}, {"minutes", 60}, {"s", 1}, {"ms", 1e-3}, {"µs", 1e-6}} {
		if s >= u.size*1.995 || u.name == "µs" || u.size <= 1 && s >= u.size {
			return thousands(rounded(s/u.size)) + " " + u.name
		}
	}
	return ""
}

func scaled(x float64, units ...string) string {
	i := 0
	for ; i < len(units)-1 && x >= 999.5; i++ {
		x /= 1000
	}
	if i == 0 {
		return thousands(math.Round(x)) + " " + units[0]
	}
	return thousands(rounded(x)) + " " + units[i]
}

// rounded keeps two digits.
func rounded(x float64) float64 {
	if x == 0 {
		return 0
	}
	unit := math.Pow(10, math.Floor(math.Log10(math.Abs(x)))-1)
	return math.Round(x/unit) * unit
}

// thousands writes a number with commas.
func thousands(x float64) string {
	text := strconv.FormatFloat(x, 'f', -1, 64)
	if x == math.Trunc(x) || x >= 10 {
		text = fmt.Sprintf("%.0f", x)
	} else if len(text) > 6 {
		text = strings.TrimRight(fmt.Sprintf("%.4f", x), "0")
	}
	whole, part, _ := strings.Cut(text, ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if part != "" {
		whole += "." + part
	}
	return whole
}
