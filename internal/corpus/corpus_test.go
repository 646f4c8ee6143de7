// Package corpus_test holds the engine to the corpus: what CPython and NumPy answered to the same
// questions. README.md beside this file describes the cases.
package corpus_test

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unsafe"

	"github.com/go-memoryview/memoryview"
	"github.com/go-memoryview/memoryview/buffer"
	"github.com/go-memoryview/memoryview/format"
	"github.com/go-memoryview/memoryview/internal/fence"
)

// testCase is one line of the corpus. What a kind has no use for stays empty.
type testCase struct {
	ID    string
	Want  json.RawMessage
	Error []string

	Src, Dst *source
	A        *source
	B        json.RawMessage // a source, or "a"

	Ops    []json.RawMessage
	At     int
	Expr   *string
	Sub    []int
	Index  []int
	Set    json.RawMessage
	Op     string
	Fmt    string
	Mem    json.RawMessage
	Values json.RawMessage
	To     string
	From   *string
	Sep    *string
	Group  *int
	Via    string
	Flags  uint32
	Value  json.RawMessage
	Owner  string
	Access string
	Order  string

	Released json.RawMessage
	Opaque   bool
}

// A table is the answers of CPython on one kind of machine: the folder they stand in, and how many it promises.
type table struct {
	folder  string
	minimum int
}

// tableVariable names the folder of a whole table that was made elsewhere, by the same generator on this kind of machine.
const tableVariable = "MEMORYVIEW_CORPUS"

// tableOf is the table for the machine that runs: what native sizes, alignments and byte order decide differs.
func tableOf(t *testing.T) table {
	const whole, sample = 24_000, 2_000
	if folder := os.Getenv(tableVariable); folder != "" {
		return table{folder, whole}
	}
	long, err := buffer.SizeFromFormat("l")
	if err != nil {
		t.Fatal(err)
	}
	little := binary.NativeEndian.Uint16([]byte{1, 0}) == 1
	switch {
	case little && long == 8:
		return table{"testdata", whole}
	case !little && long == 8:
		return table{"testdata/s390x", sample}
	case runtime.GOOS == "linux" && runtime.GOARCH == "386":
		return table{"testdata/386", sample}
	}
	t.Skip("platform: no CPython of such a machine was asked")
	return table{}
}

func TestCorpus(t *testing.T) {
	answers := tableOf(t)
	total := 0
	for kind, replay := range map[string]func(*testCase) error{
		"layout":     replayLayout,
		"slice":      replaySlice,
		"select":     replaySelect,
		"cast":       replayCast,
		"element":    replayElement,
		"format":     replayFormat,
		"equal":      replayEqual,
		"assign":     replayAssign,
		"hex":        replayHex,
		"request":    replayRequest,
		"search":     replaySearch,
		"hash":       replayHash,
		"contiguous": replayContiguous,
	} {
		t.Run(kind, func(t *testing.T) { total += replayFile(t, filepath.Join(answers.folder, kind+".jsonl"), replay) })
	}
	t.Logf("%d cases of %s", total, answers.folder)
	if !t.Failed() && total < answers.minimum {
		t.Errorf("the corpus has %d cases, it promises %d", total, answers.minimum)
	}
}

// replayFile replays all cases of a file that can be put to Go and returns their number.
func replayFile(t *testing.T, path string, replay func(*testCase) error) int {
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<20)
	n, failures := 0, 0
	for lines.Scan() {
		for _, side := range fence.Sides {
			fence.Within(t, func(t fence.T) {
				newMemory = func(size int) []byte { return fence.Bytes(t, size, side) }
				replayed, err := replayLine(lines.Bytes(), replay)
				if replayed && side == fence.After {
					n++
				}
				if err != nil && failures < 20 {
					failures++
					t.Errorf("%v\n\t%.800s", err, lines.Text())
				}
			})
		}
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	if n == 0 {
		t.Error("no cases")
	}
	return n
}

// newMemory makes the memory of the case that is replayed, which ends or begins at a fence.
var newMemory func(size int) []byte

