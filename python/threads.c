//go:build extension

/* Threads: work on many bytes, during which others may run Python, and forks. A forked child has one thread; of the engine's own
   it has none, and what those were doing is never done there. */

#include <dirent.h>
#include <pthread.h>
#include <stdarg.h>
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

/* Reads what the system tells of a thread of this process, as fscanf does. */
static int told(const char *thread, const char *what, const char *format, ...)
{
	char path[300];
	snprintf(path, sizeof path, "/proc/self/task/%s/%s", thread, what);
	FILE *file = fopen(path, "re");
	if (!file)
		return EOF;
	va_list to;
	va_start(to, format);
	int numbers = vfscanf(file, format, to);
	va_end(to);
	fclose(file);
	return numbers;
}

/* Whether a thread runs or wants to, waits for memory, or naps: the engine's watchman does while he keeps an eye on others, and who
   waits for a timer, and both take locks when they wake. The system tells the number of the call that a thread waits in, and what
   was passed to it, or a word. */
static int is_awake(const char *thread)
{
	long call = -1;
	unsigned long timeout = 0;
	if (told(thread, "syscall", "%ld %*x %*x %*x %lx", &call, &timeout) == EOF)
		return 0;
	return call == -1 || call == SYS_nanosleep || call == SYS_mmap || call == SYS_munmap || call == SYS_madvise ||
	       (call == SYS_epoll_pwait && (int)timeout > 0);
}

/* Nanoseconds for which a thread had a processor. */
static long long used(const char *thread)
{
	long long time = 0;
	told(thread, "schedstat", "%lld", &time);
	return time;
}

/* Waits until a thread was seen asleep. One of the engine's needs a processor for a moment before, for which it waits on a busy
   machine; what goes on for longer than that is others'. How often it still looks is in left. */
static void wait_for(const char *thread, int *left)
{
	const struct timespec moment = {.tv_nsec = 100 * 1000};
	const long long enough = 5 * 1000 * 1000, before = used(thread);
	while (is_awake(thread) && --*left > 0 && used(thread) - before < enough)
		nanosleep(&moment, NULL);
}

/* Waits, for two seconds at most, until the engine's threads sleep: one that is awake may hold a lock that nobody would open in the
   child. They have nothing to do any more, so that each sleeps on; but one may have woken another before, which another round sees.
   That all sleep at once is too much to ask: Python's threads wake again and again to ask for the GIL. */
static void wait_for_quiet(void)
{
	const int rounds = 3;
	int left = 20 * 1000;
	char own[20];
	snprintf(own, sizeof own, "%ld", (long)syscall(SYS_gettid));
	for (int i = 0; i < rounds; i++) {
		DIR *threads = opendir("/proc/self/task");
		for (struct dirent *thread; threads && (thread = readdir(threads));)
			if (*thread->d_name != '.' && strcmp(thread->d_name, own) != 0)
				wait_for(thread->d_name, &left);
		if (threads)
			closedir(threads);
	}
}

/* A child cannot quiet the engine, and need not: it was born while it was quiet, and leaves it so. */
static int is_child;

static void before_fork(void)
{
	pthread_rwlock_wrlock(&at_work); /* who holds it needs no GIL to end its work */
	if (!is_child) {
		gmvBeforeFork();
		wait_for_quiet();
	}
}

static void after_fork_in_parent(void)
{
	if (!is_child)
		gmvAfterForkInParent();
	pthread_rwlock_unlock(&at_work);
}

static void after_fork_in_child(void)
{
	if (!is_child)
		gmvAfterForkInChild();
	is_child = 1;
	at_work = (pthread_rwlock_t)PTHREAD_RWLOCK_INITIALIZER; /* it may count threads that the child has not */
}

/* Has forks leave the engine whole, once in a process. These hooks are the system's, and not Python's: what is done in one of
   Python's, which may use views, comes before the engine is quieted or after it works again. */
int watch_forks(void)
{
	static int watched;
	if (!watched && pthread_atfork(before_fork, after_fork_in_parent, after_fork_in_child) != 0)
		return PyErr_NoMemory(), -1;
	watched = 1;
	return 0;
}
