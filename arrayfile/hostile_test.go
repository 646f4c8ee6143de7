package arrayfile

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-memoryview/memoryview/buffer"
)

// samplesOfMany are the files of other writers.
func samplesOfMany(t testing.TB) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	for _, pattern := range []string{"*.npz", "*.safetensors", "*.wav", "*.png", "*.jpeg"} {
		paths, err := filepath.Glob("testdata/" + pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range paths {
			file, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			files[filepath.Base(path)] = file
		}
	}
	if len(files) < 7 {
		t.Fatalf("only %d files", len(files))
	}
	return files
}

// known are the errors that content may be met with.
var known = []error{ErrUnknown, ErrHeader, ErrTruncated, ErrPickled, ErrName, buffer.ErrLayout, buffer.ErrFormat, buffer.ErrValue, errors.ErrUnsupported}

func checkKnown(t *testing.T, err error) {
	t.Helper()
	for _, is := range known {
		if errors.Is(err, is) {
			if len(err.Error()) > 2000 {
				t.Fatalf("%d bytes of message", len(err.Error()))
			}
			return
		}
	}
	t.Fatalf("%T: %v", err, err)
}

// checkFile opens what may be anything, and reads all that it says it has.
func checkFile(t *testing.T, file []byte) {
	t.Helper()
	f, err := FromBytes(file)
	if err != nil {
		checkKnown(t, err)
		return
	}
	for _, s := range f.Skipped() {
		checkKnown(t, s.Err)
	}
	for _, a := range f.Arrays() {
		if a.Copied() && a.NBytes() > 1<<24 {
			continue
		}
		v, err := f.View(a.name)
		if err != nil {
			if !a.Copied() {
				t.Fatalf("%q: %v", a.name, err)
			}
			checkKnown(t, err)
			continue
		}
		data, err := v.ToBytes(a.order)
		if err != nil || !a.Copied() && !bytes.Equal(data, file[a.offset:][:a.NBytes()]) {
			t.Fatalf("%q: the items in the file's order are not the file's bytes: %v", a.name, err)
		}
		v.Release()
	}
}

// FuzzMany feeds files of all kinds that begin with something known.
func FuzzMany(f *testing.F) {
	for _, file := range samplesOfMany(f) {
		f.Add(file)
	}
	for _, header := range hostileSafetensors {
		f.Add(safetensorsOf(header.text, header.data))
	}
	f.Fuzz(checkFile)
}

// Whatever is cut off or broken, there is an error or a file that holds what it says.
func TestDamaged(t *testing.T) {
	for name, file := range samplesOfMany(t) {
		t.Run(name, func(t *testing.T) {
			for n := range file {
				if n > 1000 && n < len(file)-500 && n%97 != 0 {
					continue
				}
				checkFile(t, file[:n])
				if n%3 > 0 && os.Getenv("MEMORYVIEW_SOAK") == "" {
					continue
				}
				broken := bytes.Clone(file)
				for _, b := range []byte{0, 0xff, file[n] ^ 1} {
					broken[n] = b
					checkFile(t, broken)
				}
			}
		})
	}
}

func safetensorsOf(header string, data int) []byte {
	file := binary.LittleEndian.AppendUint64(nil, uint64(len(header)))
	return append(append(file, header...), make([]byte, data)...)
}

