//go:build extension

/* count and index, which memoryview has from 3.14. */

#include "shim.h"

/* A value that the engine can look for among numbers or bytes. */
typedef union {
	int64_t i;
	uint64_t u;
	double d;
	unsigned char b;
} Value;

/* Reads a value of exactly the types that compare by value, or returns gmvNone. */
static int read_value(PyObject *object, Value *value)
{
	if (PyLong_CheckExact(object)) {
		int overflow;
		value->i = PyLong_AsLongLongAndOverflow(object, &overflow);
		if (!overflow)
			return gmvInt;
		value->u = overflow > 0 ? PyLong_AsUnsignedLongLong(object) : 0;
		if (overflow > 0 && !PyErr_Occurred())
			return gmvUint;
		PyErr_Clear();
		return gmvNone;
	}
	if (PyFloat_CheckExact(object)) {
		value->d = PyFloat_AsDouble(object);
		return gmvFloat;
	}
	if (PyBool_Check(object)) {
		value->b = object == Py_True;
		return gmvBool;
	}
	if (PyBytes_CheckExact(object) && PyBytes_Size(object) == 1) {
		value->b = *PyBytes_AsString(object);
		return gmvByte;
	}
	return gmvNone;
}

static int searchable(MemoryView *self)
{
	if (refuse_released(self) < 0)
		return 0;
	if (self->view.ndim == 0)
		PyErr_SetString(PyExc_TypeError, "invalid lookup on 0-dim memory");
	else if (self->view.ndim != 1)
		PyErr_SetString(PyExc_NotImplementedError, "multi-dimensional lookup is not implemented");
	else
		return check_format(self) == 0;
	return 0;
}

/* Whether item i equals a value: 1, 0, or -1 with an exception. */
static int equals(MemoryView *self, Py_ssize_t i, PyObject *value)
{
	PyObject *item = view_item((PyObject *)self, i);
	int equal = item ? PyObject_RichCompareBool(item, value, Py_EQ) : -1;
	Py_XDECREF(item);
	return equal;
}

PyObject *view_count(PyObject *object, PyObject *value)
{
	MemoryView *self = (MemoryView *)object;
	if (!searchable(self))
		return NULL;
	Py_ssize_t found = 0;
	Value wanted;
	int kind = self->kind == gmvNone && !(self->flags & VIEW_ND) ? gmvNone : read_value(value, &wanted);
	if (kind != gmvNone) {
		self->exports++;
		PyThreadState *bulk = bulk_begin(self->view.len);
		int code = gmvCount(BUFFER(&self->view), kind, &wanted, &found);
		bulk_end(bulk);
		self->exports--;
		if (code != gmvDone)
			return raise_code(code), NULL;
		return PyLong_FromSsize_t(found);
	}
	for (Py_ssize_t i = 0, n = self->view.shape[0]; i < n; i++) {
		int equal = equals(self, i, value);
		if (equal < 0)
			return NULL;
		found += equal;
	}
	return PyLong_FromSsize_t(found);
}

/* A bound of a search, cut to what a size can hold. */
static int read_bound(PyObject *object, Py_ssize_t extent, Py_ssize_t *bound)
{
	if (!object)
		return 0;
	if (!PyIndex_Check(object))
		return refuse(PyExc_TypeError, "slice indices must be integers or have an __index__ method");
	*bound = PyNumber_AsSsize_t(object, NULL);
	if (*bound == -1 && PyErr_Occurred())
		return -1;
	if (*bound < 0)
		*bound = *bound + extent < 0 ? 0 : *bound + extent;
	if (*bound > extent)
		*bound = extent;
	return 0;
}

/* The first position from start to stop, or -1, or -2 with an exception. */
static Py_ssize_t find(MemoryView *self, PyObject *value, Py_ssize_t start, Py_ssize_t stop)
{
	Value wanted;
	int kind = self->kind == gmvNone && !(self->flags & VIEW_ND) ? gmvNone : read_value(value, &wanted);
	if (kind != gmvNone && start < stop) {
		Py_buffer part = self->view;
		Py_ssize_t found, extent = stop - start;
		part.shape = &extent;
		part.buf = (char *)part.buf + start * part.strides[0];
		self->exports++;
		PyThreadState *bulk = bulk_begin(extent * part.itemsize);
		int code = gmvIndex(BUFFER(&part), kind, &wanted, &found);
		bulk_end(bulk);
		self->exports--;
		if (code != gmvDone)
			return raise_code(code), -2;
		return found < 0 ? -1 : start + found;
	}
	for (; start < stop; start++) {
		int equal = equals(self, start, value);
		if (equal)
			return equal < 0 ? -2 : start;
	}
	return -1;
}

PyObject *view_index(PyObject *object, PyObject *args)
{
	MemoryView *self = (MemoryView *)object;
	PyObject *value, *first = NULL, *last = NULL;
	if (!PyArg_ParseTuple(args, "O|OO:index", &value, &first, &last) || !searchable(self))
		return NULL;
	Py_ssize_t extent = self->view.shape[0], start = 0, stop = extent;
	if (read_bound(first, extent, &start) < 0 || read_bound(last, extent, &stop) < 0 || refuse_released(self) < 0)
		return NULL;
	Py_ssize_t found = find(self, value, start, stop);
	if (found == -1 && self->flags & VIEW_ND)
		Py_RETURN_NONE;
	if (found == -1)
		PyErr_SetString(PyExc_ValueError, "memoryview.index(x): x not found");
	return found < 0 ? NULL : PyLong_FromSsize_t(found);
}
