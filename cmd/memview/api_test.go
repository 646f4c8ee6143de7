package main

import (
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
)

func shelfOf(t testing.TB, raw rawFlags, names ...string) *api {
	t.Helper()
	files, err := openShelf(names, raw)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(files.Close)
	return newAPI(files)
}

// question asks an api, and returns the status with the answer.
func question(a *api, path string, pairs ...any) (int, []byte) {
	values := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		values.Set(pairs[i].(string), fmt.Sprint(pairs[i+1]))
	}
	w := httptest.NewRecorder()
	a.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path+"?"+values.Encode(), nil))
	return w.Code, w.Body.Bytes()
}

// answered asks what must have an answer.
func answered[T any](t testing.TB, a *api, path string, pairs ...any) (answer T) {
	t.Helper()
	status, text := question(a, path, pairs...)
	if status != http.StatusOK {
		t.Fatalf("%s %v: %d %s", path, pairs, status, text)
	}
	if err := json.Unmarshal(text, &answer); err != nil {
		t.Fatalf("%s %v: %v: %s", path, pairs, err, text)
	}
	return answer
}

// refused asks what must be an error, and returns that.
func refused(t testing.TB, a *api, status int, path string, pairs ...any) string {
	t.Helper()
	got, text := question(a, path, pairs...)
	var answer struct{ Error string }
	if err := json.Unmarshal(text, &answer); err != nil || got != status || answer.Error == "" {
		t.Fatalf("%s %v: %d %s, want %d", path, pairs, got, text, status)
	}
	return answer.Error
}

type tableAnswer struct {
	Row, Column int
	Cells       [][]string
}

func TestAPIFiles(t *testing.T) {
	a := shelfOf(t, rawFlags{}, "testdata/photo.npy", "../../arrayfile/testdata/many.npz", "../../arrayfile/testdata/odd.npz")
	files := answered[struct{ Files []fileAnswer }](t, a, "/files").Files
	if len(files) != 3 || files[0].Name != "testdata/photo.npy" || files[0].Arrays != 1 || files[1].Arrays != 6 || len(files[2].Skipped) == 0 {
		t.Errorf("%+v", files)
	}
	type list struct {
		Arrays      []arrayAnswer
		From, Found int
	}
	all := answered[list](t, a, "/arrays", "file", 1)
	if all.Found != 6 || len(all.Arrays) != 6 || all.Arrays[0].Name != "x" || !slices.Equal(all.Arrays[0].Shape, []int{2, 3}) {
		t.Errorf("%+v", all)
	}
	if found := answered[list](t, a, "/arrays", "file", 1, "find", "LAYER"); found.Found != 1 || found.Arrays[0].Name != "layer/0/records" {
		t.Errorf("%+v", found)
	}
	if rest := answered[list](t, a, "/arrays", "file", 1, "from", 4); rest.Found != 6 || len(rest.Arrays) != 2 || rest.Arrays[0].Name != all.Arrays[4].Name {
		t.Errorf("%+v", rest)
	}
}

// The numbers of the photo follow a rule: 4y, 2x, 255-y-x. Every rectangle of every part of it has them.
func TestAPITableOfNumbers(t *testing.T) {
	a := shelfOf(t, rawFlags{}, "testdata/photo.npy")
	channel := func(y, x, c int) string { return strconv.Itoa([]int{4 * y, 2 * x, 255 - y - x}[c]) }
	for _, test := range []struct {
		slice      string
		at         string
		rows, cols int
		want       func(row, column int) string
	}{
		{"", "5", 96, 3, func(r, c int) string { return channel(5, r, c) }},
		{"", "", 96, 3, func(r, c int) string { return channel(0, r, c) }},
		{"[..., 1]", "", 64, 96, func(r, c int) string { return channel(r, c, 1) }},
		{"::-1, ::5, 2", "", 64, 20, func(r, c int) string { return channel(63-r, 5*c, 2) }},
		{"[7, :, 0]", "", 96, 1, func(r, _ int) string { return channel(7, r, 0) }},
		{"[7, 9, 2]", "", 1, 1, func(_, _ int) string { return channel(7, 9, 2) }},
	} {
		for _, place := range [][4]int{{0, 0, 1000, 20}, {test.rows - 1, test.cols - 1, 5, 5}, {test.rows / 2, 0, 3, 100}} {
			got := answered[tableAnswer](t, a, "/table", "slice", test.slice, "at", test.at, "row", place[0], "column", place[1], "rows", place[2], "columns", place[3])
			if len(got.Cells) != min(place[2], test.rows-place[0]) || got.Row != place[0] || got.Column != place[1] {
				t.Fatalf("%s at %v: %d rows from %d", test.slice, place, len(got.Cells), got.Row)
			}
			for r, row := range got.Cells {
				if len(row) != min(place[3], test.cols-place[1]) {
					t.Fatalf("%s at %v: %d columns", test.slice, place, len(row))
				}
				for c, text := range row {
					if want := test.want(place[0]+r, place[1]+c); text != want {
						t.Fatalf("%s at %d, %d: %s, want %s", test.slice, place[0]+r, place[1]+c, text, want)
					}
				}
			}
		}
	}
}

