package zarr

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"slices"
	"sync"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zlib"
	"github.com/klauspost/compress/zstd"
)

// codec undoes what was done to a chunk's bytes.
type codec interface {
	// decode returns what was encoded, which has at most limit bytes.
	decode(data []byte, limit int) ([]byte, error)
	// encoded bounds the bytes that n are encoded to.
	encoded(n int) int
}

// StoredBytes bounds what a stored chunk of its own takes: nothing longer need be fetched.
func (a *Array) StoredBytes() int { return storedBytes(a.codecs, a.ChunkBytes()) }

func storedBytes(codecs []codec, n int) int {
	for _, c := range codecs {
		n = c.encoded(n)
	}
	return n
}

// Decode returns the bytes of a chunk, whose items lie as ChunkLayout says. It may return data itself.
func (a *Array) Decode(data []byte) ([]byte, error) {
	return decode(a.codecs, data, a.ChunkBytes())
}

// decode undoes all codecs, the last first: n bytes come out.
func decode(codecs []codec, data []byte, n int) ([]byte, error) {
	limits := make([]int, len(codecs))
	most := n
	for i, c := range codecs {
		limits[i] = most
		most = c.encoded(most)
	}
	for i, c := range slices.Backward(codecs) {
		var err error
		if data, err = c.decode(data, limits[i]); err != nil {
			return nil, err
		}
	}
	if len(data) != n {
		return nil, badChunk("%d bytes: its shape and type take %d", len(data), n)
	}
	return data, nil
}

// ofCompressor bounds what any of the compressors here makes of bytes that cannot be compressed.
func ofCompressor(n int) int { return n + n/64 + 1024 }

// gzipped is gzip, and zlib in version 2.
type gzipped struct{ zlib bool }

func (gzipped) encoded(n int) int { return ofCompressor(n) }

func (c gzipped) decode(data []byte, limit int) ([]byte, error) {
	var r io.ReadCloser
	var err error
	if c.zlib {
		r, err = zlib.NewReader(bytes.NewReader(data))
	} else {
		r, err = gzip.NewReader(bytes.NewReader(data))
	}
	if err != nil {
		return nil, badChunk("gzip: %w", err)
	}
	defer r.Close()
	out, err := readAtMost(r, limit)
	if err != nil {
		return nil, badChunk("gzip: %w", err)
	}
	return out, nil
}

// readAtMost reads all of r, and fails where that is more than the limit. What it takes grows with what comes.
func readAtMost(r io.Reader, limit int) ([]byte, error) {
	out, err := io.ReadAll(io.LimitReader(r, int64(limit)+1))
	if err == nil && len(out) > limit {
		err = fmt.Errorf("more than the %d bytes of a chunk", limit)
	}
	return out, err
}

type zstandard struct{}

func (zstandard) encoded(n int) int { return ofCompressor(n) }

func (zstandard) decode(data []byte, limit int) ([]byte, error) {
	// What a frame promises is believed up to the limit, which is how much room there is.
	out, err := zstdDecoder().DecodeAll(data, make([]byte, 0, limit))
	if err != nil {
		return nil, badChunk("zstd: %w", err)
	}
	return out, nil
}

// zstdDecoder serves many goroutines at once.
var zstdDecoder = sync.OnceValue(func() *zstd.Decoder {
	d, err := zstd.NewReader(nil, zstd.WithDecodeAllCapLimit(true), zstd.WithDecoderConcurrency(0))
	if err != nil {
		panic(err) // only options can be wrong
	}
	return d
})

// checked is a CRC-32C behind the bytes, least significant byte first.
type checked struct{}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func (checked) encoded(n int) int { return n + crc32.Size }

func (checked) decode(data []byte, _ int) ([]byte, error) {
	n := len(data) - crc32.Size
	if n < 0 {
		return nil, badChunk("%d bytes, too few for a checksum", len(data))
	}
	sum := crc32.Checksum(data[:n], castagnoli)
	if !bytes.Equal(data[n:], []byte{byte(sum), byte(sum >> 8), byte(sum >> 16), byte(sum >> 24)}) {
		return nil, badChunk("the checksum does not match: the bytes are damaged")
	}
	return data[:n], nil
}

// named is a codec, or what else has a name and a configuration, in version 3.
type named struct {
	Name          string          `json:"name"`
	Configuration json.RawMessage `json:"configuration"`
}

