package remote_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unsafe"

	"pgregory.net/rapid"

	"github.com/go-memoryview/memoryview"
	"github.com/go-memoryview/memoryview/arrayfile"
	"github.com/go-memoryview/memoryview/buffer"
	"github.com/go-memoryview/memoryview/export"
	"github.com/go-memoryview/memoryview/remote"
)

// serve starts a server of a handler, and ends both with the test.
func serve(t testing.TB, opts ...remote.Option) (url string, tree *remote.Tree) {
	t.Helper()
	tree, err := remote.Handler(opts...)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(tree)
	t.Cleanup(func() {
		server.Close()
		if err := tree.Close(); err != nil {
			t.Error(err)
		}
	})
	return server.URL, tree
}

// ask sends a request, with headers as pairs, and reads the whole answer.
func ask(t testing.TB, method, url, body string, headers ...string) (status int, header http.Header, answer string) {
	t.Helper()
	r, err := http.NewRequest(method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatalf("%s %s: %v", method, url, err)
	}
	return response.StatusCode, response.Header, string(text)
}

// numbered is a read-only exporter of n bytes, 0, 1, 2 ..., in a shape and with strides.
func numbered(t testing.TB, n int, l buffer.Layout) buffer.Exporter {
	t.Helper()
	mem := make([]byte, n)
	for i := range mem {
		mem[i] = byte(i*7 + i>>8)
	}
	low := 0
	for d, stride := range l.Strides {
		if stride < 0 {
			low -= stride * (l.Shape[d] - 1)
		}
	}
	exporter, err := export.Strided(mem, low, l, true)
	if err != nil {
		t.Fatal(err)
	}
	return exporter
}

