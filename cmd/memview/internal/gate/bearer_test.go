package gate

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/go-memoryview/memoryview/remote"
)

const token = "0123456789abcdef"

// newDataGate has data behind it, for whom has the token.
func newDataGate(o Options) *Gate {
	o.Token = token
	g := newGate(o)
	g.Data("/info/", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte(secret)) }))
	return g
}

// A program sends the token, and sends it right.
func TestData(t *testing.T) {
	g := newDataGate(Options{})
	cookie := enterWith(t, g, g.Link())
	for _, test := range []struct {
		name    string
		change  func(*http.Request)
		allowed bool
	}{
		{"nothing", func(*http.Request) {}, false},
		{"the token", header("Authorization", "Bearer "+token), true},
		{"the scheme in small letters, and spaces", header("Authorization", "bearer  "+token+" "), true},
		{"the cookie", with(cookie), true},
		{"a beginning of it", header("Authorization", "Bearer "+token[:15]), false},
		{"more than it", header("Authorization", "Bearer "+token+"0"), false},
		{"none", header("Authorization", "Bearer "), false},
		{"the token alone", header("Authorization", token), false},
		{"another scheme", header("Authorization", "Basic "+token), false},
		{"two headers", header("Authorization", "Bearer x", "Authorization", "Bearer "+token), false},
		{"the token as a cookie", with(&http.Cookie{Name: "memview-8000", Value: token}), false},
		{"the token in the address", func(r *http.Request) { r.URL.RawQuery = "token=" + token }, false},
		{"the token for another name", func(r *http.Request) {
			r.Host = "evil.example"
			r.Header.Set("Authorization", "Bearer "+token)
		}, false},
		{"the token from another page", header("Authorization", "Bearer "+token, "Origin", "http://evil.example"), false},
		{"the cookie from another page", func(r *http.Request) {
			r.AddCookie(cookie)
			r.Header.Set("Sec-Fetch-Site", "cross-site")
		}, false},
	} {
		got := answer(g, request("/info/", test.change))
		if allowed := got.StatusCode == http.StatusOK; allowed != test.allowed || strings.Contains(read(t, got), secret) != test.allowed {
			t.Errorf("%s: %d", test.name, got.StatusCode)
		}
		if got.StatusCode == http.StatusUnauthorized && got.Header.Get("WWW-Authenticate") != `Bearer realm="memview"` {
			t.Errorf("%s: %v", test.name, got.Header)
		}
	}
	if got := answer(g, request("/api/", header("Authorization", "Bearer "+token))); got.StatusCode != http.StatusUnauthorized {
		t.Errorf("the page's questions are no matter of the token: %d", got.StatusCode)
	}
}

// Without a token, none is right, not even an empty one; with Anybody, none is needed, but other pages are kept out.
func TestDataWithoutToken(t *testing.T) {
	g := newGate(Options{})
	g.Data("/info/", http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	if got := answer(g, request("/info/", header("Authorization", "Bearer "))); got.StatusCode != http.StatusUnauthorized {
		t.Error(got.StatusCode)
	}
	g = newDataGate(Options{Anybody: true})
	for status, change := range map[int]func(*http.Request){
		http.StatusOK:                 func(*http.Request) {},
		http.StatusForbidden:          header("Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "no-cors", "Sec-Fetch-Dest", "image"),
		http.StatusMisdirectedRequest: func(r *http.Request) { r.Host = "evil.example" },
		http.StatusMethodNotAllowed:   func(r *http.Request) { r.Method = http.MethodPut },
	} {
		if got := answer(g, request("/info/", change)); got.StatusCode != status {
			t.Errorf("%d, want %d", got.StatusCode, status)
		}
	}
}

// certificateFor makes one that a client trusts by the pool.
func certificateFor(t *testing.T, names ...string) (*tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), DNSNames: names, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(leaf)
	return &tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}, pool
}

// With a certificate the links and origins are https, and the names are those that it has, too.
func TestNamesOfACertificate(t *testing.T) {
	certificate, _ := certificateFor(t, "box.example", "*.boxes.example")
	g := newDataGate(Options{TLS: certificate})
	bearer := header("Authorization", "Bearer "+token)
	for host, status := range map[string]int{
		"box.example:8000": 200, "BOX.example": 200, "a.boxes.example": 200, "127.0.0.1": 200, "localhost": 200,
		"evil.example": 421, "boxes.example": 421, "a.b.boxes.example": 421, "": 421,
	} {
		if got := answer(g, request("/info/", bearer, func(r *http.Request) { r.Host = host })); got.StatusCode != status {
			t.Errorf("%q: %d", host, got.StatusCode)
		}
	}
	if !strings.HasPrefix(g.Link(), "https://") {
		t.Error(g.Link())
	}
	if cookie := enterWith(t, g, g.Link()); !cookie.Secure {
		t.Error("the cookie goes unencrypted, too")
	}
	for origin, status := range map[string]int{"https://" + host: 200, "http://" + host: 403} {
		if got := answer(g, request("/info/", bearer, header("Origin", origin))); got.StatusCode != status {
			t.Errorf("%s: %d", origin, got.StatusCode)
		}
	}
}

