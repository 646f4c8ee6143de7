//go:build extension

/* Other views of the same bytes. */

#include "shim.h"

/* Every format of one character, with its '@' before it: formats that are cast to have no owner. */
static char formats[gmvCodes][3];

static char *native_format(const char *text)
{
	int marked = *text == '@';
	unsigned char letter = text[marked];
	formats[letter][0] = '@';
	formats[letter][1] = letter;
	return &formats[letter][!marked];
}

/* How to ask a list or a tuple for an extent. A subclass may answer for itself otherwise: what it holds counts. */
#define EXTENT_OF(shape) (!PyTuple_CheckExact(shape) && PyList_Check(shape) ? PyList_GetItem : PyTuple_GetItem)

/* Reads the extents as far as they are integers; what stops it is raised only if the engine gets so far. */
static int read_shape(PyObject *shape, Py_ssize_t *extents, int *valid)
{
	*valid = shape ? 0 : gmvNoShape;
	if (!shape)
		return gmvNoShape;
	if (!PyTuple_CheckExact(shape) && !PyList_Check(shape) && !PyTuple_Check(shape))
		return gmvOddShape;
	PyObject *(*extent_of)(PyObject *, Py_ssize_t) = EXTENT_OF(shape);
	Py_ssize_t n = Py_SIZE(shape);
	for (Py_ssize_t i = 0; i < n && i < MAX_DIMS; i++) {
		PyObject *extent = extent_of(shape, i);
		if (!extent || (!PyLong_CheckExact(extent) && !PyLong_Check(extent)))
			break;
		extents[i] = PyLong_AsSsize_t(extent);
		if (extents[i] == -1 && PyErr_Occurred()) {
			PyErr_Clear();
			break;
		}
		++*valid;
	}
	return n > MAX_DIMS ? MAX_DIMS + 1 : (int)n;
}

/* Raises what a code means; for what the engine was not told, by trying again what failed. */
static PyObject *refuse_cast(int code, PyObject *format, PyObject *shape, int valid)
{
	if (code == gmvFormatText) {
		Py_XDECREF(PyUnicode_AsASCIIString(format));
	} else if (code == gmvExtentType) {
		PyObject *extent = EXTENT_OF(shape)(shape, valid);
		if (extent && PyLong_Check(extent))
			PyLong_AsSsize_t(extent);
	}
	if (!PyErr_Occurred())
		check_code(code);
	return NULL;
}

/* The bytes of an item, where it is plain that there is a cast; or 0: then the engine has to look. */
static Py_ssize_t plain_cast(MemoryView *self, const char *format, int ndim, const Py_ssize_t *extents, int valid)
{
	unsigned char letter = format ? letter_of(format) : 0;
	Py_ssize_t size = code_of(letter)->size, length = size;
	if (!size || !code_of(self->letter)->casts[letter] || self->view.ndim != 1 || !(self->flags & VIEW_C) || ndim != valid)
		return 0;
	if (ndim == gmvNoShape)
		return self->view.len % size ? 0 : size;
	for (int i = 0; i < ndim; i++) {
		if (extents[i] <= 0 || __builtin_mul_overflow(length, extents[i], &length))
			return 0;
	}
	return length == self->view.len ? size : 0;
}

PyObject *view_cast(PyObject *object, PyObject *const *args, Py_ssize_t n, PyObject *words)
{
	static char *names[] = {"format", "shape", NULL};
	MemoryView *self = (MemoryView *)object;
	PyObject *given[2] = {NULL, NULL};
	if (read_arguments("O|O:cast", names, 1, 2, args, n, words, given) < 0)
		return NULL;
	PyObject *format = given[0], *shape = given[1];
	if ((!PyUnicode_Check(format) && must_be("cast() argument 'format'", "str", format) < 0) || refuse_released(self) < 0)
		return NULL;
	Py_ssize_t extents[MAX_DIMS], length;
	int valid, code = gmvDone, ndim = read_shape(shape, extents, &valid);
	const char *text = PyUnicode_AsUTF8AndSize(format, &length);
	if (!text || length != PyUnicode_GetLength(format)) { /* it is no ASCII text */
		PyErr_Clear();
		text = NULL;
	}
	Py_buffer layout = self->view;
	layout.itemsize = plain_cast(self, text, ndim, extents, valid);
	if (!layout.itemsize)
		code = gmvCast(&layout.itemsize, BUFFER(&self->view), self->flags & VIEW_C, (char *)text, ndim, extents, valid);
	if (code != gmvDone)
		return refuse_cast(code, format, shape, valid);
	if (ndim == gmvNoShape) {
		ndim = 1;
		extents[0] = layout.len / layout.itemsize;
	}
	layout.format = native_format(text);
	layout.ndim = ndim;
	layout.shape = extents;
	layout.strides = layout.suboffsets = NULL;
	layout.internal = NULL;
	return (PyObject *)view_again(self, &layout);
}

PyObject *view_toreadonly(PyObject *object, PyObject *unused)
{
	MemoryView *self = (MemoryView *)object;
	MemoryView *view = refuse_released(self) < 0 ? NULL : view_again(self, &self->view);
	if (view)
		view->view.readonly = 1;
	return (PyObject *)view;
}
