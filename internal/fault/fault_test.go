package fault

import (
	"errors"
	"fmt"
	"testing"
	"unsafe"
)

// at is what a panic of the runtime looks like after a fault.
type at uintptr

func (a at) Addr() uintptr { return uintptr(a) }
func (a at) Error() string { return "fault" }
func (a at) RuntimeError() {}

var mem [30]byte // not of a goroutine's stack, which moves

// Only the bytes of memory that is watched are known, from the first to the last.
func TestOf(t *testing.T) {
	base := uintptr(unsafe.Pointer(&mem[0]))
	explain := func(name string) func(int) error {
		return func(offset int) error { return fmt.Errorf("byte %d of %s", offset, name) }
	}
	first := Watch(unsafe.Pointer(&mem[10]), 5, explain("the first"))
	second := Watch(unsafe.Pointer(&mem[15]), 5, explain("the second"))
	for _, test := range []struct {
		fault any
		want  string
	}{
		{at(base + 9), "<nil>"},
		{at(base + 10), "byte 0 of the first"},
		{at(base + 14), "byte 4 of the first"},
		{at(base + 15), "byte 0 of the second"},
		{at(base + 19), "byte 4 of the second"},
		{at(base + 20), "<nil>"},
		{at(0), "<nil>"},
		{nil, "<nil>"},
		{"a panic", "<nil>"},
		{errors.New("an error"), "<nil>"},
	} {
		if got := fmt.Sprint(Of(test.fault)); got != test.want {
			t.Errorf("%v: %s, not %s", test.fault, got, test.want)
		}
	}
	first.Forget()
	if err := Of(at(base + 12)); err != nil {
		t.Errorf("forgotten: %v", err)
	}
	second.Forget()
}
