package gate

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"sync"
	"time"
)

const (
	maxHeader      = 16 << 10 // bytes of a request's headers, and 4 KiB that net/http adds
	mostConnected  = 512      // connections at the same time: a client of Zarr's may have a hundred
	mostStreams    = 100      // requests at the same time on one connection of HTTP/2
	headersWithin  = 5 * time.Second
	requestWithin  = 10 * time.Second
	keptAlive      = time.Minute
	answeredWithin = 30 * time.Second // beyond the time of a request's context and of its waiting
	farewell       = 2 * time.Second  // for what is being answered when the server ends
)

// Serve answers until the context ends: what is being answered then is ended too, by its context, and waited for. It
// closes the listener.
func (g *Gate) Serve(ctx context.Context, listener net.Listener) error {
	requests, end := context.WithCancel(context.Background())
	defer end()
	server := g.server()
	server.BaseContext = func(net.Listener) context.Context { return requests }
	ended := make(chan error, 1)
	go func() {
		limited := &limitedListener{Listener: listener, slots: make(chan struct{}, mostConnected)}
		if server.TLSConfig != nil {
			ended <- server.ServeTLS(limited, "", "")
		} else {
			ended <- server.Serve(limited)
		}
	}()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	end()
	last, cancel := context.WithTimeout(context.Background(), farewell)
	defer cancel()
	err := server.Shutdown(last)
	if errors.Is(err, context.DeadlineExceeded) {
		err = server.Close()
	}
	return err
}

func (g *Gate) server() *http.Server {
	s := &http.Server{
		Handler: g, MaxHeaderBytes: maxHeader, DisableGeneralOptionsHandler: true, // or OPTIONS * would be answered without a look at who asks
		ReadHeaderTimeout: headersWithin, ReadTimeout: requestWithin, IdleTimeout: keptAlive,
		WriteTimeout: g.Time + g.Waiting + answeredWithin,
		ErrorLog:     log.New(io.Discard, "", 0), // what it would tell are other people's mistakes, with addresses in them
		HTTP2:        &http.HTTP2Config{MaxConcurrentStreams: mostStreams, WriteByteTimeout: answeredWithin},
	}
	if g.TLS != nil {
		s.TLSConfig = &tls.Config{Certificates: []tls.Certificate{*g.TLS}, MinVersion: tls.VersionTLS12}
	}
	return s
}

// limitedListener accepts no more connections than it has slots.
type limitedListener struct {
	net.Listener
	slots chan struct{}
}

func (l *limitedListener) Accept() (net.Conn, error) {
	l.slots <- struct{}{}
	conn, err := l.Listener.Accept()
	if err != nil {
		<-l.slots
		return nil, err
	}
	return &limitedConn{Conn: conn, leave: sync.OnceFunc(func() { <-l.slots })}, nil
}

type limitedConn struct {
	net.Conn
	leave func()
}

func (c *limitedConn) Close() error {
	defer c.leave()
	return c.Conn.Close()
}