func packed(t testing.TB, exporter any, order buffer.Order) string {
	t.Helper()
	v, err := memoryview.FromObject(exporter)
	if err != nil {
		t.Fatal(err)
	}
	defer v.Release()
	data, err := v.ToBytes(order)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// layouts are those that are served in different ways: as they lie, packed, turned, backwards, without items, without dimensions.
var layouts = map[string]buffer.Layout{
	"c":       {ItemSize: 2, Format: "<H", Shape: []int{100, 30}},
	"fortran": {ItemSize: 2, Format: "<H", Shape: []int{100, 30}, Strides: []int{2, 200}},
	"gaps":    {ItemSize: 2, Format: "<H", Shape: []int{50, 30}, Strides: []int{120, 2}},
	"back":    {ItemSize: 1, Format: "B", Shape: []int{3000}, Strides: []int{-2}},
	"empty":   {ItemSize: 4, Format: ">f", Shape: []int{3, 0}},
	"scalar":  {ItemSize: 8, Format: "<d"},
}

func TestBytesAndRanges(t *testing.T) {
	var opts []remote.Option
	exporters := map[string]buffer.Exporter{}
	for name, l := range layouts {
		exporters[name] = numbered(t, 6000, l)
		opts = append(opts, remote.View(name, exporters[name]))
	}
	url, _ := serve(t, opts...)
	for name := range layouts {
		status, _, text := ask(t, "GET", url+"/info/"+name, "")
		var d remote.Description
		if err := json.Unmarshal([]byte(text), &d); err != nil || status != 200 {
			t.Fatalf("%s: %d %s: %v", name, status, text, err)
		}
		want := packed(t, exporters[name], buffer.Order(d.Order[0]))
		if wantOrder := map[bool]string{true: "F", false: "C"}[name == "fortran"]; d.Order != wantOrder || d.NBytes != len(want) {
			t.Errorf("%s: order %s, %d bytes", name, d.Order, d.NBytes)
		}
		status, header, got := ask(t, "GET", url+"/bytes/"+name, "")
		if status != 200 || got != want || header.Get("Etag") == "" {
			t.Errorf("%s: status %d, %d bytes of %d, %v", name, status, len(got), len(want), header)
		}
		if len(want) < 3000 {
			continue
		}
		for _, test := range []struct {
			ask, content string
			from, to     int
		}{
			{"bytes=0-0", "bytes 0-0/%d", 0, 1},
			{"bytes=7-1000", "bytes 7-1000/%d", 7, 1001},
			{"bytes=-5", fmt.Sprintf("bytes %d-%d/%%d", len(want)-5, len(want)-1), len(want) - 5, len(want)},
			{"bytes=2990-", fmt.Sprintf("bytes 2990-%d/%%d", len(want)-1), 2990, len(want)},
		} {
			status, header, got := ask(t, "GET", url+"/bytes/"+name, "", "Range", test.ask)
			if status != 206 || got != want[test.from:test.to] || header.Get("Content-Range") != fmt.Sprintf(test.content, len(want)) {
				t.Errorf("%s, %s: status %d, %d bytes, %v", name, test.ask, status, len(got), header)
			}
		}
		if status, header, _ := ask(t, "GET", url+"/bytes/"+name, "", "Range", "bytes=100000-"); status != 416 || header.Get("Content-Range") != fmt.Sprintf("bytes */%d", len(want)) {
			t.Errorf("%s: a range that cannot be: status %d, %v", name, status, header)
		}
		manyRanges(t, url+"/bytes/"+name, want)
	}
}

func manyRanges(t *testing.T, url, want string) {
	t.Helper()
	status, header, text := ask(t, "GET", url, "", "Range", "bytes=0-9,2000-2009,-1")
	_, params, err := mime.ParseMediaType(header.Get("Content-Type"))
	if status != 206 || err != nil {
		t.Fatalf("status %d, %v: %v", status, header, err)
	}
	parts := multipart.NewReader(strings.NewReader(text), params["boundary"])
	for _, part := range []string{want[:10], want[2000:2010], want[len(want)-1:]} {
		p, err := parts.NextPart()
		if err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(p); err != nil || string(got) != part {
			t.Errorf("%q, %v; want %q", got, err, part)
		}
	}
}

// TestConditions holds tags to RFC 9110: strong ones for what nobody writes, none else.
func TestConditions(t *testing.T) {
	url, _ := serve(t, remote.View("fixed", "content of a string"), remote.View("moving", []byte("content of a slice")))
	for _, path := range []string{"/bytes/fixed", "/npy/fixed", "/zarr/v3/fixed/c/0", "/zarr/v2/fixed/0", "/zarr/v3/fixed/zarr.json", "/info/fixed"} {
		status, header, body := ask(t, "GET", url+path, "")
		tag := header.Get("Etag")
		if status != 200 || tag == "" || strings.HasPrefix(tag, "W/") {
			t.Errorf("%s: status %d, tag %s", path, status, tag)
		}
		for _, test := range []struct {
			header, value string
			status        int
		}{
			{"If-None-Match", tag, 304},
			{"If-None-Match", "*", 304},
			{"If-None-Match", `"other"`, 200},
			{"If-Match", tag, 200},
			{"If-Match", `"other"`, 412},
		} {
			if status, _, _ := ask(t, "GET", url+path, "", test.header, test.value); status != test.status {
				t.Errorf("%s with %s: %s: status %d", path, test.header, test.value, status)
			}
		}
		if status, _, part := ask(t, "GET", url+path, "", "Range", "bytes=1-3", "If-Range", tag); status != 206 || part != body[1:4] {
			t.Errorf("%s: a range if it is the same: status %d, %q", path, status, part)
		}
		if status, _, all := ask(t, "GET", url+path, "", "Range", "bytes=1-3", "If-Range", `"other"`); status != 200 || all != body {
			t.Errorf("%s: a range if it is another: status %d", path, status)
		}
	}
	if _, header, _ := ask(t, "GET", url+"/bytes/moving", ""); header.Get("Etag") != "" || header.Get("Last-Modified") != "" {
		t.Errorf("memory that may be written has a tag: %v", header)
	}
	other, _ := serve(t, remote.View("fixed", "content of another"))
	_, one, _ := ask(t, "HEAD", url+"/bytes/fixed", "")
	_, two, _ := ask(t, "HEAD", other+"/bytes/fixed", "")
	if one.Get("Etag") == two.Get("Etag") {
		t.Error("two handlers have the same tag")
	}
}

// TestChunksAgainstModel cuts chunks of any shape, and compares each with the items of the array, one by one.
func TestChunksAgainstModel(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		shape := rapid.SliceOfN(rapid.IntRange(0, 7), 0, 3).Draw(rt, "shape")
		chunks := make([]int, len(shape))
		for d := range chunks {
			chunks[d] = rapid.IntRange(1, 9).Draw(rt, "chunk")
		}
		l := buffer.Layout{ItemSize: 2, Format: "<H", Shape: shape}
		if rapid.Bool().Draw(rt, "fortran") {
			l.Strides, _ = buffer.ContiguousStrides(shape, 2, buffer.F)
		}
		exporter := numbered(t, 2*7*7*7, l)
		tree, err := remote.Handler(remote.View("a", exporter, remote.Chunks(chunks...)))
		if err != nil {
			rt.Fatal(err)
		}
		defer tree.Close()
		v, err := memoryview.FromObject(exporter)
		if err != nil {
			rt.Fatal(err)
		}
		index := make([]int, len(shape))
		for d := range index {
			index[d] = rapid.IntRange(0, 8).Draw(rt, "index")
		}
		version := rapid.SampledFrom([]string{"v2", "v3"}).Draw(rt, "version")
		w := httptest.NewRecorder()
		tree.ServeHTTP(w, httptest.NewRequest("GET", "/zarr/"+version+"/a/"+key(version, index), nil))
		want, exists := chunkModel(rt, v, chunks, index)
		switch {
		case !exists && w.Code != 404:
			rt.Fatalf("a chunk outside: status %d", w.Code)
		case exists && (w.Code != 200 || !bytes.Equal(w.Body.Bytes(), want)):
			rt.Fatalf("status %d, %v; want %v", w.Code, w.Body.Bytes(), want)
		}
	})
}

