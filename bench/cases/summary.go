package cases

import (
	"fmt"

	"github.com/go-memoryview/memoryview"
	"github.com/go-memoryview/memoryview/internal/kernel"
	"github.com/go-memoryview/memoryview/internal/summary"
)

// summaries: what the command's stats and diff compute, of 64 MiB.
func summaries(s Scale) []Case {
	size := 64 * s.MiB
	return []Case{
		figures("f4", size/4).byNumPy(Target{4, Faster}),
		figures("f8", size/8).byNumPy(Target{4, Faster}),
		figures("f4", size/4).byMemcpy(Target{1, Ratio}),
		figures("f8", size/8).byMemcpy(Target{1, Ratio}),
		distribution("f4", size/4, Target{1, Faster}),
		distribution("f8", size/8, Target{1, Faster}),
		difference("f8", size/8, "the same", "", Target{1, Faster}),
		difference("f8", size/8, "each 1000th differs", "b[::1000] += 1", Target{1, Faster}),
		difference("f8", size/8, "all differ", "b += 1e-9 * a + 1e-12", Target{1, Faster}),
	}
}

// column is the items of a view, which is never released.
func column(v *memoryview.View) *summary.Column {
	var items kernel.Items
	must(v.Buffer().Enter(&items))
	return must(summary.Columns(items, v.Buffer().Type()))[0]
}

// figuresCase is min, max, mean, std and the count of NaN, in one pass.
type figuresCase struct {
	code  string
	items int
}

func figures(code string, items int) figuresCase { return figuresCase{code, items} }

func (c figuresCase) against(peer string, t Target, prepare func(*Machine, *memoryview.View) (*Pair, error)) Case {
	size := data(c.code, 1).ItemSize()
	return Case{
		Name: fmt.Sprintf("Figures, %s, %s", c.code, sized(c.items*size)), Peer: peer, Target: t, Bytes: c.items * size,
		Prepare: func(m *Machine) (*Pair, error) { return prepare(m, data(c.code, c.items)) },
	}
}

func (c figuresCase) ours(v *memoryview.View) Side {
	items := column(v)
	var f *summary.Figures
	return calls(func() (err error) {
		f, err = items.Figures(new(summary.Work), summary.Options{})
		return err
	}, func() string { return fmt.Sprintf("%.8e %.8e %.3e %.3e %d", f.Min, f.Max, f.Mean, f.Std, f.NaN) })
}

func (c figuresCase) byNumPy(t Target) Case {
	return c.against("NumPy", t, func(m *Machine, v *memoryview.View) (*Pair, error) {
		peer, err := m.python(fmt.Sprintf("a = numbers(%d, %q)", c.items, c.code),
			"r = a.min(), a.max(), a.mean(), a.std(), np.isnan(a).sum()",
			"'%.8e %.8e %.3e %.3e %d' % (a.min(), a.max(), a.mean(), a.std(), np.isnan(a).sum())")
		return &Pair{Ours: c.ours(v), Peer: peer}, err
	})
}

// byMemcpy: at the speed of memory is what takes no longer than to copy it.
func (c figuresCase) byMemcpy(t Target) Case {
	return c.against("memcpy", t, func(m *Machine, v *memoryview.View) (*Pair, error) {
		src := contents(v)
		peer, err := m.memcpy(make([]byte, len(src)), src)
		ours := c.ours(v)
		return &Pair{Ours: ours, Peer: peer, Want: ours.Result}, err
	})
}

func distribution(code string, items int, t Target) Case {
	size := data(code, 1).ItemSize()
	parts := []float64{0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99}
	return Case{
		Name: fmt.Sprintf("Figures, quantiles and histogram, %s, %s", code, sized(items*size)), Peer: "NumPy", Target: t, Bytes: items * size,
		Prepare: func(m *Machine) (*Pair, error) {
			c := column(data(code, items))
			var f *summary.Figures
			ours := calls(func() (err error) {
				f, err = c.Figures(new(summary.Work), summary.Options{Quantiles: parts, Bins: 12})
				return err
			}, func() string { return fmt.Sprintf("%.5e %.5e", f.Quantiles[0].Value, f.Quantiles[6].Value) })
			peer, err := m.python(fmt.Sprintf("a = numbers(%d, %q); p = %s", items, code, "[0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99]"),
				"r = a.min(), a.max(), a.mean(), a.std(), np.isnan(a).sum(), np.histogram(a, 12), np.quantile(a, p)",
				"'%.5e %.5e' % tuple(np.quantile(a, [0.01, 0.99]))")
			return &Pair{Ours: ours, Peer: peer}, err
		},
	}
}

// difference is how many items differ, where first, and how far at most.
func difference(code string, items int, name, change string, t Target) Case {
	size := data(code, 1).ItemSize()
	return Case{
		Name: fmt.Sprintf("Difference, %s, %s, %s", code, sized(items*size), name), Peer: "NumPy", Target: t, Bytes: 2 * items * size,
		Prepare: func(m *Machine) (*Pair, error) {
			a, b := numbers[float64](items), numbers[float64](items)
			for i := range b {
				switch {
				case change == "":
				case name == "all differ":
					b[i] += 1e-9*a[i] + 1e-12
				case i%1000 == 0:
					b[i]++
				}
			}
			pair := summary.Pair{A: column(view(a, items)), B: column(view(b, items))}
			var d *summary.Difference
			ours := calls(func() (err error) {
				d, err = pair.Difference(new(summary.Work), summary.Tolerance{Relative: 1e-12})
				return err
			}, func() string { return fmt.Sprint(d.Differ) })
			peer, err := m.python(fmt.Sprintf("a = numbers(%d, %q); b = a.copy(); %s", items, code, change),
				"r = (~np.isclose(a, b, 1e-12, 0)).sum(), np.abs(a - b).argmax()", "(~np.isclose(a, b, 1e-12, 0)).sum()")
			return &Pair{Ours: ours, Peer: peer}, err
		},
	}
}
