package arrayfile

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/bits"
	"slices"
	"strconv"
	"unicode/utf8"

	"github.com/go-memoryview/memoryview/buffer"
)

// A safetensors file is the length of its header in 8 bytes, the header in JSON, and the tensors' data. What
// makes a file invalid, the reference implementation (github.com/huggingface/safetensors) decides.
const (
	safetensorsPrefix = 8
	// maxSafetensorsHeader is the reference implementation's bound, in bytes.
	maxSafetensorsHeader = 100_000_000
	// safetensorsMetadata is the key that names no tensor.
	safetensorsMetadata = "__metadata__"
)

// dtypes are the formats of safetensors' types. Numbers are little-endian.
var dtypes = map[string]string{
	"BOOL": "?", "U8": "B", "I8": "b",
	"U16": "<H", "I16": "<h", "F16": "<e", "BF16": "<[bfloat16]",
	"U32": "<I", "I32": "<i", "F32": "<f",
	"U64": "<Q", "I64": "<q", "F64": "<d", "C64": "<Zf",
	"F8_E4M3": "[float8_e4m3fn]", "F8_E5M2": "[float8_e5m2]", "F8_E8M0": "[float8_e8m0fnu]",
	"F8_E4M3FNUZ": "[float8_e4m3fnuz]", "F8_E5M2FNUZ": "[float8_e5m2fnuz]",
}

// dtypeBits are the types whose items are no whole bytes, in bits.
var dtypeBits = map[string]int{"F4": 4, "F6_E2M3": 6, "F6_E3M2": 6}

// beginsSafetensors tells a header's length that may be, and the header's first byte.
func beginsSafetensors(start string) bool {
	return len(start) > safetensorsPrefix && start[safetensorsPrefix] == '{' &&
		binary.LittleEndian.Uint64([]byte(start)) <= maxSafetensorsHeader
}

// readSafetensors reads the header of a safetensors file. Items of less than a byte are Skipped.
func readSafetensors(r io.ReaderAt, size int64) (content, error) {
	var prefix [safetensorsPrefix]byte
	if err := readHeader(r, prefix[:], 0); err != nil {
		return content{}, err
	}
	length := int64(binary.LittleEndian.Uint64(prefix[:]))
	if left := size - safetensorsPrefix; length > left {
		return content{}, badHeader(0, "%w: the header takes %d bytes, %d are left", ErrTruncated, length, left)
	}
	text, err := readGrowing(io.NewSectionReader(r, safetensorsPrefix, length), int(length))
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return content{}, badHeader(0, "%w: the header takes %d bytes, and the file ends before", ErrTruncated, length)
	case err != nil:
		return content{}, fmt.Errorf("reading the header: %w", err)
	case !utf8.Valid(text):
		return content{}, badHeader(safetensorsPrefix, "the header is not UTF-8")
	}
	h := safetensorsHeader{json: json.NewDecoder(bytes.NewReader(text)), start: safetensorsPrefix + length}
	h.json.UseNumber()
	if err := h.read(); err != nil {
		return content{}, err
	}
	return h.content(size)
}

// safetensorsHeader reads a header token by token: a map would take the last of two tensors of one name.
type safetensorsHeader struct {
	json     *json.Decoder
	start    int64 // of the data, in bytes from the start of the file
	tensors  []*tensor
	metadata map[string]string
}

// tensor is what the header says of one.
type tensor struct {
	name, dtype string
	shape       []int
	begin, end  int64 // of its bytes in the data
	at          int64 // where its name stands in the file
}

func (h *safetensorsHeader) at() int64 { return safetensorsPrefix + h.json.InputOffset() }

func (h *safetensorsHeader) bad(problem string, args ...any) error {
	return badHeader(h.at(), problem, args...)
}

// read reads all of the header.
func (h *safetensorsHeader) read() error {
	err := h.object("the header", func(name string) error {
		if name == safetensorsMetadata {
			return h.readMetadata()
		}
		t, err := h.tensor(name)
		h.tensors = append(h.tensors, t)
		return err
	})
	if err != nil {
		return err
	}
	if _, err := h.json.Token(); !errors.Is(err, io.EOF) {
		return h.bad("more follows the header's object")
	}
	return nil
}

// object reads an object, with what reads the value of each key. No key may come twice.
func (h *safetensorsHeader) object(what string, value func(key string) error) error {
	if err := h.delim(what, '{', "an object"); err != nil {
		return err
	}
	seen := map[string]bool{}
	for h.json.More() {
		token, err := h.json.Token()
		if err != nil {
			return h.bad("%s: %w", what, err)
		}
		key, ok := token.(string)
		switch {
		case !ok:
			return h.bad("%s: a key must be a string", what)
		case seen[key]:
			return h.bad("%s: %.100q for the second time", what, key)
		}
		seen[key] = true
		if err := value(key); err != nil {
			return err
		}
	}
	return h.delim(what, '}', "'}' or ','")
}

func (h *safetensorsHeader) delim(what string, want json.Delim, words string) error {
	token, err := h.json.Token()
	switch {
	case err != nil:
		return h.bad("%s: %w", what, noEOF(err))
	case token != want:
		return h.bad("%s: %s should stand here, not %.40q", what, words, fmt.Sprint(token))
	}
	return nil
}

// noEOF makes an error of the end of the text, which for a reader of files means another thing.
func noEOF(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return errors.New("the JSON ends too early")
	}
	return err
}

func (h *safetensorsHeader) readMetadata() error {
	h.metadata = map[string]string{}
	return h.object(safetensorsMetadata, func(key string) error {
		token, err := h.json.Token()
		text, ok := token.(string)
		if err != nil || !ok {
			return h.bad("%s: the value of %.100q must be a string", safetensorsMetadata, key)
		}
		h.metadata[key] = text
		return nil
	})
}