func key(version string, index []int) string {
	if version == "v2" {
		if len(index) == 0 {
			return "0"
		}
		return strings.Trim(strings.ReplaceAll(fmt.Sprint(index), " ", "."), "[]")
	}
	if len(index) == 0 {
		return "c"
	}
	return "c/" + strings.Trim(strings.ReplaceAll(fmt.Sprint(index), " ", "/"), "[]")
}

// chunkModel makes a chunk item by item, in C order, zeros outside.
func chunkModel(t *rapid.T, v *memoryview.View, chunks, index []int) (data []byte, exists bool) {
	shape, at := v.Shape(), make([]int, len(chunks))
	for d := range shape {
		if index[d]*chunks[d] >= shape[d] {
			return nil, false
		}
	}
	var fill func(d int)
	fill = func(d int) {
		if d == len(chunks) {
			var item uint16
			for d := range at {
				if at[d] >= shape[d] {
					data = append(data, 0, 0)
					return
				}
			}
			value, err := v.At(at...)
			if err != nil {
				t.Fatal(err)
			}
			item = value.(uint16)
			data = append(data, byte(item), byte(item>>8))
			return
		}
		for i := range chunks[d] {
			at[d] = index[d]*chunks[d] + i
			fill(d + 1)
		}
	}
	fill(0)
	return data, true
}

