package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"net/http/httptest"
	"os"
	"slices"
	"time"

	"github.com/go-memoryview/memoryview/arrayfile"
	"github.com/go-memoryview/memoryview/remote"
)

// array is one that is served: the same file of int32 in other chunks.
type array struct {
	name                    string
	rows, columns           int
	chunkRows, chunkColumns int
}

func (a array) chunks() int     { return a.rows / a.chunkRows * (a.columns / a.chunkColumns) }
func (a array) chunkBytes() int { return a.chunkRows * a.chunkColumns * 4 }
func (a array) bytes() int      { return a.rows * a.columns * 4 }

// key is that of the n-th chunk, counted round and round.
func (a array) key(n int) string {
	across := a.columns / a.chunkColumns
	n %= a.chunks()
	return fmt.Sprintf("/zarr/v3/%s/c/%d/%d", a.name, n/across, n%across)
}

// sum is that of all items.
func (a array) sum() (total int64) {
	for i := range a.bytes() / 4 {
		total += int64(item(i))
	}
	return total
}

// counts are arrays of ever more chunks of 1 KiB; large has chunks as one would choose them, and gaps the same with gaps between their rows.
var (
	counts = []array{{"e3", 1e3, 256, 1, 256}, {"e4", 1e4, 256, 1, 256}, {"e5", 1e5, 256, 1, 256}, {"e6", 1e6, 256, 1, 256}}
	large  = array{"large", 128 << 10, 1024, 1 << 10, 1024} // 512 MiB in chunks of 4 MiB
	gaps   = array{"gaps", 128 << 10, 1024, 2 << 10, 512}
)

// item is what stands at a place of the file.
func item(i int) int32 { return int32(uint32(i)*2654435761>>8) % 1000 }

const fileBytes = 1e6 * 1024

// writeFile makes the file of all arrays.
func writeFile(path string) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	w := bufio.NewWriterSize(f, 1<<20)
	var b [4]byte
	for i := range int(fileBytes / 4) {
		v := uint32(item(i))
		b[0], b[1], b[2], b[3] = byte(v), byte(v>>8), byte(v>>16), byte(v>>24)
		_, _ = w.Write(b[:]) // Flush returns the error
	}
	return errors.Join(w.Flush(), f.Close())
}

// usage is what a server has used until now.
type usage struct {
	Processor time.Duration
	Memory    int64 // of its own, in bytes
	Mapped    int64 // of files, which the system takes back when it wants
}

// serve is the server's process: it prints its two addresses, and answers each line with its usage.
func serve(path string) error {
	var opts []remote.Option
	for _, a := range slices.Concat(counts, []array{large, gaps}) {
		f, err := arrayfile.Open(path, arrayfile.Raw("<i", a.rows, a.columns))
		if err != nil {
			return err
		}
		defer f.Close()
		opts = append(opts, remote.File(a.name, f, remote.Chunks(a.chunkRows, a.chunkColumns)))
	}
	tree, err := remote.Handler(opts...)
	if err != nil {
		return err
	}
	defer tree.Close()
	plain, secure := httptest.NewServer(tree), httptest.NewTLSServer(tree)
	defer plain.Close()
	defer secure.Close()
	fmt.Println(plain.URL, secure.URL)
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		if err := json.NewEncoder(os.Stdout).Encode(used()); err != nil {
			return err
		}
	}
	return nil
}
