package main

import (
	"bytes"
	"encoding/json"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/go-memoryview/memoryview/cmd/memview/internal/gate"
)

// served is what a command serves, with what it prints.
func served(t *testing.T, c *serveCommand) (*gate.Gate, *bytes.Buffer) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	files, err := openShelf(c.Files, c.rawFlags)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(files.Close)
	var text bytes.Buffer
	c.Addr = listener.Addr().String()
	return c.gate(plainOutput(&text), listener, files), &text
}

// get asks as a browser that is in.
func get(t *testing.T, g *gate.Gate, target string, cookies []*http.Cookie) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	u, err := url.Parse(target)
	if err != nil {
		t.Fatal(err)
	}
	r.URL, r.Host = u, "localhost"
	for _, c := range cookies {
		r.AddCookie(c)
	}
	w := httptest.NewRecorder()
	g.ServeHTTP(w, r)
	return w
}

func enterPage(t *testing.T, g *gate.Gate) []*http.Cookie {
	t.Helper()
	link, err := url.Parse(g.Link())
	if err != nil {
		t.Fatal(err)
	}
	return get(t, g, link.RequestURI(), nil).Result().Cookies()
}

// Paths lead to the page's own files and to questions, and to nothing else, however they are written.
func TestServedPaths(t *testing.T) {
	g, _ := served(t, &serveCommand{Files: []string{"testdata/photo.npy"}})
	cookies := enterPage(t, g)
	for target, kind := range map[string]string{"/": "text/html; charset=utf-8", "/main.js": "text/javascript; charset=utf-8", "/style.css": "text/css; charset=utf-8", "/icon.svg": "image/svg+xml", "/api/files": "application/json"} {
		if got := get(t, g, target, cookies); got.Code != http.StatusOK || got.Header().Get("Content-Type") != kind {
			t.Errorf("%s: %d, %s", target, got.Code, got.Header().Get("Content-Type"))
		}
	}
	for _, target := range []string{
		"/testdata/photo.npy", "/photo.npy", "/../main.go", "/..%2fmain.go", "/%2e%2e/%2e%2e/main.go", "/web/index.html", "/./../page.go", "//etc/passwd", "/etc/passwd", "/api", "/api/",
		"/api/../main.go", "/api/file?file=/etc/passwd", "/main.js/", "/.", "/index.html/..", "/a%00b", `/..\main.go`,
	} {
		got := get(t, g, target, cookies)
		if got.Code == http.StatusOK || strings.Contains(got.Body.String(), "package ") || strings.Contains(got.Body.String(), "root:") {
			t.Errorf("%s: %d %.100s", target, got.Code, got.Body)
		}
	}
	if got := get(t, g, "/api/files", nil); got.Code != http.StatusUnauthorized {
		t.Errorf("without the cookie: %d", got.Code)
	}
}

// Files are named by their place, so that a question cannot name another.
func TestServedFiles(t *testing.T) {
	g, _ := served(t, &serveCommand{Files: []string{"testdata/photo.npy"}})
	cookies := enterPage(t, g)
	for _, target := range []string{"/api/array?file=1", "/api/array?file=testdata/events.npy", "/api/array?file=0&array=testdata/events.npy", "/api/array?file=0&array=../main.go"} {
		if got := get(t, g, target, cookies); got.Code != http.StatusBadRequest && got.Code != http.StatusNotFound {
			t.Errorf("%s: %d %s", target, got.Code, got.Body)
		}
	}
}

// The link is printed once for each browser, as a line or as JSON.
func TestServeSays(t *testing.T) {
	for _, asJSON := range []bool{false, true} {
		c := &serveCommand{JSON: asJSON}
		g, text := served(t, c)
		link := g.Link()
		if err := c.say(plainOutput(text), link); err != nil {
			t.Fatal(err)
		}
		first := text.String()
		enterPage(t, g)
		text.Reset()
		get(t, g, "/api/files", nil)
		if second := text.String(); second == first || !strings.Contains(second, "/enter?token=") || strings.Contains(second, link) {
			t.Errorf("%q, and then %q", first, second)
		}
		if asJSON {
			var said struct{ URL, Address string }
			if err := json.Unmarshal([]byte(first), &said); err != nil || said.URL != link || !strings.HasPrefix(link, said.Address+"/enter?") {
				t.Errorf("%v: %s", err, first)
			}
		} else if !strings.HasPrefix(first, link+"\n") {
			t.Errorf("%q", first)
		}
	}
}

func TestServeFails(t *testing.T) {
	for _, test := range []struct {
		args    []string
		code    int
		message string
	}{
		{[]string{"serve", "nosuch.npy"}, exitFailed, "nosuch.npy: file does not exist"},
		{[]string{"serve", "testdata/photo.npy", "nosuch.npy"}, exitFailed, "nosuch.npy"},
		{[]string{"serve", "--addr", "nowhere"}, exitFailed, "HOST:PORT"},
		{[]string{"serve", "--addr", "127.0.0.1:99999"}, exitFailed, "--addr=127.0.0.1:99999"},
		{[]string{"serve", "--shape", "2"}, exitUsage, "--format"},
	} {
		if got := memview(test.args...); got.code != test.code || !strings.Contains(got.stderr, test.message) || got.out != "" {
			t.Errorf("%q: %d %s%s", test.args, got.code, got.out, got.stderr)
		}
	}
}
