package zarr

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"

	"github.com/go-memoryview/memoryview/format"
)

// The names of version 2's metadata, below an array's or a group's path.
const (
	ArrayV2        = ".zarray"
	GroupV2        = ".zgroup"
	AttributesV2   = ".zattrs"
	ConsolidatedV2 = ".zmetadata"
)

// dimensionsKey is the attribute by which xarray names dimensions in version 2.
const dimensionsKey = "_ARRAY_DIMENSIONS"

// arrayV2 is a .zarray.
type arrayV2 struct {
	ZarrFormat int             `json:"zarr_format"`
	Shape      []int           `json:"shape"`
	Chunks     []int           `json:"chunks"`
	Dtype      json.RawMessage `json:"dtype"`
	Compressor *compressor     `json:"compressor"`
	FillValue  json.RawMessage `json:"fill_value"`
	Order      string          `json:"order"`
	Filters    []compressor    `json:"filters"`
	Separator  string          `json:"dimension_separator,omitempty"`
}

type compressor struct {
	ID string `json:"id"`
}

// ParseV2 reads a .zarray, with its .zattrs, which may be nil.
func ParseV2(zarray, zattrs []byte) (*Array, error) {
	var m arrayV2
	if err := json.Unmarshal(zarray, &m); err != nil {
		return nil, bad(".zarray: %w", err)
	}
	if m.ZarrFormat != 2 {
		return nil, bad("zarr_format %d in a .zarray: it is 2", m.ZarrFormat)
	}
	a := &Array{Shape: m.Shape, Chunks: m.Chunks, Dimensions: dimensionsV2(zattrs, len(m.Shape)), Attributes: zattrs}
	itemFormat, err := formatV2(m.Dtype)
	if err != nil {
		return nil, err
	}
	if err := a.setType(itemFormat, m.FillValue); err != nil {
		return nil, err
	}
	switch m.Separator {
	case "", ".":
		a.keys.separator = "."
	case "/":
		a.keys.separator = "/"
	default:
		return nil, bad("dimension_separator %.40q: . or /", m.Separator)
	}
	switch m.Order {
	case "F":
		for d := range a.Shape {
			a.axes = append(a.axes, len(a.Shape)-1-d)
		}
	case "C":
	default:
		return nil, bad("order %.40q: C or F", m.Order)
	}
	for _, f := range m.Filters {
		c, err := codecV2(f.ID)
		if err != nil {
			return nil, err
		}
		a.codecs = append(a.codecs, c)
	}
	if m.Compressor != nil {
		c, err := codecV2(m.Compressor.ID)
		if err != nil {
			return nil, err
		}
		a.codecs = append(a.codecs, c)
	}
	if len(a.codecs) > maxCodecs {
		return nil, unsupported("%d filters: at most %d are undone", len(a.codecs), maxCodecs)
	}
	return a, a.check()
}

// dimensionsV2 are the names of n dimensions in a .zattrs, which are xarray's way in version 2. Attributes are anybody's: what is no such list
// names none.
func dimensionsV2(zattrs []byte, n int) []string {
	var attributes map[string]json.RawMessage
	var names []string
	if json.Unmarshal(zattrs, &attributes) != nil || json.Unmarshal(attributes[dimensionsKey], &names) != nil || len(names) != n || n == 0 {
		return nil
	}
	return names
}

// codecV2 is a compressor, or a filter, of version 2.
func codecV2(id string) (codec, error) {
	switch id {
	case "gzip":
		return gzipped{}, nil
	case "zlib":
		return gzipped{zlib: true}, nil
	case "zstd":
		return zstandard{}, nil
	case "blosc":
		return blosc{}, nil
	case "crc32c":
		return checked{}, nil
	}
	return nil, unsupported("the codec %.40q: gzip, zlib, zstd, blosc and crc32c are known", id)
}

// MarshalV2 writes the .zarray of an array of New's.
func (a *Array) MarshalV2() ([]byte, error) {
	m, err := a.metadataV2()
	if err != nil {
		return nil, err
	}
	return jsonText(m)
}