// TestMetadataDoNotGrow serves one array in a thousand chunks, and in a million: what is said of it differs in digits alone.
func TestMetadataDoNotGrow(t *testing.T) {
	const rows, size = 1_000_000, 1_000_000
	exporter := numbered(t, size, buffer.Layout{ItemSize: 1, Format: "B", Shape: []int{rows}})
	digits := regexp.MustCompile("[0-9]+")
	paths := []string{"/", "/info/a", "/zarr/v2/.zmetadata", "/zarr/v2/a/.zarray", "/zarr/v2/a/.zattrs", "/zarr/v3/zarr.json", "/zarr/v3/a/zarr.json"}
	var said [][]string
	for _, chunkRows := range []int{1000, 1} {
		url, _ := serve(t, remote.View("a", exporter, remote.Chunks(chunkRows)))
		var texts []string
		for _, path := range paths {
			status, _, text := ask(t, "GET", url+path, "")
			if status != 200 || !strings.Contains(text, fmt.Sprint(rows)) && !strings.HasSuffix(path, ".zattrs") {
				t.Fatalf("%s: status %d, %s", path, status, text)
			}
			texts = append(texts, digits.ReplaceAllString(text, "N"))
		}
		last := fmt.Sprintf("/zarr/v3/a/c/%d", rows/chunkRows-1)
		if status, _, chunk := ask(t, "GET", url+last, ""); status != 200 || len(chunk) != chunkRows {
			t.Errorf("the last of %d chunks: status %d, %d bytes", rows/chunkRows, status, len(chunk))
		}
		said = append(said, texts)
	}
	for i, path := range paths {
		if said[0][i] != said[1][i] {
			t.Errorf("%s of a thousand chunks, and of a million:\n%s\n%s", path, said[0][i], said[1][i])
		}
	}
}

func TestFiles(t *testing.T) {
	path := filepath.Join(t.TempDir(), "model.safetensors")
	weights := []float32{1, 2, 3, 4}
	if err := arrayfile.Save(path, []arrayfile.Named{{Name: "encoder.weight", Value: weights}, {Name: "bias", Value: []int64{5}}}); err != nil {
		t.Fatal(err)
	}
	f, err := arrayfile.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	url, _ := serve(t, remote.File("deep/model", f), remote.View("other", weights))
	if status, header, got := ask(t, "GET", url+"/bytes/deep/model/encoder.weight", ""); status != 200 || got != packed(t, weights, buffer.C) || header.Get("Etag") == "" {
		t.Errorf("status %d, %q, %v", status, got, header)
	}
	for path, want := range map[string]string{
		"/zarr/v2/.zmetadata":                `"deep/model/encoder.weight/.zarray":`,
		"/zarr/v2/deep/.zmetadata":           `"model/encoder.weight/.zarray":`,
		"/zarr/v2/deep/model/.zgroup":        `"zarr_format":2`,
		"/zarr/v2/deep/model/bias/.zarray":   `"<i8"`,
		"/zarr/v3/zarr.json":                 `"deep/model/bias":`,
		"/zarr/v3/deep/model/zarr.json":      `"bias":`,
		"/zarr/v3/deep/model/bias/zarr.json": `"int64"`,
		"/":                                  `"deep/model/bias"`,
	} {
		if status, _, text := ask(t, "GET", url+path, ""); status != 200 || !strings.Contains(text, want) || !json.Valid([]byte(text)) {
			t.Errorf("%s: status %d, %s", path, status, text)
		}
	}
	if tree, err := remote.Handler(remote.File("", f, remote.Writable())); !errors.Is(err, buffer.ErrReadOnly) {
		t.Errorf("a file that is not writable is served as one that is: %v", err)
		_ = tree.Close()
	}
	_, before, _ := ask(t, "HEAD", url+"/bytes/deep/model/bias", "")
	later := time.Now().Add(time.Hour)
	if err := os.Chtimes(path, later, later); err != nil {
		t.Fatal(err)
	}
	if _, after, _ := ask(t, "HEAD", url+"/bytes/deep/model/bias", ""); before.Get("Etag") == after.Get("Etag") {
		t.Error("a file that was written to has the tag that it had")
	}
}

