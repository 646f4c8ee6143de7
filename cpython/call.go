package cpython

import (
	"fmt"
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
	err = o.with(func(address uintptr) error {
		r, err = callObject(address, args)
		return err
	})
	return r, err
}

// CallMethod calls a method: getattr(o, name)(*args).
func (o *Object) CallMethod(name string, args ...any) (r *Object, err error) {
	err = o.with(func(address uintptr) error {
		method := call(c.GetAttrString, address, uintptr(unsafe.Pointer(cString(name))))
		if method == 0 {
			return raised()
		}
		defer decRef(method)
		r, err = callObject(method, args)
		return err
	})
	return r, err
}

func callObject(function uintptr, args []any) (*Object, error) {
	var kwargs uintptr
	if n := len(args) - 1; n >= 0 {
		if k, isKwargs := args[n].(Kwargs); isKwargs {
			var err error
			if kwargs, err = toPython(map[string]any(k), 0); err != nil {
				return nil, fmt.Errorf("keyword arguments: %w", err)
			}
			defer decRef(kwargs)
			args = args[:n]
		}
	}
	positional, err := toPython(Tuple(args), 0)
	if err != nil {
		return nil, fmt.Errorf("arguments: %w", err)
	}
	defer decRef(positional)
	_, end := running.Load().runs.begin()
	defer end()
	return result(call(c.CallObject, function, positional, kwargs))
}

// Import imports a module, and returns it: "numpy.linalg" the submodule.
func (p *Python) Import(name string) (module *Object, err error) {
	g, err := enter(background)
	if err != nil {
		return nil, err
	}
	defer g.leave()
	_, end := p.runs.begin()
	defer end()
	return result(call(c.ImportModule, uintptr(unsafe.Pointer(cString(name)))))
}

// Exec runs statements in the module __main__, whose variables all goroutines share.
func (p *Python) Exec(code string) error {
	_, err := p.evaluate(code, fileInput)
	return err
}

// Eval returns the value of an expression in the module __main__.
func (p *Python) Eval(expression string) (*Object, error) {
	return p.evaluate(expression, evalInput)
}

func (p *Python) evaluate(code string, start uintptr) (*Object, error) {
	g, err := enter(background)
	if err != nil {
		return nil, err
	}
	defer g.leave()
	_, end := p.runs.begin()
	defer end()
	return evaluate(code, start)
}

// How code is read (Py_file_input and Py_eval_input).
const (
	fileInput = 257
	evalInput = 258
)

func evaluate(code string, start uintptr) (*Object, error) {
	for i := range len(code) {
		if code[i] == 0 {
			return nil, fmt.Errorf("%w: NUL at byte %d of Python code", buffer.ErrValue, i)
		}
	}
	module := call(c.AddModule, uintptr(unsafe.Pointer(cString("__main__")))) // borrowed, as its dict
	if module == 0 {
		return nil, raised()
	}
	globals := call(c.ModuleDict, module)
	compiled := call(c.CompileString, uintptr(unsafe.Pointer(cString(code))), uintptr(unsafe.Pointer(cString("<go>"))), start)
	if compiled == 0 {
		return nil, raised()
	}
	defer decRef(compiled)
	value := call(c.EvalCode, compiled, globals, globals)
	if value == 0 {
		return nil, raised()
	}
	if start == fileInput {
		decRef(value) // None
		return nil, nil
	}
	return newObject(value), nil
}
