package remote_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/go-memoryview/memoryview"
	"github.com/go-memoryview/memoryview/arrayfile"
	"github.com/go-memoryview/memoryview/buffer"
	"github.com/go-memoryview/memoryview/buffertest"
	"github.com/go-memoryview/memoryview/export"
	"github.com/go-memoryview/memoryview/remote"
)

func open(t testing.TB, address string, opts ...remote.OpenOption) *remote.Store {
	t.Helper()
	store, err := remote.Open(t.Context(), address, opts...)
	if err != nil {
		t.Fatal(err)
	}
	return store
}

func array(t testing.TB, store *remote.Store, name string) *remote.Array {
	t.Helper()
	a, err := store.Array(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// transport asks a handler without a network.
type transport struct{ http.Handler }

func (t transport) RoundTrip(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	t.ServeHTTP(w, r)
	response := w.Result()
	response.Request = r
	return response, nil
}

// TestFetchAgainstSelect fetches any part of any array, from our server's three doors, and compares with the same part of the memory itself.
func TestFetchAgainstSelect(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		shape := rapid.SliceOfN(rapid.IntRange(0, 7), 0, 3).Draw(rt, "shape")
		chunks := make([]int, len(shape))
		var selection []string
		for d, n := range shape {
			chunks[d] = rapid.IntRange(1, 9).Draw(rt, "chunk")
			number := rapid.IntRange(-n-1, n+1)
			switch rapid.IntRange(0, 3).Draw(rt, "kind") {
			case 0:
				selection = append(selection, fmt.Sprint(number.Draw(rt, "index")))
			case 1:
				selection = append(selection, fmt.Sprintf("%d:%d:%d", number.Draw(rt, "start"), number.Draw(rt, "stop"), rapid.SampledFrom([]int{-3, -2, -1, 1, 2, 3, 100}).Draw(rt, "step")))
			case 2:
				selection = append(selection, rapid.SampledFrom([]string{":", "::-1"}).Draw(rt, "all"))
			}
		}
		expr := strings.Join(selection, ",")
		exporter := numbered(t, 2*7*7*7, buffer.Layout{ItemSize: 2, Format: ">H", Shape: shape})
		tree, err := remote.Handler(remote.View("a", exporter, remote.Chunks(chunks...)))
		if err != nil {
			rt.Fatal(err)
		}
		defer tree.Close()
		door := rapid.SampledFrom([]string{"", "/zarr/v2", "/zarr/v3", "/zarr/v2/a", "/zarr/v3/a"}).Draw(rt, "door")
		store, err := remote.Open(t.Context(), "http://server"+door, remote.Client(&http.Client{Transport: transport{tree}}))
		if err != nil {
			rt.Fatal(err)
		}
		a, err := store.Array(t.Context(), "")
		if err != nil {
			rt.Fatal(err)
		}
		got, gotErr := a.Fetch(t.Context(), expr)
		v, err := memoryview.FromObject(exporter)
		if err != nil {
			rt.Fatal(err)
		}
		want, wantErr := v.Select(expr)
		if (gotErr != nil) != (wantErr != nil) || wantErr != nil && !errors.Is(gotErr, buffer.ErrBounds) {
			rt.Fatalf("%s: %v, want %v", expr, gotErr, wantErr)
		}
		if wantErr != nil {
			return
		}
		if equal, err := got.Equal(want); err != nil || !equal || got.Format() != want.Format() || !got.ReadOnly() {
			rt.Fatalf("%s: %v, want %v: %v", expr, got, want, err)
		}
		into := reversed(rt, got.Shape())
		if err := a.FetchInto(t.Context(), into, expr); err != nil {
			rt.Fatal(err)
		}
		if equal, err := into.Equal(want); err != nil || !equal {
			rt.Fatalf("%s is fetched as %v, want %v: %v", expr, into, want, err)
		}
	})
}

