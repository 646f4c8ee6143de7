package gate

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

const host = "127.0.0.1:8000"

// secret is what the tests' private handler answers.
const secret = "secret"

func newGate(o Options) *Gate {
	o.Title, o.Host, o.Port = "memview", "127.0.0.1", "8000"
	g := New(o)
	g.Public("/", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte("page")) }))
	g.Private("/api/", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte(secret)) }))
	return g
}

// request is one of a browser at the page, which may be changed.
func request(target string, change ...func(*http.Request)) *http.Request {
	r := httptest.NewRequest(http.MethodGet, target, nil)
	r.Host = host
	for _, f := range change {
		f(r)
	}
	return r
}

func answer(g *Gate, r *http.Request) *http.Response {
	w := httptest.NewRecorder()
	g.ServeHTTP(w, r)
	return w.Result()
}

// enterWith follows a link, as far as to the cookie.
func enterWith(t *testing.T, g *Gate, link string) *http.Cookie {
	t.Helper()
	to, err := url.Parse(link)
	if err != nil {
		t.Fatal(err)
	}
	response := answer(g, request(to.RequestURI()))
	if response.StatusCode != http.StatusSeeOther || response.Header.Get("Location") != "/" {
		t.Fatalf("%d to %q", response.StatusCode, response.Header.Get("Location"))
	}
	if len(response.Cookies()) == 0 {
		return nil
	}
	return response.Cookies()[0]
}

func with(c *http.Cookie) func(*http.Request) {
	return func(r *http.Request) { r.AddCookie(c) }
}

// A token is good for one cookie, which scripts and other sites do not get, and whose name says the port. The address
// behind it has no token.
func TestTokenIsExchangedOnce(t *testing.T) {
	var knocked []string
	g := newGate(Options{Knocked: func(link string) { knocked = append(knocked, link) }})
	link := g.Link()
	cookie := enterWith(t, g, link)
	if cookie == nil || !cookie.HttpOnly || cookie.SameSite != http.SameSiteStrictMode || cookie.Path != "/" || cookie.Domain != "" || cookie.Name != "memview-8000" {
		t.Fatalf("%+v", cookie)
	}
	if strings.Contains(link, cookie.Value) {
		t.Error("the cookie is the token")
	}
	if got := answer(g, request("/api/", with(cookie))); got.StatusCode != http.StatusOK {
		t.Errorf("the cookie opens nothing: %d", got.StatusCode)
	}
	if g.Link() != "" {
		t.Error("a link is still there when it was used")
	}
	if again := enterWith(t, g, link); again != nil {
		t.Errorf("the token gives a second cookie: %v", again)
	}
	if len(knocked) != 1 || knocked[0] == link {
		t.Fatalf("who comes too late makes a new link for the terminal: %q", knocked)
	}
	answer(g, request("/api/"))
	if len(knocked) != 1 {
		t.Errorf("one link is out at a time: %q", knocked)
	}
	second := enterWith(t, g, knocked[0])
	if second == nil || second.Value == cookie.Value {
		t.Errorf("the new link gives %v", second)
	}
	for _, c := range []*http.Cookie{cookie, second} {
		if got := answer(g, request("/api/", with(c))); got.StatusCode != http.StatusOK {
			t.Errorf("with a second browser, one of them is out: %d", got.StatusCode)
		}
	}
}

// A browser that is in uses up no link, and is led on.
func TestEnterAgain(t *testing.T) {
	g := newGate(Options{})
	cookie := enterWith(t, g, g.Link())
	g.knock()
	link := g.Link()
	if got := answer(g, request("/enter?token=wrong", with(cookie))); got.StatusCode != http.StatusSeeOther || g.Link() != link {
		t.Errorf("%d, %q", got.StatusCode, g.Link())
	}
	if got := answer(g, request(link[strings.Index(link, "/enter"):], func(r *http.Request) { r.Method = http.MethodHead })); len(got.Cookies()) > 0 || g.Link() != link {
		t.Error("what only looks at a link uses it up")
	}
}

