//go:build extension

/* Attributes: what a view tells of its layout. */

#include "shim.h"

#define GETTER(name, value, text)                                        \
	static PyObject *get_##name(PyObject *object, void *unused)      \
	{                                                                \
		MemoryView *self = (MemoryView *)object;                 \
		if (refuse_released(self) < 0)                           \
			return NULL;                                     \
		return value;                                            \
	}

static PyObject *tuple_of(const Py_ssize_t *numbers, int n)
{
	PyObject *tuple = PyTuple_New(numbers ? n : 0);
	for (int i = 0; tuple && numbers && i < n; i++) {
		PyObject *number = PyLong_FromSsize_t(numbers[i]);
		if (!number || PyTuple_SetItem(tuple, i, number) < 0)
			Py_CLEAR(tuple);
	}
	return tuple;
}

/* Each with its value and what is said of it. */
#define ATTRIBUTES(A) \
	A(obj, Py_NewRef(self->view.obj ? self->view.obj : Py_None), "The object whose memory this is, or None.") \
	A(nbytes, PyLong_FromSsize_t(self->view.len), "The bytes of all items: what tobytes() would have.") \
	A(readonly, PyBool_FromLong(self->view.readonly), "Whether the memory cannot be written through the view.") \
	A(itemsize, PyLong_FromSsize_t(self->view.itemsize), "The bytes of one item.") \
	A(format, PyUnicode_FromString(self->view.format), "What an item is, as the struct module writes it.") \
	A(ndim, PyLong_FromLong(self->view.ndim), "The number of dimensions.") \
	A(shape, tuple_of(self->view.shape, self->view.ndim), "The number of items along each dimension.") \
	A(strides, tuple_of(self->view.strides, self->view.ndim), "The bytes from one item to the next along each dimension.") \
	A(suboffsets, tuple_of(self->view.suboffsets, self->view.ndim), "For items behind pointers: what to add after following one in each dimension.") \
	A(c_contiguous, PyBool_FromLong(self->flags &VIEW_C), "Whether the items lie side by side, the last index varying fastest.") \
	A(f_contiguous, PyBool_FromLong(self->flags &VIEW_F), "Whether the items lie side by side, the first index varying fastest.") \
	A(contiguous, PyBool_FromLong(self->flags &(VIEW_C | VIEW_F)), "Whether the items lie side by side in either order.")

ATTRIBUTES(GETTER)

#define ROW(name, value, text) {#name, get_##name, NULL, text},
PyGetSetDef view_attributes[] = {ATTRIBUTES(ROW){NULL}};

Py_ssize_t view_length(PyObject *object)
{
	MemoryView *self = (MemoryView *)object;
	if (refuse_released(self) < 0)
		return -1;
	if (self->view.ndim > 0)
		return self->view.shape[0];
	if (RUNNING < 0x030C0000 && !(self->flags & VIEW_ND))
		return 1;
	return refuse(PyExc_TypeError, "0-dim memory has no length");
}
