package arrayfile_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/go-memoryview/memoryview/arrayfile"
	"github.com/go-memoryview/memoryview/buffer"
	"github.com/go-memoryview/memoryview/format"
)

// expectation is what NumPy reads from a file: see testdata/generate.py.
type expectation struct {
	Kind     string
	Shape    []int
	Strides  []int
	ItemSize int
	Fields   [][]any // name, offset and bytes of each
	Offset   int64
	Values   any
}

func expectations(t *testing.T) map[string]expectation {
	t.Helper()
	text, err := os.ReadFile("testdata/expected.json")
	if err != nil {
		t.Fatal(err)
	}
	var all map[string]expectation
	if err := json.Unmarshal(text, &all); err != nil {
		t.Fatal(err)
	}
	if len(all) < 50 {
		t.Fatalf("only %d files", len(all))
	}
	return all
}

// otherwise lists where NumPy's names and ours differ.
var otherwise = map[string]string{"a:b": "a_b"}

func TestNumPyFiles(t *testing.T) {
	for name, want := range expectations(t) {
		for mode, opts := range map[string][]arrayfile.Option{"mapped": nil, "read": {arrayfile.Reading()}} {
			t.Run(name+"/"+mode, func(t *testing.T) {
				f, err := arrayfile.Open(filepath.Join("testdata", name), opts...)
				if err != nil {
					t.Fatal(err)
				}
				defer f.Close()
				a, err := f.Array("")
				if err != nil {
					t.Fatal(err)
				}
				l := a.Layout()
				v, err := f.View("")
				if err != nil {
					t.Fatal(err)
				}
				defer v.Release()
				list, err := v.ToList()
				if err != nil {
					t.Fatal(err)
				}
				got := expectation{f.Kind(), l.Shape, l.Strides, l.ItemSize, fields(t, l.Format), a.Offset(), plain(list)}
				for _, field := range want.Fields {
					if other, ok := otherwise[field[0].(string)]; ok {
						field[0] = other
					}
				}
				if v.NBytes() == 0 {
					got.Strides, want.Strides = nil, nil // anything goes without items
				}
				want := want
				if strings.HasPrefix(name, "long-") && (runtime.GOARCH != "amd64" || runtime.GOOS == "windows") {
					got.Values, want.Values = nil, nil // these long doubles are amd64's
				}
				// cmp would take a time that doubles with each of many dimensions
				if !reflect.DeepEqual(got.Values, want.Values) {
					t.Errorf("format %q: NumPy reads %v, we read %v", l.Format, want.Values, got.Values)
				}
				got.Values, want.Values = nil, nil
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("format %q: -NumPy +ours\n%s", l.Format, diff)
				}
				if !v.ReadOnly() || v.Base() != a || !v.Buffer().Immutable() {
					t.Errorf("read-only %v, base %v", v.ReadOnly(), v.Base())
				}
				inFortran := a.Order() == buffer.F
				if contiguous := v.FContiguous(); inFortran && !contiguous || !inFortran && !v.CContiguous() {
					t.Errorf("not contiguous in order %c", a.Order())
				}
			})
		}
	}
}

func fields(t *testing.T, f string) [][]any {
	typ, err := format.Parse(f)
	if err != nil {
		t.Fatal(err)
	}
	all := [][]any{}
	for _, field := range typ.Fields() {
		all = append(all, []any{field.Name, float64(field.Offset), float64(field.Type.Size())})
	}
	return all
}

// plain turns values into what testdata/generate.py writes for them.
func plain(v any) any {
	switch v := v.(type) {
	case []any:
		all := []any{}
		for _, item := range v {
			all = append(all, plain(item))
		}
		return all
	case format.Record:
		return plain(v.Values)
	case bool:
		return v
	case string:
		return "u" + v
	case []byte:
		return "b" + hex.EncodeToString(bytes.TrimRight(v, "\x00"))
	case float64:
		if math.IsNaN(v) {
			return "fnan"
		}
		return fmt.Sprintf("f%016x", math.Float64bits(v))
	case float32:
		return plain(float64(v))
	case format.ShortFloat:
		return plain(float64(v.Float32()))
	case complex128:
		return []any{plain(real(v)), plain(imag(v))}
	case complex64:
		return plain(complex128(v))
	}
	return fmt.Sprint(v)
}