// Browsers are counted, so that nobody fills the memory.
func TestCookiesAreBounded(t *testing.T) {
	g := newGate(Options{})
	for range mostCookies {
		if enterWith(t, g, g.Link()) == nil {
			t.Fatal("a link lets nobody in")
		}
		g.knock()
	}
	if enterWith(t, g, g.Link()) != nil {
		t.Error("there is no bound")
	}
}

func TestPrivate(t *testing.T) {
	g := newGate(Options{})
	for name, change := range map[string]func(*http.Request){
		"without a cookie": func(*http.Request) {},
		"a wrong one":      with(&http.Cookie{Name: "memview-8000", Value: "x"}),
		"an empty one":     with(&http.Cookie{Name: "memview-8000", Value: ""}),
		"the token itself": with(&http.Cookie{Name: "memview-8000", Value: strings.TrimPrefix(g.Link(), "http://"+host+"/enter?token=")}),
		"in the address":   func(r *http.Request) { r.URL.RawQuery = strings.TrimPrefix(g.Link(), "http://"+host+"/enter?") },
	} {
		got := answer(g, request("/api/", change))
		if got.StatusCode != http.StatusUnauthorized {
			t.Errorf("%s: %d", name, got.StatusCode)
		}
		if body := read(t, got); strings.Contains(body, secret) || !strings.Contains(body, "link") || !json.Valid([]byte(body)) {
			t.Errorf("%s: %s", name, body)
		}
	}
	if got := answer(g, request("/")); got.StatusCode != http.StatusOK {
		t.Errorf("the page itself holds no secret, and is %d", got.StatusCode)
	}
}

func read(t *testing.T, r *http.Response) string {
	t.Helper()
	var text strings.Builder
	if err := r.Write(&text); err != nil {
		t.Fatal(err)
	}
	_, body, _ := strings.Cut(text.String(), "\r\n\r\n")
	return body
}

// A name that is made to point here is not ours, whatever else a request has.
func TestHosts(t *testing.T) {
	for _, test := range []struct {
		bound, host string
		ours        bool
	}{
		{"127.0.0.1", "127.0.0.1:8000", true},
		{"127.0.0.1", "localhost:8000", true},
		{"127.0.0.1", "LOCALHOST", true},
		{"127.0.0.1", "[::1]:8000", true},
		{"127.0.0.1", "[::1]", true},
		{"127.0.0.1", "127.0.0.1:9000", true}, // through a tunnel
		{"127.0.0.1", "evil.example:8000", false},
		{"127.0.0.1", "localhost.evil.example", false},
		{"127.0.0.1", "127.0.0.1.evil.example", false},
		{"127.0.0.1", "evil.localhost", false},
		{"127.0.0.1", "192.168.0.7:8000", false},
		{"127.0.0.1", "0.0.0.0:8000", false},
		{"127.0.0.1", "", false},
		{"127.0.0.1", "2130706433", false},
		{"127.0.0.1", "0x7f.1", false},
		{"localhost", "192.168.0.7", false},
		{"0.0.0.0", "192.168.0.7:8000", true},
		{"0.0.0.0", "evil.example", false},
		{"", "192.168.0.7", true},
		{"", "evil.example", false},
		{"box.example", "BOX.example:8000", true},
		{"box.example", "evil.example", false},
	} {
		if got := isOurs(test.host, test.bound); got != test.ours {
			t.Errorf("bound to %q, %q is ours: %v", test.bound, test.host, got)
		}
	}
	g := newGate(Options{})
	cookie := enterWith(t, g, g.Link())
	got := answer(g, request("/api/", with(cookie), func(r *http.Request) { r.Host = "evil.example:8000" }))
	if got.StatusCode != http.StatusMisdirectedRequest || strings.Contains(read(t, got), secret) {
		t.Errorf("%d", got.StatusCode)
	}
}

// FuzzHost offers any Host header to a server on the loopback address: those taken are localhost or a loopback address, as
// others read it.
func FuzzHost(f *testing.F) {
	for _, host := range []string{"127.0.0.1:1", "[::1]:1", "localhost", "evil.example", "[::1", "::1", "127.1", "[127.0.0.1]"} {
		f.Add(host)
	}
	f.Fuzz(func(t *testing.T, host string) {
		if !isOurs(host, "127.0.0.1") {
			return
		}
		u, err := url.Parse("http://" + host)
		if err != nil {
			return // no browser sends it
		}
		address, err := netip.ParseAddr(u.Hostname())
		if !strings.EqualFold(u.Hostname(), "localhost") && (err != nil || !address.IsLoopback()) {
			t.Errorf("%q is ours, and is %q for a browser", host, u.Hostname())
		}
	})
}

