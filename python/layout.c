//go:build extension

/* Layouts: shape, strides and suboffsets. */

#include "shim.h"

_Static_assert(sizeof(gmvBuffer) == sizeof(Py_buffer) && offsetof(gmvBuffer, ndim) == offsetof(Py_buffer, ndim) &&
		offsetof(gmvBuffer, suboffsets) == offsetof(Py_buffer, suboffsets) &&
		sizeof(ptrdiff_t) == sizeof(Py_ssize_t), "the engine reads a Py_buffer");

static int in_order(const Py_buffer *view, int first, int last, int step)
{
	Py_ssize_t stride = view->itemsize;
	for (int i = first; i != last; i += step) {
		if (view->shape[i] > 1 && view->strides[i] != stride)
			return 0;
		stride *= view->shape[i];
	}
	return 1;
}

/* Whether the items lie in C order from the start of the buffer on. */
static int side_by_side(const Py_buffer *src)
{
	return !src->suboffsets && (!src->strides || in_order(src, src->ndim - 1, -1, -1));
}

/* Refuses layouts that make no sense, which CPython trusts. */
int check_layout(const Py_buffer *src)
{
	if (src->ndim > MAX_DIMS)
		return refuse(PyExc_ValueError, "memoryview: number of dimensions must not exceed 64");
	if (src->ndim < 0 || src->itemsize < 0 || src->len < 0)
		return refuse(PyExc_BufferError, "memoryview: malformed buffer: a negative size");
	if (!src->buf && src->len > 0)
		return refuse(PyExc_BufferError, "memoryview: malformed buffer: no memory");
	if (!src->shape && src->ndim > 0)
		return src->ndim == 1 && src->itemsize > 0 && !src->strides && !src->suboffsets ? 0
			: refuse(PyExc_BufferError, "memoryview: malformed buffer: no shape");
	if (src->suboffsets && !src->strides && src->ndim > 0)
		return refuse(PyExc_BufferError, "memoryview: malformed buffer: suboffsets without strides");
	Py_ssize_t size = src->itemsize;
	for (int i = 0; i < src->ndim; i++) {
		if (src->shape[i] < 0 || __builtin_mul_overflow(size, src->shape[i], &size))
			return refuse(PyExc_BufferError, "memoryview: malformed buffer: an impossible shape");
	}
	/* A ctypes object that was resized has more bytes than items. */
	if (size > src->len || (size < src->len && !side_by_side(src)))
		return refuse(PyExc_BufferError, "memoryview: malformed buffer: its length is not product(shape) * itemsize");
	return 0;
}

/* Describes the same items in dst, in full. Room is for 3 times ndim numbers. */
void copy_layout(Py_buffer *dst, const Py_buffer *src, Py_ssize_t *room)
{
	int ndim = src->ndim;
	dst->buf = src->buf;
	dst->obj = src->obj;
	dst->len = src->len;
	dst->itemsize = src->itemsize;
	dst->readonly = src->readonly;
	dst->ndim = ndim;
	dst->format = src->format ? src->format : "B";
	dst->internal = NULL;
	dst->shape = dst->strides = dst->suboffsets = NULL;
	if (ndim == 0)
		return;
	dst->shape = room;
	dst->strides = room + ndim;
	if (src->suboffsets)
		dst->suboffsets = memcpy(room + 2 * ndim, src->suboffsets, ndim * sizeof *room);
	size_t step = src->itemsize;
	for (int i = ndim - 1; i >= 0; i--) {
		dst->shape[i] = src->shape ? src->shape[i] : src->len / src->itemsize;
		dst->strides[i] = src->strides ? src->strides[i] : (Py_ssize_t)step;
		step *= dst->shape[i];
	}
}

/* The flags that a layout has. In one dimension without items the stride decides, in more nothing does. */
int contiguity(const Py_buffer *view)
{
	if (view->suboffsets)
		return VIEW_INDIRECT;
	if (view->ndim == 1)
		return view->shape[0] == 1 || view->strides[0] == view->itemsize ? VIEW_C | VIEW_F : 0;
	if (view->ndim == 0 || view->len == 0)
		return VIEW_C | VIEW_F;
	return (in_order(view, view->ndim - 1, -1, -1) ? VIEW_C : 0) | (in_order(view, 0, view->ndim, 1) ? VIEW_F : 0);
}

/* The format of two buffers that are so small that asking the engine costs more than the work, if both have the same
   native one and as many items side by side in one dimension; else NULL. */
const gmvCode *small_and_alike(const Py_buffer *a, const Py_buffer *b)
{
	enum { SMALL = 4 << 10 };
	if (a->len > SMALL || a->ndim != 1 || b->ndim != 1 || a->shape[0] != b->shape[0] || a->suboffsets || b->suboffsets)
		return NULL;
	unsigned char letter = letter_of(a->format);
	const gmvCode *code = code_of(letter);
	Py_ssize_t size = code->size;
	int alike = code->kind != gmvNone && letter == letter_of(b->format) && a->itemsize == size && b->itemsize == size &&
		a->strides[0] == size && b->strides[0] == size;
	return alike ? code : NULL;
}

/* Cuts a dimension of a layout as a slice says; those before it have no suboffsets. Steps that nobody takes may overflow, as in CPython. */
int slice_layout(Py_buffer *view, int dim, PyObject *slice)
{
	Py_ssize_t start, stop, step;
	if (PySlice_Unpack(slice, &start, &stop, &step) < 0)
		return -1;
	Py_ssize_t extent = view->shape[dim];
	view->shape[dim] = PySlice_AdjustIndices(extent, &start, &stop, step);
	view->buf = (char *)view->buf + (size_t)view->strides[dim] * (size_t)start;
	view->strides[dim] = (Py_ssize_t)((size_t)view->strides[dim] * (size_t)step);
	view->len = view->itemsize;
	for (int i = 0; i < view->ndim; i++)
		view->len *= view->shape[i];
	return 0;
}
