package memoryview_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"math/big"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/go-memoryview/memoryview"
	"github.com/go-memoryview/memoryview/buffer"
	"github.com/go-memoryview/memoryview/internal/fence"
)

// chosen is what a key keeps of a dimension: count indices from start on, or one, which drops it.
type chosen struct {
	start, count, step int
	drop               bool
}

// selectSlowly reads an expression by Python's rules: what it keeps of each dimension, or all errors there are.
func selectSlowly(expr string, shape []int) (kept []chosen, wrong []error) {
	keys, ok := keysOf(expr)
	if !ok {
		return nil, []error{buffer.ErrValue, buffer.ErrType} // the latter if there are too many as well
	}
	named := 0
	for _, key := range keys {
		if key != "..." {
			named++
		}
	}
	if named > len(shape) {
		wrong = append(wrong, buffer.ErrType)
	}
	if len(keys)-named > 1 {
		wrong = append(wrong, buffer.ErrValue)
	}
	if len(wrong) > 0 {
		return nil, wrong
	}
	var full []string
	rest := slices.Repeat([]string{":"}, len(shape)-named)
	for _, key := range append(keys, "...") {
		if key == "..." {
			full, rest = append(full, rest...), nil
		} else {
			full = append(full, key)
		}
	}
	for d, key := range full {
		c, err := choose(key, shape[d])
		if err != nil {
			wrong = append(wrong, err)
		}
		kept = append(kept, c)
	}
	return kept, wrong
}

var (
	number      = `\s*(?:[-+]\s*)*(?:0(?:_?0)*|[1-9](?:_?[0-9])*)`
	keyPattern  = regexp.MustCompile(`^(?:\s*\.\.\.|` + number + `|(?:` + number + `)?\s*:(?:` + number + `)?(?:\s*:(?:` + number + `)?)?)\s*$`)
	insideOfAll = regexp.MustCompile(`^\s*(?:\[(.*)\]|(.*))\s*$`)
)

// keysOf splits an expression at its commas, of which one may be the last.
func keysOf(expr string) ([]string, bool) {
	if strings.Trim(expr, "[]0123456789_-+:., \t\r\n") != "" {
		return nil, false
	}
	expr = strings.NewReplacer("\t", " ", "\r", " ", "\n", " ").Replace(expr)
	inside := insideOfAll.FindStringSubmatch(expr)
	expr = strings.TrimSpace(inside[1] + inside[2])
	if expr == "" {
		return nil, true
	}
	keys := strings.Split(expr, ",")
	if last := len(keys) - 1; last > 0 && strings.TrimSpace(keys[last]) == "" {
		keys = keys[:last]
	}
	for i, key := range keys {
		if !keyPattern.MatchString(key) {
			return nil, false
		}
		keys[i] = strings.ReplaceAll(strings.ReplaceAll(key, " ", ""), "_", "")
	}
	return keys, true
}

// choose applies a key to a dimension of n items: an index, or a slice by the definition of slice.indices.
func choose(key string, n int) (chosen, error) {
	parts := strings.Split(key, ":")
	if len(parts) == 1 {
		i := bigOf(key)
		if i.Sign() < 0 {
			i.Add(i, big.NewInt(int64(n)))
		}
		if i.Sign() < 0 || i.Cmp(big.NewInt(int64(n))) >= 0 {
			return chosen{}, buffer.ErrBounds
		}
		return chosen{start: int(i.Int64()), count: 1, drop: true}, nil
	}
	step := big.NewInt(1)
	if len(parts) == 3 && parts[2] != "" {
		step = bigOf(parts[2])
	}
	if step.Sign() == 0 {
		return chosen{}, buffer.ErrValue
	}
	low, high := 0, n // what indices are clamped to
	if step.Sign() < 0 {
		low, high = -1, n-1
	}
	clamp := func(text string, omitted int) int {
		if text == "" {
			return omitted
		}
		i := bigOf(text)
		if i.Sign() < 0 {
			i.Add(i, big.NewInt(int64(n)))
		}
		switch {
		case i.Cmp(big.NewInt(int64(low))) < 0:
			return low
		case i.Cmp(big.NewInt(int64(high))) > 0:
			return high
		}
		return int(i.Int64())
	}
	start, stop := clamp(parts[0], low), clamp(parts[1], high)
	if step.Sign() < 0 {
		start, stop = clamp(parts[0], high), clamp(parts[1], low)
	}
	if most := big.NewInt(math.MaxInt); step.CmpAbs(most) > 0 { // beyond every dimension
		step.Mul(most, big.NewInt(int64(step.Sign())))
	}
	c := chosen{start: start, step: int(step.Int64())}
	for i := start; c.step > 0 && i < stop || c.step < 0 && i > stop; i += c.step {
		if c.count++; c.step > n || c.step < -n {
			break
		}
	}
	return c, nil
}

