package main

import (
	"crypto/rand"
	"net"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/go-memoryview/memoryview/shm"
)

// programs are what the test's program is, too, where a script names it.
var programs = map[string]func(){"memview": main}

func TestMain(m *testing.M) { testscript.Main(m, programs) }

func TestScripts(t *testing.T) {
	testdata, err := filepath.Abs("testdata")
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Abs("../../arrayfile/testdata")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(e *testscript.Env) error {
			e.Setenv("TESTDATA", testdata)
			e.Setenv("FILES", files)
			segment := "memview-test-" + rand.Text()
			e.Setenv("SEGMENT", segment)
			e.Defer(func() { _ = shm.Remove(segment) })
			e.Setenv("GORACE", "atexit_sleep_ms=0") // else each command waits a second under the race detector
			return nil
		},
		Cmds:                map[string]func(ts *testscript.TestScript, neg bool, args []string){"socket": socket},
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		UpdateScripts:       *update,
	})
}

// socket makes a socket that nobody listens at.
func socket(ts *testscript.TestScript, _ bool, args []string) {
	listener, err := net.ListenUnix("unix", &net.UnixAddr{Name: ts.MkAbs(args[0]), Net: "unix"})
	ts.Check(err)
	listener.SetUnlinkOnClose(false)
	ts.Check(listener.Close())
}
