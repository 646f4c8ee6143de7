package cases

import (
	"bufio"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/go-memoryview/memoryview/arrayfile"
	"github.com/go-memoryview/memoryview/bench/peer"
	"github.com/go-memoryview/memoryview/remote"
)

// servings: an array's way to a client on this machine, from memory and from a mapped file, beside net/http's server of files, whose bytes the
// system sends without a copy, and Python's. The client is Go's, or Python's in a Python.
func servings(s Scale) []Case {
	whole, part := 64*s.MiB, 64*s.KiB
	asMuch := Target{1, Ratio}
	return []Case{
		serving{path: "memory", whole: whole, part: whole}.byGo("serve "+sized(whole)+" over HTTP", asMuch),
		serving{path: "mapped", whole: whole, part: whole}.byGo("serve "+sized(whole)+" of a mapped file over HTTP", asMuch),
		serving{path: "memory", whole: whole, part: part}.byGo("serve a range of "+sized(part)+" over HTTP", asMuch),
		serving{path: "mapped", whole: whole, part: part / 16}.byGo("serve a range of "+sized(part/16)+" of a mapped file over HTTP", asMuch),
		serving{path: "mapped", whole: whole, part: whole}.besidePython("serve "+sized(whole)+" of a mapped file over HTTP", asMuch),
		serving{path: "memory", whole: whole, part: whole}.byPython("Python: "+sized(whole)+" from memory by http.client", asMuch),
		serving{path: "mapped", whole: whole, part: whole}.byPython("Python: "+sized(whole)+" of a mapped file by http.client", asMuch),
	}
}

// serving asks for so many of an array's bytes, from its middle on where that is not all.
type serving struct {
	path        string // where it is served
	whole, part int
}

// byGo has Go's client ask, and Go's server of files beside ours.
func (s serving) byGo(name string, t Target) Case {
	return Case{Name: name, Peer: "FileServer", Target: t, Bytes: s.part, Prepare: func(*Machine) (*Pair, error) {
		return s.paired(func(x *exchange) (ours, theirs Side, err error) {
			if err := x.listen("files", http.FileServer(http.Dir(x.folder))); err != nil {
				return ours, theirs, err
			}
			ours, err = s.side(x, x.address["ours"]+"/bytes/"+s.path)
			if err == nil {
				theirs, err = s.side(x, x.address["files"]+"/items")
			}
			return ours, theirs, err
		})
	}}
}

// besidePython has Go's client ask, and Python's http.server beside ours.
func (s serving) besidePython(name string, t Target) Case {
	return Case{Name: name, Peer: "http.server", Target: t, Bytes: s.part, Prepare: func(m *Machine) (*Pair, error) {
		return s.paired(func(x *exchange) (ours, theirs Side, err error) {
			if err := x.python(m); err != nil {
				return ours, theirs, err
			}
			ours, err = s.side(x, x.address["ours"]+"/bytes/"+s.path)
			if err != nil || m.OnlyOurs {
				return ours, idle, err
			}
			theirs, err = s.side(x, x.address["python"]+"/items")
			return ours, theirs, err
		})
	}}
}

// byPython has Python's client read into memory that is there, from our server and from Go's of files.
func (s serving) byPython(name string, t Target) Case {
	return Case{Name: name, Peer: "FileServer", Target: t, Bytes: s.part, Prepare: func(m *Machine) (*Pair, error) {
		if m.Python == nil {
			return nil, fmt.Errorf("%w: MEMORYVIEW_PYTHON names no Python", ErrMissing)
		}
		return s.paired(func(x *exchange) (ours, theirs Side, err error) {
			if err := x.listen("files", http.FileServer(http.Dir(x.folder))); err != nil {
				return ours, theirs, err
			}
			program := func(address, path string) peer.Program {
				return peer.Program{Run: "get()", Result: "crc(data)", Setup: fmt.Sprintf(`
import http.client
connection, data = http.client.HTTPConnection(%q), bytearray(%d)
def get():
    connection.request("GET", %q)
    answer = connection.getresponse()
    if answer.length != len(data) or answer.readinto(data) != len(data):
        raise IOError("it sends too much, or too little")
`, address[len("http://"):], s.whole, path)}
			}
			err = m.Python.Prepare(program(x.address["ours"], "/bytes/"+s.path), program(x.address["files"], "/items"))
			return m.program(0), m.program(1), err
		})
	}}
}

