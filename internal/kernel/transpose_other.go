//go:build !amd64 || purego

package kernel

import "unsafe"

func (m matrix) copy()                     { m.copyGo() }
func (m matrix) copyLine()                 { m.copyGo() }
func (m matrix) stream() bool              { return false }
func (m matrix) streamRows(unsafe.Pointer) {}
