package main

import "C"

import (
	"runtime"
	"runtime/debug"
)

// How the runtime was set while no fork was under way.
var collectAt, processors int

// spareProcessors are for a child. There each thread that calls the engine keeps the processor that it gets, as the
// thread of the runtime's that would take it back is missing.
const spareProcessors = 64

// gmvBeforeFork switches the collector off and finishes what it is doing: a child has none of the threads that would go on with
// it, and would wait for them for ever. With one processor the runtime comes to rest in no time.
//
//export gmvBeforeFork
func gmvBeforeFork() {
	collectAt = debug.SetGCPercent(-1)
	runtime.GC()
	processors = runtime.GOMAXPROCS(1)
}

// gmvAfterForkInParent undoes that.
//
//export gmvAfterForkInParent
func gmvAfterForkInParent() {
	runtime.GOMAXPROCS(processors)
	debug.SetGCPercent(collectAt)
}

// gmvAfterForkInChild leaves the collector off: what is done in a child allocates next to nothing.
//
//export gmvAfterForkInChild
func gmvAfterForkInChild() {
	runtime.GOMAXPROCS(processors + spareProcessors)
}
