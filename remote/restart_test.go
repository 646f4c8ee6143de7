package remote_test

import (
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"path"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-memoryview/memoryview/remote"
	"github.com/go-memoryview/memoryview/remote/internal/zarr"
)

// restarting is a server that is stopped in the middle of an answer, and started anew at the same address, with a handler of its own each time.
type restarting struct {
	t       testing.TB
	opts    []remote.Option
	address string

	lock     sync.Mutex
	server   *http.Server
	tree     *remote.Tree
	left     int           // requests for chunks until it is stopped; 0 for never
	down     time.Duration // how long nobody answers then
	chunks   int           // requests for them
	restarts int
}

// newRestarting starts one, which ends with the test.
func newRestarting(t testing.TB, opts ...remote.Option) *restarting {
	t.Helper()
	s := &restarting{t: t, opts: opts, address: "127.0.0.1:0"}
	s.start()
	t.Cleanup(func() {
		s.lock.Lock()
		defer s.lock.Unlock()
		s.stop()
	})
	return s
}

func (s *restarting) url() string { return "http://" + s.address }

// start, like stop, wants the lock once there are clients.
func (s *restarting) start() {
	tree, err := remote.Handler(s.opts...)
	if err != nil {
		s.t.Fatal(err)
	}
	listener, err := net.Listen("tcp", s.address)
	for tries := 0; err != nil && tries < 100; tries++ { // a client's end of some connection may have the port for a while
		time.Sleep(100 * time.Millisecond)
		listener, err = net.Listen("tcp", s.address)
	}
	if err != nil {
		s.t.Errorf("starting it anew: %v", err)
		return
	}
	s.address, s.tree = listener.Addr().String(), tree
	s.server = &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.serve(tree, w, r) })}
	go func(server *http.Server) { _ = server.Serve(listener) }(s.server)
}

func (s *restarting) stop() {
	_ = s.server.Close()
	if err := s.tree.Close(); err != nil {
		s.t.Errorf("closing the handler: %v", err)
	}
}

// restartAfter has the server stopped when so many chunks were asked for, for that long.
func (s *restarting) restartAfter(chunks int, down time.Duration) {
	s.lock.Lock()
	defer s.lock.Unlock()
	s.left, s.down = chunks, down
}

// counts returns how many chunks were asked for, and how often the server was started anew.
func (s *restarting) counts() (chunks, restarts int) {
	s.lock.Lock()
	defer s.lock.Unlock()
	return s.chunks, s.restarts
}

func (s *restarting) serve(tree *remote.Tree, w http.ResponseWriter, r *http.Request) {
	if isChunk(r) && s.count() {
		half(tree, w, r)
		go s.restart()
		<-r.Context().Done() // until the connection is closed, as all are
		panic(http.ErrAbortHandler)
	}
	tree.ServeHTTP(w, r)
}

func isChunk(r *http.Request) bool {
	return strings.HasPrefix(r.URL.Path, "/zarr/") && r.Method != http.MethodHead && !zarr.IsMetadata(path.Base(r.URL.Path))
}

// count tells whether a request for a chunk is the one to stop at.
func (s *restarting) count() bool {
	s.lock.Lock()
	defer s.lock.Unlock()
	s.chunks++
	if s.left == 0 {
		return false
	}
	s.left--
	return s.left == 0
}

// half gives an answer's head and half of its body.
func half(tree *remote.Tree, w http.ResponseWriter, r *http.Request) {
	whole := httptest.NewRecorder()
	tree.ServeHTTP(whole, r)
	for name, values := range whole.Header() {
		w.Header()[name] = values
	}
	w.Header().Set("Content-Length", fmt.Sprint(whole.Body.Len()))
	w.WriteHeader(whole.Code)
	_, _ = w.Write(whole.Body.Bytes()[:whole.Body.Len()/2])
	_ = http.NewResponseController(w).Flush()
}

func (s *restarting) restart() {
	s.lock.Lock()
	defer s.lock.Unlock()
	s.stop()
	time.Sleep(s.down)
	s.start()
	s.restarts++
}
