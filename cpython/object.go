package cpython

import (
	"fmt"
	"runtime"
	"sync/atomic"
	"unsafe"

	"github.com/go-memoryview/memoryview/buffer"
)

// Object is a Python object, which lives at least as long as it is not released. It is a
// [buffer.Exporter], so memoryview.FromObject takes it. Its methods may be called from many
// goroutines at once.
//
// Release gives it back. What is not released is given back some time after the collector has
// noticed that nobody has it any more; but the collector does not know how much memory Python holds.
type Object struct {
	reference *reference
	leak      runtime.Cleanup
}

// reference is a counted reference to an object, with those who use it at the moment. It is apart
// from the Object so that the collector can see that the Object was leaked.
type reference struct {
	python   *Python
	address  uintptr
	users    atomic.Int64 // and one for the Object
	released atomic.Bool
}

// newObject takes over a reference. The GIL is held.
func (p *Python) newObject(address uintptr) *Object {
	r := &reference{python: p, address: address}
	r.users.Store(1)
	o := &Object{reference: r}
	o.leak = runtime.AddCleanup(o, (*reference).release, r)
	return o
}

// result takes over a reference that a C function returned, or the exception where there is none.
func (p *Python) result(address uintptr) (*Object, error) {
	if address == 0 {
		return nil, raised()
	}
	return p.newObject(address), nil
}

// use keeps the object while it is used.
func (o *Object) use() (*reference, error) {
	if o == nil || o.reference == nil {
		return nil, fmt.Errorf("%w: nil *Object", buffer.ErrType)
	}
	r := o.reference
	for {
		n := r.users.Load()
		if n <= 0 || r.released.Load() {
			return nil, fmt.Errorf("use of a Python object: %w", buffer.ErrReleased)
		}
		if r.users.CompareAndSwap(n, n+1) {
			return r, nil
		}
	}
}

// end is the end of a use. The last one queues the reference to be given back.
func (r *reference) end() {
	if r.users.Add(-1) == 0 {
		r.python.returns.addObject(r.address)
	}
}

// endInside is end where the GIL is held.
func (r *reference) endInside() {
	if r.users.Add(-1) == 0 {
		decRef(r.address)
	}
}

func (r *reference) release() {
	if r.released.CompareAndSwap(false, true) {
		r.end()
	}
}

// Release gives the object back. It may be repeated. What was made of it, views of its memory
// included, stays alive.
func (o *Object) Release() {
	if o != nil && o.reference != nil {
		o.leak.Stop()
		o.reference.release()
	}
}

// with calls f with the object's address and the GIL held.
func (o *Object) with(f func(p *Python, address uintptr) error) error {
	r, err := o.use()
	if err != nil {
		return err
	}
	g, err := r.python.enter(background)
	if err != nil {
		r.end()
		return err
	}
	defer g.leave()
	defer r.endInside()
	return f(r.python, r.address)
}

// typeName is the name of the object's type, or the error where that cannot be asked.
func (o *Object) typeName() (name string) {
	err := o.with(func(_ *Python, address uintptr) error {
		name = typeNameOf(address)
		return nil
	})
	if err != nil {
		return err.Error()
	}
	return name
}

// Attr returns an attribute: getattr(o, name).
func (o *Object) Attr(name string) (attr *Object, err error) {
	n, err := cName(name)
	if err != nil {
		return nil, err
	}
	err = o.with(func(p *Python, address uintptr) error {
		attr, err = p.result(call(c.GetAttrString, address, uintptr(unsafe.Pointer(n))))
		return err
	})
	return attr, err
}

// SetAttr sets an attribute, to a value as [Object.Call] takes them: setattr(o, name, value).
func (o *Object) SetAttr(name string, value any) error {
	n, err := cName(name)
	if err != nil {
		return err
	}
	return o.with(func(_ *Python, address uintptr) error {
		v, err := toPython(value)
		if err != nil {
			return fmt.Errorf("attribute %s: %w", name, err)
		}
		defer decRef(v)
		if !ok(call(c.SetAttrString, address, uintptr(unsafe.Pointer(n)), v)) {
			return raised()
		}
		return nil
	})
}

// String returns str(o), with escapes for what UTF-8 has no bytes, or the error where str fails.
func (o *Object) String() (s string) {
	err := o.with(func(_ *Python, address uintptr) error {
		str := call(c.Str, address)
		if str == 0 {
			return raised()
		}
		defer decRef(str)
		s = plain(str)
		return nil
	})
	if err != nil {
		return "<" + err.Error() + ">"
	}
	return s
}
