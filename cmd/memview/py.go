//go:build !static

package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/go-memoryview/memoryview"
	"github.com/go-memoryview/memoryview/buffer"
	"github.com/go-memoryview/memoryview/cmd/memview/internal/arraytext"
	"github.com/go-memoryview/memoryview/cpython"
)

// pythonCommands are not there with the build tag static: Python's library is loaded by the system's.
type pythonCommands struct {
	Py pyCommand `cmd:"" help:"Print what a Python expression makes of an array, which NumPy sees without a copy."`
}

type pyCommand struct {
	File       string `arg:"" help:"The file, - for standard input, perhaps with a part: 'photo.npy[::64]', 'log.npy[:].pos'." placeholder:"FILE[SLICE].FIELD"`
	Expression string `arg:"" help:"In Python: the array is a, NumPy is np."`

	Python string `help:"The interpreter, virtual environment or libpython to use (default: that of PYTHON, VIRTUAL_ENV, or python3)." placeholder:"PATH"`
	All    bool   `help:"Leave nothing out of the middle of long arrays."`
	Width  int    `help:"Characters on a line (default: the terminal's, 75 in a pipe)." placeholder:"N"`

	openFlags
}

// Help is called by kong.
func (*pyCommand) Help() string {
	return examples(`
		memview py photo.npy 'a.mean(axis=(0, 1))'
		memview py 'log.npy[:].pos.x' 'np.percentile(a, [5, 50, 95])'
		memview py log.npy "a[a['id'] > 7]"
		PYTHON=~/env/bin/python memview py grid.npy 'np.fft.fft2(a)'`)
}

func (c *pyCommand) source() *source {
	return &source{File: c.File, openFlags: c.openFlags}
}

// Validate is called by kong.
func (c *pyCommand) Validate() error {
	return errors.Join((&showCommand{Width: c.Width}).Validate(), c.source().Validate())
}

// Run evaluates the expression and prints the result.
func (c *pyCommand) Run(out *output) (err error) {
	sel, err := c.source().open(out.progress)
	if err != nil {
		return err
	}
	defer sel.Close()
	python, err := cpython.Start(cpython.Options{Python: c.Python})
	if err != nil {
		line := strings.NewReplacer(":\n", ": ", "\n  ", "; ", "\n", ". ").Replace(err.Error())
		return errors.New(strings.Join(strings.Fields(line), " "))
	}
	err = c.evaluate(python, sel.part, out)
	return errors.Join(err, out.failed(), python.Close())
}

// evaluate is the Python part. The array is handed over in place.
func (c *pyCommand) evaluate(python *cpython.Python, v *memoryview.View, out *output) error {
	np, err := python.Import("numpy")
	if err != nil {
		return fmt.Errorf("%w: %s needs it: install it there, or choose another Python by --python", err, python.Executable())
	}
	defer np.Release()
	array, err := np.CallMethod("asarray", v)
	if err != nil {
		return fmt.Errorf("NumPy cannot read format %q: %w", v.Format(), err)
	}
	defer array.Release()
	main, err := python.Import("__main__")
	if err != nil {
		return err
	}
	defer main.Release()
	if err := errors.Join(main.SetAttr("np", np), main.SetAttr("a", array)); err != nil {
		return err
	}
	result, err := python.Eval(strings.TrimSpace(c.Expression))
	if err != nil {
		return err
	}
	defer result.Release()
	return c.show(result, out)
}

// viewOf returns a view of an array that has dimensions and a buffer.
func viewOf(result *cpython.Object) (*memoryview.View, error) {
	strides, err := result.Attr("strides") // bytes lend their memory, but are no arrays
	if err != nil {
		return nil, err
	}
	strides.Release()
	v, err := memoryview.FromObject(result)
	if err == nil && v.NDim() == 0 {
		err = errors.Join(buffer.ErrType, v.Release())
	}
	return v, err
}

// show prints arrays as the command show does, and all else as Python does.
func (c *pyCommand) show(result *cpython.Object, out *output) error {
	v, err := viewOf(result)
	if err != nil {
		for line := range strings.Lines(result.String()) {
			if line = strings.TrimSuffix(line, "\n"); out.width > 0 {
				line = arraytext.Printable(line) // to a terminal, nothing goes that could steer it
			}
			fmt.Fprintln(out, line)
		}
		return nil
	}
	defer v.Release()
	text, hidden, err := (&showCommand{All: c.All, Width: c.Width}).text(v, out)
	if err != nil {
		return err
	}
	out.comment("%s  %s  %s", strings.TrimSpace(c.Expression), words(typeOf(v.Format())), tuple(v.Shape()))
	fmt.Fprintln(out, text)
	if len(hidden) > 0 {
		out.comment("%s left out, for the width: %s", plural(len(hidden), "%d column"), listing(hidden))
	}
	return nil
}
