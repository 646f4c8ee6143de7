//go:build extension

/* Copies of the items: bytes, hexadecimal digits, lists. */

#include "shim.h"

/* Bytes that are copied here, and items that Python may gather: asking the engine costs more. It survives that a mapping's file
   was cut short. */
enum { SMALL_COPY = 4 << 10, FEW_ITEMS = 16 };

/* The items' bytes in the order 'C' or 'F'. */
PyObject *view_bytes(MemoryView *self, char order)
{
	Py_ssize_t size = self->view.len;
	PyObject *bytes = PyBytes_FromStringAndSize(NULL, size);
	if (!bytes)
		return NULL;
	char *items = PyBytes_AsString(bytes);
	if (order == 'F' && self->flags & VIEW_C) /* there may be more bytes than items have */
		memset(items, 0, size);
	int small = size <= SMALL_COPY, done = 0;
	if (small && self->flags & (order == 'F' ? VIEW_F : VIEW_C))
		memmove(items, self->view.buf, size); /* of a few bytes, memcpy would become a slow instruction */
	else if (small && (size_t)size <= FEW_ITEMS * (size_t)self->view.itemsize)
		done = PyBuffer_ToContiguous(items, &self->view, size, order);
	else
		done = check_code(ENGINE(self, size, gmvPack(items, BUFFER(&self->view), order)));
	if (done < 0)
		Py_CLEAR(bytes);
	return bytes;
}

/* Says what an argument must be, as Argument Clinic does. */
int must_be(const char *argument, const char *wanted, PyObject *got)
{
	PyObject *name = got == Py_None ? PyUnicode_FromString("None") : PyObject_GetAttrString((PyObject *)Py_TYPE(got), "__name__");
	if (name)
		PyErr_Format(PyExc_TypeError, "%s must be %s, not %.50U", argument, wanted, name);
	Py_XDECREF(name);
	return -1;
}

/* Reads the argument of tobytes: a letter, 0 for a text that is none, or -1 with an exception. */
static int read_order(PyObject *order)
{
	Py_ssize_t size;
	if (!order || order == Py_None)
		return 'C';
	if (!PyUnicode_Check(order))
		return must_be("tobytes() argument 'order'", "str or None", order);
	const char *text = PyUnicode_AsUTF8AndSize(order, &size);
	if (text && strlen(text) != (size_t)size)
		return refuse(PyExc_ValueError, "embedded null character");
	return !text ? -1 : size == 1 && strchr("CFA", *text) ? *text : 0;
}

PyObject *view_tobytes(PyObject *object, PyObject *const *args, Py_ssize_t n, PyObject *words)
{
	static char *names[] = {"order", NULL};
	MemoryView *self = (MemoryView *)object;
	PyObject *order = NULL;
	int letter;
	if (read_arguments("|O:tobytes", names, 0, 1, args, n, words, &order) < 0 || (letter = read_order(order)) < 0 ||
		refuse_released(self) < 0)
		return NULL;
	if (!letter)
		return refuse(PyExc_ValueError, "order must be 'C', 'F' or 'A'"), NULL;
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
	if (length != 1)
		return refuse(PyExc_ValueError, "sep must be length 1.");
	Py_UCS4 c = 0x80;
	if (PyUnicode_Check(text) && PyUnicode_GetLength(text) > 0)
		c = PyUnicode_ReadChar(text, 0);
	else if (PyBytes_Check(text) && PyBytes_Size(text) > 0)
		c = (unsigned char)*PyBytes_AsString(text);
	else if (!PyUnicode_Check(text) && !PyBytes_Check(text))
		return refuse(PyExc_TypeError, "sep must be str or bytes.");
	if (c >= 0x80)
		return refuse(PyExc_ValueError, "sep must be ASCII.");
	return (int)c;
}

/* Reads an argument that is an int of C's. */
int as_int(PyObject *value, int *x)
{
	int overflow;
	long wide = PyLong_AsLongAndOverflow(value, &overflow);
	if (wide == -1 && PyErr_Occurred())
		return -1;
	if (overflow || wide > INT_MAX || wide < INT_MIN)
		return refuse(PyExc_OverflowError, "Python int too large to convert to C int");
	*x = (int)wide;
	return 0;
}