// tensor reads {"dtype": ..., "shape": [...], "data_offsets": [begin, end]}.
func (h *safetensorsHeader) tensor(name string) (*tensor, error) {
	t := &tensor{name: name, at: h.at()}
	what := fmt.Sprintf("tensor %.100q", name)
	keys := 0
	err := h.object(what, func(key string) (err error) {
		keys++
		switch key {
		case "dtype":
			token, err := h.json.Token()
			text, ok := token.(string)
			if err != nil || !ok {
				return h.bad("%s: dtype must be a string, such as \"F32\"", what)
			}
			t.dtype = text
		case "shape":
			t.shape, err = h.numbers(what+": shape", buffer.MaxDims)
		case "data_offsets":
			var offsets []int
			if offsets, err = h.numbers(what+": data_offsets", 2); err == nil && len(offsets) != 2 {
				err = h.bad("%s: data_offsets must be two numbers, where its bytes begin and end", what)
			}
			if err == nil {
				t.begin, t.end = int64(offsets[0]), int64(offsets[1])
			}
		default:
			err = h.bad("%s: key %.100q: only dtype, shape and data_offsets belong here", what, key)
		}
		return err
	})
	if err == nil && keys != 3 {
		err = h.bad("%s: it needs dtype, shape and data_offsets", what)
	}
	return t, err
}

// numbers reads a list of whole numbers.
func (h *safetensorsHeader) numbers(what string, most int) ([]int, error) {
	if err := h.delim(what, '[', "a list"); err != nil {
		return nil, err
	}
	numbers := []int{}
	for h.json.More() {
		token, err := h.json.Token()
		if err != nil {
			return nil, h.bad("%s: %w", what, noEOF(err))
		}
		text, _ := token.(json.Number)
		n, err := strconv.ParseUint(text.String(), 10, bits.UintSize-1)
		switch {
		case err != nil:
			return nil, h.bad("%s: %.40q is no whole number from 0 on that fits the address space", what, fmt.Sprint(token))
		case len(numbers) == most:
			return nil, h.bad("%s: %w: more than %d numbers", what, buffer.ErrLayout, most)
		}
		numbers = append(numbers, int(n))
	}
	return numbers, h.delim(what, ']', "']' or ','")
}

// content makes arrays of the tensors. As in the reference implementation their bytes follow each other
// without a hole, and fill the file.
func (h *safetensorsHeader) content(size int64) (content, error) {
	inOrder := slices.Clone(h.tensors)
	slices.SortStableFunc(inOrder, func(a, b *tensor) int {
		return cmp.Or(cmp.Compare(a.begin, b.begin), cmp.Compare(a.end, b.end))
	})
	var end int64
	for _, t := range inOrder {
		switch {
		case t.begin < end:
			return content{}, badHeader(t.at, "tensor %.100q begins at byte %d of the data, where another lies up to byte %d", t.name, t.begin, end)
		case t.begin > end:
			return content{}, badHeader(t.at, "tensor %.100q begins at byte %d of the data, and nothing lies from byte %d on", t.name, t.begin, end)
		case t.end < t.begin:
			return content{}, badHeader(t.at, "tensor %.100q ends at byte %d of the data, before it begins at %d", t.name, t.end, t.begin)
		}
		end = t.end
	}
	data := size - h.start
	switch {
	case size == unknownSize:
	case end > data:
		return content{}, badHeader(0, "%w: the tensors take %d bytes, %d follow the header", ErrTruncated, end, data)
	case end < data:
		return content{}, badHeader(0, "the tensors take %d bytes, and %d follow the header: what else lies there is not known", end, data)
	}
	c := content{kind: "safetensors", metadata: h.metadata}
	for _, t := range h.tensors {
		a, err := t.array(h.start)
		switch {
		case errors.Is(err, errors.ErrUnsupported):
			c.skipped = append(c.skipped, Skipped{Name: t.name, Err: err})
		case err != nil:
			return content{}, err
		default:
			c.arrays = append(c.arrays, a)
		}
	}
	return c, nil
}

// array makes an array of a tensor, whose data begins at a byte of the file.
func (t *tensor) array(start int64) (*Array, error) {
	if width, ok := dtypeBits[t.dtype]; ok {
		return nil, fmt.Errorf("%w: its items have %d bits, and no format has items of less than a byte: cut their bytes out as a raw file, %d of them from byte %d on",
			errors.ErrUnsupported, width, t.end-t.begin, start+t.begin)
	}
	f, ok := dtypes[t.dtype]
	if !ok {
		return nil, fmt.Errorf("%w: its dtype %.40q is not known: cut its bytes out as a raw file, %d of them from byte %d on",
			errors.ErrUnsupported, t.dtype, t.end-t.begin, start+t.begin)
	}
	a := &Array{name: t.name, offset: start + t.begin, order: buffer.C}
	a.layout.Format, a.layout.Shape = f, t.shape
	var err error
	if a.layout.ItemSize, err = buffer.SizeFromFormat(f); err != nil {
		return nil, err
	}
	if a.layout.Strides, err = buffer.ContiguousStrides(t.shape, a.layout.ItemSize, buffer.C); err != nil {
		return nil, badHeader(t.at, "tensor %.100q: the shape: %w", t.name, err)
	}
	if n := int64(a.NBytes()); n != t.end-t.begin {
		return nil, badHeader(t.at, "tensor %.100q: shape %v of %s takes %d bytes, and its data_offsets say %d", t.name, t.shape, t.dtype, n, t.end-t.begin)
	}
	if err := a.fits(t.end + start); err != nil {
		return nil, badHeader(t.at, "tensor %.100q: %w", t.name, err)
	}
	return a, nil
}
