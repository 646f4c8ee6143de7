package main

import "C"

import (
	"os"
	"runtime"
	"runtime/debug"
)

// collectAt is the collector's setting while no fork is under way.
var collectAt int

// process is the one that loaded the library. Its children have no collector to quiet when they fork again: collecting would
// hang there.
var process = os.Getpid()

// gmvBeforeFork switches the collector off and finishes what it is doing: a child has none of the threads that
// would go on with it, and would wait for them for ever.
//
//export gmvBeforeFork
func gmvBeforeFork() {
	if os.Getpid() != process {
		return
	}
	collectAt = debug.SetGCPercent(-1)
	runtime.GC()
}

// gmvAfterForkInParent switches it on again. In the child it stays off: what is done there allocates next to nothing.
//
//export gmvAfterForkInParent
func gmvAfterForkInParent() {
	if os.Getpid() == process {
		debug.SetGCPercent(collectAt)
	}
}
