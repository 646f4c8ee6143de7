package main

import (
	"encoding/json"
	"fmt"
	"math"

	"github.com/go-memoryview/memoryview/cmd/memview/internal/arraytext"
	"github.com/go-memoryview/memoryview/cmd/memview/internal/picture"
	"github.com/go-memoryview/memoryview/internal/summary"
)

type plotCommand struct {
	source
	drawn

	Kind string   `short:"k" help:"line, histogram, heatmap or image (default: what fits the array)." enum:"auto,line,histogram,heatmap,image" default:"auto" placeholder:"KIND"`
	Log  bool     `help:"A logarithmic scale of values; of counts in a histogram."`
	Min  *float64 `help:"Where the scale begins (default: the least item)." placeholder:"X"`
	Max  *float64 `help:"Where it ends (default: the largest)." placeholder:"X"`
	Clip float64  `help:"Percent at either end that the scale leaves out, so that a few extremes do not decide." placeholder:"PERCENT"`
	Bins int      `help:"Bins of a histogram (default: as many as fit)." placeholder:"N"`
	JSON bool     `name:"json" help:"Print what would be drawn as JSON."`
}

// Help is called by kong.
func (*plotCommand) Help() string {
	return "One dimension is a line, two are a heat map, or lines where there are few columns; uint8 of two dimensions, and three or four values for each pixel, are an image; " +
		"fields of records are lines. Of anything else there is a histogram. Complex numbers are drawn as their magnitude. " +
		"A line shows the lowest and the highest item in each place, so that no spike is lost; a cell of a heat map the mean.\n\n" + examples(`
		memview plot signal.npy                     a line, in the terminal
		memview plot 'photo.npy[::-1]'              an image, upside down
		memview plot -k histogram --log photo.npy   counts, on a logarithmic scale
		memview plot --clip 1 'depth.npy[0]'        without the extreme 1% at either end
		memview plot 'log.npy[:].pos'               the fields of records
		memview plot -o out.svg weights.npy         a file; .png too
		memview plot --json 'signal.npy[::2]' | jq '.plot.columns[0].high'`)
}

// Validate is called by kong.
func (c *plotCommand) Validate() error {
	if c.Bins < 0 {
		return fmt.Errorf("--bins=%d: from 1 on", c.Bins)
	}
	o := c.options(picture.Size{})
	if err := o.Validate(); err != nil {
		return err
	}
	if err := c.drawn.Validate(); err != nil {
		return err
	}
	return c.source.Validate()
}

func (c *plotCommand) options(size picture.Size) picture.Options {
	o := picture.Options{Size: size, Kind: c.Kind, Bins: c.Bins, Log: c.Log, Min: math.NaN(), Max: math.NaN(), Clip: c.Clip}
	if c.Min != nil {
		o.Min = *c.Min
	}
	if c.Max != nil {
		o.Max = *c.Max
	}
	return o
}

// Run draws.
func (c *plotCommand) Run(out *output) error {
	sel, err := c.open(out.progress)
	if err != nil {
		return err
	}
	defer sel.Close()
	o := c.options(c.size(out))
	var p picture.Plot
	err = out.progress.run("plot", func(w *summary.Work) (err error) {
		p, err = picture.Read(sel.part, w, o)
		return err
	})
	if err != nil {
		return fmt.Errorf("%s: %w", sel.title(), err)
	}
	if c.JSON {
		return plotJSON(out, sel, p)
	}
	return c.write(out, p.Draw(arraytext.Printable(sel.headline())))
}

// plotJSON prints what is drawn.
func plotJSON(out *output, s *selection, p picture.Plot) error {
	if err := s.headJSON(out); err != nil {
		return err
	}
	all := map[string]any{}
	special := func(s picture.Special) map[string]int {
		return map[string]int{"nan": s.NaN, "posinf": s.PosInf, "neginf": s.NegInf}
	}
	switch p := p.(type) {
	case *picture.Lines:
		columns := []any{}
		for _, c := range p.Columns {
			columns = append(columns, map[string]any{"name": c.Name, "low": floatsJSON(c.Low), "high": floatsJSON(c.High), "special": special(c.Special)})
		}
		all["count"], all["columns"] = p.Count, columns
	case *picture.Histogram:
		all["edges"], all["counts"], all["below"], all["above"], all["special"] = p.Edges, p.Counts, p.Below, p.Above, special(p.Special)
	case *picture.Heatmap:
		all["rows"], all["columns"], all["means"], all["read"], all["special"] = p.Rows, p.Columns, floatsJSON(p.Values), p.Read, special(p.Special)
	case *picture.Pixels:
		all["width"], all["height"], all["rgba"] = p.Image.Bounds().Dx(), p.Image.Bounds().Dy(), p.Image.Pix
	}
	text, err := marshal(all)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, `"kind":%s,"plot":%s}`+"\n", quoted(p.Kind()), text)
	return err
}

// floatsJSON writes numbers as all commands do.
func floatsJSON(all []float64) []json.RawMessage {
	text := make([]json.RawMessage, len(all))
	for i, x := range all {
		text[i] = itemJSON(x)
	}
	return text
}
