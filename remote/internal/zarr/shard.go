package zarr

import (
	"encoding/binary"
	"hash/crc32"
	"math"
	"slices"
)

// maxShardChunks bounds the chunks of one shard, whose index is fetched as a whole.
const maxShardChunks = 1 << 22

// shards says how chunks lie in stored objects.
type shards struct {
	per     []int // chunks in one shard along each dimension
	atStart bool  // the index stands before the chunks
	big     bool  // the index's byte order
	checked bool  // the index has a checksum
}

// count is how many chunks there are in one shard.
func (s *shards) count() int {
	n, _ := product(s.per, 1)
	return n
}

func (s *shards) indexBytes() int {
	n := 16 * s.count()
	if s.checked {
		n += crc32.Size
	}
	return n
}

// shardConfiguration is that of sharding_indexed.
type shardConfiguration struct {
	ChunkShape    []int   `json:"chunk_shape"`
	Codecs        []named `json:"codecs"`
	IndexCodecs   []named `json:"index_codecs"`
	IndexLocation string  `json:"index_location"`
}

// setShards takes the configuration of sharding_indexed: a.Chunks, so far the shard's shape, becomes that of its chunks.
func (a *Array) setShards(outer *pipeline) (pipeline, error) {
	if outer.axes != nil || len(outer.codecs) > 0 {
		return pipeline{}, unsupported("codecs around sharding_indexed: they stand inside it")
	}
	var c shardConfiguration
	if err := outer.inner.configuration(&c); err != nil {
		return pipeline{}, err
	}
	p, err := readPipeline(c.Codecs, len(a.Shape))
	switch {
	case err != nil:
		return p, err
	case p.inner != nil:
		return p, unsupported("sharding_indexed inside sharding_indexed")
	case len(c.ChunkShape) != len(a.Chunks):
		return p, bad("chunks of %d dimensions in shards of %d", len(c.ChunkShape), len(a.Chunks))
	}
	s := &shards{per: make([]int, len(a.Chunks))}
	for d, n := range c.ChunkShape {
		if n < 1 || a.Chunks[d] < 1 || a.Chunks[d]%n != 0 {
			return p, bad("shards of shape %v cannot be cut into chunks of shape %v", a.Chunks, c.ChunkShape)
		}
		s.per[d] = a.Chunks[d] / n
	}
	if n, ok := product(s.per, 1); !ok || n > maxShardChunks {
		return p, unsupported("shards of more than %d chunks", maxShardChunks)
	}
	switch c.IndexLocation {
	case "start":
		s.atStart = true
	case "end", "":
	default:
		return p, bad("index_location %.40q: start or end", c.IndexLocation)
	}
	if s.big, s.checked, err = indexCodecs(c.IndexCodecs); err != nil {
		return p, err
	}
	a.Chunks, a.shards = c.ChunkShape, s
	return p, nil
}

func indexCodecs(list []named) (big, checked bool, err error) {
	if len(list) == 0 || list[0].Name != "bytes" || len(list) > 2 || len(list) == 2 && list[1].Name != "crc32c" {
		return false, false, unsupported("index_codecs other than bytes, with or without crc32c")
	}
	big, err = endian(&list[0])
	return big, len(list) == 2, err
}

// Stored says where a chunk lies: the key of the stored object, and which chunk of the shard it is; 0 where it is all of the object.
func (a *Array) Stored(index []int) (key string, inShard int) {
	if a.shards == nil {
		return a.keys.key(index), 0
	}
	outer := slices.Clone(index)
	for d, n := range a.shards.per {
		inShard = inShard*n + index[d]%n
		outer[d] /= n
	}
	return a.keys.key(outer), inShard
}

// Sharded tells that stored objects are shards, whose index says where chunks lie.
func (a *Array) Sharded() bool { return a.shards != nil }

// ShardIndex says where a shard's index lies: so many bytes at its end or, with atStart, at its start.
func (a *Array) ShardIndex() (size int, atStart bool) { return a.shards.indexBytes(), a.shards.atStart }

// Place is where a chunk lies in a shard. A Size of 0 is of a chunk that is not there.
type Place struct{ Offset, Size int64 }

// DecodeShardIndex reads a shard's index: the places of its chunks.
func (a *Array) DecodeShardIndex(data []byte) ([]Place, error) {
	s := a.shards
	var codecs []codec
	if s.checked {
		codecs = []codec{checked{}}
	}
	data, err := decode(codecs, data, 16*s.count())
	if err != nil {
		return nil, err
	}
	order := binary.ByteOrder(binary.LittleEndian)
	if s.big {
		order = binary.BigEndian
	}
	places := make([]Place, s.count())
	most := uint64(a.StoredBytes())
	for i := range places {
		offset, size := order.Uint64(data[16*i:]), order.Uint64(data[16*i+8:])
		switch {
		case offset == math.MaxUint64 && size == math.MaxUint64: // not there
		case size > most || offset > math.MaxInt64-most || size == 0:
			return nil, badChunk("the index of a shard says that %d bytes lie at byte %d: a chunk takes at most %d", size, offset, most)
		default:
			places[i] = Place{int64(offset), int64(size)}
		}
	}
	return places, nil
}