// replayLine replays a case, unless it cannot be put to Go.
func replayLine(line []byte, replay func(*testCase) error) (replayed bool, err error) {
	c, err := decode(line)
	if c == nil || err != nil {
		return false, err
	}
	err = replay(c)
	if inexpressible(err) {
		return false, nil
	}
	return true, c.outcome(err)
}

// decode reads a case, or returns nil for one that has a meaning through Python only.
func decode(line []byte) (*testCase, error) {
	var through struct{ Py bool }
	if err := json.Unmarshal(line, &through); err != nil || through.Py {
		return nil, err
	}
	c := new(testCase)
	return c, json.Unmarshal(line, c)
}

var errorVariables = map[string]error{
	"ErrReleased": buffer.ErrReleased, "ErrExported": buffer.ErrExported, "ErrReadOnly": buffer.ErrReadOnly,
	"ErrNotContiguous": buffer.ErrNotContiguous, "ErrFormat": buffer.ErrFormat, "ErrBounds": buffer.ErrBounds,
	"ErrLayout": buffer.ErrLayout, "ErrType": buffer.ErrType, "ErrValue": buffer.ErrValue,
}

// A mismatch is a result other than the one the corpus wants, as against an error of the engine.
type mismatch string

func (m mismatch) Error() string { return string(m) }

// outcome judges what a replay ended with.
func (c *testCase) outcome(err error) error {
	var wrong mismatch
	switch {
	case errors.As(err, &wrong):
		return fmt.Errorf("%s: %w", c.ID, wrong)
	case c.Error == nil && err != nil:
		return fmt.Errorf("%s: error %w", c.ID, err)
	case c.Error != nil && err == nil:
		return fmt.Errorf("%s: no error, want %v", c.ID, c.Error)
	case c.Error != nil && !errors.Is(err, errorVariables[c.Error[0]]):
		return fmt.Errorf("%s: error %w, want %v", c.ID, err, c.Error)
	}
	return nil
}

// source is memory and a layout over it.
type source struct {
	memory   json.RawMessage // hex digits, or a number of bytes
	layout   buffer.Layout
	offset   int
	readOnly int
	entries  [][]int // of the pointer tables

	mem    []byte
	tables [][]unsafe.Pointer
}

// UnmarshalJSON reads a source from its array, which may end after the shape.
func (s *source) UnmarshalJSON(data []byte) error {
	l := &s.layout
	return json.Unmarshal(data, &[]any{&s.memory, &l.Format, &l.ItemSize, &l.Shape, &l.Strides, &s.offset, &s.readOnly, &l.Suboffsets, &s.entries})
}

// build makes the memory and the pointer tables.
func (s *source) build() error {
	var err error
	if s.mem, err = memoryOf(s.memory); err != nil {
		return err
	}
	s.tables = make([][]unsafe.Pointer, len(s.entries))
	for i := len(s.entries) - 1; i >= 0; i-- {
		table := newMemory(len(s.entries[i]) * int(unsafe.Sizeof(uintptr(0))))
		s.tables[i] = unsafe.Slice((*unsafe.Pointer)(unsafe.Pointer(unsafe.SliceData(table))), len(s.entries[i]))
		for k, n := range s.entries[i] {
			if i == len(s.entries)-1 {
				s.tables[i][k] = unsafe.Pointer(&s.mem[n])
			} else {
				s.tables[i][k] = unsafe.Pointer(&s.tables[i+1][n])
			}
		}
	}
	return nil
}

func memoryOf(raw json.RawMessage) ([]byte, error) {
	var n int
	if json.Unmarshal(raw, &n) == nil {
		mem := newMemory(n)
		for i := range mem {
			mem[i] = byte(i*7 + 13)
		}
		return mem, nil
	}
	var text string
	if err := json.Unmarshal(raw, &text); err != nil {
		return nil, err
	}
	mem := newMemory(hex.DecodedLen(len(text)))
	_, err := hex.Decode(mem, []byte(text))
	return mem, err
}

