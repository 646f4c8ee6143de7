/* The C interface of gomemoryview: the seven functions of CPython's memoryobject.h, which make and read the views of
   the package gomemoryview. For C and C++, CPython 3.10 and up; with Py_LIMITED_API, 3.11 and up.

   There is nothing to link with, and nothing to initialise: the first call imports the package. The GIL must be held.

       GoMemoryView_FromObject         GoMemoryView_Check
       GoMemoryView_FromMemory         GoMemoryView_GET_BUFFER
       GoMemoryView_FromBuffer         GoMemoryView_GET_BASE
       GoMemoryView_GetContiguous

   With GOMEMORYVIEW_REPLACE defined they stand under CPython's names too, so that a file that was written for those,
   PyMemoryView_FromObject and so on, is compiled untouched by

       cc -DGOMEMORYVIEW_REPLACE -include gomemoryview.h -I"$(python -c 'import gomemoryview; print(gomemoryview.get_include())')"

   Such a file finds Python.h included with PY_SSIZE_T_CLEAN: a length that goes with a '#' in PyArg_ParseTuple or
   Py_BuildValue is a Py_ssize_t. What it defines itself before it includes Python.h comes too late, so Py_LIMITED_API
   must be given to the compiler (-DPy_LIMITED_API=0x030B0000). Its PyMemoryView_Type stays CPython's own.

   This header includes Python.h where nobody has. Where somebody has, PY_SSIZE_T_CLEAN or not is their choice, and
   nothing here depends on it. */

#ifndef GOMEMORYVIEW_H
#define GOMEMORYVIEW_H

#ifndef Py_PYTHON_H
#ifndef PY_SSIZE_T_CLEAN
#define PY_SSIZE_T_CLEAN
#endif
#include <Python.h>
#endif

#if PY_VERSION_HEX < 0x030A0000
#error "gomemoryview.h: CPython 3.10 or later is needed"
#endif
#if defined(Py_LIMITED_API) && (PY_VERSION_HEX < 0x030B0000 || Py_LIMITED_API + 0 < 0x030B0000)
#error "gomemoryview.h: the limited API has buffers from 3.11 on: define Py_LIMITED_API as 0x030B0000 or more, or not at all"
#endif
#ifdef Py_GIL_DISABLED
#error "gomemoryview.h: free-threaded Python is not supported: compile for one with the GIL"
#endif

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The version of GoMemoryView_CAPI: it changes when extensions that were compiled before must be compiled again. */
#define GOMEMORYVIEW_VERSION 1

/* What the capsule gomemoryview._C_API points to: the functions, for the interpreter that calls them. One table lives
   as long as the process. */
typedef struct {
	int version; /* GOMEMORYVIEW_VERSION */
	size_t size; /* of the table, in bytes: a later package may have more at its end */
	PyObject *(*from_object)(PyObject *object);
	PyObject *(*from_memory)(char *memory, Py_ssize_t size, int access);
	PyObject *(*from_buffer)(const Py_buffer *info);
	PyObject *(*get_contiguous)(PyObject *object, int access, char order);
	int (*check)(PyObject *object);
} GoMemoryView_CAPI;

/* What a view begins with, be it ours or CPython's own, whose PyMemoryViewObject has looked like this since 3.3. */
typedef struct {
	PyObject_VAR_HEAD
	void *managed;
	Py_hash_t hash;
	int flags;
	Py_ssize_t exports;
	Py_buffer view;
} GoMemoryViewObject;

#ifndef Py_LIMITED_API
typedef char GoMemoryView_LaidOutAlike[offsetof(GoMemoryViewObject, view) == offsetof(PyMemoryViewObject, view) ? 1 : -1];
#endif

/* The table of the package once it is imported, in each file that is compiled. */
static const GoMemoryView_CAPI *GoMemoryView_Imported = NULL;

/* The same, for which the first call imports the package; NULL with an ImportError where it is missing or of another
   version. */
static inline const GoMemoryView_CAPI *GoMemoryView_Import(void)
{
	const GoMemoryView_CAPI *api;
	PyObject *module, *capsule;
	if (GoMemoryView_Imported)
		return GoMemoryView_Imported;
	module = PyImport_ImportModule("gomemoryview"); /* PyCapsule_Import would not say why it fails */
	if (!module)
		return NULL;
	capsule = PyObject_GetAttrString(module, "_C_API");
	Py_DECREF(module);
	if (!capsule)
		return NULL;
	api = (const GoMemoryView_CAPI *)PyCapsule_GetPointer(capsule, "gomemoryview._C_API");
	Py_DECREF(capsule);
	if (!api)
		return NULL;
	if (api->version != GOMEMORYVIEW_VERSION || api->size < sizeof(GoMemoryView_CAPI)) {
		PyErr_Format(PyExc_ImportError,
			"this extension was compiled for version %d of gomemoryview's C interface (%zu bytes), and the gomemoryview that is "
			"installed has version %d (%zu bytes): compile it again, or install the gomemoryview that it was compiled with",
			GOMEMORYVIEW_VERSION, sizeof(GoMemoryView_CAPI), api->version, api->size);
		return NULL;
	}
	GoMemoryView_Imported = api;
	return api;
}