/* Bytes whose digits are written here: asking the engine costs more than so many. */
enum { SMALL_HEX = 256 };

/* The digits of bytes that are no more than fit here. */
static PyObject *small_hex(const unsigned char *bytes, Py_ssize_t size, char separator, Py_ssize_t group)
{
	char digits[3 * SMALL_HEX], *p = digits;
	Py_ssize_t step = group < 0 ? -group : group;
	Py_ssize_t next = group > 0 && size % group ? size % group : step;
	for (Py_ssize_t i = 0; i < size; i++) {
		if (separator && i == next) {
			*p++ = separator;
			next += step;
		}
		*p++ = "0123456789abcdef"[bytes[i] >> 4];
		*p++ = "0123456789abcdef"[bytes[i] & 15];
	}
	return PyUnicode_DecodeASCII(digits, p - digits, NULL);
}

static PyObject *large_hex(MemoryView *self, char separator, int group)
{
	Py_ssize_t size = self->view.len;
	if (size > PY_SSIZE_T_MAX / 3)
		return PyErr_NoMemory();
	size = 2 * size + (separator ? gmvSeparators(size, group) : 0);
	PyObject *text = PyUnicode_FromStringAndSize("00", 2); /* of ASCII, for nobody else to see until it is full */
	if (!text || PyUnicode_Resize(&text, size) < 0) {
		Py_XDECREF(text);
		return NULL;
	}
	char *digits = (char *)PyUnicode_AsUTF8AndSize(text, NULL);
	Py_buffer bytes = self->view;
	if (self->flags & VIEW_C) { /* so again */
		bytes.itemsize = bytes.len;
		bytes.ndim = 0;
	}
	if (check_code(ENGINE(self, bytes.len, gmvHex(digits, size, BUFFER(&bytes), separator, group))) < 0)
		Py_CLEAR(text);
	return text;
}

PyObject *view_hex(PyObject *object, PyObject *const *args, Py_ssize_t n, PyObject *words)
{
	static char *names[] = {"sep", "bytes_per_sep", NULL};
	MemoryView *self = (MemoryView *)object;
	PyObject *given[2] = {NULL, NULL}; /* the separator and the bytes between two */
	int separator = 0, group = 1;
	if (read_arguments("|OO:hex", names, 0, 2, args, n, words, given) < 0 || (given[1] && as_int(given[1], &group) < 0) ||
		refuse_released(self) < 0 || (given[0] && (separator = separator_of(given[0])) < 0) || refuse_released(self) < 0)
		return NULL;
	if (self->view.len <= SMALL_HEX && self->flags & VIEW_C)
		return small_hex(self->view.buf, self->view.len, group ? separator : 0, group);
	return large_hex(self, separator, group);
}

/* The items from a dimension on, in lists. */
static PyObject *list_from(MemoryView *self, const char *p, int dim)
{
	Py_ssize_t n = self->view.shape[dim];
	PyObject *list = PyList_New(n);
	if (list && refuse_released(self) < 0) /* by the collector, which lists may start */
		Py_CLEAR(list);
	for (Py_ssize_t i = 0; list && i < n; i++) {
		const char *inner = step(&self->view, p, dim, i);
		PyObject *item = dim + 1 == self->view.ndim ? item_get(self, inner) : list_from(self, inner, dim + 1);
		if (!item || PyList_SetItem(list, i, item) < 0)
			Py_CLEAR(list);
	}
	return list;
}

PyObject *view_tolist(PyObject *object, PyObject *unused)
{
	MemoryView *self = (MemoryView *)object;
	if (refuse_released(self) < 0 || check_format(self) < 0)
		return NULL;
	if (self->view.ndim == 0)
		return item_get(self, self->view.buf);
	if (self->view.ndim > 1 || self->kind != gmvUint || self->view.itemsize != 1)
		return list_from(self, self->view.buf, 0);
	PyObject *bytes = view_bytes(self, 'C'), *list = bytes ? PySequence_List(bytes) : NULL; /* Python is fastest at that */
	Py_XDECREF(bytes);
	return list;
}
