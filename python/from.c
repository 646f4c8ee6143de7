//go:build extension

/* How views are made: the functions of the C interface, over any type of views. */

#include "shim.h"

/* What a view of a builtin memoryview shows as its obj is that one's obj, which the builtin view holds; or that
   view itself, where it has none. */
static PyObject *base_of(PyObject *exporter)
{
	if (!exporter || !Py_IS_TYPE(exporter, &PyMemoryView_Type))
		return exporter;
	PyObject *base = PyObject_GetAttrString(exporter, "obj");
	if (!base) {
		PyErr_Clear();
		return exporter;
	}
	Py_DECREF(base);
	return base == Py_None ? exporter : base;
}

/* The view of all of a loan that was just made; the loan is stolen. */
static PyObject *whole(PyTypeObject *type, ManagedBuffer *managed)
{
	MemoryView *self = NULL;
	if (managed && check_layout(&managed->master) == 0)
		self = view_of(type, managed, &managed->master);
	if (self)
		self->view.obj = base_of(managed->master.obj);
	Py_XDECREF(OBJECT(managed));
	return (PyObject *)self;
}

/* A view of an exporter that is asked with these flags. A view gives another one on the same loan. */
PyObject *from_object(PyTypeObject *type, PyObject *object, int flags)
{
	MemoryView *view = (MemoryView *)object;
	if (!gmv_check(type, object))
		return whole(type, managed_take(type, object, flags));
	return refuse_released(view) < 0 ? NULL : (PyObject *)view_again(view, &view->view);
}

/* PyMemoryView_Check */
int gmv_check(PyTypeObject *type, PyObject *object)
{
	return Py_IS_TYPE(object, type);
}

/* PyMemoryView_FromObject */
PyObject *gmv_from_object(PyTypeObject *type, PyObject *object)
{
	return from_object(type, object, PyBUF_FULL_RO);
}

/* PyMemoryView_FromMemory */
PyObject *gmv_from_memory(PyTypeObject *type, char *memory, Py_ssize_t size, int access)
{
	ManagedBuffer *loan = managed_new(type);
	if (loan && PyBuffer_FillInfo(&loan->master, NULL, memory, size, access != PyBUF_WRITE, PyBUF_FULL_RO) < 0)
		Py_CLEAR(loan);
	return whole(type, loan);
}

/* Has a loan keep a format's text. */
static char *keep_format(ManagedBuffer *loan, const char *format)
{
	loan->kept = PyBytes_FromString(format ? format : "B");
	return loan->kept ? PyBytes_AsString(loan->kept) : NULL;
}

/* PyMemoryView_FromBuffer: the loan stays the caller's. */
PyObject *gmv_from_buffer(PyTypeObject *type, const Py_buffer *info)
{
	if (!info->buf)
		return refuse(PyExc_ValueError, "PyMemoryView_FromBuffer(): info->buf must not be NULL"), NULL;
	ManagedBuffer *loan = managed_new(type);
	char *format = loan ? keep_format(loan, info->format) : NULL;
	if (format) {
		loan->master = *info;
		loan->master.obj = NULL;
		loan->master.format = format;
	} else {
		Py_CLEAR(loan);
	}
	return whole(type, loan);
}

/* A read-only view of a copy of the items, side by side in that order. */
static PyObject *contiguous_copy(MemoryView *self, char order)
{
	PyTypeObject *type = Py_TYPE(OBJECT(self));
	PyObject *bytes = view_bytes(self, order);
	ManagedBuffer *loan = bytes ? managed_take(type, bytes, PyBUF_FULL_RO) : NULL;
	char *format = loan ? keep_format(loan, self->view.format) : NULL;
	MemoryView *copy = NULL;
	if (format) {
		Py_buffer layout = self->view;
		Py_ssize_t strides[MAX_DIMS];
		size_t step = layout.itemsize;
		for (int i = 0; i < layout.ndim; step *= layout.shape[i++])
			strides[i] = step;
		layout.buf = loan->master.buf;
		layout.obj = bytes;
		layout.readonly = 1;
		layout.format = format;
		layout.strides = order == 'F' ? strides : NULL;
		layout.suboffsets = NULL;
		copy = view_of(type, loan, &layout);
	}
	Py_XDECREF(bytes);
	Py_XDECREF(OBJECT(loan));
	return (PyObject *)copy;
}

/* PyMemoryView_GetContiguous */
PyObject *gmv_get_contiguous(PyTypeObject *type, PyObject *object, int access, char order)
{
	if ((access != PyBUF_READ && access != PyBUF_WRITE) || !order || !strchr("CFA", order))
		return refuse(PyExc_ValueError, "PyMemoryView_GetContiguous(): PyBUF_READ or PyBUF_WRITE, and an order of C, F or A"), NULL;
	MemoryView *self = (MemoryView *)gmv_from_object(type, object);
	if (!self)
		return NULL;
	int wanted = order == 'C' ? VIEW_C : order == 'F' ? VIEW_F : VIEW_C | VIEW_F;
	PyObject *found = NULL;
	if (access == PyBUF_WRITE && self->view.readonly)
		PyErr_SetString(PyExc_BufferError, "underlying buffer is not writable");
	else if (self->flags & wanted || (self->view.len == 0 && !(self->flags & VIEW_INDIRECT))) /* PyBuffer_IsContiguous */
		found = Py_NewRef(OBJECT(self));
	else if (access == PyBUF_WRITE)
		PyErr_SetString(PyExc_BufferError, "writable contiguous buffer requested for a non-contiguous object.");
	else
		found = contiguous_copy(self, order == 'F' ? 'F' : 'C');
	Py_DECREF(self);
	return found;
}
