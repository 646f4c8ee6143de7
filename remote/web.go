package remote

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/go-memoryview/memoryview/buffer"
)

// web is a server's folder, whose answers are hostile: lengths, ranges and bodies are checked against what was asked for.
type web struct {
	base    *url.URL
	client  *http.Client
	header  http.Header
	retries int
	backoff time.Duration // before the first retry; twice as long before each further one
	timeout time.Duration // without a byte
	met     atomic.Bool   // it has answered once
}

const (
	maxRedirects  = 3
	longestWait   = time.Minute // between two tries, whatever a server asks for
	longestGrowth = 10          // doublings of the backoff
	unmetTries    = 3           // of reaching a server that never answered
)

func openWeb(address string, o *openOptions) (*web, error) {
	base, err := url.Parse(address)
	if err != nil || base.Host == "" {
		return nil, fmt.Errorf("%w: the address %.100q: one like http://host/path is needed", buffer.ErrValue, address)
	}
	client := *o.client
	client.CheckRedirect = func(r *http.Request, via []*http.Request) error {
		if len(via) > maxRedirects || r.URL.Host != base.Host || r.URL.Scheme != base.Scheme {
			return fmt.Errorf("%w: it sends us elsewhere, to %.100q", ErrServer, r.URL.Redacted())
		}
		return nil
	}
	return &web{base: base, client: &client, header: o.header, retries: o.retries, backoff: o.backoff, timeout: o.timeout}, nil
}

func (w *web) String() string { return w.base.Redacted() }

func (w *web) children(string) ([]string, error) {
	return nil, fmt.Errorf("a server cannot be asked what it holds: %w", errors.ErrUnsupported)
}

// get tries again where a later try may do better: after 429 and what is the server's fault, and where a connection was cut.
func (w *web) get(ctx context.Context, key string, s span, limit int) ([]byte, error) {
	for try := 0; ; try++ {
		data, wait, err := w.try(ctx, key, s, limit)
		if err == nil || wait < 0 || ctx.Err() != nil {
			return data, err
		}
		if try >= w.retries || try+1 >= unmetTries && !w.met.Load() && isUnreachable(err) {
			return nil, fmt.Errorf("%w, after %d tries", err, try+1)
		}
		// Somewhere between half the backoff and all of it, so that clients that failed together do not come again together.
		backoff := w.backoff << min(try, longestGrowth)
		backoff -= rand.N(backoff/2 + 1)
		if err := sleep(ctx, min(max(backoff, wait), longestWait)); err != nil {
			return nil, err
		}
	}
}

// isUnreachable tells that there was no connection: nobody listens there, or the address is wrong.
func isUnreachable(err error) bool {
	var connecting *net.OpError
	return errors.As(err, &connecting) && connecting.Op == "dial"
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// never is the wait of errors that another try will not mend.
const never = time.Duration(-1)

// try asks once. Wait is how long the server wants to be left alone, never for an error that stays.
func (w *web) try(ctx context.Context, key string, s span, limit int) (data []byte, wait time.Duration, err error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	stalled := time.AfterFunc(w.timeout, func() { cancel(fmt.Errorf("%w: nothing came for %v", ErrServer, w.timeout)) })
	defer stalled.Stop()
	r, err := w.request(ctx, key, s)
	if err != nil {
		return nil, never, err
	}
	response, err := w.client.Do(r)
	switch {
	case err != nil && ctx.Err() != nil: // first, for package http hands on why, and that may be ErrServer too
		return nil, 0, context.Cause(ctx)
	case errors.Is(err, ErrServer), isFinal(err):
		return nil, never, err
	case err != nil:
		return nil, 0, err
	}
	defer response.Body.Close()
	w.met.Store(true)
	size, wait, err := expected(response, s, limit)
	if err != nil {
		return nil, wait, err
	}
	data, err = w.body(response.Body, size, limit, func() { stalled.Reset(w.timeout) })
	if err != nil && ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	if errors.Is(err, errTooLong) {
		return nil, never, err
	}
	return data, 0, err
}

// isFinal tells errors of a connection that the next try has, too: whom we do not trust, and who does not speak TLS.
func isFinal(err error) bool {
	var untrusted *tls.CertificateVerificationError
	return errors.As(err, &untrusted) || errors.Is(err, http.ErrSchemeMismatch)
}

func (w *web) request(ctx context.Context, key string, s span) (*http.Request, error) {
	address := *w.base
	address.Path = strings.TrimSuffix(address.Path, "/") + "/" + key
	address.RawPath = ""
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address.String(), nil)
	if err != nil {
		return nil, err
	}
	for name, values := range w.header {
		r.Header[name] = values
	}
	r.Header.Set("Accept-Encoding", "identity") // or lengths would be those of something else
	switch {
	case s.whole():
	case s.fromEnd:
		r.Header.Set("Range", fmt.Sprintf("bytes=-%d", s.size))
	default:
		r.Header.Set("Range", fmt.Sprintf("bytes=%d-%d", s.offset, s.offset+s.size-1))
	}
	return r, nil
}