func header(pairs ...string) func(*http.Request) {
	return func(r *http.Request) {
		for i := 0; i < len(pairs); i += 2 {
			r.Header.Add(pairs[i], pairs[i+1])
		}
	}
}

// What another page asks is refused, with a cookie too; a link to the page may stand anywhere.
func TestOrigins(t *testing.T) {
	g := newGate(Options{})
	cookie := enterWith(t, g, g.Link())
	for _, test := range []struct {
		path   string
		header []string
		status int
	}{
		{"/api/", nil, 200},
		{"/api/", []string{"Sec-Fetch-Site", "same-origin", "Origin", "http://" + host}, 200},
		{"/api/", []string{"Sec-Fetch-Site", "none"}, 200},
		{"/api/", []string{"Origin", "http://" + host}, 200},
		{"/api/", []string{"Origin", "https://" + host}, 403},
		{"/api/", []string{"Origin", "http://127.0.0.1:9999"}, 403},
		{"/api/", []string{"Origin", "http://evil.example"}, 403},
		{"/api/", []string{"Origin", "null"}, 403},
		{"/api/", []string{"Origin", ""}, 403},
		{"/api/", []string{"Origin", "http://" + host, "Origin", "http://evil.example"}, 403},
		{"/api/", []string{"Sec-Fetch-Site", "cross-site"}, 403},
		{"/api/", []string{"Sec-Fetch-Site", "same-site"}, 403}, // another port of this machine
		{"/api/", []string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "document"}, 403},
		{"/", []string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "document"}, 200},
		{"/", []string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "iframe"}, 403},
		{"/", []string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "no-cors", "Sec-Fetch-Dest", "image"}, 403},
		{"/main.js", []string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "no-cors", "Sec-Fetch-Dest", "script"}, 403},
	} {
		if got := answer(g, request(test.path, with(cookie), header(test.header...))); got.StatusCode != test.status {
			t.Errorf("%s with %q: %d, want %d", test.path, test.header, got.StatusCode, test.status)
		}
	}
}

// Nothing is written, and nothing long is read.
func TestRequestsThatAreRefused(t *testing.T) {
	g := newGate(Options{})
	cookie := enterWith(t, g, g.Link())
	for _, method := range []string{"POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "BREW"} {
		got := answer(g, request("/api/", with(cookie), func(r *http.Request) { r.Method = method }))
		if got.StatusCode != http.StatusMethodNotAllowed || got.Header.Get("Allow") != "GET, HEAD" {
			t.Errorf("%s: %d", method, got.StatusCode)
		}
	}
	for name, change := range map[string]func(*http.Request){
		"a body":             func(r *http.Request) { r.ContentLength = 1 },
		"one without an end": func(r *http.Request) { r.ContentLength, r.TransferEncoding = -1, []string{"chunked"} },
	} {
		if got := answer(g, request("/api/", with(cookie), change)); got.StatusCode != http.StatusRequestEntityTooLarge {
			t.Errorf("%s: %d", name, got.StatusCode)
		}
	}
	for size, status := range map[int]int{8 << 10: http.StatusOK, 8<<10 + 1: http.StatusRequestURITooLong} {
		target := "/api/?x="
		target += strings.Repeat("a", size-len(target))
		if got := answer(g, request(target, with(cookie))); got.StatusCode != status {
			t.Errorf("an address of %d bytes: %d", size, got.StatusCode)
		}
	}
}

