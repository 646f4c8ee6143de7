package remote

import (
	"errors"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/go-memoryview/memoryview/buffer"
)

// answer is a response whose status is held back until the first bytes of its body could be read, so that memory that is gone is an error
// with a status of its own. It sends from where the memory lies, and gives a client so much time for each piece.
type answer struct {
	http.ResponseWriter
	content *content
	timeout time.Duration
	piece   int // bytes that are sent at a time
	status  int // that is held back; 0 for none
	sent    bool
}

// largestPiece is what a client that is quick is sent at a time. Each time costs a call of the system and, where the client waits already, waking
// it: 64 MiB in pieces of 4 MiB take a quarter less time than in pieces of 256 KiB, and in larger ones no less.
const largestPiece = 4 << 20

// WriteHeader holds the status back.
func (a *answer) WriteHeader(status int) { a.status = status }

func (a *answer) begin() {
	if !a.sent && a.status != 0 {
		a.ResponseWriter.WriteHeader(a.status)
	}
	a.sent = true
}

// Write sends a piece, for which the client has its time anew. What has no deadlines, as in tests without a connection, does without.
func (a *answer) Write(p []byte) (int, error) {
	a.begin()
	start := time.Now()
	_ = http.NewResponseController(a.ResponseWriter).SetWriteDeadline(start.Add(a.timeout))
	n, err := a.ResponseWriter.Write(p)
	if len(p) == a.piece {
		a.adapt(time.Since(start))
	}
	return n, err
}

// adapt doubles the pieces of a client that took one in a small part of its time, so that it may become many times slower before it runs out of it.
func (a *answer) adapt(took time.Duration) {
	if took < a.timeout/64 {
		a.piece = min(2*a.piece, largestPiece)
	} else {
		a.piece = piece
	}
}

// ReadFrom is how http.ServeContent asks for part of the content to be copied: by a reader of the content with a limit.
func (a *answer) ReadFrom(r io.Reader) (int64, error) {
	limited, ok := r.(*io.LimitedReader)
	if !ok || limited.R != io.Reader(a.content) {
		return io.Copy(struct{ io.Writer }{a}, r)
	}
	sent, err := a.content.send(limited.N, a)
	limited.N -= sent
	return sent, err
}

// serve answers with the content, or the ranges of it that the request asks for, under its conditions.
func (t *Tree) serve(w http.ResponseWriter, r *http.Request, c *content) {
	a := &answer{ResponseWriter: w, content: c, timeout: t.timeout, piece: piece}
	http.ServeContent(a, r, "", time.Time{}, c)
	err := c.failure()
	switch {
	case err == nil:
		a.begin()
		control := http.NewResponseController(w)
		_ = control.Flush() // while the client has a deadline, which the connection's next request must not inherit
		_ = control.SetWriteDeadline(time.Time{})
	case a.sent:
		t.report(r, err)
		panic(http.ErrAbortHandler) // the client sees that the body is cut short
	default:
		t.fail(w, r, err)
	}
}

// fail answers that something on our side went wrong. What it is stays here.
func (t *Tree) fail(w http.ResponseWriter, r *http.Request, err error) {
	t.report(r, err)
	for _, name := range []string{"Content-Length", "Content-Range", "Content-Encoding", "Accept-Ranges", "Etag"} {
		w.Header().Del(name)
	}
	switch {
	case errors.Is(err, buffer.ErrReleased):
		http.Error(w, "the array's memory was given back", http.StatusGone)
	case errors.Is(err, buffer.ErrReadOnly):
		http.Error(w, "the array is read-only", http.StatusForbidden)
	default:
		http.Error(w, "the array's memory could not be read", http.StatusInternalServerError)
	}
}

func (t *Tree) report(r *http.Request, err error) {
	if t.onError != nil {
		t.onError(r, err)
	}
}

// refuse answers that the request is at fault.
func refuse(w http.ResponseWriter, status int, why string) {
	w.Header().Del("Etag")
	http.Error(w, why, status)
}

// receive reads just n bytes of a request, and nothing of them is used where there are fewer or more.
func (t *Tree) receive(w http.ResponseWriter, r *http.Request, n int) (data []byte, status int, why string) {
	if r.ContentLength >= 0 && r.ContentLength != int64(n) {
		return nil, http.StatusBadRequest, "a chunk of this array has " + strconv.Itoa(n) + " bytes, without any codec"
	}
	control := http.NewResponseController(w)
	defer func() { _ = control.SetReadDeadline(time.Time{}) }()
	data = make([]byte, 0, min(n, piece))
	for {
		_ = control.SetReadDeadline(time.Now().Add(t.timeout))
		if len(data) == cap(data) { // it grows as bytes come, whatever was promised
			data = append(data, 0)[:len(data)]
		}
		m, err := r.Body.Read(data[len(data):cap(data)])
		data = data[:len(data)+m]
		switch {
		case len(data) > n:
			return nil, http.StatusRequestEntityTooLarge, "a chunk of this array has " + strconv.Itoa(n) + " bytes"
		case errors.Is(err, io.EOF) && len(data) == n:
			return data, 0, ""
		case err != nil:
			return nil, http.StatusBadRequest, "the chunk was cut short: nothing was written"
		}
	}
}