// bigOf reads a number with any signs before it.
func bigOf(text string) *big.Int {
	digits := strings.TrimLeft(text, "+-")
	n, ok := new(big.Int).SetString(digits, 10)
	if !ok {
		panic(text)
	}
	if strings.Count(text, "-")%2 == 1 {
		n.Neg(n)
	}
	return n
}

// corpusLines decodes the lines of a file of the corpus, as it is for a machine of this size.
func corpusLines[T any](t *testing.T, name string, use func(c *T)) {
	folder := filepath.Join("internal", "corpus", "testdata")
	if strconv.IntSize == 32 {
		folder = filepath.Join(folder, "386")
	}
	file := must(os.Open(filepath.Join(folder, name)))
	defer file.Close()
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		c := new(T)
		if err := json.Unmarshal(lines.Bytes(), c); err != nil {
			t.Fatalf("%s: %v", lines.Text(), err)
		}
		use(c)
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
}

// corpusSource is the layout of a source in the corpus.
type corpusSource struct {
	itemSize       int
	shape, strides []int
	offset         int
	suboffsets     []int
}

func (s *corpusSource) UnmarshalJSON(data []byte) error {
	var ignored json.RawMessage
	err := json.Unmarshal(data, &[]any{&ignored, &ignored, &s.itemSize, &s.shape, &s.strides, &s.offset, &ignored, &s.suboffsets})
	if s.strides == nil && err == nil {
		s.strides, err = buffer.ContiguousStrides(s.shape, s.itemSize, buffer.C)
	}
	return err
}

// TestSelectModelIsCPythons holds the model to what CPython and NumPy answered.
func TestSelectModelIsCPythons(t *testing.T) {
	cases := 0
	corpusLines(t, "select.jsonl", func(c *struct {
		ID   string
		Src  corpusSource
		Py   bool // through Python only
		Expr *string
		Want struct {
			Shape, Strides []int
			Offset         *int
		}
		Error []string
	},
	) {
		if c.Py || c.Expr == nil || c.Src.suboffsets != nil {
			return
		}
		cases++
		kept, wrong := selectSlowly(*c.Expr, c.Src.shape)
		if (len(wrong) > 0) != (c.Error != nil) {
			t.Errorf("%s: %q of %v: errors %v, want %v", c.ID, *c.Expr, c.Src.shape, wrong, c.Error)
			return
		}
		if c.Error != nil {
			if !slices.ContainsFunc(wrong, func(err error) bool { return outcome(nil, err) == "buffer."+c.Error[0] }) {
				t.Errorf("%s: %q of %v: errors %v, want %v", c.ID, *c.Expr, c.Src.shape, wrong, c.Error)
			}
			return
		}
		var shape, strides []int
		offset := c.Src.offset
		for d, k := range kept {
			offset += k.start * c.Src.strides[d]
			if !k.drop {
				shape, strides = append(shape, k.count), append(strides, k.step*c.Src.strides[d])
			}
		}
		empty := slices.Contains(shape, 0)
		if !slices.Equal(shape, c.Want.Shape) || c.Want.Offset != nil && !empty && offset != *c.Want.Offset || c.Want.Strides != nil && !slices.Equal(strides, c.Want.Strides) {
			t.Errorf("%s: %q of %+v: shape %v, strides %v, offset %d, want %+v", c.ID, *c.Expr, c.Src, shape, strides, offset, c.Want)
		}
	})
	corpusLines(t, "slice.jsonl", func(c *struct {
		ID   string
		Src  corpusSource
		Ops  [][]*json.Number
		Want struct{ Steps [][]int }
	},
	) {
		for i, op := range c.Ops {
			if i >= len(c.Want.Steps) {
				return
			}
			cases++
			var parts []string
			for _, n := range op {
				if n == nil {
					parts = append(parts, "")
				} else {
					parts = append(parts, n.String())
				}
			}
			want := c.Want.Steps[i]
			got, err := choose(strings.Join(parts, ":"), c.Src.shape[0])
			if err != nil || got.start != want[0] || got.step != want[2] {
				t.Errorf("%s: %v of %d: %+v, %v, want %v", c.ID, parts, c.Src.shape[0], got, err, want)
			}
			c.Src.shape[0] = got.count
		}
	})
	if cases < 400 { // of the sample for 32 bits
		t.Errorf("%d cases", cases)
	}
}

