//go:build linux && (amd64 || arm64) && !race

package cpython_test

import (
	"fmt"
	"os"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/go-memoryview/memoryview"
	"github.com/go-memoryview/memoryview/cpython"
)

func init() { children["limit"] = childLimit }

// childLimit lends 4 GiB each way where the process may have 5 GiB of data, so that no copy has room. (Go's
// runtime reserves more than a GiB of addresses that it never uses: these are not limited.)
func childLimit() {
	const size, limit = 4 << 30, 5 << 30
	must(0, unix.Setrlimit(unix.RLIMIT_DATA, &unix.Rlimit{Cur: limit, Max: limit}))
	p := must(cpython.Start(cpython.Options{Python: os.Getenv("MEMORYVIEW_PYTHON")}))
	must(0, p.Exec("import numpy as np\na = np.zeros(1 << 29)\na[-1] = 3"))
	a := must(p.Eval("a"))
	v := must(memoryview.FromObject(a))
	fmt.Println(v.NBytes() == size, must(v.At(-1)))
	if p.Exec("a.copy()") == nil {
		fmt.Println("there was room for a copy")
	}
	must(0, v.Set(4.0, 1<<28))
	fmt.Println(must(cpython.As[float64](p.Eval("a[1 << 28]"))))
	must(0, v.Release())
	a.Release()
	must(0, p.Exec("del a"))

	mem := make([]byte, size)
	mem[size-1] = 5
	v = must(memoryview.FromObject(mem))
	main := must(p.Import("__main__"))
	must(0, main.SetAttr("g", v))
	must(0, p.Exec("g = np.asarray(g)\nprint(g.nbytes == 4 << 30, g[-1])\ng[1 << 31] = 6\ndel g"))
	fmt.Println(mem[1<<31], v.Release())
	main.Release()
	must(0, p.Close())
}

func TestFourGiBUnderALimitOfFive(t *testing.T) {
	if got, want := child(t, "limit", "OPENBLAS_NUM_THREADS=1", "MALLOC_ARENA_MAX=1"), "true 3\n4\nTrue 5\n6 <nil>\n"; got != want {
		t.Errorf("it went so:\n%swant:\n%s", got, want)
	}
}
