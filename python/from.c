//go:build extension

/* How views are made: the functions of the C interface, over any type of views. */

#include "shim.h"

static PyTypeObject *managed_type(PyTypeObject *type)
{
	State *state = state_of(type);
	return state ? state->managed : NULL;
}

/* The view of all of a loan that was just made; the loan is stolen. */
static PyObject *whole(PyTypeObject *type, ManagedBuffer *managed)
{
	MemoryView *self = NULL;
	if (managed && check_layout(&managed->master) == 0)
		self = view_of(type, managed, &managed->master);
	Py_XDECREF(OBJECT(managed));
	return (PyObject *)self;
}

static PyObject *not_an_exporter(PyObject *object)
{
	Py_buffer none;
	if (PyObject_GetBuffer(object, &none, PyBUF_SIMPLE) == 0) { /* it became one a moment ago */
		PyBuffer_Release(&none);
		PyErr_SetString(PyExc_TypeError, "a bytes-like object is required");
	}
	PyObject *type, *value, *traceback;
	PyErr_Fetch(&type, &value, &traceback);
	PyErr_Format(type, "memoryview: %S", value ? value : Py_None);
	Py_XDECREF(type);
	Py_XDECREF(value);
	Py_XDECREF(traceback);
	return NULL;
}

/* A view of an exporter that is asked with these flags. A view gives another one on the same loan. */
PyObject *from_object(PyTypeObject *type, PyObject *object, int flags)
{
	if (gmv_check(type, object)) {
		MemoryView *view = (MemoryView *)object;
		if (refuse_released(view) < 0)
			return NULL;
		return (PyObject *)view_again(view, &view->view);
	}
	if (!PyObject_CheckBuffer(object))
		return not_an_exporter(object);
	PyTypeObject *managed = managed_type(type);
	return managed ? whole(type, managed_take(managed, object, flags)) : NULL;
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
	PyTypeObject *managed = managed_type(type);
	ManagedBuffer *loan = managed ? managed_new(managed) : NULL;
	if (!loan)
		return NULL;
	if (PyBuffer_FillInfo(&loan->master, NULL, memory, size, access != PyBUF_WRITE, PyBUF_FULL_RO) < 0) {
		Py_DECREF(loan);
		return NULL;
	}
	return whole(type, loan);
}

static char *copy_text(const char *text)
{
	size_t size = strlen(text) + 1;
	char *copy = PyMem_Malloc(size);
	return copy ? memcpy(copy, text, size) : (char *)PyErr_NoMemory();
}

/* PyMemoryView_FromBuffer: the loan stays the caller's. */
PyObject *gmv_from_buffer(PyTypeObject *type, const Py_buffer *info)
{
	if (!info->buf)
		return refuse(PyExc_ValueError, "PyMemoryView_FromBuffer(): info->buf must not be NULL"), NULL;
	PyTypeObject *managed = managed_type(type);
	ManagedBuffer *loan = managed ? managed_new(managed) : NULL;
	if (!loan)
		return NULL;
	loan->format = copy_text(info->format ? info->format : "B");
	if (!loan->format) {
		Py_DECREF(loan);
		return NULL;
	}
	loan->master = *info;
	loan->master.obj = NULL;
	loan->master.format = loan->format;
	return whole(type, loan);
}

/* A read-only view of a copy of the items, side by side in that order. */
static PyObject *contiguous_copy(MemoryView *self, char order)
{
	PyTypeObject *type = Py_TYPE(OBJECT(self)), *managed = managed_type(type);
	PyObject *bytes = managed ? view_bytes(self, order) : NULL;
	ManagedBuffer *loan = bytes ? managed_take(managed, bytes, PyBUF_FULL_RO) : NULL;
	Py_XDECREF(bytes);
	if (!loan)
		return NULL;
	MemoryView *copy = NULL;
	if ((loan->format = copy_text(self->view.format))) {
		Py_buffer layout = self->view;
		layout.buf = loan->master.buf;
		layout.readonly = 1;
		layout.format = loan->format;
		layout.strides = layout.suboffsets = NULL;
		copy = view_of(type, loan, &layout);
	}
	Py_DECREF(loan);
	if (copy && order == 'F') {
		Py_ssize_t step = copy->view.itemsize;
		for (int i = 0; i < copy->view.ndim; i++) {
			copy->view.strides[i] = step;
			step *= copy->view.shape[i];
		}
		view_describe(copy);
	}
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
	if (access == PyBUF_WRITE && self->view.readonly) {
		PyErr_SetString(PyExc_BufferError, "underlying buffer is not writable");
		Py_DECREF(self);
		return NULL;
	}
	int wanted = order == 'C' ? VIEW_C : order == 'F' ? VIEW_F : VIEW_C | VIEW_F;
	if (self->flags & wanted || (self->view.len == 0 && !(self->flags & VIEW_INDIRECT))) /* PyBuffer_IsContiguous */
		return (PyObject *)self;
	PyObject *copy = NULL;
	if (access == PyBUF_WRITE)
		PyErr_SetString(PyExc_BufferError, "writable contiguous buffer requested for a non-contiguous object.");
	else
		copy = contiguous_copy(self, order == 'F' ? 'F' : 'C');
	Py_DECREF(self);
	return copy;
}
