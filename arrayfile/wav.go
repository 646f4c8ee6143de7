package arrayfile

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"

	"github.com/go-memoryview/memoryview/buffer"
)

// How samples are stored, as the chunk "fmt " of a WAV file numbers it.
const (
	wavPCM        = 1
	wavFloat      = 3
	wavExtensible = 0xfffe // the number follows later in the chunk
)

// maxChunks bounds the chunks before the samples.
const maxChunks = 10_000

// wavStreamed is a size from which on it says nothing: programs that write to a pipe do not know it, and write some such number.
const wavStreamed = 0x7ffff000

// beginsWAV tells the head of a WAV file: of RIFF, of RF64 or BW64 for more than 4 GiB, of RIFX for big-endian numbers.
func beginsWAV(start string) bool {
	return len(start) >= 12 && start[8:12] == "WAVE" && wavOrder(start[:4]) != nil
}

func wavOrder(magic string) binary.ByteOrder {
	switch magic {
	case "RIFF", "RF64", "BW64":
		return binary.LittleEndian
	case "RIFX":
		return binary.BigEndian
	}
	return nil
}

// wavReader walks over the chunks of a file.
type wavReader struct {
	r     io.ReaderAt
	size  int64
	order binary.ByteOrder
	long  bool  // sizes of 4 GiB stand in the chunk "ds64"
	data  int64 // the size of the samples, from there
	found wavFormat
}

// wavFormat is the chunk "fmt ".
type wavFormat struct {
	tag, channels uint16
	rate          uint32
	block         uint16 // bytes of a frame, which is a sample of each channel
	bits          uint16 // of a sample
	valid         uint16 // of these
}

// readWAV reads the chunks of a WAV file up to the samples, which are an array of frames by channels.
func readWAV(r io.ReaderAt, size int64) (content, error) {
	var head [12]byte
	if err := readHeader(r, head[:], 0); err != nil {
		return content{}, err
	}
	w := wavReader{r: r, size: size, order: wavOrder(string(head[:4])), long: head[0] != 'R' || head[1] != 'I'}
	at := int64(len(head))
	for range maxChunks {
		id, n, err := w.chunk(at)
		if err != nil {
			return content{}, err
		}
		at += 8
		switch id {
		case "ds64":
			err = w.readLong(at)
		case "fmt ":
			err = w.readFormat(at, n)
		case "data":
			return w.content(at, n)
		}
		if err != nil {
			return content{}, err
		}
		at += n + n%2
	}
	return content{}, badHeader(at, "more than %d chunks before the samples", maxChunks)
}

// chunk reads the head of a chunk.
func (w *wavReader) chunk(at int64) (id string, n int64, err error) {
	var head [8]byte
	if at > w.size-int64(len(head)) {
		return "", 0, badHeader(min(at, w.size), "%w: it ends before the samples, which are a chunk \"data\"", ErrTruncated)
	}
	err = readHeader(w.r, head[:], at)
	return string(head[:4]), int64(w.order.Uint32(head[4:])), err
}

// readLong reads the sizes that 32 bits do not hold.
func (w *wavReader) readLong(at int64) error {
	var sizes [16]byte
	if err := readHeader(w.r, sizes[:], at); err != nil {
		return err
	}
	n := w.order.Uint64(sizes[8:])
	if n > math.MaxInt64 {
		return badHeader(at+8, "the samples take %d bytes: no file has so many", n)
	}
	w.data = int64(n)
	return nil
}

// readFormat reads what the samples are.
func (w *wavReader) readFormat(at, n int64) error {
	const plain, extensible = 16, 40
	if n < plain {
		return badHeader(at, "a chunk \"fmt \" of %d bytes: it has 16 or more", n)
	}
	b := make([]byte, min(n, extensible))
	if err := readHeader(w.r, b, at); err != nil {
		return err
	}
	f := wavFormat{
		tag: w.order.Uint16(b), channels: w.order.Uint16(b[2:]), rate: w.order.Uint32(b[4:]),
		block: w.order.Uint16(b[12:]), bits: w.order.Uint16(b[14:]),
	}
	f.valid = f.bits
	if f.tag == wavExtensible {
		if n < extensible {
			return badHeader(at, "an extensible chunk \"fmt \" of %d bytes: it has 40", n)
		}
		f.valid, f.tag = w.order.Uint16(b[18:]), w.order.Uint16(b[24:])
	}
	w.found = f
	return nil
}

