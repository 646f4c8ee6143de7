package main

import (
	"encoding/json"
	"fmt"
	"strconv"

	"github.com/go-memoryview/memoryview"
	"github.com/go-memoryview/memoryview/cmd/memview/internal/arraytext"
	"github.com/go-memoryview/memoryview/internal/kernel"
	"github.com/go-memoryview/memoryview/internal/summary"
)

type statsCommand struct {
	source

	Bins        int  `help:"Bins of the histogram (default: 12)." default:"12" placeholder:"N"`
	NoHistogram bool `help:"Leave the histogram out."`
	Quick       bool `help:"Read the array once: leave histogram and quantiles out."`
	JSON        bool `name:"json" help:"Print JSON. What it has no number for is a string: NaN, Infinity."`
}

// Help is called by kong.
func (*statsCommand) Help() string {
	return "All figures but the counts of NaN and infinities are of the finite items. They are exact, and so are the quantiles " +
		"(NumPy's, method linear): mean, std and sums of floats are rounded. std is that of all items (ddof=0). " +
		"Records have figures for each field, complex numbers for both parts; of text, there are lengths and the first different items. " +
		"Items of four and eight bytes are read again for histogram and quantiles.\n\n" + examples(`
		memview stats photo.npy               of all items
		memview stats 'photo.npy[..., 0]'     of the red ones
		memview stats 'log.npy[:].pos.x'      of one field of records
		memview stats --quick huge.npy        what one pass over the file tells
		memview stats --bins 40 weights.npy   a finer histogram
		memview stats --json log.npy | jq '.stats[0].mean'`)
}

// Validate is called by kong.
func (c *statsCommand) Validate() error {
	if c.Bins < 1 || c.Bins > mostBins {
		return fmt.Errorf("--bins=%d: from 1 to %d", c.Bins, mostBins)
	}
	return c.source.Validate()
}

const mostBins = 10000

// quantiles are those that are printed.
var quantiles = []float64{0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99}

func (c *statsCommand) options() (o summary.Options) {
	if c.Quick {
		return o
	}
	o.Quantiles = quantiles
	if !c.NoHistogram {
		o.Bins = c.Bins
	}
	return o
}

// columnStats are the figures of one column, or what there is to say of text.
type columnStats struct {
	*summary.Column
	figures *summary.Figures
	text    *summary.Text
}

// Run prints the figures.
func (c *statsCommand) Run(out *output) error {
	sel, err := c.open(out.progress)
	if err != nil {
		return err
	}
	defer sel.Close()
	var all []columnStats
	err = out.progress.run("stats", func(w *summary.Work) (err error) {
		all, err = statsOf(sel.part, w, c.options())
		return err
	})
	if err != nil {
		return fmt.Errorf("%s: %w", sel.title(), err)
	}
	if c.JSON {
		return statsJSON(out, sel, all)
	}
	sel.head(out)
	for _, column := range all {
		column.print(out)
	}
	return nil
}

// statsOf reads all items of a view.
func statsOf(v *memoryview.View, w *summary.Work, o summary.Options) ([]columnStats, error) {
	return statsOfItems(v, w, o, func(items kernel.Items) kernel.Items { return items })
}