// reversed is a view of numbers in Fortran order whose first dimension runs backwards.
func reversed(t interface{ Fatal(args ...any) }, shape []int) *memoryview.View {
	n := 1
	for _, extent := range shape {
		n *= extent
	}
	strides, err := buffer.ContiguousStrides(shape, 2, buffer.F)
	if err != nil {
		t.Fatal(err)
	}
	exporter, err := export.Strided(make([]byte, 2*n), 0, buffer.Layout{ItemSize: 2, Format: ">H", Shape: shape, Strides: strides}, false)
	if err != nil {
		t.Fatal(err)
	}
	v, err := memoryview.FromObject(exporter)
	if err == nil && len(shape) > 0 {
		v, err = v.Select("::-1")
	}
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestFetchIntoRefuses(t *testing.T) {
	url, _ := serve(t, remote.View("a", numbered(t, 60, buffer.Layout{ItemSize: 2, Format: "<h", Shape: []int{5, 6}})))
	a := array(t, open(t, url), "")
	for _, test := range []struct {
		into any
		err  error
	}{
		{make([]int16, 30), buffer.ErrLayout}, // shape
		{new([5][6]uint16), buffer.ErrLayout},
		{new([5][6]int32), buffer.ErrLayout},
		{"read-only", buffer.ErrReadOnly},
		{5, buffer.ErrType},
	} {
		if err := a.FetchInto(t.Context(), test.into, ""); !errors.Is(err, test.err) {
			t.Errorf("%T: %v", test.into, err)
		}
	}
}

// A server is known by what it is, whichever door was taken.
func TestKind(t *testing.T) {
	url, _ := serve(t, remote.View("deep/a", []byte("x")))
	for door, kind := range map[string]string{"": "memoryview", "/zarr/v2": "Zarr 2", "/zarr/v2/deep/a": "Zarr 2", "/zarr/v3": "Zarr 3", "/zarr/v3/deep": "Zarr 3"} {
		if got := open(t, url+door).Kind(); got != kind {
			t.Errorf("%q: %s, want %s", door, got, kind)
		}
	}
}

// Who is not trusted, and who speaks no TLS, is not asked again.
func TestConnectionsThatStayWrong(t *testing.T) {
	var asked atomic.Int64
	secure := httptest.NewUnstartedServer(http.NotFoundHandler())
	plain := httptest.NewUnstartedServer(http.NotFoundHandler())
	for _, s := range []*httptest.Server{secure, plain} {
		s.Config.ErrorLog = log.New(io.Discard, "", 0)
		s.Config.ConnState = func(_ net.Conn, state http.ConnState) {
			if state == http.StateNew {
				asked.Add(1)
			}
		}
		t.Cleanup(s.Close)
	}
	secure.StartTLS()
	plain.Start()
	for _, url := range []string{secure.URL, "https" + strings.TrimPrefix(plain.URL, "http")} {
		asked.Store(0)
		store, err := remote.Open(t.Context(), url, remote.Retries(3, time.Millisecond))
		if err == nil || asked.Load() != 1 {
			t.Errorf("%v, %v after %d tries", store, err, asked.Load())
		}
	}
}

// A server that nobody has met is given up soon, however often others are asked again.
func TestNobodyThere(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	server.Close()
	_, err := remote.Open(t.Context(), server.URL, remote.Retries(1000, time.Millisecond))
	if err == nil || !strings.Contains(err.Error(), "after 3 tries") {
		t.Error(err)
	}
}

func TestRemoteArrayIsAnExporter(t *testing.T) {
	url, _ := serve(t, remote.View("deep/a", numbered(t, 60, buffer.Layout{ItemSize: 2, Format: "<h", Shape: []int{5, 6}}), remote.Chunks(2, 2)))
	a := array(t, open(t, url), "deep/a")
	buffertest.Test(t, func() buffer.Exporter { return a })
}

// flaky answers the first requests for a path badly.
type flaky struct {
	http.Handler
	lock  sync.Mutex
	asked map[string]int
	bad   func(w http.ResponseWriter, r *http.Request, try int) bool
}

func (f *flaky) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.lock.Lock()
	f.asked[r.URL.Path]++
	try := f.asked[r.URL.Path]
	f.lock.Unlock()
	if !f.bad(w, r, try) {
		f.Handler.ServeHTTP(w, r)
	}
}

func (f *flaky) forget() {
	f.lock.Lock()
	defer f.lock.Unlock()
	clear(f.asked)
}

func (f *flaky) requests(path string) int {
	f.lock.Lock()
	defer f.lock.Unlock()
	return f.asked[path]
}