// expected checks an answer's head: how many bytes come, -1 where it does not say.
func expected(r *http.Response, s span, limit int) (size int64, wait time.Duration, err error) {
	wait = never
	switch encoding := r.Header.Get("Content-Encoding"); {
	case r.StatusCode == http.StatusNotFound:
		return 0, never, errNotThere
	case r.StatusCode == http.StatusUnauthorized, r.StatusCode == http.StatusForbidden:
		return 0, never, fmt.Errorf("%w: status %s", ErrAccess, status(r))
	case r.StatusCode == http.StatusTooManyRequests, r.StatusCode >= 500 && r.StatusCode != http.StatusNotImplemented:
		return 0, retryAfter(r), fmt.Errorf("%w: status %s", ErrServer, status(r))
	case s.whole() && r.StatusCode != http.StatusOK:
		err = fmt.Errorf("status %s", status(r))
	case !s.whole() && r.StatusCode == http.StatusOK:
		err = errors.New("it answers a range with all there is, and shards are read by ranges")
	case !s.whole() && r.StatusCode != http.StatusPartialContent:
		err = fmt.Errorf("status %s for a range", status(r))
	case encoding != "" && encoding != "identity":
		err = fmt.Errorf("it encodes bytes as %.40q, which was not asked for", encoding)
	case !s.whole():
		if err = checkRange(r.Header.Get("Content-Range"), s); err == nil && r.ContentLength >= 0 && r.ContentLength != s.size {
			err = fmt.Errorf("%d bytes for a range of %d", r.ContentLength, s.size)
		}
		size = s.size
	default:
		if size = r.ContentLength; size > int64(limit) {
			err = fmt.Errorf("%d bytes, where at most %d have a meaning", size, limit)
		}
	}
	if err != nil {
		return 0, wait, fmt.Errorf("%w: %w", ErrServer, err)
	}
	return size, 0, nil
}

// status is an answer's, in the words of the standard: those that a server sends may be long, and may be what a terminal obeys.
func status(r *http.Response) string {
	return strings.TrimSpace(strconv.Itoa(r.StatusCode) + " " + http.StatusText(r.StatusCode))
}

// checkRange holds a Content-Range to what was asked for.
func checkRange(text string, s span) error {
	var from, to int64
	var total string
	n, err := fmt.Sscanf(text, "bytes %d-%d/%s", &from, &to, &total)
	ok := err == nil && n == 3 && to-from+1 == s.size
	if s.fromEnd {
		ok = ok && (total == "*" || total == strconv.FormatInt(to+1, 10))
	} else {
		ok = ok && from == s.offset
	}
	if !ok {
		return fmt.Errorf("the range %.60q, where %d bytes from %d were asked for", text, s.size, s.offset)
	}
	return nil
}

// retryAfter reads how long the server wants to be left alone, in seconds or until a time.
func retryAfter(r *http.Response) time.Duration {
	text := r.Header.Get("Retry-After")
	if seconds, err := strconv.ParseUint(text, 10, 16); err == nil {
		return time.Duration(seconds) * time.Second
	}
	if at, err := http.ParseTime(text); err == nil {
		return max(time.Until(at), 0)
	}
	return 0
}

var errTooLong = fmt.Errorf("%w: more bytes come than it promised, or than have a meaning", ErrServer)

// body reads all of a body, which has size bytes or, for -1, as many as come up to the limit. The room grows with what comes.
func (w *web) body(body io.Reader, size int64, limit int, progress func()) ([]byte, error) {
	most := int64(limit)
	if size >= 0 {
		most = size
	}
	data := make([]byte, 0, min(most, piece)+1)
	for {
		if len(data) == cap(data) {
			data = append(data, 0)[:len(data)]
		}
		n, err := body.Read(data[len(data):cap(data)])
		data = data[:len(data)+n]
		if n > 0 {
			progress()
		}
		switch {
		case int64(len(data)) > most:
			return nil, errTooLong
		case errors.Is(err, io.EOF) && size >= 0 && int64(len(data)) < size:
			return nil, io.ErrUnexpectedEOF
		case errors.Is(err, io.EOF):
			return data, nil
		case err != nil:
			return nil, err
		}
	}
}