// FuzzSelect selects by any text from views of some shapes, and compares with a model of Python's rules that CPython's own answers were put to.
func FuzzSelect(f *testing.F) {
	for i, expr := range []string{"", "1", "::-1, ..., 2:5", "[0, 1]", "1_0:-+3:2", "...,...", "99999999999999999999:", ",", "1,", "[", " 1 : 2 ", "::99999999999999999999", "[...]]", "-3:7:-2, 0"} {
		f.Add(expr, uint8(i))
	}
	var views []*memoryview.View
	for _, side := range fence.Sides {
		mem := fence.Bytes(f, 24, side)
		copy(mem, "abcdefghijklmnopqrstuvwx")
		v := must(memoryview.FromObject(mem))
		views = append(views, v, must(v.Slice(3, -1, -1)), must(v.Cast("B", 2, 3, 4)), must(v.Cast("B", 1, 24, 1, 1)), must(v.CastShape("24s", nil)),
			must(must(v.Cast("<I", 3, 2)).Transpose()), must(must(v.Cast("3s", 2, 4)).Select("1:1")))
	}
	f.Fuzz(func(t *testing.T, expr string, which uint8) {
		v := views[int(which)%len(views)]
		kept, wrong := selectSlowly(expr, v.Shape())
		w, err := v.Select(expr)
		if len(wrong) > 0 || err != nil {
			if !slices.ContainsFunc(wrong, func(kind error) bool { return errors.Is(err, kind) }) {
				t.Fatalf("%q of %v is %v, want %v", expr, v, err, wrong)
			}
			return
		}
		var shape []int
		for _, k := range kept {
			if !k.drop {
				shape = append(shape, k.count)
			}
		}
		if !slices.Equal(w.Shape(), shape) {
			t.Fatalf("%q of %v is %v, want shape %v", expr, v, w, shape)
		}
		if got, want := must(w.ToBytes(buffer.C)), itemsAt(v, kept, nil); !bytes.Equal(got, want) {
			t.Fatalf("%q of %v is %q, want %q", expr, v, got, want)
		}
	})
}

// itemsAt gathers the bytes of what was chosen, in C order.
func itemsAt(v *memoryview.View, kept []chosen, index []int) (data []byte) {
	if len(kept) == 0 {
		return must(must(v.Sub(index...)).ToBytes(buffer.C))
	}
	for i := range kept[0].count {
		data = append(data, itemsAt(v, kept[1:], append(index[:len(index):len(index)], kept[0].start+i*kept[0].step))...)
	}
	return data
}
