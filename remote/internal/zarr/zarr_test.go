package zarr

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"runtime"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/go-memoryview/memoryview"
	"github.com/go-memoryview/memoryview/buffer"
	"github.com/go-memoryview/memoryview/export"
	"github.com/go-memoryview/memoryview/format"
)

// Written by zarr-python 3.1.6: the metadata of its defaults, and of what differs from them.
const (
	plainV2   = `{"shape": [5, 4], "chunks": [2, 3], "dtype": "<f8", "fill_value": 0.0, "order": "C", "filters": null, "dimension_separator": ".", "compressor": {"id": "zstd", "level": 0}, "zarr_format": 2}`
	bloscV2   = `{"shape": [8, 9], "chunks": [4, 9], "dtype": "<f4", "fill_value": 0.0, "order": "F", "filters": null, "dimension_separator": ".", "compressor": {"id": "blosc", "cname": "lz4", "clevel": 5, "shuffle": 1, "blocksize": 0}, "zarr_format": 2}`
	recordV2  = `{"shape": [5, 4], "chunks": [2, 3], "dtype": [["a", "<i4"], ["b", "<f8"]], "fill_value": "AAAAAAAAAAAAAAAA", "order": "C", "filters": null, "dimension_separator": ".", "compressor": {"id": "zstd", "level": 0}, "zarr_format": 2}`
	timesV2   = `{"shape": [5, 4], "chunks": [2, 3], "dtype": "<M8[ns]", "fill_value": -9223372036854775808, "order": "C", "filters": null, "dimension_separator": ".", "compressor": {"id": "zstd", "level": 0}, "zarr_format": 2}`
	plainV3   = `{"shape": [5, 4], "data_type": "float64", "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": [2, 3]}}, "chunk_key_encoding": {"name": "default", "configuration": {"separator": "/"}}, "fill_value": 0.0, "codecs": [{"name": "bytes", "configuration": {"endian": "little"}}, {"name": "zstd", "configuration": {"level": 0, "checksum": false}}], "attributes": {}, "zarr_format": 3, "node_type": "array", "storage_transformers": []}`
	turnedV3  = `{"shape": [8, 9], "data_type": "float32", "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": [2, 3]}}, "chunk_key_encoding": {"name": "default", "configuration": {"separator": "/"}}, "fill_value": "Infinity", "codecs": [{"name": "transpose", "configuration": {"order": [1, 0]}}, {"name": "bytes", "configuration": {"endian": "big"}}, {"name": "zstd", "configuration": {"level": 0, "checksum": false}}, {"name": "crc32c"}], "attributes": {}, "zarr_format": 3, "node_type": "array", "storage_transformers": []}`
	shardedV3 = `{"shape": [8, 9], "data_type": "float32", "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": [4, 6]}}, "chunk_key_encoding": {"name": "default", "configuration": {"separator": "/"}}, "fill_value": "NaN", "codecs": [{"name": "sharding_indexed", "configuration": {"chunk_shape": [2, 3], "codecs": [{"name": "bytes", "configuration": {"endian": "little"}}, {"name": "gzip", "configuration": {"level": 5}}], "index_codecs": [{"name": "bytes", "configuration": {"endian": "little"}}, {"name": "crc32c"}], "index_location": "end"}}], "attributes": {}, "zarr_format": 3, "node_type": "array", "storage_transformers": []}`
	groupV3   = `{"attributes": {}, "zarr_format": 3, "consolidated_metadata": {"kind": "inline", "must_understand": false, "metadata": {"x": {"attributes": {}, "zarr_format": 3, "consolidated_metadata": {"kind": "inline", "must_understand": false, "metadata": {}}, "node_type": "group"}, "x/y": ` + plainV3 + `}}, "node_type": "group"}`
	groupV2   = `{"metadata": {".zgroup": {"zarr_format": 2}, ".zattrs": {}, "x/.zattrs": {}, "x/.zgroup": {"zarr_format": 2}, "x/y/.zattrs": {}, "x/y/.zarray": ` + plainV2 + `}, "zarr_consolidated_format": 1}`
)

