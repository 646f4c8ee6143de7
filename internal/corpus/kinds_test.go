package corpus_test

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/go-memoryview/memoryview"
	"github.com/go-memoryview/memoryview/buffer"
	"github.com/go-memoryview/memoryview/format"
)

// compareView holds a view to the "want" of a case.
func (c *testCase) compareView(v *memoryview.View, s *source) error {
	var want viewFacts
	if err := json.Unmarshal(c.Want, &want); err != nil {
		return err
	}
	return want.compare(v, s)
}

func replayLayout(c *testCase) error {
	v, err := c.Src.view()
	if err != nil {
		return err
	}
	var want viewFacts
	if err := json.Unmarshal(c.Want, &want); err != nil {
		return err
	}
	l := &c.Src.layout
	nbytes, readOnly := len(*want.C)/2, c.Src.readOnly
	want.Shape, want.RO = &l.Shape, &readOnly
	if want.Strides == nil {
		want.Strides = &l.Strides
	}
	if want.F == nil {
		want.F = want.C
	}
	if v.NBytes() != nbytes || v.Format() != l.Format || v.ItemSize() != l.ItemSize || v.NDim() != len(l.Shape) || !slices.Equal(v.Suboffsets(), l.Suboffsets) {
		return mismatch(fmt.Sprintf("nbytes %d (want %d), format %q, itemsize %d, suboffsets %v", v.NBytes(), nbytes, v.Format(), v.ItemSize(), v.Suboffsets()))
	}
	if n, err := v.Len(); len(l.Shape) > 0 && (err != nil || n != l.Shape[0]) {
		return mismatch(fmt.Sprintf("len is %d, %v", n, err))
	}
	if err := want.compareOrderAny(v); err != nil {
		return err
	}
	return want.compare(v, c.Src)
}

// compareOrderAny holds tobytes in order A to the one of the orders that it equals.
func (want *viewFacts) compareOrderAny(v *memoryview.View) error {
	got, err := v.ToBytes(buffer.Any)
	if err != nil {
		return err
	}
	packed := want.C
	if want.A != nil && *want.A == "F" {
		packed = want.F
	}
	if hex.EncodeToString(got) != *packed {
		return mismatch(fmt.Sprintf("bytes in order A are %x, want %s", got, *packed))
	}
	return nil
}

func replaySlice(c *testCase) error {
	v, err := c.Src.view()
	if err != nil {
		return err
	}
	var want struct{ Steps [][]int }
	if c.Want != nil {
		if err := json.Unmarshal(c.Want, &want); err != nil {
			return err
		}
	}
	for i, raw := range c.Ops {
		selected, err := v.Select(sliceText(raw))
		if err != nil {
			return err
		}
		if want.Steps != nil {
			s := want.Steps[i]
			sliced, err := v.Slice(s[0], s[1], s[2])
			if err != nil {
				return err
			}
			if same, err := sliced.Equal(selected); !same && !hasNaN(sliced) || err != nil || fmt.Sprint(sliced.Strides()) != fmt.Sprint(selected.Strides()) {
				return mismatch(fmt.Sprintf("Slice(%v) is %v, Select is %v: %v", s, sliced, selected, err))
			}
		}
		v = selected
	}
	return c.compareView(v, c.Src)
}

// hasNaN reports whether a view is unequal to itself, as views with a NaN are.
func hasNaN(v *memoryview.View) bool {
	same, err := v.Equal(v)
	return err == nil && !same
}

// sliceText writes [start, stop, step] in Python's notation.
func sliceText(raw json.RawMessage) string {
	var parts []*json.Number
	if err := json.Unmarshal(raw, &parts); err != nil {
		return err.Error()
	}
	var text []string
	for _, part := range parts {
		if part == nil {
			text = append(text, "")
		} else {
			text = append(text, part.String())
		}
	}
	return strings.Join(text, ":")
}

func replaySelect(c *testCase) error {
	v, err := c.Src.view()
	if err != nil {
		return err
	}
	if c.Expr == nil {
		v, err = v.Sub(c.Sub...)
	} else {
		v, err = v.Select(*c.Expr)
	}
	if err != nil {
		return err
	}
	return c.compareView(v, c.Src)
}

