//go:build extension

/* The C interface for other extensions: a capsule with a table of functions, which gomemoryview.h calls. */

#include "shim.h"
#include "gomemoryview/gomemoryview.h"

_Static_assert(offsetof(GoMemoryViewObject, exports) == offsetof(MemoryView, exports) &&
		offsetof(GoMemoryViewObject, view) == offsetof(MemoryView, view), "the header reads a view");

/* The modules that live, one to an interpreter that has imported it. They share a GIL, which guards the list: an
   interpreter with a GIL of its own imports no module that does not say it can stand that. */
static State *states;

static PyTypeObject *enlisted_type(void)
{
	PyInterpreterState *interpreter = PyInterpreterState_Get();
	for (State *state = states; state; state = state->next) {
		if (state->interpreter == interpreter)
			return state->memoryview;
	}
	return NULL;
}

/* The type of the interpreter that calls, for a call whose argument must not be NULL. An extension may have had the table from
   another interpreter: then this is the first call here. */
static PyTypeObject *type_here(const void *argument, const char *why)
{
	PyTypeObject *type = enlisted_type();
	if (!type) {
		PyObject *module = PyImport_ImportModule("gomemoryview");
		if (!module)
			return NULL;
		Py_DECREF(module);
		type = enlisted_type();
	}
	if (!type)
		PyErr_SetString(PyExc_ImportError, "gomemoryview is being unloaded");
	else if (!argument)
		PyErr_SetString(PyExc_SystemError, why);
	return argument ? type : NULL;
}

static PyObject *capsule_from_object(PyObject *object)
{
	PyTypeObject *type = type_here(object, "PyMemoryView_FromObject(): the object must not be NULL");
	return type ? gmv_from_object(type, object) : NULL;
}

static PyObject *capsule_from_memory(char *memory, Py_ssize_t size, int access)
{
	PyTypeObject *type = type_here(&states, NULL); /* any memory will do */
	return type ? gmv_from_memory(type, memory, size, access) : NULL;
}

static PyObject *capsule_from_buffer(const Py_buffer *info)
{
	PyTypeObject *type = type_here(info, "PyMemoryView_FromBuffer(): info must not be NULL");
	return type ? gmv_from_buffer(type, info) : NULL;
}

static PyObject *capsule_get_contiguous(PyObject *object, int access, char order)
{
	PyTypeObject *type = type_here(object, "PyMemoryView_GetContiguous(): the object must not be NULL");
	return type ? gmv_get_contiguous(type, object, access, order) : NULL;
}

static int capsule_check(PyObject *object)
{
	PyTypeObject *type = enlisted_type();
	return type && gmv_check(type, object);
}

static GoMemoryView_CAPI table = {
	.version = GOMEMORYVIEW_VERSION,
	.size = sizeof table,
	.from_object = capsule_from_object,
	.from_memory = capsule_from_memory,
	.from_buffer = capsule_from_buffer,
	.get_contiguous = capsule_get_contiguous,
	.check = capsule_check,
};

/* Gives a module its capsule, and has the functions find its types. */
int capsule_add(PyObject *module, State *state)
{
	state->interpreter = PyInterpreterState_Get();
	state->next = states;
	states = state;
	PyObject *capsule = PyCapsule_New(&table, "gomemoryview._C_API", NULL);
	int code = capsule ? PyModule_AddObjectRef(module, "_C_API", capsule) : -1;
	Py_XDECREF(capsule);
	return code;
}

/* Undoes it, however far it got. */
void capsule_forget(State *state)
{
	State **p = &states;
	while (*p && *p != state)
		p = &(*p)->next;
	if (*p)
		*p = state->next;
}
