package main

import (
	"net/http"
	"sync/atomic"
)

// bearer sends a token to a server that asks for it (401), from then on with each request. Public stores are read with a token in the environment
// too, and shall not learn it. All requests go to the server that was named: who is sent elsewhere does not go there.
type bearer struct {
	http.RoundTripper
	token string
	asked atomic.Bool
}

// RoundTrip asks once more where the token is wanted. Requests have no bodies.
func (b *bearer) RoundTrip(r *http.Request) (*http.Response, error) {
	if b.asked.Load() {
		return b.RoundTripper.RoundTrip(b.bearing(r))
	}
	response, err := b.RoundTripper.RoundTrip(r)
	if err != nil || response.StatusCode != http.StatusUnauthorized {
		return response, err
	}
	_ = response.Body.Close()
	b.asked.Store(true)
	return b.RoundTripper.RoundTrip(b.bearing(r))
}

// bearing is a copy of a request, with the token: the request itself is its maker's.
func (b *bearer) bearing(r *http.Request) *http.Request {
	r = r.Clone(r.Context())
	r.Header.Set("Authorization", "Bearer "+b.token)
	return r
}