func TestFormats(t *testing.T) {
	// The formats are those that memoryview(array).format gives in NumPy, but for our own order of
	// records, which lie packed, and for q where it says l.
	for name, want := range map[string]string{
		"i1": "b", "u1": "B", "bool": "?", "bytes": "4s", "void": "3s",
		"records":         "T{<i:id:(3)d:pos:>h:n:<3w:name:(2,1)T{<f:x:f:y:}:at:?:ok:}",
		"records-aligned": "T{b:f0:7x<d:f1:h:f2:6x}",
		"records-mixed":   "T{>i:a:T{<h:c:>h:d:}:b:>i:e:}",
		"records-colon":   "T{B:a_b:B:c:}",
		"nested-shape":    "T{(2,2)<h:a:}",
		"empty-items":     "T{}",
	} {
		checkFormat(t, name, want)
	}
	for name, want := range map[string]string{
		"i2": "h", "u2": "H", "i4": "i", "u4": "I", "i8": "q", "u8": "Q", "f2": "e", "f4": "f", "f8": "d", "c8": "Zf", "c16": "Zd",
	} {
		checkFormat(t, "little-"+name, "<"+want)
		checkFormat(t, "big-"+name, ">"+want)
	}
}

func checkFormat(t *testing.T, name, want string) {
	t.Helper()
	f, err := arrayfile.Open(filepath.Join("testdata", name+".npy"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	a, _ := f.Array("")
	got, err := format.Parse(a.Layout().Format)
	if err != nil {
		t.Fatal(err)
	}
	wanted, err := format.Parse(want)
	if err != nil {
		t.Fatal(err)
	}
	if !got.Equal(wanted) {
		t.Errorf("%s: format %q, not %q", name, a.Layout().Format, want)
	}
}

// TestItemNotes leaves out how items were read, and nothing that is said of themselves.
func TestItemNotes(t *testing.T) {
	for name, want := range map[string]struct{ notes, itemNotes []string }{
		"deflated.npz": {[]string{"deflated: a view is a copy"}, nil},
		"rgb.png":      {[]string{"channels: red, green, blue", "decoded: a view is a copy"}, []string{"channels: red, green, blue"}},
		"datetime.npy": {[]string{"datetime64[s]: counts of its unit since 1970-01-01, the lowest integer for NaT"}, []string{"datetime64[s]: counts of its unit since 1970-01-01, the lowest integer for NaT"}},
	} {
		f, err := arrayfile.Open(filepath.Join("testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		a := f.Arrays()[0]
		if diff := cmp.Diff(want.notes, a.Notes()); diff != "" {
			t.Errorf("%s: -want +got\n%s", name, diff)
		}
		if diff := cmp.Diff(want.itemNotes, a.ItemNotes()); diff != "" {
			t.Errorf("%s: items: -want +got\n%s", name, diff)
		}
		f.Close()
	}
}

func TestNotes(t *testing.T) {
	for name, want := range map[string][]string{
		"i1":            nil,
		"datetime":      {"datetime64[s]: counts of its unit since 1970-01-01, the lowest integer for NaT"},
		"timedelta":     {"timedelta64[ms]: counts of its unit, the lowest integer for NaT"},
		"void":          {"raw bytes"},
		"records-times": {"field day: datetime64[D]: counts of its unit since 1970-01-01, the lowest integer for NaT", "field for: timedelta64[h]: counts of its unit, the lowest integer for NaT"},
		"records-colon": {`field "a:b" is called "a_b" here: formats allow no ':' in a name`},
	} {
		f, err := arrayfile.Open(filepath.Join("testdata", name+".npy"))
		if err != nil {
			t.Fatal(err)
		}
		a, _ := f.Array("")
		if diff := cmp.Diff(want, a.Notes()); diff != "" {
			t.Errorf("%s: -want +got\n%s", name, diff)
		}
		f.Close()
	}
}
