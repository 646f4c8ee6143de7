package main

// #include "engine.h"
import "C"

import (
	"github.com/go-memoryview/memoryview/internal/typed"
)

// gmvEqual says in equal whether two buffers have the same shape and equal items: those of the same native
// format as C compares them, others as the struct module unpacks them. What it does not read equals nothing, unless all
// formats are to be read that the engine reads.
//
//export gmvEqual
func gmvEqual(a, b *C.gmvBuffer, all C.int, equal *C.int) (code C.int) {
	defer guarded(&code)
	guard()
	*equal = 0
	if all == 0 && (!structReads(text(a.format)) || !structReads(text(b.format))) {
		return C.gmvDone
	}
	typA, code := typeOf(a)
	if code == C.gmvDone {
		typB, codeB := typeOf(b)
		if code = codeB; code == C.gmvDone {
			same, err := typed.Equal(items(a), items(b), typA, typB)
			if err != nil {
				return C.gmvFormat
			}
			if same {
				*equal = 1
			}
		}
	}
	if code == C.gmvFormat {
		return C.gmvDone
	}
	return code
}
