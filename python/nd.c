//go:build extension

/* View: the same object as memoryview, without its refusals. What differs is here and in format.c. */

#include "shim.h"

/* Whether a key names one item, which is found as in memoryview. */
static int names_item(MemoryView *self, PyObject *key)
{
	return self->view.ndim == 1 && PyLong_CheckExact(key) ? 1 : PyTuple_Check(key) && PyTuple_Size(key) == self->view.ndim && all(key, is_index);
}

/* Reads a key for the engine, and returns its length. */
static int read_key(PyObject *key, gmvCut *cuts)
{
	int is_tuple = PyTuple_Check(key);
	Py_ssize_t n = is_tuple ? PyTuple_Size(key) : 1;
	if (n > MAX_DIMS)
		return refuse(PyExc_IndexError, "at most 64 indices are possible: name the last dimensions first, in another view");
	for (Py_ssize_t i = 0; i < n; i++) {
		PyObject *part = is_tuple ? PyTuple_GetItem(key, i) : key;
		gmvCut *cut = &cuts[i];
		int failed = 0;
		cut->kind = part == Py_Ellipsis ? gmvEllipsis : PySlice_Check(part) ? gmvSlice : gmvIndexed;
		if (cut->kind == gmvSlice)
			failed = PySlice_Unpack(part, &cut->start, &cut->stop, &cut->step) < 0;
		else if (cut->kind == gmvIndexed && PyIndex_Check(part))
			failed = (cut->start = PyNumber_AsSsize_t(part, PyExc_IndexError)) == -1 && PyErr_Occurred();
		else if (cut->kind == gmvIndexed)
			failed = refuse(PyExc_TypeError, "a view is indexed by integers, slices and ..., or by the name of a field; for a new axis cast to a shape");
		if (failed)
			return -1;
	}
	return (int)n;
}

/* Lays out the part that a key names, in room for three numbers to each dimension: view_again makes a view of it. Nothing but
   slices are cut here, as in memoryview: asking the engine would take longer. */
static int find(MemoryView *self, PyObject *key, Py_buffer *part, Py_ssize_t *room)
{
	gmvCut cuts[MAX_DIMS];
	Py_ssize_t slices = PySlice_Check(key) ? 1 : all(key, is_slice) ? PyTuple_Size(key) : MAX_DIMS + 1;
	copy_layout(part, &self->view, room);
	part->internal = self->view.internal;
	if (slices <= part->ndim && !part->suboffsets) {
		for (int i = 0; i < slices; i++) {
			if (slice_layout(part, i, PySlice_Check(key) ? key : PyTuple_GetItem(key, i)) < 0)
				return -1;
		}
		return refuse_released(self);
	}
	int n = read_key(key, cuts);
	if (n < 0 || refuse_released(self) < 0)
		return -1;
	return check_code(gmvSelect(BUFFER(part), BUFFER(&self->view), cuts, n));
}

PyObject *nd_subscript(PyObject *object, PyObject *key)
{
	MemoryView *self = (MemoryView *)object;
	Py_buffer part;
	Py_ssize_t room[3 * MAX_DIMS];
	if (names_item(self, key) || (self->view.ndim == 1 && PySlice_Check(key)))
		return view_subscript(object, key);
	if (PyUnicode_Check(key))
		return PyObject_CallMethod(object, "field", "O", key);
	return find(self, key, &part, room) < 0 ? NULL : (PyObject *)view_again(self, &part);
}

/* An item, or a sub-view where there are more dimensions than one. */
PyObject *nd_item(PyObject *object, Py_ssize_t index)
{
	if (((MemoryView *)object)->view.ndim <= 1 || index < 0)
		return view_item(object, index);
	PyObject *key = PyLong_FromSsize_t(index), *part = key ? nd_subscript(object, key) : NULL;
	Py_XDECREF(key);
	return part;
}

/* Assigns what an exporter lends to all of a view, by gmvAssign or gmvConvert: 1, 0 where it is unlike, or -1. */
static int assign_from(MemoryView *self, PyObject *exporter, int (*assign)(gmvBuffer *, gmvBuffer *))
{
	Borrowed src;
	if (borrow(exporter, &src) < 0)
		return -1;
	int released = refuse_released(self);
	int code = released ? gmvDone : ENGINE(self, self->view.len, assign(BUFFER(&self->view), BUFFER(&src.layout)));
	int done = released < 0 ? -1 : code == gmvStructure ? 0 : check_code(code) < 0 ? -1 : 1;
	give_back(&src.lent);
	return done;
}