func parse(text string) (*Array, error) {
	if strings.Contains(text, `"zarr_format": 2`) {
		return ParseV2([]byte(text), nil)
	}
	a, _, _, err := ParseV3([]byte(text))
	return a, err
}

func TestMetadata(t *testing.T) {
	for _, test := range []struct {
		text, format   string
		grid, strides  []int
		key, fill      string
		lastIsInShards int
	}{
		{plainV2, "<d", []int{3, 2}, []int{24, 8}, "2.1", "", 0},
		{bloscV2, "<f", []int{2, 1}, []int{4, 16}, "1.0", "", 0},
		{recordV2, "T{<i:a:d:b:}", []int{3, 2}, []int{36, 12}, "2.1", "", 0},
		{timesV2, "<q", []int{3, 2}, []int{24, 8}, "2.1", "\x00\x00\x00\x00\x00\x00\x00\x80", 0},
		{plainV3, "<d", []int{3, 2}, []int{24, 8}, "c/2/1", "", 0},
		{turnedV3, ">f", []int{4, 3}, []int{4, 8}, "c/3/2", "\x7f\x80\x00\x00", 0},
		{shardedV3, "<f", []int{4, 3}, []int{12, 4}, "c/1/1", "\x00\x00\xc0\x7f", 2},
	} {
		a, err := parse(test.text)
		if err != nil {
			t.Errorf("%s: %v", test.text, err)
			continue
		}
		last := a.Grid()
		for d := range last {
			last[d]--
		}
		key, inShard := a.Stored(last)
		if !sameFormat(t, a.Format, test.format) || !slices.Equal(a.Grid(), test.grid) || !slices.Equal(a.ChunkLayout().Strides, test.strides) ||
			key != test.key || inShard != test.lastIsInShards || string(a.Fill) != strings.TrimRight(test.fill, "\x00") {
			t.Errorf("%s:\n%v, grid %v, strides %v, last chunk %s %d, fill %q", test.text, a, a.Grid(), a.ChunkLayout().Strides, key, inShard, a.Fill)
		}
	}
}

func sameFormat(t *testing.T, a, b string) bool {
	t.Helper()
	x, err := format.Parse(a)
	y, err2 := format.Parse(b)
	if err := errors.Join(err, err2); err != nil {
		t.Error(err)
	}
	return x.Equal(y)
}

func TestConsolidated(t *testing.T) {
	_, members, consolidated, err := ParseV3([]byte(groupV3))
	if err != nil || !consolidated || len(members) != 1 || members[0].Name != "x/y" || members[0].Err != nil {
		t.Errorf("version 3: %v, %v", members, err)
	}
	members, err = ParseConsolidatedV2([]byte(groupV2))
	if err != nil || len(members) != 1 || members[0].Name != "x/y" || members[0].Err != nil {
		t.Errorf("version 2: %v, %v", members, err)
	}
}

// TestLargestChunks has as many codecs as may be, each of which bounds what it may be given: no bound overflows, also with an int of 32 bits.
func TestLargestChunks(t *testing.T) {
	codecs := strings.Repeat(`"crc32c","zstd","gzip","blosc",`, maxCodecs/4)
	a, err := parse(fmt.Sprintf(`{"zarr_format":3,"node_type":"array","shape":[1],"data_type":"uint8","chunk_grid":{"name":"regular","configuration":{"chunk_shape":[%d]}},
		"chunk_key_encoding":{"name":"default"},"fill_value":0,"codecs":["bytes",%s]}`, MaxChunk, strings.TrimSuffix(codecs, ",")))
	if err != nil {
		t.Fatal(err)
	}
	if a.StoredBytes() < MaxChunk {
		t.Errorf("%d bytes at most are stored of a chunk of %d", a.StoredBytes(), MaxChunk)
	}
	if _, err := a.Decode(nil); !errors.Is(err, ErrChunk) {
		t.Errorf("%v", err)
	}
}

