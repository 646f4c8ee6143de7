package main

import (
	"log"
	"runtime"

	"golang.org/x/sys/unix"
)

func init() { programs["memview-unprivileged"] = unprivileged }

// unprivileged is the command with the rights that a file's owner has, and not with root's, which are a thread's.
func unprivileged() {
	runtime.LockOSThread()
	none := [2]unix.CapUserData{}
	if err := unix.Capset(&unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}, &none[0]); err != nil {
		log.Fatal(err)
	}
	main()
}
