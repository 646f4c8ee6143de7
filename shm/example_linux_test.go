package shm_test

import (
	"fmt"
	"log"
	"os"

	"github.com/go-memoryview/memoryview/buffer"
	"github.com/go-memoryview/memoryview/shm"
)

// An array is filled, and then gets its name, under which other programs find it: here the same one.
func Example() {
	name := fmt.Sprintf("memview-example-%d", os.Getpid())
	made, err := shm.Create(name, buffer.Layout{Format: "<f", Shape: []int{2, 3}})
	if err != nil {
		log.Fatal(err)
	}
	defer made.Close()
	v, err := made.View()
	if err != nil {
		log.Fatal(err)
	}
	defer v.Release()
	if err := v.Set(1.5, 1, 2); err != nil {
		log.Fatal(err)
	}
	if err := made.Publish(); err != nil {
		log.Fatal(err)
	}
	defer shm.Remove(name)

	found, err := shm.Open(name)
	if err != nil {
		log.Fatal(err)
	}
	defer found.Close()
	w, err := found.View()
	if err != nil {
		log.Fatal(err)
	}
	defer w.Release()
	fmt.Println(w.Shape())
	fmt.Println(w.At(1, 2))
	// Output:
	// [2 3]
	// 1.5 <nil>
}
