package buffertest

import (
	"errors"
	"fmt"
)

// A duty is what an exporter owes to those it lends to, and where that is written: PEP 3118; CPython's C API
// (docs.python.org/3/c-api/buffer.html and typeobj.html); or the introduction of package buffer.
type duty struct{ text, written string }

var (
	answers     = &duty{"every request is answered with a loan or an error", "C API, getbufferproc, steps 1 and 2"}
	serves      = &duty{"what can be served is", "C API, Buffer request types"}
	refuses     = &duty{"what cannot be served is refused", "C API, getbufferproc, step 1"}
	says        = &duty{"a refusal has the error for it", "package buffer, Memory.Lend"}
	ignores     = &duty{"bits that are no flags do not matter", "C API, Buffer request types; CPython tests each flag by itself"}
	agrees      = &duty{"the parts of a layout agree", "C API, Py_buffer"}
	stays       = &duty{"all consumers get the same items", "PEP 3118: the memory and its layout stay as they are until it is released"}
	chooses     = &duty{"memory is read-only for all consumers or for none", "C API, PyBUF_WRITABLE"}
	writes      = &duty{"what is written reaches the memory itself", "C API, PyBUF_WRITABLE"}
	independent = &duty{"every loan is released by itself", "C API, PyBuffer_Release"}
	outlives    = &duty{"memory remains valid until there are no consumers left", "C API, getbufferproc"}
	counts      = &duty{"loans are counted, and memory that is lent is not resized", "C API, getbufferproc, step 3"}
	frees       = &duty{"when no loan is left, the memory is free again", "C API, releasebufferproc, steps 1 and 2"}
	leaves      = &duty{"a loan that has ended leaves nothing behind", "C API, releasebufferproc"}
	shares      = &duty{"many goroutines may ask and release at once", "package buffer, Exporter"}
)

// complaints are collected, a few of each duty: one fault shows in many ways.
type complaints struct {
	found []error
	times map[*duty]int
}

// enough is how many complaints of one duty are listed.
const enough = 3

func (c *complaints) fail(d *duty, problem string, args ...any) {
	if c.times == nil {
		c.times = make(map[*duty]int)
	}
	if c.times[d]++; c.times[d] > enough {
		return
	}
	c.found = append(c.found, fmt.Errorf("%s: %w [%s]", d.text, fmt.Errorf(problem, args...), d.written))
}

func (c *complaints) errors() error {
	for d, n := range c.times {
		if n > enough {
			c.found = append(c.found, fmt.Errorf("%s: and %d times more", d.text, n-enough))
		}
	}
	return errors.Join(c.found...)
}
