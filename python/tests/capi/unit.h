/* The other file of the extension. */

#ifndef UNIT_H
#define UNIT_H

#include <Python.h>

#ifdef __cplusplus
extern "C" {
#endif

PyObject *unit_view(PyObject *object);

#ifdef __cplusplus
}
#endif

#endif
