package cpython

import (
	"fmt"
	"runtime"
	"strings"
	"sync"
	"unsafe"

	"github.com/go-memoryview/memoryview/buffer"
)

// Lend makes a Python object of Go memory: of a *memoryview.View, any [buffer.Exporter], or a plain Go value as
// [buffer.Get] takes them, such as a []float64. Every consumer of buffers takes it: numpy.asarray, memoryview,
// bytes, hashlib, sockets; without copying, read-only where the memory is.
//
// The memory stays lent until the last consumer in Python is gone and the *Object is released; only then is
// the loan released. Meanwhile the Release of a lent View is buffer.ErrExported. A release function of the
// memory's owner is called by whoever lets go of it last, perhaps in Python, with the GIL held.
func Lend(obj any) (o *Object, err error) {
	p := running.Load()
	g, err := p.enter(background)
	if err != nil {
		return nil, fmt.Errorf("loan to Python: %w", err)
	}
	defer g.leave()
	address, err := lend(obj)
	if err != nil {
		return nil, err
	}
	return p.newObject(address), nil
}

// lent is Go memory that Python holds.
type lent struct {
	loan   *buffer.Buffer
	pinner runtime.Pinner
	dims   uintptr // shape, strides, suboffsets and the format, in C memory
	view   pyBuffer
}

// allLent are found by the numbers that their objects hold: Python cannot hold pointers of Go.
var allLent struct {
	sync.Mutex
	last    uintptr
	numbers map[uintptr]*lent
}

// lend returns a new object that lends the memory of obj. The GIL is held.
func lend(obj any) (uintptr, error) {
	loan, err := buffer.Get(obj, buffer.FullRO)
	if err != nil {
		return 0, fmt.Errorf("loan to Python: %w", err)
	}
	m := &lent{loan: loan}
	if err := m.describe(); err != nil {
		_ = loan.Release()
		return 0, err
	}
	object := call(c.GenericAlloc, lentType, 0)
	if object == 0 {
		m.release()
		return 0, raised()
	}
	*(*uintptr)(pointer(object + lentNumber)) = m.register()
	return object, nil
}

// describe fills what every consumer is told.
func (m *lent) describe() error {
	l := m.loan.Layout()
	format := cString(l.Format)
	ndim := len(l.Shape)
	const word = unsafe.Sizeof(uintptr(0))
	if m.dims = call(c.RawCalloc, 1, 3*uintptr(ndim)*word+uintptr(len(l.Format))+1); m.dims == 0 {
		return fmt.Errorf("loan to Python: %w: no memory for a shape", buffer.ErrValue)
	}
	place := m.dims
	store := func(numbers []int) (address uintptr) {
		if numbers == nil {
			return 0
		}
		address = place
		place += uintptr(copy(unsafe.Slice((*int)(pointer(address)), ndim), numbers)) * word
		return address
	}
	m.view = pyBuffer{
		len: m.loan.Len(), itemSize: l.ItemSize, ndim: int32(ndim),
		shape: store(l.Shape), strides: store(l.Strides), suboffsets: store(l.Suboffsets), format: place,
	}
	copy(unsafe.Slice((*byte)(pointer(place)), len(l.Format)+1), unsafe.Slice(format, len(l.Format)+1))
	if m.loan.ReadOnly() {
		m.view.readOnly = 1
	}
	return m.loan.Access(func(item unsafe.Pointer) error {
		m.pinner.Pin(item)
		m.view.buf = uintptr(item)
		return nil
	})
}

func (m *lent) register() uintptr {
	allLent.Lock()
	defer allLent.Unlock()
	if allLent.numbers == nil {
		allLent.numbers = map[uintptr]*lent{}
	}
	allLent.last++
	allLent.numbers[allLent.last] = m
	return allLent.last
}

func lentOf(object uintptr) *lent {
	allLent.Lock()
	defer allLent.Unlock()
	return allLent.numbers[load(object+lentNumber)]
}

func forget(number uintptr) *lent {
	allLent.Lock()
	defer allLent.Unlock()
	m := allLent.numbers[number]
	delete(allLent.numbers, number)
	return m
}

// release is the end of the loan.
func (m *lent) release() {
	call(c.RawFree, m.dims)
	m.pinner.Unpin()
	_ = m.loan.Release()
}

// fill answers a consumer, as CPython's own memoryview does.
func (m *lent) fill(view *pyBuffer, flags buffer.Flags) error {
	loan, err := m.loan.Lend(nil, flags, nil) // checks the flags
	if err != nil {
		return err
	}
	_ = loan.Release()
	*view = m.view
	if !flags.Has(buffer.Format) {
		view.format = 0
	}
	if !flags.Has(buffer.Strides) {
		view.strides = 0
	}
	if !flags.Has(buffer.Indirect) {
		view.suboffsets = 0
	}
	if !flags.Has(buffer.ND) {
		view.ndim, view.shape = 1, 0
	}
	return nil
}

