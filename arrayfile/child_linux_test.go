package arrayfile_test

import (
	"os"
	"os/exec"
	"runtime"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// inChild does a test in a process of its own: one with limits, in a namespace, or one that others count on to be as it was.
// It reports false where the system does not start such a process.
func inChild(t *testing.T, attr *syscall.SysProcAttr, do func()) bool {
	t.Helper()
	const variable = "MEMORYVIEW_TEST_CHILD"
	if os.Getenv(variable) == t.Name() {
		do()
		return true
	}
	child := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$", "-test.count=1")
	child.Env = append(os.Environ(), variable+"="+t.Name())
	child.SysProcAttr = attr
	output, err := child.CombinedOutput()
	if child.Process == nil {
		t.Log(err)
		return false
	}
	if err != nil {
		t.Fatalf("%v\n%.4000s", err, output)
	}
	return true
}

// unprivileged does something with the rights that the files' owner has, and not with root's. They are a thread's, which ends
// with the goroutine that is locked to it.
func unprivileged(t *testing.T, do func()) {
	t.Helper()
	done := make(chan error)
	go func() {
		runtime.LockOSThread()
		none := [2]unix.CapUserData{}
		err := unix.Capset(&unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}, &none[0])
		if err == nil {
			do()
		}
		done <- err
	}()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
}

// limit sets a limit of the process for good.
func limit(t *testing.T, resource int, n uint64) {
	t.Helper()
	if err := unix.Setrlimit(resource, &unix.Rlimit{Cur: n, Max: n}); err != nil {
		t.Fatal(err)
	}
}
