package main

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// mappedBytes is how much of mapped files this process has touched, in bytes.
func mappedBytes(t *testing.T) int64 {
	t.Helper()
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, found := bytes.Cut(status, []byte("RssFile:"))
	var kilobytes int64
	if _, err := fmt.Sscan(string(rest), &kilobytes); err != nil || !found {
		t.Fatal(err)
	}
	return kilobytes << 10
}

// A file cut short while it is looked at is an error in every answer that would need what is gone, and the rest is still answered.
func TestAPIOfAFileCutShort(t *testing.T) {
	for _, raw := range []rawFlags{{Format: "<i", Shape: []int{1, 16}}, {Format: "T{<H:a:<H:b:}"}} {
		path := filepath.Join(t.TempDir(), "file")
		if err := os.WriteFile(path, make([]byte, 16*os.Getpagesize()), 0o600); err != nil {
			t.Fatal(err)
		}
		if raw.Shape != nil {
			raw.Shape = []int{16 * os.Getpagesize() / 64, 16}
		}
		a := shelfOf(t, raw, path)
		rows := answered[struct{ Table grid }](t, a, "/array").Table.Rows
		if err := os.Truncate(path, int64(2*os.Getpagesize())); err != nil {
			t.Fatal(err)
		}
		last := []any{"row", rows - 1, "line", rows - 1, "index", fmt.Sprint(rows - 1)}
		paths := []string{"/table", "/hex", "/item", "/stats"}
		if raw.Shape != nil {
			paths = append(paths, "/picture")
		}
		for _, question := range paths {
			if message := refused(t, a, http.StatusGone, question, last...); !strings.Contains(message, "open it again") || !strings.Contains(message, path) {
				t.Errorf("%s: %s", question, message)
			}
		}
		answered[tableAnswer](t, a, "/table", "row", 0, "rows", 1)
	}
}
