package main

import (
	"bytes"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-memoryview/memoryview/arrayfile"
	"github.com/go-memoryview/memoryview/cmd/memview/internal/gate"
)

// served is what a command serves, with what it prints.
func served(t *testing.T, c *serveCommand) (*serving, *bytes.Buffer) {
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
	s, err := c.serving(plainOutput(&text), listener, files)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.faces.Close() })
	return s, &text
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
	s, _ := served(t, &serveCommand{Files: []string{"testdata/photo.npy"}})
	g := s.gate
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
	s, _ := served(t, &serveCommand{Files: []string{"testdata/photo.npy"}})
	g := s.gate
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
		s, text := served(t, c)
		g := s.gate
		link := g.Link()
		if err := s.say(link, true); err != nil {
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
		{[]string{"serve", "--addr", "0.0.0.0:0"}, exitFailed, "nothing would be encrypted: have a certificate made by --new-cert FILE"},
		{[]string{"serve", "--addr", ":0", "--no-token", "--new-cert", "nosuch/ca.pem"}, exitFailed, "--no-token: other machines reach :0"},
		{[]string{"serve", "--new-cert", "nosuch/ca.pem"}, exitFailed, "--new-cert: nosuch/ca.pem: no file can be made in its folder"},
		{[]string{"serve", "--cert", "x"}, exitUsage, "--cert and --key belong together"},
		{[]string{"serve", "--cert", "x", "--key", "y", "--new-cert", "z"}, exitUsage, "one certificate is shown"},
		{[]string{"serve", "--no-token", "--token-file", "x"}, exitUsage, "one or the other"},
		{[]string{"serve", "http://127.0.0.1:1"}, exitFailed, "files are served"},
	} {
		if got := memview(test.args...); got.code != test.code || !strings.Contains(got.stderr, test.message) || got.out != "" {
			t.Errorf("%q: %d %s%s", test.args, got.code, got.out, got.stderr)
		}
	}
}

// What programs read has the names of files without their folders, told apart by a number.
func TestNamesForPrograms(t *testing.T) {
	folder := t.TempDir()
	copied := func(from, to string) string {
		t.Helper()
		to = filepath.Join(folder, to)
		text, err := os.ReadFile(from)
		if err == nil {
			err = errors.Join(os.MkdirAll(filepath.Dir(to), 0o700), os.WriteFile(to, text, 0o600))
		}
		if err != nil {
			t.Fatal(err)
		}
		return to
	}
	const photo, events, many = "testdata/photo.npy", "testdata/events.npy", "../../arrayfile/testdata/many.npz"
	s, _ := served(t, &serveCommand{Files: []string{
		copied(photo, "a/x.npy"), copied(events, "b/x.npy"), copied(events, "x-2.npy"), copied(photo, "c/x.npy"), copied(photo, "plain"), copied(many, "many.npz"), copied(photo, "zarr.json"),
	}})
	var names []string
	for _, a := range s.faces.Arrays() {
		if !strings.HasPrefix(a.Name, "many.npz/") {
			names = append(names, fmt.Sprint(a.Name, a.Shape))
		}
	}
	if want := []string{"plain[64 96 3]", "x-2-2.npy[100]", "x-2.npy[100]", "x-3.npy[64 96 3]", "x.npy[64 96 3]"}; !slices.Equal(names, want) {
		t.Errorf("%q, want %q", names, want)
	}
	if len(s.faces.Arrays()) <= len(names) {
		t.Error("nothing of many.npz is served")
	}
	for target, status := range map[string]int{
		"/npy/x.npy": 200, "/bytes/x-2.npy": 200, "/info/": 200, "/zarr/v3/zarr.json": 200, "/zarr/v3/plain/zarr.json": 200, "/zarr/v2/many.npz/.zgroup": 200,
		"/npy/a/x.npy": 404, "/npy/b/x.npy": 404, "/npy/zarr.json": 404, "/bytes//etc/passwd": 307, "/npy" + folder + "/plain": 404, "/zarr/v3/../../main.go": 307, "/info/..%2f..%2fmain.go": 404, "/bytes/main.go": 404,
	} {
		r := httptest.NewRequest(http.MethodGet, "http://localhost"+target, nil)
		r.Header.Set("Authorization", "Bearer "+s.made)
		w := httptest.NewRecorder()
		s.gate.ServeHTTP(w, r)
		if w.Code != status || strings.Contains(w.Body.String(), "package ") || strings.Contains(w.Body.String(), "root:") {
			t.Errorf("%s: %d, want %d", target, w.Code, status)
		}
	}
}

