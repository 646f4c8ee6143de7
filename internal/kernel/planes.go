package kernel

import "unsafe"

// maxPlanes is how many planes pixels may have.
const maxPlanes = 4

// split takes pixels of some planes' items apart: HWC to CHW. It reports whether there is a kernel for it.
func split(dst, src unsafe.Pointer, n, dstStride, planes, size int) bool { return false }

// merge is the way back.
func merge(dst, src unsafe.Pointer, n, srcStride, planes, size int) bool { return false }