// TestDimensionsV2 reads xarray's attribute; what is no such list is an attribute of somebody else's.
func TestDimensionsV2(t *testing.T) {
	for text, want := range map[string][]string{
		`{"units": "K", "_ARRAY_DIMENSIONS": ["time", "x"]}`: {"time", "x"},
		`{"_ARRAY_DIMENSIONS": ["time"]}`:                    nil,
		`{"_ARRAY_DIMENSIONS": [1, 2]}`:                      nil,
		`{"_ARRAY_DIMENSIONS": null}`:                        nil,
		`{}`:                                                 nil,
		`[]`:                                                 nil,
		``:                                                   nil,
	} {
		a, err := ParseV2([]byte(plainV2), []byte(text))
		if err != nil || !slices.Equal(a.Dimensions, want) {
			t.Errorf("%s: %v, %v", text, a, err)
		}
	}
}

// TestFillValuesOfLargeItems takes memory for what the metadata have, and not for what they say.
func TestFillValuesOfLargeItems(t *testing.T) {
	for _, test := range []struct {
		dtype, fill, want string
		err               error
	}{
		{"|V1073741823", `"AQA="`, "\x01", nil},
		{"|V1073741823", `"AAA="`, "", nil},
		{"|S1073741823", `0`, "", nil},
		{"<U268435455", `0`, "", nil},
		{"<U268435455", `"a"`, "", errors.ErrUnsupported},
	} {
		text := fmt.Sprintf(`{"zarr_format":2,"shape":[1],"chunks":[1],"dtype":%q,"compressor":null,"fill_value":%s,"order":"C","filters":null}`, test.dtype, test.fill)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		a, err := ParseV2([]byte(text), nil)
		runtime.ReadMemStats(&after)
		if !errors.Is(err, test.err) || err == nil && string(a.Fill) != test.want || after.TotalAlloc-before.TotalAlloc > 1<<20 {
			t.Errorf("%s: %v, %v, %d bytes", text, a, err, after.TotalAlloc-before.TotalAlloc)
		}
	}
	small, err := ParseV2([]byte(`{"zarr_format":2,"shape":[3],"chunks":[3],"dtype":"|S3","compressor":null,"fill_value":"YQ==","order":"C","filters":null}`), nil)
	if err != nil {
		t.Fatal(err)
	}
	if item, chunk := small.FillItem(), small.FillChunk(); string(item) != "a\x00\x00" || string(chunk) != strings.Repeat(string(item), 3) {
		t.Errorf("%q, %q", item, chunk)
	}
}

// TestTooMany refuses metadata that tell of more than there are reasons for, before they take memory a hundred times their size.
func TestTooMany(t *testing.T) {
	for _, n := range []int{MaxNodes, MaxNodes + 1} {
		many := `{` + strings.Repeat(`"a":{},`, n-1) + `"a":{}}`
		_, _, _, err := ParseV3([]byte(`{"zarr_format":3,"node_type":"group","consolidated_metadata":{"metadata":` + many + `}}`))
		if (err != nil) != (n > MaxNodes) || err != nil && !errors.Is(err, ErrMetadata) {
			t.Errorf("version 3 with %d: %v", n, err)
		}
		_, err = ParseConsolidatedV2([]byte(`{"zarr_consolidated_format":1,"metadata":` + many + `}`))
		if (err != nil) != (n > MaxNodes) || err != nil && !errors.Is(err, ErrMetadata) {
			t.Errorf("version 2 with %d: %v", n, err)
		}
		if _, _, _, err = ParseV3([]byte(many)); err == nil || n > MaxNodes && !strings.Contains(err.Error(), "more than") {
			t.Errorf("%d extensions: %v", n, err)
		}
	}
}

