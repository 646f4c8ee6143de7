package zarr

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"

	"github.com/go-memoryview/memoryview/buffer"
	"github.com/go-memoryview/memoryview/format"
)

// maxFilled bounds the bytes of items that are packed to find out what they are filled with. Bytes are not: there are as many as the metadata have.
const maxFilled = 1 << 20

// fillItem returns the bytes of an item with a fill value, without the zeros at its end; nil for zeros.
func fillItem(t *format.Type, text json.RawMessage) ([]byte, error) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var value any
	if len(text) > 0 {
		if err := decoder.Decode(&value); err != nil {
			return nil, err
		}
	}
	if value == nil || value == json.Number("0") { // zeros, of whatever type
		return nil, nil
	}
	item, err := packFill(t, value)
	if item = bytes.TrimRight(item, "\x00"); len(item) == 0 || err != nil {
		return nil, err
	}
	return item, nil
}

// packFill returns an item's bytes, or those that it begins with.
func packFill(t *format.Type, value any) ([]byte, error) {
	switch t.Kind() {
	case format.Bool, format.Int, format.Uint, format.Float, format.Complex, format.Text:
	default:
		return fillBytes(value, t.Size())
	}
	if t.Size() > maxFilled {
		return nil, unsupported("a fill value for items of %d bytes", t.Size())
	}
	item := make([]byte, t.Size())
	return item, packPlain(item, t, value)
}

// packPlain packs what is neither bytes nor a record.
func packPlain(item []byte, t *format.Type, value any) error {
	switch t.Kind() {
	case format.Bool:
		b, ok := value.(bool)
		if !ok {
			return fmt.Errorf("%w: true or false", buffer.ErrValue)
		}
		return t.Pack(item, b)
	case format.Int, format.Uint:
		return packInteger(item, t, value)
	case format.Float:
		if bits, ok, err := hexFloat(value, t.Size()); ok {
			return storeBits(item, bits, t.BigEndian(), err)
		}
		f, err := float(value)
		if err != nil {
			return err
		}
		return t.Pack(item, f)
	case format.Complex:
		return packComplex(item, t, value)
	}
	s, ok := value.(string)
	if !ok {
		return fmt.Errorf("%w: a string", buffer.ErrValue)
	}
	return t.Pack(item, s)
}

// packInteger takes whole numbers, also written as 1.0, and NaT, which is the lowest.
func packInteger(item []byte, t *format.Type, value any) error {
	if value == "NaT" && t.Kind() == format.Int && t.Size() == 8 {
		return t.Pack(item, int64(math.MinInt64))
	}
	text, ok := value.(json.Number)
	if !ok {
		return fmt.Errorf("%w: a whole number", buffer.ErrValue)
	}
	if n, err := strconv.ParseInt(text.String(), 10, 64); err == nil {
		return t.Pack(item, n)
	}
	if n, err := strconv.ParseUint(text.String(), 10, 64); err == nil {
		return t.Pack(item, n)
	}
	f, err := text.Float64()
	if err != nil || f != math.Trunc(f) || math.Abs(f) > 1<<53 {
		return fmt.Errorf("%w: a whole number", buffer.ErrValue)
	}
	return t.Pack(item, int64(f))
}

// float reads a number, or the name of one that JSON has no number for.
func float(value any) (float64, error) {
	switch v := value.(type) {
	case json.Number:
		if f, err := v.Float64(); err == nil {
			return f, nil
		}
	case string:
		switch v {
		case "NaN":
			return math.Float64frombits(0x7ff8 << 48), nil // Go's own NaN is another one
		case "Infinity":
			return math.Inf(1), nil
		case "-Infinity":
			return math.Inf(-1), nil
		}
	}
	return 0, fmt.Errorf("%w: a number, \"NaN\", \"Infinity\", \"-Infinity\", or its bits as \"0x...\"", buffer.ErrValue)
}

// hexFloat reads a float's bits, the most significant byte first, where that is what the value is.
func hexFloat(value any, size int) (bits []byte, ok bool, err error) {
	text, isText := value.(string)
	if !isText || len(text) < 2 || text[:2] != "0x" {
		return nil, false, nil
	}
	bits, err = hex.DecodeString(text[2:])
	if err != nil || len(bits) != size {
		err = fmt.Errorf("%w: %d hexadecimal digits", buffer.ErrValue, 2*size)
	}
	return bits, true, err
}

func storeBits(item, bits []byte, big bool, err error) error {
	if err != nil {
		return err
	}
	if !big {
		slices.Reverse(bits)
	}
	copy(item, bits)
	return nil
}

// packComplex takes [real, imaginary], each as a float's fill value.
func packComplex(item []byte, t *format.Type, value any) error {
	parts, ok := value.([]any)
	if !ok || len(parts) != 2 {
		return fmt.Errorf("%w: a list of the real and the imaginary part", buffer.ErrValue)
	}
	half := t.Size() / 2
	for i, part := range parts {
		room := item[i*half:][:half]
		if bits, ok, err := hexFloat(part, half); ok {
			if err := storeBits(room, bits, t.BigEndian(), err); err != nil {
				return err
			}
			continue
		}
		f, err := float(part)
		if err != nil {
			return err
		}
		half, err := format.Parse(string("<>"[btoi(t.BigEndian())]) + map[int]string{4: "f", 8: "d"}[half])
		if err != nil {
			return err
		}
		if err := half.Pack(room, f); err != nil {
			return err
		}
	}
	return nil
}

// fillBytes reads an item's bytes, in base64 or as a list of numbers. Zeros follow where there are fewer than its size, as NumPy pads.
func fillBytes(value any, size int) (data []byte, err error) {
	switch v := value.(type) {
	case string:
		if data, err = base64.StdEncoding.DecodeString(v); err != nil {
			return nil, fmt.Errorf("%w: the bytes in base64: %w", buffer.ErrValue, err)
		}
	case []any:
		for _, e := range v {
			number, _ := e.(json.Number)
			b, err := strconv.ParseUint(number.String(), 10, 8)
			if err != nil {
				return nil, fmt.Errorf("%w: a list of numbers from 0 to 255", buffer.ErrValue)
			}
			data = append(data, byte(b))
		}
	default:
		return nil, fmt.Errorf("%w: the bytes in base64, or a list of numbers", buffer.ErrValue)
	}
	if len(data) > size {
		return nil, fmt.Errorf("%w: %d bytes for items of %d", buffer.ErrValue, len(data), size)
	}
	return data, nil
}
