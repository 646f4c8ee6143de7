package gate

import (
	"cmp"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"net"
	"net/http"
	"net/url"
	"sync"
)

// enter is the path of a link. Its token is exchanged for a cookie, and the address of what follows has none.
const enter = "/enter"

// keys are the token that was handed out and not yet used, and what the browsers have that used one.
type keys struct {
	mu      sync.Mutex
	token   string // "" when it was used
	cookies map[[sha256.Size]byte]bool
}

// renew makes a token, unless one is still out. It returns "" then.
func (k *keys) renew() string {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.token != "" {
		return ""
	}
	k.token = rand.Text()
	return k.token
}

// mostCookies bounds the browsers that are let in.
const mostCookies = 64

// exchange takes the token, once, and returns a cookie's value.
func (k *keys) exchange(token string) (cookie string, ok bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.token == "" || len(k.cookies) >= mostCookies || subtle.ConstantTimeCompare([]byte(token), []byte(k.token)) != 1 {
		return "", false
	}
	k.token = ""
	cookie = rand.Text()
	if k.cookies == nil {
		k.cookies = map[[sha256.Size]byte]bool{}
	}
	k.cookies[sha256.Sum256([]byte(cookie))] = true
	return cookie, true
}

// isOpenTo tells whether a request has a cookie that was given out. What is compared are hashes, whose time tells nothing.
func (k *keys) isOpenTo(r *http.Request, name string) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, c := range r.CookiesNamed(name) {
		if k.cookies[sha256.Sum256([]byte(c.Value))] {
			return true
		}
	}
	return false
}

func (g *Gate) cookie() string { return g.Title + "-" + g.Port }

// Link is the address that lets one browser in, once; "" when it was used.
func (g *Gate) Link() string {
	g.keys.mu.Lock()
	defer g.keys.mu.Unlock()
	if g.keys.token == "" {
		return ""
	}
	return g.link(g.keys.token)
}

func (g *Gate) link(token string) string {
	return g.Address() + enter + "?token=" + url.QueryEscape(token)
}

// Address is that of the page, without a token. Who listens on all addresses is told to the browser as localhost, unless it has a name.
func (g *Gate) Address() string {
	host := cmp.Or(g.Name, g.Host)
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "localhost"
	}
	return g.scheme() + "://" + net.JoinHostPort(host, g.Port)
}

func (g *Gate) scheme() string {
	if g.TLS != nil {
		return "https"
	}
	return "http"
}

// knock tells a new link to the terminal, when the last one was used. Who knocks learns nothing.
func (g *Gate) knock() {
	if token := g.keys.renew(); token != "" && g.Knocked != nil {
		g.Knocked(g.link(token))
	}
}

// enter exchanges a token for a cookie. A browser that is in already just goes on.
func (g *Gate) enter(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodGet && !g.keys.isOpenTo(r, g.cookie()) {
		if cookie, ok := g.keys.exchange(r.URL.Query().Get("token")); ok {
			http.SetCookie(w, &http.Cookie{Name: g.cookie(), Value: cookie, Path: "/", HttpOnly: true, Secure: g.TLS != nil, SameSite: http.SameSiteStrictMode})
		} else {
			g.knock()
		}
	}
	w.Header().Set("Location", "/") // whoever was refused learns it from the page, which says what to do
	w.WriteHeader(http.StatusSeeOther)
}
