//go:build extension

/* Arguments of methods. */

#include "shim.h"

/* Has Python read the arguments of a call, so that its words are Python's. */
static int parse(const char *format, char **keywords, PyObject *const *args, Py_ssize_t n, PyObject *names, PyObject **values)
{
	Py_ssize_t named = names ? PyTuple_Size(names) : 0;
	PyObject *tuple = PyTuple_New(n), *dict = PyDict_New();
	int ok = tuple && dict;
	for (Py_ssize_t i = 0; ok && i < n; i++)
		ok = PyTuple_SetItem(tuple, i, Py_NewRef(args[i])) == 0;
	for (Py_ssize_t i = 0; ok && i < named; i++)
		ok = PyDict_SetItem(dict, PyTuple_GetItem(names, i), args[n + i]) == 0;
	ok = ok && PyArg_ParseTupleAndKeywords(tuple, dict, format, keywords, &values[0], &values[1]);
	Py_XDECREF(tuple);
	Py_XDECREF(dict);
	return ok ? 0 : -1;
}

/* Reads the arguments of a method of METH_FASTCALL | METH_KEYWORDS: at least so many objects and at most two, which stay the
   caller's. The format is that of PyArg_ParseTupleAndKeywords, which is not asked where they are right and have no names. */
int read_arguments(const char *format, char **keywords, int least, int most, PyObject *const *args, Py_ssize_t n, PyObject *names, PyObject **values)
{
	if (names || n < least || n > most)
		return parse(format, keywords, args, n, names, values);
	memcpy(values, args, n * sizeof *args);
	return 0;
}