func replayCast(c *testCase) error {
	v, err := c.Src.view()
	if err != nil {
		return err
	}
	for i, raw := range c.Ops {
		w, err := castOnce(v, raw)
		if err != nil && c.Error != nil && i != c.At {
			return mismatch(fmt.Sprintf("op %d failed: %v", i, err))
		}
		if err != nil {
			return err
		}
		v = w
	}
	if c.Error != nil {
		return nil
	}
	return c.compareCast(v)
}

// compareCast holds the last view of a chain to "want", to its op's format and to C order.
func (c *testCase) compareCast(v *memoryview.View) error {
	var op []json.RawMessage
	if err := json.Unmarshal(c.Ops[len(c.Ops)-1], &op); err != nil {
		return err
	}
	var last string
	if err := json.Unmarshal(op[0], &last); err != nil {
		return err
	}
	strides, err := buffer.ContiguousStrides(v.Shape(), v.ItemSize(), buffer.C)
	if err != nil {
		return err
	}
	if v.Format() != last || !slices.Equal(v.Strides(), strides) {
		return mismatch(fmt.Sprintf("format %q, strides %v", v.Format(), v.Strides()))
	}
	return c.compareView(v, c.Src)
}

func castOnce(v *memoryview.View, raw json.RawMessage) (*memoryview.View, error) {
	var op []json.RawMessage
	if err := json.Unmarshal(raw, &op); err != nil {
		return nil, err
	}
	var fmt string
	if err := json.Unmarshal(op[0], &fmt); err != nil {
		return nil, err
	}
	if len(op) == 1 {
		return v.Cast(fmt)
	}
	var shape []int
	if err := json.Unmarshal(op[1], &shape); err != nil {
		return nil, err
	}
	return v.CastShape(fmt, shape)
}

func replayElement(c *testCase) error {
	v, err := c.Src.view()
	if err != nil {
		return err
	}
	if c.Released != nil {
		if err := v.Release(); err != nil {
			return mismatch(err.Error())
		}
	}
	if c.Set == nil {
		item, err := v.At(c.Index...)
		if err != nil {
			return err
		}
		return compareValue(c.Want, item)
	}
	return c.replaySet(v)
}

func (c *testCase) replaySet(v *memoryview.View) error {
	value, err := goValue(c.Set)
	if err != nil {
		return err
	}
	before := hex.EncodeToString(c.Src.mem)
	if err := v.Set(value, c.Index...); err != nil {
		if hex.EncodeToString(c.Src.mem) != before {
			return mismatch("an error, and yet the memory changed: " + err.Error())
		}
		return err
	}
	return c.compareHex("memory", c.Src.mem)
}

// compareHex holds bytes to "want".
func (c *testCase) compareHex(what string, data []byte) error {
	if c.Error != nil {
		return nil
	}
	return c.compareText(what, hex.EncodeToString(data))
}

func (c *testCase) compareText(what, text string) error {
	var want string
	if err := json.Unmarshal(c.Want, &want); err != nil {
		return err
	}
	if text != want {
		return mismatch(fmt.Sprintf("%s %q, want %q", what, text, want))
	}
	return nil
}

func replayEqual(c *testCase) error {
	a, err := c.A.view()
	if err != nil {
		return err
	}
	b := a
	if string(c.B) != `"a"` {
		var other source
		if err := json.Unmarshal(c.B, &other); err != nil {
			return err
		}
		if b, err = other.view(); err != nil {
			return err
		}
	}
	released := string(c.Released)
	if strings.Contains(released, "a") {
		_ = a.Release()
	}
	if strings.Contains(released, "b") {
		_ = b.Release()
	}
	got, err := a.Equal(b)
	if err != nil {
		return err
	}
	return c.compareBool("equality", got)
}

func (c *testCase) compareBool(what string, got bool) error {
	if c.Error == nil && fmt.Sprint(got) != string(c.Want) {
		return mismatch(fmt.Sprintf("%s is %v", what, got))
	}
	return nil
}

