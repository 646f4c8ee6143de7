//go:build extension

/* Comparison and hash. */

#include "shim.h"

/* Whether two views are equal: 1, 0, or -1 with an exception. */
static int equal_buffers(const Py_buffer *a, const Py_buffer *b)
{
	int equal;
	int code = gmvEqual(BUFFER(a), BUFFER(b), &equal);
	return code == gmvDone ? equal : raise_code(code);
}

/* The same for any exporter on the other side; -2 where it is none. */
static int equal_object(MemoryView *self, PyObject *other)
{
	Py_buffer lent, layout;
	Py_ssize_t room[3 * MAX_DIMS];
	if (PyObject_GetBuffer(other, &lent, PyBUF_FULL_RO) < 0) {
		PyErr_Clear();
		return -2;
	}
	int equal = 0;
	if (IS_RELEASED(self)) {
		/* by the exporter's own code: it equals nothing any more */
	} else if (check_layout(&lent) < 0) {
		PyErr_Clear();
		equal = -2;
	} else {
		copy_layout(&layout, &lent, room);
		equal = equal_buffers(&self->view, &layout);
	}
	PyBuffer_Release(&lent);
	return equal;
}

static int equal_views(PyObject *object, PyObject *other)
{
	MemoryView *self = (MemoryView *)object;
	if (IS_RELEASED(self))
		return object == other;
	if (!gmv_check(Py_TYPE(object), other))
		return equal_object(self, other);
	if (IS_RELEASED((MemoryView *)other))
		return object == other;
	return equal_buffers(&self->view, &((MemoryView *)other)->view);
}

PyObject *view_compare(PyObject *self, PyObject *other, int op)
{
	int equal = op == Py_EQ || op == Py_NE ? equal_views(self, other) : -2;
	if (equal == -1)
		return NULL;
	if (equal == -2)
		Py_RETURN_NOTIMPLEMENTED;
	return PyBool_FromLong(equal == (op == Py_EQ));
}

static int is_byte(MemoryView *self)
{
	return self->letter && strchr("bBc", self->letter);
}

/* The hash of the items' bytes, once the view and its object cannot change. */
Py_hash_t view_hash(PyObject *object)
{
	MemoryView *self = (MemoryView *)object;
	if (self->hash != -1)
		return self->hash;
	if (refuse_released(self) < 0)
		return -1;
	if (!self->view.readonly) {
		PyErr_SetString(PyExc_ValueError, "cannot hash writable memoryview object");
		return -1;
	}
	if (!is_byte(self)) {
		PyErr_SetString(PyExc_ValueError, "memoryview: hashing is restricted to formats 'B', 'b' or 'c'");
		return -1;
	}
	PyObject *base = self->view.obj;
	if (base && !Py_IS_TYPE(base, &PyMemoryView_Type)) { /* that one has no object that could change */
		Py_INCREF(base);
		Py_hash_t hash = PyObject_Hash(base); /* Python code, which may release the view */
		Py_DECREF(base);
		if (hash == -1 || refuse_released(self) < 0)
			return -1;
	}
	PyObject *bytes = view_bytes(self, 'C');
	if (!bytes)
		return -1;
	self->hash = PyObject_Hash(bytes);
	Py_DECREF(bytes);
	return self->hash;
}
