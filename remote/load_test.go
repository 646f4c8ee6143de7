package remote_test

import (
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-memoryview/memoryview/buffer"
	"github.com/go-memoryview/memoryview/export"
	"github.com/go-memoryview/memoryview/internal/closetest"
	"github.com/go-memoryview/memoryview/remote"
)

// scattered is a read-only exporter of n random bytes in a layout: no part of them looks like another.
func scattered(t testing.TB, seed uint64, n int, l buffer.Layout) buffer.Exporter {
	t.Helper()
	mem := make([]byte, n)
	_, _ = rand.NewChaCha8([32]byte{byte(seed)}).Read(mem)
	exporter, err := export.Strided(mem, 0, l, true)
	if err != nil {
		t.Fatal(err)
	}
	return exporter
}

// TestManyRangesAtOnce asks for 1,000 ranges at once, of memory that lies as it is sent and of memory that is packed: none is lost or mixed.
func TestManyRangesAtOnce(t *testing.T) {
	const size, requests = 4 << 20, 1000
	straight := scattered(t, 1, size, buffer.Layout{ItemSize: 1, Format: "B", Shape: []int{size}})
	gaps := scattered(t, 2, size, buffer.Layout{ItemSize: 1, Format: "B", Shape: []int{size / 2}, Strides: []int{2}})
	url, _ := serve(t, remote.View("straight", straight), remote.View("gaps", gaps), remote.Concurrent(64))
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 100}}
	defer client.CloseIdleConnections()
	names, contents := []string{"straight", "gaps"}, []string{packed(t, straight, buffer.C), packed(t, gaps, buffer.C)}
	for round := range closetest.Rounds(1) {
		var done sync.WaitGroup
		for i := range requests {
			done.Go(func() {
				random := rand.New(rand.NewPCG(uint64(round), uint64(i)))
				if status, err := askRange(client, url+"/bytes/"+names[i%2], contents[i%2], random); err != nil {
					t.Errorf("status %d: %v", status, err)
				}
			})
		}
		done.Wait()
	}
}

// askRange asks for some range of the content at an address, and compares what comes.
func askRange(client *http.Client, url, content string, random *rand.Rand) (status int, err error) {
	from := random.IntN(len(content) - 1)
	to := min(from+random.IntN(40_000), len(content)-1)
	r, err := http.NewRequest("GET", url, nil)
	if err != nil {
		return 0, err
	}
	r.Header.Set("Range", fmt.Sprintf("bytes=%d-%d", from, to))
	response, err := client.Do(r)
	if err != nil {
		return 0, err
	}
	defer response.Body.Close()
	got, err := io.ReadAll(response.Body)
	switch want := fmt.Sprintf("bytes %d-%d/%d", from, to, len(content)); {
	case err != nil:
	case response.StatusCode != http.StatusPartialContent:
		err = fmt.Errorf("%s", response.Status)
	case response.Header.Get("Content-Range") != want:
		err = fmt.Errorf("the range %s, want %s", response.Header.Get("Content-Range"), want)
	case string(got) != content[from:to+1]:
		err = fmt.Errorf("%d other bytes for %s", len(got), want)
	}
	return response.StatusCode, err
}

// TestClientsOfEverySort has clients at once that read, fast or slowly, that read nothing, and that hang up in the middle: who reads gets what was
// asked for, and in the end all slots are free.
func TestClientsOfEverySort(t *testing.T) {
	const size, slots = 32 << 20, 8
	seed := uint64(1)
	if closetest.Soaking() {
		seed = rand.Uint64()
	}
	t.Logf("seed %d", seed)
	memory := scattered(t, 3, size, buffer.Layout{ItemSize: 1, Format: "B", Shape: []int{size / 2}, Strides: []int{2}})
	content := packed(t, memory, buffer.C)
	tree, err := remote.Handler(remote.View("a", memory), remote.View("w", make([]byte, 100), remote.Writable()), remote.Concurrent(slots), remote.Timeout(2*time.Second))
	if err != nil {
		t.Fatal(err)
	}
	defer tree.Close()
	server := httptest.NewServer(tree)
	defer server.Close()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 100}}
	defer client.CloseIdleConnections()
	for round := range closetest.Rounds(1) {
		var done, stalled sync.WaitGroup
		over := make(chan struct{})
		for i := range 100 {
			random := rand.New(rand.NewPCG(seed, uint64(round)<<32|uint64(i)))
			switch kind := random.IntN(20); {
			case kind == 0:
				stalled.Go(func() { hangUp(t, server, 0, over) })
			case kind < 5:
				done.Go(func() { hangUp(t, server, random.Int64N(1<<20), nil) })
			case kind < 7:
				done.Go(func() { readSlowly(t, client, server.URL+"/bytes/a", content, random) })
			default:
				done.Go(func() { readPatiently(t, client, server.URL+"/bytes/a", content, random) })
			}
		}
		done.Wait()
		close(over)
		stalled.Wait()
	}
	allFree(t, tree, slots)
}