// UnmarshalJSON takes a name alone, too.
func (n *named) UnmarshalJSON(text []byte) error {
	if json.Unmarshal(text, &n.Name) == nil {
		return nil
	}
	type plain named
	if err := json.Unmarshal(text, (*plain)(n)); err != nil {
		return err
	}
	if n.Name == "" {
		return errors.New("an object without a name")
	}
	return nil
}

// configuration reads what belongs to a name.
func (n *named) configuration(into any) error {
	if len(n.Configuration) == 0 {
		return nil
	}
	if err := json.Unmarshal(n.Configuration, into); err != nil {
		return bad("the configuration of %.40q: %w", n.Name, err)
	}
	return nil
}

// byteCodec is one of version 3 that turns bytes to bytes.
func byteCodec(n *named) (codec, error) {
	switch n.Name {
	case "gzip":
		return gzipped{}, nil
	case "zstd":
		return zstandard{}, nil
	case "crc32c":
		return checked{}, nil
	case "blosc":
		return blosc{}, nil
	}
	return nil, unsupported("the codec %.40q: bytes, transpose, sharding_indexed, gzip, zstd, blosc and crc32c are known", n.Name)
}

// endian reads the configuration of the codec bytes: little-endian unless it says big.
func endian(n *named) (big bool, err error) {
	var c struct{ Endian string }
	if err := n.configuration(&c); err != nil {
		return false, err
	}
	if c.Endian != "" && c.Endian != "little" && c.Endian != "big" {
		return false, bad("endian %.40q: little or big", c.Endian)
	}
	return c.Endian == "big", nil
}

// pipeline is what a list of codecs comes to.
type pipeline struct {
	axes   []int
	big    bool
	codecs []codec
	inner  *named // sharding_indexed, which stands for bytes
}

// readPipeline reads a list of codecs of version 3: any transpose, then bytes or shards, then those of bytes.
func readPipeline(list []named, dimensions int) (p pipeline, err error) {
	i := 0
	for ; i < len(list) && list[i].Name == "transpose"; i++ {
		if p.axes, err = transposed(&list[i], p.axes, dimensions); err != nil {
			return p, err
		}
	}
	if i == len(list) {
		return p, bad("no codec turns items into bytes: bytes or sharding_indexed")
	}
	switch n := &list[i]; n.Name {
	case "bytes":
		if p.big, err = endian(n); err != nil {
			return p, err
		}
	case "sharding_indexed":
		p.inner = n
	default:
		return p, unsupported("the codec %.40q", n.Name)
	}
	for _, n := range list[i+1:] {
		c, err := byteCodec(&n)
		if err != nil {
			return p, err
		}
		p.codecs = append(p.codecs, c)
	}
	if len(p.codecs) > maxCodecs {
		return p, unsupported("%d codecs: at most %d are undone", len(p.codecs), maxCodecs)
	}
	return p, nil
}

const maxCodecs = 8

// transposed adds a transposition to those before it: axes[i] is the dimension of the array that is stored as the i-th.
func transposed(n *named, axes []int, dimensions int) ([]int, error) {
	var c struct{ Order json.RawMessage }
	if err := n.configuration(&c); err != nil {
		return nil, err
	}
	order := make([]int, 0, dimensions)
	var letter string
	if json.Unmarshal(c.Order, &letter) == nil { // drafts of the specification had C and F
		for d := range dimensions {
			order = append(order, d)
		}
		switch letter {
		case "F":
			slices.Reverse(order)
		case "C":
		default:
			return nil, bad("the order %.40q of a transpose", letter)
		}
	} else if err := json.Unmarshal(c.Order, &order); err != nil {
		return nil, bad("the order of a transpose: a list of dimensions: %w", err)
	}
	sorted := slices.Sorted(slices.Values(order))
	for d, axis := range sorted {
		if axis != d {
			return nil, bad("the order %v of a transpose is no permutation", order)
		}
	}
	if len(order) != dimensions {
		return nil, bad("the order %v of a transpose: the array has %d dimensions", order, dimensions)
	}
	if axes == nil {
		return order, nil
	}
	combined := make([]int, dimensions)
	for i, axis := range order {
		combined[i] = axes[axis]
	}
	return combined, nil
}
