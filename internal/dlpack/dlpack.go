// Package dlpack reads and writes the structures by which array libraries hand memory to each other (dlpack.h, versions 0 and 1): what an
// item is, and where the items lie. Both bridges to Python use it; it knows nothing of Python, calls no deleter, and owns no memory.
package dlpack

import (
	"fmt"
	"math"
	"slices"
	"unsafe"

	"github.com/go-memoryview/memoryview/buffer"
)

// Tensor is a DLTensor. Strides count items; without any the items lie in C order.
type Tensor struct {
	Data       uintptr
	Device     Device
	NDim       int32
	DType      DType
	Shape      *int64
	Strides    *int64
	ByteOffset uint64
}

// Device is a DLDevice: where memory lies.
type Device struct{ Type, ID int32 }

// Managed is a DLManagedTensor, as capsules named "dltensor" have it. The deleter is called once, by its last owner, from any thread.
type Managed struct {
	Tensor  Tensor
	Context uintptr
	Deleter uintptr // void (*)(DLManagedTensor *), or 0
}

// Versioned is a DLManagedTensorVersioned, as capsules named "dltensor_versioned" have it.
type Versioned struct {
	Major, Minor uint32
	Context      uintptr
	Deleter      uintptr // void (*)(DLManagedTensorVersioned *), or 0
	Flags        uint64
	Tensor       Tensor
}

// Flags of a Versioned.
const (
	ReadOnly = 1 << 0 // the memory must not be written
	Copied   = 1 << 1 // it was copied for this purpose, and nobody else has it
)

// The version that is written. Another major one must be refused, and deleted; minor ones add names only.
const (
	Major = 1
	Minor = 1
)

// CPU is the device whose memory a process reads by its addresses.
var CPU = Device{Type: 1}

var devices = map[int32]string{
	1: "CPU", 2: "CUDA", 3: "CUDA host", 4: "OpenCL", 7: "Vulkan", 8: "Metal", 9: "VPI", 10: "ROCm", 11: "ROCm host", 12: "external device", 13: "CUDA managed",
	14: "oneAPI", 15: "WebGPU", 16: "Hexagon", 17: "MAIA", 18: "Trainium",
}

// onHost are the devices whose memory the CPU has too.
var onHost = []int32{1, 3, 11, 13}

// Array is what a tensor says: where item 0 lies, and how all do. The format is that of package format.
type Array struct {
	Item0  uintptr
	Layout buffer.Layout // strides are given
}

// Read returns what a tensor says. Memory of another device, and items that have no format, are buffer.ErrType; shapes and
// strides that cannot be are buffer.ErrLayout. Where the memory ends is nobody's word but the tensor's.
func (t *Tensor) Read() (a Array, err error) {
	if err := t.Device.Check(); err != nil {
		return a, err
	}
	if t.NDim < 0 || t.NDim > buffer.MaxDims || t.NDim > 0 && t.Shape == nil {
		return a, fmt.Errorf("%w: %d dimensions, of at most %d", buffer.ErrLayout, t.NDim, buffer.MaxDims)
	}
	l := &a.Layout
	if l.Format, l.ItemSize, err = t.DType.format(); err != nil {
		return a, err
	}
	if l.Shape, err = narrow(t.Shape, t.NDim, 1); err != nil {
		return a, err
	}
	contiguous, err := buffer.ContiguousStrides(l.Shape, l.ItemSize, buffer.C)
	if err != nil {
		return a, err
	}
	l.Strides = contiguous
	if t.Strides != nil {
		if l.Strides, err = narrow(t.Strides, t.NDim, l.ItemSize); err != nil {
			return a, err
		}
	}
	if slices.Contains(l.Shape, 0) {
		return a, nil // wherever it lies
	}
	a.Item0 = t.Data + uintptr(t.ByteOffset)
	if t.Data == 0 || a.Item0 < t.Data || uint64(uintptr(t.ByteOffset)) != t.ByteOffset {
		return a, fmt.Errorf("%w: items of shape %v at address %#x and byte %d", buffer.ErrLayout, l.Shape, t.Data, t.ByteOffset)
	}
	return a, nil
}

// Check tells that the CPU has a device's memory, or is buffer.ErrType.
func (d Device) Check() error {
	if slices.Contains(onHost, d.Type) {
		return nil
	}
	return fmt.Errorf("%w: the memory lies on device %v, where the CPU has no addresses: copy it there first", buffer.ErrType, d)
}

// Span returns the bytes that the items cover, counted from item 0. Whether there are so many, who makes a loan of them checks, by arithmetic that
// notices overflow.
func (a Array) Span() (first, end int) {
	if slices.Contains(a.Layout.Shape, 0) {
		return 0, 0
	}
	end = a.Layout.ItemSize
	for d, extent := range a.Layout.Shape {
		reach := (extent - 1) * a.Layout.Strides[d]
		first, end = first+min(reach, 0), end+max(reach, 0)
	}
	return first, end
}

func (d Device) String() string {
	if name := devices[d.Type]; name != "" {
		return fmt.Sprintf("%s %d", name, d.ID)
	}
	return fmt.Sprintf("%d of unknown type %d", d.ID, d.Type)
}

// narrow returns n numbers times a factor, as far as an int has room.
func narrow(numbers *int64, n int32, factor int) ([]int, error) {
	narrowed := make([]int, n)
	for d, x := range unsafe.Slice(numbers, n) {
		if x > int64(math.MaxInt/factor) || x < -int64(math.MaxInt/factor) {
			return nil, fmt.Errorf("%w: %d items along dimension %d are beyond the address space", buffer.ErrLayout, x, d)
		}
		narrowed[d] = int(x) * factor
	}
	return narrowed, nil
}

// Write describes items in memory: shape and strides are put where numbers has room for two to each dimension, and the tensor
// points there. Items without a name in DLPack are buffer.ErrType; items behind pointers (suboffsets), or whose strides are no
// whole items, buffer.ErrLayout.
func (t *Tensor) Write(item0 uintptr, l buffer.Layout, numbers []int64) error {
	dtype, err := dtypeOf(l)
	if err != nil {
		return err
	}
	if l.Suboffsets != nil {
		return fmt.Errorf("%w: the items lie behind pointers (suboffsets), which DLPack has not: copy them first", buffer.ErrLayout)
	}
	n := len(l.Shape)
	for d := range n {
		stride := l.Strides[d]
		if l.Shape[d] <= 1 { // no step is ever made
			stride = 0
		}
		if stride%l.ItemSize != 0 {
			return fmt.Errorf("%w: stride %d of dimension %d is no multiple of the item size %d, as DLPack counts items: copy them first", buffer.ErrLayout, stride, d, l.ItemSize)
		}
		numbers[d], numbers[n+d] = int64(l.Shape[d]), int64(stride/l.ItemSize)
		if l.Shape[d] <= 1 {
			numbers[n+d] = 1
		}
	}
	*t = Tensor{Data: item0, Device: CPU, NDim: int32(n), DType: dtype}
	if n > 0 {
		t.Shape, t.Strides = &numbers[0], &numbers[n]
	}
	return nil
}