// The type of lent memory in Python.
var (
	lentType   uintptr
	lentNumber uintptr // where in an object the number lies
)

// Slots of PyType_FromSpec.
const (
	slotGetBuffer = 1
	slotDealloc   = 52
	slotDoc       = 56
	slotMethods   = 64
)

const (
	flagsDefault         = 1 << 18
	flagNoInstantiations = 1 << 7
)

// defineLent makes the type. Its functions, and those of tensors, are the only callbacks there are. The GIL is held.
func defineLent() error {
	size := call(c.GetAttrString, c.ObjectType, uintptr(unsafe.Pointer(cString("__basicsize__"))))
	if size == 0 {
		return raised()
	}
	defer decRef(size)
	n, err := intOf(size)
	if err != nil {
		return err
	}
	lentNumber = uintptr(n.(int))
	defineDeleters()
	const takesOne = 8 // METH_O
	methods := &[...]struct{ name, function, flags, doc uintptr }{
		{uintptr(unsafe.Pointer(keep(cString("_capsule")))), newCallback(capsuleCallback), takesOne, 0}, {},
	}
	type slot struct{ id, function uintptr }
	slots := &[...]slot{
		{slotGetBuffer, newCallback(getBufferCallback)},
		{slotDealloc, newCallback(deallocCallback)},
		{slotMethods, uintptr(unsafe.Pointer(keep(methods)))},
		{slotDoc, uintptr(unsafe.Pointer(keep(cString("Memory of Go, lent to Python."))))},
		{},
	}
	spec := &struct {
		name                uintptr
		basicSize, itemSize int32
		flags               uint32
		slots               uintptr
	}{
		name:      uintptr(unsafe.Pointer(keep(cString("go.Memory")))),
		basicSize: int32(lentNumber + unsafe.Sizeof(uintptr(0))),
		flags:     flagsDefault | flagNoInstantiations,
		slots:     uintptr(unsafe.Pointer(keep(slots))),
	}
	if lentType = call(c.TypeFromSpec, uintptr(unsafe.Pointer(spec))); lentType == 0 {
		return raised()
	}
	return nil
}

// kept is what Python may point to for ever.
var kept []any

func keep[T any](p *T) *T {
	kept = append(kept, p)
	return p
}

// getBufferCallback is the type's bf_getbuffer. The GIL is held.
func getBufferCallback(object, address uintptr, flags int32) (result int32) {
	view := (*pyBuffer)(pointer(address))
	*view = pyBuffer{} // it arrives with anything in it
	defer func() {
		if r := recover(); r != nil {
			result = bufferError(fmt.Errorf("panic: %v", r))
		}
	}()
	if err := lentOf(object).fill(view, buffer.Flags(flags)); err != nil {
		return bufferError(err)
	}
	call(c.IncRef, object)
	view.obj = object
	return 0
}

func bufferError(err error) int32 {
	raise(c.BufferError, err.Error())
	return -1
}

func raise(exception uintptr, message string) {
	call(c.ErrSetString, load(exception), uintptr(unsafe.Pointer(cString(strings.ToValidUTF8(message, "?")))))
}

// deallocCallback is the type's tp_dealloc: the last consumer is gone. The GIL is held.
func deallocCallback(object uintptr) {
	keepingException(func() { giveBack(forget(load(object + lentNumber))) })
	call(c.ObjectFree, object)
	call(c.DecRef, lentType)
}

// keepingException puts an exception that is on its way aside. The GIL is held.
func keepingException(f func()) {
	var exc [3]uintptr
	call(c.ErrFetch, uintptr(unsafe.Pointer(&exc[0])), uintptr(unsafe.Pointer(&exc[1])), uintptr(unsafe.Pointer(&exc[2])))
	f()
	call(c.ErrRestore, exc[0], exc[1], exc[2])
}

// giveBack ends the loan. A panic of the owner's release function goes where Python sends the exceptions of its
// destructors: to standard error, if nobody sets sys.unraisablehook.
func giveBack(m *lent) {
	if p := running.Load(); p != nil {
		defer p.callback()()
	}
	defer func() {
		if r := recover(); r != nil {
			raise(c.RuntimeError, fmt.Sprintf("panic: %v", r))
			call(c.ErrUnraised, lentType)
		}
	}()
	m.release()
}
