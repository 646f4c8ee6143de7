package cpython

import (
	"errors"
	"fmt"
	"runtime"
	"unsafe"

	"github.com/go-memoryview/memoryview"
	"github.com/go-memoryview/memoryview/buffer"
	"github.com/go-memoryview/memoryview/export"
	"github.com/go-memoryview/memoryview/internal/dlpack"
)

// DLPack is how libraries of arrays hand memory to each other that have no buffers, or devices besides. What its structures say
// is package dlpack's; here they meet Python, in capsules.

// Names of capsules. A consumer that takes one over renames it, and calls the deleter itself.
var (
	versionedName = keep(cString("dltensor_versioned"))
	plainName     = keep(cString("dltensor"))
)

func nameOfCapsule(name *byte) uintptr { return uintptr(unsafe.Pointer(name)) }

// getTensor is getBuffer of an object that has __dlpack__ instead of buffers. Its Py_buffer is one of this package's own, and the
// capsule its object: nobody takes that over, so that its own destructor calls the deleter, when the loan is given back. The GIL is held.
func getTensor(o *Object, object uintptr) (view uintptr, err error) {
	typ := call(c.TypeOf, object) // an object may claim to have any attribute
	defer decRef(typ)
	method := call(c.GetAttrString, typ, uintptr(unsafe.Pointer(cString("__dlpack__"))))
	if method == 0 {
		if call(c.ErrMatches, load(c.AttributeError)) == 0 {
			return 0, raised()
		}
		call(c.ErrClear)
		return 0, errNoBuffer
	}
	decRef(method)
	capsule, err := askForTensor(o)
	if err != nil {
		return 0, err
	}
	defer capsule.Release()
	err = capsule.with(func(_ *Python, address uintptr) error {
		view, err = bufferOfTensor(address)
		return err
	})
	return view, err
}

// askForTensor asks for a capsule of the newer version, and then for any, as older libraries have them. What lies on another device
// is not asked for, since that can take long.
func askForTensor(o *Object) (*Object, error) {
	if device, err := As[[]int](o.CallMethod("__dlpack_device__")); err == nil && len(device) == 2 {
		if err := (dlpack.Device{Type: int32(device[0]), ID: int32(device[1])}).Check(); err != nil {
			return nil, err
		}
	}
	capsule, err := o.CallMethod("__dlpack__", Kwargs{"max_version": Tuple{dlpack.Major, dlpack.Minor}})
	var exception *Error
	if errors.As(err, &exception) && exception.Type == "TypeError" {
		capsule, err = o.CallMethod("__dlpack__")
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", buffer.ErrType, err)
	}
	return capsule, nil
}

// bufferOfTensor reads a capsule. The GIL is held.
func bufferOfTensor(capsule uintptr) (uintptr, error) {
	managed, versioned := call(c.CapsuleGet, capsule, nameOfCapsule(versionedName)), true
	if managed == 0 {
		call(c.ErrClear)
		managed, versioned = call(c.CapsuleGet, capsule, nameOfCapsule(plainName)), false
	}
	if managed == 0 {
		call(c.ErrClear)
		return 0, fmt.Errorf("%w: __dlpack__ returned a Python %s that is no new capsule of a tensor", buffer.ErrType, typeNameOf(capsule))
	}
	tensor, readOnly, err := dlpack.Open(pointer(managed), versioned)
	if err != nil {
		return 0, err
	}
	a, err := tensor.Read()
	if err != nil {
		return 0, err
	}
	l := a.Layout
	n := len(l.Shape)
	const head, word = unsafe.Sizeof(pyBuffer{}), unsafe.Sizeof(uintptr(0))
	view := call(c.RawCalloc, 1, head+2*uintptr(n)*word+uintptr(len(l.Format))+1)
	if view == 0 {
		return 0, fmt.Errorf("%w: no memory for a Py_buffer", buffer.ErrValue)
	}
	b := (*pyBuffer)(pointer(view))
	*b = pyBuffer{
		buf: a.Item0, obj: capsule, len: l.ItemSize, itemSize: l.ItemSize, ndim: int32(n),
		shape: view + head, strides: view + head + uintptr(n)*word, format: view + head + 2*uintptr(n)*word,
	}
	if readOnly {
		b.readOnly = 1
	}
	for _, extent := range l.Shape {
		b.len *= extent
	}
	copy(b.ints(b.shape), l.Shape)
	copy(b.ints(b.strides), l.Strides)
	copy(unsafe.Slice((*byte)(pointer(b.format)), len(l.Format)), l.Format)
	call(c.IncRef, capsule)
	return view, nil
}

// methodsOfTensor are those of lent memory, as Python's array API has them.
const methodsOfTensor = `
def __dlpack__(self, *, stream=None, max_version=None, dl_device=None, copy=None):
    """A capsule of the memory, for a consumer of DLPack."""
    if stream is not None:
        raise BufferError("memory of the CPU has no streams: the stream must be None")
    if dl_device is not None and tuple(dl_device) != self.__dlpack_device__():
        raise BufferError(f"the memory lies on the CPU, (1, 0), and not on the device {tuple(dl_device)}")
    return self._capsule((max_version is not None and max_version[0] >= 1) + 2 * bool(copy))

def __dlpack_device__(self):
    """Where the memory lies: on the CPU."""
    return 1, 0
`

