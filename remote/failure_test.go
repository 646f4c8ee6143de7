package remote_test

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-memoryview/memoryview"
	"github.com/go-memoryview/memoryview/buffer"
	"github.com/go-memoryview/memoryview/internal/closetest"
	"github.com/go-memoryview/memoryview/remote"
)

// failing is a server that does to some answers, at random, what networks, proxies and bad servers do.
type failing struct {
	http.Handler
	failures []failure

	lock   sync.Mutex
	rate   float64 // of answers that are spoilt
	random *rand.Rand
	done   map[string]int // how often each failure was
}

func (f *failing) setRate(rate float64) {
	f.lock.Lock()
	defer f.lock.Unlock()
	f.rate = rate
}

func (f *failing) String() string {
	f.lock.Lock()
	defer f.lock.Unlock()
	return fmt.Sprint(f.done)
}

// failure is a way to spoil an answer: by a change to what is asked for, or to what is answered.
type failure struct {
	name   string
	ask    func(r *http.Request)
	answer func(w http.ResponseWriter, r *http.Request, whole *httptest.ResponseRecorder)
}

func (f *failing) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.lock.Lock()
	spoil, which := f.random.Float64() < f.rate, f.failures[f.random.IntN(len(f.failures))]
	if spoil {
		f.done[which.name]++
	}
	f.lock.Unlock()
	if !spoil {
		f.Handler.ServeHTTP(w, r)
		return
	}
	if which.ask != nil {
		which.ask(r)
		f.Handler.ServeHTTP(w, r)
		return
	}
	whole := httptest.NewRecorder()
	f.Handler.ServeHTTP(whole, r)
	which.answer(w, r, whole)
}

// head sends an answer's head, and says that so many bytes come; or does not say.
func head(w http.ResponseWriter, whole *httptest.ResponseRecorder, length int) {
	for name, values := range whole.Header() {
		w.Header()[name] = values
	}
	w.Header().Del("Content-Length")
	if length >= 0 {
		w.Header().Set("Content-Length", fmt.Sprint(length))
	}
	w.WriteHeader(whole.Code)
}

// send sends some of a body, and has it leave.
func send(w http.ResponseWriter, data []byte) {
	_, _ = w.Write(data)
	_ = http.NewResponseController(w).Flush()
}

// raw answers with bytes that need not be HTTP, and closes the connection.
func raw(w http.ResponseWriter, text string) {
	if conn, buffered, err := http.NewResponseController(w).Hijack(); err == nil {
		_, _ = buffered.WriteString(text)
		_ = buffered.Flush()
		_ = conn.Close()
	}
}

// passing are failures that a later try may not meet: whoever tries again comes through.
var passing = []failure{
	{name: "hangs up", answer: func(http.ResponseWriter, *http.Request, *httptest.ResponseRecorder) { panic(http.ErrAbortHandler) }},
	{name: "is busy", answer: func(w http.ResponseWriter, _ *http.Request, _ *httptest.ResponseRecorder) {
		w.Header().Set("Retry-After", "0")
		http.Error(w, "later", http.StatusServiceUnavailable)
	}},
	{name: "is asked too often", answer: func(w http.ResponseWriter, _ *http.Request, _ *httptest.ResponseRecorder) {
		w.Header().Set("Retry-After", "Thu, 01 Jan 1970 00:00:00 GMT")
		http.Error(w, "later", http.StatusTooManyRequests)
	}},
	{name: "fails", answer: func(w http.ResponseWriter, _ *http.Request, _ *httptest.ResponseRecorder) {
		http.Error(w, "trouble", http.StatusInternalServerError)
	}},
	{name: "hangs up in the middle", answer: func(w http.ResponseWriter, _ *http.Request, whole *httptest.ResponseRecorder) {
		head(w, whole, whole.Body.Len())
		send(w, whole.Body.Bytes()[:whole.Body.Len()/2])
		panic(http.ErrAbortHandler)
	}},
	{name: "hangs up in the middle of pieces", answer: func(w http.ResponseWriter, _ *http.Request, whole *httptest.ResponseRecorder) {
		head(w, whole, -1)
		send(w, whole.Body.Bytes()[:whole.Body.Len()/2])
		panic(http.ErrAbortHandler)
	}},
	{name: "does not answer", answer: func(_ http.ResponseWriter, r *http.Request, _ *httptest.ResponseRecorder) { <-r.Context().Done() }},
	{name: "stalls", answer: func(w http.ResponseWriter, r *http.Request, whole *httptest.ResponseRecorder) {
		head(w, whole, whole.Body.Len())
		send(w, whole.Body.Bytes()[:whole.Body.Len()/2])
		<-r.Context().Done()
	}},
	{name: "drips", answer: func(w http.ResponseWriter, _ *http.Request, whole *httptest.ResponseRecorder) {
		head(w, whole, whole.Body.Len())
		for part := range slices.Chunk(whole.Body.Bytes(), whole.Body.Len()/5+1) {
			send(w, part)
			time.Sleep(time.Millisecond)
		}
	}},
	{name: "does not say how much", answer: func(w http.ResponseWriter, _ *http.Request, whole *httptest.ResponseRecorder) {
		head(w, whole, -1)
		send(w, whole.Body.Bytes())
	}},
}

