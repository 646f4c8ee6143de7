package main

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/go-memoryview/memoryview"
	"github.com/go-memoryview/memoryview/arrayfile"
	"github.com/go-memoryview/memoryview/format"
	"github.com/go-memoryview/memoryview/remote"
)

// asked is a server of an array of 6 by 8 numbers in chunks of 2 by 2, which knows what it was asked for.
type asked struct {
	*httptest.Server
	mutex    sync.Mutex
	paths    []string // of chunks
	headers  []string // Authorization
	required string
}

func askedServer(t *testing.T, required string) *asked {
	t.Helper()
	tree := must(remote.Handler(remote.View("a", numbersOf(t), remote.Chunks(2, 2))))
	a := &asked{required: required}
	a.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a.mutex.Lock()
		if strings.Contains(r.URL.Path, "/c/") {
			a.paths = append(a.paths, strings.TrimPrefix(r.URL.Path, "/zarr/v3/a/c/"))
		}
		a.headers = append(a.headers, r.Header.Get("Authorization"))
		a.mutex.Unlock()
		if r.Header.Get("Authorization") != a.required {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		tree.ServeHTTP(w, r)
	}))
	t.Cleanup(func() {
		a.Close()
		tree.Close()
	})
	return a
}

func numbersOf(t *testing.T) *memoryview.View {
	t.Helper()
	items := make([]int32, 48)
	for i := range items {
		items[i] = int32(i)
	}
	return must(must(memoryview.FromObject(items)).Cast("i", 6, 8))
}

// chunks are those that were asked for since the last time.
func (a *asked) chunks() []string {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	got := slices.Sorted(slices.Values(a.paths))
	a.paths = nil
	return got
}

// Of what is named by an address, the chunks are fetched that the part lies in, each once, and for what stands in metadata, none.
func TestOnlyWhatIsLookedAtIsFetched(t *testing.T) {
	t.Setenv(tokenVariable, "")
	server := askedServer(t, "")
	for _, test := range []struct {
		args   []string
		chunks []string
	}{
		{[]string{"show", server.URL + ":a[5, :3]"}, []string{"2/0", "2/1"}},
		{[]string{"show", server.URL, "[-1, -1]"}, []string{"2/3"}},
		{[]string{"show", server.URL + "/zarr/v3:a[::4, ::7]"}, []string{"0/0", "0/3", "2/0", "2/3"}},
		{[]string{"show", server.URL + "/zarr/v3/a[0][:3][0]"}, []string{"0/0", "0/1", "0/2", "0/3"}},
		{[]string{"stats", server.URL + "[:2, 2:4]"}, []string{"0/1"}},
		{[]string{"find", server.URL + "[:2, 2:4]", "3"}, []string{"0/1"}},
		{[]string{"hex", server.URL + "[0, 0]"}, []string{"0/0"}},
		{[]string{"cast", server.URL + "[0, :2]", "B"}, []string{"0/0"}},
		{[]string{"diff", server.URL + "[0, :2]", server.URL + "[0, :2]"}, []string{"0/0", "0/0"}},
		{[]string{"convert", server.URL, filepath.Join(t.TempDir(), "x.npy"), "--slice", "4:, :2"}, []string{"2/0"}},
		{[]string{"info", server.URL}, nil},
		{[]string{"info", server.URL + "[::2, 0]"}, nil},
		{[]string{"layout", server.URL + ":a"}, nil},
		{[]string{completeName, "words", "show", server.URL + ":"}, nil},
		{[]string{"show", server.URL + "[9]"}, nil},
		{[]string{"show", server.URL + "[0].x"}, nil},
		{[]string{"show", server.URL + ":b"}, nil},
	} {
		got := memview(test.args...)
		if fails := test.chunks == nil && test.args[0] == "show"; (got.code != exitOK) != fails {
			t.Errorf("%q: %d, %s", test.args, got.code, got.stderr)
		}
		if chunks := server.chunks(); !slices.Equal(chunks, test.chunks) {
			t.Errorf("%q fetches %q, want %q", test.args, chunks, test.chunks)
		}
	}
}

