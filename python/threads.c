//go:build extension

/* Threads: work on many bytes, during which others may run Python, and forks. A forked child has one thread; of the engine's own
   it has none, and what those were doing is never done there. */

#include <dirent.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <time.h>

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

/* Whether a thread of this process runs or wants to, or naps: the engine's watchman does while he keeps an eye on others, and
   takes their locks when he wakes. The system tells the number of the call that a thread waits in, or a word. */
static int is_awake(const char *thread)
{
	char path[300];
	long call = 0;
	snprintf(path, sizeof path, "/proc/self/task/%s/syscall", thread);
	FILE *file = fopen(path, "re");
	int numbers = file ? fscanf(file, "%ld", &call) : EOF;
	if (file)
		fclose(file);
	return numbers == 0 || (numbers == 1 && (call == -1 || call == SYS_nanosleep));
}

/* Whether another thread is awake; the one that asks is told that it reads. True where the system does not tell. */
static int others_are_awake(void)
{
	DIR *threads = opendir("/proc/self/task");
	if (!threads)
		return 1;
	int awake = 0;
	for (struct dirent *thread; !awake && (thread = readdir(threads));)
		awake = *thread->d_name != '.' && is_awake(thread->d_name);
	closedir(threads);
	return awake;
}

/* Seconds for which other threads had a processor. */
static double used_by_others(void)
{
	struct timespec all, own;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &all);
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &own);
	return all.tv_sec - own.tv_sec + (all.tv_nsec - own.tv_nsec) / 1e9;
}

/* Waits until the engine's threads sleep: one that is awake may hold a lock that nobody would open in the child. They need a
   processor for a moment, for which they wait on a busy machine; who goes on for longer than that is others' thread. */
static void wait_for_quiet(void)
{
	const struct timespec moment = {.tv_nsec = 100 * 1000};
	const int most = 20 * 1000;
	const double enough = 0.05, before = used_by_others();
	for (int i = 0; i < most && others_are_awake() && used_by_others() - before < enough; i++)
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
