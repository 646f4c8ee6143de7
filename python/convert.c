//go:build extension

/* Copies of the items: bytes, hexadecimal digits, lists. */

#include "shim.h"

/* The items' bytes in the order 'C' or 'F'. */
PyObject *view_bytes(MemoryView *self, char order)
{
	PyObject *bytes = PyBytes_FromStringAndSize(NULL, self->view.len);
	if (!bytes)
		return NULL;
	if (self->flags & (order == 'F' ? VIEW_F : VIEW_C)) {
		memcpy(PyBytes_AsString(bytes), self->view.buf, self->view.len);
		return bytes;
	}
	int code = gmvPack(PyBytes_AsString(bytes), BUFFER(&self->view), order);
	if (code != gmvDone) {
		Py_CLEAR(bytes);
		raise_code(code);
	}
	return bytes;
}

/* Says what an argument must be, as Argument Clinic does. */
void must_be(const char *argument, const char *wanted, PyObject *got)
{
	PyObject *name = got == Py_None ? NULL : PyObject_GetAttrString((PyObject *)Py_TYPE(got), "__name__");
	if (got == Py_None)
		PyErr_Format(PyExc_TypeError, "%s must be %s, not None", argument, wanted);
	else if (name)
		PyErr_Format(PyExc_TypeError, "%s must be %s, not %.50U", argument, wanted, name);
	Py_XDECREF(name);
}

/* Reads the argument of tobytes as text: NULL for the default. */
static int read_order(PyObject *order, const char **text)
{
	*text = NULL;
	if (!order || order == Py_None)
		return 0;
	if (!PyUnicode_Check(order)) {
		must_be("tobytes() argument 'order'", "str or None", order);
		return -1;
	}
	Py_ssize_t size;
	*text = PyUnicode_AsUTF8AndSize(order, &size);
	if (*text && strlen(*text) != (size_t)size) {
		PyErr_SetString(PyExc_ValueError, "embedded null character");
		return -1;
	}
	return *text ? 0 : -1;
}

PyObject *view_tobytes(PyObject *object, PyObject *args, PyObject *kwargs)
{
	static char *names[] = {"order", NULL};
	MemoryView *self = (MemoryView *)object;
	PyObject *order = NULL;
	const char *text;
	if (!PyArg_ParseTupleAndKeywords(args, kwargs, "|O:tobytes", names, &order) || read_order(order, &text) < 0 ||
		refuse_released(self) < 0)
		return NULL;
	char letter = text ? *text : 'C';
	if (text && (!letter || text[1] || !strchr("CFA", letter))) {
		PyErr_SetString(PyExc_ValueError, "order must be 'C', 'F' or 'A'");
		return NULL;
	}
	if (letter == 'A') /* the order in which the items lie */
		letter = (self->flags & (VIEW_C | VIEW_F)) == VIEW_F ? 'F' : 'C';
	return view_bytes(self, letter);
}

/* The separator of hex: a byte below 128, or -1. Asking for its length may run Python code. */
static int separator_of(PyObject *text)
{
	Py_ssize_t length = PyObject_Length(text);
	if (length < 0)
		return -1;
	if (length != 1) {
		PyErr_SetString(PyExc_ValueError, "sep must be length 1.");
		return -1;
	}
	Py_UCS4 c = 0x80;
	if (PyUnicode_Check(text) && PyUnicode_GetLength(text) > 0) {
		c = PyUnicode_ReadChar(text, 0);
	} else if (PyBytes_Check(text) && PyBytes_Size(text) > 0) {
		c = (unsigned char)*PyBytes_AsString(text);
	} else if (!PyUnicode_Check(text) && !PyBytes_Check(text)) {
		PyErr_SetString(PyExc_TypeError, "sep must be str or bytes.");
		return -1;
	}
	if (c >= 0x80) {
		PyErr_SetString(PyExc_ValueError, "sep must be ASCII.");
		return -1;
	}
	return (int)c;
}

static int as_int(PyObject *value, int *x)
{
	int overflow;
	long wide = PyLong_AsLongAndOverflow(value, &overflow);
	if (wide == -1 && PyErr_Occurred())
		return -1;
	if (overflow || wide > INT_MAX || wide < INT_MIN) {
		PyErr_SetString(PyExc_OverflowError, "Python int too large to convert to C int");
		return -1;
	}
	*x = (int)wide;
	return 0;
}