var hostileSafetensors = []struct {
	text    string
	data    int
	message string
}{
	{`{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[2,6]}}`, 6, `tensor "b" begins at byte 2 of the data, where another lies up to byte 4`},
	{`{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[6,10]}}`, 10, `nothing lies from byte 4 on`},
	{`{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}`, 8, `nothing lies from byte 0 on`},
	{`{"a":{"dtype":"F32","shape":[0],"data_offsets":[4,0]}}`, 8, `nothing lies`},
	{`{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}`, 5, `the tensors take 4 bytes, and 5 follow`},
	{`{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}`, 3, `file is cut short: the tensors take 4 bytes, 3 follow`},
	{`{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}`, 4, `takes 8 bytes, and its data_offsets say 4`},
	{`{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}`, 4, `shape: "-1" is no whole number`},
	{`{"a":{"dtype":"F32","shape":[1.0],"data_offsets":[0,4]}}`, 4, `"1.0" is no whole number`},
	{`{"a":{"dtype":"F32","shape":["1"],"data_offsets":[0,4]}}`, 4, `"1" is no whole number`},
	{`{"a":{"dtype":"F32","shape":[9223372036854775807,2],"data_offsets":[0,4]}}`, 4, `the address space`},
	{`{"a":{"dtype":"F32","shape":[99999999999999999999],"data_offsets":[0,4]}}`, 4, `is no whole number`},
	{`{"a":{"dtype":"F32","shape":[1000000000,1000000000,1000000000,0],"data_offsets":[0,0]}}`, 0, `larger than the address space`},
	{`{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}`, 4, `"a" for the second time`},
	{`{"a":{"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]}}`, 4, `"dtype" for the second time`},
	{`{"a":{"dtype":"F32","shape":[1]}}`, 4, `it needs dtype, shape and data_offsets`},
	{`{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"x":1}}`, 4, `key "x": only`},
	{`{"a":{"dtype":7,"shape":[1],"data_offsets":[0,4]}}`, 4, `dtype must be a string`},
	{`{"a":{"dtype":"F32","shape":{},"data_offsets":[0,4]}}`, 4, `a list should stand here`},
	{`{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4,8]}}`, 4, `more than 2 numbers`},
	{`{"a":{"dtype":"F32","shape":[1],"data_offsets":[4]}}`, 4, `must be two numbers`},
	{`{"a":{"dtype":"F32","shape":[` + strings.Repeat("1,", 64) + `1],"data_offsets":[0,4]}}`, 4, `more than 64 numbers`},
	{`{"a":{"dtype":"F32","shape":` + strings.Repeat("[", 100000) + `}}`, 4, `"[" is no whole number`},
	{`{"a":` + strings.Repeat(`{"a":`, 100000) + `}`, 4, `key "a": only`},
	{`{"__metadata__":{"a":1}}`, 0, `must be a string`},
	{`{"__metadata__":{"a":"b","a":"c"}}`, 0, `"a" for the second time`},
	{`{"__metadata__":[]}`, 0, `an object should stand here`},
	{`{"a":3}`, 0, `an object should stand here`},
	{`{"a"}`, 0, `tensor "a"`},
	{`{"a":{"dtype":"F32"`, 0, `tensor "a"`},
	{`{`, 0, `the header`},
	{`{}x`, 0, `more follows`},
	{`{}{}`, 0, `more follows`},
	{"{\"\xff\":{}}", 0, `not UTF-8`},
}