// hangUp asks for everything, reads so many bytes, and closes the connection, if there is something to wait for then.
func hangUp(t *testing.T, server *httptest.Server, n int64, then <-chan struct{}) {
	conn, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		t.Error(err)
		return
	}
	defer conn.Close()
	_, _ = fmt.Fprintf(conn, "GET /bytes/a HTTP/1.1\r\nHost: x\r\n\r\n")
	_, _ = io.CopyN(io.Discard, conn, n)
	if then != nil {
		<-then
	}
}

// tries bounds how often a client comes again, each time after the handler's time to wait.
const tries = 20

// readPatiently asks for a range, and comes again where it is told to.
func readPatiently(t *testing.T, client *http.Client, url, content string, random *rand.Rand) {
	var err error
	for range tries {
		var status int
		if status, err = askRange(client, url, content, random); status != http.StatusServiceUnavailable {
			break
		}
	}
	if err != nil {
		t.Error(err)
	}
}

// readSlowly takes 600 KiB, more than one piece, in small parts and with pauses.
func readSlowly(t *testing.T, client *http.Client, url, content string, random *rand.Rand) {
	const n = 600 << 10
	from := random.IntN(len(content) - n)
	for range tries {
		r, err := http.NewRequest("GET", url, nil)
		if err != nil {
			t.Error(err)
			return
		}
		r.Header.Set("Range", fmt.Sprintf("bytes=%d-%d", from, from+n-1))
		response, err := client.Do(r)
		if err != nil {
			t.Error(err)
			return
		}
		var got []byte
		for part := make([]byte, 20<<10); err == nil; time.Sleep(time.Millisecond) {
			var m int
			m, err = response.Body.Read(part)
			got = append(got, part[:m]...)
		}
		response.Body.Close()
		if response.StatusCode == http.StatusServiceUnavailable {
			continue
		}
		if err != io.EOF || string(got) != content[from:from+n] {
			t.Errorf("read slowly: status %d, %d bytes: %v", response.StatusCode, len(got), err)
		}
		return
	}
	t.Error("read slowly: there is never a slot")
}

// allFree has as many requests inside at once as there are slots.
func allFree(t *testing.T, tree *remote.Tree, slots int) {
	var done sync.WaitGroup
	var bodies []*io.PipeWriter
	for i := range slots {
		body, sending := io.Pipe()
		bodies = append(bodies, sending)
		started, refused := make(chan struct{}), make(chan int, 1)
		done.Go(func() {
			r := httptest.NewRequest("PUT", "/zarr/v3/w/c/0", io.MultiReader(&announcing{c: started}, body))
			r.ContentLength = -1
			w := httptest.NewRecorder()
			tree.ServeHTTP(w, r)
			refused <- w.Code
		})
		select {
		case <-started:
		case status := <-refused:
			t.Fatalf("status %d for request %d of %d at once: a slot is lost", status, i+1, slots)
		}
	}
	for _, sending := range bodies {
		_, _ = io.Copy(sending, strings.NewReader(strings.Repeat("x", 100)))
		sending.Close()
	}
	done.Wait()
}

