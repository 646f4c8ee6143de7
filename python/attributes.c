//go:build extension

/* Attributes: what a view tells of its layout. */

#include "shim.h"

#define GETTER(name, value)                                              \
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

GETTER(obj, Py_NewRef(self->view.obj ? self->view.obj : Py_None))
GETTER(nbytes, PyLong_FromSsize_t(self->view.len))
GETTER(itemsize, PyLong_FromSsize_t(self->view.itemsize))
GETTER(format, PyUnicode_FromString(self->view.format))
GETTER(ndim, PyLong_FromLong(self->view.ndim))
GETTER(readonly, PyBool_FromLong(self->view.readonly))
GETTER(shape, tuple_of(self->view.shape, self->view.ndim))
GETTER(strides, tuple_of(self->view.strides, self->view.ndim))
GETTER(suboffsets, tuple_of(self->view.suboffsets, self->view.ndim))
GETTER(c_contiguous, PyBool_FromLong(self->flags &VIEW_C))
GETTER(f_contiguous, PyBool_FromLong(self->flags &VIEW_F))
GETTER(contiguous, PyBool_FromLong(self->flags &(VIEW_C | VIEW_F)))

PyGetSetDef view_attributes[] = {
	{"obj", get_obj, NULL, "The object whose memory this is, or None."},
	{"nbytes", get_nbytes, NULL, "The bytes of all items: what tobytes() would have."},
	{"readonly", get_readonly, NULL, "Whether the memory cannot be written through the view."},
	{"itemsize", get_itemsize, NULL, "The bytes of one item."},
	{"format", get_format, NULL, "What an item is, as the struct module writes it."},
	{"ndim", get_ndim, NULL, "The number of dimensions."},
	{"shape", get_shape, NULL, "The number of items along each dimension."},
	{"strides", get_strides, NULL, "The bytes from one item to the next along each dimension."},
	{"suboffsets", get_suboffsets, NULL, "For items behind pointers: what to add after following one in each dimension."},
	{"c_contiguous", get_c_contiguous, NULL, "Whether the items lie side by side, the last index varying fastest."},
	{"f_contiguous", get_f_contiguous, NULL, "Whether the items lie side by side, the first index varying fastest."},
	{"contiguous", get_contiguous, NULL, "Whether the items lie side by side in either order."},
	{NULL},
};

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
