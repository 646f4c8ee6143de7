/* An extension module as people write them for CPython's memoryview: a thin Python face of the seven functions. Nothing here
   knows of gomemoryview: test_capi.py compiles it for CPython's own, and, by flags alone, for ours; as C and as C++. */

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <string.h>

#include "unit.h"

static PyObject *from_object(PyObject *module, PyObject *object)
{
	return PyMemoryView_FromObject(object);
}

static char memory[16] = "sixteen bytes..";

/* from_memory(size, access): of the memory above. */
static PyObject *from_memory(PyObject *module, PyObject *args)
{
	Py_ssize_t size;
	int access;
	if (!PyArg_ParseTuple(args, "ni", &size, &access))
		return NULL;
	return PyMemoryView_FromMemory(memory, size, access);
}

/* What lies there. */
static PyObject *contents(PyObject *module, PyObject *unused)
{
	return Py_BuildValue("y#", memory, (Py_ssize_t)sizeof memory);
}

static Py_buffer lent;

/* from_buffer(object, without): of a buffer that is borrowed until give_back(), where the fields that are named are wrong or
   missing. */
static PyObject *from_buffer(PyObject *module, PyObject *args)
{
	PyObject *object;
	const char *without;
	Py_buffer info;
	if (!PyArg_ParseTuple(args, "Os", &object, &without) || PyObject_GetBuffer(object, &lent, PyBUF_FULL_RO) < 0)
		return NULL;
	info = lent;
	if (strchr(without, 'b'))
		info.buf = NULL;
	if (strchr(without, 'f'))
		info.format = NULL;
	if (strchr(without, 't'))
		info.strides = NULL;
	if (strchr(without, 's'))
		info.shape = NULL;
	if (strchr(without, 'r'))
		info.readonly = !info.readonly;
	return PyMemoryView_FromBuffer(&info);
}

static PyObject *give_back(PyObject *module, PyObject *unused)
{
	PyBuffer_Release(&lent);
	Py_RETURN_NONE;
}

/* get_contiguous(object, access, order) */
static PyObject *get_contiguous(PyObject *module, PyObject *args)
{
	PyObject *object;
	int access;
	char order;
	if (!PyArg_ParseTuple(args, "Oic", &object, &access, &order))
		return NULL;
	return PyMemoryView_GetContiguous(object, access, order);
}

static PyObject *check(PyObject *module, PyObject *object)
{
	return PyBool_FromLong(PyMemoryView_Check(object));
}

/* What is raised stays raised. */
static PyObject *check_while_raising(PyObject *module, PyObject *object)
{
	PyErr_SetString(PyExc_KeyError, PyMemoryView_Check(object) ? "a view" : "no view");
	if (PyMemoryView_Check(object) || !PyMemoryView_Check(object))
		return NULL;
	Py_RETURN_NONE;
}

static PyObject *numbers(const Py_ssize_t *values, int n)
{
	PyObject *list;
	int i;
	if (!values)
		Py_RETURN_NONE;
	list = PyList_New(0);
	for (i = 0; list && i < n; i++) {
		PyObject *number = PyLong_FromSsize_t(values[i]);
		if (!number || PyList_Append(list, number) < 0)
			Py_CLEAR(list);
		Py_XDECREF(number);
	}
	return list;
}

/* What the Py_buffer of a view says. */
static PyObject *get_buffer(PyObject *module, PyObject *view)
{
	const Py_buffer *buffer = PyMemoryView_GET_BUFFER(view);
	return Py_BuildValue("nniisNNNi", buffer->len, buffer->itemsize, buffer->readonly, buffer->ndim, buffer->format,
		numbers(buffer->shape, buffer->ndim), numbers(buffer->strides, buffer->ndim),
		numbers(buffer->suboffsets, buffer->ndim), PyBuffer_IsContiguous(buffer, 'A'));
}

/* The first byte behind it. */
static PyObject *first_byte(PyObject *module, PyObject *view)
{
	return PyLong_FromLong(*(unsigned char *)PyMemoryView_GET_BUFFER(view)->buf);
}

/* Whose memory it is, or an ellipsis for nobody's. */
static PyObject *get_base(PyObject *module, PyObject *view)
{
	PyObject *base = PyMemoryView_GET_BASE(view);
	if (!base)
		base = Py_Ellipsis;
	Py_INCREF(base);
	return base;
}

/* The same by the other file, which has met no view yet when it is called first. */
static PyObject *by_unit(PyObject *module, PyObject *object)
{
	PyObject *view = unit_view(object);
	if (view && !PyMemoryView_Check(view)) {
		Py_DECREF(view);
		PyErr_SetString(PyExc_AssertionError, "two files have two types");
		return NULL;
	}
	return view;
}

static PyMethodDef functions[] = {
	{"from_object", from_object, METH_O, NULL},
	{"from_memory", from_memory, METH_VARARGS, NULL},
	{"contents", contents, METH_NOARGS, NULL},
	{"from_buffer", from_buffer, METH_VARARGS, NULL},
	{"give_back", give_back, METH_NOARGS, NULL},
	{"get_contiguous", get_contiguous, METH_VARARGS, NULL},
	{"check", check, METH_O, NULL},
	{"check_while_raising", check_while_raising, METH_O, NULL},
	{"get_buffer", get_buffer, METH_O, NULL},
	{"first_byte", first_byte, METH_O, NULL},
	{"get_base", get_base, METH_O, NULL},
	{"by_unit", by_unit, METH_O, NULL},
	{NULL, NULL, 0, NULL},
};

static PyModuleDef_Slot slots[] = {
	{0, NULL},
};

static PyModuleDef definition = {
	PyModuleDef_HEAD_INIT, "seven", NULL, 0, functions, slots, NULL, NULL, NULL,
};

PyMODINIT_FUNC PyInit_seven(void)
{
	return PyModuleDef_Init(&definition);
}
