package arrayfile_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-memoryview/memoryview/arrayfile"
	"github.com/go-memoryview/memoryview/buffer"
	"github.com/go-memoryview/memoryview/shm"
)

// A shared segment is a file, and so is a copy of it: what is written to the one is written to the segment.
func TestSegments(t *testing.T) {
	for order, l := range map[buffer.Order]buffer.Layout{
		buffer.C: {Format: ">h", Shape: []int{2, 3}},
		buffer.F: {Format: "T{<d:x:B:tag:}", Shape: []int{2, 3}, Strides: []int{9, 18}},
	} {
		s := must(shm.Create("", l))
		v := must(s.View())
		check(errors.Join(v.Buffer().FromContiguous(bytes.Repeat([]byte{1, 2, 3}, v.NBytes()/3), buffer.C), s.Publish()))
		path := must(shm.Path(s.Name()))
		segment := must(os.ReadFile(path))
		copied := filepath.Join(t.TempDir(), "segment")
		check(os.WriteFile(copied, segment, 0o600))
		inPlace := open(t, path, arrayfile.Writable())
		for _, f := range []*arrayfile.File{
			inPlace, open(t, path, arrayfile.Reading()), open(t, copied), must(arrayfile.FromBytes(segment)),
			must(arrayfile.OpenReader(bytes.NewReader(segment), "stream")),
		} {
			w := must(f.View(""))
			a := must(f.Array(""))
			if !must(v.Equal(w)) || w.Format() != l.Format || a.Order() != order || f.Kind() != "shared segment" || a.Offset()%64 != 0 {
				t.Errorf("%v: %v of %s", order, must(w.ToList()), w.Format())
			}
			check(w.Release())
		}
		w := must(inPlace.View(""))
		check(w.Buffer().FromContiguous(bytes.Repeat([]byte{3, 2, 1}, v.NBytes()/3), buffer.C))
		if !must(v.Equal(w)) {
			t.Error("what is written to the file is not in the segment")
		}
		check(errors.Join(w.Release(), v.Release(), s.Close(), shm.Remove(s.Name())))

		_, err := arrayfile.FromBytes(segment[:len(segment)-1])
		if !errors.Is(err, arrayfile.ErrHeader) || !errors.Is(err, shm.ErrHeader) || !errors.Is(err, buffer.ErrLayout) {
			t.Errorf("cut short: %v", err)
		}
		segment[8] = 0
		_, err = arrayfile.FromBytes(segment)
		if !errors.Is(err, arrayfile.ErrHeader) || !errors.Is(err, shm.ErrNotReady) {
			t.Errorf("not ready: %v", err)
		}
		segment[8] = 1
		at := map[buffer.Order]int{buffer.C: 40, buffer.F: 32}[order] // the extent with the smaller stride
		binary.NativeEndian.PutUint64(segment[at:], binary.NativeEndian.Uint64(segment[at:])-1)
		if _, err = arrayfile.FromBytes(segment); !errors.Is(err, errors.ErrUnsupported) || !strings.Contains(err.Error(), "items with gaps") {
			t.Errorf("with gaps: %v", err)
		}
	}
}