/* PyMemoryView_FromObject: a new view of an exporter's memory, which keeps the exporter alive; writable where the
   exporter's memory is. A view, ours or CPython's, gives another view of the same memory.

   Errors: TypeError for what exports no buffer, ValueError for a released view and for more than 64 dimensions, what
   the exporter raises. CPython trusts the exporter; here a negative size, no shape, suboffsets without strides and a
   length less than product(shape) * itemsize are a BufferError. NULL is a SystemError, which crashes CPython. */
static inline PyObject *GoMemoryView_FromObject(PyObject *object)
{
	const GoMemoryView_CAPI *api = GoMemoryView_Import();
	return api ? api->from_object(object) : NULL;
}

/* PyMemoryView_FromMemory: a new view of size bytes at memory, in the format "B": writable if access is PyBUF_WRITE,
   read-only for anything else. It owns nothing: the memory must outlive the view and all views of it, and GET_BASE is
   NULL.

   A negative size, and NULL with a size other than 0, are a BufferError; CPython makes a view of them that crashes. */
static inline PyObject *GoMemoryView_FromMemory(char *memory, Py_ssize_t size, int access)
{
	const GoMemoryView_CAPI *api = GoMemoryView_Import();
	return api ? api->from_memory(memory, size, access) : NULL;
}

/* PyMemoryView_FromBuffer: a new view of the memory that info describes. Missing format, shape and strides are filled
   in, and all of it is copied, the format too, of which CPython keeps the pointer. It owns nothing: info->obj is
   ignored, the caller still releases info, no sooner than the view has gone, and GET_BASE is NULL.

   Errors: ValueError for a NULL buf and for more than 64 dimensions. A layout that makes no sense is a BufferError, as
   for FromObject, where CPython trusts the caller. NULL for info is a SystemError. */
static inline PyObject *GoMemoryView_FromBuffer(const Py_buffer *info)
{
	const GoMemoryView_CAPI *api = GoMemoryView_Import();
	return api ? api->from_buffer(info) : NULL;
}

/* PyMemoryView_GetContiguous: a new view of an exporter whose items lie side by side in an order, 'C', 'F' or 'A'
   (either): of the memory itself where they lie so already; else, with PyBUF_READ, of a bytes object that they are
   copied to, read-only.

   Errors: those of FromObject; BufferError for PyBUF_WRITE where the memory is read-only or where it had to be copied.
   Another access or order is a ValueError, where CPython does what it happens to do. */
static inline PyObject *GoMemoryView_GetContiguous(PyObject *object, int access, char order)
{
	const GoMemoryView_CAPI *api = GoMemoryView_Import();
	return api ? api->get_contiguous(object, access, order) : NULL;
}

/* PyMemoryView_Check: whether an object is a view, ours or CPython's own, which the two macros below read alike. It
   cannot fail: without the package nothing is a view of ours, and an exception that is set stays as it is. */
static inline int GoMemoryView_Check(PyObject *object)
{
	const GoMemoryView_CAPI *api;
	PyObject *type, *value, *traceback;
	if (Py_TYPE(object) == &PyMemoryView_Type)
		return 1;
	if (GoMemoryView_Imported)
		return GoMemoryView_Imported->check(object);
	PyErr_Fetch(&type, &value, &traceback);
	api = GoMemoryView_Import();
	PyErr_Restore(type, value, traceback);
	return api ? api->check(object) : 0;
}

/* PyMemoryView_GET_BUFFER: the Py_buffer of a view, which stays the view's: read it, and do not release it. The object
   must be a view, of either kind. */
#define GoMemoryView_GET_BUFFER(object) (&((GoMemoryViewObject *)(object))->view)

/* PyMemoryView_GET_BASE: the object whose memory a view shows, a borrowed reference; NULL for views made by FromMemory
   and FromBuffer. The object must be a view, of either kind. */
#define GoMemoryView_GET_BASE(object) (((GoMemoryViewObject *)(object))->view.obj)

#ifdef GOMEMORYVIEW_REPLACE
#undef PyMemoryView_Check
#undef PyMemoryView_GET_BUFFER
#undef PyMemoryView_GET_BASE
#define PyMemoryView_FromObject GoMemoryView_FromObject
#define PyMemoryView_FromMemory GoMemoryView_FromMemory
#define PyMemoryView_FromBuffer GoMemoryView_FromBuffer
#define PyMemoryView_GetContiguous GoMemoryView_GetContiguous
#define PyMemoryView_Check(object) GoMemoryView_Check((PyObject *)(object))
#define PyMemoryView_GET_BUFFER GoMemoryView_GET_BUFFER
#define PyMemoryView_GET_BASE GoMemoryView_GET_BASE
#endif

#ifdef __cplusplus
}
#endif

#endif
