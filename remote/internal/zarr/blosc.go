package zarr

import (
	"bytes"
	"encoding/binary"

	"github.com/klauspost/compress/zlib"
	"github.com/pierrec/lz4/v4"
)

// blosc undoes Blosc 1, the default of Zarr's version 2 for years: blocks that are shuffled, split and compressed, as its README_CHUNK_FORMAT
// describes. Of its compressors those are known that other libraries have: lz4, lz4hc, zlib and zstd.
type blosc struct{}

const (
	bloscHeader  = 16
	bloscShuffle = 1 << 0 // the flags of the header's third byte
	bloscStored  = 1 << 1
	bloscBits    = 1 << 2
	bloscWhole   = 1 << 4 // blocks are not split
	// bloscSplit is the largest item, and bloscSmallest the smallest stream, that blocks are split for.
	bloscSplit, bloscSmallest = 16, 128
)

func (blosc) encoded(n int) int { return ofCompressor(n) }

func (blosc) decode(data []byte, limit int) ([]byte, error) {
	if len(data) < bloscHeader {
		return nil, badChunk("blosc: %d bytes, and its header takes %d", len(data), bloscHeader)
	}
	b := bloscBlocks{data: data, flags: data[2], itemSize: int(data[3])}
	size, block, stored := binary.LittleEndian.Uint32(data[4:]), binary.LittleEndian.Uint32(data[8:]), binary.LittleEndian.Uint32(data[12:])
	switch {
	case uint64(size) > uint64(limit):
		return nil, badChunk("blosc: %d bytes: a chunk has at most %d", size, limit)
	case uint64(stored) != uint64(len(data)):
		return nil, badChunk("blosc: its header says %d bytes, there are %d", stored, len(data))
	case b.flags&bloscStored != 0:
		if len(data)-bloscHeader != int(size) {
			return nil, badChunk("blosc: %d bytes are stored, its header says %d", len(data)-bloscHeader, size)
		}
		return data[bloscHeader:], nil
	case size == 0:
		return nil, nil
	case block == 0 || b.itemSize == 0:
		return nil, badChunk("blosc: blocks of %d bytes, items of %d", block, b.itemSize)
	}
	b.block = int(min(block, size))
	out := make([]byte, size)
	for i, start := 0, 0; start < len(out); i, start = i+1, start+b.block {
		if err := b.decode(out[start:min(start+b.block, len(out))], i); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// bloscBlocks are what follows the header: where each block lies, and the blocks.
type bloscBlocks struct {
	data            []byte
	flags           byte
	itemSize, block int
}

// decode fills out with the i-th block.
func (b *bloscBlocks) decode(out []byte, i int) error {
	at := bloscHeader + 4*i
	if at+4 > len(b.data) {
		return badChunk("blosc: the place of block %d is missing", i)
	}
	start := binary.LittleEndian.Uint32(b.data[at:])
	if uint64(start) > uint64(len(b.data)) {
		return badChunk("blosc: block %d lies at byte %d of %d", i, start, len(b.data))
	}
	streams := 1
	if b.flags&bloscWhole == 0 && b.itemSize <= bloscSplit && b.block/b.itemSize >= bloscSmallest && len(out) == b.block {
		streams = b.itemSize
	}
	room := out
	shuffled := b.flags&(bloscShuffle|bloscBits) != 0 && (b.itemSize > 1 || b.flags&bloscBits != 0)
	if shuffled {
		room = make([]byte, len(out))
	}
	from := b.data[start:]
	for s := range streams {
		piece := room[s*(len(room)/streams):]
		if s < streams-1 {
			piece = piece[:len(room)/streams]
		}
		if len(from) < 4 {
			return badChunk("blosc: block %d ends too early", i)
		}
		n := binary.LittleEndian.Uint32(from)
		if from = from[4:]; uint64(n) > uint64(len(from)) {
			return badChunk("blosc: block %d ends too early", i)
		}
		if err := b.decompress(piece, from[:n]); err != nil {
			return badChunk("blosc: block %d: %w", i, err)
		}
		from = from[n:]
	}
	switch {
	case !shuffled:
	case b.flags&bloscBits != 0:
		unshuffleBits(out, room, b.itemSize)
	default:
		unshuffle(out, room, b.itemSize)
	}
	return nil
}

// decompress fills out from one stream.
func (b *bloscBlocks) decompress(out, data []byte) error {
	if len(data) == len(out) { // could not be compressed
		copy(out, data)
		return nil
	}
	n := 0
	switch b.flags >> 5 {
	case 1:
		var err error
		if n, err = lz4.UncompressBlock(data, out); err != nil {
			return err
		}
	case 3:
		r, err := zlib.NewReader(bytes.NewReader(data))
		if err != nil {
			return err
		}
		text, err := readAtMost(r, len(out))
		if err != nil {
			return err
		}
		n = copy(out, text)
	case 4:
		text, err := zstandard{}.decode(data, len(out))
		if err != nil {
			return err
		}
		n = copy(out, text)
	case 0:
		return unsupported("the compressor blosclz: store with cname lz4, zlib or zstd")
	default:
		return unsupported("the compressor number %d: lz4, zlib and zstd are known", b.flags>>5)
	}
	if n != len(out) {
		return badChunk("%d bytes came out of %d", n, len(out))
	}
	return nil
}

// unshuffle undoes what brings the first bytes of all items together, then the second, and so on. What is no whole item stands at the end.
func unshuffle(out, in []byte, itemSize int) {
	items := len(in) / itemSize
	for k := range itemSize {
		plane := in[k*items:][:items]
		for i, b := range plane {
			out[i*itemSize+k] = b
		}
	}
	whole := items * itemSize
	copy(out[whole:], in[whole:])
}

// unshuffleBits undoes the same with bits, eight items at a time. Blosc leaves blocks of other than whole eights as they are.
func unshuffleBits(out, in []byte, itemSize int) {
	items := len(in) / itemSize
	if items%8 != 0 {
		copy(out, in)
		return
	}
	row := items / 8 // the bytes of one plane of bits
	whole := items * itemSize
	clear(out[:whole])
	for k := range itemSize {
		for bit := range 8 {
			plane := in[(k*8+bit)*row:][:row]
			for i, bits := range plane {
				for j := range 8 {
					out[(i*8+j)*itemSize+k] |= bits >> j & 1 << bit
				}
			}
		}
	}
	copy(out[whole:], in[whole:])
}
