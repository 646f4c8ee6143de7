package kernel

import (
	"bytes"
	"testing"
	"unsafe"
)

// BenchmarkCopy measures whole copies to C order beside a copy of the same bytes, with the kernels in
// assembly and without, and by two goroutines.
func BenchmarkCopy(b *testing.B) {
	for _, c := range []struct {
		name    string
		size    int
		shape   []int
		strides []int // of the source
	}{
		{"64 bytes", 1, []int{64}, []int{1}},
		{"8x8 items of 8", 8, []int{8, 8}, []int{64, 8}},
		{"8x8 items of 8, transposed", 8, []int{8, 8}, []int{8, 64}},
		{"2x3x4x2 items of 8, transposed", 8, []int{2, 3, 4, 2}, []int{8, 16, 48, 192}},
		{"every second byte", 1, []int{65536}, []int{2}},
		{"bytes backwards", 1, []int{65536}, []int{-1}},
		{"4 MiB", 1, []int{4 << 20}, []int{1}},
		{"64 MiB", 1, []int{64 << 20}, []int{1}},
		{"HWC to CHW, 1080p bytes", 1, []int{3, 1080, 1920}, []int{1, 5760, 3}},
		{"CHW to HWC, 1080p bytes", 1, []int{1080, 1920, 3}, []int{1920, 1, 1920 * 1080}},
		{"HWC to CHW, 1080p uint16", 2, []int{3, 1080, 1920}, []int{2, 11520, 6}},
		{"CHW to HWC, 1080p uint16", 2, []int{1080, 1920, 3}, []int{3840, 2, 3840 * 1080}},
		{"HWC to CHW, 1080p float32", 4, []int{3, 1080, 1920}, []int{4, 23040, 12}},
		{"CHW to HWC, 1080p float32", 4, []int{1080, 1920, 3}, []int{7680, 4, 7680 * 1080}},
		{"RGBA to planes, 1080p bytes", 1, []int{4, 1080, 1920}, []int{1, 7680, 4}},
		{"planes to RGBA, 1080p bytes", 1, []int{1080, 1920, 4}, []int{1920, 1, 1920 * 1080}},
		{"RGBA to RGB, 1080p bytes", 1, []int{1080, 1920, 3}, []int{7680, 4, 1}},
		{"BGR to RGB, 1080p bytes", 1, []int{1080, 1920, 3}, []int{5760, 3, -1}},
		{"a column repeated", 4, []int{2048, 2048}, []int{4, 0}},
		{"transposed, with gaps", 4, []int{2000, 2000}, []int{8, 16024}},
		{"many short rows with gaps", 2, []int{1_000_000, 3}, []int{12, 4}},
		{"axes 2 0 1 of 3", 4, []int{400, 200, 300}, []int{4, 480_000, 1600}},
		{"4096x4096 items of 8, transposed", 8, []int{4096, 4096}, []int{8, 32768}},
	} {
		src := Items{Size: c.size, Shape: c.shape, Strides: c.strides}
		low, high := src.Window()
		from := make([]byte, high-low)
		copy(from, noise)
		src.Base = unsafe.Pointer(&from[-low])
		n := src.Count() * c.size
		to := bytes.Repeat([]byte{1}, n) // all of it touched
		dst := contiguous(to, &src, false, make([]int, MaxDims))
		sides := []struct {
			name string
			copy func()
		}{
			{"copy", func() { copy(to, from[:n:n]) }},
			{"assembly", func() { Copy(dst, src) }},
			{"go", func() { defer setAVX2(setAVX2(false)); Copy(dst, src) }},
			{"two goroutines", func() { CopyParallel(dst, src, 2) }},
		}
		for i, side := range sides {
			if i == 0 && len(from) < n {
				continue
			}
			b.Run(c.name+"/"+side.name, func(b *testing.B) {
				b.SetBytes(int64(n))
				for b.Loop() {
					side.copy()
				}
				index := make([]int, len(c.shape))
				for d := range index {
					index[d] = c.shape[d] - 1
				}
				last := unsafe.Slice((*byte)(src.At(index)), c.size)
				if i > 0 && !bytes.Equal(to[n-c.size:], last) {
					b.Error("wrong item at the end")
				}
			})
		}
	}
}
