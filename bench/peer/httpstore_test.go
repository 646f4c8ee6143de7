package peer

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// TestHTTPStore reads from a server that has troubles: each object is refused once, and once cut short. What it does not have is nothing, what it forbids an error.
func TestHTTPStore(t *testing.T) {
	python := os.Getenv("MEMORYVIEW_REMOTE")
	if python == "" {
		t.Skip("MEMORYVIEW_REMOTE names no Python with Zarr: scripts/nested does")
	}
	content := bytes.Repeat([]byte("0123456789"), 10_000)
	var lock sync.Mutex
	asked := map[string]int{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		lock.Lock()
		key := r.URL.Path + r.Header.Get("Range")
		asked[key]++
		n := asked[key]
		lock.Unlock()
		switch {
		case strings.HasSuffix(r.URL.Path, "/none"):
			http.NotFound(w, r)
		case strings.HasSuffix(r.URL.Path, "/secret"):
			http.Error(w, "no", http.StatusForbidden)
		case n == 1:
			http.Error(w, "later", http.StatusServiceUnavailable)
		case n == 2 && r.Header.Get("Range") == "":
			w.Header().Set("Content-Length", "100000")
			_, _ = w.Write(content[:50_000])
		default:
			http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(content))
		}
	}))
	defer server.Close()
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "httpstore.py"), []byte(HTTPStore), 0o600); err != nil {
		t.Fatal(err)
	}
	w, err := Start(python)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	setup := fmt.Sprintf(`
import asyncio, pickle, sys
sys.path.insert(0, %q)
from httpstore import HTTPStore, OffsetByteRequest, RangeByteRequest, SuffixByteRequest
from zarr.core.buffer import default_buffer_prototype
store = pickle.loads(pickle.dumps(HTTPStore(%q)))
def get(key, part=None):
    data = asyncio.run(store.get(key, default_buffer_prototype(), part))
    return data and data.to_bytes()
content = b"0123456789" * 10000
def work():
    assert get("a/b c") == content
    assert get("a", RangeByteRequest(5, 12)) == content[5:12]
    assert get("a", OffsetByteRequest(99990)) == content[99990:]
    assert get("a", SuffixByteRequest(3)) == content[-3:]
    assert get("none") is None and not asyncio.run(store.exists("none")) and asyncio.run(store.exists("a"))
    assert store == HTTPStore(store.url) != HTTPStore("http://other")
    try:
        get("secret")
    except ValueError as error:
        assert "403" in str(error) and "/secret" in str(error)
    else:
        assert False, "what is forbidden is read"
`, folder, server.URL+"/deep/")
	if err := w.Prepare(Program{Setup: setup, Run: "work()", Result: "'done'"}); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Run(0, 1); err != nil {
		t.Fatal(err)
	}
	if n := asked["/deep/secret"]; n != 1 {
		t.Errorf("what is forbidden was asked for %d times", n)
	}
}
