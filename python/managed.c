//go:build extension

/* Managed buffers: one loan of an exporter, given back when the last view that uses it is released. */

#include "shim.h"

/* A managed buffer without a loan, for the collector to track once it holds what may hold it. */
ManagedBuffer *managed_new(PyTypeObject *type)
{
	ManagedBuffer *self = PyObject_GC_New(ManagedBuffer, type);
	if (!self)
		return NULL;
	self->exports = 0;
	self->released = 0;
	self->base = self->owner = NULL;
	self->format = NULL;
	memset(&self->master, 0, sizeof self->master); /* exporters and the engine may look before they write */
	return self;
}

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

ManagedBuffer *managed_take(PyTypeObject *type, PyObject *exporter, int flags)
{
	ManagedBuffer *self = managed_new(type);
	if (!self)
		return NULL;
	if (PyObject_GetBuffer(exporter, &self->master, flags) < 0) {
		self->master.obj = NULL;
		Py_DECREF(self);
		return NULL;
	}
	self->base = base_of(self->master.obj);
	if (self->master.obj && PyType_IS_GC(Py_TYPE(self->master.obj))) /* others are in no cycle */
		PyObject_GC_Track(self);
	return self;
}

/* Gives a loan back. The exporter may run Python code, and the caller may have an exception to raise. */
void give_back(Py_buffer *loan)
{
	PyObject *type, *value, *traceback;
	if (!loan->obj)
		return;
	if (!PyErr_Occurred()) {
		PyBuffer_Release(loan);
		return;
	}
	PyErr_Fetch(&type, &value, &traceback);
	PyBuffer_Release(loan);
	PyErr_Restore(type, value, traceback);
}

void managed_release(ManagedBuffer *self)
{
	if (self->released)
		return;
	self->released = 1;
	PyObject_GC_UnTrack(self);
	give_back(&self->master);
	Py_CLEAR(self->owner);
}

static void managed_dealloc(PyObject *object)
{
	ManagedBuffer *self = (ManagedBuffer *)object;
	PyTypeObject *type = Py_TYPE(object);
	managed_release(self);
	PyMem_Free(self->format);
	PyObject_GC_Del(self);
	Py_DECREF(type);
}

static int managed_traverse(PyObject *object, visitproc visit, void *arg)
{
	Py_VISIT(Py_TYPE(object));
	Py_VISIT(((ManagedBuffer *)object)->master.obj);
	Py_VISIT(((ManagedBuffer *)object)->owner);
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
