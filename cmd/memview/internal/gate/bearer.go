package gate

import (
	"crypto/sha256"
	"crypto/subtle"
	"net/http"
	"strings"
)

// Data serves programs that send the token, and browsers that opened the link. An answer may take as long as it moves: the handler
// bounds how many there are at once, and gives each its time, piece by piece.
func (g *Gate) Data(pattern string, h http.Handler) {
	g.mux.Handle(pattern, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !g.Anybody && !g.bears(r) && !g.keys.isOpenTo(r, g.cookie()) {
			w.Header().Set("WWW-Authenticate", `Bearer realm="`+g.Title+`"`)
			refuse(w, http.StatusUnauthorized, "send the token that belongs to this server, as Authorization: Bearer TOKEN, or open the link that memview printed")
			return
		}
		h.ServeHTTP(w, r)
	}))
}

// bears tells whether a request brings the token, as RFC 6750 has it. What is compared are hashes, whose time tells nothing.
func (g *Gate) bears(r *http.Request) bool {
	all := r.Header.Values("Authorization")
	if g.Token == "" || len(all) != 1 {
		return false
	}
	scheme, token, _ := strings.Cut(all[0], " ")
	got, want := sha256.Sum256([]byte(strings.TrimSpace(token))), sha256.Sum256([]byte(g.Token))
	return strings.EqualFold(scheme, "Bearer") && subtle.ConstantTimeCompare(got[:], want[:]) == 1
}