// GetBuffer makes a source an exporter.
func (s *source) GetBuffer(flags buffer.Flags) (*buffer.Buffer, error) {
	m := buffer.Memory{Base: unsafe.Pointer(unsafe.SliceData(s.mem)), Size: len(s.mem), ReadOnly: s.readOnly != 0, Obj: s}
	if len(s.tables) > 0 {
		m.Base = unsafe.Pointer(unsafe.SliceData(s.tables[0]))
		m.Size = len(s.tables[0]) * int(unsafe.Sizeof(s.tables[0][0]))
	}
	return m.Lend(s.offset, s.layout, flags)
}

func (s *source) view() (*memoryview.View, error) {
	if err := s.build(); err != nil {
		return nil, err
	}
	return memoryview.FromObject(s)
}

// offsetOf says where a view's item 0 lies, from the start of the source's memory or first table.
func (s *source) offsetOf(v *memoryview.View) (offset int, err error) {
	err = v.Buffer().Access(func(item unsafe.Pointer) error {
		base := unsafe.Pointer(unsafe.SliceData(s.mem))
		if len(s.tables) > 0 && v.Suboffsets() != nil {
			base = unsafe.Pointer(unsafe.SliceData(s.tables[0]))
		}
		offset = int(uintptr(item)) - int(uintptr(base))
		return nil
	})
	return offset, err
}

// viewFacts are the attributes that a "want" may hold; what it leaves out is not compared.
type viewFacts struct {
	Contig     *string
	Shape      *[]int
	Strides    *[]int
	Suboffsets *[]int
	Offset     *int
	RO         *int
	C, F, A    *string
	List       json.RawMessage
}

// compare holds a view to the facts. Source is nil where no offset is among them.
func (want *viewFacts) compare(v *memoryview.View, s *source) error {
	var wrong []string
	differ := func(what string, got, want any) {
		if fmt.Sprint(got) != fmt.Sprint(want) {
			wrong = append(wrong, fmt.Sprintf("%s is %v, want %v", what, got, want))
		}
	}
	if want.Contig != nil {
		differ("contiguity", contiguity(v), *want.Contig)
	}
	for _, numbers := range []struct {
		what string
		got  []int
		want *[]int
	}{{"shape", v.Shape(), want.Shape}, {"strides", v.Strides(), want.Strides}, {"suboffsets", v.Suboffsets(), want.Suboffsets}} {
		if numbers.want != nil {
			differ(numbers.what, numbers.got, *numbers.want)
		}
	}
	if want.RO != nil {
		differ("readonly", v.ReadOnly(), *want.RO != 0)
	}
	if want.Offset != nil {
		offset, err := s.offsetOf(v)
		if err != nil {
			return err
		}
		differ("offset", offset, *want.Offset)
	}
	for order, packed := range map[buffer.Order]*string{buffer.C: want.C, buffer.F: want.F} {
		if packed == nil {
			continue
		}
		got, err := v.ToBytes(order)
		if err != nil {
			return err
		}
		differ("bytes in order "+order.String(), hex.EncodeToString(got), *packed)
	}
	if want.List != nil {
		list, err := v.ToList()
		if err != nil {
			return err
		}
		if err := compareValue(want.List, list); err != nil {
			wrong = append(wrong, err.Error())
		}
	}
	if wrong != nil {
		return mismatch(strings.Join(wrong, "; "))
	}
	return nil
}

func contiguity(v *memoryview.View) string {
	s := ""
	for _, c := range []struct {
		letter string
		holds  bool
	}{{"C", v.CContiguous()}, {"F", v.FContiguous()}, {"A", v.Contiguous()}} {
		if c.holds {
			s += c.letter
		}
	}
	return s
}

// compareValue holds a Go value to one of the corpus.
func compareValue(want json.RawMessage, got any) error {
	decoder := json.NewDecoder(bytes.NewReader(want))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		return err
	}
	if !sameValue(value, got) {
		return mismatch(fmt.Sprintf("value is %#v, want %.300s", got, want))
	}
	return nil
}