// TestRetries meets each way in which a server, or what is between, fails for a while.
func TestRetries(t *testing.T) {
	want := strings.Repeat("0123456789", 100_000)
	tree, err := remote.Handler(remote.View("a", want, remote.Chunks(100_000)))
	if err != nil {
		t.Fatal(err)
	}
	defer tree.Close()
	status := func(code int) func(w http.ResponseWriter) {
		return func(w http.ResponseWriter) { w.WriteHeader(code) }
	}
	ended := make(chan struct{}) // of the test
	for name, fail := range map[string]func(w http.ResponseWriter){
		"too many": func(w http.ResponseWriter) { w.Header().Set("Retry-After", "0"); w.WriteHeader(429) },
		"until then": func(w http.ResponseWriter) {
			w.Header().Set("Retry-After", "Thu, 01 Jan 1970 00:00:00 GMT")
			w.WriteHeader(503)
		},
		"internal":    status(500),
		"bad gateway": status(502),
		"cut head":    func(http.ResponseWriter) { panic(http.ErrAbortHandler) },
		"cut body": func(w http.ResponseWriter) {
			w.Header().Set("Content-Length", "100000")
			_, _ = io.WriteString(w, "some")
			_ = http.NewResponseController(w).Flush()
			panic(http.ErrAbortHandler)
		},
		"cut chunked": func(w http.ResponseWriter) {
			_, _ = io.WriteString(w, "some")
			_ = http.NewResponseController(w).Flush()
			panic(http.ErrAbortHandler)
		},
		"short": func(w http.ResponseWriter) { // a proxy that ends the body cleanly
			conn, buffered, err := http.NewResponseController(w).Hijack()
			if err == nil {
				_, _ = buffered.WriteString("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\nsome")
				_ = buffered.Flush()
				_ = conn.Close()
			}
		},
		"stalled": func(w http.ResponseWriter) {
			w.Header().Set("Content-Length", "100000")
			_, _ = io.WriteString(w, "some")
			_ = http.NewResponseController(w).Flush()
			<-ended
		},
	} {
		f := &flaky{Handler: tree, asked: map[string]int{}, bad: func(w http.ResponseWriter, _ *http.Request, try int) bool {
			if try <= 2 {
				fail(w)
			}
			return try <= 2
		}}
		server := httptest.NewServer(f)
		defer server.Close()
		opts := []remote.OpenOption{remote.Retries(2, time.Millisecond)}
		if name == "stalled" { // where the machine is slow, others stall too
			opts = []remote.OpenOption{remote.Retries(20, time.Millisecond), remote.Stalled(200 * time.Millisecond)}
		}
		store, err := remote.Open(t.Context(), server.URL+"/zarr/v3/a", opts...)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		v, err := array(t, store, "").Fetch(t.Context(), "")
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else if got, _ := v.ToBytes(buffer.C); string(got) != want {
			t.Errorf("%s: other bytes", name)
		}
		if n := f.requests("/zarr/v3/a/c/9"); n != 3 && name != "stalled" {
			t.Errorf("%s: %d requests for a chunk", name, n)
		}
		if name == "stalled" || name == "cut head" { // package http tries again itself, where nothing came
			continue
		}
		f.forget()
		if _, err := remote.Open(t.Context(), server.URL+"/zarr/v3/a", remote.Retries(0, 0)); err == nil {
			t.Errorf("%s: no error without a retry", name)
		}
	}
	close(ended)
}

// TestHostileServers is sent what was not asked for. Every answer is an error at once, and none is tried again.
func TestHostileServers(t *testing.T) {
	tree, err := remote.Handler(remote.View("a", strings.Repeat("x", 1000), remote.Chunks(100)))
	if err != nil {
		t.Fatal(err)
	}
	defer tree.Close()
	elsewhere := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, strings.Repeat("x", 100))
	}))
	defer elsewhere.Close()
	endless := func(w http.ResponseWriter) {
		for range 1 << 16 {
			if _, err := w.Write(make([]byte, 1<<16)); err != nil {
				return
			}
		}
	}
	for name, test := range map[string]struct {
		answer func(w http.ResponseWriter, r *http.Request)
		is     error
	}{
		"endless":     {func(w http.ResponseWriter, _ *http.Request) { endless(w) }, remote.ErrServer},
		"too long":    {func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Content-Length", "99999999999") }, remote.ErrServer},
		"too short":   {func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "short") }, remote.ErrChunk},
		"empty":       {func(http.ResponseWriter, *http.Request) {}, remote.ErrChunk},
		"a part":      {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(206) }, remote.ErrServer},
		"forbidden":   {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(403) }, remote.ErrAccess},
		"no content":  {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(204) }, remote.ErrServer},
		"compressed":  {func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Content-Encoding", "gzip") }, remote.ErrServer},
		"sent away":   {func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, elsewhere.URL, http.StatusFound) }, remote.ErrServer},
		"in a circle": {func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, r.URL.Path, http.StatusFound) }, remote.ErrServer},
	} {
		f := &flaky{Handler: tree, asked: map[string]int{}, bad: func(w http.ResponseWriter, r *http.Request, _ int) bool {
			isChunk := strings.HasPrefix(r.URL.Path, "/zarr/v3/a/c/")
			if isChunk {
				test.answer(w, r)
			}
			return isChunk
		}}
		server := httptest.NewServer(f)
		store := open(t, server.URL+"/zarr/v3/a", remote.Retries(3, time.Millisecond))
		if _, err := array(t, store, "").Fetch(t.Context(), "0:1"); !errors.Is(err, test.is) {
			t.Errorf("%s: %v", name, err)
		}
		if n := f.requests("/zarr/v3/a/c/0"); n != 1 && name != "in a circle" {
			t.Errorf("%s: %d requests", name, n)
		}
		server.Close()
	}
}

