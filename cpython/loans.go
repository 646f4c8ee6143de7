package cpython

import (
	"fmt"
	"strings"
	"sync"
)

// loans are those of Python's memory to Go, by the address of their Py_buffer.
type loans struct {
	mu  sync.Mutex
	out map[uintptr]struct{}
}

func (l *loans) add(view uintptr) {
	if l == nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.out[view] = struct{}{}
}

func (l *loans) remove(view uintptr) {
	if l == nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.out, view)
}

func (l *loans) count() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.out)
}

// describe names the loans that are out, and no more than some. The GIL is held: so no Py_buffer goes away before its
// object has got a reference, but afterwards any code may run.
func (l *loans) describe() string {
	const some = 4
	type lender struct {
		object uintptr
		shape  string
	}
	var lenders []lender
	l.mu.Lock()
	n := len(l.out)
	for view := range l.out {
		if len(lenders) == some {
			break
		}
		b := (*pyBuffer)(pointer(view))
		call(c.IncRef, b.obj)
		lenders = append(lenders, lender{b.obj, fmt.Sprintf("%q %v", goString(b.format), b.ints(b.shape))})
	}
	l.mu.Unlock()
	var names []string
	for _, lender := range lenders {
		names = append(names, typeNameOf(lender.object)+" "+lender.shape)
		decRef(lender.object)
	}
	if n > some {
		names = append(names, fmt.Sprintf("and %d more", n-some))
	}
	return strings.Join(names, ", ")
}
