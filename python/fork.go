package main

import "C"

import (
	"runtime"
	"runtime/debug"
)

// collectAt is the collector's setting while no fork is under way.
var collectAt int

// gmvBeforeFork switches the collector off and finishes what it is doing: a child has none of the threads that
// would go on with it, and would wait for them for ever.
//
//export gmvBeforeFork
func gmvBeforeFork() {
	collectAt = debug.SetGCPercent(-1)
	runtime.GC()
}

// gmvAfterForkInParent switches it on again. In the child it stays off: what is done there allocates next to nothing.
//
//export gmvAfterForkInParent
func gmvAfterForkInParent() {
	debug.SetGCPercent(collectAt)
}