PyObject *view_hex(PyObject *object, PyObject *args, PyObject *kwargs)
{
	static char *names[] = {"sep", "bytes_per_sep", NULL};
	MemoryView *self = (MemoryView *)object;
	PyObject *separator = NULL, *bytes_per_separator = NULL;
	int letter = 0, group = 1;
	if (!PyArg_ParseTupleAndKeywords(args, kwargs, "|OO:hex", names, &separator, &bytes_per_separator) ||
		(bytes_per_separator && as_int(bytes_per_separator, &group) < 0) || refuse_released(self) < 0 ||
		(separator && (letter = separator_of(separator)) < 0) || refuse_released(self) < 0)
		return NULL;
	Py_ssize_t size = self->view.len;
	if (size > PY_SSIZE_T_MAX / 3)
		return PyErr_NoMemory();
	size = 2 * size + (separator ? gmvSeparators(size, group) : 0);
	char *digits = PyMem_Malloc(size);
	if (!digits)
		return PyErr_NoMemory();
	PyObject *text = NULL;
	int code = gmvHex(digits, size, BUFFER(&self->view), letter, group);
	if (code == gmvDone)
		text = PyUnicode_DecodeASCII(digits, size, NULL);
	else
		raise_code(code);
	PyMem_Free(digits);
	return text;
}

/* The items one after the other in C order, which the engine unpacks batch by batch. */
typedef struct {
	MemoryView *view;
	Py_ssize_t unpacked, count; /* items */
	int at, filled;             /* of the batch */
	gmvBatch batch;
} Cursor;

static int fill(Cursor *cursor)
{
	MemoryView *self = cursor->view;
	Py_ssize_t count = cursor->count - cursor->unpacked;
	if (refuse_released(self) < 0) /* by the collector, which lists may start */
		return -1;
	if (count > gmvMost)
		count = gmvMost;
	int code = gmvUnpack(&cursor->batch, BUFFER(&self->view), cursor->unpacked, count);
	if (code != gmvDone)
		return raise_code(code);
	cursor->unpacked += count;
	cursor->filled = count;
	cursor->at = 0;
	return 0;
}

static PyObject *next_item(Cursor *cursor)
{
	if (cursor->at == cursor->filled && fill(cursor) < 0)
		return NULL;
	int i = cursor->at++;
	switch (cursor->view->kind) {
	case gmvInt:
		return PyLong_FromLongLong(cursor->batch.values.ints[i]);
	case gmvUint:
	case gmvAddress:
		return PyLong_FromUnsignedLongLong(cursor->batch.values.uints[i]);
	case gmvFloat:
		return PyFloat_FromDouble(cursor->batch.values.floats[i]);
	case gmvBool:
		return PyBool_FromLong(cursor->batch.values.bytes[i]);
	}
	return PyBytes_FromStringAndSize((char *)&cursor->batch.values.bytes[i], 1);
}

static PyObject *next_list(Cursor *cursor, int dim)
{
	if (dim == cursor->view->view.ndim)
		return next_item(cursor);
	Py_ssize_t n = cursor->view->view.shape[dim];
	PyObject *list = PyList_New(n);
	for (Py_ssize_t i = 0; list && i < n; i++) {
		PyObject *item = next_list(cursor, dim + 1);
		if (!item || PyList_SetItem(list, i, item) < 0)
			Py_CLEAR(list);
	}
	return list;
}

PyObject *view_tolist(PyObject *object, PyObject *unused)
{
	Cursor cursor;
	MemoryView *self = cursor.view = (MemoryView *)object;
	if (refuse_released(self) < 0 || check_format(self) < 0)
		return NULL;
	cursor.unpacked = cursor.at = cursor.filled = 0;
	cursor.count = 1;
	for (int i = 0; i < self->view.ndim; i++)
		cursor.count *= self->view.shape[i];
	if (self->kind == gmvNone && cursor.count > 0)
		return item_get(self, self->view.buf); /* which says why not */
	return next_list(&cursor, 0);
}
