package zarr

import (
	"bytes"
	"encoding/json"
)

// MaxNodes bounds the arrays and groups that one piece of metadata tells of: two bytes of text may take a thousand in memory.
const MaxNodes = 1 << 18

// nodes are what metadata tell of, by name.
type nodes map[string]json.RawMessage

// UnmarshalJSON takes so many at most.
func (n *nodes) UnmarshalJSON(text []byte) error {
	*n = nodes{}
	return Each(text, '{', func(d *json.Decoder) error {
		name, err := d.Token()
		if err != nil {
			return err
		}
		key, _ := name.(string)
		var value json.RawMessage
		err = d.Decode(&value)
		(*n)[key] = value
		return err
	})
}

// Each has f read what an object ('{') or a list ('[') holds, one after the other, of which there are at most MaxNodes. Null holds nothing.
func Each(text []byte, begin json.Delim, f func(d *json.Decoder) error) error {
	d := json.NewDecoder(bytes.NewReader(text))
	first, err := d.Token()
	switch {
	case err != nil || first == nil:
		return err
	case first != begin:
		return bad("%.40v stands where %v should", first, begin)
	}
	for n := 0; d.More(); n++ {
		if n == MaxNodes {
			return bad("it tells of more than %d arrays and groups", MaxNodes)
		}
		if err := f(d); err != nil {
			return err
		}
	}
	_, err = d.Token()
	return err
}