// Every answer tells the browser what to refuse, also one that is an error.
func TestHeadersOfAnswers(t *testing.T) {
	g := newGate(Options{})
	g.Public("/fault", http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("fault") }))
	for _, r := range []*http.Request{
		request("/"), request("/api/"), request("/enter?token=x"), request("/", func(r *http.Request) { r.Host = "evil.example" }),
		request("/", header("Origin", "null")), request("/", func(r *http.Request) { r.Method = "POST" }), request("/fault"),
	} {
		got := answer(g, r)
		for name, want := range map[string]string{
			"Referrer-Policy": "no-referrer", "X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Cache-Control": "no-store",
			"Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin",
		} {
			if have := got.Header.Get(name); have != want {
				t.Errorf("%s, %d: %s is %q", r.URL, got.StatusCode, name, have)
			}
		}
		policy := got.Header.Get("Content-Security-Policy")
		if !strings.HasPrefix(policy, "default-src 'none';") || strings.Contains(policy, "unsafe") || strings.Contains(policy, "*") || strings.Contains(policy, "http") || strings.Contains(policy, "data:") {
			t.Errorf("%s, %d: the policy is %q", r.URL, got.StatusCode, policy)
		}
	}
}

func TestPanicIsAnAnswer(t *testing.T) {
	var failed error
	g := newGate(Options{Failed: func(err error) { failed = err }})
	g.Public("/fault", http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("inside") }))
	got := answer(g, request("/fault?private=1"))
	if body := read(t, got); got.StatusCode != http.StatusInternalServerError || strings.Contains(body, "inside") {
		t.Errorf("%d %s", got.StatusCode, body)
	}
	if failed == nil || !strings.Contains(failed.Error(), "inside") || strings.Contains(failed.Error(), "private=1") {
		t.Errorf("the terminal is told %v", failed)
	}
}

// A panic in the middle of an answer cuts it short, and what was sent is not taken for all of it.
func TestPanicInTheMiddleOfAnAnswer(t *testing.T) {
	for _, length := range []string{"", "10000"} {
		var failed atomic.Int32
		g := newGate(Options{Failed: func(error) { failed.Add(1) }})
		g.Public("/broken", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			if length != "" {
				w.Header().Set("Content-Length", length)
			}
			w.Write(make([]byte, 9000))
			panic("broken")
		}))
		address, _ := serving(t, g)
		got, err := http.Get("http://" + address + "/broken")
		if err != nil {
			t.Fatal(err)
		}
		defer got.Body.Close()
		if text, err := io.ReadAll(got.Body); err == nil || len(text) > 9000 || failed.Load() != 1 {
			t.Errorf("length %q: %d bytes, %v, %d failures", length, len(text), err, failed.Load())
		}
	}
}

// As many are answered at once as may be; the others wait, and are refused when that takes too long.
func TestAtOnce(t *testing.T) {
	g := newGate(Options{AtOnce: 2, Waiting: time.Millisecond})
	cookie := enterWith(t, g, g.Link())
	inside, leave := make(chan bool), make(chan bool)
	g.Private("/slow", http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		inside <- true
		<-leave
	}))
	var all sync.WaitGroup
	for range 2 {
		all.Go(func() { answer(g, request("/slow", with(cookie))) })
		<-inside
	}
	got := answer(g, request("/api/", with(cookie)))
	if got.StatusCode != http.StatusServiceUnavailable || got.Header.Get("Retry-After") == "" {
		t.Errorf("%d", got.StatusCode)
	}
	if page := answer(g, request("/")); page.StatusCode != http.StatusOK {
		t.Errorf("the page: %d", page.StatusCode)
	}
	close(leave)
	all.Wait()
	if got := answer(g, request("/api/", with(cookie))); got.StatusCode != http.StatusOK {
		t.Errorf("and when they are done: %d", got.StatusCode)
	}
}

func TestTimeOfARequestEnds(t *testing.T) {
	g := newGate(Options{Time: time.Millisecond})
	cookie := enterWith(t, g, g.Link())
	var cause error
	g.Private("/slow", http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		<-r.Context().Done()
		cause = r.Context().Err()
	}))
	answer(g, request("/slow", with(cookie)))
	if !errors.Is(cause, context.DeadlineExceeded) {
		t.Error(cause)
	}
}

// serving runs a gate on a port of its own. end ends it, and returns what Serve does.
func serving(t *testing.T, g *Gate) (address string, end func() error) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- g.Serve(ctx, listener) }()
	end = sync.OnceValue(func() error {
		cancel()
		return <-ended
	})
	t.Cleanup(func() { end() })
	return listener.Addr().String(), end
}