func replayAssign(c *testCase) error {
	dst, err := c.Dst.view()
	if err != nil {
		return err
	}
	from := dst
	if c.Src != nil {
		if from, err = c.Src.view(); err != nil {
			return err
		}
	}
	if c.From != nil {
		if from, err = from.Select(*c.From); err != nil {
			return err
		}
	}
	to, err := dst.Select(c.To)
	if err != nil {
		return err
	}
	before := hex.EncodeToString(c.Dst.mem)
	if err := to.CopyFrom(from); err != nil {
		if hex.EncodeToString(c.Dst.mem) != before {
			return mismatch("an error, and yet the memory changed: " + err.Error())
		}
		return err
	}
	return c.compareHex("memory", c.Dst.mem)
}

func replayHex(c *testCase) error {
	v, err := c.Src.view()
	if err != nil {
		return err
	}
	sep, group := "", 1
	if c.Sep != nil {
		sep = *c.Sep
	}
	if c.Group != nil {
		group = *c.Group
	}
	text, err := v.Hex(sep, group)
	if err != nil {
		return err
	}
	return c.compareText("hex", text)
}

func replayRequest(c *testCase) error {
	v, err := c.Src.view()
	if err != nil {
		return err
	}
	var exporter buffer.Exporter = v
	if c.Via == "exporter" {
		exporter = c.Src
	}
	b, err := buffer.Get(exporter, buffer.Flags(c.Flags))
	if err != nil {
		return err
	}
	return c.compareLoan(b)
}

// compareLoan holds a loan to what C fills in. A loan of ours always has its whole layout, so only
// what C has must agree; SIMPLE alone makes C's a row of bytes.
func (c *testCase) compareLoan(b *buffer.Buffer) error {
	var want struct {
		RO                         int
		NDim                       int
		Fmt                        *string
		Shape, Strides, Suboffsets []int
	}
	if err := json.Unmarshal(c.Want, &want); err != nil {
		return err
	}
	l := b.Layout()
	agree := b.ReadOnly() == (want.RO != 0) &&
		(want.Fmt == nil || *want.Fmt == l.Format) &&
		(want.Shape == nil || slices.Equal(want.Shape, l.Shape)) &&
		(want.Strides == nil || slices.Equal(want.Strides, l.Strides)) &&
		(want.Suboffsets == nil || slices.Equal(want.Suboffsets, l.Suboffsets)) &&
		(want.NDim == len(l.Shape) || want.Shape == nil)
	if !agree {
		return mismatch(fmt.Sprintf("the loan is %+v, read-only %v", l, b.ReadOnly()))
	}
	return b.Release()
}

func replaySearch(c *testCase) error {
	v, err := c.Src.view()
	if err != nil {
		return err
	}
	switch c.Op {
	case "iter", "reversed":
		return c.replayIteration(v)
	case "len":
		n, err := v.Len()
		if err != nil {
			return err
		}
		return compareValue(c.Want, n)
	}
	value, err := goValue(c.Value)
	if err != nil {
		return err
	}
	switch c.Op {
	case "count":
		n, err := v.Count(value)
		if err != nil {
			return err
		}
		return compareValue(c.Want, n)
	case "index":
		n, err := v.Index(value)
		if err != nil {
			return err
		}
		return compareValue(c.Want, n)
	case "in":
		n, err := v.Index(value)
		if err != nil {
			return err
		}
		return c.compareBool("membership", n >= 0)
	}
	return mismatch("unknown op " + c.Op)
}

func (c *testCase) replayIteration(v *memoryview.View) error {
	list := []any{}
	for item, err := range v.All() {
		if err != nil {
			return err
		}
		list = append(list, item)
	}
	if c.Op == "reversed" {
		slices.Reverse(list)
	}
	return compareValue(c.Want, list)
}

func replayHash(c *testCase) error {
	if c.Src != nil {
		_, err := c.hashOf(c.Src)
		return err
	}
	var other source
	if err := json.Unmarshal(c.B, &other); err != nil {
		return err
	}
	a, errA := c.hashOf(c.A)
	b, errB := c.hashOf(&other)
	if err := errors.Join(errA, errB); err != nil {
		return err
	}
	return c.compareBool("equality of the hashes", a == b)
}

// hashOf takes the hash of a source whose owner may be able to change it.
func (c *testCase) hashOf(s *source) (uint64, error) {
	changeable, readOnly := c.Owner == "bytearray" || c.Owner == "array", s.readOnly != 0
	if changeable {
		s.readOnly = 0
	}
	v, err := s.view()
	if err == nil && changeable && readOnly {
		v, err = v.ToReadOnly()
	}
	if err != nil {
		return 0, err
	}
	if c.Released != nil {
		_ = v.Release()
	}
	return v.Hash()
}

