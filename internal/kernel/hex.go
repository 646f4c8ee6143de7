package kernel

// Hex writes the bytes of src to dst as hexadecimal digits in lower case. len(dst) is 2*len(src).
func Hex(dst, src []byte) {
	done := hexFast(dst, src)
	hexBytes(dst[2*done:], src[done:])
}

const hexDigits = "0123456789abcdef"

// hexPairs are the digits of every byte.
var hexPairs = func() (pairs [256][2]byte) {
	for b := range pairs {
		pairs[b] = [2]byte{hexDigits[b>>4], hexDigits[b&15]}
	}
	return pairs
}()

func hexBytes(dst, src []byte) {
	ran("hexBytes")
	for _, b := range src {
		pair := &hexPairs[b]
		dst[0], dst[1] = pair[0], pair[1]
		dst = dst[2:]
	}
}
