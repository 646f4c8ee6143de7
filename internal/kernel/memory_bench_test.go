//go:build amd64 && !purego

package kernel

import (
	"fmt"
	"testing"
	"unsafe"
)

// BenchmarkMemory measures what the machine's memory gives to one goroutine and to two: reading alone, writing
// alone (past the caches, from one page that is in the first one), and copies. No copy can take less than
// either alone; bench/README.md judges targets by it.
func BenchmarkMemory(b *testing.B) {
	const page = 4096
	read := func(_, src []byte) {
		it := line(src, 8)
		Count(&it, &Match{Pattern: make([]byte, 8)})
	}
	write := func(dst, src []byte) {
		streamRows(&dst[0], &src[0], len(dst)/page, page, page, 0)
		streamFence()
	}
	pieces := func(dst, src []byte) { movePieces(unsafe.Pointer(&dst[0]), unsafe.Pointer(&src[0]), len(dst)) }
	for _, mib := range []int{2, 16, 128, 1024} {
		if mib > 128 && testing.Short() {
			continue
		}
		var dst, src []byte
		for _, work := range []struct {
			name string
			do   func(dst, src []byte)
		}{
			{"read", read},
			{"write", write},
			{"copy", func(dst, src []byte) { copy(dst, src) }},
			{"copy in pieces", pieces},
		} {
			for workers := 1; workers <= 2; workers++ {
				b.Run(fmt.Sprintf("%d MiB/%s/%d", mib, work.name, workers), func(b *testing.B) {
					if !hasAVX2 {
						b.Skip("platform: no AVX2")
					}
					if dst == nil {
						dst, src = make([]byte, mib<<20), make([]byte, mib<<20) // whole pages: they start lines
						side{mem: dst}.fill(1)
						side{mem: src}.fill(2)
					}
					each := len(dst) / workers
					b.SetBytes(int64(len(dst)))
					for b.Loop() {
						Together(workers, workers, func(i int) { work.do(dst[i*each:(i+1)*each], src[i*each:(i+1)*each]) })
					}
				})
			}
		}
	}
}