// addTensorMethods puts the methods into the type of lent memory. They pass through the module __main__, and leave nothing there.
func (p *Python) addTensorMethods() error {
	if _, err := p.execute(methodsOfTensor, fileInput); err != nil {
		return err
	}
	for _, name := range []string{"__dlpack__", "__dlpack_device__"} {
		method, err := p.execute(name, evalInput)
		if err != nil {
			return err
		}
		defer method.Release()
		if !ok(call(c.SetAttrString, lentType, uintptr(unsafe.Pointer(cString(name))), method.reference.address)) {
			return raised()
		}
	}
	_, err := p.execute("del __dlpack__, __dlpack_device__", fileInput)
	return err
}

// Bits of the argument of _capsule.
const (
	wantsVersion = 1
	wantsCopy    = 2
)

// capsuleCallback is the method _capsule of lent memory. The GIL is held.
func capsuleCallback(object, how uintptr) (capsule uintptr) {
	defer func() {
		if r := recover(); r != nil {
			capsule = 0
			bufferError(fmt.Errorf("panic: %v", r))
		}
	}()
	bits, err := intOf(how)
	if err == nil {
		n, _ := bits.(int)
		capsule, err = newCapsule(lentOf(object).loan, n&wantsVersion != 0, n&wantsCopy != 0)
	}
	if err != nil {
		bufferError(err)
	}
	return capsule
}

// newCapsule is a capsule with a loan of its own.
func newCapsule(lent *buffer.Buffer, versioned, copied bool) (uintptr, error) {
	loan, err := loanOrCopy(lent, copied)
	if err != nil {
		return 0, err
	}
	block, err := newTensor(loan, versioned, copied)
	if err != nil {
		_ = loan.Release()
		return 0, err
	}
	name := plainName
	if versioned {
		name = versionedName
	}
	capsule := call(c.CapsuleNew, block, nameOfCapsule(name), capsuleDestructor)
	if capsule == 0 {
		deleteTensor(block, versioned)
		return 0, raised()
	}
	return capsule, nil
}

func loanOrCopy(lent *buffer.Buffer, copied bool) (*buffer.Buffer, error) {
	if !copied {
		return lent.Lend(nil, buffer.FullRO, nil)
	}
	v, err := memoryview.FromBuffer(lent)
	if err != nil {
		return nil, err
	}
	defer v.Release()
	data, err := v.ToBytes(buffer.C)
	if err != nil {
		return nil, err
	}
	l := lent.Layout()
	l.Strides, l.Suboffsets = nil, nil
	e, err := export.Strided(data, 0, l, false)
	if err != nil {
		return nil, err
	}
	return e.GetBuffer(buffer.Full)
}

// newTensor describes a loan in C memory, and takes it over unless it fails.
func newTensor(loan *buffer.Buffer, versioned, copied bool) (block uintptr, err error) {
	const head = unsafe.Sizeof(dlpack.Versioned{})
	l := loan.Layout()
	n := len(l.Shape)
	if block = call(c.RawCalloc, 1, head+2*uintptr(n)*unsafe.Sizeof(int64(0))); block == 0 {
		return 0, fmt.Errorf("%w: no memory for a tensor", buffer.ErrValue)
	}
	var flags uint64
	if loan.ReadOnly() {
		flags |= dlpack.ReadOnly
	}
	if copied {
		flags |= dlpack.Copied
	}
	deleter := plainDeleter
	if versioned {
		deleter = versionedDeleter
	}
	held := &lent{loan: loan}
	number := held.register()
	err = loan.Access(func(item unsafe.Pointer) error {
		held.pinner.Pin(item)
		numbers := unsafe.Slice((*int64)(pointer(block+head)), 2*n)
		return dlpack.Fill(pointer(block), versioned, flags, dlpack.Owner{Context: number, Deleter: deleter}, uintptr(item), l, numbers)
	})
	if err != nil {
		forget(number).pinner.Unpin()
		call(c.RawFree, block)
		return 0, err
	}
	return block, nil
}

// Addresses of the callbacks, for C.
var capsuleDestructor, versionedDeleter, plainDeleter uintptr

func defineDeleters() {
	capsuleDestructor = newCallback(capsuleDestructorCallback)
	versionedDeleter = newCallback(func(block uintptr) { deleteTensor(block, true) })
	plainDeleter = newCallback(func(block uintptr) { deleteTensor(block, false) })
}

// capsuleDestructorCallback is called when a capsule goes. Only one that nobody has taken over has its name still. The GIL is held.
func capsuleDestructorCallback(capsule uintptr) {
	for name, versioned := range map[*byte]bool{versionedName: true, plainName: false} {
		if call(c.CapsuleIsValid, capsule, nameOfCapsule(name)) != 0 {
			deleteTensor(call(c.CapsuleGet, capsule, nameOfCapsule(name)), versioned)
			return
		}
	}
}

// deleteTensor ends the loan of a tensor, on whatever thread its last owner is, who may have the GIL or not.
func deleteTensor(block uintptr, versioned bool) {
	number := (*dlpack.Managed)(pointer(block)).Context
	if versioned {
		number = (*dlpack.Versioned)(pointer(block)).Context
	}
	call(c.RawFree, block)
	if p := running.Load(); p != nil && !p.ending.Load() { // at the end it is Python's own thread, which has it
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		state := call(c.EnsureGIL)
		defer func() { call(c.ReleaseGIL, state) }()
	}
	keepingException(func() { giveBack(forget(number)) })
}