// paired makes both sides of servers of the same bytes.
func (s serving) paired(sides func(*exchange) (ours, theirs Side, err error)) (*Pair, error) {
	x, err := newExchange(bytesOf(numbers[uint8](s.whole)), "B", s.whole)
	if err != nil {
		return nil, err
	}
	p := &Pair{Close: x.close}
	if p.Ours, p.Peer, err = sides(x); err != nil {
		x.close()
		return nil, err
	}
	return p, nil
}

// side is Go's client of one server.
func (s serving) side(x *exchange, url string) (Side, error) {
	r, err := http.NewRequest(http.MethodGet, url, nil)
	if err != nil {
		return Side{}, err
	}
	if s.part < s.whole {
		r.Header.Set("Range", fmt.Sprintf("bytes=%d-%d", s.whole/2, s.whole/2+s.part-1))
	}
	a := &asking{&http.Client{Transport: &http.Transport{ReadBufferSize: 64 << 10}}, r, make([]byte, s.part)}
	x.later(a.client.CloseIdleConnections)
	return calls(a.get, a.result), nil
}

// exchange is a folder with a file of items, and servers of it.
type exchange struct {
	folder  string
	address map[string]string // of the servers, by name
	ends    []func()
}

// newExchange has an array served, from memory and from a mapped file, in the chunks that the options say.
func newExchange(items []byte, format string, shape ...int) (*exchange, error) {
	folder, err := os.MkdirTemp("", "")
	if err != nil {
		return nil, err
	}
	x := &exchange{folder: folder, address: map[string]string{}}
	x.later(func() { _ = os.RemoveAll(folder) })
	if err := x.serve(items, format, shape); err != nil {
		x.close()
		return nil, err
	}
	return x, nil
}

func (x *exchange) serve(items []byte, format string, shape []int) error {
	path := filepath.Join(x.folder, "items")
	if err := os.WriteFile(path, items, 0o600); err != nil {
		return err
	}
	f, err := arrayfile.Open(path, arrayfile.Raw(format, shape...))
	if err != nil {
		return err
	}
	x.later(func() { _ = f.Close() })
	v := must(view(items, len(items)).CastShape(format, shape))
	chunks := append([]int{chunkRows(shape[0])}, shape[1:]...)
	tree, err := remote.Handler(remote.View("memory", v, remote.Chunks(chunks...)), remote.File("mapped", f, remote.Chunks(chunks...)))
	if err != nil {
		return err
	}
	x.later(func() { _ = tree.Close() })
	return x.listen("ours", tree)
}

// chunkRows is how many rows of an array are a chunk: 4 MiB of those that engines reads.
func chunkRows(rows int) int { return max(min(rows/16, 1024), 1) }

// listen starts a server in this process.
func (x *exchange) listen(name string, handler http.Handler) error {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	go func() { _ = http.Serve(listener, handler) }()
	x.later(func() { _ = listener.Close() })
	x.address[name] = "http://" + listener.Addr().String()
	return nil
}

// python starts Python's server of the folder.
func (x *exchange) python(m *Machine) error {
	python := os.Getenv("MEMORYVIEW_PYTHON")
	switch {
	case m.OnlyOurs:
		return nil
	case python == "":
		return fmt.Errorf("%w: MEMORYVIEW_PYTHON names no Python", ErrMissing)
	}
	server := exec.Command(python, "-u", "-m", "http.server", "--bind", "127.0.0.1", "--protocol", "HTTP/1.1", "--directory", x.folder, "0")
	output, err := server.StdoutPipe()
	if err == nil {
		err = server.Start()
	}
	if err != nil {
		return err
	}
	x.later(func() { _ = errors.Join(server.Process.Kill(), server.Wait()) })
	line, err := bufio.NewReader(output).ReadString('\n')
	if err != nil {
		return err
	}
	var port int
	if _, err := fmt.Sscanf(line, "Serving HTTP on 127.0.0.1 port %d", &port); err != nil {
		return fmt.Errorf("http.server says %q: %w", line, err)
	}
	x.address["python"] = fmt.Sprintf("http://127.0.0.1:%d", port)
	return nil
}

func (x *exchange) later(f func()) { x.ends = append(x.ends, f) }

// close ends all of it, what came last first.
func (x *exchange) close() {
	for len(x.ends) > 0 {
		last := len(x.ends) - 1
		x.ends[last]()
		x.ends = x.ends[:last]
	}
}

// asking is a client that asks for the same again and again.
type asking struct {
	client  *http.Client
	request *http.Request
	body    []byte
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