// TestDimensions reads the names of dimensions, given and made, by every face.
func TestDimensions(t *testing.T) {
	url, _ := serve(t,
		remote.View("weather/rain", counted(t, "<d", buffer.C, true, 4, 3), remote.Dimensions("time", "place")),
		remote.View("plain", counted(t, "<h", buffer.C, true, 4)),
		remote.View("one", counted(t, "<h", buffer.C, true)),
	)
	for _, face := range []string{"", "/zarr/v2", "/zarr/v3"} {
		store := open(t, url+face)
		for name, want := range map[string][]string{"weather/rain": {"time", "place"}, "plain": {"plain_dim_0"}, "one": nil} {
			if got := array(t, store, name).Dimensions(); !slices.Equal(got, want) {
				t.Errorf("%s of %s: %q, want %q", name, store.Kind(), got, want)
			}
		}
	}
}

// TestStatusOfServers has statuses in the standard's words, not in the server's, which may be such as a terminal obeys.
func TestStatusOfServers(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	go func() {
		for {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			_, _ = http.ReadRequest(bufio.NewReader(connection))
			_, _ = io.WriteString(connection, "HTTP/1.1 403 \x1b]0;"+strings.Repeat("x", 10_000)+"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
			_ = connection.Close()
		}
	}()
	_, err = remote.Open(t.Context(), "http://"+listener.Addr().String(), remote.Retries(0, 0))
	if !errors.Is(err, remote.ErrAccess) || !strings.HasSuffix(err.Error(), "status 403 Forbidden") {
		t.Errorf("%.300q", err)
	}
}

// TestNotes has what a file says of its items said by who reads them from afar.
func TestNotes(t *testing.T) {
	f, err := arrayfile.Open("../arrayfile/testdata/records-times.npy")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	a, err := f.Array("")
	if err != nil {
		t.Fatal(err)
	}
	url, _ := serve(t, remote.File("log", f), remote.View("plain", "abc"))
	store := open(t, url)
	if got := array(t, store, "log").Notes(); len(got) != 2 || !slices.Equal(got, a.ItemNotes()) {
		t.Errorf("%q, want %q", got, a.ItemNotes())
	}
	if got := array(t, store, "plain").Notes(); got != nil {
		t.Errorf("of memory: %q", got)
	}
}

// TestHostileListings reads what servers say that they have: bombs are errors, or arrays of which nothing is fetched that was not asked for.
func TestHostileListings(t *testing.T) {
	var text string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/info/" {
			http.NotFound(w, r)
			return
		}
		_, _ = io.WriteString(w, text)
	}))
	defer server.Close()
	const many = 1 << 22 // more than are listed; each takes 2 bytes here, and hundreds as an array
	for _, arrays := range []string{`[` + strings.Repeat(`{},`, many) + `{}]`, `[` + strings.Repeat(`1,`, many) + `1]`, `{}`, `1`, `[{"shape":"x"}]`} {
		text = `{"memoryview":1,"arrays":` + arrays + `}`
		if _, err := remote.Open(t.Context(), server.URL); !errors.Is(err, remote.ErrMetadata) {
			t.Errorf("%.20s: %v", arrays, err)
		}
	}
	text = `{"memoryview":1,"arrays":[{"name":"a","format":"b","itemsize":1,"shape":[2],"dimensions":["x","y"],"chunks":[1]}]}`
	if store := open(t, server.URL); len(store.Skipped()) != 1 || !errors.Is(store.Skipped()[0].Err, remote.ErrMetadata) {
		t.Errorf("two names for one dimension: %v", store.Skipped())
	}
	text = `{"memoryview":1,"arrays":[{"name":"nothing","format":"0s","itemsize":0,"shape":[1073741824],"chunks":[1]}]}`
	nothing, err := export.Strided(nil, 0, buffer.Layout{Format: "0s", Shape: []int{1 << 30}, Strides: []int{0}}, false)
	if err != nil {
		t.Fatal(err)
	}
	a := array(t, open(t, server.URL), "nothing")
	if err := a.FetchInto(t.Context(), nothing, ""); err != nil {
		t.Errorf("items without bytes: %v", err)
	}
	if v, err := a.Fetch(t.Context(), "::-1"); err != nil || v.NBytes() != 0 {
		t.Errorf("items without bytes: %v, %v", v, err)
	}
}

