package arrayfile

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-memoryview/memoryview/buffer"
	"github.com/go-memoryview/memoryview/internal/fence"
)

// npy makes a file of version 1 (or 2 or 3) with a header and data.
func npy(version byte, header string, data int) []byte {
	file := append([]byte(npyMagic), version, 0)
	if version == 1 {
		file = binary.LittleEndian.AppendUint16(file, uint16(len(header)))
	} else {
		file = binary.LittleEndian.AppendUint32(file, uint32(len(header)))
	}
	return append(append(file, header...), make([]byte, data)...)
}

// of makes a header's dict.
func of(descr, shape string) string {
	return fmt.Sprintf("{'descr': %s, 'fortran_order': False, 'shape': %s, }\n", descr, shape)
}

func TestHostileHeaders(t *testing.T) {
	deep := strings.Repeat("[('a', ", 1000) + "'<f4'" + strings.Repeat(")]", 1000)
	for _, test := range []struct {
		name    string
		file    []byte
		offset  int64  // of the byte that is at fault
		message string // a part of it
		is      error
	}{
		{"only the magic", []byte(npyMagic), 6, "bytes 6 to 10 are missing", ErrTruncated},
		{"no header", npy(1, "", 0), 10, "the header ends where a value should stand", nil},
		{"no header, version 2", npy(2, "", 0)[:11], 11, "bytes 11 to 12 are missing", ErrTruncated},
		{"version 0", npy(0, "", 2), 6, "npy version 0.0: 1.0, 2.0 and 3.0", nil},
		{"version 4", npy(4, of("'<f4'", "(1,)"), 4), 6, "npy version 4.0", nil},
		{"version 1.1", []byte(npyMagic + "\x01\x01\x02\x00{}"), 6, "npy version 1.1", nil},
		{"header beyond the file", npy(1, of("'<f4'", "(1,)"), 0)[:40], 8, "the header takes 58 bytes, 30 are left", ErrTruncated},
		{"header of 4 GiB", []byte(npyMagic + "\x02\x00\xff\xff\xff\xff{}"), 8, "a header of 4294967295 bytes", nil},
		{"not a dict", npy(1, "[1, 2]", 0), 10, "must be a dict", nil},
		{"dict that does not end", npy(1, "{'shape': (3,)", 0), 24, "a ',' or a '}'", nil},
		{"tuple that does not end", npy(1, "{'shape': (3, ", 0), 24, "the header ends", nil},
		{"string that does not end", npy(1, "{'shape", 0), 11, "a string that does not end", nil},
		{"string over two lines", npy(1, "{'sha\npe'", 0), 11, "no quote on its line", nil},
		{"more behind the dict", npy(1, of("'<f4'", "(1,)")+"x", 4), 68, `'x' follows the header's dict`, nil},
		{"no colon", npy(1, "{'shape' (3,)}", 0), 19, "a ':' should stand here", nil},
		{"no comma", npy(1, "{'shape': (3,) 'descr': '<f4'}", 0), 25, "a ',' or a '}'", nil},
		{"no comma in a tuple", npy(1, "{'shape': (3 4)}", 0), 23, "a ',' or a ')'", nil},
		{"lone comma", npy(1, "{'shape': (,)}", 0), 21, "',' begins no value", nil},
		{"key missing", npy(1, "{'descr': '<f4', 'shape': (1,)}", 4), 10, `"fortran_order" is missing`, nil},
		{"key twice", npy(1, "{'descr': '<f4', 'descr': '<f4'}", 4), 27, `"descr" for the second time`, nil},
		{"key unknown", npy(1, "{'desc': '<f4'}", 4), 11, `key "desc": only 'descr'`, nil},
		{"key a number", npy(1, "{7: '<f4'}", 4), 11, `key "7": only`, nil},
		{"code", npy(1, "{'descr': __import__('os')}", 4), 20, `"__import__" is no value`, nil},
		{"float", npy(1, of("'<f4'", "(1.5,)"), 4), 61, "no whole number", nil},
		{"sign alone", npy(1, of("'<f4'", "(-,)"), 4), 61, `"-" is no whole number`, nil},
		{"huge number", npy(1, of("'<f4'", "(99999999999999999999,)"), 4), 61, "no whole number up to", nil},
		{"bad escape", npy(1, `{'\x4'`, 0), 12, `no escape for a character`, nil},
		{"surrogate", npy(3, `{'\ud800': 1}`, 0), 14, `no escape for a character`, nil},
		{"escape at the end", npy(1, `{'\`, 0), 12, "a string that does not end", nil},
		{"not UTF-8", npy(3, "{'\xff': 1}", 0), 14, "not UTF-8", nil},
		{"deep brackets", npy(1, strings.Repeat("[", 60000), 0), 10 + maxDepth, "more than 128 brackets", nil},
		{"deep records", npy(1, of(deep, "(1,)"), 4), 462, "more than 128 brackets", nil},
		{"fortran_order a number", npy(1, "{'descr': '<f4', 'fortran_order': 0, 'shape': (1,)}", 4), 44, "must be True or False", nil},
		{"shape a number", npy(1, of("'<f4'", "(3)"), 12), 60, "shape must be a tuple", nil},
		{"shape a list", npy(1, of("'<f4'", "[3]"), 12), 60, "shape must be a tuple", nil},
		{"extent negative", npy(1, of("'<f4'", "(2, -3)"), 0), 64, "extent -3 of dimension 1 is negative", buffer.ErrLayout},
		{"extent a bool", npy(1, of("'<f4'", "(True,)"), 4), 61, "must be a whole number", nil},
		{"65 dimensions", npy(1, of("'<f4'", "("+strings.Repeat("1,", 65)+")"), 4), 60, "65 dimensions: at most 64", buffer.ErrLayout},
		{"shape overflows", npy(1, of("'<f4'", fmt.Sprintf("(%d,)", math.MaxInt)), 4), 60, "larger than the address space", buffer.ErrLayout},
		{"product overflows", npy(1, of("'|u1'", "(65536, 65536, 65536, 65536)"), 4), 60, "larger than the address space", buffer.ErrLayout},
		{"product overflows beside 0", npy(1, of("'|u1'", "(0, 65536, 65536, 65536, 65536)"), 4), 60, "larger than the address space", buffer.ErrLayout},
		{"data missing", npy(1, of("'<f4'", "(3,)"), 11), 60, "needs 12 bytes of data, 11 follow", ErrTruncated},
		{"data missing, huge", npy(1, of("'<f4'", "(500000000,)"), 11), 60, "needs 2000000000 bytes of data, 11 follow", ErrTruncated},
		{"items of no bytes", npy(1, of("'|V0'", "(1000000000,)"), 0), 60, "items of no bytes are possible", nil},
		{"items of no bytes overflow", npy(1, of("'|V0'", "(46340, 46340)"), 0), 60, "items of no bytes are possible", nil},
		{"rows of no items", npy(1, of("'<f8'", "(1024, 1025, 0)"), 0), 60, "items of no bytes are possible", nil},
		{"objects", npy(1, of("'|O'", "(1,)"), 8), 20, "never unpickled", ErrPickled},
		{"objects in a record", npy(1, of("[('a', '<f4'), ('b', '|O')]", "(1,)"), 12), 41, "astype(str)", ErrPickled},
		{"descr empty", npy(1, of("''", "(1,)"), 8), 20, "has no kind", nil},
		{"descr a number", npy(1, of("4", "(1,)"), 8), 20, "must be a string like '<f4'", nil},
		{"descr None", npy(1, of("None", "(1,)"), 8), 20, "must be a string like '<f4'", nil},
		{"descr a dict", npy(1, of("{}", "(1,)"), 8), 20, "must be a string like '<f4'", nil},
		{"descr unknown", npy(1, of("'<f5'", "(1,)"), 8), 20, `type "<f5" is not known`, nil},
		{"descr of letters", npy(1, of("'<fx'", "(1,)"), 8), 20, `type "<fx" is not known`, nil},
		{"descr without a number", npy(1, of("'<S'", "(1,)"), 8), 20, `type "<S" is not known`, nil},
		{"descr with a unit", npy(1, of("'<f4[s]'", "(1,)"), 8), 20, `type "<f4[s]" is not known`, nil},
		{"text too long", npy(1, of("'<U99999999999999999999'", "(1,)"), 8), 20, "the type", buffer.ErrFormat},
		{"text overflows", npy(1, of(fmt.Sprintf("'<U%d'", math.MaxInt), "(1,)"), 8), 20, "the type", buffer.ErrFormat},
		{"triple", npy(1, of("('<f4', 1, 2)", "(1,)"), 8), 20, "a type of 3 parts", nil},
		{"field no tuple", npy(1, of("['<f4']", "(1,)"), 8), 21, "a field must be", nil},
		{"field alone", npy(1, of("[('a',)]", "(1,)"), 8), 21, "a field must be", nil},
		{"field name a number", npy(1, of("[(1, '<f4')]", "(1,)"), 8), 22, "name must be a string", nil},
		{"field shape negative", npy(1, of("[('a', '<f4', (-1,))]", "(1,)"), 8), 35, "negative", buffer.ErrLayout},
		{"field twice", npy(1, of("[('a', '<f4'), ('a', '<f4')]", "(1,)"), 8), 20, "the type", buffer.ErrFormat},
		{"subarray overflows", npy(1, of("[('a', '<f4', (2147483647, 2147483647))]", "(1,)"), 8), 20, "the type", buffer.ErrFormat},
		{"subarray of nothing", npy(1, of("[('a', '|S0', (2147483647,))]", "(1,)"), 8), 20, "the type", buffer.ErrFormat},
		{"subarray of subarrays", npy(1, of("("+strings.Repeat("(", 50)+"'<f4'"+strings.Repeat(", (9, 9))", 50)+", 2)", "(1,)"), 8), 20, "the type", buffer.ErrFormat},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, a, err := readNPY(bytes.NewReader(test.file), int64(len(test.file)))
			var header *HeaderError
			if !errors.As(err, &header) || !errors.Is(err, ErrHeader) {
				t.Fatalf("%v, %v", a, err)
			}
			if header.Offset != test.offset || !strings.Contains(err.Error(), test.message) {
				t.Errorf("byte %d, not %d: %v", header.Offset, test.offset, err)
			}
			if test.is != nil && !errors.Is(err, test.is) {
				t.Errorf("%v is not %v", err, test.is)
			}
			if len(err.Error()) > 500 {
				t.Errorf("%d bytes of message", len(err.Error()))
			}
		})
	}
}

func TestOpenRefuses(t *testing.T) {
	dir := t.TempDir()
	for name, test := range map[string]struct {
		content string
		message string
	}{
		"empty": {"", "the file is empty"},
		"short": {"\x93NU", "it begins with"},
		"text":  {"1, 2, 3\n", `it begins with "1, 2, 3\n"`},
	} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(test.content), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := Open(path)
		if !errors.Is(err, ErrUnknown) || !strings.Contains(err.Error(), test.message) || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := Open(dir); !errors.Is(err, ErrUnknown) {
		t.Errorf("a directory: %v", err)
	}
	if _, err := Open(filepath.Join(dir, "none")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
}

// Headers beyond NumPy's own bound are read, and in time that grows with their length.
func TestWideRecord(t *testing.T) {
	var descr strings.Builder
	const fields = 50_000
	for i := range fields {
		fmt.Fprintf(&descr, "('f%05d', '|i1'),", i)
	}
	file := npy(2, of("["+descr.String()+"]", "(2,)"), 2*fields)
	_, a, err := readNPY(bytes.NewReader(file), int64(len(file)))
	if err != nil || a.layout.ItemSize != fields {
		t.Fatal(a, err)
	}
}

// counter counts the bytes that are read.
type counter struct {
	io.ReaderAt
	n int
}

func (c *counter) ReadAt(b []byte, offset int64) (int, error) {
	n, err := c.ReaderAt.ReadAt(b, offset)
	c.n += n
	return n, err
}

// To open a file, its header is read and nothing else.
func TestOnlyTheHeaderIsRead(t *testing.T) {
	header := len(npy(1, of("'<f8'", "(1000, 1000)"), 0))
	file := npy(1, of("'<f8'", "(1000, 1000)"), 8_000_000)
	npyReader := &counter{ReaderAt: bytes.NewReader(file)}
	if err := new(File).read(npyReader, int64(len(file))); err != nil || npyReader.n > header+sniffed {
		t.Errorf("%d bytes are read, %d are the header, %v", npyReader.n, header, err)
	}
	rawReader := &counter{ReaderAt: bytes.NewReader(file)}
	raw := File{settings: settings{raw: true, format: "B", order: buffer.C}}
	if err := raw.read(rawReader, int64(len(file))); err != nil || rawReader.n != 0 {
		t.Errorf("%d bytes of a raw file are read, %v", rawReader.n, err)
	}
}

// FuzzNPY feeds files to the header's reader. What it accepts must be a layout that the file holds.
func FuzzNPY(f *testing.F) {
	samples, err := filepath.Glob("testdata/*.npy")
	if err != nil || len(samples) == 0 {
		f.Fatal(samples, err)
	}
	for _, path := range samples {
		file, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(file)
	}
	f.Add(npy(2, of("[('a', ('<f4', (2,)), 3), (('t', 'b'), [('', 'V3'), ('c', '>c16')])]", "(0, 7L)"), 0))
	f.Add(npy(3, "{\"shape\":(),'descr':u'\\x7cS\\65',\n'fortran_order':(True)}", 5))
	f.Fuzz(func(t *testing.T, content []byte) {
		file := fence.Bytes(t, len(content), fence.After)
		copy(file, content)
		opened, err := FromBytes(file)
		if err != nil {
			var header *HeaderError
			if errors.As(err, &header) && (header.Offset < 0 || header.Offset > int64(len(file))) {
				t.Fatalf("byte %d of %d: %v", header.Offset, len(file), err)
			}
			if header == nil && !errors.Is(err, ErrUnknown) {
				t.Fatalf("%T: %v", err, err)
			}
			return
		}
		v, err := opened.View("")
		if err != nil {
			t.Fatal(err)
		}
		defer v.Release()
		a := v.Base().(*Array)
		data, err := v.ToBytes(a.order)
		if err != nil || !bytes.Equal(data, file[a.offset:][:a.NBytes()]) {
			t.Fatalf("the items in the file's order are not the file's bytes: %v", err)
		}
	})
}