func TestHostileSafetensors(t *testing.T) {
	for _, test := range hostileSafetensors {
		_, err := FromBytes(safetensorsOf(test.text, test.data))
		var header *HeaderError
		if !errors.As(err, &header) || !strings.Contains(err.Error(), test.message) || header.Offset > int64(len(test.text)+safetensorsPrefix) || len(err.Error()) > 500 {
			t.Errorf("%.80s: %v, not %s", test.text, err, test.message)
		}
	}
	for length, is := range map[uint64]error{3: ErrTruncated, maxSafetensorsHeader: ErrTruncated, maxSafetensorsHeader + 1: ErrUnknown, 1 << 63: ErrUnknown} {
		if _, err := FromBytes(append(binary.LittleEndian.AppendUint64(nil, length), "{}"...)); !errors.Is(err, is) {
			t.Errorf("a header of %d bytes: %v", length, err)
		}
	}
	f, err := FromBytes(safetensorsOf(`{"a":{"dtype":"F6_E2M3","shape":[4],"data_offsets":[0,3]},"b":{"dtype":"F64X","shape":[],"data_offsets":[3,3]}}  `, 3))
	if err != nil || len(f.Skipped()) != 2 {
		t.Fatal(f, err)
	}
	for name, message := range map[string]string{"a": "its items have 6 bits", "b": `its dtype "F64X" is not known`} {
		if _, err := f.View(name); !errors.Is(err, errors.ErrUnsupported) || !strings.Contains(err.Error(), message) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// zipOf makes an archive of one member.
func zipOf(t *testing.T, name string, method uint16, data []byte) []byte {
	t.Helper()
	var file bytes.Buffer
	archive := zip.NewWriter(&file)
	w, err := archive.CreateHeader(&zip.FileHeader{Name: name, Method: method})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := archive.Close(); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

// patched changes the member's two headers: at an offset of the local one and of the directory's.
func patched(file []byte, local, directory int, b ...byte) []byte {
	file = bytes.Clone(file)
	if local >= 0 {
		copy(file[local:], b)
	}
	copy(file[bytes.Index(file, []byte("PK\x01\x02"))+directory:], b)
	return file
}

func TestHostileNPZ(t *testing.T) {
	array := npy(1, of("'<f4'", "(1000,)"), 4000)
	stored, deflated := zipOf(t, "x.npy", zip.Store, array), zipOf(t, "x.npy", zip.Deflate, array)
	bomb := zipOf(t, "x.npy", zip.Deflate, npy(1, of("'|u1'", "(1000000000,)"), 4000))
	for name, test := range map[string]struct {
		file    []byte
		is      error
		message string
	}{
		"encrypted":          {patched(stored, 6, 8, 1), errors.ErrUnsupported, "encrypted"},
		"method 93":          {patched(stored, 8, 10, 93), errors.ErrUnsupported, "method 93"},
		"wrong checksum":     {patched(deflated, -1, 16, 1, 2, 3, 4), ErrHeader, "checksum is another"},
		"sizes differ":       {patched(stored, -1, 24, 0, 0, 0, 1), ErrHeader, "it is stored, and has"},
		"beyond the file":    {patched(stored, -1, 20, 0, 0, 0, 1, 0, 0, 0, 1), ErrTruncated, "are left from byte"},
		"inflates too much":  {patched(deflated, -1, 24, 0, 0, 0, 0x70), ErrHeader, "cannot be deflated"},
		"shape beyond it":    {bomb, ErrTruncated, "needs 1000000000 bytes of data, 4000 follow"},
		"inflates too early": {patched(deflated, -1, 24, 0, 0, 1), ErrTruncated, "it ends too early"},
		"no npy":             {zipOf(t, "x.txt", zip.Store, []byte("text")), ErrUnknown, "none of them npy"},
		"no directory":       {stored[:len(stored)-30], ErrTruncated, "without the directory"},
		"pickled":            {zipOf(t, "x.npy", zip.Deflate, npy(1, of("'|O'", "(1,)"), 8)), ErrPickled, "never unpickled"},
		"local header gone":  {patched(stored, -1, 42, 4), ErrHeader, "reading where it lies"},
		"offset of 4 GiB":    {patched(stored, -1, 42, 0xf0, 0xff, 0xff, 0xff), ErrHeader, "reading where it lies"},
	} {
		f, err := FromBytes(test.file)
		if err == nil {
			_, err = f.View("x")
		}
		if !errors.Is(err, test.is) || !strings.Contains(err.Error(), test.message) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Very many members whose headers inflate to very much cost no more than a bound.
func TestHeadersOfManyMembers(t *testing.T) {
	var file bytes.Buffer
	archive := zip.NewWriter(&file)
	long := npy(2, of("'<f4'", "(0,)")+strings.Repeat(" ", maxHeader-100), 0)
	const members = 30
	for i := range members {
		w, err := archive.Create(fmt.Sprintf("%d.npy", i))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(long); err != nil {
			t.Fatal(err)
		}
	}
	if err := archive.Close(); err != nil {
		t.Fatal(err)
	}
	f, err := FromBytes(file.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	if n := len(f.Arrays()); n < 10 || n > maxInflated/maxHeader+1 || n+len(f.Skipped()) != members {
		t.Errorf("%d arrays, %d skipped, of %d bytes", n, len(f.Skipped()), file.Len())
	}
	for _, s := range f.Skipped() {
		if !errors.Is(s.Err, ErrHeader) || !strings.Contains(s.Err.Error(), "headers of the archive's members") {
			t.Fatal(s.Err)
		}
	}
}

// wavOf makes a file of chunks.
func wavOf(magic string, chunks ...string) []byte {
	return []byte(magic + "\xff\xff\xff\xffWAVE" + strings.Join(chunks, ""))
}

func TestHostileWAV(t *testing.T) {
	const pcm16 = "fmt \x10\x00\x00\x00\x01\x00\x01\x00\x40\x1f\x00\x00\x80\x3e\x00\x00\x02\x00\x10\x00"
	for _, test := range []struct {
		file    []byte
		is      error // nil for a file that opens
		message string
		frames  int
	}{
		{wavOf("RIFF", pcm16, "data\x04\x00\x00\x00abcd"), nil, "", 2},
		{wavOf("RIFF", pcm16, "LIST\x01\x00\x00\x00x\x00", "data\x05\x00\x00\x00abcde"), nil, "1 bytes behind the last whole frame", 2},
		{wavOf("RIFF", pcm16, "data\xff\xff\xff\xffabcd"), nil, "does not say how many", 2},
		{wavOf("RIFF", pcm16, "data\x00\x00\x00\x00"), nil, "", 0},
		{wavOf("RIFF", pcm16, "data\x06\x00\x00\x00abcd"), ErrTruncated, "the samples take 6 bytes, 4 follow", 0},
		{wavOf("RIFF", "data\x04\x00\x00\x00abcd"), ErrHeader, `before the chunk "fmt "`, 0},
		{wavOf("RIFF", pcm16), ErrTruncated, "it ends before the samples", 0},
		{wavOf("RIFF", pcm16, "LIST\xff\xff\xff\xff"), ErrTruncated, "it ends before the samples", 0},
		{wavOf("RIFF", "fmt \x04\x00\x00\x00abcd"), ErrHeader, "of 4 bytes", 0},
		{wavOf("RIFF", strings.Replace(pcm16, "\x01\x00\x01\x00", "\x01\x00\x00\x00", 1), "data\x00\x00\x00\x00"), ErrHeader, "0 channels", 0},
		{wavOf("RIFF", strings.Replace(pcm16, "\x02\x00\x10\x00", "\x03\x00\x10\x00", 1), "data\x00\x00\x00\x00"), ErrHeader, "frames of 3 bytes", 0},
		{wavOf("RIFF", strings.Replace(pcm16, "\x01\x00\x01\x00", "\x07\x00\x01\x00", 1), "data\x00\x00\x00\x00"), errors.ErrUnsupported, "coded in way 7", 0},
		{wavOf("RF64", "ds64\x10\x00\x00\x00"+strings.Repeat("\xff", 16), pcm16, "data\xff\xff\xff\xff"), ErrHeader, "no file has so many", 0},
		{wavOf("RIFF", strings.Repeat("LIST\x00\x00\x00\x00", maxChunks+1)), ErrHeader, "more than 10000 chunks", 0},
	} {
		f, err := FromBytes(test.file)
		if test.is != nil {
			if !errors.Is(err, test.is) || !strings.Contains(err.Error(), test.message) {
				t.Errorf("%.60q: %v, not %s", test.file, err, test.message)
			}
			continue
		}
		if err != nil {
			t.Errorf("%.60q: %v", test.file, err)
			continue
		}
		a := f.Arrays()[0]
		if notes := strings.Join(a.Notes(), "\n"); a.layout.Shape[0] != test.frames || !strings.Contains(notes, test.message) {
			t.Errorf("%.60q: shape %v, notes %q", test.file, a.layout.Shape, notes)
		}
	}
}

// A picture that promises more pixels than its bytes can hold is refused before any memory is taken.
func TestPictureBombs(t *testing.T) {
	for name, at := range map[string]int{"gray.png": 16, "rgb.jpeg": -1} {
		file := bytes.Clone(samplesOfMany(t)[name])
		size := []byte{0, 0, 0x3f, 0, 0, 0, 0x3f, 0} // width and height: more, and a machine of 32 bits refuses it for that
		if at < 0 {
			at, size = bytes.Index(file, []byte("\xff\xc0"))+5, []byte{0xff, 0, 0xff, 0}
		}
		copy(file[at:], size)
		if name == "gray.png" { // its header has a checksum
			binary.BigEndian.PutUint32(file[29:], crc32.ChecksumIEEE(file[12:29]))
		}
		if _, err := FromBytes(file); !errors.Is(err, ErrTruncated) || !strings.Contains(err.Error(), "cannot hold") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
