//go:build extension

/* Work on many bytes, during which other threads may run Python. Who does it holds the buffers by a count of exports
   or a loan of its own, and touches no Python object meanwhile. What a view says of its layout never changes. */

#include "shim.h"

/* From so many bytes on. Copying them takes two microseconds, beside which giving the GIL away and taking it back is not
   to be seen; but while another thread computes, taking it back may last as long as that thread is allowed to. */
enum { BULK = 64 << 10 };

/* Held shared by threads that work, and alone by a thread that forks: the engine's locks and threads must not be in
   use by threads that the child has not. It is taken without the GIL, so that nobody waits for the one with the other. */
pthread_rwlock_t at_work = PTHREAD_RWLOCK_INITIALIZER;

/* Begins work on so many bytes; NULL where the GIL is kept. */
PyThreadState *bulk_begin(Py_ssize_t size)
{
	if (size < BULK)
		return NULL;
	PyThreadState *thread = PyEval_SaveThread();
	pthread_rwlock_rdlock(&at_work);
	return thread;
}

void bulk_end(PyThreadState *thread)
{
	if (!thread)
		return;
	pthread_rwlock_unlock(&at_work);
	PyEval_RestoreThread(thread);
}
