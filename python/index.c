//go:build extension

/* Indices and slices. */

#include "shim.h"

/* Makes an index count from the start, or refuses it. */
static inline int clamp(MemoryView *self, int dim, Py_ssize_t *index)
{
	Py_ssize_t extent = self->view.shape[dim];
	if (*index < 0)
		*index += extent;
	if ((size_t)*index < (size_t)extent)
		return 0;
	return PyErr_Format(PyExc_IndexError, "index out of bounds on dimension %d", dim + 1), -1;
}

/* Plain integers need no asking what they are. */
int is_index(PyObject *key)
{
	return PyLong_CheckExact(key) || PyIndex_Check(key);
}

static inline int as_index(PyObject *key, Py_ssize_t *index)
{
	if (PyLong_CheckExact(key)) {
		*index = PyLong_AsSsize_t(key);
		if (*index != -1 || !PyErr_Occurred())
			return 0;
		PyErr_Clear();
	}
	*index = PyNumber_AsSsize_t(key, PyExc_IndexError);
	return *index == -1 && PyErr_Occurred() ? -1 : 0;
}

/* The item at a tuple of indices, or NULL. Pointers are followed only after the last of these has run its code. */
static char *item_at_tuple(MemoryView *self, PyObject *key)
{
	Py_ssize_t n = PyTuple_Size(key), index[MAX_DIMS];
	if (n > self->view.ndim)
		return PyErr_Format(PyExc_TypeError, "cannot index %d-dimension view with %zd-element tuple", self->view.ndim, n), NULL;
	if (n < self->view.ndim)
		return refuse(PyExc_NotImplementedError, "sub-views are not implemented"), NULL;
	for (int i = 0; i < n; i++) {
		if (as_index(PyTuple_GetItem(key, i), &index[i]) < 0 || clamp(self, i, &index[i]) < 0)
			return NULL;
	}
	if (refuse_released(self) < 0)
		return NULL;
	char *p = self->view.buf;
	for (int i = 0; i < n; i++)
		p = step(&self->view, p, i, index[i]);
	return p;
}

int is_slice(PyObject *key)
{
	return PySlice_Check(key);
}

/* Whether a key is a tuple of nothing but one sort. */
int all(PyObject *key, int (*is)(PyObject *))
{
	if (!PyTuple_Check(key))
		return 0;
	for (Py_ssize_t i = PyTuple_Size(key) - 1; i >= 0; i--) {
		if (!is(PyTuple_GetItem(key, i)))
			return 0;
	}
	return 1;
}

static int is_empty_tuple(PyObject *key)
{
	return PyTuple_Check(key) && PyTuple_Size(key) == 0;
}

PyObject *view_item(PyObject *object, Py_ssize_t index)
{
	MemoryView *self = (MemoryView *)object;
	if (refuse_released(self) < 0 || check_format(self) < 0)
		return NULL;
	if (self->view.ndim == 0)
		return refuse(PyExc_TypeError, "invalid indexing of 0-dim memory"), NULL;
	if (self->view.ndim > 1)
		return refuse(PyExc_NotImplementedError, "multi-dimensional sub-views are not implemented"), NULL;
	if (clamp(self, 0, &index) < 0)
		return NULL;
	return item_get(self, step(&self->view, self->view.buf, 0, index));
}

static PyObject *slice(MemoryView *self, PyObject *key)
{
	MemoryView *part = view_again(self, &self->view);
	if (part && slice_layout(&part->view, 0, key) < 0)
		Py_CLEAR(part);
	if (part)
		part->flags = (part->flags & VIEW_ND) | contiguity(&part->view);
	return (PyObject *)part;
}

static PyObject *scalar(MemoryView *self, PyObject *key)
{
	if (is_empty_tuple(key))
		return check_format(self) < 0 ? NULL : item_get(self, self->view.buf);
	if (key != Py_Ellipsis)
		return refuse(PyExc_TypeError, "invalid indexing of 0-dim memory"), NULL;
	return Py_NewRef(OBJECT(self));
}

PyObject *view_subscript(PyObject *object, PyObject *key)
{
	MemoryView *self = (MemoryView *)object;
	if (refuse_released(self) < 0)
		return NULL;
	if (self->view.ndim == 0)
		return scalar(self, key);
	if (is_index(key)) {
		Py_ssize_t index;
		return as_index(key, &index) < 0 ? NULL : view_item(object, index);
	}
	if (PySlice_Check(key))
		return slice(self, key);
	if (all(key, is_index)) {
		char *item = check_format(self) < 0 ? NULL : item_at_tuple(self, key);
		return item ? item_get(self, item) : NULL;
	}
	if (all(key, is_slice))
		refuse(PyExc_NotImplementedError, "multi-dimensional slicing is not implemented");
	else
		refuse(PyExc_TypeError, "memoryview: invalid slice key");
	return NULL;
}

/* Copies the items of a loan to those of a part of the view. */
static int copy_items(MemoryView *self, const Py_buffer *dst, const Py_buffer *src)
{
	if (small_and_alike(dst, src)) {
		memmove(dst->buf, src->buf, dst->len);
		return 0;
	}
	return check_code(ENGINE(self, dst->len, gmvCopy(BUFFER(dst), BUFFER(src))));
}

/* Assigns what an exporter lends to a slice of one dimension. */
static int assign_slice(MemoryView *self, PyObject *key, PyObject *value)
{
	Py_buffer dst = self->view;
	Py_ssize_t extent = dst.shape[0], stride = dst.strides[0];
	Borrowed src;
	if (borrow(value, &src) < 0)
		return -1;
	dst.shape = &extent;
	dst.strides = &stride;
	int result = slice_layout(&dst, 0, key) < 0 || refuse_released(self) < 0 ? -1 : copy_items(self, &dst, &src.layout);
	give_back(&src.lent);
	return result;
}

/* The item that a key for an assignment names, or NULL. */
static char *item_to_assign(MemoryView *self, PyObject *key)
{
	Py_ssize_t index;
	if (self->view.ndim == 0 && (key == Py_Ellipsis || is_empty_tuple(key)))
		return self->view.buf;
	if (self->view.ndim == 0)
		return refuse(PyExc_TypeError, "invalid indexing of 0-dim memory"), NULL;
	if (is_index(key) && self->view.ndim > 1)
		return refuse(PyExc_NotImplementedError, "sub-views are not implemented"), NULL;
	if (is_index(key)) {
		int failed = as_index(key, &index) < 0 || clamp(self, 0, &index) < 0 || refuse_released(self) < 0;
		return failed ? NULL : step(&self->view, self->view.buf, 0, index);
	}
	if (all(key, is_index))
		return item_at_tuple(self, key);
	if (PySlice_Check(key) || all(key, is_slice))
		return refuse(PyExc_NotImplementedError, "memoryview slice assignments are currently restricted to ndim = 1"), NULL;
	return refuse(PyExc_TypeError, "memoryview: invalid slice key"), NULL;
}

int view_assign(PyObject *object, PyObject *key, PyObject *value)
{
	MemoryView *self = (MemoryView *)object;
	if (refuse_released(self) < 0 || check_format(self) < 0)
		return -1;
	if (self->view.readonly)
		return refuse(PyExc_TypeError, "cannot modify read-only memory");
	if (!value)
		return refuse(PyExc_TypeError, "cannot delete memory");
	if (PySlice_Check(key) && self->view.ndim == 1)
		return assign_slice(self, key, value);
	char *item = item_to_assign(self, key);
	return item ? item_set(self, item, value) : -1;
}