func sameValue(want, got any) bool {
	switch want := want.(type) {
	case nil:
		return got == nil
	case bool:
		return got == want
	case json.Number:
		switch got.(type) {
		case int8, int16, int32, int64, uint8, uint16, uint32, uint64, uintptr, int:
			return fmt.Sprint(got) == want.String()
		}
	case string:
		return sameTagged(want, got)
	case []any:
		got, ok := got.([]any)
		return ok && sameValues(want, got)
	case map[string]any:
		record, ok := got.(format.Record)
		fields, isList := want["t"].([]any)
		return ok && isList && sameValues(fields, record.Values)
	}
	return false
}

func sameValues(want, got []any) bool { return slices.EqualFunc(want, got, sameValue) }

// sameTagged compares a value that is written as text with a letter before it.
func sameTagged(want string, got any) bool {
	switch want[0] {
	case 'f':
		f, ok := floatOf(got)
		return ok && sameFloat(want[1:], f)
	case 'c':
		re, im, _ := strings.Cut(want[1:], ",")
		switch got := got.(type) {
		case complex64:
			return sameFloat(re, float64(real(got))) && sameFloat(im, float64(imag(got)))
		case complex128:
			return sameFloat(re, real(got)) && sameFloat(im, imag(got))
		}
	case 'b':
		data, ok := got.([]byte)
		return ok && hex.EncodeToString(data) == want[1:]
	case 's':
		return got == want[1:]
	}
	return false
}

func floatOf(v any) (float64, bool) {
	switch v := v.(type) {
	case format.Float16:
		return float64(v.Float32()), true
	case float32:
		return float64(v), true
	case float64:
		return v, true
	}
	return 0, false
}

func sameFloat(want string, got float64) bool {
	f, err := strconv.ParseFloat(want, 64)
	return err == nil && (math.Float64bits(f) == math.Float64bits(got) || f != f && got != got)
}

// errInexpressible marks an integer that no Go type holds.
var errInexpressible = errors.New("no Go value")

// inexpressible tells that a case has such an integer, or on a machine of 32 bits one that is too large for an int.
func inexpressible(err error) bool {
	var number *json.UnmarshalTypeError
	tooLarge := strconv.IntSize == 32 && errors.As(err, &number) && number.Type.Kind() == reflect.Int
	return tooLarge || errors.Is(err, errInexpressible)
}

// goValue makes the Go value that a caller would give for one of the corpus.
func goValue(raw json.RawMessage) (any, error) {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		return nil, err
	}
	return untag(value)
}

func untag(value any) (any, error) {
	switch value := value.(type) {
	case json.Number:
		if n, err := strconv.ParseInt(value.String(), 10, 64); err == nil {
			return n, nil
		}
		if n, err := strconv.ParseUint(value.String(), 10, 64); err == nil {
			return n, nil
		}
		return nil, errInexpressible
	case string:
		return untagText(value)
	case []any:
		return untagAll(value)
	case map[string]any:
		return untagAll(value["t"].([]any))
	}
	return value, nil
}

func untagAll(values []any) (any, error) {
	list := make([]any, len(values))
	for i, value := range values {
		var err error
		if list[i], err = untag(value); err != nil {
			return nil, err
		}
	}
	return list, nil
}

func untagText(text string) (any, error) {
	switch body := text[1:]; text[0] {
	case 'f':
		return parseFloat(body)
	case 'c':
		re, im, _ := strings.Cut(body, ",")
		x, errX := parseFloat(re)
		y, errY := parseFloat(im)
		return complex(x, y), errors.Join(errX, errY)
	case 'b':
		return hex.DecodeString(body)
	case 's':
		return body, nil
	}
	return nil, fmt.Errorf("value %q has no known letter", text)
}

// parseFloat reads a float. A NaN is written with the bits that CPython gives it.
func parseFloat(text string) (float64, error) {
	if text == "nan" {
		return math.Float64frombits(0x7ff8000000000000), nil
	}
	return strconv.ParseFloat(text, 64)
}