// lying are answers that are wrong, and do not look so to package http.
var lying = []failure{
	{name: "ends too soon", answer: func(w http.ResponseWriter, _ *http.Request, whole *httptest.ResponseRecorder) {
		head(w, whole, -1)
		send(w, whole.Body.Bytes()[:whole.Body.Len()/2])
	}},
	{name: "says less", answer: func(w http.ResponseWriter, _ *http.Request, whole *httptest.ResponseRecorder) {
		n := max(whole.Body.Len()-1, 0)
		head(w, whole, n)
		send(w, whole.Body.Bytes()[:n])
	}},
	{name: "sends more", answer: func(w http.ResponseWriter, _ *http.Request, whole *httptest.ResponseRecorder) {
		head(w, whole, -1)
		send(w, append(whole.Body.Bytes(), "more"...))
	}},
	{name: "sends nothing", answer: func(w http.ResponseWriter, _ *http.Request, whole *httptest.ResponseRecorder) { head(w, whole, 0) }},
	{name: "sends another range", ask: shifted(1, 1)},
	{name: "sends a shorter range", ask: shifted(0, -1)},
	{name: "sends a longer range", ask: shifted(0, 1)},
	{name: "sends the start again", ask: shifted(-1<<20, 0)},
	{name: "sends no range", answer: func(w http.ResponseWriter, _ *http.Request, whole *httptest.ResponseRecorder) {
		whole.Header().Del("Content-Range")
		head(w, whole, whole.Body.Len())
		send(w, whole.Body.Bytes())
	}},
	{name: "sends all", answer: func(w http.ResponseWriter, _ *http.Request, whole *httptest.ResponseRecorder) {
		whole.Header().Del("Content-Range")
		whole.Code = http.StatusOK
		head(w, whole, -1)
		send(w, append([]byte("before it: "), whole.Body.Bytes()...))
	}},
	{name: "sends a part", answer: func(w http.ResponseWriter, _ *http.Request, whole *httptest.ResponseRecorder) {
		whole.Code = http.StatusPartialContent
		head(w, whole, whole.Body.Len()/3)
		send(w, whole.Body.Bytes()[:whole.Body.Len()/3])
	}},
	{name: "says that it packed", answer: func(w http.ResponseWriter, _ *http.Request, whole *httptest.ResponseRecorder) {
		whole.Header().Set("Content-Encoding", "gzip")
		head(w, whole, whole.Body.Len())
		send(w, whole.Body.Bytes())
	}},
	{name: "sends us away", answer: func(w http.ResponseWriter, r *http.Request, _ *httptest.ResponseRecorder) {
		http.Redirect(w, r, "http://127.0.0.2:1/", http.StatusFound)
	}},
	{name: "sends us round", answer: func(w http.ResponseWriter, r *http.Request, _ *httptest.ResponseRecorder) {
		http.Redirect(w, r, r.URL.Path, http.StatusFound)
	}},
	{name: "is gone", answer: func(w http.ResponseWriter, _ *http.Request, _ *httptest.ResponseRecorder) {
		http.Error(w, "gone", http.StatusGone)
	}},
	{name: "speaks otherwise", answer: func(w http.ResponseWriter, _ *http.Request, _ *httptest.ResponseRecorder) { raw(w, "220 ready\r\n") }},
	{name: "sends half a head", answer: func(w http.ResponseWriter, _ *http.Request, _ *httptest.ResponseRecorder) {
		raw(w, "HTTP/1.1 200 OK\r\nContent-Len")
	}},
}

