//go:build !amd64 || purego

package kernel

type scratch struct{}

func (m matrix) copy()                { m.copyGo() }
func (m matrix) stream() bool         { return false }
func (m matrix) streamBlock(*scratch) {}