func replayContiguous(c *testCase) error {
	v, err := c.Src.view()
	if err != nil {
		return err
	}
	access := buffer.Read
	if c.Access == "w" {
		access = buffer.Write
	}
	got, err := memoryview.GetContiguous(v, access, buffer.Order(c.Order[0]))
	if err != nil {
		return err
	}
	var want struct{ Direct bool }
	if err := json.Unmarshal(c.Want, &want); err != nil {
		return err
	}
	if direct := got.Base() == any(c.Src); direct != want.Direct {
		return mismatch(fmt.Sprintf("direct is %v", direct))
	}
	return c.compareView(got, c.Src)
}

func replayFormat(c *testCase) error {
	switch c.Op {
	case "size":
		size, err := buffer.SizeFromFormat(c.Fmt)
		if err != nil {
			return err
		}
		return compareValue(c.Want, size)
	case "unpack":
		return c.replayUnpack()
	case "pack":
		return c.replayPack()
	case "reads":
		return c.replayReads()
	}
	return c.replayExported()
}

func (c *testCase) replayUnpack() error {
	typ, err := format.Parse(c.Fmt)
	if err != nil {
		return err
	}
	data, err := memoryOf(c.Mem)
	if err != nil {
		return err
	}
	list := []any{}
	for offset, leaf := range typ.Leaves() {
		item, err := leaf.Unpack(data[offset:])
		if err != nil {
			return err
		}
		list = append(list, item)
	}
	return compareValue(c.Want, list)
}

func (c *testCase) replayPack() error {
	typ, err := format.Parse(c.Fmt)
	if err != nil {
		return err
	}
	value, err := goValue(c.Values)
	if err != nil {
		return err
	}
	packed := make([]byte, typ.Size())
	if list := value.([]any); len(list) == 1 && typ.Kind() != format.Struct {
		value = list[0]
	}
	if err := typ.Pack(packed, value); err != nil {
		return err
	}
	return c.compareHex("packed", packed)
}

// described is what the corpus tells of a type.
type described struct {
	Fmt    string
	Size   int
	Shape  []int
	Fields [][]json.RawMessage
	Value  json.RawMessage
}

func (c *testCase) replayReads() error {
	typ, err := format.Parse(c.Fmt)
	if err != nil || c.Error != nil {
		return err
	}
	var want described
	if err := json.Unmarshal(c.Want, &want); err != nil {
		return err
	}
	return want.compareFields(typ)
}

func (c *testCase) replayExported() error {
	var want described
	if err := json.Unmarshal(c.Want, &want); err != nil {
		return err
	}
	typ, err := format.Parse(want.Fmt)
	if err != nil {
		return err
	}
	if c.Opaque {
		return nil // the format tells less than the exporter knows
	}
	if typ.Size() > want.Size {
		return mismatch(fmt.Sprintf("size of %q is %d, want at most %d", want.Fmt, typ.Size(), want.Size))
	}
	if err := want.compareFields(typ); err != nil || want.Value == nil {
		return err
	}
	data, err := memoryOf(c.Mem)
	if err != nil {
		return err
	}
	item, err := typ.Unpack(data)
	if err != nil {
		return err
	}
	return compareValue(want.Value, item)
}

func (want *described) compareFields(typ *format.Type) error {
	if want.Fields == nil {
		return nil
	}
	if typ.NumField() != len(want.Fields) {
		return mismatch(fmt.Sprintf("%d fields, want %d", typ.NumField(), len(want.Fields)))
	}
	for i, f := range want.Fields {
		var name string
		if err := json.Unmarshal(f[0], &name); err != nil {
			return err
		}
		if got := typ.Field(i); fieldName(got, i) != name || fmt.Sprint(got.Offset) != string(f[1]) {
			return mismatch(fmt.Sprintf("field %d is %s at %d, want %s", i, fieldName(got, i), got.Offset, f))
		}
	}
	return nil
}

// fieldName gives unnamed fields the names that NumPy gives them.
func fieldName(f format.Field, i int) string {
	if f.Name == "" {
		return fmt.Sprint("f", i)
	}
	return f.Name
}