// What speaks TLS speaks nothing else, in no version that is broken, over both versions of HTTP.
func TestTLS(t *testing.T) {
	certificate, pool := certificateFor(t)
	address, _ := serving(t, newDataGate(Options{TLS: certificate}))
	for _, version := range []int{1, 2} {
		transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}, ForceAttemptHTTP2: version == 2}
		r, err := http.NewRequest(http.MethodGet, "https://"+address+"/info/", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+token)
		got, err := transport.RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		got.Body.Close()
		if got.StatusCode != http.StatusOK || got.ProtoMajor != version || got.TLS.Version < tls.VersionTLS12 {
			t.Errorf("HTTP/%d: %d, %s", version, got.StatusCode, got.Proto)
		}
		transport.CloseIdleConnections()
	}
	if _, err := tls.Dial("tcp", address, &tls.Config{RootCAs: pool, MaxVersion: tls.VersionTLS11}); err == nil {
		t.Error("TLS 1.1 is spoken")
	}
	got, err := http.Get("http://" + address + "/info/")
	if err != nil {
		t.Fatal(err)
	}
	defer got.Body.Close()
	if body, _ := io.ReadAll(got.Body); got.StatusCode != http.StatusBadRequest || strings.Contains(string(body), secret) {
		t.Errorf("%d %s", got.StatusCode, body)
	}
}

// impatient serves a gate whose server gives an answer little time, unless what it guards gives more.
func impatient(t *testing.T, g *Gate) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := g.server()
	server.WriteTimeout = time.Second // which bounds handshakes of TLS, too
	if g.TLS != nil {
		go server.ServeTLS(listener, "", "")
	} else {
		go server.Serve(listener)
	}
	t.Cleanup(func() { server.Close() })
	return g.scheme() + "://" + listener.Addr().String()
}

// downloading asks a server of some bytes, more than fits on the way to a client, by both versions of HTTP.
func downloading(t *testing.T, stalled time.Duration, f func(t *testing.T, response *http.Response, data []byte)) {
	data := bytes.Repeat([]byte("0123456789abcdef"), 2<<20)
	tree, err := remote.Handler(remote.View("a", data), remote.Timeout(stalled))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { tree.Close() })
	certificate, pool := certificateFor(t)
	for _, version := range []int{1, 2} {
		t.Run(fmt.Sprintf("HTTP/%d", version), func(t *testing.T) {
			t.Parallel()
			transport, o := &http.Transport{}, Options{Anybody: true}
			if version == 2 {
				o.TLS = certificate
				transport.TLSClientConfig, transport.ForceAttemptHTTP2 = &tls.Config{RootCAs: pool}, true
			}
			g := newGate(o)
			g.Data("/bytes/", tree)
			defer transport.CloseIdleConnections()
			response, err := (&http.Client{Transport: transport}).Get(impatient(t, g) + "/bytes/a")
			if err != nil {
				t.Fatal(err)
			}
			defer response.Body.Close()
			if response.ProtoMajor != version {
				t.Fatal(response.Proto)
			}
			f(t, response, data)
		})
	}
}

// A download may take far longer than an answer of the page, as long as it moves.
func TestSlowDownload(t *testing.T) {
	downloading(t, time.Minute, func(t *testing.T, response *http.Response, data []byte) {
		var got bytes.Buffer
		for range 8 {
			time.Sleep(200 * time.Millisecond)
			if _, err := io.CopyN(&got, response.Body, int64(len(data)/8)); err != nil {
				t.Fatal(err)
			}
		}
		if !bytes.Equal(got.Bytes(), data) {
			t.Error("other bytes came")
		}
	})
}

// A client that takes nothing is cut off.
func TestStalledDownload(t *testing.T) {
	downloading(t, 100*time.Millisecond, func(t *testing.T, response *http.Response, data []byte) {
		time.Sleep(2 * time.Second) // for the server to lose patience
		if got, err := io.ReadAll(response.Body); err == nil || len(got) >= len(data) {
			t.Errorf("%d bytes, %v", len(got), err)
		}
	})
}

// A handler that cannot go on ends the connection, and the client sees that the answer is cut short.
func TestAbortedAnswer(t *testing.T) {
	g := newGate(Options{Failed: func(err error) { t.Error(err) }})
	g.Public("/short", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Write([]byte("begun"))
		http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}))
	address, _ := serving(t, g)
	response, err := http.Get("http://" + address + "/short")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if body, err := io.ReadAll(response.Body); !errors.Is(err, io.ErrUnexpectedEOF) || string(body) != "begun" {
		t.Errorf("%q, %v", body, err)
	}
}
