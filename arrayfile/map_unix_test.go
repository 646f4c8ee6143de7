//go:build unix

package arrayfile

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/go-memoryview/memoryview/buffer"
)

// A mapped file that is cut short under a view is an error where the bytes are gone, and no crash.
func TestFault(t *testing.T) {
	page := os.Getpagesize()
	path := filepath.Join(t.TempDir(), "a.npy")
	file := npy(1, of("'<u4'", fmt.Sprintf("(%d,)", 4*page)), 16*page)
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	v, err := f.View("")
	if err != nil {
		t.Fatal(err)
	}
	defer v.Release()
	if err := os.Truncate(path, int64(page)); err != nil {
		t.Fatal(err)
	}
	if got, err := v.At(0); got != uint32(0) || err != nil {
		t.Errorf("%v, %v", got, err)
	}
	if _, err := v.At(-1); !errors.Is(err, buffer.ErrFault) {
		t.Errorf("%v", err)
	}
	if _, err := v.ToBytes(buffer.C); !errors.Is(err, buffer.ErrFault) {
		t.Errorf("%v", err)
	}
}

// A flush that failed once fails a Commit for good: systems forget what they could not write.
func TestCommitAfterALostFlush(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.npy")
	f, err := Create(path, buffer.Layout{Shape: []int{3}})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	in, out, err := os.Pipe() // which cannot be flushed
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	defer in.Close()
	file := f.file
	f.file = out
	first := f.Commit()
	f.file = file
	if again := f.Commit(); first == nil || again != first {
		t.Errorf("%v, and then %v", first, again)
	}
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("what is lost is in place: %v", err)
	}
}

// A view shows what others write to the file, and begins where a page does not.
func TestMapped(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.npy")
	padding := fmt.Sprintf("%*s", os.Getpagesize(), "")
	file := npy(2, of("'<u4'", "(2,)")+padding, 8)
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	v, err := f.View("")
	if err != nil {
		t.Fatal(err)
	}
	defer v.Release()
	binary.LittleEndian.PutUint32(file[len(file)-4:], 7)
	other, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	if _, err := other.WriteAt(file, 0); err != nil {
		t.Fatal(err)
	}
	if got, err := v.At(1); got != uint32(7) || err != nil {
		t.Errorf("%v, %v", got, err)
	}
}