// sharded is a store of one shard of two chunks of 4 bytes, in version 3, the index at the end and without a checksum.
const sharded = `{"zarr_format":3,"node_type":"array","shape":[8],"data_type":"uint8","chunk_grid":{"name":"regular","configuration":{"chunk_shape":[8]}},
"chunk_key_encoding":{"name":"default"},"fill_value":0,"codecs":[{"name":"sharding_indexed","configuration":{"chunk_shape":[4],"codecs":["bytes"],"index_codecs":["bytes"]}}]}`

const shard = "abcdefgh" + "\x00\x00\x00\x00\x00\x00\x00\x00\x04\x00\x00\x00\x00\x00\x00\x00" + "\x04\x00\x00\x00\x00\x00\x00\x00\x04\x00\x00\x00\x00\x00\x00\x00"

// TestRangesThatLie asks for parts of a shard: what is answered must be just those.
func TestRangesThatLie(t *testing.T) {
	lie := ""
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == "/zarr.json":
			_, _ = io.WriteString(w, sharded)
		case r.URL.Path != "/c/0":
			http.NotFound(w, r)
		case lie == "all":
			_, _ = io.WriteString(w, shard)
		case lie != "":
			w.Header().Set("Content-Range", lie)
			w.WriteHeader(206)
			_, _ = io.WriteString(w, shard[8:])
		default:
			http.ServeContent(w, r, "", time.Time{}, strings.NewReader(shard))
		}
	}))
	defer server.Close()
	v, err := array(t, open(t, server.URL), "").Fetch(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	if got, _ := v.ToBytes(buffer.C); string(got) != "abcdefgh" {
		t.Errorf("%q", got)
	}
	for _, lie = range []string{"all", "bytes 0-31/40", "bytes 8-38/39", "bytes 8-39/41", "bytes */40", "bytes 39-8/40", "items 8-39/40", "bytes 8-39", "bytes -8-23/24"} {
		if _, err := array(t, open(t, server.URL), "").Fetch(t.Context(), ""); !errors.Is(err, remote.ErrServer) {
			t.Errorf("%s: %v", lie, err)
		}
	}
}

func TestCancel(t *testing.T) {
	tree, err := remote.Handler(remote.View("a", strings.Repeat("x", 1000), remote.Chunks(10)))
	if err != nil {
		t.Fatal(err)
	}
	defer tree.Close()
	ctx, cancel := context.WithCancel(t.Context())
	f := &flaky{Handler: tree, asked: map[string]int{}, bad: func(_ http.ResponseWriter, r *http.Request, try int) bool {
		if r.URL.Path != "/zarr/v3/a/c/7" || try > 1 {
			return false
		}
		cancel()
		<-r.Context().Done() // it is cut off
		return true
	}}
	server := httptest.NewServer(f)
	defer server.Close()
	store := open(t, server.URL)
	if _, err := array(t, store, "a").Fetch(ctx, ""); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	if _, err := array(t, store, "a").Fetch(t.Context(), ""); err != nil {
		t.Errorf("after one that was canceled: %v", err)
	}
}