// Records have a column for each field, and those of records in records.
func TestAPITableOfRecords(t *testing.T) {
	a := shelfOf(t, rawFlags{}, "testdata/events.npy", "testdata/events2d.npy", "testdata/hostile.npy", "../../arrayfile/testdata/empty-items.npy")
	described := answered[struct{ Table grid }](t, a, "/array").Table
	var names []string
	for _, f := range described.Fields {
		names = append(names, f.Name)
	}
	if !slices.Equal(names, []string{"time", "at.lat", "at.lon", "hits", "ok", "tag", "name"}) || described.Rows != 100 || !described.Records {
		t.Errorf("%+v", described)
	}
	rows := answered[tableAnswer](t, a, "/table", "row", 3, "rows", 1, "column", 4, "columns", 3).Cells
	if fmt.Sprint(rows) != `[[True b'\xff\x00\x01' '日本']]` && fmt.Sprint(rows) != `[[False b'\xff\x00\x01' '日本']]` { // generate.py says so
		t.Errorf("%q", rows)
	}
	one := answered[tableAnswer](t, a, "/table", "row", 37, "rows", 1).Cells
	two := answered[tableAnswer](t, a, "/table", "file", 1, "at", "3", "row", 7, "rows", 1).Cells
	part := answered[tableAnswer](t, a, "/table", "file", 1, "slice", "[3, 7]").Cells
	if fmt.Sprint(one) != fmt.Sprint(two) || fmt.Sprint(one) != fmt.Sprint(part) {
		t.Errorf("the same record is %q, %q and %q", one, two, part)
	}
	if seconds := one[0][0]; seconds != strconv.Itoa(1709208000+37*60) {
		t.Errorf("its time is %s", seconds)
	}
	hostile := answered[tableAnswer](t, a, "/table", "file", 2).Cells
	if fmt.Sprintf("%q", hostile[0]) != `["1" "'\\x1b[31m'" "b'\\x07'"]` {
		t.Errorf("%q", hostile)
	}
	answered[tableAnswer](t, a, "/table", "file", 3)
}

// Fields without names are read too.
func TestAPIFieldsWithoutNames(t *testing.T) {
	path := filepath.Join(t.TempDir(), "raw")
	data := binary.LittleEndian.AppendUint32([]byte{7}, 9)
	if err := os.WriteFile(path, append(data, data...), 0o600); err != nil {
		t.Fatal(err)
	}
	a := shelfOf(t, rawFlags{Format: "<Bi"}, path)
	if cells := answered[tableAnswer](t, a, "/table").Cells; fmt.Sprint(cells) != "[[7 9] [7 9]]" {
		t.Errorf("%q", cells)
	}
	if python := answered[struct{ Code code }](t, a, "/array").Code.Python; python != "" {
		t.Errorf("NumPy has no fields without names, and gets %s", python)
	}
}

