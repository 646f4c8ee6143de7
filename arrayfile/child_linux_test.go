package arrayfile_test

import (
	"os"
	"os/exec"
	"runtime"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// inChild does a test in a process of its own, which may be limited as others may not. One with attributes that the system
// does not grant is skipped.
func inChild(t *testing.T, attr *syscall.SysProcAttr, do func()) {
	t.Helper()
	const variable = "MEMORYVIEW_TEST_CHILD"
	if os.Getenv(variable) == t.Name() {
		do()
		return
	}
	child := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$", "-test.count=1")
	child.Env = append(os.Environ(), variable+"="+t.Name())
	child.SysProcAttr = attr
	output, err := child.CombinedOutput()
	if child.Process == nil && attr != nil {
		t.Skipf("platform: %v", err)
	}
	if err != nil {
		t.Fatalf("%v\n%.4000s", err, output)
	}
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
