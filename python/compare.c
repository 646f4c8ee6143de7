//go:build extension

/* Comparison and hash. */

#include "shim.h"

/* Whether the items of two small buffers of one format are equal, or -1 where only the engine knows. */
static int equal_small(const gmvCode *code, const Py_buffer *a, const Py_buffer *b)
{
	Py_ssize_t size = a->shape[0] * a->itemsize; /* there may be more bytes than items */
	const char *p = a->buf, *q = b->buf;
	if (code->as_bytes)
		return memcmp(p, q, size) == 0;
	if (code->kind != gmvFloat || code->size < sizeof(float))
		return -1;
	for (const char *end = p + size; p < end; p += code->size, q += code->size) {
		if (load_float(p, code->size) != load_float(q, code->size))
			return 0;
	}
	return 1;
}

/* Whether two buffers that are held are equal: 1, 0, or -1 with an exception. */
static int equal_buffers(MemoryView *self, const Py_buffer *b)
{
	const Py_buffer *a = &self->view;
	if (a->ndim != b->ndim || (a->ndim > 0 && a->shape[0] != b->shape[0]))
		return 0;
	const gmvCode *format = small_and_alike(a, b);
	int equal = format ? equal_small(format, a, b) : -1;
	if (equal >= 0)
		return equal;
	int code = ENGINE(self, a->len, gmvEqual(BUFFER(a), BUFFER(b), self->flags & VIEW_ND, &equal));
	return check_code(code) < 0 ? -1 : equal;
}

/* The same for any exporter on the other side; -2 where it is none. */
static int equal_object(MemoryView *self, PyObject *other)
{
	Borrowed borrowed;
	if (borrow(other, &borrowed) < 0) {
		PyErr_Clear();
		return -2;
	}
	/* The exporter's own code may have released the view: then it equals nothing any more. */
	int equal = IS_RELEASED(self) ? 0 : equal_buffers(self, &borrowed.layout);
	give_back(&borrowed.lent);
	return equal;
}

static int equal_views(PyObject *object, PyObject *other)
{
	MemoryView *self = (MemoryView *)object, *view = (MemoryView *)other;
	int is_view = gmv_check(Py_TYPE(object), other);
	if (IS_RELEASED(self) || (is_view && IS_RELEASED(view)))
		return object == other;
	if (!is_view)
		return equal_object(self, other);
	view->exports++;
	int equal = equal_buffers(self, &view->view);
	view->exports--;
	return equal;
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

/* The hash of the items' bytes, once the view and its object cannot change. */
Py_hash_t view_hash(PyObject *object)
{
	MemoryView *self = (MemoryView *)object;
	if (self->hash != -1)
		return self->hash;
	if (refuse_released(self) < 0)
		return -1;
	if (!self->view.readonly)
		return refuse(PyExc_ValueError, "cannot hash writable memoryview object");
	if (!self->letter || !strchr("bBc", self->letter))
		return refuse(PyExc_ValueError, "memoryview: hashing is restricted to formats 'B', 'b' or 'c'");
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