// statsOfItems reads those of a view's items that are picked.
func statsOfItems(v *memoryview.View, w *summary.Work, o summary.Options, pick func(kernel.Items) kernel.Items) (all []columnStats, err error) {
	var items kernel.Items
	b := v.Buffer()
	visit, err := b.Enter(&items)
	if err != nil {
		return nil, err
	}
	defer visit.Leave(&err)
	columns, err := summary.Columns(pick(items), b.Type())
	if err != nil {
		return nil, err
	}
	for _, c := range columns {
		s := columnStats{Column: c}
		if c.IsNumber() {
			s.figures, err = c.Figures(w, o)
		} else {
			s.text, err = c.Text(w)
		}
		if err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	return all, nil
}

// print writes a line for each figure, below the name of the field.
func (s *columnStats) print(out *output) {
	if s.Name != "" {
		fmt.Fprintf(out, "\n%s  %s\n", arraytext.Printable(s.Name), out.dim(words(s.Type)))
	}
	if s.text != nil {
		printText(out, s.text)
		return
	}
	f := s.figures
	line := func(what, text string) { fmt.Fprintf(out, "%-9s %s\n", what, text) }
	part := func(what string, n int) {
		if n > 0 {
			line(what, fmt.Sprintf("%d%s", n, out.dim(percent(n, f.Count))))
		}
	}
	line("count", strconv.Itoa(f.Count))
	part("NaN", f.NaN)
	part("+Inf", f.PosInf)
	part("-Inf", f.NegInf)
	if f.Finite() == 0 {
		return
	}
	line("min", valueText(f.Min)+out.dim("  at "+indexText(f.MinAt)))
	line("max", valueText(f.Max)+out.dim("  at "+indexText(f.MaxAt)))
	line("mean", shortFloat(f.Mean))
	line("std", shortFloat(f.Std))
	line("sum", numberText(f.Sum))
	part("zeros", f.Zeros)
	part("negative", f.Negatives)
	printQuantiles(out, f.Quantiles)
	if f.Histogram != nil {
		printHistogram(out, f.Histogram)
	}
}

func percent(n, of int) string { return fmt.Sprintf("  %.3g%%", 100*float64(n)/float64(of)) }

// shortFloat has as many digits as anybody reads. JSON has all.
func shortFloat(x float64) string { return strconv.FormatFloat(x, 'g', 7, 64) }

func numberText(x any) string {
	switch x := x.(type) {
	case float64:
		return shortFloat(x)
	case float32:
		return shortFloat(float64(x))
	}
	return fmt.Sprint(x)
}

func printQuantiles(out *output, quantiles []summary.Quantile) {
	for i, q := range quantiles {
		what := ""
		if i == 0 {
			what = "quantiles"
		}
		fmt.Fprintf(out, "%-9s %s  %s\n", what, out.dim(fmt.Sprintf("%2.0f%%", 100*q.Part)), numberText(q.Value))
	}
}

func printText(out *output, t *summary.Text) {
	line := func(what, text string, args ...any) {
		fmt.Fprintf(out, "%-9s "+text+"\n", append([]any{what}, args...)...)
	}
	line("count", "%d", t.Count)
	if t.Count == 0 {
		return
	}
	line("length", "%d to %d, %s on the average", t.Shortest, t.Longest, shortFloat(t.Mean))
	if t.Empty > 0 {
		line("empty", "%d%s", t.Empty, out.dim(percent(t.Empty, t.Count)))
	}
	more := ""
	if t.Distinct == summary.MostDistinct {
		more = " or more"
	}
	line("different", "%d%s", t.Distinct, more)
	what := "first"
	for _, o := range t.First {
		line(what, "%s%s", cutText(valueText(o.Item), textWidth), out.dim("  "+plural(o.Count, "%d time")))
		what = ""
	}
}

const textWidth = 50 // characters of an item that are printed

// statsJSON prints all figures, in all digits.
func statsJSON(out *output, s *selection, all []columnStats) error {
	if err := s.headJSON(out); err != nil {
		return err
	}
	columns := make([]map[string]any, len(all))
	for i, c := range all {
		columns[i] = c.json()
		columns[i]["name"], columns[i]["format"] = c.Name, c.Type.String()
	}
	text, err := marshal(columns)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, `"stats":%s}`+"\n", text)
	return err
}

func (s *columnStats) json() map[string]any {
	if t := s.text; t != nil {
		first := []any{}
		for _, o := range t.First {
			first = append(first, map[string]any{"item": itemJSON(o.Item), "count": o.Count})
		}
		return map[string]any{
			"count": t.Count, "empty": t.Empty, "shortest": t.Shortest, "longest": t.Longest, "mean_length": t.Mean,
			"different": t.Distinct, "more": t.Distinct == summary.MostDistinct, "first": first,
		}
	}
	f := s.figures
	all := map[string]any{
		"count": f.Count, "nan": f.NaN, "posinf": f.PosInf, "neginf": f.NegInf, "zeros": f.Zeros, "negatives": f.Negatives,
		"mean": itemJSON(f.Mean), "std": itemJSON(f.Std), "sum": itemJSON(f.Sum),
	}
	if f.Min != nil {
		all["min"], all["min_at"] = itemJSON(f.Min), f.MinAt
		all["max"], all["max_at"] = itemJSON(f.Max), f.MaxAt
	}
	if f.Quantiles != nil {
		parts := map[string]any{}
		for _, q := range f.Quantiles {
			parts[strconv.FormatFloat(q.Part, 'g', -1, 64)] = itemJSON(q.Value)
		}
		all["quantiles"] = parts
	}
	if h := f.Histogram; h != nil {
		all["histogram"] = map[string]any{"edges": h.Edges, "counts": h.Counts}
	}
	return all
}

// itemJSON writes an item as all commands do.
func itemJSON(item any) json.RawMessage { return appendJSON(nil, item) }
