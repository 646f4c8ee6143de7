/* An extension module that means gomemoryview, and calls it as nobody should. */

#include <gomemoryview.h>

static PyObject *from_memory(PyObject *module, PyObject *args)
{
	Py_ssize_t size;
	static char memory[16];
	int null;
	if (!PyArg_ParseTuple(args, "np", &size, &null))
		return NULL;
	return GoMemoryView_FromMemory(null ? NULL : memory, size, PyBUF_WRITE);
}

static PyObject *from_null(PyObject *module, PyObject *unused)
{
	return GoMemoryView_FromObject(NULL);
}

static PyObject *contiguous_null(PyObject *module, PyObject *unused)
{
	return GoMemoryView_GetContiguous(NULL, PyBUF_READ, 'C');
}

static PyObject *from_buffer_null(PyObject *module, PyObject *unused)
{
	return GoMemoryView_FromBuffer(NULL);
}

static PyObject *get_contiguous(PyObject *module, PyObject *args)
{
	PyObject *object;
	int access;
	char order;
	if (!PyArg_ParseTuple(args, "Oic", &object, &access, &order))
		return NULL;
	return GoMemoryView_GetContiguous(object, access, order);
}

/* from_buffer(len, itemsize, ndim, shape, with_strides, with_suboffsets): shape is the bytes of its numbers, none for NULL,
   which are the strides and suboffsets too. */
static PyObject *from_buffer(PyObject *module, PyObject *args)
{
	static char memory[16];
	Py_ssize_t *numbers, n;
	Py_buffer info;
	int strides, suboffsets;
	memset(&info, 0, sizeof info);
	info.buf = memory;
	if (!PyArg_ParseTuple(args, "nniy#pp", &info.len, &info.itemsize, &info.ndim, &numbers, &n, &strides, &suboffsets))
		return NULL;
	info.shape = n ? numbers : NULL;
	info.strides = strides ? numbers : NULL;
	info.suboffsets = suboffsets ? numbers : NULL;
	return GoMemoryView_FromBuffer(&info);
}

static PyMethodDef functions[] = {
	{"from_memory", from_memory, METH_VARARGS, NULL},
	{"from_null", from_null, METH_NOARGS, NULL},
	{"contiguous_null", contiguous_null, METH_NOARGS, NULL},
	{"from_buffer_null", from_buffer_null, METH_NOARGS, NULL},
	{"get_contiguous", get_contiguous, METH_VARARGS, NULL},
	{"from_buffer", from_buffer, METH_VARARGS, NULL},
	{NULL, NULL, 0, NULL},
};

static PyModuleDef_Slot slots[] = {
	{0, NULL},
};

static PyModuleDef definition = {
	PyModuleDef_HEAD_INIT, "attempts", NULL, 0, functions, slots, NULL, NULL, NULL,
};

PyMODINIT_FUNC PyInit_attempts(void)
{
	return PyModuleDef_Init(&definition);
}
