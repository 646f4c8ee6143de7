package report

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/go-memoryview/memoryview/bench/cases"
)

// Table writes the results for a terminal.
func (r *Report) Table(w io.Writer) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "CASE\tFIGURE\t95%\tTARGET\t\tKERNELS")
	for _, result := range r.Results {
		fmt.Fprintln(table, strings.Join(result.columns(), "\t"))
	}
	if err := table.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintln(w, r.Summary())
	return err
}

func (r *Result) columns() []string {
	if !r.Measured() {
		return []string{r.Case(), "", "", r.Target.String(), string(r.Verdict), r.Why}
	}
	return []string{r.Case(), r.Target.Format(r.Figure.Median), r.Bounds(), r.Target.String(), string(r.Verdict), r.kernels()}
}

func (r *Result) kernels() string {
	switch {
	case r.Ours == 0:
		return ""
	case r.Kernels == nil:
		return "not counted"
	case len(r.Kernels) == 0:
		return "none"
	}
	return strings.Join(r.Kernels, ", ")
}

// The files of a page.
const (
	pageFile   = "RESULTS.md"
	marginFile = "ratios.svg"
	growthFile = "growth.svg"
)

// page writes the results as Markdown.
func (r *Report) page(w io.Writer) {
	fmt.Fprintf(w, "# Results\n\nWritten by `make bench`; [README](README.md) says how to read it. %s.\n\n", r.Summary())
	fmt.Fprintf(w, "![Every case beside its target](%s)\n\n", marginFile)
	fmt.Fprint(w, "| Case | Figure | 95% interval | Target | | Ours | Peer | Kernels that ran |\n|---|---|---|---|---|---|---|---|\n")
	for _, result := range r.Results {
		c := result.columns()
		if result.Verdict == cases.Miss {
			c[4] = "**MISS**"
		}
		row := append(c[:5:5], result.cost(result.Ours), result.cost(result.Theirs), c[5])
		fmt.Fprintf(w, "| %s |\n", strings.Join(row, " | "))
	}
	fmt.Fprintf(w, "\n## Growth\n\nNanoseconds a byte, from 1 KiB on.\n\n![Cost of a byte](%s)\n\n", growthFile)
	r.growthTable(w)
	fmt.Fprint(w, "\n## Machine\n\n| | |\n|---|---|\n")
	for _, f := range r.Machine {
		fmt.Fprintf(w, "| %s | %s |\n", f.Name, f.Value)
	}
}

// cost writes the time of a call, and the rate where there is one.
func (r *Result) cost(ns float64) string {
	if ns == 0 {
		return ""
	}
	text := duration(ns)
	if r.Bytes > 0 {
		text += fmt.Sprintf(", %.3g GB/s", float64(r.Bytes)/ns)
	}
	return text
}

func duration(ns float64) string {
	switch {
	case ns >= 1e9:
		return fmt.Sprintf("%.3g s", ns/1e9)
	case ns >= 1e6:
		return fmt.Sprintf("%.3g ms", ns/1e6)
	case ns >= 1e3:
		return fmt.Sprintf("%.3g µs", ns/1e3)
	}
	return fmt.Sprintf("%.3g ns", ns)
}

func (r *Report) growthTable(w io.Writer) {
	if len(r.Growth) == 0 {
		return
	}
	header, rule := "| Bytes |", "|---|"
	for _, line := range r.Growth {
		header += " " + line.Name + " |"
		rule += "---|"
	}
	fmt.Fprintf(w, "%s\n%s\n", header, rule)
	for i, point := range r.Growth[0].Points {
		fmt.Fprintf(w, "| %s |", sized(point.Bytes))
		for _, line := range r.Growth {
			fmt.Fprintf(w, " %.3g |", line.Points[i].Cost.Median)
		}
		fmt.Fprintln(w)
	}
}

// sized writes a power of two of bytes.
func sized(n int) string {
	units := []string{"bytes", "KiB", "MiB", "GiB"}
	for n >= 1024 && len(units) > 1 {
		n, units = n/1024, units[1:]
	}
	return fmt.Sprintf("%d %s", n, units[0])
}