func TestNothingElseIsServed(t *testing.T) {
	url, _ := serve(t, remote.View("group/a", []int32{1, 2, 3}))
	for _, path := range []string{
		"/bytes/", "/bytes/group", "/bytes/a", "/bytes/group/a/", "/bytes/../bytes/group", "/npy/group/b", "/etc/passwd", "/info/x",
		"/zarr/v3/group/a/c/1", "/zarr/v3/group/a/c/00", "/zarr/v3/group/a/c/-1", "/zarr/v3/group/a/c/0/0", "/zarr/v3/group/a/0", "/zarr/v2/group/a/c/0",
		"/zarr/v2/group/a/0.0", "/zarr/v2/group/a/+0", "/zarr/v2/group/a/99999999999999999999", "/zarr/v4/group/a/0", "/zarr/v2/group/.zarray",
	} {
		if status, _, text := ask(t, "GET", url+path, ""); status != 404 {
			t.Errorf("%s: status %d, %s", path, status, text)
		}
	}
	for _, method := range []string{"POST", "PUT", "DELETE", "PATCH"} {
		for path, want := range map[string]int{"/bytes/group/a": 405, "/zarr/v3/zarr.json": 405, "/zarr/v3/group/a/c/0": 405} {
			if method == "PUT" || method == "DELETE" {
				want = max(want, map[bool]int{true: 403}[strings.HasSuffix(path, "/c/0")])
				if strings.HasSuffix(path, "/c/0") {
					want = 403
				}
			}
			if status, _, _ := ask(t, method, url+path, "x"); status != want {
				t.Errorf("%s %s: status %d, want %d", method, path, status, want)
			}
		}
	}
}

func TestNamesThatCannotBe(t *testing.T) {
	for _, names := range [][]string{
		{"a", "a"}, {"a", "a/b"}, {"", "a"}, {"."}, {"a/../b"}, {"a//b"}, {"zarr.json"}, {"a/.zarray"}, {"a\x00"}, {"a\\b"}, {"\xff"}, {"__x"},
	} {
		var opts []remote.Option
		for _, name := range names {
			opts = append(opts, remote.View(name, []byte("x")))
		}
		tree, err := remote.Handler(opts...)
		if err == nil {
			tree.Close()
		}
		if !errors.Is(err, remote.ErrName) || !strings.Contains(err.Error(), ": invalid name: ") {
			t.Errorf("%q: %v", names, err)
		}
	}
}

func TestWriting(t *testing.T) {
	items := make([]uint16, 35)
	for i := range items {
		items[i] = uint16(i)
	}
	matrix, err := memoryview.FromObject(items)
	if err != nil {
		t.Fatal(err)
	}
	if matrix, err = matrix.Cast("H", 5, 7); err != nil {
		t.Fatal(err)
	}
	before := slices.Clone(items)
	url, _ := serve(t, remote.View("m", matrix, remote.Chunks(2, 4), remote.Writable()))
	chunk := strings.Repeat("\x01\x02", 8)
	for _, test := range []struct {
		method, path, body string
		headers            []string
		status             int
	}{
		{"PUT", "/zarr/v3/m/c/0/0", chunk[:15], nil, 400},
		{"PUT", "/zarr/v3/m/c/0/0", chunk + "x", nil, 400},
		{"PUT", "/zarr/v3/m/c/0/0", "", nil, 400},
		{"PUT", "/zarr/v3/m/c/3/0", chunk, nil, 404},
		{"PUT", "/zarr/v3/m/c/0/0", chunk, []string{"If-Match", `"tag"`}, 412},
		{"PUT", "/zarr/v3/m/c/0/0", chunk, []string{"If-None-Match", "*"}, 412},
		{"PUT", "/zarr/v3/m/c/0/0", chunk, []string{"Content-Range", "bytes 0-15/16"}, 400},
		{"PUT", "/zarr/v3/m/c/0/0", chunk, []string{"Content-Encoding", "gzip"}, 415},
		{"PUT", "/zarr/v3/m/zarr.json", chunk, nil, 405},
		{"PUT", "/bytes/m", chunk, nil, 405},
	} {
		if status, _, text := ask(t, test.method, url+test.path, test.body, test.headers...); status != test.status || !slices.Equal(items, before) {
			t.Errorf("%s %s %v: status %d %s, items %v", test.method, test.path, test.headers, status, text, items)
		}
	}
	if status, _, text := ask(t, "PUT", url+"/zarr/v3/m/c/2/1", chunk, "If-Match", "*"); status != 204 {
		t.Fatalf("status %d, %s", status, text)
	}
	want := slices.Clone(before)
	for _, i := range []int{32, 33, 34} { // the corner that lies inside
		want[i] = nativeUint16(1, 2)
	}
	if !slices.Equal(items, want) {
		t.Errorf("%v, want %v", items, want)
	}
	if status, _, _ := ask(t, "DELETE", url+"/zarr/v2/m/0.0", ""); status != 204 {
		t.Fatalf("DELETE: status %d", status)
	}
	for _, i := range []int{0, 1, 2, 3, 7, 8, 9, 10} {
		want[i] = 0
	}
	if !slices.Equal(items, want) {
		t.Errorf("%v, want %v", items, want)
	}
}

