//go:build extension

/* Forks. A child has one thread; of the engine's own it has none, and what those were doing is never done there. */

#include <dirent.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "shim.h"

/* Whether another thread of the process runs or wants to, as far as the system tells. */
static int others_run(void)
{
	DIR *threads = opendir("/proc/self/task");
	if (!threads)
		return 1;
	int running = 0;
	for (struct dirent *entry; (entry = readdir(threads));) {
		char path[300], text[64];
		snprintf(path, sizeof path, "/proc/self/task/%s/stat", entry->d_name);
		FILE *file = entry->d_name[0] == '.' ? NULL : fopen(path, "r");
		if (!file)
			continue;
		size_t size = fread(text, 1, sizeof text - 1, file);
		fclose(file);
		text[size] = 0;
		const char *state = strrchr(text, ')'); /* after the name, which may hold anything */
		running += state && state[1] == ' ' && state[2] == 'R';
	}
	closedir(threads);
	return running > 1; /* the one that asks does */
}

/* Waits until the engine's threads sleep: one that is awake may hold a lock that nobody would open in the child. One of
   them looks around for a while before it goes to sleep. Others' threads may keep this waiting in vain, but not for long. */
static void wait_for_quiet(void)
{
	enum { ENOUGH = 4, MOST = 100 };
	struct timespec moment = {0, 100 * 1000};
	for (int i = 0, quiet = 0; i < MOST && quiet < ENOUGH; i++) {
		nanosleep(&moment, NULL);
		quiet = others_run() ? 0 : quiet + 1;
	}
}

/* Forks that are under way: the hooks are there twice where the module was imported anew. */
static int forks;

/* A child cannot quiet the engine, and need not: it was born while it was quiet, and leaves it so. */
static int is_child;

PyObject *before_fork(PyObject *module, PyObject *unused)
{
	if (forks++ == 0) {
		bulk_before_fork();
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
		bulk_after_fork_in_parent();
	}
	Py_RETURN_NONE;
}

PyObject *after_fork_in_child(PyObject *module, PyObject *unused)
{
	if (!is_child)
		gmvAfterForkInChild();
	forks = 0;
	is_child = 1;
	bulk_after_fork_in_child();
	Py_RETURN_NONE;
}
