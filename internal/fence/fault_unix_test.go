//go:build unix

package fence

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"unsafe"
)

const childVariable = "FENCE_CHILD"

// TestFenceFaults has a child process touch the byte behind the fence, which must end it, and the last one before
// it, which must not.
func TestFenceFaults(t *testing.T) {
	if step := os.Getenv(childVariable); step != "" {
		touch(t, step)
		return
	}
	for _, step := range []string{"read", "write", "inside"} {
		for _, side := range Sides {
			for _, size := range []int{1, Page + 3} {
				child := exec.Command(os.Args[0], "-test.run=^TestFenceFaults$")
				child.Env = append(os.Environ(), fmt.Sprintf("%s=%s %d %d", childVariable, step, side, size))
				out, err := child.CombinedOutput()
				faulted := err != nil && strings.Contains(string(out), "unexpected fault address")
				if faulted != (step != "inside") || !faulted && err != nil {
					t.Errorf("%v, %s, %d bytes: %v\n%.500s", side, step, size, err, out)
				}
			}
		}
	}
}

// touch does a step of the child, such as "read 1 4099".
func touch(t *testing.T, step string) {
	var what string
	var side Side
	var size int
	if _, err := fmt.Sscan(step, &what, &side, &size); err != nil {
		t.Fatal(err)
	}
	mem := Bytes(t, size, side)
	inside, outside := 0, -1
	if side == After {
		inside, outside = size-1, size
	}
	switch first := unsafe.Pointer(&mem[0]); what {
	case "read":
		t.Log(*(*byte)(unsafe.Add(first, outside)))
	case "write":
		*(*byte)(unsafe.Add(first, outside)) = 1
	case "inside":
		mem[inside] = 1
	}
}