func (a *Array) metadataV2() (*arrayV2, error) {
	t, err := format.Parse(a.Format)
	if err != nil {
		return nil, err
	}
	dtype, err := typeV2(t, a.ItemSize)
	if err != nil {
		return nil, err
	}
	m := &arrayV2{ZarrFormat: 2, Shape: orNone(a.Shape), Chunks: orNone(a.Chunks), FillValue: noFill, Order: "C", Separator: keysV2.separator}
	m.Dtype, err = jsonText(dtype)
	m.Dtype = bytes.TrimSpace(m.Dtype)
	return m, err
}

// orNone makes [] of what would be null.
func orNone(n []int) []int { return append([]int{}, n...) }

// noFill is the fill value of arrays that lack no chunk. xarray takes items of version 2 that equal a fill value for missing ones: zeros would be NaN.
var noFill = json.RawMessage("null")

// zeroFill writes the fill value of zeros, as version 3 has it: there must be one, and it masks nothing.
func zeroFill(t *format.Type) json.RawMessage {
	switch t.Kind() {
	case format.Bool:
		return json.RawMessage("false")
	case format.Complex:
		return json.RawMessage("[0.0,0.0]")
	case format.Float:
		return json.RawMessage("0.0")
	case format.Text:
		return json.RawMessage(`""`)
	case format.Int, format.Uint:
		return json.RawMessage("0")
	}
	return json.RawMessage(`""`)
}

// A Member is an array in a group: what it is, or why it cannot be read.
type Member struct {
	Name  string
	Array *Array
	Err   error
}

// ParseConsolidatedV2 reads a .zmetadata: the arrays below the group, in the order of their names.
func ParseConsolidatedV2(text []byte) ([]Member, error) {
	var m struct {
		Format   int   `json:"zarr_consolidated_format"`
		Metadata nodes `json:"metadata"`
	}
	if err := json.Unmarshal(text, &m); err != nil {
		return nil, bad(".zmetadata: %w", err)
	}
	if m.Format != 1 {
		return nil, bad("zarr_consolidated_format %d: 1 is known", m.Format)
	}
	var members []Member
	for key, zarray := range m.Metadata {
		name, ok := strings.CutSuffix("/"+key, "/"+ArrayV2)
		if !ok {
			continue
		}
		name = strings.TrimPrefix(name, "/")
		a, err := ParseV2(zarray, m.Metadata[strings.TrimSuffix(key, ArrayV2)+AttributesV2])
		members = append(members, Member{name, a, err})
	}
	sortMembers(members)
	return members, nil
}

func sortMembers(members []Member) {
	slices.SortFunc(members, func(a, b Member) int { return strings.Compare(a.Name, b.Name) })
}

// GroupTextV2 is a .zgroup.
func GroupTextV2() []byte { return []byte(`{"zarr_format":2}` + "\n") }

// MarshalConsolidatedV2 writes a .zmetadata of groups and arrays by their paths: a nil array is a group.
func MarshalConsolidatedV2(nodes map[string]*Array) ([]byte, error) {
	metadata := map[string]any{}
	for path, a := range nodes {
		if path != "" {
			path += "/"
		}
		if a == nil {
			metadata[path+GroupV2], metadata[path+AttributesV2] = json.RawMessage(GroupTextV2()), struct{}{}
			continue
		}
		metadata[path+AttributesV2] = a.attributesV2()
		m, err := a.metadataV2()
		if err != nil {
			return nil, err
		}
		metadata[path+ArrayV2] = m
	}
	return jsonText(map[string]any{"zarr_consolidated_format": 1, "metadata": metadata})
}

// AttributesTextV2 is the .zattrs of an array of New's: xarray's way to name dimensions.
func (a *Array) AttributesTextV2() []byte {
	text, err := jsonText(a.attributesV2())
	if err != nil {
		return []byte("{}")
	}
	return text
}

func (a *Array) attributesV2() map[string]any {
	attributes := map[string]any{}
	if a.Dimensions != nil {
		attributes[dimensionsKey] = a.Dimensions
	}
	return attributes
}