// What programs get are the files' bytes.
func TestBytesForPrograms(t *testing.T) {
	s, _ := served(t, &serveCommand{Files: []string{"testdata/photo.npy"}, NoToken: true})
	want, err := os.ReadFile("testdata/photo.npy")
	if err != nil {
		t.Fatal(err)
	}
	if got := get(t, s.gate, "/npy/photo.npy", nil); got.Code != http.StatusOK || got.Body.String() != string(want) {
		t.Errorf("%d, %d bytes", got.Code, got.Body.Len())
	}
	if got := get(t, s.gate, "/api/files", nil); got.Code != http.StatusUnauthorized {
		t.Errorf("the page's questions want the link, whatever programs need: %d", got.Code)
	}
}

// listening is a listener that says it has an address.
type listening struct {
	net.Listener
	at net.TCPAddr
}

func (l listening) Addr() net.Addr { return &l.at }

// Beyond this machine there is a token, and TLS.
func TestAccess(t *testing.T) {
	own, everywhere := listening{at: net.TCPAddr{IP: net.IPv4(127, 0, 0, 7), Port: 80}}, listening{at: net.TCPAddr{IP: net.IPv6zero, Port: 80}}
	secret := filepath.Join(t.TempDir(), "token")
	short := filepath.Join(t.TempDir(), "token")
	authority := filepath.Join(t.TempDir(), "ca.pem")
	if err := errors.Join(os.WriteFile(secret, []byte("0123456789abcdef\n"), 0o600), os.WriteFile(short, []byte("x"), 0o600)); err != nil {
		t.Fatal(err)
	}
	t.Setenv(tokenVariable, "")
	for _, test := range []struct {
		at    listening
		c     serveCommand
		token string
		tls   bool
		err   string
	}{
		{own, serveCommand{}, "", false, ""},
		{own, serveCommand{NoToken: true}, "", false, ""},
		{own, serveCommand{TokenFile: secret}, "0123456789abcdef", false, ""},
		{own, serveCommand{NewCert: authority}, "", true, ""},
		{everywhere, serveCommand{NewCert: authority, TokenFile: secret}, "0123456789abcdef", true, ""},
		{everywhere, serveCommand{}, "", false, "ssh -L 80:127.0.0.1:80 HOST"},
		{everywhere, serveCommand{TokenFile: secret}, "", false, "--new-cert"},
		{everywhere, serveCommand{NewCert: authority, NoToken: true}, "", false, "--no-token"},
		{own, serveCommand{TokenFile: short}, "", false, "from 16 to 1024 characters"},
		{own, serveCommand{TokenFile: "nosuch"}, "", false, "no such file"},
		{own, serveCommand{NewCert: secret}, "", false, "holds something else"},
		{own, serveCommand{Cert: secret, Key: secret}, "", false, "--cert="},
	} {
		test.c.Addr = "127.0.0.1:0"
		o, err := test.c.access(test.at)
		switch {
		case test.err != "":
			if err == nil || !strings.Contains(err.Error(), test.err) {
				t.Errorf("%+v: %v", test.c, err)
			}
		case err != nil || o.Token != test.token || (o.TLS != nil) != test.tls || o.Anybody != test.c.NoToken:
			t.Errorf("%+v: %+v, %v", test.c, o, err)
		}
	}
	t.Setenv(tokenVariable, "fedcba9876543210")
	if o, err := new(serveCommand).access(own); err != nil || o.Token != "fedcba9876543210" {
		t.Errorf("%+v, %v", o, err)
	}
	for _, token := range []string{"0123456789abcde", "0123456789 abcdef", "0123456789abcdé\x01", strings.Repeat("x", longestToken+1)} {
		t.Setenv(tokenVariable, token)
		if _, err := new(serveCommand).access(own); err == nil || strings.Contains(err.Error(), token) {
			t.Errorf("%q: %v", token, err)
		}
	}
}

