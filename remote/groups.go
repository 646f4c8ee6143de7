package remote

import (
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/go-memoryview/memoryview/format"
	"github.com/go-memoryview/memoryview/remote/internal/zarr"
)

// groups are the groups of a tree, which have metadata of all that lies below them.
type groups struct {
	names  map[string]bool
	v2, v3 map[string]*zarr.Array // the arrays that a version's groups tell of

	lock  sync.Mutex
	texts map[string][]byte // by their path, those that were asked for
}

func newGroups() groups {
	return groups{names: map[string]bool{}, v2: map[string]*zarr.Array{}, v3: map[string]*zarr.Array{}, texts: map[string][]byte{}}
}

// knownV3 tells whether zarr-python 3 knows a type in version 3: it refuses a whole group that tells of one that it does not know, as of bfloat16 and the
// floats of 8 bits, and of text without characters. Such an array is read by its own path, as by zarr-python 2 and TensorStore.
func knownV3(f string) bool {
	t, err := format.Parse(f)
	if err != nil {
		return false
	}
	for _, leaf := range t.Leaves() {
		if leaf.Size() == 0 || strings.Contains(leaf.String(), "[") {
			return false
		}
	}
	return true
}

// knownV2 tells the same of version 2, where records do not hold records or arrays either.
func knownV2(f string) bool {
	t, err := format.Parse(f)
	return err == nil && knownV3(f) && !slices.ContainsFunc(t.Fields(), func(f format.Field) bool {
		return f.Type.Kind() == format.Struct || f.Type.Kind() == format.Array
	})
}

// text returns the metadata of a group at its path; nil where there are none. They are made when they are first asked for: where many
// arrays lie deep, those of all groups are long.
func (g *groups) text(path string) ([]byte, error) {
	rest, isV3 := strings.CutPrefix(path, zarr3Face)
	if !isV3 {
		var isV2 bool
		if rest, isV2 = strings.CutPrefix(path, zarr2Face); !isV2 {
			return nil, nil
		}
	}
	group := parent(rest)
	file := strings.TrimPrefix(rest[len(group):], "/")
	if !zarr.IsMetadata(file) || !g.names[group] {
		return nil, nil
	}
	g.lock.Lock()
	defer g.lock.Unlock()
	if text := g.texts[path]; text != nil {
		return text, nil
	}
	text, err := g.make(group, file, isV3)
	if text != nil { // else clients could fill it with names that mean nothing
		g.texts[path] = text
	}
	return text, err
}

func (g *groups) make(group, file string, isV3 bool) ([]byte, error) {
	switch {
	case isV3 && file == zarr.NodeV3:
		below := g.below(group, g.v3)
		delete(below, "")
		return zarr.MarshalGroupV3(below)
	case isV3:
		return nil, nil
	case file == zarr.GroupV2:
		return zarr.GroupTextV2(), nil
	case file == zarr.AttributesV2:
		return []byte("{}\n"), nil
	case file == zarr.ConsolidatedV2:
		return zarr.MarshalConsolidatedV2(g.below(group, g.v2))
	}
	return nil, nil
}

// below are the groups, which are nil, and the arrays at and below a group, by their paths from there.
func (g *groups) below(group string, arrays map[string]*zarr.Array) map[string]*zarr.Array {
	below, prefix := map[string]*zarr.Array{"": nil}, join(group, "")
	all := maps.Clone(arrays)
	for name := range g.names {
		all[name] = nil
	}
	for name, a := range all {
		if name != group && strings.HasPrefix(name, prefix) {
			below[name[len(prefix):]] = a
		}
	}
	return below
}
