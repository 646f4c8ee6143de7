package main

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/go-memoryview/memoryview/remote"
)

// webFlags say how servers are asked.
type webFlags struct {
	TokenFile string `group:"Over HTTP:" help:"The token that the server wants stands in this file (default: in MEMVIEW_TOKEN)." placeholder:"FILE"`
	CACert    string `name:"cacert" group:"Over HTTP:" help:"Trust servers by this certificate, too (PEM), such as memview serve --new-cert writes." placeholder:"FILE"`
}

// isAddress tells the address of a server from the name of a file.
func isAddress(path string) bool {
	return strings.HasPrefix(path, "http://") || strings.HasPrefix(path, "https://")
}

// isHost tells what can only be the beginning of an address whose http:// was left out.
func isHost(path string) bool {
	address, err := netip.ParseAddr(path)
	return strings.EqualFold(path, "localhost") || err == nil && address.Is4()
}

// addressIn is the address that an argument begins with: http://HOST:PORT/PATH, up to a ':' or '[' behind the port or in the path; "" for none.
func addressIn(arg string) string {
	if !isAddress(arg) {
		return ""
	}
	end := strings.Index(arg, "//") + len("//")
	if user := strings.LastIndexByte(arg[:upTo(arg, end, "/")], '@'); user >= 0 { // which is refused, and seen to be one
		end = user + 1
	}
	if strings.HasPrefix(arg[end:], "[") { // an address of version 6
		end += strings.IndexByte(arg[end:], ']') + 1
	}
	end = upTo(arg, end, "/:[")
	if strings.HasPrefix(arg[end:], ":") {
		digits := len(arg[end+1:]) - len(strings.TrimLeft(arg[end+1:], "0123456789"))
		if port := end + 1 + digits; digits > 0 && upTo(arg, port, "/:[") == port {
			end = port
		}
	}
	if strings.HasPrefix(arg[end:], "/") {
		end = upTo(arg, end, ":[")
	}
	return arg[:end]
}

// upTo is where the first of some characters stands from a place on, or the end.
func upTo(text string, from int, characters string) int {
	if i := strings.IndexAny(text[from:], characters); i >= 0 {
		return from + i
	}
	return len(text)
}

// How servers are asked by a command that somebody waits for.
const (
	webTries    = 9 // over most of a minute, in which a server may be started anew
	webBackoff  = 100 * time.Millisecond
	webParallel = 8
)

// asking are the options for an address, or for a folder, which needs none.
func (f webFlags) asking(address string) (opts []remote.OpenOption, err error) {
	if !isAddress(address) {
		return nil, nil
	}
	u, err := url.Parse(address)
	switch {
	case err != nil || u.Hostname() == "":
		return nil, fmt.Errorf("%s: an address is http://HOST:PORT/PATH, and the name of an array stands behind a colon after it", address)
	case u.Path == "/enter" && u.Query().Has("token"):
		return nil, fmt.Errorf("%s://%s/enter is a link for a browser: take %[1]s://%[2]s, and the token for programs, by %s or --token-file", u.Scheme, u.Host, tokenVariable)
	case u.User != nil:
		return nil, fmt.Errorf("%s: what stands on a command line is seen by other users: send a token, by %s or --token-file", u.Redacted(), tokenVariable)
	}
	opts = append(opts, remote.Retries(webTries, webBackoff), remote.Parallel(webParallel))
	token, err := tokenOf(f.TokenFile)
	switch {
	case err != nil:
		return nil, err
	case token != "" && u.Scheme != "https" && !isThisMachine(u.Hostname()):
		return nil, fmt.Errorf("%s: the token would go over the network unencrypted: take https, or a tunnel, as by ssh -L 8000:127.0.0.1:8000 HOST; where none is needed, unset %s", address, tokenVariable)
	}
	client, err := f.client(token)
	if err != nil {
		return nil, err
	}
	return append(opts, remote.Client(client)), nil
}

// isThisMachine tells whether what is sent to a host stays here.
func isThisMachine(host string) bool {
	address, err := netip.ParseAddr(host)
	return strings.EqualFold(host, "localhost") || err == nil && address.IsLoopback()
}

// client makes one that has the token, if there is one, for a server that asks for it.
func (f webFlags) client(token string) (*http.Client, error) {
	transport := &http.Transport{Proxy: http.ProxyFromEnvironment, ForceAttemptHTTP2: true, MaxIdleConnsPerHost: webParallel}
	if f.CACert != "" {
		pool, err := trusted(f.CACert)
		if err != nil {
			return nil, fmt.Errorf("--cacert: %w", err)
		}
		transport.TLSClientConfig = &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}
	}
	if token == "" {
		return &http.Client{Transport: transport}, nil
	}
	return &http.Client{Transport: &bearer{RoundTripper: transport, token: token}}, nil
}

// trusted are the certificates of a file beside the system's.
func trusted(path string) (*x509.CertPool, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	if !pool.AppendCertsFromPEM(text) {
		return nil, fmt.Errorf("%s holds no certificate (PEM)", path)
	}
	return pool, nil
}

// advice says what would help against an error of asking a server.
func (f webFlags) advice(err error) error {
	var untrusted x509.UnknownAuthorityError
	var dial *net.OpError
	sent := f.TokenFile != "" || os.Getenv(tokenVariable) != ""
	switch {
	case errors.Is(err, remote.ErrAccess) && sent:
		return fmt.Errorf("%w: the token that was sent is not this server's", err)
	case errors.Is(err, remote.ErrAccess):
		return fmt.Errorf("%w: send the server's token, by %s or --token-file", err, tokenVariable)
	case errors.As(err, &untrusted):
		return fmt.Errorf("%w: --cacert FILE trusts it, by the file that memview serve --new-cert wrote", err)
	case errors.Is(err, http.ErrSchemeMismatch):
		return fmt.Errorf("%w: its address begins with http://", err)
	case errors.As(err, &dial) && dial.Op == "dial":
		return fmt.Errorf("%w: is a server running there? memview serve prints its address", err)
	case errors.Is(err, errors.ErrUnsupported):
		return fmt.Errorf("%w: have the array written anew, as by zarr-python, with what is known", err)
	}
	return err
}
