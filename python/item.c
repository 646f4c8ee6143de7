//go:build extension

/* Single items of the formats that Python's own memoryview supports, which must be as fast as there. The engine says
   which formats these are, and what their items are. */

#include "shim.h"

/* Refuses formats of more than one character, as CPython does before it looks at indices. */
int check_format(MemoryView *self)
{
	if (self->letter || self->flags & VIEW_ND)
		return 0;
	return PyErr_Format(PyExc_NotImplementedError, "memoryview: unsupported format %s", self->view.format), -1;
}

static int not_supported(MemoryView *self)
{
	return PyErr_Format(PyExc_NotImplementedError, "memoryview: format %c not supported", self->letter), -1;
}

static PyObject *get_int(const char *item, int size)
{
	switch (size) {
	case 1:
		return PyLong_FromLong(LOAD(int8_t, item));
	case 2:
		return PyLong_FromLong(LOAD(int16_t, item));
	case 4:
		return PyLong_FromLong(LOAD(int32_t, item));
	}
	return PyLong_FromLongLong(LOAD(int64_t, item));
}

static PyObject *get_uint(const char *item, int size)
{
	switch (size) {
	case 1:
		return PyLong_FromLong(LOAD(uint8_t, item));
	case 2:
		return PyLong_FromLong(LOAD(uint16_t, item));
	case 4:
		return PyLong_FromUnsignedLongLong(LOAD(uint32_t, item));
	}
	return PyLong_FromUnsignedLongLong(LOAD(uint64_t, item));
}

static PyObject *get_float(const char *item, int size)
{
	if (size != 2)
		return PyFloat_FromDouble(load_float(item, size));
#ifdef __FLT16_MANT_DIG__ /* the compiler has it */
	return PyFloat_FromDouble(LOAD(_Float16, item));
#else
	gmvValue value;
	return check_code(gmvLoad(&value, NULL, "e", (char *)item)) < 0 ? NULL : PyFloat_FromDouble(value.real);
#endif
}

/* A number, as the machine has it, or a byte; NULL without an exception for all else. */
PyObject *number_get(int kind, int size, const char *item)
{
	switch (kind) {
	case gmvInt:
		return get_int(item, size);
	case gmvUint:
	case gmvAddress:
		return get_uint(item, size);
	case gmvFloat:
		return get_float(item, size);
	case gmvBool:
		return PyBool_FromLong(*item);
	case gmvByte:
		return PyBytes_FromStringAndSize(item, 1);
	}
	return NULL;
}

PyObject *item_get(MemoryView *self, const char *item)
{
	if (self->kind != gmvNone)
		return number_get(self->kind, self->size, item);
	if (self->flags & VIEW_ND)
		return format_get(self, item);
	not_supported(self);
	return NULL;
}

/* The view's own letter tells the format: its text may be gone, as may the exporter that it was borrowed from. */
static int invalid_type(MemoryView *self)
{
	return PyErr_Format(PyExc_TypeError, "memoryview: invalid type for format '%c'", self->letter), -1;
}

static int invalid_value(MemoryView *self)
{
	return PyErr_Format(PyExc_ValueError, "memoryview: invalid value for format '%c'", self->letter), -1;
}

/* Says what is wrong with a value by the error that its conversion raised. */
static int invalid(MemoryView *self)
{
	if (PyErr_ExceptionMatches(PyExc_TypeError))
		return invalid_type(self);
	if (PyErr_ExceptionMatches(PyExc_OverflowError) || PyErr_ExceptionMatches(PyExc_ValueError))
		return invalid_value(self);
	return -1;
}

/* The low bytes of a number, which lie where the machine has them. */
static void store(char *item, uint64_t x, int size)
{
	uint8_t x1 = x;
	uint16_t x2 = x;
	uint32_t x4 = x;
	const void *bytes[] = {NULL, &x1, &x2, NULL, &x4, NULL, NULL, NULL, &x};
	memcpy(item, bytes[size], size);
}

static int set_integer(MemoryView *self, char *item, PyObject *value)
{
	int is_signed = self->kind == gmvInt, unused = 64 - 8 * self->size;
	PyObject *number = PyNumber_Index(value);
	if (!number)
		return invalid(self);
	uint64_t x = is_signed ? (uint64_t)PyLong_AsLongLong(number) : PyLong_AsUnsignedLongLong(number);
	Py_DECREF(number);
	if (x == (uint64_t)-1 && PyErr_Occurred())
		return invalid(self);
	if (x != (is_signed ? (uint64_t)((int64_t)(x << unused) >> unused) : x << unused >> unused))
		return invalid_value(self); /* the item has not so many bits */
	if (refuse_released(self) < 0)
		return -1;
	store(item, x, self->size);
	return 0;
}

static int set_address(MemoryView *self, char *item, PyObject *value)
{
	void *x = PyLong_AsVoidPtr(value);
	if (!x && PyErr_Occurred())
		return invalid(self);
	if (refuse_released(self) < 0)
		return -1;
	memcpy(item, &x, sizeof x);
	return 0;
}

static int set_float(MemoryView *self, char *item, PyObject *value)
{
	double x = PyFloat_AsDouble(value);
	if (x == -1 && PyErr_Occurred())
		return invalid(self);
	if (refuse_released(self) < 0)
		return -1;
	if (self->size == sizeof x) {
		memcpy(item, &x, sizeof x);
	} else if (self->size == sizeof(float)) {
		float narrow = (float)x;
		memcpy(item, &narrow, sizeof narrow);
	} else {
		gmvValue given = {.real = x};
		int code = gmvStore(item, 2, "e", gmvFloat, &given);
		return code == gmvBadValue ? invalid_value(self) : check_code(code);
	}
	return 0;
}

static int set_bool(MemoryView *self, char *item, PyObject *value)
{
	int x = PyObject_IsTrue(value);
	if (x < 0 || refuse_released(self) < 0)
		return -1;
	*item = x;
	return 0;
}

static int set_byte(MemoryView *self, char *item, PyObject *value)
{
	if (!PyBytes_Check(value))
		return invalid_type(self);
	if (PyBytes_Size(value) != 1)
		return invalid_value(self);
	*item = *PyBytes_AsString(value);
	return 0;
}

/* Whatever converts a value may run Python code, which may release the view: that is why each looks again. */
int item_set(MemoryView *self, char *item, PyObject *value)
{
	switch (self->kind) {
	case gmvInt:
	case gmvUint:
		return set_integer(self, item, value);
	case gmvAddress:
		return set_address(self, item, value);
	case gmvFloat:
		return set_float(self, item, value);
	case gmvBool:
		return set_bool(self, item, value);
	case gmvByte:
		return set_byte(self, item, value);
	}
	return self->flags & VIEW_ND ? format_set(self, item, value) : not_supported(self);
}
