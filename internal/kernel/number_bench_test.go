package kernel

import (
	"encoding/binary"
	"fmt"
	"testing"
	"unsafe"
)

// counted fills a run with the numbers from 0 to 99, again and again.
func counted(n Number, items int) []byte {
	mem := make([]byte, items*n.Size)
	for i := range items {
		n.write(mem[i*n.Size:], value{exactFloat(float64(i % 100)), exactFloat(0)})
	}
	return mem
}

var benchSizes = []int{4096, 1 << 20}

// benchBothWays runs a benchmark with the kernels in assembly and without.
func benchBothWays(b *testing.B, name string, bytes int, run func()) {
	run() // for the check of its result, and to touch all memory
	for _, assembly := range []bool{true, false} {
		b.Run(name+map[bool]string{true: "/assembly", false: "/go"}[assembly], func(b *testing.B) {
			defer setAVX2(setAVX2(assembly))
			b.SetBytes(int64(bytes))
			for b.Loop() {
				run()
			}
		})
	}
}

func BenchmarkEqualNumbers(b *testing.B) {
	for _, pair := range [][2]Number{
		{{Kind: Int, Size: 4}, {Kind: Float, Size: 8}},
		{{Kind: Float, Size: 8}, {Kind: Float, Size: 8}},
		{{Kind: Float, Size: 4}, {Kind: Float, Size: 4}},
		{{Kind: Int, Size: 2}, {Kind: Float, Size: 4, Swap: true}},
		{{Kind: Int, Size: 8}, {Kind: Float, Size: 8}},
		{{Kind: Int, Size: 2}, {Kind: Int, Size: 4}},
	} {
		for _, n := range benchSizes {
			x, y := line(counted(pair[0], n), pair[0].Size), line(counted(pair[1], n), pair[1].Size)
			equal := false
			benchBothWays(b, fmt.Sprintf("%v-%v/%d", pair[0], pair[1], n), n*(x.Size+y.Size), func() { equal = EqualNumbers(x, y, pair[0], pair[1]) })
			if !equal {
				b.Fatalf("%v are unequal", pair)
			}
		}
	}
}

// BenchmarkEqualTransposed compares a matrix with the same one in the other order.
func BenchmarkEqualTransposed(b *testing.B) {
	const side = 4096
	n := Number{Kind: Float, Size: 4}
	mem, turned := counted(n, side*side), make([]byte, side*side*n.Size)
	x := Items{Base: unsafe.Pointer(&mem[0]), Size: n.Size, Shape: []int{side, side}, Strides: []int{side * n.Size, n.Size}}
	y := Items{Base: unsafe.Pointer(&turned[0]), Size: n.Size, Shape: []int{side, side}, Strides: []int{n.Size, side * n.Size}}
	Copy(y, x)
	equal := false
	benchBothWays(b, "f4", 2*len(mem), func() { equal = EqualNumbers(x, y, n, n) })
	if !equal {
		b.Fatal("unequal")
	}
}

func BenchmarkConvert(b *testing.B) {
	for _, pair := range [][2]Number{ // from, to
		{{Kind: Int, Size: 2}, {Kind: Float, Size: 8}},
		{{Kind: Float, Size: 4, Swap: true}, {Kind: Float, Size: 8}},
		{{Kind: Int, Size: 2, Swap: true}, {Kind: Float, Size: 8}},
		{{Kind: Uint, Size: 1}, {Kind: Float, Size: 4}},
		{{Kind: Uint, Size: 1}, {Kind: Float, Size: 8}},
		{{Kind: Int, Size: 4}, {Kind: Float, Size: 8}},
		{{Kind: Float, Size: 4}, {Kind: Float, Size: 8}},
		{{Kind: Float, Size: 8}, {Kind: Float, Size: 4}},
		{{Kind: Float, Size: 2}, {Kind: Float, Size: 4}},
		{{Kind: Float, Size: 4}, {Kind: Float, Size: 2}},
		{{Kind: Float, Size: 8}, {Kind: Int, Size: 4}},
		{{Kind: Float, Size: 8, Swap: true}, {Kind: Float, Size: 8}},
		{{Kind: Float, Size: 4, Swap: true}, {Kind: Float, Size: 4}},
		{{Kind: Int, Size: 2, Swap: true}, {Kind: Int, Size: 2}},
		{{Kind: Bool, Size: 1}, {Kind: Float, Size: 8}},
		{{Kind: Int, Size: 8}, {Kind: Float, Size: 8}},
	} {
		from, to := pair[0], pair[1]
		for _, n := range benchSizes {
			mem := make([]byte, n*to.Size)
			src, dst := line(counted(from, n), from.Size), line(mem, to.Size)
			benchBothWays(b, fmt.Sprintf("%v-%v/%d", from, to, n), n*(from.Size+to.Size), func() { Convert(dst, src, to, from) })
			if !to.read(mem[to.Size:]).same(value{exactFloat(1), exactFloat(0)}) {
				b.Fatalf("%v: number 1 is %v", pair, to.read(mem[to.Size:]))
			}
		}
	}
}

// BenchmarkDecode is the nearest that the standard library has.
func BenchmarkDecode(b *testing.B) {
	const n = 4096
	mem := counted(Number{Kind: Float, Size: 4, Swap: true}, n)
	dst := make([]float32, n)
	b.SetBytes(n * 8)
	for b.Loop() {
		if _, err := binary.Decode(mem, binary.BigEndian, dst); err != nil || dst[1] != 1 {
			b.Fatal(err)
		}
	}
}

func BenchmarkCount(b *testing.B) {
	for _, size := range []int{1, 2, 4, 8, 16} {
		n := Number{Kind: Uint, Size: min(size, 8)}
		for _, items := range benchSizes {
			it := line(counted(n, items*max(size/8, 1)), size)
			m := Match{Pattern: make([]byte, size), Mask: nil}
			m.Pattern[0] = 7
			absent := Match{Pattern: make([]byte, size)}
			absent.Pattern[0] = 200
			count, index := 0, 0
			benchBothWays(b, fmt.Sprintf("%d/%d", size, items), items*size, func() { count = Count(&it, &m) })
			benchBothWays(b, fmt.Sprintf("%d/%d/index", size, items), items*size, func() { index = Index(&it, &absent) })
			if size <= 8 && (count < items/100 || count > items/100+1) || index != -1 {
				b.Fatalf("%d of %d, index %d", count, items, index)
			}
		}
	}
}

func BenchmarkHex(b *testing.B) {
	for _, n := range []int{16, 1024, 1 << 20} {
		src, dst := make([]byte, n), make([]byte, 2*n)
		src[1] = 0xa5
		benchBothWays(b, fmt.Sprint(n), n, func() { Hex(dst, src) })
		if string(dst[:6]) != "00a500" {
			b.Fatalf("%s", dst[:6])
		}
	}
}
