package arrayfile

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"

	"github.com/go-memoryview/memoryview/buffer"
	"github.com/go-memoryview/memoryview/format"
)

// prepareWAV writes a WAV file: RIFF, or RF64 where 32 bits do not hold its size.
func (s saving) prepareWAV(o *outgoing) (func(io.Writer) error, error) {
	if s.rate <= 0 || int64(s.rate) > math.MaxUint32 {
		return nil, fmt.Errorf("%w: a WAV file says how many frames make a second, and not %d: use the option SampleRate", buffer.ErrValue, s.rate)
	}
	f := wavFormat{rate: uint32(s.rate)}
	shape := o.view.Shape()
	if err := f.ofItems(o, shape); err != nil {
		return nil, err
	}
	channels := 1
	if len(shape) > 1 {
		channels = shape[1]
	}
	block := channels * int(f.bits) / 8
	if channels == 0 || channels > math.MaxUint16 || block > math.MaxUint16 {
		return nil, fmt.Errorf("%w: %d channels: a WAV file has from 1 to %d, and frames of at most as many bytes: transpose it where the channels come first",
			buffer.ErrFormat, channels, math.MaxUint16)
	}
	f.channels, f.block = uint16(channels), uint16(block)
	size := o.nbytes()
	if size < 0 {
		return nil, fmt.Errorf("%w: more bytes than the address space has", buffer.ErrLayout)
	}
	header := f.header(int64(size))
	return func(w io.Writer) error {
		if _, err := w.Write(header); err != nil {
			return err
		}
		err := o.write(w)
		if err == nil && size%2 > 0 { // chunks are padded
			_, err = w.Write([]byte{0})
		}
		return err
	}, nil
}

// ofItems finds out how the items are coded, and makes them little-endian. Three bytes in a last dimension are samples of 24
// bits, as reading has them.
func (f *wavFormat) ofItems(o *outgoing, shape []int) error {
	t, err := format.Parse(o.format)
	if err != nil {
		return err
	}
	code := ""
	switch {
	case t.Kind() == format.Uint && t.Size() == 1:
		code = "B"
	case t.Kind() == format.Int && t.Size() > 1:
		code = "<" + intCode(t.Size(), format.Int)
	case t.Kind() == format.Float && t.Size() >= 4:
		code = map[int]string{4: "<f", 8: "<d"}[t.Size()]
	}
	f.tag, f.bits = wavPCM, uint16(8*t.Size())
	if t.Kind() == format.Float {
		f.tag = wavFloat
	}
	is24 := len(shape) == 3 && shape[2] == 3 && code == "B"
	if is24 {
		f.bits = 24
	}
	switch {
	case code == "" || o.itemSize != t.Size():
		return fmt.Errorf("%w: a WAV file cannot hold items of format %.80q: it has B, h, i, q, f and d: convert them", buffer.ErrFormat, o.format)
	case len(shape) != 1 && len(shape) != 2 && !is24:
		return fmt.Errorf("%w: shape %v: a WAV file has one dimension of frames, perhaps by channels (by 3 bytes B for samples of 24 bits): cut one out", buffer.ErrFormat, shape)
	}
	err = o.become(code)
	if errors.Is(err, buffer.ErrType) {
		return fmt.Errorf("%w: %w", buffer.ErrFormat, err)
	}
	return err
}

// header is the file up to its samples, which take so many bytes.
func (f wavFormat) header(size int64) []byte {
	le := binary.LittleEndian
	var body bytes.Buffer
	frames := size / int64(f.block)
	plain := []any{f.tag, f.channels, f.rate, saturated(int64(f.rate) * int64(f.block)), f.block, f.bits}
	if f.tag == wavPCM {
		f.chunk(&body, "fmt ", plain...)
	} else {
		f.chunk(&body, "fmt ", append(plain, uint16(0))...)
		f.chunk(&body, "fact", saturated(frames))
	}
	const ids, heads, ds64 = 4, 8, 28
	whole := ids + int64(body.Len()) + heads + size + size%2
	var file bytes.Buffer
	if whole <= math.MaxUint32 {
		file.WriteString("RIFF")
		file.Write(le.AppendUint32(nil, uint32(whole)))
		file.WriteString("WAVE")
	} else {
		file.WriteString("RF64\xff\xff\xff\xffWAVE")
		f.chunk(&file, "ds64", uint64(whole+heads+ds64), uint64(size), uint64(frames), uint32(0))
	}
	file.Write(body.Bytes())
	file.WriteString("data")
	file.Write(le.AppendUint32(nil, saturated(size)))
	return file.Bytes()
}

// chunk writes a chunk of numbers.
func (wavFormat) chunk(to *bytes.Buffer, id string, numbers ...any) {
	var body bytes.Buffer
	for _, n := range numbers {
		_ = binary.Write(&body, binary.LittleEndian, n)
	}
	to.WriteString(id)
	to.Write(binary.LittleEndian.AppendUint32(nil, uint32(body.Len())))
	to.Write(body.Bytes())
}

// saturated is a number in 32 bits: all ones stand for those that need more.
func saturated(n int64) uint32 { return uint32(min(n, math.MaxUint32)) }
