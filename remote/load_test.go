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
	"github.com/go-memoryview/memoryview/remote"
)

// TestManyRangesAtOnce asks for 1,000 ranges at once, of memory that lies as it is sent and of memory that is packed: none is lost or mixed.
func TestManyRangesAtOnce(t *testing.T) {
	const size, requests = 4 << 20, 1000
	straight := numbered(t, size, buffer.Layout{ItemSize: 1, Format: "B", Shape: []int{size}})
	gaps := numbered(t, size, buffer.Layout{ItemSize: 1, Format: "B", Shape: []int{size / 2}, Strides: []int{2}})
	url, _ := serve(t, remote.View("straight", straight), remote.View("gaps", gaps), remote.Concurrent(64))
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 100}}
	defer client.CloseIdleConnections()
	contents := []string{packed(t, straight, buffer.C), packed(t, gaps, buffer.C)}
	var done sync.WaitGroup
	for i := range requests {
		name, want := []string{"straight", "gaps"}[i%2], contents[i%2]
		done.Go(func() {
			random := rand.New(rand.NewPCG(1, uint64(i)))
			from := random.IntN(len(want) - 1)
			to := min(from+random.IntN(40_000), len(want)-1)
			r, err := http.NewRequest("GET", url+"/bytes/"+name, nil)
			if err != nil {
				t.Error(err)
				return
			}
			r.Header.Set("Range", fmt.Sprintf("bytes=%d-%d", from, to))
			response, err := client.Do(r)
			if err != nil {
				t.Error(err)
				return
			}
			defer response.Body.Close()
			got, err := io.ReadAll(response.Body)
			if err != nil || response.StatusCode != 206 || string(got) != want[from:to+1] {
				t.Errorf("%s %d-%d: status %d, %d bytes: %v", name, from, to, response.StatusCode, len(got), err)
			}
		})
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