// TestCacheAndProgress counts requests: each chunk is asked for once as long as the cache holds it, by however many at once.
func TestCacheAndProgress(t *testing.T) {
	tree, err := remote.Handler(remote.View("a", strings.Repeat("x", 100_000), remote.Chunks(10_000)))
	if err != nil {
		t.Fatal(err)
	}
	defer tree.Close()
	var chunks atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.URL.Path, "/c/") {
			chunks.Add(1)
		}
		tree.ServeHTTP(w, r)
	}))
	defer server.Close()
	fetch := func(a *remote.Array, selection string, want int32) {
		t.Helper()
		chunks.Store(0)
		var done sync.WaitGroup
		for range 4 {
			done.Go(func() {
				if _, err := a.Fetch(t.Context(), selection); err != nil {
					t.Error(err)
				}
			})
		}
		done.Wait()
		if n := chunks.Load(); n != want {
			t.Errorf("%s: %d requests, want %d", selection, n, want)
		}
	}
	a := array(t, open(t, server.URL), "")
	fetch(a, "15000:25000", 2)
	fetch(a, "::-1", 8)
	fetch(a, "", 0)
	small := array(t, open(t, server.URL, remote.Cache(31_000), remote.Parallel(1)), "")
	fetch(small, "0:30000", 3)
	fetch(small, "0:30000", 0)
	fetch(small, "30000:40000", 1)
	fetch(small, "10000:30000", 0) // the first is gone
	var steps []string
	a = array(t, open(t, server.URL, remote.Progress(func(done, total int64) { steps = append(steps, fmt.Sprint(done, "/", total)) })), "")
	if _, err := a.Fetch(t.Context(), "5000:35000"); err != nil || strings.Join(steps, " ") != "1/4 2/4 3/4 4/4" {
		t.Errorf("%v, %v", steps, err)
	}
	if _, err := array(t, open(t, server.URL, remote.MaxBytes(99_999)), "").Fetch(t.Context(), ""); !errors.Is(err, buffer.ErrLayout) {
		t.Errorf("more than MaxBytes: %v", err)
	}
}

// TestCacheOfNothing keeps nothing, also of chunks that were never stored: one that is stored meanwhile is seen.
func TestCacheOfNothing(t *testing.T) {
	root := t.TempDir()
	put := func(name, text string) {
		if err := os.WriteFile(filepath.Join(root, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	put(".zarray", `{"zarr_format":2,"shape":[2],"chunks":[2],"dtype":"|u1","compressor":null,"fill_value":7,"order":"C","filters":null}`)
	a := array(t, open(t, root, remote.Cache(0)), "")
	for _, want := range []string{"\x07\x07", "ab"} {
		v, err := a.Fetch(t.Context(), "")
		if err != nil {
			t.Fatal(err)
		}
		if got, err := v.ToBytes(buffer.C); string(got) != want || err != nil {
			t.Errorf("%q, want %q, %v", got, want, err)
		}
		put("0", "ab")
	}
}

// TestFolders reads a store on disk, and nothing outside it.
func TestFolders(t *testing.T) {
	outside, root := t.TempDir(), t.TempDir()
	put := func(path, text string) {
		t.Helper()
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	put(filepath.Join(root, "zarr.json"), `{"zarr_format":3,"node_type":"group"}`)
	put(filepath.Join(root, "deep", "zarr.json"), `{"zarr_format":3,"node_type":"group"}`)
	put(filepath.Join(root, "deep", "shards", "zarr.json"), sharded)
	put(filepath.Join(root, "deep", "shards", "c", "0"), shard)
	put(filepath.Join(root, "other", "readme"), "no array")
	put(filepath.Join(outside, "c", "0"), shard)
	store := open(t, root)
	if all := store.Arrays(); len(all) != 1 || all[0].Name() != "deep/shards" || len(store.Skipped()) != 0 {
		t.Fatalf("%v, %v", all, store.Skipped())
	}
	v, err := store.Arrays()[0].Fetch(t.Context(), "2:6")
	if err != nil {
		t.Fatal(err)
	}
	if got, _ := v.ToBytes(buffer.C); string(got) != "cdef" {
		t.Errorf("%q", got)
	}
	put(filepath.Join(root, "out", "zarr.json"), sharded)
	if err := os.Symlink(filepath.Join(outside, "c"), filepath.Join(root, "out", "c")); err != nil {
		t.Skip("platform without links:", err)
	}
	if _, err := array(t, open(t, root), "out").Fetch(t.Context(), ""); err == nil {
		t.Error("a link out of the store was followed")
	}
	for _, name := range []string{"../" + filepath.Base(outside), "deep", "nothing", "."} {
		if _, err := store.Array(t.Context(), name); !errors.Is(err, remote.ErrName) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := remote.Open(t.Context(), outside); !errors.Is(err, remote.ErrName) {
		t.Errorf("a folder without a store: %v", err)
	}
	if _, err := remote.Open(t.Context(), "127.0.0.1:8000"); !errors.Is(err, os.ErrNotExist) || !strings.Contains(err.Error(), "begins with http://") {
		t.Errorf("an address without http://: %v", err)
	}
}