// TestFillValues has the fill values of the specifications, and the bits that IEEE 754 and two's complement give them.
func TestFillValues(t *testing.T) {
	for _, test := range []struct{ format, text, want string }{
		{">f", `"NaN"`, "\x7f\xc0\x00\x00"},
		{">d", `"NaN"`, "\x7f\xf8\x00\x00\x00\x00\x00\x00"},
		{">d", `"-Infinity"`, "\xff\xf0\x00\x00\x00\x00\x00\x00"},
		{"<f", `"0x7fc00001"`, "\x01\x00\xc0\x7f"},
		{">e", `1.5`, "\x3e\x00"},
		{"<i", `-2`, "\xfe\xff\xff\xff"},
		{"B", `255.0`, "\xff"},
		{">Q", `18446744073709551615`, "\xff\xff\xff\xff\xff\xff\xff\xff"},
		{"<q", `"NaT"`, "\x00\x00\x00\x00\x00\x00\x00\x80"},
		{"?", `true`, "\x01"},
		{">Zf", `[1.0, "Infinity"]`, "\x3f\x80\x00\x00\x7f\x80\x00\x00"},
		{"3s", `"YWI="`, "ab\x00"},
		{"2s", `[1, 255]`, "\x01\xff"},
		{"<2w", `"a"`, "a\x00\x00\x00\x00\x00\x00\x00"},
		{"T{<h:a:b:b:}", `"AQID"`, "\x01\x02\x03"},
		{"d", `null`, ""},
		{"d", `0.0`, ""},
		{"B", `256`, "error"},
		{"f", `"nan"`, "error"},
		{"f", `"0x7fc0"`, "error"},
		{"i", `1.5`, "error"},
		{"i", `"1"`, "error"},
		{"?", `2`, "error"},
		{"2s", `"YWJj"`, "error"},
		{"Zd", `[1.0]`, "error"},
	} {
		typ, err := format.Parse(test.format)
		if err != nil {
			t.Fatal(err)
		}
		item, err := fillItem(typ, []byte(test.text))
		if (err != nil) != (test.want == "error") || err == nil && string(item) != strings.TrimRight(test.want, "\x00") {
			t.Errorf("%s as %s: %q, %v", test.text, test.format, item, err)
		}
	}
}

func TestRefused(t *testing.T) {
	change := func(text, old, new string) string {
		changed := strings.Replace(text, old, new, 1)
		if changed == text {
			t.Fatalf("%q is not in %s", old, text)
		}
		return changed
	}
	for _, test := range []struct {
		text, says string
		kind       error
	}{
		{change(plainV2, `"id": "zstd"`, `"id": "bz2"`), "bz2", errors.ErrUnsupported},
		{change(plainV2, `"filters": null`, `"filters": [{"id": "delta"}]`), "delta", errors.ErrUnsupported},
		{change(plainV2, `<f8`, `|O`), "|O", errors.ErrUnsupported},
		{change(plainV2, `<f8`, `|f8`), "byte order", ErrMetadata},
		{change(plainV2, `[2, 3]`, `[0, 3]`), "above 0", buffer.ErrLayout},
		{change(plainV2, `[2, 3]`, `[2]`), "dimensions", buffer.ErrLayout},
		{change(plainV2, `[2, 3]`, `[65536, 65536]`), "bytes are possible", buffer.ErrLayout},
		{change(plainV2, `[5, 4]`, `[-1, 4]`), "shape", buffer.ErrLayout},
		{change(plainV2, `[5, 4]`, `[9223372036854775807, 4]`), "", ErrMetadata},
		{change(plainV2, `"C"`, `"D"`), "order", ErrMetadata},
		{change(plainV3, `"zstd"`, `"lzma"`), "lzma", errors.ErrUnsupported},
		{change(plainV3, `"regular"`, `"rectangular"`), "rectangular", errors.ErrUnsupported},
		{change(plainV3, `"storage_transformers": []`, `"storage_transformers": [{"name": "x"}]`), "transformer", errors.ErrUnsupported},
		{change(plainV3, `"storage_transformers": []`, `"surprise": {}`), "surprise", errors.ErrUnsupported},
		{change(turnedV3, `[1, 0]`, `[1, 1]`), "permutation", ErrMetadata},
		{change(turnedV3, `[1, 0]`, `[0]`), "dimensions", ErrMetadata},
		{change(shardedV3, `"chunk_shape": [2, 3]`, `"chunk_shape": [3, 3]`), "cut into", ErrMetadata},
		{change(shardedV3, `"index_location": "end"`, `"index_location": "middle"`), "middle", ErrMetadata},
		{`{`, "", ErrMetadata},
	} {
		_, err := parse(test.text)
		if !errors.Is(err, test.kind) || !strings.Contains(err.Error(), test.says) {
			t.Errorf("%s:\n%v", test.text, err)
		}
	}
	if _, err := parse(change(plainV3, `"storage_transformers": []`, `"surprise": {"must_understand": false}`)); err != nil {
		t.Errorf("what need not be understood: %v", err)
	}
}

