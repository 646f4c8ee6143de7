package memoryview_test

import (
	"os"
	"strings"
	"testing"
	"unsafe"

	"github.com/google/go-cmp/cmp"

	"github.com/go-memoryview/memoryview"
	"github.com/go-memoryview/memoryview/buffer"
)

// tour is the code of the README, word for word.
func tour(t *testing.T, pointer unsafe.Pointer, size int, unmap func()) {
	data := []float64{1, 2, 3, 4, 5, 6}
	v, err := memoryview.FromObject(data)
	expect(t, err, cmp.Equal(v.Shape(), []int{6}))
	raw, err := memoryview.FromMemory(pointer, size, buffer.Read, memoryview.WithRelease(unmap))
	expect(t, err, raw.Release() == nil)
	loan, err := buffer.Get(data, buffer.FullRO)
	expect(t, err, loan.Len() == 48)
	w, err := memoryview.FromBuffer(loan)
	expect(t, err, w.Base() == nil)
	run, err := memoryview.GetContiguous(v, buffer.Read, buffer.F)
	expect(t, err, cmp.Equal(run.Base(), any(data)))
	expect(t, nil,
		memoryview.Check(v) && // PyMemoryView_Check: true
			v.Buffer().Len() == 48 && cmp.Equal(v.Base(), any(data)))

	m, err := v.Cast("d", 2, 3)
	expect(t, err, m.NDim() == 2)
	column, err := m.Select(":, 1")
	expect(t, err, column.NDim() == 1)
	err = column.CopyFrom(0)
	expect(t, err, cmp.Equal(data, []float64{1, 0, 3, 4, 0, 6}))
	item, err := m.At(-1, 0)
	expect(t, err, item == 4.0)
	same, err := v.Equal([]int32{1, 0, 3, 4, 0, 6})
	expect(t, err, same)
	err = v.Release()
	expect(t, err, m.NDim() == 2)
}

func expect(t *testing.T, err error, holds bool) {
	t.Helper()
	if err != nil || !holds {
		t.Errorf("the README's line does not hold: %v", err)
	}
}

// TestReadme runs the tour, and holds the README's Go code to it.
func TestReadme(t *testing.T) {
	mem := make([]byte, 4)
	unmapped := false
	tour(t, unsafe.Pointer(&mem[0]), len(mem), func() { unmapped = true })
	if !unmapped {
		t.Error("the raw memory was not given back")
	}
	readme, errReadme := os.ReadFile("README.md")
	code, errCode := os.ReadFile("readme_test.go")
	if errReadme != nil || errCode != nil {
		t.Fatal(errReadme, errCode)
	}
	lines := 0
	for i, block := range strings.Split(string(readme), "```") {
		if i%2 == 0 || !strings.HasPrefix(block, "go\n") || strings.Contains(block, "cpython.") || strings.Contains(block, "shm.") || strings.Contains(block, "remote.") { // these packages hold their own
			continue
		}
		for line := range strings.Lines(strings.TrimPrefix(block, "go\n")) {
			line, _, _ = strings.Cut(line, "//")
			if line = strings.TrimSpace(line); line != "" && line != ")" {
				lines++
				if !strings.Contains(string(code), line) {
					t.Errorf("the tour does not run this line of the README: %s", line)
				}
			}
		}
	}
	if lines < 15 {
		t.Errorf("found %d lines of Go in the README", lines)
	}
}
