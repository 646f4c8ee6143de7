package arrayfile_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/go-memoryview/memoryview/arrayfile"
	"github.com/go-memoryview/memoryview/buffer"
)

func ExampleOpen_raw() {
	// 16 bytes of something else, then records of a number, 3 bytes of padding, and a float.
	f, err := arrayfile.Open("testdata/readings.bin", arrayfile.Raw("T{<I:id:3x<d:x:}"), arrayfile.Offset(16))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer f.Close()
	v, err := f.View("")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer v.Release()
	last, err := v.At(-1)
	fmt.Println(v.Shape(), last, err)
	// Output: [4] {id: 103, x: 1.5} <nil>
}

func ExampleOpenReader() {
	stdin := strings.NewReader("\x01\x00\x02\x00\x03\x00\x04\x00")
	f, err := arrayfile.OpenReader(stdin, "standard input", arrayfile.Raw("<h", 2, 2), arrayfile.InOrder(buffer.F))
	if err != nil {
		fmt.Println(err)
		return
	}
	v, err := f.View("")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer v.Release()
	list, err := v.ToList()
	fmt.Println(list, err)
	// Output: [[1 3] [2 4]] <nil>
}

// The values are those of NumPy: np.frombuffer(bytes(range(24)), dtype, offset=offset).reshape(shape, order=order).tolist().
func TestRaw(t *testing.T) {
	data := make([]byte, 24)
	for i := range data {
		data[i] = byte(i)
	}
	path := filepath.Join(t.TempDir(), "raw")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	type opts = []arrayfile.Option
	for _, test := range []struct {
		opts opts
		want string
	}{
		{opts{arrayfile.Raw("<Q")}, "[506097522914230528 1084818905618843912 1663540288323457296]"},
		{opts{arrayfile.Raw("<I", 2, 3)}, "[[50462976 117835012 185207048] [252579084 319951120 387323156]]"},
		{opts{arrayfile.Raw("<I", 2, 3), arrayfile.InOrder(buffer.F)}, "[[50462976 185207048 319951120] [117835012 252579084 387323156]]"},
		{opts{arrayfile.Raw(">H", 3), arrayfile.Offset(18)}, "[4627 5141 5655]"},
		{opts{arrayfile.Raw("B"), arrayfile.Offset(24)}, "[]"},
		{opts{arrayfile.Raw("<d", 0, 3), arrayfile.Offset(24)}, "[]"},
	} {
		for _, open := range []func() (*arrayfile.File, error){
			func() (*arrayfile.File, error) { return arrayfile.Open(path, test.opts...) },
			func() (*arrayfile.File, error) { return arrayfile.FromBytes(data, test.opts...) },
			func() (*arrayfile.File, error) {
				return arrayfile.OpenReader(iotest.OneByteReader(bytes.NewReader(data)), "reader", test.opts...)
			},
		} {
			f, err := open()
			if err != nil {
				t.Fatal(err)
			}
			v, err := f.View("")
			if err != nil {
				t.Fatal(err)
			}
			list, err := v.ToList()
			if got := fmt.Sprint(list); got != test.want || err != nil || f.Kind() != "raw" || !v.ReadOnly() {
				t.Errorf("%s, %v, kind %s, read-only %v; want %s", got, err, f.Kind(), v.ReadOnly(), test.want)
			}
			v.Release()
			f.Close()
		}
	}
}

