//go:build extension

/* count and index, which memoryview has from 3.14. */

#include "shim.h"

/* Reads a value that the engine can look for, of exactly the types that compare by value, or returns gmvNone. */
static int read_value(PyObject *object, gmvValue *value)
{
	if (PyLong_CheckExact(object)) {
		int overflow;
		value->integer = PyLong_AsLongLongAndOverflow(object, &overflow);
		if (!overflow)
			return gmvInt;
		value->integer = overflow > 0 ? (int64_t)PyLong_AsUnsignedLongLong(object) : 0;
		if (overflow > 0 && !PyErr_Occurred())
			return gmvUint;
		PyErr_Clear();
	} else if (PyFloat_CheckExact(object)) {
		value->real = PyFloat_AsDouble(object);
		return gmvFloat;
	} else if (PyBool_Check(object)) {
		value->integer = object == Py_True;
		return gmvBool;
	} else if (PyBytes_CheckExact(object) && PyBytes_Size(object) == 1) {
		value->text = PyBytes_AsString(object);
		value->length = 1;
		return gmvByte;
	}
	return gmvNone;
}

static int searchable(MemoryView *self)
{
	if (refuse_released(self) < 0)
		return 0;
	if (self->view.ndim == 0)
		return refuse(PyExc_TypeError, "invalid lookup on 0-dim memory"), 0;
	if (self->view.ndim > 1)
		return refuse(PyExc_NotImplementedError, "multi-dimensional lookup is not implemented"), 0;
	return check_format(self) == 0;
}

/* Looks for a value from item start up to stop: its first position, or -1; or how often it is there. -2 with an exception. */
static Py_ssize_t search(MemoryView *self, PyObject *value, Py_ssize_t start, Py_ssize_t stop, int counts)
{
	Py_ssize_t found = counts ? 0 : -1;
	gmvValue wanted;
	int kind = self->kind == gmvNone && !(self->flags & VIEW_ND) ? gmvNone : read_value(value, &wanted);
	if (kind != gmvNone && start < stop) {
		Py_buffer part = self->view;
		Py_ssize_t extent = stop - start;
		part.shape = &extent;
		part.buf = (char *)part.buf + start * part.strides[0];
		int code = ENGINE(self, extent * part.itemsize, gmvSearch(BUFFER(&part), kind, &wanted, counts, &found));
		return check_code(code) < 0 ? -2 : counts || found < 0 ? found : start + found;
	}
	for (; start < stop; start++) {
		PyObject *item = view_item((PyObject *)self, start);
		int equal = item ? PyObject_RichCompareBool(item, value, Py_EQ) : -1;
		Py_XDECREF(item);
		if (equal < 0)
			return -2;
		if (equal && !counts)
			return start;
		found += equal;
	}
	return found;
}

PyObject *view_count(PyObject *object, PyObject *value)
{
	MemoryView *self = (MemoryView *)object;
	Py_ssize_t found = searchable(self) ? search(self, value, 0, self->view.shape[0], 1) : -2;
	return found < 0 ? NULL : PyLong_FromSsize_t(found);
}

/* A bound of a search, as a slice's. */
static int read_bound(PyObject *object, Py_ssize_t *bound)
{
	if (!object)
		return 0;
	if (!PyIndex_Check(object))
		return refuse(PyExc_TypeError, "slice indices must be integers or have an __index__ method");
	*bound = PyNumber_AsSsize_t(object, NULL);
	return *bound == -1 && PyErr_Occurred() ? -1 : 0;
}

PyObject *view_index(PyObject *object, PyObject *args)
{
	MemoryView *self = (MemoryView *)object;
	PyObject *value, *first = NULL, *last = NULL;
	Py_ssize_t start = 0, stop = PY_SSIZE_T_MAX;
	if (!PyArg_ParseTuple(args, "O|OO:index", &value, &first, &last) || !searchable(self) ||
		read_bound(first, &start) < 0 || read_bound(last, &stop) < 0 || refuse_released(self) < 0)
		return NULL;
	PySlice_AdjustIndices(self->view.shape[0], &start, &stop, 1);
	Py_ssize_t found = search(self, value, start, stop, 0);
	if (found == -1 && self->flags & VIEW_ND)
		Py_RETURN_NONE;
	if (found == -1)
		PyErr_SetString(PyExc_ValueError, "memoryview.index(x): x not found");
	return found < 0 ? NULL : PyLong_FromSsize_t(found);
}