// TestWrittenIsRead holds what is written to what is read, for every type that both versions have.
func TestWrittenIsRead(t *testing.T) {
	formats := []string{"?", "b", "B", "<h", ">h", "<H", "i", ">I", "<q", ">Q", "<e", ">f", "d", ">d", "<Zf", ">Zd", "5s", "<3w", ">3w", "T{<i:a:d:b:}", "l", "F"}
	for _, f := range formats {
		typ, err := format.Parse(f)
		if err != nil {
			t.Fatal(err)
		}
		a, err := New(f, typ.Size(), []int{5, 0, 4}, []int{2, 1, 3})
		if err != nil {
			t.Fatal(err)
		}
		v2, err := a.MarshalV2()
		if err != nil {
			t.Errorf("%s in version 2: %v", f, err)
			continue
		}
		read, err := ParseV2(v2, nil)
		checkSame(t, a, read, err)
		v3, err := a.MarshalV3()
		if err != nil {
			t.Errorf("%s in version 3: %v", f, err)
			continue
		}
		read, _, _, err = ParseV3(v3)
		checkSame(t, a, read, err)
	}
	for _, f := range []string{"T{<b:a:xx<i:b:}", "T{>h:a:(2,3)<d:b:}"} { // padding, subarrays and orders are for version 2
		typ, err := format.Parse(f)
		if err != nil {
			t.Fatal(err)
		}
		a, err := New(f, typ.Size(), nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		text, err := a.MarshalV2()
		if err != nil {
			t.Fatal(err)
		}
		read, err := ParseV2(text, nil)
		checkSame(t, a, read, err)
		if _, err := a.MarshalV3(); !errors.Is(err, buffer.ErrFormat) {
			t.Errorf("%s in version 3: %v", f, err)
		}
	}
}

func checkSame(t *testing.T, want, got *Array, err error) {
	t.Helper()
	if err != nil {
		t.Errorf("%v: %v", want, err)
		return
	}
	if !sameFormat(t, want.Format, got.Format) || want.ItemSize != got.ItemSize || !slices.Equal(want.Shape, got.Shape) ||
		!slices.Equal(want.Chunks, got.Chunks) || got.Fill != nil {
		t.Errorf("%v became %v, fill %q", want, got, got.Fill)
	}
}

func TestKeys(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		k := keys{rapid.SampledFrom([]string{"", "c"}).Draw(t, "prefix"), rapid.SampledFrom([]string{".", "/"}).Draw(t, "separator")}
		index := rapid.SliceOfN(rapid.IntRange(0, math.MaxInt), 0, 4).Draw(t, "index")
		key := k.key(index)
		read, ok := k.parse(key, len(index))
		if !ok || !slices.Equal(read, index) {
			t.Fatalf("%v is %s, which is read as %v, %v", index, key, read, ok)
		}
		other := rapid.StringMatching(`c?[0-9+./-]{0,6}`).Draw(t, "other")
		if read, ok := k.parse(other, len(index)); ok && k.key(read) != other {
			t.Fatalf("%s is read as %v, whose key is %s", other, read, k.key(read))
		}
	})
}

