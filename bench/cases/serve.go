package cases

import (
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"

	"github.com/go-memoryview/memoryview/remote"
)

// servings: an array's way to a client on this machine, beside net/http's server of files, whose bytes the system sends without a copy.
func servings(s Scale) []Case {
	return []Case{
		serving("serve "+sized(64*s.MiB)+" over HTTP", 64*s.MiB, 64*s.MiB),
		serving("serve a range of "+sized(64*s.KiB)+" over HTTP", 64*s.MiB, 64*s.KiB),
	}
}

// serving asks both servers for so many of an array's bytes, from its middle on where that is not all.
func serving(name string, size, wanted int) Case {
	return Case{
		Name: name, Peer: "FileServer", Target: Target{1, Ratio}, Bytes: wanted,
		Prepare: func(*Machine) (*Pair, error) {
			src := numbers[uint8](size)
			folder, err := os.MkdirTemp("", "")
			if err != nil {
				return nil, err
			}
			remove := func() { _ = os.RemoveAll(folder) }
			tree, err := remote.Handler(remote.View("items", src))
			if err == nil {
				err = os.WriteFile(filepath.Join(folder, "items"), src, 0o600)
			}
			var ours, peer *asking
			if err == nil {
				ours, err = ask(tree, "/bytes/items", size, wanted)
			}
			if err == nil {
				peer, err = ask(http.FileServer(http.Dir(folder)), "/items", size, wanted)
			}
			if err != nil {
				remove()
				return nil, err
			}
			return &Pair{
				Ours: calls(ours.get, ours.result), Peer: calls(peer.get, peer.result),
				Close: func() { ours.close(); peer.close(); _ = tree.Close(); remove() },
			}, nil
		},
	}
}

// asking is a server with a client that asks it for the same again and again.
type asking struct {
	listener net.Listener
	client   *http.Client
	request  *http.Request
	body     []byte
}

func ask(handler http.Handler, path string, size, wanted int) (*asking, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	go func() { _ = http.Serve(listener, handler) }()
	r, err := http.NewRequest(http.MethodGet, "http://"+listener.Addr().String()+path, nil)
	if err != nil {
		return nil, errors.Join(err, listener.Close())
	}
	if wanted < size {
		r.Header.Set("Range", fmt.Sprintf("bytes=%d-%d", size/2, size/2+wanted-1))
	}
	return &asking{listener, &http.Client{Transport: &http.Transport{ReadBufferSize: 64 << 10}}, r, make([]byte, wanted)}, nil
}

func (a *asking) get() error {
	response, err := a.client.Do(a.request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if _, err := io.ReadFull(response.Body, a.body); err != nil {
		return err
	}
	if n, err := io.Copy(io.Discard, response.Body); n > 0 || err != nil {
		return fmt.Errorf("%d bytes too many: %w", n, err)
	}
	return nil
}

func (a *asking) result() string { return fmt.Sprintf("%x", crc32.ChecksumIEEE(a.body)) }

func (a *asking) close() {
	a.client.CloseIdleConnections()
	_ = a.listener.Close()
}
