//go:build extension

/* The module. */

#include "shim.h"

gmvCode codes[gmvCodes];

/* The state that was asked for last, and the type of memoryview it was asked by. A module that is cleared takes it away. */
State *latest;

State *find_state(PyTypeObject *type)
{
	while (!PyType_HasFeature(type, TYPE_IMMUTABLE)) /* View, and what is made of it in Python */
		type = PyType_GetSlot(type, Py_tp_base);
	State *state = PyType_GetModuleState(type);
	if (state && !state->managed)
		return refuse(PyExc_RuntimeError, "gomemoryview is being unloaded"), NULL;
	return latest = state;
}

static PyMethodDef functions[] = {
	{"table", format_table, METH_O, "What is inside of a format."},
	{"store", format_store, METH_VARARGS, "Make a part of an item of a value."},
	{"lend", tensor_lend, METH_VARARGS, "A capsule of what a view shows."},
	{"tensor", tensor_read, METH_O, "What is in a capsule, in words."},
	{NULL},
};

static PyTypeObject *add_type(PyObject *module, PyType_Spec *spec)
{
	return (PyTypeObject *)PyType_FromModuleAndSpec(module, spec, NULL);
}

static int module_exec(PyObject *module)
{
	State *state = PyModule_GetState(module);
	if (check_code(gmvStart(RUNNING, codes)) < 0 || watch_forks() < 0 ||
		!(state->managed = add_type(module, &managed_spec)) ||
		!(state->iterator = add_type(module, &iterator_spec)) ||
		!(state->memoryview = view_type(module, 0)) || !(state->view = view_type(module, 1)) ||
		PyModule_AddType(module, state->view) < 0 || PyModule_AddType(module, state->memoryview) < 0)
		return -1;
	return capsule_add(module, state);
}

static int module_traverse(PyObject *module, visitproc visit, void *arg)
{
	State *state = PyModule_GetState(module);
	Py_VISIT(state->memoryview);
	Py_VISIT(state->managed);
	Py_VISIT(state->iterator);
	Py_VISIT(state->view);
	return 0;
}

static int module_clear(PyObject *module)
{
	State *state = PyModule_GetState(module);
	capsule_forget(state);
	if (latest == state)
		latest = NULL;
	if (state->spare_view) /* while its type is there, which is asked how to free it */
		PyObject_GC_Del(state->spare_view);
	if (state->spare_loan)
		PyObject_GC_Del(state->spare_loan);
	state->spare_view = state->spare_loan = NULL;
	Py_CLEAR(state->memoryview);
	Py_CLEAR(state->managed);
	Py_CLEAR(state->iterator);
	Py_CLEAR(state->view);
	return 0;
}

static void module_free(void *module)
{
	module_clear(module);
}

static PyModuleDef_Slot module_slots[] = {
	{Py_mod_exec, module_exec},
	{0, NULL},
};

static PyModuleDef module_def = {
	PyModuleDef_HEAD_INIT,
	.m_name = "gomemoryview._engine",
	.m_doc = "The types of gomemoryview.",
	.m_size = sizeof(State),
	.m_methods = functions,
	.m_slots = module_slots,
	.m_traverse = module_traverse,
	.m_clear = module_clear,
	.m_free = module_free,
};

PyMODINIT_FUNC PyInit__engine(void)
{
	return PyModuleDef_Init(&module_def);
}
