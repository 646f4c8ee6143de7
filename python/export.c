//go:build extension

/* A view as an exporter. */

#include "shim.h"

/* Which request a view must refuse, in the order in which CPython asks. */
static const char *refusal(MemoryView *self, int flags)
{
#define ASKED(wanted) ((flags & (wanted)) == (wanted))
	if (ASKED(PyBUF_WRITABLE) && self->view.readonly)
		return "memoryview: underlying buffer is not writable";
	if (ASKED(PyBUF_C_CONTIGUOUS) && !(self->flags & VIEW_C))
		return "memoryview: underlying buffer is not C-contiguous";
	if (ASKED(PyBUF_F_CONTIGUOUS) && !(self->flags & VIEW_F))
		return "memoryview: underlying buffer is not Fortran contiguous";
	if (ASKED(PyBUF_ANY_CONTIGUOUS) && !(self->flags & (VIEW_C | VIEW_F)))
		return "memoryview: underlying buffer is not contiguous";
	if (!ASKED(PyBUF_INDIRECT) && self->flags & VIEW_INDIRECT)
		return "memoryview: underlying buffer requires suboffsets";
	if (!ASKED(PyBUF_STRIDES) && !(self->flags & VIEW_C))
		return "memoryview: underlying buffer is not C-contiguous";
	if (!ASKED(PyBUF_ND) && ASKED(PyBUF_FORMAT))
		return "memoryview: cannot cast to unsigned bytes if the format flag is present";
	return NULL;
}

int view_getbuffer(PyObject *object, Py_buffer *view, int flags)
{
	MemoryView *self = (MemoryView *)object;
	if (!view)
		return refuse(PyExc_BufferError, "memoryview: a Py_buffer to fill is needed");
	view->obj = NULL;
	if (refuse_released(self) < 0)
		return -1;
	const char *why = refusal(self, flags);
	if (why)
		return refuse(PyExc_BufferError, why);
	*view = self->view;
	if (!ASKED(PyBUF_FORMAT))
		view->format = NULL;
	if (!ASKED(PyBUF_STRIDES))
		view->strides = NULL;
	if (!ASKED(PyBUF_ND)) {
		view->ndim = 1;
		view->shape = NULL;
	}
	Py_INCREF(object);
	view->obj = object;
	self->exports++;
	return 0;
}

void view_releasebuffer(PyObject *object, Py_buffer *view)
{
	((MemoryView *)object)->exports--;
}
