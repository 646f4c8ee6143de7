package main

import (
	"bufio"
	"crypto/rand"
	"encoding/json"
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/go-memoryview/memoryview/shm"
)

// programs are what the test's program is, too, where a script names it.
var programs = map[string]func(){"memview": main}

func TestMain(m *testing.M) { testscript.Main(m, programs) }

func TestScripts(t *testing.T) { runScripts(t, "testdata/script") }

// TestEngines runs the scripts in which other people's programs read what is served.
func TestEngines(t *testing.T) {
	python := os.Getenv("MEMORYVIEW_REMOTE")
	if python == "" {
		t.Skip("MEMORYVIEW_REMOTE names no Python with Zarr: scripts/whole does")
	}
	runScripts(t, "testdata/engines", "PYTHON="+python)
}

func runScripts(t *testing.T, folder string, environment ...string) {
	t.Helper()
	testdata, err := filepath.Abs("testdata")
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Abs("../../arrayfile/testdata")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir: folder,
		Setup: func(e *testscript.Env) error {
			e.Vars = append(e.Vars, environment...)
			e.Setenv("TESTDATA", testdata)
			e.Setenv("FILES", files)
			segment := "memview-test-" + rand.Text()
			e.Setenv("SEGMENT", segment)
			e.Defer(func() { _ = shm.Remove(segment) })
			e.Setenv("GORACE", "atexit_sleep_ms=0") // else each command waits a second under the race detector
			return nil
		},
		Cmds:                map[string]func(ts *testscript.TestScript, neg bool, args []string){"socket": socket, "serving": serveInScript},
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		UpdateScripts:       *update,
	})
}

// serveInScript runs memview serve with some arguments until the script ends. ADDRESS and LINK are what it printed, and MEMVIEW_TOKEN too, where
// it made a token.
func serveInScript(ts *testscript.TestScript, _ bool, args []string) {
	program, err := os.Executable()
	ts.Check(err)
	server := exec.Command(program, append([]string{"serve", "--json"}, args...)...)
	server.Args[0] = "memview" // which is how the test's program knows that it is to be that
	server.Dir = ts.MkAbs(".")
	server.Env = append(os.Environ(), "GORACE=atexit_sleep_ms=0", tokenVariable+"="+ts.Getenv(tokenVariable))
	server.Stderr = ts.Stderr()
	out, err := server.StdoutPipe()
	ts.Check(err)
	ts.Check(server.Start())
	ts.Defer(func() {
		if err := errors.Join(server.Process.Signal(os.Interrupt), server.Wait()); err != nil {
			ts.Logf("memview serve ends with %v", err)
		}
	})
	line, err := bufio.NewReader(out).ReadBytes('\n')
	ts.Check(err)
	var printed said
	ts.Check(json.Unmarshal(line, &printed))
	ts.Setenv("ADDRESS", printed.Address)
	ts.Setenv("LINK", printed.URL)
	if printed.Token != "" {
		ts.Setenv(tokenVariable, printed.Token)
	}
}

// socket makes a socket that nobody listens at.
func socket(ts *testscript.TestScript, _ bool, args []string) {
	listener, err := net.ListenUnix("unix", &net.UnixAddr{Name: ts.MkAbs(args[0]), Net: "unix"})
	ts.Check(err)
	listener.SetUnlinkOnClose(false)
	ts.Check(listener.Close())
}
