package gate

import (
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
)

// isOurs tells whether a Host header may stand for this server: by where it is bound, or by a name that its certificate has.
func (g *Gate) isOurs(host string) bool {
	return isOurs(host, g.Host) || g.TLS != nil && g.TLS.Leaf != nil && g.TLS.Leaf.VerifyHostname(hostname(host)) == nil
}

// isOurs tells whether a Host header may stand for this server, bound to a name or an address. A page elsewhere can have its
// own name point here (DNS rebinding), but not make a browser write an address, or localhost, in its place. Ports are
// not compared: one may come through a tunnel.
func isOurs(host, bound string) bool {
	name := hostname(host)
	if strings.EqualFold(name, "localhost") || bound != "" && strings.EqualFold(name, bound) {
		return true
	}
	address, err := netip.ParseAddr(name)
	if err != nil || address.Zone() != "" { // a zone is any text, and no browser sends one
		return false
	}
	return address.IsLoopback() || !isLoopback(bound)
}

// hostname is a Host header without its port and brackets; "" where it is none.
func hostname(host string) string {
	if name, port, err := net.SplitHostPort(host); err == nil {
		if strings.Trim(port, "0123456789") != "" {
			return ""
		}
		return name
	}
	if inner, ok := strings.CutPrefix(host, "["); ok && strings.HasSuffix(inner, "]") {
		return strings.TrimSuffix(inner, "]")
	}
	return host
}

func isLoopback(bound string) bool {
	address, err := netip.ParseAddr(bound)
	return strings.EqualFold(bound, "localhost") || err == nil && address.IsLoopback()
}

// sameOrigin tells that no other page is behind a request. A browser says where requests come from; what is no browser
// says nothing. Following a link to the page itself is everybody's right, and what it brings holds no secret.
func (g *Gate) sameOrigin(r *http.Request) bool {
	switch r.Header.Get("Sec-Fetch-Site") {
	case "", "same-origin", "none":
	default:
		path := r.URL.Path
		if r.Header.Get("Sec-Fetch-Mode") != "navigate" || r.Header.Get("Sec-Fetch-Dest") != "document" || path != "/" && path != enter {
			return false
		}
	}
	origins := r.Header.Values("Origin")
	if len(origins) == 0 {
		return true
	}
	origin, err := url.Parse(origins[0])
	return len(origins) == 1 && err == nil && origin.Scheme == g.scheme() && strings.EqualFold(origin.Host, r.Host)
}
