package cases

import (
	"bytes"
	"fmt"

	"github.com/go-memoryview/memoryview"
)

// equals: two arrays of the same numbers.
func equals(s Scale) []Case {
	few, many := 4*s.Thousand, s.Million
	return []Case{
		equal("i4", "f8", few, "NumPy", Target{6, Faster}),
		equal("i4", "f8", many, "NumPy", Target{1.4, Faster}),
		equal("i4", "f8", few, "CPython", Target{500, Faster}),
		equal("i4", "f8", many, "CPython", Target{100, Faster}),
		equal("i4", "i4", few, "NumPy", Target{3, Faster}),
		equal("i4", "i4", many, "NumPy", Target{1, Faster}),
		equal("f8", "f8", few, "NumPy", Target{3, Faster}),
		equal("f8", "f8", many, "NumPy", Target{1, Faster}),
	}
}

func equal(left, right string, items int, peer string, t Target) Case {
	return Case{
		Name: fmt.Sprintf("Equal, %s with %s, %s items", left, right, counted(items)), Peer: peer, Target: t,
		Bytes: items * (data(left, 1).ItemSize() + data(right, 1).ItemSize()),
		Prepare: func(m *Machine) (*Pair, error) {
			a, b := data(left, items), data(right, items)
			var same bool
			ours := calls(func() (err error) {
				same, err = a.Equal(b)
				return err
			}, func() string { return truth(same) })
			setup := fmt.Sprintf("a, b = numbers(%d, %q), numbers(%d, %q)", items, left, items, right)
			run := "(a == b).all()"
			if peer == "CPython" {
				setup += "; a, b = memoryview(a), memoryview(b)"
				run = "a == b"
			}
			theirs, err := m.python(setup, run, run)
			return &Pair{Ours: ours, Peer: theirs}, err
		},
	}
}

// truth writes a bool as Python does.
func truth(b bool) string {
	if b {
		return "True"
	}
	return "False"
}

// counted writes a number of items as people do.
func counted(items int) string {
	if items >= 1<<20 {
		return fmt.Sprintf("%dM", items>>20)
	}
	if items >= 1<<10 {
		return fmt.Sprintf("%dk", items>>10)
	}
	return fmt.Sprint(items)
}

// counts: how often an item occurs, and where one does first.
func counts(s Scale) []Case {
	few, many := 4*s.Thousand, s.Million
	var all []Case
	for _, code := range []string{"u1", "u2", "i4", "f8"} {
		all = append(all, count(code, few, Target{10, Faster}), count(code, many, Target{1, Faster}))
	}
	return append(all, countByte(few), countByte(many), indexByte(few), indexByte(many))
}

func count(code string, items int, t Target) Case {
	return Case{
		Name: fmt.Sprintf("Count, %s, %s items", code, counted(items)), Peer: "NumPy", Target: t,
		Bytes: items * data(code, 1).ItemSize(),
		Prepare: func(m *Machine) (*Pair, error) {
			v := data(code, items)
			ours := asked(v.Count, must(v.At(5)))
			run := "np.count_nonzero(a == x)"
			peer, err := m.python(fmt.Sprintf("a = numbers(%d, %q); x = a[5]", items, code), run, run)
			return &Pair{Ours: ours, Peer: peer}, err
		},
	}
}

// asked is a side that asks a view for a number about a value.
func asked(ask func(any) (int, error), value any) Side {
	var n int
	return calls(func() (err error) {
		n, err = ask(value)
		return err
	}, func() string { return fmt.Sprint(n) })
}

const sameSpeed = 1.1 // beside package bytes

func countByte(items int) Case {
	return inBytes("Count of a byte", items, (*memoryview.View).Count, func(data []byte, x byte) int { return bytes.Count(data, []byte{x}) })
}

func indexByte(items int) Case {
	return inBytes("Index of a byte", items, (*memoryview.View).Index, bytes.IndexByte)
}

// inBytes looks for a byte that stands at the end only.
func inBytes(name string, items int, ask func(*memoryview.View, any) (int, error), peer func([]byte, byte) int) Case {
	return Case{
		Name: fmt.Sprintf("%s, %s", name, sized(items)), Peer: "package bytes", Target: Target{sameSpeed, Ratio}, Bytes: items,
		Prepare: func(*Machine) (*Pair, error) {
			const last = 255
			text := bytes.ReplaceAll(numbers[uint8](items), []byte{last}, []byte{0})
			text[items-1] = last
			v := view(text, items)
			const value = byte(last)
			ours := asked(func(x any) (int, error) { return ask(v, x) }, value)
			theirs := asked(func(any) (int, error) { return peer(text, last), nil }, nil)
			return &Pair{Ours: ours, Peer: theirs}, nil
		},
	}
}
