package cases

import (
	"fmt"
	"strings"

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
		finding("f8", "=1512800", "a == 1512800", size/8),
		finding("f4", ">16770000", "a > 16770000", size/4),
		finding("i4", "100..20000", "(a >= 100) & (a <= 20000)", size/4),
		finding("u1", "=7", "a == 7", size),
		finding("u1", ">=0", "a >= 0", size/16),
		finding("u1", ">250", "a > 250", size/1024, 1024),
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
				d, err = pair.Difference(new(summary.Work), summary.Ask{Tolerance: summary.Tolerance{Relative: 1e-12}})
				return err
			}, func() string { return fmt.Sprint(d.Differ) })
			peer, err := m.python(fmt.Sprintf("a = numbers(%d, %q); b = a.copy(); %s", items, code, change),
				"r = (~np.isclose(a, b, 1e-12, 0)).sum(), np.abs(a - b).argmax()", "(~np.isclose(a, b, 1e-12, 0)).sum()")
			return &Pair{Ours: ours, Peer: peer}, err
		},
	}
}

// finding is where the items are that meet a condition, in one dimension or in two.
func finding(code, condition, numPy string, shape ...int) Case {
	items := 1
	for _, extent := range shape {
		items *= extent
	}
	size := data(code, 1).ItemSize()
	find := "np.flatnonzero"
	if len(shape) > 1 {
		find = "np.argwhere"
	}
	return Case{
		Name: fmt.Sprintf("Find, %s, %s, %s", code, sized(items*size), condition), Peer: find, Target: Target{1, Faster}, Bytes: items * size,
		Prepare: func(m *Machine) (*Pair, error) {
			v := data(code, shape...)
			var all kernel.Items
			must(v.Buffer().Enter(&all))
			q := must(summary.NewQuery(all, v.Buffer().Type(), []string{condition}, summary.Tolerance{}))
			var found []int
			ours := calls(func() error {
				found = found[:0]
				return q.Each(new(summary.Work), func(positions []int) error {
					if len(shape) == 1 {
						found = append(found, positions...)
						return nil
					}
					for _, p := range positions {
						found = append(found, p/shape[1], p%shape[1])
					}
					return nil
				})
			}, func() string { return fmt.Sprint(len(found), " ", found[len(found)-1]) })
			peer, err := m.python(fmt.Sprintf("a = numbers(%d, %q).reshape(*%s)", items, code, strings.ReplaceAll(fmt.Sprint(shape), " ", ",")), "f = "+find+"("+numPy+")",
				"(lambda f: f'{f.size} {f.flat[-1]}')("+find+"("+numPy+"))")
			return &Pair{Ours: ours, Peer: peer}, err
		},
	}
}
