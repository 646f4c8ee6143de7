package main

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// Every item lies in the file where hex says, and has the value that show prints.
func TestHexIsTheFiles(t *testing.T) {
	files, err := filepath.Glob("testdata/*.npy")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, path := range files {
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, slice := range []string{"[...]", "[::-1]", "[1::2, ...]", "[..., ::-1]", "[-1]", "[:0]"} {
			var shown struct{ Values any }
			if exact(memview("show", "--json", path, slice).out, &shown) != nil {
				continue // text of impossible characters
			}
			var dump struct {
				Total, ItemSize int
				Shape           []int
				Items           []struct {
					Index  []int
					Offset int
					Bytes  string
					Value  any
				}
			}
			got := memview("hex", "--items", "500", "--json", path, slice)
			if err := exact(got.out, &dump); err != nil {
				t.Fatalf("%s%s: %v, %s", path, slice, err, got.stderr)
			}
			if min(dump.Total, 500) != len(dump.Items) {
				t.Errorf("%s%s: %d of %d items", path, slice, len(dump.Items), dump.Total)
			}
			for _, item := range dump.Items {
				raw, err := hex.DecodeString(item.Bytes)
				if err != nil || len(raw) != dump.ItemSize || !bytes.Equal(raw, content[item.Offset:][:len(raw)]) {
					t.Fatalf("%s%s: item %v does not lie at byte %d: %s", path, slice, item.Index, item.Offset, item.Bytes)
				}
				value := shown.Values
				for _, i := range item.Index {
					value = value.([]any)[i]
				}
				if !reflect.DeepEqual(value, item.Value) {
					t.Fatalf("%s%s: item %v is %v, not %v", path, slice, item.Index, item.Value, value)
				}
			}
		}
	}
}

// exact decodes JSON, and leaves numbers as they are written.
func exact(text string, v any) error {
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	return d.Decode(v)
}
