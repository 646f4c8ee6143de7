package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"github.com/go-memoryview/memoryview/arrayfile"
	"github.com/go-memoryview/memoryview/buffer"
)

// FuzzShow prints whatever files and slices there may be, as on a terminal: nothing that a terminal
// would obey may come out, and JSON must be JSON.
func FuzzShow(f *testing.F) {
	files, err := filepath.Glob("testdata/*.npy")
	if err != nil || len(files) == 0 {
		f.Fatal(files, err)
	}
	for _, path := range files {
		file, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(file, "[...]")
		f.Add(file, "[::-1]")
	}
	f.Fuzz(func(t *testing.T, file []byte, slice string) {
		opened, err := arrayfile.FromBytes(file)
		if err != nil {
			return
		}
		var text, data bytes.Buffer
		out := plainOutput(&text)
		out.width = 60
		if i, err := infoOf("file", opened); err != nil || i.print(out) != nil {
			t.Fatal(err)
		}
		whole, err := opened.View("")
		if err != nil {
			t.Fatal(err)
		}
		v, err := target{slice: slice}.cut(whole, "")
		if err != nil {
			return
		}
		defer v.Release()
		shown, hidden, err := new(showCommand).text(v, out)
		if err == nil {
			out.WriteString(shown)
			out.comment("%s", listing(hidden))
		}
		out.Flush()
		for _, r := range text.String() {
			if r != '\n' && !unicode.IsPrint(r) {
				t.Fatalf("%q holds %q", text.String(), r)
			}
		}
		if v.NBytes() > 1<<16 || strings.Count(shown, "\n") > 1000 {
			return
		}
		out = plainOutput(&data)
		switch err := showJSON(out, target{slice: slice}, "", v); {
		case errors.Is(err, buffer.ErrValue): // text of impossible characters
			return
		case err != nil:
			t.Fatal(err)
		}
		out.Flush()
		if !json.Valid(data.Bytes()) {
			t.Fatalf("%s", data.String())
		}
	})
}
