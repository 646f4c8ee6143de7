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

/* The bits of an item that has 1, 2, 4 or 8 bytes. */
uint64_t load_bits(const char *item, int size)
{
	if (size <= 2)
		return size == 1 ? LOAD(uint8_t, item) : LOAD(uint16_t, item);
	return size == 4 ? LOAD(uint32_t, item) : LOAD(uint64_t, item);
}

/* Makes an item of bits. */
void store_bits(char *item, uint64_t bits, int size)
{
	if (size == 1)
		memcpy(item, &(uint8_t){bits}, 1);
	else if (size == 2)
		memcpy(item, &(uint16_t){bits}, 2);
	else if (size == 4)
		memcpy(item, &(uint32_t){bits}, 4);
	else
		memcpy(item, &bits, 8);
}

/* The number that the lower bits are, with a sign. */
static int64_t extend(uint64_t bits, int size)
{
	return (int64_t)(bits << (64 - 8 * size)) >> (64 - 8 * size);
}

static PyObject *float_of_bits(uint64_t bits, int size)
{
	uint32_t x4 = bits;
	uint16_t x2 = bits;
	if (size != sizeof x2)
		return PyFloat_FromDouble(size == sizeof x4 ? LOAD(float, &x4) : LOAD(double, &bits));
#ifdef __FLT16_MANT_DIG__ /* the compiler has it */
	return PyFloat_FromDouble(LOAD(_Float16, &x2));
#else
	gmvValue value;
	return check_code(gmvLoad(&value, NULL, "e", &x2)) < 0 ? NULL : PyFloat_FromDouble(value.real);
#endif
}

/* The number, or the byte, that an item's bits are; NULL without an exception for all else. */
PyObject *object_of_bits(int kind, int size, uint64_t bits)
{
	int64_t x;
	switch (kind) {
	case gmvInt:
		x = extend(bits, size);
		return x == (long)x ? PyLong_FromLong((long)x) : PyLong_FromLongLong(x);
	case gmvUint:
	case gmvAddress:
		return bits <= LONG_MAX ? PyLong_FromLong((long)bits) : PyLong_FromUnsignedLongLong(bits);
	case gmvFloat:
		return float_of_bits(bits, size);
	case gmvBool:
		return PyBool_FromLong(bits != 0);
	case gmvByte:
		return PyBytes_FromStringAndSize(&(char){bits}, 1);
	}
	return NULL;
}

PyObject *item_get(MemoryView *self, const char *item)
{
	if (self->kind != gmvNone)
		return object_of_bits(self->kind, self->size, load_bits(item, self->size));
	if (self->flags & VIEW_ND)
		return format_get(self, item);
	not_supported(self);
	return NULL;
}

/* The view's own letter tells the format: its text may be gone, as may the exporter that it was borrowed from. */
static int unfit(MemoryView *self, PyObject *exception, const char *what)
{
	return PyErr_Format(exception, "memoryview: invalid %s for format '%c'", what, self->letter), -1;
}

/* Says what is wrong with a value by the error that its conversion raised. */
static int invalid(MemoryView *self)
{
	if (PyErr_ExceptionMatches(PyExc_TypeError))
		return unfit(self, PyExc_TypeError, "type");
	if (PyErr_ExceptionMatches(PyExc_OverflowError) || PyErr_ExceptionMatches(PyExc_ValueError))
		return unfit(self, PyExc_ValueError, "value");
	return -1;
}

static int bits_of_integer(MemoryView *self, PyObject *value, uint64_t *bits)
{
	int is_signed = self->kind == gmvInt;
	PyObject *number = PyNumber_Index(value);
	if (!number)
		return invalid(self);
	*bits = is_signed ? (uint64_t)PyLong_AsLongLong(number) : PyLong_AsUnsignedLongLong(number);
	Py_DECREF(number);
	if (*bits == (uint64_t)-1 && PyErr_Occurred())
		return invalid(self);
	int fits = is_signed ? extend(*bits, self->size) == (int64_t)*bits : *bits <= UINT64_MAX >> (64 - 8 * self->size);
	return fits ? 0 : unfit(self, PyExc_ValueError, "value");
}

static int bits_of_float(MemoryView *self, PyObject *value, uint64_t *bits)
{
	double x = PyFloat_AsDouble(value);
	if (x == -1 && PyErr_Occurred())
		return invalid(self);
	float narrow = (float)x;
	gmvValue given = {.real = x};
	uint16_t half;
	int code = gmvDone;
	if (self->size == sizeof x) {
		*bits = LOAD(uint64_t, &x);
	} else if (self->size == sizeof narrow) {
		*bits = LOAD(uint32_t, &narrow);
	} else {
		code = gmvStore(&half, sizeof half, "e", gmvFloat, &given);
		*bits = half;
	}
	return code == gmvBadValue ? unfit(self, PyExc_ValueError, "value") : check_code(code);
}

static int bits_of_byte(MemoryView *self, PyObject *value, uint64_t *bits)
{
	if (!PyBytes_Check(value))
		return unfit(self, PyExc_TypeError, "type");
	if (PyBytes_Size(value) != 1)
		return unfit(self, PyExc_ValueError, "value");
	*bits = LOAD(uint8_t, PyBytes_AsString(value));
	return 0;
}

/* The bits of the item that a value makes. */
int bits_of_object(MemoryView *self, PyObject *value, uint64_t *bits)
{
	int truth;
	switch (self->kind) {
	case gmvInt:
	case gmvUint:
		return bits_of_integer(self, value, bits);
	case gmvAddress:
		*bits = (uintptr_t)PyLong_AsVoidPtr(value);
		return !*bits && PyErr_Occurred() ? invalid(self) : 0;
	case gmvFloat:
		return bits_of_float(self, value, bits);
	case gmvBool:
		*bits = truth = PyObject_IsTrue(value);
		return truth < 0 ? -1 : 0;
	case gmvByte:
		return bits_of_byte(self, value, bits);
	}
	return not_supported(self);
}

/* Whatever reads a value may run Python code, which may release the view. */
int item_set(MemoryView *self, char *item, PyObject *value)
{
	uint64_t bits;
	if (self->kind == gmvNone && self->flags & VIEW_ND)
		return format_set(self, item, value);
	if (bits_of_object(self, value, &bits) < 0 || refuse_released(self) < 0)
		return -1;
	store_bits(item, bits, self->size);
	return 0;
}