func nativeUint16(a, b byte) uint16 {
	v, _ := memoryview.FromObject([]byte{a, b})
	v, _ = v.Cast("H")
	n, _ := v.At(0)
	return n.(uint16)
}

// TestChunkThatComesShort sends less than it promised: nothing may be written.
func TestChunkThatComesShort(t *testing.T) {
	items := bytes.Repeat([]byte("old"), 100)
	tree, err := remote.Handler(remote.View("a", items, remote.Writable()))
	if err != nil {
		t.Fatal(err)
	}
	defer tree.Close()
	for _, promised := range []int64{300, -1} {
		r := httptest.NewRequest("PUT", "/zarr/v3/a/c/0", io.MultiReader(strings.NewReader(strings.Repeat("new", 50)), cut{}))
		r.ContentLength = promised
		w := httptest.NewRecorder()
		if tree.ServeHTTP(w, r); w.Code != 400 || bytes.Contains(items, []byte("new")) {
			t.Errorf("status %d, %q", w.Code, items)
		}
	}
}

type cut struct{}

func (cut) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// TestChunksAreReadWhole writes and reads a chunk at once: every answer is of one write.
func TestChunksAreReadWhole(t *testing.T) {
	url, _ := serve(t, remote.View("a", make([]byte, 100_000), remote.Writable()))
	var done sync.WaitGroup
	for writer := range 2 {
		done.Go(func() {
			body := strings.Repeat(string(rune('a'+writer)), 100_000)
			for range 20 {
				if status, _, _ := ask(t, "PUT", url+"/zarr/v3/a/c/0", body); status != 204 {
					t.Errorf("status %d", status)
				}
			}
		})
		done.Go(func() {
			for range 20 {
				_, _, got := ask(t, "GET", url+"/zarr/v3/a/c/0", "")
				if len(got) != 100_000 || strings.Count(got, got[:1]) != len(got) {
					t.Errorf("%d bytes of two writes", len(got))
				}
			}
		})
	}
	done.Wait()
}

func TestReleased(t *testing.T) {
	released := 0
	mem := []byte("memory")
	exporter := lender{func() { released++ }, mem}
	var reported []error
	tree, err := remote.Handler(remote.View("a", exporter), remote.OnError(func(_ *http.Request, err error) { reported = append(reported, err) }))
	if err != nil {
		t.Fatal(err)
	}
	get := func(path string) int {
		w := httptest.NewRecorder()
		tree.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
		return w.Code
	}
	if status := get("/bytes/a"); status != 200 || released != 0 {
		t.Errorf("status %d, released %d times", status, released)
	}
	if err := tree.Close(); err != nil || released != 1 {
		t.Errorf("released %d times: %v", released, err)
	}
	for _, path := range []string{"/bytes/a", "/npy/a", "/zarr/v2/a/0", "/zarr/v3/a/c/0"} {
		if status := get(path); status != http.StatusGone {
			t.Errorf("%s: status %d", path, status)
		}
	}
	if len(reported) != 4 {
		t.Errorf("reported: %v", reported)
	}
}

