package main

// #include "engine.h"
import "C"

import (
	"strings"
	"unsafe"

	"github.com/go-memoryview/memoryview/format"
	"github.com/go-memoryview/memoryview/internal/typed"
)

// pythonVersion is that of the Python that runs the extension: 0x030B07F0 is 3.11.7.
var pythonVersion uint

const (
	python312 = 0x030C0000
	python314 = 0x030E0000
)

// nativeCodes are the item formats that Python's own memoryview reads and writes.
func nativeCodes() string {
	codes := "cbBhHiIlLqQnNfd?P"
	if pythonVersion >= python312 {
		codes += "e"
	}
	return codes
}

// gmvStart says which Python it is that runs, and fills the table of the formats that it supports: what C asks so often that it
// cannot ask each time.
//
//export gmvStart
func gmvStart(version C.ulong, table unsafe.Pointer) (code C.int) {
	defer guarded(&code)
	pythonVersion = uint(version)
	codes := unsafe.Slice((*C.gmvCode)(table), C.gmvCodes)
	native := nativeCodes()
	for i := range native {
		typ, err := format.Parse(native[i : i+1])
		if err != nil {
			return C.gmvFormat
		}
		code := C.gmvCode{kind: kindOf(typ), size: C.uchar(typ.Size()), as_bytes: truth(typed.ComparesAsBytes(typ))}
		for j := range native {
			code.casts[native[j]] = truth(mayCast(native[i:i+1], native[j:j+1]))
		}
		codes[native[i]] = code
	}
	return C.gmvDone
}

func truth(b bool) C.uchar {
	if b {
		return 1
	}
	return 0
}

func kindOf(typ *format.Type) C.uchar {
	switch typ.Kind() {
	case format.Bool:
		return C.gmvBool
	case format.Bytes:
		return C.gmvByte
	case format.Int:
		return C.gmvInt
	case format.Uint:
		return C.gmvUint
	case format.Pointer:
		return C.gmvAddress
	case format.Float:
		return C.gmvFloat
	}
	return C.gmvNone
}

// nativeCode is the character of a format that memoryview supports, or "". Only these can be cast to.
func nativeCode(s string) string {
	if len(s) == 2 && s[0] == '@' {
		s = s[1:]
	}
	if len(s) == 1 && strings.Contains(nativeCodes(), s) {
		return s
	}
	return ""
}

// structReads tells that Python's struct module reads a format. What it does not read is compared with nothing.
func structReads(s string) bool {
	codes := "xcbB?hHiIlLqQefdsp"
	if pythonVersion >= python314 {
		codes += "FD"
	}
	switch {
	case s == "", strings.IndexByte("@=<>!", s[0]) < 0:
		codes += "nNP"
	case s[0] == '@':
		codes += "nNP"
		s = s[1:]
	default:
		s = s[1:]
	}
	counted := false
	for _, c := range []byte(s) {
		switch {
		case '0' <= c && c <= '9':
			counted = true
		case strings.IndexByte(" \t\n\v\f\r", c) >= 0 && !counted:
		case strings.IndexByte(codes, c) >= 0:
			counted = false
		default:
			return false
		}
	}
	return !counted
}