// shifted asks for a range that starts and ends elsewhere, which the answer says; of an end alone, for more or less of it.
func shifted(start, end int) func(*http.Request) {
	return func(r *http.Request) {
		var from, to int
		text := r.Header.Get("Range")
		if n, _ := fmt.Sscanf(text, "bytes=%d-%d", &from, &to); n == 2 {
			r.Header.Set("Range", fmt.Sprintf("bytes=%d-%d", max(from+start, 0), max(to+end, 0)))
		} else if n == 1 { // its number is negative
			r.Header.Set("Range", fmt.Sprintf("bytes=%d", from-8*(end-start)))
		}
	}
}

// shards is a store of version 3 of one array of bytes, in shards whose chunks are read by ranges.
func shards(data []byte) http.Handler {
	const inShard, inChunk = 1000, 50
	n := len(data)
	files := map[string]string{"/zarr.json": fmt.Sprintf(`{"zarr_format":3,"node_type":"array","shape":[%d],"data_type":"uint8",
"chunk_grid":{"name":"regular","configuration":{"chunk_shape":[%d]}},"chunk_key_encoding":{"name":"default"},"fill_value":0,
"codecs":[{"name":"sharding_indexed","configuration":{"chunk_shape":[%d],"codecs":["bytes"],"index_codecs":["bytes","crc32c"]}}]}`, n, inShard, inChunk)}
	for i, shard := range slices.Collect(slices.Chunk(data, inShard)) {
		var index []byte
		for at := 0; at < inShard; at += inChunk {
			index = binary.LittleEndian.AppendUint64(index, uint64(at))
			index = binary.LittleEndian.AppendUint64(index, inChunk)
		}
		index = binary.LittleEndian.AppendUint32(index, crc32.Checksum(index, crc32.MakeTable(crc32.Castagnoli)))
		files[fmt.Sprintf("/c/%d", i)] = string(shard) + string(index)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if text, there := files[r.URL.Path]; there {
			http.ServeContent(w, r, "", time.Time{}, strings.NewReader(text))
		} else {
			http.NotFound(w, r)
		}
	})
}

// TestFailuresAtRandom fetches from servers that fail and lie: what comes is what is stored, or an error; and where later tries may do better, it comes.
func TestFailuresAtRandom(t *testing.T) {
	seed := uint64(1)
	if closetest.Soaking() {
		seed = rand.Uint64()
	}
	t.Logf("seed %d", seed)
	const n = 8000
	memory := scattered(t, 4, n, buffer.Layout{ItemSize: 2, Format: ">H", Shape: []int{100, 40}})
	tree, err := remote.Handler(remote.View("deep/a", memory, remote.Chunks(30, 7)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = tree.Close() }) // when all that run beside each other are done
	plane, err := memoryview.FromObject(memory)
	if err != nil {
		t.Fatal(err)
	}
	line, err := memoryview.FromObject([]byte(packed(t, memory, buffer.C)))
	if err != nil {
		t.Fatal(err)
	}
	stored := shards([]byte(packed(t, memory, buffer.C)))
	for number, test := range []struct {
		name     string
		handler  http.Handler
		door     string
		want     *memoryview.View
		failures []failure
		rate     float64 // of answers that are spoilt, at most
	}{
		{"listed", tree, "", plane, passing, 0.5},
		{"version 2", tree, "/zarr/v2", plane, passing, 0.5},
		{"version 3", tree, "/zarr/v3/deep/a", plane, passing, 0.5},
		{"shards", stored, "", line, passing, 0.2},
		{"listed, lying", tree, "", plane, slices.Concat(passing, lying), 0.1},
		{"version 2, lying", tree, "/zarr/v2/deep", plane, slices.Concat(passing, lying), 0.1},
		{"version 3, lying", tree, "/zarr/v3", plane, slices.Concat(passing, lying), 0.1},
		{"shards, lying", stored, "", line, slices.Concat(passing, lying), 0.03}, // hundreds have to be right for one fetch
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			random := rand.New(rand.NewPCG(seed, uint64(number)))
			f := &failing{Handler: test.handler, failures: test.failures, random: rand.New(rand.NewPCG(seed, uint64(number)+100)), done: map[string]int{}}
			server := httptest.NewServer(f)
			defer server.Close()
			patient := len(test.failures) == len(passing)
			right, wrong := 0, map[string]bool{}
			for range 40 * closetest.Rounds(1) {
				f.setRate(random.Float64() * test.rate)
				got, want, err := fetchSome(t, server.URL+test.door, test.want, random)
				switch {
				case err != nil && patient:
					t.Fatalf("seed %d: %v", seed, err)
				case err != nil:
					wrong[err.Error()] = true
				default:
					right++
					if equal, err := got.Equal(want); err != nil || !equal {
						t.Fatalf("seed %d: %v, want %v: %v\nafter %v", seed, got, want, err, f)
					}
				}
			}
			t.Logf("%d fetches came, %d failed, by %v", right, len(wrong), f)
			if right == 0 || !patient && len(wrong) == 0 {
				t.Error("then it proves nothing")
			}
		})
	}
}

