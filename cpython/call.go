package cpython

import (
	"fmt"
	"strings"
	"unsafe"

	"github.com/go-memoryview/memoryview/buffer"
)

// Kwargs are keyword arguments, given to Call as the last argument.
type Kwargs map[string]any

// Call calls the object, with positional arguments and, where the last one is [Kwargs], with keyword
// arguments. An exception is an [*Error].
//
// Arguments are converted: nil, bool, numbers, *big.Int, strings; []byte to bytes; [Tuple] to a tuple, other
// slices and arrays to lists, maps to dicts, all by value. An [*Object] is passed as it is. A *memoryview.View
// and every other [buffer.Exporter] is lent, as by [Lend]; so a slice whose memory is to be shared is given as Lend(slice).
func (o *Object) Call(args ...any) (r *Object, err error) {
	err = o.with(func(p *Python, address uintptr) error {
		r, err = p.call(address, args)
		return err
	})
	return r, err
}

// CallMethod calls a method: getattr(o, name)(*args).
func (o *Object) CallMethod(name string, args ...any) (r *Object, err error) {
	n, err := cName(name)
	if err != nil {
		return nil, err
	}
	err = o.with(func(p *Python, address uintptr) error {
		method := call(c.GetAttrString, address, uintptr(unsafe.Pointer(n)))
		if method == 0 {
			return raised()
		}
		defer decRef(method)
		r, err = p.call(method, args)
		return err
	})
	return r, err
}

func (p *Python) call(function uintptr, args []any) (*Object, error) {
	var w writer
	var kwargs uintptr
	if n := len(args) - 1; n >= 0 {
		if k, isKwargs := args[n].(Kwargs); isKwargs {
			var err error
			if kwargs, err = w.write(map[string]any(k), 0); err != nil {
				return nil, fmt.Errorf("keyword arguments: %w", err)
			}
			defer decRef(kwargs)
			args = args[:n]
		}
	}
	positional, err := w.write(Tuple(args), 0)
	if err != nil {
		return nil, fmt.Errorf("arguments: %w", err)
	}
	defer decRef(positional)
	return p.result(call(c.CallObject, function, positional, kwargs))
}

// Import imports a module, and returns it: "numpy.linalg" the submodule.
func (p *Python) Import(name string) (module *Object, err error) {
	n, err := cName(name)
	if err != nil {
		return nil, err
	}
	g, err := p.enter(background)
	if err != nil {
		return nil, err
	}
	defer g.leave()
	return p.result(call(c.ImportModule, uintptr(unsafe.Pointer(n))))
}

// Exec runs statements in the module __main__, whose variables all goroutines share.
func (p *Python) Exec(code string) error {
	_, err := p.evaluate(code, fileInput)
	return err
}

// Eval returns the value of an expression in the module __main__.
func (p *Python) Eval(expression string) (*Object, error) {
	return p.evaluate(strings.TrimLeft(expression, " \t"), evalInput) // as eval does
}

func (p *Python) evaluate(code string, start uintptr) (*Object, error) {
	g, err := p.enter(background)
	if err != nil {
		return nil, err
	}
	defer g.leave()
	return p.execute(code, start)
}

// How code is read (Py_file_input and Py_eval_input).
const (
	fileInput = 257
	evalInput = 258
)

// execute has the GIL.
func (p *Python) execute(code string, start uintptr) (*Object, error) {
	if i := strings.IndexByte(code, 0); i >= 0 {
		return nil, fmt.Errorf("%w: NUL at byte %d of Python code", buffer.ErrValue, i)
	}
	module := call(c.AddModule, uintptr(unsafe.Pointer(cString("__main__")))) // borrowed, as its dict
	if module == 0 {
		return nil, raised()
	}
	globals := call(c.ModuleDict, module)
	call(c.IncRef, globals)
	defer decRef(globals)
	compiled := call(c.CompileString, uintptr(unsafe.Pointer(cString(code))), uintptr(unsafe.Pointer(cString("<go>"))), start)
	if compiled == 0 {
		return nil, raised()
	}
	defer decRef(compiled)
	value := call(c.EvalCode, compiled, globals, globals)
	if start == fileInput && value != 0 {
		decRef(value) // None
		return nil, nil
	}
	return p.result(value)
}