// content makes the array of samples, which begin at a byte of the file and take n as their chunk says it.
func (w *wavReader) content(at, n int64) (content, error) {
	f := w.found
	if f == (wavFormat{}) {
		return content{}, badHeader(at-8, "the samples come before the chunk \"fmt \" that says what they are")
	}
	a := &Array{offset: at, order: buffer.C}
	if err := a.samples(f, w.order == binary.BigEndian); err != nil {
		return content{}, err
	}
	if w.long && n == math.MaxUint32 {
		n = w.data
	}
	left := w.size - at
	streamed := n >= wavStreamed && n <= math.MaxUint32 && n > left || n == 0 && left > 0 && !w.isLast(at)
	switch {
	case streamed:
		a.notes = append(a.notes, "the header does not say how many samples there are: all that follow are taken")
		n = left
	case n > left:
		return content{}, badHeader(at-4, "%w: the samples take %d bytes, %d follow from byte %d on: what is there can be opened as raw, from there", ErrTruncated, n, left, at)
	}
	frame := int64(f.block)
	if n%frame != 0 {
		a.notes = append(a.notes, fmt.Sprintf("%d bytes behind the last whole frame are left out", n%frame))
	}
	frames := n / frame
	if int64(int(frames)) != frames {
		return content{}, badHeader(at-4, "%w: %d frames are more than the address space holds", buffer.ErrLayout, frames)
	}
	l := &a.layout
	l.Shape = append([]int{int(frames)}, l.Shape...)
	var err error
	if l.Strides, err = buffer.ContiguousStrides(l.Shape, l.ItemSize, buffer.C); err != nil {
		return content{}, badHeader(at, "the samples: %w", err)
	}
	return content{kind: "wav", arrays: []*Array{a}, metadata: map[string]string{"sample rate": strconv.Itoa(int(f.rate))}}, nil
}

// isLast tells whether an empty chunk of samples is followed by another chunk, and so meant to be empty.
func (w *wavReader) isLast(at int64) bool {
	id, n, err := w.chunk(at)
	return err == nil && n <= w.size-at-8 && id != "\x00\x00\x00\x00" && isFourCC(id)
}

func isFourCC(id string) bool {
	for _, c := range []byte(id) {
		if c < ' ' || c > '~' {
			return false
		}
	}
	return true
}

// samples says what a frame is: channels, of a format, and of 3 bytes where no format has items of so many.
func (a *Array) samples(f wavFormat, big bool) error {
	at := a.offset
	if f.channels == 0 || f.bits == 0 {
		return badHeader(at, "%d channels of %d bits", f.channels, f.bits)
	}
	size := (int(f.bits) + 7) / 8
	if int(f.block) != size*int(f.channels) {
		return badHeader(at, "frames of %d bytes, where %d channels of %d bits take %d", f.block, f.channels, f.bits, size*int(f.channels))
	}
	mark := "<"
	if big {
		mark = ">"
	}
	l := &a.layout
	l.Shape, l.ItemSize = []int{int(f.channels)}, size
	codes := map[[2]int]string{
		{wavPCM, 1}: "B", {wavPCM, 2}: mark + "h", {wavPCM, 4}: mark + "i", {wavPCM, 8}: mark + "q",
		{wavFloat, 4}: mark + "f", {wavFloat, 8}: mark + "d",
	}
	code, ok := codes[[2]int{int(f.tag), size}]
	switch {
	case ok:
		l.Format = code
	case f.tag == wavPCM && size == 3:
		l.Format, l.ItemSize = "B", 1
		l.Shape = append(l.Shape, size)
		first := "lowest"
		if big {
			first = "highest"
		}
		a.notes = append(a.notes, "samples of 24 bits: no format has such items, so that the last dimension is their 3 bytes, the "+first+" first, of a signed number")
	case f.tag == wavPCM || f.tag == wavFloat:
		return fmt.Errorf("%w: WAV samples of %d bits: those of 8, 16, 24, 32 and 64 are read", errors.ErrUnsupported, f.bits)
	default:
		return fmt.Errorf("%w: WAV samples coded in way %d: plain numbers (1) and floats (3) are read: convert it, as by ffmpeg -i IN.wav -c:a pcm_s16le OUT.wav", errors.ErrUnsupported, f.tag)
	}
	if int(f.valid) != 8*size && f.valid > 0 {
		a.notes = append(a.notes, fmt.Sprintf("%d bits of each sample count, the highest", f.valid))
	}
	return nil
}
