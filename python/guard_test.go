package main

import (
	"syscall"
	"testing"
	"unsafe"
)

// TestPanicsBecomeCodes: what panics here would otherwise end Python.
func TestPanicsBecomeCodes(t *testing.T) {
	if code := codeOf(func() {}); code != 0 {
		t.Errorf("no panic gives code %d", code)
	}
	if code := codeOf(func() { panic("a bug") }); code != crashed || lastReason.text != "a bug" {
		t.Errorf("a panic gives code %d and the text %q", code, lastReason.text)
	}
	mapping, err := syscall.Mmap(-1, 0, 4096, syscall.PROT_NONE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	if err != nil {
		t.Fatal(err)
	}
	defer syscall.Munmap(mapping)
	first := (*byte)(unsafe.SliceData(mapping))
	if code := codeOf(func() { lastReason.text = string(rune(*first)) }); code != fault {
		t.Errorf("a memory fault gives code %d", code)
	}
}

func codeOf(f func()) (code result) {
	defer guarded(&code)
	guard()
	f()
	return code
}

// TestReasonIsCutToItsRoom: the last panic's text ends in a NUL, whatever its length.
func TestReasonIsCutToItsRoom(t *testing.T) {
	lastReason.set("a long story")
	room := []byte("xxxxxxxx")
	gmvReason(unsafe.Pointer(&room[0]), 6)
	if string(room) != "a lon\x00xx" {
		t.Errorf("the reason is %q", room)
	}
}
