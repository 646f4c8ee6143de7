//go:build unix

package remote_test

import (
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/go-memoryview/memoryview/arrayfile"
	"github.com/go-memoryview/memoryview/buffer"
	"github.com/go-memoryview/memoryview/remote"
)

// TestFileThatIsCutShort cuts a file under the handler: what is gone is an error of the server's, without a word of it, and the process lives.
func TestFileThatIsCutShort(t *testing.T) {
	path := filepath.Join(t.TempDir(), "secret.npy")
	if err := arrayfile.Save(path, make([]float64, 1<<20)); err != nil {
		t.Fatal(err)
	}
	f, err := arrayfile.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var faults atomic.Int32
	url, _ := serve(t, remote.File("a", f, remote.Chunks(1000)), remote.OnError(func(_ *http.Request, err error) {
		if errors.Is(err, buffer.ErrFault) {
			faults.Add(1)
		}
	}))
	if status, _, body := ask(t, "GET", url+"/bytes/a", ""); status != 200 || len(body) != 8<<20 {
		t.Fatalf("status %d, %d bytes", status, len(body))
	}
	if err := os.Truncate(path, 1<<20); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		path, ranges string
		status       int
	}{
		{"/bytes/a", "", 500},
		{"/npy/a", "", 500},
		{"/bytes/a", "bytes=4000000-4000100", 500},
		{"/bytes/a", "bytes=-1", 500},
		{"/zarr/v3/a/c/900", "", 500},
		{"/zarr/v2/a/1048", "", 500}, // at the edge: packed
		{"/zarr/v3/a/c/3", "", 200},
		{"/bytes/a", "bytes=0-999", 206},
	} {
		var headers []string
		if test.ranges != "" {
			headers = []string{"Range", test.ranges}
		}
		status, header, body := ask(t, "GET", url+test.path, "", headers...)
		if status != test.status || status == 500 && (strings.Contains(body, "secret") || header.Get("Content-Range") != "" || header.Get("Etag") != "") {
			t.Errorf("%s %s: status %d, %v, %.200q", test.path, test.ranges, status, header, body)
		}
	}
	if faults.Load() == 0 {
		t.Error("no fault was reported")
	}
}

// TestFileThatIsCutShortMeanwhile cuts a file while it is sent: the body breaks off, and the handler's owner is told why.
func TestFileThatIsCutShortMeanwhile(t *testing.T) {
	const size = 128 << 20 // more than a connection holds on its way
	path := filepath.Join(t.TempDir(), "bytes")
	if err := errors.Join(os.WriteFile(path, nil, 0o600), os.Truncate(path, size)); err != nil {
		t.Fatal(err)
	}
	f, err := arrayfile.Open(path, arrayfile.Raw("B", size))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	reported := make(chan error, 1)
	url, _ := serve(t, remote.File("a", f), remote.OnError(func(_ *http.Request, err error) { reported <- err }))
	response, err := http.Get(url + "/bytes/a")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if err := os.Truncate(path, 1<<20); err != nil {
		t.Fatal(err)
	}
	n, err := io.Copy(io.Discard, response.Body)
	if response.ContentLength != size || n >= size || !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("%d bytes of %d came, and then %v", n, response.ContentLength, err)
	}
	if err := <-reported; !errors.Is(err, buffer.ErrFault) {
		t.Errorf("reported: %v", err)
	}
}
