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

/* A subclass may answer for itself otherwise: what the list holds counts. */
static PyObject *extent_of(PyObject *shape, Py_ssize_t i)
{
	return PyList_Check(shape) ? PyList_GetItem(shape, i) : PyTuple_GetItem(shape, i);
}

/* Reads the extents as far as they are integers; what stops it is raised only if the engine gets so far. */
static int read_shape(PyObject *shape, Py_ssize_t *extents, int *valid)
{
	*valid = 0;
	if (!shape)
		return gmvNoShape;
	if (!PyList_Check(shape) && !PyTuple_Check(shape))
		return gmvOddShape;
	Py_ssize_t n = PyList_Check(shape) ? PyList_Size(shape) : PyTuple_Size(shape);
	for (Py_ssize_t i = 0; i < n && i < MAX_DIMS; i++) {
		PyObject *extent = extent_of(shape, i);
		if (!extent || !PyLong_Check(extent))
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
static void refuse_cast(int code, PyObject *format, PyObject *shape, int valid)
{
	if (code == gmvFormatText) {
		Py_XDECREF(PyUnicode_AsASCIIString(format));
	} else if (code == gmvExtentType) {
		PyObject *extent = extent_of(shape, valid);
		if (extent && PyLong_Check(extent))
			PyLong_AsSsize_t(extent);
	}
	if (!PyErr_Occurred())
		raise_code(code);
}

PyObject *view_cast(PyObject *object, PyObject *const *args, Py_ssize_t n, PyObject *words)
{
	static char *names[] = {"format", "shape", NULL};
	MemoryView *self = (MemoryView *)object;
	PyObject *given[2] = {NULL, NULL};
	if (read_arguments("O|O:cast", names, args, n, words, given) < 0)
		return NULL;
	PyObject *format = given[0], *shape = given[1];
	if (!PyUnicode_Check(format)) {
		must_be("cast() argument 'format'", "str", format);
		return NULL;
	}
	if (refuse_released(self) < 0)
		return NULL;
	Py_ssize_t extents[MAX_DIMS];
	int valid, ndim = read_shape(shape, extents, &valid);
	int room = 0 < ndim && ndim <= MAX_DIMS ? ndim : 1;
	PyObject *ascii = PyUnicode_AsASCIIString(format);
	PyErr_Clear();
	MemoryView *cast = view_blank(Py_TYPE(object), self->managed, room);
	if (!cast) {
		Py_XDECREF(ascii);
		return NULL;
	}
	cast->view = self->view;
	cast->view.shape = cast->array;
	cast->view.strides = cast->array + room;
	cast->view.suboffsets = NULL;
	char *text = ascii ? PyBytes_AsString(ascii) : NULL;
	int code = gmvCast(BUFFER(&cast->view), BUFFER(&self->view), self->flags & VIEW_C, text, ndim, extents, valid);
	if (code == gmvDone) {
		cast->view.format = native_format(text);
		if (ndim == 0)
			cast->view.shape = cast->view.strides = NULL;
		view_describe(cast);
		PyObject_GC_Track(cast);
	} else {
		Py_CLEAR(cast);
		refuse_cast(code, format, shape, valid);
	}
	Py_XDECREF(ascii);
	return (PyObject *)cast;
}

PyObject *view_toreadonly(PyObject *object, PyObject *unused)
{
	MemoryView *self = (MemoryView *)object;
	if (refuse_released(self) < 0)
		return NULL;
	MemoryView *view = view_again(self, &self->view);
	if (view)
		view->view.readonly = 1;
	return (PyObject *)view;
}