// The token goes to the server that was named and asks for it, and to no other.
func TestTokenOfAddresses(t *testing.T) {
	const token = "0123456789abcdef"
	file := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(file, []byte(token+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	server, open := askedServer(t, "Bearer "+token), askedServer(t, "")
	elsewhere := httptest.NewServer(http.RedirectHandler(open.URL, http.StatusFound))
	t.Cleanup(elsewhere.Close)
	for _, test := range []struct {
		token   string
		args    []string
		message string
	}{
		{"", []string{server.URL}, "send the server's token, by MEMVIEW_TOKEN or --token-file"},
		{token, []string{server.URL}, ""},
		{"", []string{server.URL, "--token-file", file}, ""},
		{"fedcba9876543210", []string{server.URL, "--token-file", file}, ""},
		{"fedcba9876543210", []string{server.URL}, "the token that was sent is not this server's"},
		{"short", []string{server.URL}, "MEMVIEW_TOKEN: a token has from 16"},
		{token, []string{server.URL, "--token-file", "nosuch"}, "--token-file: open nosuch"},
		{token, []string{elsewhere.URL}, "it sends us elsewhere"},
		{token, []string{"http://192.0.2.1:9/x"}, "the token would go over the network unencrypted"},
		{token, []string{"http://localhost.example:9/x"}, "the token would go over the network unencrypted"},
		{"", []string{"http://name:secret@127.0.0.1:9/x"}, "http://name:xxxxx@127.0.0.1:9/x: what stands on a command line"},
	} {
		t.Setenv(tokenVariable, test.token)
		got := memview(test.args...)
		if (got.code == exitOK) != (test.message == "") || !strings.Contains(got.stderr, test.message) || strings.Contains(got.stderr, token) || strings.Contains(got.stderr, "secret") {
			t.Errorf("%q with %q: %d, %s", test.args, test.token, got.code, got.stderr)
		}
	}
	if len(open.headers) > 0 {
		t.Errorf("another server is asked, with %q", open.headers)
	}
	t.Setenv(tokenVariable, token)
	if got := memview(open.URL); got.code != exitOK || slices.ContainsFunc(open.headers, func(sent string) bool { return sent != "" }) {
		t.Errorf("a server that wants no token: %d, %s, sent %q", got.code, got.stderr, open.headers)
	}
}

// What is too much for memory goes into a file that leaves nothing behind, or is an error that says how much it is.
func TestMuchIsFetchedIntoAFile(t *testing.T) {
	t.Setenv(tokenVariable, "")
	most := mostInMemory
	t.Cleanup(func() { mostInMemory = most })
	mostInMemory = 100
	server := askedServer(t, "")
	folder := t.TempDir()
	t.Setenv("TMPDIR", folder)
	t.Setenv("TMP", folder)
	for _, part := range []string{"", "[::-1, 1:]", "[:2, :2]"} {
		sel, err := (&source{File: server.URL + part}).open(new(progress))
		if err != nil {
			t.Fatal(err)
		}
		want := must(numbersOf(t).Select("..."))
		if part != "" {
			want = must(want.Select(part))
		}
		if equal, err := sel.part.Equal(want); err != nil || !equal || !sel.part.ReadOnly() || sel.part.Buffer().Mapped() != (part != "[:2, :2]") {
			t.Errorf("%q: %v, %v", part, sel.part, err)
		}
		sel.Close()
	}
	if left, err := os.ReadDir(folder); err != nil || len(left) > 0 {
		t.Errorf("%v is left, %v", left, err)
	}
	t.Setenv("TMPDIR", filepath.Join(folder, "nosuch"))
	t.Setenv("TMP", filepath.Join(folder, "nosuch"))
	got := memview(server.URL)
	if got.code != exitFailed || !strings.Contains(got.stderr, "192 bytes are too much for memory") || !strings.Contains(got.stderr, server.URL+"[:1000]") {
		t.Errorf("%d, %s", got.code, got.stderr)
	}
}

// An address ends where the name of an array, or a slice, begins.
func TestAddressIn(t *testing.T) {
	for arg, want := range map[string]string{
		"a.npy": "", "http:": "", "https:/x": "", "HTTP://x": "", "ftp://x": "",
		"http://x": "http://x", "http://x:80": "http://x:80", "https://x:80/": "https://x:80/",
		"http://x:name": "http://x", "http://x:80:name": "http://x:80", "http://x:80:name:b[0].c": "http://x:80", "http://x:8a": "http://x",
		"http://x[0]": "http://x", "http://x:80[0]": "http://x:80", "http://x/a.zarr:b[0]": "http://x/a.zarr", "http://x:80/a/b[:]": "http://x:80/a/b", "http://x/a?b=c:d": "http://x/a?b=c",
		"http://[::1]:80/a:b": "http://[::1]:80/a", "http://[::1]": "http://[::1]", "http://[::1][0]": "http://[::1]", "http://[::1]:80:b": "http://[::1]:80", "http://[::1": "http://",
		"http://u:p@x:80/a:b": "http://u:p@x:80/a", "http://x/a@b:c": "http://x/a@b", "http://x:80::": "http://x:80",
	} {
		if got := addressIn(arg); got != want {
			t.Errorf("%q: %q, want %q", arg, got, want)
		}
	}
}

// What is printed of a long array is what is printed of a file of it, and nothing else is fetched.
func TestEdgesAreFetched(t *testing.T) {
	t.Setenv(tokenVariable, "")
	table, err := memoryview.FromObject(make([]struct {
		ID   int32
		Hits [2]int16
		At   struct{ X, Y float32 }
	}, 1000))
	if err != nil {
		t.Fatal(err)
	}
	for i := range 1000 {
		if err := table.Set(format.Record{Values: []any{int32(i), []any{int16(i), int16(-i)}, format.Record{Values: []any{float32(i) / 8, float32(-i)}}}}, i); err != nil {
			t.Fatal(err)
		}
	}
	numbers := make([]float64, 40*50*60)
	for i := range numbers {
		numbers[i] = float64(i) / 3
	}
	cube := must(must(memoryview.FromObject(numbers)).Cast("d", 40, 50, 60))
	path := filepath.Join(t.TempDir(), "all.npz")
	if err := arrayfile.Save(path, []arrayfile.Named{{Name: "cube", Value: cube}, {Name: "table", Value: table}}); err != nil {
		t.Fatal(err)
	}
	tree := must(remote.Handler(remote.View("cube", cube, remote.Chunks(1, 10, 10)), remote.View("table", table, remote.Chunks(3))))
	defer tree.Close()
	var chunks atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.URL.Path, "/c/") {
			chunks.Add(1)
		}
		tree.ServeHTTP(w, r)
	}))
	defer server.Close()
	for part, most := range map[string]int64{
		":cube": 6 * 4, ":cube[::-1]": 6 * 4, ":cube[3:, 7, ::-1]": 6 * 2, ":cube[-1]": 4, ":cube[:, :2, 0]": 40, ":cube[0, ..., 5]": 5, ":cube[::7, 2:48:2, -1::-2]": 6 * 4,
		":cube[5][::-1]": 30, ":cube[...]": 24, ":cube[:0]": 0, ":cube[1, 2, 3]": 1,
		":table": 5, ":table[::-1]": 5, ":table[100:900:3]": 10, ":table[:50]": 17, ":table.ID": 334, ":table[:].ID": 334, ":table[:].At": 5, ":table[:].At.Y": 334, ":table[:].Hits": 334, ":table[:].Hits[:, 1]": 334, ":table[7]": 1,
	} {
		chunks.Store(0)
		want, got := memview(path+part), memview(server.URL+part)
		_, wantText, _ := strings.Cut(want.out, "\n")
		heading, gotText, _ := strings.Cut(got.out, "\n")
		if got.code != exitOK || gotText != wantText || heading != strings.ReplaceAll(want.out[:len(want.out)-len(wantText)-1], path, server.URL) {
			t.Errorf("%s: %d, %s\n%s\nwant\n%s", part, got.code, got.stderr, got.out, want.out)
		}
		if n := chunks.Load(); n > most {
			t.Errorf("%s: %d chunks, want at most %d", part, n, most)
		}
	}
	chunks.Store(0)
	if got := memview("show", "--all", server.URL+":cube[:, 0]"); got.code != exitOK || chunks.Load() != 40*6 {
		t.Errorf("%d, %d chunks", got.code, chunks.Load())
	}
}