// TestStalledClients has clients that ask for much and read nothing: others are served meanwhile, and the stalled ones are cut off, so that their
// slots are free again.
func TestStalledClients(t *testing.T) {
	big := make([]byte, 32<<20)
	tree, err := remote.Handler(remote.View("big", big), remote.View("small", "hello"), remote.Concurrent(3), remote.Timeout(time.Second))
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(tree)
	ended := make(chan net.Conn, 100)
	server.Config.ConnState = func(conn net.Conn, state http.ConnState) {
		if state == http.StateClosed {
			ended <- conn
		}
	}
	server.Start()
	defer server.Close()
	var stalled []net.Conn
	for range 2 {
		conn, err := net.Dial("tcp", server.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		fmt.Fprintf(conn, "GET /bytes/big HTTP/1.1\r\nHost: x\r\n\r\n")
		stalled = append(stalled, conn)
	}
	for range 20 {
		if status, _, got := ask(t, "GET", server.URL+"/bytes/small", ""); status != 200 || got != "hello" {
			t.Fatalf("beside stalled clients: status %d, %q", status, got)
		}
	}
	for range stalled {
		<-ended
	}
	for _, conn := range stalled { // what was on its way comes, and then the end
		if n, _ := io.Copy(io.Discard, conn); n >= int64(len(big)) {
			t.Error("a client that stalled was sent everything")
		}
	}
	if err := tree.Close(); err != nil {
		t.Error(err)
	}
}

// pieces is a connection that notes how many bytes it was given at a time.
type pieces struct {
	httptest.ResponseRecorder
	sizes []int
}

func (p *pieces) Write(data []byte) (int, error) {
	p.sizes = append(p.sizes, len(data))
	return p.ResponseRecorder.Write(data)
}

// TestPieces sends to a client that is quick beside its timeout, and to one that cannot be.
func TestPieces(t *testing.T) {
	const size = 12<<20 + 1
	x := numbered(t, size, buffer.Layout{ItemSize: 1, Format: "B", Shape: []int{size}})
	const k = 256 << 10
	for timeout, want := range map[time.Duration][]int{
		time.Hour:       {k, 2 * k, 4 * k, 8 * k, 16 * k, 16 * k, k + 1},
		time.Nanosecond: append(slices.Repeat([]int{k}, 48), 1),
	} {
		tree, err := remote.Handler(remote.View("x", x), remote.Timeout(timeout))
		if err != nil {
			t.Fatal(err)
		}
		w := &pieces{ResponseRecorder: *httptest.NewRecorder()}
		tree.ServeHTTP(w, httptest.NewRequest("GET", "/bytes/x", nil))
		if !slices.Equal(w.sizes, want) || w.Body.String() != packed(t, x, buffer.C) {
			t.Errorf("with a timeout of %v: pieces %v, want %v", timeout, w.sizes, want)
		}
		if err := tree.Close(); err != nil {
			t.Error(err)
		}
	}
}

// TestTooManyAtOnce fills all slots with requests that do not end: the next waits, and is told to come again.
func TestTooManyAtOnce(t *testing.T) {
	tree, err := remote.Handler(remote.View("a", make([]byte, 100), remote.Writable()), remote.Concurrent(1), remote.Timeout(50*time.Millisecond))
	if err != nil {
		t.Fatal(err)
	}
	defer tree.Close()
	body, sending := io.Pipe()
	var done sync.WaitGroup
	started := make(chan struct{})
	done.Go(func() {
		r := httptest.NewRequest("PUT", "/zarr/v3/a/c/0", io.MultiReader(&announcing{c: started}, body))
		r.ContentLength = -1
		w := httptest.NewRecorder()
		tree.ServeHTTP(w, r)
		if w.Code != http.StatusNoContent {
			t.Errorf("the one inside: status %d", w.Code)
		}
	})
	<-started
	w := httptest.NewRecorder()
	tree.ServeHTTP(w, httptest.NewRequest("GET", "/bytes/a", nil))
	if w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") == "" {
		t.Errorf("status %d, %v", w.Code, w.Header())
	}
	_, _ = io.Copy(sending, strings.NewReader(strings.Repeat("x", 100)))
	sending.Close()
	done.Wait()
}

// announcing tells when it is read, and is empty.
type announcing struct{ c chan struct{} }

func (a *announcing) Read([]byte) (int, error) {
	close(a.c)
	return 0, io.EOF
}