func TestLongHeaders(t *testing.T) {
	address, _ := serving(t, newGate(Options{}))
	for size, status := range map[int]int{8 << 10: http.StatusOK, 64 << 10: http.StatusRequestHeaderFieldsTooLarge} {
		r, err := http.NewRequest(http.MethodGet, "http://"+address+"/", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("X-Long", strings.Repeat("a", size))
		got, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		got.Body.Close()
		if got.StatusCode != status {
			t.Errorf("%d bytes of headers: %d", size, got.StatusCode)
		}
	}
}

// Nothing is answered before the gate looked at it, whatever package http has answers for.
func TestRequestsOfTheServer(t *testing.T) {
	address, _ := serving(t, newGate(Options{}))
	for target, want := range map[string]string{
		"OPTIONS * HTTP/1.1\r\nHost: evil.example": "HTTP/1.1 421", "OPTIONS * HTTP/1.1\r\nHost: localhost": "HTTP/1.1 405", "CONNECT localhost:80 HTTP/1.1\r\nHost: localhost:80": "HTTP/1.1 405",
		"GET http://evil.example/ HTTP/1.1\r\nHost: localhost": "HTTP/1.1 421", "GET / HTTP/1.0": "HTTP/1.0 421",
	} {
		connection, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		defer connection.Close()
		if _, err := io.WriteString(connection, target+"\r\n\r\n"); err != nil {
			t.Fatal(err)
		}
		got := make([]byte, len(want))
		if _, err := io.ReadFull(connection, got); err != nil || string(got) != want {
			t.Errorf("%q: %q, want %q, %v", target, got, want, err)
		}
	}
}

// Every wait for a client ends some time.
func TestServerHasTimeouts(t *testing.T) {
	s := newGate(Options{}).server()
	for name, d := range map[string]time.Duration{"headers": s.ReadHeaderTimeout, "request": s.ReadTimeout, "answer": s.WriteTimeout, "idle": s.IdleTimeout} {
		if d <= 0 || d > 5*time.Minute {
			t.Errorf("%s: %v", name, d)
		}
	}
}

func TestConnectionsAreBounded(t *testing.T) {
	inner, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer inner.Close()
	l := &limitedListener{Listener: inner, slots: make(chan struct{}, 2)}
	accepted := make(chan net.Conn)
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			accepted <- conn
		}
	}()
	for range 3 {
		conn, err := net.Dial("tcp", inner.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
	}
	first, second := <-accepted, <-accepted
	select {
	case <-accepted:
		t.Error("a third connection is let in")
	case <-time.After(20 * time.Millisecond):
	}
	first.Close()
	first.Close() // gives its place back once
	third := <-accepted
	second.Close()
	third.Close()
	if len(l.slots) > 1 { // the loop holds one while it waits
		t.Errorf("%d places are taken", len(l.slots))
	}
}

// The end of the server ends what is being answered, and waits for it.
func TestServeEnds(t *testing.T) {
	g := newGate(Options{})
	inside, ended := make(chan bool), false
	g.Public("/slow", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		inside <- true
		<-r.Context().Done()
		ended = true
	}))
	address, end := serving(t, g)
	client := make(chan error, 1)
	go func() {
		response, err := http.Get("http://" + address + "/slow")
		if err == nil {
			response.Body.Close()
		}
		client <- err
	}()
	<-inside
	if err := end(); err != nil || !ended {
		t.Errorf("%v; the request was ended: %v", err, ended)
	}
	<-client
	if _, err := net.Dial("tcp", address); err == nil {
		t.Error("somebody still listens")
	}
}

// The printed address is one that a browser can open.
func TestAddress(t *testing.T) {
	for bound, want := range map[string]string{
		"127.0.0.1": "http://127.0.0.1:80", "::1": "http://[::1]:80", "": "http://localhost:80", "0.0.0.0": "http://localhost:80", "::": "http://localhost:80", "box": "http://box:80",
	} {
		if got := New(Options{Host: bound, Port: "80"}).Address(); got != want {
			t.Errorf("%q: %s", bound, got)
		}
	}
	if got := New(Options{Host: "0.0.0.0", Port: "80", Name: "box.example", TLS: &tls.Certificate{}}).Address(); got != "https://box.example:80" {
		t.Error(got)
	}
}
