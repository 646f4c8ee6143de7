//go:build extension

/* DLPack: what a view shows in a capsule, for others, and the capsules of others. The engine knows what stands in them. */

#include "shim.h"

/* What a consumer gets: first the structure of the version that it asked for. */
typedef struct {
	int64_t tensor[10], numbers[2 * MAX_DIMS];
	Py_buffer loan;
} Lent;

static const char *const names[] = {"dltensor", "dltensor_versioned"};

/* The deleter, which the last consumer calls, on any thread. */
static void lent_delete(void *lent)
{
	if (!Py_IsInitialized()) /* there is nobody to give it back to */
		return;
	PyGILState_STATE state = PyGILState_Ensure();
	give_back(&((Lent *)lent)->loan);
	PyMem_Free(lent);
	PyGILState_Release(state);
}

/* A capsule that nobody has taken over has its name still. */
static void capsule_delete(PyObject *capsule)
{
	const char *name = PyCapsule_GetName(capsule);
	if (name == names[0] || name == names[1])
		lent_delete(PyCapsule_GetPointer(capsule, name));
}

/* lend(view, versioned, copied): a capsule */
PyObject *tensor_lend(PyObject *module, PyObject *args)
{
	PyObject *view, *capsule = NULL;
	int versioned, copied;
	Lent *lent = PyMem_Calloc(1, sizeof *lent);
	if (!lent)
		return PyErr_NoMemory();
	if (PyArg_ParseTuple(args, "Opp:lend", &view, &versioned, &copied) && PyObject_GetBuffer(view, &lent->loan, PyBUF_FULL_RO) == 0 &&
		check_code(gmvWriteTensor(lent->tensor, lent->numbers, BUFFER(&lent->loan), versioned, copied, lent_delete)) == 0)
		capsule = PyCapsule_New(lent, names[versioned], capsule_delete);
	if (!capsule)
		lent_delete(lent);
	return capsule;
}

/* tensor(capsule): what is in it, in words */
PyObject *tensor_read(PyObject *module, PyObject *capsule)
{
	char said[4096];
	int versioned = PyCapsule_IsValid(capsule, names[1]);
	void *tensor = PyCapsule_GetPointer(capsule, names[versioned]);
	return tensor && check_code(gmvReadTensor(tensor, versioned, said, sizeof said)) == 0 ? PyUnicode_FromString(said) : NULL;
}
