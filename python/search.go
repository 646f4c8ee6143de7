package main

// #include "engine.h"
import "C"

import (
	"github.com/go-memoryview/memoryview/internal/typed"
)

// gmvSearch finds the first item that equals a value of a kind, one of gmvInt, gmvUint, gmvFloat, gmvBool and gmvByte, or -1
// where there is none; or it counts those items.
//
//export gmvSearch
func gmvSearch(src *C.gmvBuffer, kind C.int, value *C.gmvValue, counts C.int, found *C.ptrdiff_t) (code C.int) {
	defer guarded(&code)
	guard()
	typ, code := typeOf(src)
	if code != C.gmvDone {
		return code
	}
	all, wanted := items(src), goValue(kind, value)
	var n int
	var err error
	if counts != 0 {
		n, err = typed.Count(&all, typ, wanted)
	} else {
		n, err = typed.Index(&all, typ, wanted)
	}
	if err != nil {
		return C.gmvFormat
	}
	*found = C.ptrdiff_t(n)
	return C.gmvDone
}
