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
		whole, err := selectionOf(target{}, "", opened)
		if err != nil {
			t.Fatal(err)
		}
		if err := whole.cut(); err != nil {
			t.Fatal(err)
		}
		defer whole.Close()
		if err := infoOf(whole).print(out); err != nil {
			t.Fatal(err)
		}
		v, err := target{steps: slice}.cut(whole.whole, "")
		if err != nil {
			return
		}
		part := *whole
		part.steps, part.part = slice, v
		defer v.Release()
		if err := infoOf(&part).print(out); err != nil {
			t.Fatal(err)
		}
		hex := hexCommand{Items: 20}
		if err := hex.print(out, &part); err != nil && v.ItemSize() <= maxItemSize && !errors.Is(err, buffer.ErrValue) {
			t.Fatal(err)
		}
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
		switch err := showJSON(out, &part); {
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

// FuzzTarget reads whatever arguments: nothing of them is lost, and what is taken for a file that is
// not there ends before the first slice.
func FuzzTarget(f *testing.F) {
	for _, arg := range []string{"", "a.npy", "a.npy[0]", "a.npy[0].x.y[::2, ...][1]", "[:].petal", "-[0]", "a[1][2]", "a].b[", "[.]", "a[0].", "][]"} {
		f.Add(arg, "")
		f.Add("a.npy", arg)
	}
	f.Fuzz(func(t *testing.T, file, rest string) {
		nothing := func(string) bool { return false }
		everything := func(string) bool { return true }
		if whole, err := parseTarget(file, "", everything); err != nil || whole.path != file || whole.steps != "" {
			t.Fatalf("%q exists, and is read as %+v, %v", file, whole, err)
		}
		alone, err := parseTarget(file, "", nothing)
		if err != nil || alone.path+alone.steps != file {
			t.Fatalf("%q is read as %+v, %v", file, alone, err)
		}
		both, err := parseTarget(file, rest, nothing)
		if (err != nil) != (alone.steps != "" && rest != "") {
			t.Fatalf("%q, %q are read as %+v, %v", file, rest, both, err)
		}
		again, steps := "", alone.steps
		for steps != "" {
			var step string
			if step, steps, err = nextStep(steps); err != nil {
				break
			}
			again += step
		}
		if err == nil && again != alone.steps {
			t.Fatalf("%q is read as %q", alone.steps, again)
		}
	})
}
