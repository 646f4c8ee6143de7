//go:build extension

/* Managed buffers: one loan of an exporter, given back when the last view that uses it is released. */

#include "shim.h"

/* With what the collector adds it is a block of 128 bytes. There is always one at hand: many other objects are of that size. */
_Static_assert(sizeof(ManagedBuffer) <= 112, "a managed buffer is small");

/* A managed buffer without a loan, for views of a type. */
ManagedBuffer *managed_new(PyTypeObject *type)
{
	State *state = state_of(type);
	if (!state)
		return NULL;
	void *spare = state->spare_loan;
	state->spare_loan = NULL;
	ManagedBuffer *self = spare ? (ManagedBuffer *)PyObject_Init(spare, state->managed) : PyObject_GC_New(ManagedBuffer, state->managed);
	if (!self)
		return NULL;
	self->exports = 0;
	self->released = self->tracked = 0;
	self->kept = NULL;
	memset(&self->master, 0, sizeof self->master); /* exporters and the engine may look before they write */
	return self;
}

/* Who is no exporter is told as CPython's memoryview does, whatever the flags were. */
static void explain(PyObject *object)
{
	Py_buffer none = {0};
	PyObject *type, *value, *traceback;
	if (PyObject_CheckBuffer(object))
		return;
	PyErr_Clear();
	PyObject_GetBuffer(object, &none, PyBUF_SIMPLE);
	PyErr_Fetch(&type, &value, &traceback);
	PyBuffer_Release(&none); /* it may have become one */
	PyErr_Format(type ? type : PyExc_TypeError, "memoryview: %S", value ? value : Py_None);
	Py_XDECREF(type);
	Py_XDECREF(value);
	Py_XDECREF(traceback);
}

/* A loan of an exporter that is asked with these flags. */
ManagedBuffer *managed_take(PyTypeObject *type, PyObject *exporter, int flags)
{
	ManagedBuffer *self = managed_new(type);
	if (!self)
		return NULL;
	if (PyObject_GetBuffer(exporter, &self->master, flags) < 0) {
		self->master.obj = NULL;
		explain(exporter);
		Py_DECREF(self);
		return NULL;
	}
	if (self->master.obj && PyType_IS_GC(Py_TYPE(self->master.obj))) { /* others are in no cycle */
		self->tracked = 1;
		PyObject_GC_Track(self);
	}
	return self;
}

/* Gives a loan back. The exporter may run Python code, and the caller may have an exception to raise. */
void give_back(Py_buffer *loan)
{
	PyObject *type, *value, *traceback;
	if (!loan->obj)
		return;
	PyErr_Fetch(&type, &value, &traceback);
	PyBuffer_Release(loan);
	PyErr_Restore(type, value, traceback);
}

/* Asks an exporter for a loan that the caller gives back. */
int borrow(PyObject *exporter, Borrowed *borrowed)
{
	if (PyObject_GetBuffer(exporter, &borrowed->lent, PyBUF_FULL_RO) < 0)
		return -1;
	if (check_layout(&borrowed->lent) < 0) {
		give_back(&borrowed->lent);
		return -1;
	}
	copy_layout(&borrowed->layout, &borrowed->lent, borrowed->room);
	return 0;
}

void managed_release(ManagedBuffer *self)
{
	if (self->released)
		return;
	self->released = 1;
	if (self->tracked)
		PyObject_GC_UnTrack(self);
	give_back(&self->master);
	Py_CLEAR(self->kept);
}

static void managed_dealloc(PyObject *object)
{
	ManagedBuffer *self = (ManagedBuffer *)object;
	PyTypeObject *type = Py_TYPE(object);
	managed_release(self);
	free_object(self, latest && latest->managed == type ? &latest->spare_loan : NULL);
	Py_DECREF(type);
}

static int managed_traverse(PyObject *object, visitproc visit, void *arg)
{
	Py_VISIT(Py_TYPE(object));
	Py_VISIT(((ManagedBuffer *)object)->master.obj);
	Py_VISIT(((ManagedBuffer *)object)->kept);
	return 0;
}

static int managed_clear(PyObject *object)
{
	managed_release((ManagedBuffer *)object);
	return 0;
}

static PyType_Slot managed_slots[] = {
	{Py_tp_dealloc, managed_dealloc},
	{Py_tp_traverse, managed_traverse},
	{Py_tp_clear, managed_clear},
	{0, NULL},
};

PyType_Spec managed_spec = {
	.name = "gomemoryview._managedbuffer",
	.basicsize = sizeof(ManagedBuffer),
	.flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | TYPE_UNMADE | TYPE_IMMUTABLE,
	.slots = managed_slots,
};
