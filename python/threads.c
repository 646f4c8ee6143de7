//go:build extension

/* Threads: work on many bytes, during which others may run Python, and forks. A forked child has one thread; of the engine's own
   it has none, and what those were doing is never done there. */

#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "shim.h"

/* From so many bytes on. Copying them takes two microseconds, beside which giving the GIL away and taking it back is not
   to be seen; but while another thread computes, taking it back may last as long as that thread is allowed to. */
enum { BULK = 64 << 10 };

/* Held shared by threads that work, and alone by a thread that forks: the engine's locks and threads must not be in
   use by threads that the child has not. It is taken without the GIL, so that nobody waits for the one with the other. */
static pthread_rwlock_t at_work = PTHREAD_RWLOCK_INITIALIZER;

/* Begins work on so many bytes; NULL where the GIL is kept. Who does it holds the buffers by a count of exports or a loan of its
   own, and touches no Python object meanwhile. What a view says of its layout never changes. */
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

enum { RUNS = -1, UNKNOWN = -2 };

/* The number of the system call in which a thread of this process waits. */
static long waits_in(const char *thread)
{
	char path[300], text[32] = "";
	snprintf(path, sizeof path, "/proc/self/task/%s/syscall", thread);
	int file = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = file < 0 ? -1 : read(file, text, sizeof text - 1);
	if (file >= 0)
		close(file);
	return n <= 0 ? UNKNOWN : *text == 'r' ? RUNS : strtol(text, NULL, 10);
}

/* Whether another thread of the process runs or wants to, or naps: the engine's watchman does while he keeps an eye on
   others, and takes their locks when he wakes. True where the system does not tell. */
static int others_are_awake(void)
{
	DIR *threads = opendir("/proc/self/task");
	if (!threads)
		return 1;
	int awake = 0;
	for (struct dirent *thread; !awake && (thread = readdir(threads));) {
		long call = *thread->d_name == '.' ? UNKNOWN : waits_in(thread->d_name);
		awake = call == RUNS || call == SYS_nanosleep; /* the thread that asks is told that it reads */
	}
	closedir(threads);
	return awake;
}

/* Waits until the engine's threads sleep: one that is awake may hold a lock that nobody would open in the child. Others'
   threads may keep this waiting in vain, but not for long. */
static void wait_for_quiet(void)
{
	enum { MOST = 500 };
	const struct timespec moment = {.tv_nsec = 100 * 1000};
	for (int i = 0; i < MOST && others_are_awake(); i++)
		nanosleep(&moment, NULL);
}

/* Forks that are under way: the hooks are there twice where the module was imported anew. */
static int forks;

/* A child cannot quiet the engine, and need not: it was born while it was quiet, and leaves it so. */
static int is_child;

PyObject *before_fork(PyObject *module, PyObject *unused)
{
	if (forks++ == 0) {
		pthread_rwlock_wrlock(&at_work); /* who holds it needs no GIL to end its work */
		if (!is_child) {
			gmvBeforeFork();
			wait_for_quiet();
		}
	}
	Py_RETURN_NONE;
}

PyObject *after_fork_in_parent(PyObject *module, PyObject *unused)
{
	if (forks > 0 && --forks == 0) {
		if (!is_child)
			gmvAfterForkInParent();
		pthread_rwlock_unlock(&at_work);
	}
	Py_RETURN_NONE;
}

PyObject *after_fork_in_child(PyObject *module, PyObject *unused)
{
	if (!is_child)
		gmvAfterForkInChild();
	forks = 0;
	is_child = 1;
	at_work = (pthread_rwlock_t)PTHREAD_RWLOCK_INITIALIZER; /* it may count threads that the child has not */
	Py_RETURN_NONE;
}