// What is long is cut, and what is too large is refused with what would work.
func TestAPIBoundsOfCells(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "raw")
	if err := os.WriteFile(path, make([]byte, 1<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	long := shelfOf(t, rawFlags{Format: "1024s"}, path)
	if cell := answered[tableAnswer](t, long, "/table", "rows", 1).Cells[0][0]; len(cell) > 10 {
		t.Errorf("%q", cell)
	}
	a := shelfOf(t, rawFlags{Format: "T{(65535)<i:many:<i:one:}"}, path)
	if cells := answered[tableAnswer](t, a, "/table").Cells; cells[0][0] != "[0, 0, 0, 0, 0, 0, ...]" {
		t.Errorf("%q", cells[0])
	}
	for _, format := range []string{"262144I", "T{(262144)<I:x:}", "1048576s"} {
		a := shelfOf(t, rawFlags{Format: format}, path)
		for _, path := range apiPaths {
			if status, text := question(a, path); status != http.StatusOK && path != "/picture" || len(text) > 1<<17 {
				t.Errorf("%s of %s: %d, %d bytes", path, format, status, len(text))
			}
		}
	}
	if err := os.WriteFile(path, make([]byte, mostRead+64), 0o600); err != nil {
		t.Fatal(err)
	}
	half := shelfOf(t, rawFlags{Format: fmt.Sprintf("%ds", mostRead/2+32)}, path)
	if message := refused(t, half, http.StatusBadRequest, "/table", "rows", 2); !strings.Contains(message, "look at fewer") {
		t.Error(message)
	}
	answered[tableAnswer](t, half, "/table", "rows", 1)
}

type hexPage struct {
	Line  int
	Lines []hexAnswer
}

// The bytes of every line are those of the file at its offset, and its values those of the table.
func TestAPIHexIsTheFile(t *testing.T) {
	names := []string{"testdata/photo.npy", "testdata/events.npy", "testdata/specials.npy", "testdata/wide.npy", "testdata/complex.npy"}
	a := shelfOf(t, rawFlags{}, names...)
	for i, name := range names {
		content, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, slice := range []string{"", "[::-1]", "[1::2]", "[-1]"} {
			lines := answered[struct{ Hex hexLines }](t, a, "/array", "file", i, "slice", slice).Hex.Lines
			seen := 0
			for line := 0; line < lines; line += 7 {
				for _, l := range answered[hexPage](t, a, "/hex", "file", i, "slice", slice, "line", line, "lines", 7).Lines {
					got, err := hex.DecodeString(l.Bytes)
					if err != nil {
						t.Fatal(err)
					}
					seen += len(got)
					isWhole := slice == "" || len(l.Index) == 0 || len(l.Values) < 2 // else items of one line lie apart
					if isWhole && string(content[l.Offset:][:len(got)]) != string(got) {
						t.Fatalf("%s%s: at %d lies %x, and is said to be %x", name, slice, l.Offset, content[l.Offset:][:len(got)], got)
					}
				}
			}
			nbytes := answered[struct{ Info info }](t, a, "/array", "file", i, "slice", slice).Info.NBytes
			if seen != nbytes {
				t.Errorf("%s%s: %d bytes in lines, and %d in items", name, slice, seen, nbytes)
			}
		}
	}
}

func TestAPIStats(t *testing.T) {
	a := shelfOf(t, rawFlags{}, "testdata/photo.npy", "testdata/big.npy", "testdata/specials.npy", "testdata/events.npy", "testdata/hostile.npy")
	type column struct {
		Count, NaN    int
		Min, Max, Sum string
		Histogram     struct{ Counts []int }
		First         []struct{ Item string }
	}
	type page struct {
		Columns []column
		Sample  bool
	}
	photo := answered[page](t, a, "/stats", "slice", "[..., 0]", "bins", 4)
	if c := photo.Columns[0]; c.Min != "0" || c.Max != "252" || c.Sum != strconv.Itoa(96*4*63*32) || fmt.Sprint(c.Histogram.Counts) != "[1536 1536 1536 1536]" || photo.Sample {
		t.Errorf("%+v", photo)
	}
	if c := answered[page](t, a, "/stats", "file", 1).Columns[0]; c.Min != strconv.FormatInt(math.MinInt64, 10) || c.Max != strconv.FormatInt(math.MaxInt64, 10) || c.Sum != "-1" {
		t.Errorf("numbers that JavaScript has no room for: %+v", c)
	}
	if c := answered[page](t, a, "/stats", "file", 2).Columns[0]; c.Count != 5 || c.NaN != 1 {
		t.Errorf("%+v", c)
	}
	if all := answered[page](t, a, "/stats", "file", 3).Columns; len(all) != 7 || len(all[6].First) == 0 {
		t.Errorf("%+v", all)
	}
	answered[page](t, a, "/stats", "file", 4)
	answered[page](t, a, "/stats", "slice", "[:0]")
}

// Hostile questions have answers that are errors, and say what would work.
func TestAPIRefuses(t *testing.T) {
	a := shelfOf(t, rawFlags{}, "testdata/photo.npy", "testdata/events.npy", "../../arrayfile/testdata/many.npz", "testdata/escape.npy")
	for _, test := range []struct {
		status int
		path   string
		pairs  []any
		part   string // of the message
	}{
		{400, "/array", []any{"slice", "[99]"}, "use -64 to 63"},
		{400, "/array", []any{"slice", "[0, 0, 0, 0]"}, "shape is (64, 96, 3)"},
		{400, "/array", []any{"slice", "1:2:0"}, "step"},
		{400, "/array", []any{"slice", "["}, ""},
		{400, "/array", []any{"slice", "x"}, "Python's index syntax"},
		{400, "/array", []any{"slice", ".x"}, "no fields"},
		{400, "/array", []any{"slice", ".x", "file", 1}, `"time"`},
		{400, "/array", []any{"slice", strings.Repeat("[:]", 700)}, "long"},
		{404, "/array", []any{"array", "x"}, "no such array"},
		{404, "/array", []any{"file", 2, "array", "../../etc/passwd"}, "no such array"},
		{400, "/array", []any{"file", 4}, "0 to 3"},
		{400, "/array", []any{"file", -1}, "0 to 3"},
		{400, "/array", []any{"file", "../photo.npy"}, "whole number"},
		{400, "/table", []any{"row", 96}, "0 to 95"},
		{400, "/table", []any{"row", -1}, "0 to 95"},
		{400, "/table", []any{"row", "1e3"}, "whole number"},
		{400, "/table", []any{"row", "9223372036854775808"}, "whole number"},
		{400, "/table", []any{"rows", 20001}, "0 to 20000"},
		{400, "/table", []any{"slice", "[:, :, 0]", "rows", 64, "columns", 20000, "column", 99}, "0 to 95"},
		{400, "/table", []any{"at", "1,2"}, ""},
		{400, "/table", []any{"at", "1,2,0"}, ""},
		{400, "/table", []any{"at", "64"}, "64"},
		{400, "/table", []any{"at", "1,,"}, "commas"},
		{400, "/table", []any{"at", strings.Repeat("0,", 65) + "0"}, "64"},
		{400, "/hex", []any{"line", "1099511627776"}, ""},
		{400, "/hex", []any{"lines", 1001}, "0 to 1000"},
		{400, "/stats", []any{"bins", 0}, "1 to 200"},
		{400, "/stats", []any{"bins", 201}, "1 to 200"},
		{400, "/item", []any{"index", "0,0,0,0"}, "dimensions"},
		{400, "/item", []any{"index", "64"}, "64"},
		{400, "/picture", []any{"file", 1}, "name a field"},
		{400, "/picture", []any{"file", 3}, "colour"},
		{400, "/picture", []any{"slice", "[0, 0]"}, "two dimensions"},
		{400, "/picture", []any{"slice", "[:0]"}, "no items"},
		{400, "/picture", []any{"slice", "[..., :2]", "at", "64"}, "64"},
	} {
		if message := refused(t, a, test.status, test.path, test.pairs...); !strings.Contains(message, test.part) {
			t.Errorf("%s %v: %q does not say %q", test.path, test.pairs, message, test.part)
		}
	}
	if status, _ := question(a, "/nothing"); status != http.StatusNotFound {
		t.Errorf("what is not there: %d", status)
	}
}

// Cells are bounded in number, whatever rows and columns are asked for.
func TestAPICellsAreBounded(t *testing.T) {
	path := filepath.Join(t.TempDir(), "raw")
	if err := os.WriteFile(path, make([]byte, 1<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	a := shelfOf(t, rawFlags{Format: "B", Shape: []int{1024, 1024}}, path)
	if message := refused(t, a, http.StatusBadRequest, "/table", "rows", 1024, "columns", 1024); !strings.Contains(message, "20000") {
		t.Error(message)
	}
	if cells := answered[tableAnswer](t, a, "/table", "rows", 20, "columns", 1000).Cells; len(cells) != 20 || len(cells[0]) != 1000 {
		t.Error(len(cells))
	}
}

// A sparse file of 10 GiB is looked at in every way, and hardly any of it is read.
func TestAPIOfALargeFile(t *testing.T) {
	if math.MaxInt == math.MaxInt32 {
		t.Skip("platform: the file is larger than the address space")
	}
	path := filepath.Join(t.TempDir(), "huge")
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	const items = 10 << 30 / 8
	_, err = file.WriteAt(binary.LittleEndian.AppendUint64(nil, math.Float64bits(42)), 8*(items-1))
	if err = errors.Join(err, file.Close()); err != nil {
		t.Fatal(err)
	}
	for _, raw := range []rawFlags{{Format: "<d"}, {Format: "<d", Shape: []int{40960, 32768}}, {Format: "T{<i:a:<f:b:}"}} {
		a := shelfOf(t, raw, path)
		before := mappedBytes(t)
		described := answered[struct {
			Table   grid
			Hex     hexLines
			Sampled bool
		}](t, a, "/array")
		last := answered[tableAnswer](t, a, "/table", "row", described.Table.Rows-1, "column", described.Table.Columns-1).Cells
		if text := last[0][0]; !described.Table.Records && text != "42.0" {
			t.Errorf("the last item is %s", text)
		}
		answered[tableAnswer](t, a, "/table", "row", described.Table.Rows/2)
		answered[hexPage](t, a, "/hex", "line", described.Hex.Lines-40)
		stats := answered[struct {
			Sample    bool
			Items, Of int
		}](t, a, "/stats")
		if !stats.Sample || stats.Of != items || stats.Items > samplePlaces*sampleRun || stats.Items < sampleRun || !described.Sampled {
			t.Errorf("%+v", stats)
		}
		if len(raw.Shape) == 2 {
			question(a, "/picture")
		}
		if read := mappedBytes(t) - before; runtime.GOOS == "linux" && read > 512<<20 {
			t.Errorf("%+v: %s of the file were touched", raw, humanBytes(read))
		}
	}
}

// FuzzAPI asks anything: there is an answer in JSON, of a bounded size, and never a panic.
func FuzzAPI(f *testing.F) {
	for _, query := range []string{
		"", "file=1&slice=[::2].at&row=3&column=1", "slice=.at.lat", "at=1&rows=99&columns=9&bins=7", "file=2&slice=[...,None]", "line=7&lines=1000", "index=1,2,3",
		"slice=[::-1]&line=9&item=4", "file=3&array=x&slice=...", "all=1&bins=200", "at=-1,-1&row=-0", "slice=%00", "from=5&find=E",
	} {
		for path := range len(apiPaths) {
			f.Add(byte(path), query)
		}
	}
	files := []string{"testdata/photo.npy", "testdata/events.npy", "testdata/floats.npy", "../../arrayfile/testdata/many.npz", "testdata/escape.npy", "testdata/hostile.npy", "testdata/complex.npy"}
	a := shelfOf(f, rawFlags{}, files...)
	f.Fuzz(func(t *testing.T, path byte, query string) {
		r := httptest.NewRequest(http.MethodGet, apiPaths[int(path)%len(apiPaths)], nil)
		r.URL.RawQuery = query
		w := httptest.NewRecorder()
		a.ServeHTTP(w, r)
		if !json.Valid(w.Body.Bytes()) || w.Body.Len() > 8<<20 || w.Header().Get("Content-Type") != "application/json" {
			t.Fatalf("%s: %d bytes of %s: %.300s", r.URL, w.Body.Len(), w.Header().Get("Content-Type"), w.Body)
		}
		if !slices.Contains([]int{200, 400, 404}, w.Code) {
			t.Fatalf("%s: %d %s", r.URL, w.Code, w.Body)
		}
	})
}

var apiPaths = []string{"/files", "/arrays", "/array", "/table", "/item", "/hex", "/stats", "/picture"}
