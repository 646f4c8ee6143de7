package zarr

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"

	"github.com/go-memoryview/memoryview/format"
)

// NodeV3 is the name of version 3's metadata, below an array's or a group's path.
const NodeV3 = "zarr.json"

// nodeV3 is a zarr.json.
type nodeV3 struct {
	ZarrFormat   int             `json:"zarr_format"`
	NodeType     string          `json:"node_type"`
	Shape        []int           `json:"shape"`
	DataType     json.RawMessage `json:"data_type"`
	Grid         *named          `json:"chunk_grid"`
	Keys         *named          `json:"chunk_key_encoding"`
	FillValue    json.RawMessage `json:"fill_value"`
	Codecs       []named         `json:"codecs"`
	Attributes   json.RawMessage `json:"attributes"`
	Dimensions   []*string       `json:"dimension_names"`
	Transformers []named         `json:"storage_transformers"`
	Consolidated *struct {
		Metadata nodes `json:"metadata"`
	} `json:"consolidated_metadata"`
}

// knownV3 are the keys of a zarr.json; another one fails unless it says that it need not be understood.
var knownV3 = []string{
	"zarr_format", "node_type", "shape", "data_type", "chunk_grid", "chunk_key_encoding", "fill_value", "codecs",
	"attributes", "dimension_names", "storage_transformers", "consolidated_metadata",
}

// ParseV3 reads a zarr.json: that of an array, or that of a group, which may tell the arrays below it: consolidated says whether it does.
func ParseV3(text []byte) (a *Array, members []Member, consolidated bool, err error) {
	m, err := readNode(text)
	if err != nil {
		return nil, nil, false, err
	}
	if m.NodeType == "array" {
		a, err = m.array()
		return a, nil, false, err
	}
	if m.Consolidated == nil {
		return nil, nil, false, nil
	}
	for name, text := range m.Consolidated.Metadata {
		node, err := readNode(text)
		if err != nil || node.NodeType == "array" {
			member := Member{Name: name, Err: err}
			if err == nil {
				member.Array, member.Err = node.array()
			}
			members = append(members, member)
		}
	}
	sortMembers(members)
	return nil, members, true, nil
}

func readNode(text []byte) (*nodeV3, error) {
	var all nodes
	if err := json.Unmarshal(text, &all); err != nil {
		return nil, bad("%s: %w", NodeV3, err)
	}
	for key, value := range all {
		var extension struct {
			MustUnderstand *bool `json:"must_understand"`
		}
		if slices.Contains(knownV3, key) || json.Unmarshal(value, &extension) == nil && extension.MustUnderstand != nil && !*extension.MustUnderstand {
			continue
		}
		return nil, unsupported("the extension %.40q", key)
	}
	m := new(nodeV3)
	if err := json.Unmarshal(text, m); err != nil {
		return nil, bad("%s: %w", NodeV3, err)
	}
	switch {
	case m.ZarrFormat != 3:
		return nil, bad("zarr_format %d in a %s: it is 3", m.ZarrFormat, NodeV3)
	case m.NodeType != "array" && m.NodeType != "group":
		return nil, bad("node_type %.40q: array or group", m.NodeType)
	}
	return m, nil
}

func (m *nodeV3) array() (*Array, error) {
	a := &Array{Shape: m.Shape, Attributes: m.Attributes}
	if len(m.Transformers) > 0 {
		return nil, unsupported("the storage transformer %.40q", m.Transformers[0].Name)
	}
	if err := a.setGrid(m.Grid, m.Keys); err != nil {
		return nil, err
	}
	if m.Dimensions != nil && len(m.Dimensions) != len(m.Shape) {
		return nil, bad("%d dimension_names for %d dimensions", len(m.Dimensions), len(m.Shape))
	}
	for _, name := range m.Dimensions {
		if name == nil {
			name = new(string)
		}
		a.Dimensions = append(a.Dimensions, *name)
	}
	p, err := readPipeline(m.Codecs, len(a.Shape))
	if err == nil && p.inner != nil {
		p, err = a.setShards(&p)
	}
	if err != nil {
		return nil, err
	}
	a.axes, a.codecs = p.axes, p.codecs
	itemFormat, err := formatV3(m.DataType, p.big)
	if err != nil {
		return nil, err
	}
	if len(m.FillValue) == 0 {
		return nil, bad("the fill_value is missing")
	}
	if err := a.setType(itemFormat, m.FillValue); err != nil {
		return nil, err
	}
	return a, a.check()
}

