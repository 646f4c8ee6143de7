package zarr

import (
	"strconv"
	"strings"
)

// keys says how the key of a stored object is made of its place in the grid.
type keys struct {
	prefix    string // "c" in version 3's own keys
	separator string // "." or "/"
}

// key is that of a stored object: of a chunk, or of a shard.
func (k keys) key(index []int) string {
	if len(index) == 0 {
		if k.prefix == "" {
			return "0"
		}
		return k.prefix
	}
	var b strings.Builder
	b.WriteString(k.prefix)
	for i, n := range index {
		if i > 0 || k.prefix != "" {
			b.WriteString(k.separator)
		}
		b.WriteString(strconv.Itoa(n))
	}
	return b.String()
}

// parse finds the place that a key names, in that many dimensions. Only the one spelling that key gives is a key.
func (k keys) parse(key string, dimensions int) ([]int, bool) {
	if dimensions == 0 {
		return nil, key == k.key(nil)
	}
	if k.prefix != "" {
		var ok bool
		if key, ok = strings.CutPrefix(key, k.prefix+k.separator); !ok {
			return nil, false
		}
	}
	index := make([]int, 0, dimensions)
	for part := range strings.SplitSeq(key, k.separator) {
		n, err := strconv.Atoi(part)
		if err != nil || n < 0 || strconv.Itoa(n) != part || len(index) == dimensions {
			return nil, false
		}
		index = append(index, n)
	}
	return index, len(index) == dimensions
}

// The keys of the faces that are served: version 2 with dots, version 3 with its own.
var (
	keysV2 = keys{separator: "."}
	keysV3 = keys{prefix: "c", separator: "/"}
)

// ParseKey finds the chunk that a key names in an array of [New]'s, by the keys of that version; not every place has one.
func (a *Array) ParseKey(version int, key string) (index []int, ok bool) {
	k := keysV3
	if version == 2 {
		k = keysV2
	}
	index, ok = k.parse(key, len(a.Shape))
	if !ok {
		return nil, false
	}
	for d, n := range a.Grid() {
		if index[d] >= n {
			return nil, false
		}
	}
	return index, true
}