// fetchSome opens a store, and fetches some part of its only array.
func fetchSome(t *testing.T, address string, from *memoryview.View, random *rand.Rand) (got, want *memoryview.View, err error) {
	opts := []remote.OpenOption{remote.Retries(40, 10*time.Microsecond), remote.Stalled(200 * time.Millisecond), remote.Parallel(1 + random.IntN(8))}
	if random.IntN(2) == 0 {
		opts = append(opts, remote.Cache(0))
	}
	store, err := remote.Open(t.Context(), address, opts...)
	if err != nil {
		return nil, nil, err
	}
	a, err := store.Array(t.Context(), "")
	if err != nil {
		return nil, nil, err
	}
	var parts []string
	for _, extent := range from.Shape() {
		start := random.IntN(extent)
		parts = append(parts, fmt.Sprintf("%d:%d:%d", start, start+random.IntN(extent), 1+random.IntN(3)))
	}
	want, err = from.Select(strings.Join(parts, ", "))
	if err != nil {
		t.Error(err)
		return nil, nil, io.ErrUnexpectedEOF
	}
	got, err = a.Fetch(t.Context(), strings.Join(parts, ", "))
	return got, want, err
}

// TestFetchesWhileRestarted has a server stopped in the middle of answers, and started anew with other tags, while a store that was opened before is read.
func TestFetchesWhileRestarted(t *testing.T) {
	seed := uint64(1)
	if closetest.Soaking() {
		seed = rand.Uint64()
	}
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	memory := scattered(t, 5, 8000, buffer.Layout{ItemSize: 2, Format: "<H", Shape: []int{100, 40}})
	server := newRestarting(t, remote.View("a", memory, remote.Chunks(10, 10)))
	store := open(t, server.url(), remote.Retries(100, time.Millisecond), remote.Cache(0))
	for range 5 * closetest.Rounds(1) {
		server.restartAfter(1+random.IntN(39), time.Duration(random.IntN(50))*time.Millisecond)
		v, err := array(t, store, "a").Fetch(t.Context(), "")
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		if equal, err := v.Equal(memory); !equal || err != nil {
			t.Fatalf("seed %d: other items: %v", seed, err)
		}
	}
	if _, restarts := server.counts(); restarts != 5*closetest.Rounds(1) {
		t.Errorf("%d restarts", restarts)
	}
}

// TestArrayThatIsGone has a server started anew without an array, of which a store that was opened before still knows: its chunks are no zeros.
func TestArrayThatIsGone(t *testing.T) {
	memory := scattered(t, 6, 800, buffer.Layout{ItemSize: 2, Format: "<H", Shape: []int{10, 40}})
	var now atomic.Pointer[remote.Tree]
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { now.Load().ServeHTTP(w, r) }))
	defer server.Close()
	start := func(name string) {
		tree, err := remote.Handler(remote.View(name, memory, remote.Chunks(5, 10)))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = tree.Close() })
		now.Store(tree)
	}
	start("a")
	store := open(t, server.URL)
	start("another")
	if v, err := array(t, store, "a").Fetch(t.Context(), ""); !errors.Is(err, remote.ErrServer) {
		t.Errorf("%v: %v", v, err)
	}
	start("a")
	v, err := array(t, store, "a").Fetch(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	if equal, err := v.Equal(memory); !equal || err != nil {
		t.Errorf("other items: %v", err)
	}
}
