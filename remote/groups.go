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

// isFlat tells whether zarr-python 3 knows a type in version 2: one with records or arrays inside of records makes it refuse the whole group that tells
// of it. Such an array is read by its own path, as by zarr-python 2.
func isFlat(f string) bool {
	t, err := format.Parse(f)
	return err == nil && !slices.ContainsFunc(t.Fields(), func(f format.Field) bool {
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
	g.texts[path] = text
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
