package format

import (
	"encoding/binary"
	"runtime"
	"unsafe"
)

// abi is what the C compiler of a platform says of the types whose size or alignment differs between platforms, in bytes.
type abi struct {
	long       int // size and alignment of long
	pointer    int // size and alignment of a pointer, ssize_t and size_t
	wideAlign  int // alignment of long long and double
	longDouble longDouble
}

// longDouble describes C's long double. A size of 0 means that its layout is not known here.
type longDouble struct {
	size, align int
	encoding    encoding
}

// encoding is how the bits of a long double are laid out.
type encoding uint8

const (
	plainDouble encoding = iota // the same as double
	extended                    // the x87's 80 bits, the rest of the bytes unused
	quad                        // IEEE 754 binary128
)

var host = abiOf(runtime.GOOS, runtime.GOARCH, int(unsafe.Sizeof(uintptr(0))))

// hostBig tells that the host stores the most significant byte first.
var hostBig = binary.NativeEndian.Uint16([]byte{0, 1}) == 1

// abiOf gives the C ABI of a platform whose pointers are of the given size.
func abiOf(goos, goarch string, pointer int) abi {
	a := abi{long: pointer, pointer: pointer, wideAlign: 8}
	if goos == "windows" {
		a.long = 4
	}
	if goarch == "386" && goos != "windows" {
		a.wideAlign = 4
	}
	a.longDouble = longDoubleOf(goos, goarch, a.wideAlign)
	return a
}

func longDoubleOf(goos, goarch string, doubleAlign int) longDouble {
	switch {
	case goos == "windows", goos == "darwin" && goarch == "arm64", goarch == "arm", goarch == "mips", goarch == "mipsle":
		return longDouble{8, doubleAlign, plainDouble}
	case goarch == "amd64":
		return longDouble{16, 16, extended}
	case goarch == "386":
		return longDouble{12, 4, extended}
	case goarch == "ppc64", goarch == "ppc64le":
		return longDouble{} // a pair of doubles or binary128, by compiler option
	case goarch == "s390x":
		return longDouble{16, 8, quad}
	default:
		return longDouble{16, 16, quad}
	}
}
