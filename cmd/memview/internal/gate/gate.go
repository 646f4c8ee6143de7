package gate

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net/http"
	"runtime/debug"
	"time"
)

// Options are what differs from one server to another. Every limit of 0 has the value that [New] gives it.
type Options struct {
	Host     string            // the name or address to which the server was bound, without a port
	Port     string            // makes the cookie's name: cookies do not know ports
	Title    string            // begins the cookie's name
	Name     string            // the host in links, where it is another than Host
	TLS      *tls.Certificate  // what the server shows; nil for a server without TLS
	Token    string            // lets programs at the data; "" for none
	Anybody  bool              // lets programs at the data without it
	Knocked  func(link string) // is told a new link, when somebody without one asks for it
	Failed   func(err error)   // is told of panics in a handler
	MaxQuery int               // bytes of a request's path and query (default: 8 KiB)
	AtOnce   int               // private requests that are answered at the same time (default: 16)
	Waiting  time.Duration     // for which one more waits before it is refused (default: 10 s)
	Time     time.Duration     // after which the context of a private request ends (default: 60 s)
}

// Gate is an http.Handler. Handlers are put behind it before it serves.
type Gate struct {
	Options
	mux  http.ServeMux
	keys keys
	busy chan struct{}
}

// New makes a gate with nothing behind it.
func New(o Options) *Gate {
	o.MaxQuery = orDefault(o.MaxQuery, 8<<10)
	o.AtOnce = orDefault(o.AtOnce, 16)
	o.Waiting = orDefault(o.Waiting, 10*time.Second)
	o.Time = orDefault(o.Time, time.Minute)
	g := &Gate{Options: o, busy: make(chan struct{}, o.AtOnce)}
	g.keys.renew()
	g.mux.HandleFunc("GET "+enter, g.enter)
	return g
}

func orDefault[T int | time.Duration](n, whenZero T) T {
	if n == 0 {
		return whenZero
	}
	return n
}

// Public serves what holds no secret, such as the page without its data.
func (g *Gate) Public(pattern string, h http.Handler) { g.mux.Handle(pattern, h) }

// Private serves those who opened the link.
func (g *Gate) Private(pattern string, h http.Handler) {
	g.mux.Handle(pattern, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !g.keys.isOpenTo(r, g.cookie()) {
			g.knock()
			refuse(w, http.StatusUnauthorized, "open the link that memview printed: it lets one browser in, once. A new one stands there now, if yours was used")
			return
		}
		g.limited(w, r, h)
	}))
}

// limited answers when fewer requests than the limit are being answered.
func (g *Gate) limited(w http.ResponseWriter, r *http.Request, h http.Handler) {
	patience := time.NewTimer(g.Waiting)
	defer patience.Stop()
	select {
	case g.busy <- struct{}{}:
		defer func() { <-g.busy }()
	case <-r.Context().Done():
		return
	case <-patience.C:
		w.Header().Set("Retry-After", "1")
		refuse(w, http.StatusServiceUnavailable, "%d requests are being answered: ask again", g.AtOnce)
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), g.Time)
	defer cancel()
	h.ServeHTTP(w, r.WithContext(ctx))
}

// ServeHTTP looks at what every request must be, and hands it on.
func (g *Gate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	begun := &beginning{ResponseWriter: w}
	w = begun
	defer g.recover(begun)
	harden(w.Header())
	switch size := len(r.URL.RequestURI()); {
	case !g.isOurs(r.Host):
		refuse(w, http.StatusMisdirectedRequest, "this server is not %q: use the address that memview printed", r.Host)
	case !g.sameOrigin(r):
		refuse(w, http.StatusForbidden, "another page asked: this server answers its own")
	case r.Method != http.MethodGet && r.Method != http.MethodHead:
		w.Header().Set("Allow", "GET, HEAD")
		refuse(w, http.StatusMethodNotAllowed, "%s: everything here is read only: GET and HEAD are answered", r.Method)
	case r.ContentLength != 0 || len(r.TransferEncoding) > 0:
		refuse(w, http.StatusRequestEntityTooLarge, "a body of %d bytes: requests have none here", r.ContentLength)
	case size > g.MaxQuery:
		refuse(w, http.StatusRequestURITooLong, "%d bytes of address: at most %d", size, g.MaxQuery)
	default:
		g.mux.ServeHTTP(w, r)
	}
}

// recover makes an answer of a panic, and lets the server live. One that ends the connection goes on, and one in the middle of an answer ends it,
// or what was sent would be taken for all there is.
func (g *Gate) recover(w *beginning) {
	cause := recover()
	if cause == nil {
		return
	}
	if err, ok := cause.(error); ok && errors.Is(err, http.ErrAbortHandler) {
		panic(cause) // the answer is cut short, and the client must see it
	}
	if g.Failed != nil {
		g.Failed(fmt.Errorf("a fault of memview's own: %v\n%s", cause, debug.Stack()))
	}
	if w.begun {
		panic(http.ErrAbortHandler)
	}
	refuse(w, http.StatusInternalServerError, "a fault of memview's own, which its terminal tells of")
}

// beginning knows whether something of an answer was sent.
type beginning struct {
	http.ResponseWriter
	begun bool
}

func (b *beginning) WriteHeader(status int) {
	b.begun = true
	b.ResponseWriter.WriteHeader(status)
}

func (b *beginning) Write(p []byte) (int, error) {
	b.begun = true
	return b.ResponseWriter.Write(p)
}

// Unwrap is called by http.ResponseController.
func (b *beginning) Unwrap() http.ResponseWriter { return b.ResponseWriter }

// harden sets what a browser shall refuse to do with every answer.
func harden(h http.Header) {
	h.Set("Content-Security-Policy", policy)
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=(), usb=()")
	h.Set("Cache-Control", "no-store")
}

// policy lets a page load what this server has, as files: no code and no style in the page, none made from text.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