// lender counts its releases.
type lender struct {
	release func()
	mem     []byte
}

func (l lender) GetBuffer(flags buffer.Flags) (*buffer.Buffer, error) {
	return buffer.Memory{Base: unsafe.Pointer(&l.mem[0]), Size: len(l.mem), Obj: l, Release: l.release}.
		Lend(0, buffer.Layout{ItemSize: 1, Format: "B", Shape: []int{len(l.mem)}}, flags)
}

// An array that cannot be served is left out where that is asked for, and told; the others of its file are there.
func TestLeaveOut(t *testing.T) {
	path := filepath.Join(t.TempDir(), "odd.npz")
	one := []byte("x")
	err := arrayfile.Save(path, []arrayfile.Named{{Name: "a", Value: one}, {Name: "a/b", Value: one}, {Name: "__c", Value: one}, {Name: "d//e", Value: one}, {Name: "f", Value: one}})
	if err != nil {
		t.Fatal(err)
	}
	f, err := arrayfile.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if tree, err := remote.Handler(remote.File("odd", f)); !errors.Is(err, remote.ErrName) {
		t.Errorf("%v, %v", tree, err)
	}
	var out, in []string
	url, tree := serve(t, remote.File("odd", f, remote.LeaveOut(func(name string, err error) {
		if out = append(out, name); !errors.Is(err, remote.ErrName) {
			t.Error(err)
		}
	})))
	for _, d := range tree.Arrays() {
		in = append(in, d.Name)
		if status, _, body := ask(t, "GET", url+"/bytes/"+d.Name, ""); status != http.StatusOK || body != "x" {
			t.Errorf("%s: %d, %q", d.Name, status, body)
		}
	}
	if !slices.Equal(in, []string{"odd/a", "odd/f"}) || !slices.Equal(out, []string{"odd/a/b", "odd/__c", "odd/d//e"}) {
		t.Errorf("%q are served, and %q are not", in, out)
	}
}

// Views that come from a function are released after every answer.
func TestThrough(t *testing.T) {
	f, err := arrayfile.FromBytes([]byte("0123456789"), arrayfile.Raw("B"))
	if err != nil {
		t.Fatal(err)
	}
	var taken []*memoryview.View
	tree, err := remote.Handler(remote.File("a", f, remote.Chunks(4), remote.Through(func(a *arrayfile.Array) (*memoryview.View, error) {
		v, err := memoryview.FromObject(a)
		taken = append(taken, v)
		return v, err
	})))
	if err != nil {
		t.Fatal(err)
	}
	ask := func(path string) (status int, body string) {
		w := httptest.NewRecorder()
		tree.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		return w.Code, w.Body.String()
	}
	if status, body := ask("/bytes/a"); status != http.StatusOK || body != "0123456789" {
		t.Errorf("%d, %q", status, body)
	}
	if status, body := ask("/zarr/v3/a/c/1"); status != http.StatusOK || body != "4567" {
		t.Errorf("%d, %q", status, body)
	}
	if len(taken) != 2 {
		t.Errorf("%d views for two answers", len(taken))
	}
	for _, v := range taken {
		if _, err := v.Len(); !errors.Is(err, buffer.ErrReleased) {
			t.Errorf("a view is kept: %v", err)
		}
	}
	if err := tree.Close(); err != nil {
		t.Fatal(err)
	}
	if status, _ := ask("/bytes/a"); status != http.StatusGone || len(taken) != 2 {
		t.Errorf("after Close: %d", status)
	}
}
