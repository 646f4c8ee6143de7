//go:build extension

/* Iteration over views of one dimension. Their length is fixed when it starts. */

#include "shim.h"

typedef struct {
	PyObject_HEAD
	MemoryView *view; /* NULL after the end */
	Py_ssize_t next, length;
} Iterator;

PyObject *view_iter(PyObject *object)
{
	MemoryView *self = (MemoryView *)object;
	if (self->view.ndim == 0)
		return refuse(PyExc_TypeError, "invalid indexing of 0-dim memory"), NULL;
	if (self->view.ndim != 1 && !(self->flags & VIEW_ND))
		return refuse(PyExc_NotImplementedError, "multi-dimensional sub-views are not implemented"), NULL;
	if (refuse_released(self) < 0 || check_format(self) < 0)
		return NULL;
	State *state = state_of(Py_TYPE(object));
	Iterator *iterator = state ? PyObject_GC_New(Iterator, state->iterator) : NULL;
	if (!iterator)
		return NULL;
	iterator->view = (MemoryView *)Py_NewRef(object);
	iterator->next = 0;
	iterator->length = self->view.shape[0];
	PyObject_GC_Track(iterator);
	return (PyObject *)iterator;
}

static PyObject *iterator_next(PyObject *object)
{
	Iterator *iterator = (Iterator *)object;
	if (!iterator->view)
		return NULL;
	if (iterator->next >= iterator->length) {
		Py_CLEAR(iterator->view);
		return NULL;
	}
	if (refuse_released(iterator->view) < 0)
		return NULL;
	MemoryView *view = iterator->view;
	if (view->view.ndim != 1)
		return nd_item((PyObject *)view, iterator->next++);
	return item_get(view, step(&view->view, view->view.buf, 0, iterator->next++));
}

static void iterator_dealloc(PyObject *object)
{
	PyTypeObject *type = Py_TYPE(object);
	PyObject_GC_UnTrack(object);
	Py_XDECREF(OBJECT(((Iterator *)object)->view));
	PyObject_GC_Del(object);
	Py_DECREF(type);
}

static int iterator_traverse(PyObject *object, visitproc visit, void *arg)
{
	Py_VISIT(Py_TYPE(object));
	Py_VISIT(((Iterator *)object)->view);
	return 0;
}

static PyType_Slot iterator_slots[] = {
	{Py_tp_dealloc, iterator_dealloc},
	{Py_tp_traverse, iterator_traverse},
	{Py_tp_iter, PyObject_SelfIter},
	{Py_tp_iternext, iterator_next},
	{0, NULL},
};

PyType_Spec iterator_spec = {
	.name = "gomemoryview.memory_iterator",
	.basicsize = sizeof(Iterator),
	.flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | TYPE_UNMADE | TYPE_IMMUTABLE,
	.slots = iterator_slots,
};