// setGrid reads the chunks' shape and keys.
func (a *Array) setGrid(grid, encoding *named) error {
	if grid == nil || encoding == nil {
		return bad("an array needs chunk_grid and chunk_key_encoding")
	}
	if grid.Name != "regular" {
		return unsupported("the chunk_grid %.40q: regular is known", grid.Name)
	}
	var g struct {
		Shape []int `json:"chunk_shape"`
	}
	if err := grid.configuration(&g); err != nil {
		return err
	}
	a.Chunks = g.Shape
	var k struct{ Separator string }
	if err := encoding.configuration(&k); err != nil {
		return err
	}
	switch encoding.Name {
	case "default":
		a.keys = keys{"c", "/"}
	case "v2":
		a.keys = keys{"", "."}
	default:
		return unsupported("the chunk_key_encoding %.40q: default and v2 are known", encoding.Name)
	}
	switch k.Separator {
	case ".", "/":
		a.keys.separator = k.Separator
	case "":
	default:
		return bad("separator %.40q: . or /", k.Separator)
	}
	return nil
}

// MarshalV3 writes the zarr.json of an array of New's.
func (a *Array) MarshalV3() ([]byte, error) {
	m, err := a.metadataV3()
	if err != nil {
		return nil, err
	}
	return jsonText(m)
}

func (a *Array) metadataV3() (map[string]any, error) {
	t, err := format.Parse(a.Format)
	if err != nil {
		return nil, err
	}
	dataType, err := typeV3(t, a.ItemSize)
	if err != nil {
		return nil, err
	}
	order := map[string]string{"endian": "little"}
	if t.BigEndian() {
		order["endian"] = "big"
	}
	fill := zeroFill(t)
	if t.Kind() == format.Struct {
		fill = base64Zeros(a.ItemSize)
	}
	m := map[string]any{
		"zarr_format":          3,
		"node_type":            "array",
		"shape":                orNone(a.Shape),
		"data_type":            dataType,
		"chunk_grid":           map[string]any{"name": "regular", "configuration": map[string]any{"chunk_shape": orNone(a.Chunks)}},
		"chunk_key_encoding":   map[string]any{"name": "default", "configuration": map[string]string{"separator": keysV3.separator}},
		"fill_value":           fill,
		"codecs":               []any{map[string]any{"name": "bytes", "configuration": order}},
		"attributes":           struct{}{},
		"storage_transformers": []any{},
	}
	if a.Dimensions != nil {
		m["dimension_names"] = a.Dimensions
	}
	return m, nil
}

// base64Zeros writes so many zero bytes.
func base64Zeros(n int) json.RawMessage {
	text, _ := json.Marshal(make([]byte, n))
	return bytes.TrimSpace(text)
}

// MarshalGroupV3 writes a group's zarr.json, with all that lies below it by paths: a nil array is a group.
func MarshalGroupV3(nodes map[string]*Array) ([]byte, error) {
	group := func(metadata map[string]any) map[string]any {
		return map[string]any{
			"zarr_format": 3, "node_type": "group", "attributes": struct{}{},
			"consolidated_metadata": map[string]any{"kind": "inline", "must_understand": false, "metadata": metadata},
		}
	}
	metadata := map[string]any{}
	for path, a := range nodes {
		if a == nil {
			metadata[path] = group(map[string]any{})
			continue
		}
		m, err := a.metadataV3()
		if err != nil {
			return nil, err
		}
		metadata[path] = m
	}
	return jsonText(group(metadata))
}

// IsMetadata tells the names of metadata, which no array or group may have.
func IsMetadata(name string) bool {
	return name == NodeV3 || strings.HasPrefix(name, ".z")
}
