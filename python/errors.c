//go:build extension

/* What the engine answers, in Python's words. */

#include "shim.h"

static const struct {
	PyObject **type;
	const char *text;
} answers[] = {
	[gmvFault] = {&PyExc_BufferError, "memoryview: the memory is gone: a fault while it was used"},
	[gmvFormat] = {&PyExc_NotImplementedError, "memoryview: unsupported format"},
	[gmvShort] = {&PyExc_ValueError, "memoryview: the items are shorter than their format"},
	[gmvStructure] = {&PyExc_ValueError, "memoryview assignment: lvalue and rvalue have different structures"},
	[gmvNotContiguous] = {&PyExc_TypeError, "memoryview: casts are restricted to C-contiguous views"},
	[gmvZeros] = {&PyExc_TypeError, "memoryview: cannot cast view with zeros in shape or strides"},
	[gmvShapeType] = {&PyExc_TypeError, "shape must be a list or a tuple"},
	[gmvDimensions] = {&PyExc_ValueError, "memoryview: number of dimensions must not exceed 64"},
	[gmvOneDimension] = {&PyExc_TypeError, "memoryview: cast must be 1D -> ND or ND -> 1D"},
	[gmvDestination] = {&PyExc_ValueError,
		"memoryview: destination format must be a native single character format prefixed with an optional '@'"},
	[gmvTwoFormats] = {&PyExc_TypeError, "memoryview: cannot cast between two non-byte formats"},
	[gmvLength] = {&PyExc_TypeError, "memoryview: length is not a multiple of itemsize"},
	[gmvExtentType] = {&PyExc_TypeError, "memoryview.cast(): elements of shape must be integers"},
	[gmvExtent] = {&PyExc_ValueError, "memoryview.cast(): elements of shape must be integers > 0"},
	[gmvProduct] = {&PyExc_ValueError, "memoryview.cast(): product(shape) > SSIZE_MAX"},
	[gmvSize] = {&PyExc_TypeError, "memoryview: product(shape) * itemsize != buffer size"},
	[gmvUnreadable] = {&PyExc_NotImplementedError, NULL}, /* from here on gmvReason has the text */
	[gmvBadValue] = {&PyExc_ValueError, NULL},
	[gmvBadType] = {&PyExc_TypeError, NULL},
	[gmvBadIndex] = {&PyExc_IndexError, NULL},
	[gmvBadBuffer] = {&PyExc_BufferError, NULL},
};

/* Raises an exception, and returns -1. */
int refuse(PyObject *type, const char *text)
{
	PyErr_SetString(type, text);
	return -1;
}

/* 0 for gmvDone; raises what another code means, and returns -1. */
int check_code(int code)
{
	if (code == gmvDone)
		return 0;
	char reason[400];
	int known = code > gmvCrashed && code <= gmvBadBuffer && answers[code].type;
	if (known && answers[code].text)
		return refuse(*answers[code].type, answers[code].text);
	gmvReason(reason, sizeof reason);
	return known ? refuse(*answers[code].type, reason) : (PyErr_Format(PyExc_SystemError, "memoryview: the engine failed: %s", reason), -1);
}