func TestRawRefuses(t *testing.T) {
	raw, offset := arrayfile.Raw, arrayfile.Offset
	type opts = []arrayfile.Option
	for _, test := range []struct {
		opts    opts
		is      error
		message string
	}{
		{opts{raw("nonsense{")}, buffer.ErrFormat, "nonsense{"},
		{opts{raw("<I")}, buffer.ErrLayout, "10 bytes hold 2 whole items of 4 bytes, and 2 left over"},
		{opts{raw("T{}")}, buffer.ErrLayout, "give a shape"},
		{opts{raw("T{}", math.MaxInt)}, buffer.ErrLayout, "items of no bytes are possible"},
		{opts{raw("<I", 3)}, arrayfile.ErrTruncated, "shape [3] with items of 4 bytes needs 12 bytes of data, 10 follow from byte 0 on"},
		{opts{raw("<I", -1)}, buffer.ErrLayout, "-1"},
		{opts{raw("<I", math.MaxInt, 3)}, buffer.ErrLayout, "larger than the address space"},
		{opts{raw("B", slices.Repeat([]int{1}, 65)...)}, buffer.ErrLayout, "65 dimensions"},
		{opts{raw("B"), offset(11)}, arrayfile.ErrTruncated, "offset 11 lies behind the file's 10 bytes"},
		{opts{raw("B", 1), offset(math.MaxInt64)}, arrayfile.ErrTruncated, ""},
		{opts{raw("B", 0), offset(math.MaxInt64)}, arrayfile.ErrTruncated, ""},
		{opts{raw("B"), offset(-1)}, buffer.ErrValue, "offset -1"},
		{opts{raw("B"), arrayfile.InOrder('X')}, buffer.ErrValue, "C or F"},
		{opts{offset(3)}, buffer.ErrValue, "add Raw"},
		{opts{arrayfile.InOrder(buffer.F)}, buffer.ErrValue, "add Raw"},
		{opts{arrayfile.Reading(), arrayfile.Writable()}, buffer.ErrValue, "leave one out"},
	} {
		path := filepath.Join(t.TempDir(), "raw")
		if err := os.WriteFile(path, make([]byte, 10), 0o600); err != nil {
			t.Fatal(err)
		}
		_, errFile := arrayfile.Open(path, test.opts...)
		_, errBytes := arrayfile.FromBytes(make([]byte, 10), test.opts...)
		_, errReader := arrayfile.OpenReader(bytes.NewReader(make([]byte, 10)), "reader", test.opts...)
		for _, err := range []error{errFile, errBytes, errReader} {
			if !errors.Is(err, test.is) || !strings.Contains(err.Error(), test.message) {
				t.Errorf("%v, not %q", err, test.message)
			}
		}
	}
	if _, err := arrayfile.FromBytes([]byte("12"), raw("B"), arrayfile.Writable()); !errors.Is(err, buffer.ErrReadOnly) {
		t.Errorf("writable memory: %v", err)
	}
}

// A reader is read as far as its array goes, its failures are told, and a header that promises more
// than comes costs no memory.
func TestOpenReader(t *testing.T) {
	file, err := os.ReadFile("testdata/records.npy")
	if err != nil {
		t.Fatal(err)
	}
	both := io.MultiReader(bytes.NewReader(file), strings.NewReader("more"))
	f, err := arrayfile.OpenReader(both, "reader")
	if err != nil {
		t.Fatal(err)
	}
	if rest, err := io.ReadAll(both); string(rest) != "more" || err != nil {
		t.Errorf("%q is left, %v", rest, err)
	}
	a, err := f.Array("")
	if err != nil || !slices.Contains(a.Notes(), "read into memory: this could not be mapped") {
		t.Errorf("notes %q, %v", a.Notes(), err)
	}
	for n := range file {
		if _, err := arrayfile.OpenReader(bytes.NewReader(file[:n]), "reader"); !errors.Is(err, arrayfile.ErrTruncated) && !errors.Is(err, arrayfile.ErrUnknown) {
			t.Fatalf("%d bytes of it: %v", n, err)
		}
	}
	broken := errors.New("broken")
	for _, opts := range [][]arrayfile.Option{nil, {arrayfile.Raw("B")}} {
		if _, err := arrayfile.OpenReader(iotest.ErrReader(broken), "reader", opts...); !errors.Is(err, broken) {
			t.Errorf("%v", err)
		}
	}
	if _, err := arrayfile.OpenReader(bytes.NewReader(make([]byte, 10)), "reader", arrayfile.Raw("B", math.MaxInt/2)); !errors.Is(err, arrayfile.ErrTruncated) {
		t.Errorf("a shape that lies: %v", err)
	}
}