int nd_assign(PyObject *object, PyObject *key, PyObject *value)
{
	MemoryView *self = (MemoryView *)object;
	if (!value || self->view.readonly || names_item(self, key))
		return view_assign(object, key, value);
	PyObject *part = nd_subscript(object, key);
	int done = part ? 0 : -1;
	if (part && PyUnicode_Check(key)) /* which a subclass may make anything of */
		done = PyObject_SetItem(part, Py_Ellipsis, value) < 0 ? -1 : 1;
	else if (part && PyObject_CheckBuffer(value))
		done = assign_from((MemoryView *)part, value, gmvAssign);
	if (done == 0) { /* then it is one item for all, or wrong */
		PyObject *filled = PyObject_CallMethod(part, "_fill", "Oi", value, PyObject_CheckBuffer(value));
		done = filled ? 1 : -1;
		Py_XDECREF(filled);
	}
	Py_XDECREF(part);
	return done < 0 ? -1 : 0;
}

/* _convert(source): of a writable view */
static PyObject *convert(PyObject *self, PyObject *source)
{
	return assign_from((MemoryView *)self, source, gmvConvert) < 0 ? NULL : Py_NewRef(Py_None);
}

/* Reads a tuple of integers, at most MAX_DIMS; none for None. */
static int read_numbers(PyObject *tuple, Py_ssize_t *numbers)
{
	Py_ssize_t n = tuple == Py_None ? 0 : PyTuple_Size(tuple);
	if (n > MAX_DIMS)
		return check_code(gmvDimensions);
	for (Py_ssize_t i = 0; i < n; i++)
		numbers[i] = PyLong_AsSsize_t(PyTuple_GetItem(tuple, i));
	return PyErr_Occurred() ? -1 : (int)n;
}

/* _derive(format, itemsize, shape, strides, order, offset, whole): see gmvDerive. */
static PyObject *derive(PyObject *object, PyObject *args)
{
	MemoryView *self = (MemoryView *)object;
	Py_buffer derived = self->view;
	PyObject *shape, *strides, *view = NULL;
	Py_ssize_t itemsize, offset, room[3 * MAX_DIMS], steps[MAX_DIMS];
	char *format;
	int order, whole, ndim;
	if (!PyArg_ParseTuple(args, "znOOCnp:_derive", &format, &itemsize, &shape, &strides, &order, &offset, &whole) ||
		(ndim = read_numbers(shape, room)) < 0 || read_numbers(strides, steps) < 0 ||
		(format && format_read(format, &derived) < 0))
		return NULL;
	derived.shape = room;
	derived.strides = room + MAX_DIMS;
	if (derived.suboffsets)
		derived.suboffsets = room + 2 * MAX_DIMS;
	int code = refuse_released(self) < 0 ? -1
		: gmvDerive(BUFFER(&derived), BUFFER(&self->view), format, itemsize, shape == Py_None ? gmvNoShape : ndim, room,
			strides == Py_None ? NULL : steps, order, offset, whole);
	if (code == gmvDone)
		view = (PyObject *)view_again(self, &derived);
	else if (code > gmvDone)
		check_code(code);
	if (format)
		Py_DECREF((PyObject *)derived.internal);
	return view;
}

/* _from_memory(address, size, writable, owner) */
static PyObject *from_memory(PyObject *type, PyObject *args)
{
	unsigned long long address;
	Py_ssize_t size;
	int writable;
	PyObject *owner;
	if (!PyArg_ParseTuple(args, "KnpO:from_memory", &address, &size, &writable, &owner))
		return NULL;
	PyObject *view = gmv_from_memory((PyTypeObject *)type, (char *)address, size, writable ? PyBUF_WRITE : PyBUF_READ);
	if (view && owner != Py_None) {
		ManagedBuffer *loan = ((MemoryView *)view)->managed;
		Py_INCREF(owner);
		loan->kept = ((MemoryView *)view)->view.obj = owner;
		loan->tracked = 1;
		PyObject_GC_Track(loan);
	}
	return view;
}

/* _get_contiguous(object, access, order) */
static PyObject *get_contiguous(PyObject *type, PyObject *args)
{
	PyObject *object;
	int access, order;
	return PyArg_ParseTuple(args, "OiC:get_contiguous", &object, &access, &order) ? gmv_get_contiguous((PyTypeObject *)type, object, access, order) : NULL;
}

/* The methods of View that are in C: some of memoryview's, and its own. */
PyMethodDef *nd_methods(const PyMethodDef *shared, int n)
{
	enum { OWN = 7, MOST = 20 };
	static PyMethodDef methods[MOST] = {
		{"_convert", convert, METH_O, "Assign the values of an exporter's items."},
		{"_write", format_write, METH_O, "Copy an item to all items."},
		{"_derive", derive, METH_VARARGS, "A view of the same memory with another layout."},
		{"_count", view_count, METH_O, "How many items of one dimension equal a value."},
		{"_index", view_index, METH_VARARGS, "The first position in one dimension of an item that equals a value."},
		{"_from_memory", from_memory, METH_VARARGS | METH_CLASS, "A view of bytes at an address."},
		{"_get_contiguous", get_contiguous, METH_VARARGS | METH_CLASS, "A view of items side by side."},
	};
	memcpy(methods + OWN, shared, n * sizeof *shared);
	return methods;
}