// TestShardIndex has an index of the specification's form: offsets and lengths, and a checksum.
func TestShardIndex(t *testing.T) {
	a, err := parse(shardedV3)
	if err != nil {
		t.Fatal(err)
	}
	index := func(numbers ...uint64) []byte {
		var data []byte
		for _, n := range numbers {
			data = binary.LittleEndian.AppendUint64(data, n)
		}
		return binary.LittleEndian.AppendUint32(data, checksum(data))
	}
	const none = math.MaxUint64
	data := index(0, 30, none, none, 30, 40, 70, 1)
	places, err := a.DecodeShardIndex(data)
	if size, atStart := a.ShardIndex(); err != nil || size != len(data) || atStart || !slices.Equal(places, []Place{{0, 30}, {}, {30, 40}, {70, 1}}) {
		t.Errorf("%v, %v; %d bytes", places, err, size)
	}
	data[3] ^= 1
	for _, hostile := range [][]byte{data, data[:67], nil, index(0, 1<<40, 0, 1, 0, 1, 0, 1), index(none-5, 1, 0, 1, 0, 1, 0, 1), index(0, 0, 0, 1, 0, 1, 0, 1)} {
		if _, err := a.DecodeShardIndex(hostile); !errors.Is(err, ErrChunk) {
			t.Errorf("%v: %v", hostile, err)
		}
	}
}

func checksum(data []byte) uint32 {
	sum := uint32(math.MaxUint32) // CRC-32C bit by bit, as RFC 3720 has it
	for _, b := range data {
		sum ^= uint32(b)
		for range 8 {
			sum = sum>>1 ^ 0x82f63b78*(sum&1)
		}
	}
	return ^sum
}

// FuzzMetadata reads any metadata, and decodes any bytes as chunks: it is an error, or an array whose chunks have just their size and layout.
func FuzzMetadata(f *testing.F) {
	for _, text := range []string{plainV2, bloscV2, recordV2, timesV2, plainV3, turnedV3, shardedV3, groupV2, groupV3} {
		f.Add([]byte(text), []byte("chunk"))
	}
	f.Fuzz(func(t *testing.T, text, chunk []byte) {
		var arrays []*Array
		if a, err := ParseV2(text, nil); err == nil {
			arrays = append(arrays, a)
		}
		a, members, _, err := ParseV3(text)
		if err == nil && a != nil {
			arrays = append(arrays, a)
		}
		more, _ := ParseConsolidatedV2(text)
		for _, m := range append(members, more...) {
			if (m.Array == nil) == (m.Err == nil) {
				t.Fatalf("%s: array %v, error %v", m.Name, m.Array, m.Err)
			}
			if m.Err == nil {
				arrays = append(arrays, m.Array)
			}
		}
		for _, a := range arrays {
			if a.ChunkBytes() > 1<<20 || a.ChunkBytes() < 0 {
				continue
			}
			checkChunk(t, a, a.FillChunk())
			if data, err := a.Decode(chunk); err == nil {
				checkChunk(t, a, data)
			}
			if a.Sharded() {
				_, _ = a.DecodeShardIndex(chunk)
			}
		}
	})
}

func checkChunk(t *testing.T, a *Array, data []byte) {
	exporter, err := export.Strided(data, 0, a.ChunkLayout(), true)
	if err != nil {
		t.Fatalf("%v: %v", a, err)
	}
	v, err := memoryview.FromObject(exporter)
	if err != nil || v.NBytes() != len(data) {
		t.Fatalf("%v: %d bytes: %v", a, len(data), err)
	}
}

// FuzzDecode undoes every codec on any bytes: what comes out is no more than the limit.
func FuzzDecode(f *testing.F) {
	f.Add([]byte("\x28\xb5\x2f\xfd\x04\x00\x09\x00\x00\x61\x2f\xc0\x58\x83"), 64)
	f.Add(bytes.Repeat([]byte{2, 1, 0x21, 4}, 8), 64)
	f.Fuzz(func(t *testing.T, data []byte, limit int) {
		if limit < 0 || limit > 1<<16 {
			return
		}
		for _, c := range []codec{gzipped{}, gzipped{zlib: true}, zstandard{}, blosc{}} {
			out, err := c.decode(bytes.Clone(data), limit)
			if err == nil && len(out) > limit {
				t.Fatalf("%T: %d bytes, the limit is %d", c, len(out), limit)
			}
		}
	})
}