// A certificate that is made is good for where the server is, for a while, and what is written of it makes clients trust it and nothing else.
func TestNewCertificate(t *testing.T) {
	certificate, authority, err := newCertificate([]string{"127.0.0.1", "box.example", "::1"})
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(authority) || strings.Contains(string(authority), "PRIVATE") {
		t.Fatalf("%s", authority)
	}
	for name, trusted := range map[string]bool{"127.0.0.1": true, "box.example": true, "::1": true, "localhost": false, "127.0.0.2": false} {
		_, err := certificate.Leaf.Verify(x509.VerifyOptions{Roots: pool, DNSName: name})
		if (err == nil) != trusted {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := certificate.Leaf.Verify(x509.VerifyOptions{Roots: pool, CurrentTime: time.Now().Add(certificateLife + time.Hour)}); err == nil {
		t.Error("it is good for ever")
	}
}

// A file is written anew that was written before. What else it holds is left: a key behind a certificate, or somebody else's certificate.
func TestCertificatesOfOthersAreLeft(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "ca.pem")
	made := func() []byte {
		_, authority, err := newCertificate([]string{"localhost"})
		if err != nil {
			t.Fatal(err)
		}
		return authority
	}
	var last []byte
	for range 2 {
		last = made()
		if err := writeCertificate(path, last); err != nil {
			t.Fatal(err)
		}
		if got, err := os.ReadFile(path); err != nil || !bytes.Equal(got, last) {
			t.Errorf("%s, %v", got, err)
		}
	}
	_, leaf, err := sign(&x509.Certificate{Subject: pkix.Name{CommonName: "somebody"}}, &x509.Certificate{Subject: pkix.Name{CommonName: "somebody"}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string][]byte{
		"with a key":  append(slices.Clone(last), "-----BEGIN EC PRIVATE KEY-----\nAAAA\n-----END EC PRIVATE KEY-----\n"...),
		"two":         append(slices.Clone(last), last...),
		"somebody's":  pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: leaf.Raw}),
		"with a note": append([]byte("keep this\n"), last...),
		"empty":       {},
	} {
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := writeCertificate(path, last); !errors.Is(err, os.ErrExist) {
			t.Errorf("%s: %v", name, err)
		}
		if got, err := os.ReadFile(path); err != nil || !bytes.Equal(got, text) {
			t.Errorf("%s: is now %q, %v", name, got, err)
		}
	}
	if err := writeCertificate(folder, last); !errors.Is(err, os.ErrExist) {
		t.Errorf("a folder: %v", err)
	}
	if all, err := os.ReadDir(folder); err != nil || len(all) != 1 {
		t.Errorf("%v is left, %v", all, err)
	}
}

// The page says how programs name what is seen, where they see it.
func TestPageNamesDataForPrograms(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "odd.npz")
	one := []byte("x")
	if err := arrayfile.Save(path, []arrayfile.Named{{Name: "a", Value: one}, {Name: "__b", Value: one}}); err != nil {
		t.Fatal(err)
	}
	s, _ := served(t, &serveCommand{Files: []string{"testdata/photo.npy", path}})
	cookies := enterPage(t, s.gate)
	for target, want := range map[string]string{
		"/api/array?file=0": ":photo.npy", "/api/array?file=0&slice=::2,0": ":photo.npy[::2,0]", "/api/array?file=1&array=a": ":odd.npz/a", "/api/array?file=1&array=__b": "",
	} {
		var answer struct{ Remote string }
		if err := json.Unmarshal(get(t, s.gate, target, cookies).Body.Bytes(), &answer); err != nil || answer.Remote != want {
			t.Errorf("%s: %q, want %q, %v", target, answer.Remote, want, err)
		}
	}
}
