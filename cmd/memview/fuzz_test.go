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
	"github.com/go-memoryview/memoryview/internal/fence"
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
	f.Fuzz(func(t *testing.T, content []byte, slice string) {
		file := fence.Bytes(t, len(content), fence.Sides[len(slice)%2])
		copy(file, content)
		opened, err := arrayfile.FromBytes(file)
		if err != nil {
			return
		}
		var text, data bytes.Buffer
		out := plainOutput(&text)
		out.width = 60
		whole, err := selectionOf(target{}, "", onDisk{opened})
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
		v, err := target{}.cut(whole.whole, slice, "")
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
	for _, arg := range []string{"", "a.npy", "a.npy[0]", "a.npy[0].x.y[::2, ...][1]", "[:].petal", "-[0]", "a[1][2]", "a].b[", "[.]", "a[0].", "][]", "a.npz:x[0]", `C:\x.npz:y`, "-:x", "::", "a:b.c[0]:d", "shm:", "shm:/a[0].x", "shm:a:b", "http://127.0.0.1:8000:a.npy[0].x", "https://h/a.zarr:b[::2]", "http://[::1]:1[0]", "http://u:p@h:1/x:y"} {
		f.Add(arg, "")
		f.Add("a.npy", arg)
	}
	f.Fuzz(func(t *testing.T, file, rest string) {
		if strings.HasPrefix(file, hidden) { // no argument begins with it
			return
		}
		nothing := func(string) bool { return false }
		everything := func(string) bool { return true }
		if whole, err := parseTarget(file, "", everything); err != nil || whole.path != file || whole.steps != "" || whole.isNamed {
			t.Fatalf("%q exists, and is read as %+v, %v", file, whole, err)
		}
		alone, err := parseTarget(file, "", nothing)
		if err != nil || alone.String() != file && (alone.path != "" || alone.steps != file) {
			t.Fatalf("%q is read as %+v, %v", file, alone, err)
		}
		both, err := parseTarget(file, rest, nothing)
		if (err != nil) != ((alone.steps != "" || strings.HasSuffix(alone.inside, "]")) && rest != "") {
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

// FuzzArguments runs the command with any arguments, one a line, in a folder with some files: it ends with one of its exit codes, says
// why on one line that may go to a terminal, and never by a panic.
func FuzzArguments(f *testing.F) {
	for _, args := range []string{
		"", "sample.npy", "convert\nphoto.npy\nphoto.png", "convert\nevents.npy[:3].at\nx.npz\n--dtype\nf4\n--order=F\n--byteorder=big", "convert\nbig.npy\n-\n--to=wav\n--rate=8\n--casting=unsafe", "cast\nbig.npy\nT{<H:a:6x}\n2,-1\n-o\nx.raw",
		"show\nevents.npy[::2]\n--json", "info\nphoto.npy\n--json", "hex\nfloats.npy\n[1]\n--items=3", "--help", "--version", "hex\n--help",
		"show\nevents.npy\n--field\nat.lat\n--width=20\n--all", "photo.npy\n--format\nT{<I:id:<d:x:}\n--offset=3\n--shape=2,2\n--order=F", "-[0]", "--bogus",
		"show\n--format\nB\n--shape=9223372036854775807,2\nphoto.npy", "show\n-1", "inf\x00o", "--width=-4", "hex\nhostile.npy\n...", "--shape=1e3", "--\n--all",
		"find\nphoto.npy\n255\n--first=3", "find\n[...]\npetal.width>2\nspecies~vir\n--json", "find\ncomplex.npy\n1+2j\n--rtol=1", "find\nfloats.npy\n-1e999999999..0x1p-3\n-c", "find\nspecials.npy\n!=nan\n-q",
	} {
		f.Add(args)
	}
	folder := f.TempDir()
	if err := os.CopyFS(folder, os.DirFS("testdata")); err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, lines string) {
		args := strings.Split(lines, "\n")
		for _, arg := range args {
			if arg == "py" || arg == "serve" || strings.ContainsAny(arg, `/\`) { // nothing is run or served, and no other folder's files are read
				return
			}
		}
		t.Chdir(folder)
		got := memview(args...)
		if got.code < exitOK || got.code > exitUsage {
			t.Fatalf("%q ends with %d", args, got.code)
		}
		message, ended := strings.CutSuffix(got.stderr, "\n")
		said := ended && strings.HasPrefix(message, "memview: ")
		mayBeSilent := got.code == exitDiffer && (args[0] == "diff" || args[0] == "find") // nothing is found, something differs
		if said != (got.code != exitOK) && !mayBeSilent || !said && got.stderr != "" {
			t.Fatalf("%q ends with %d, and says %q", args, got.code, got.stderr)
		}
		for _, r := range message {
			if !unicode.IsPrint(r) {
				t.Fatalf("%q: %q holds %q", args, message, r)
			}
		}
	})
}
