//go:build !purego

package kernel

import "golang.org/x/sys/cpu"

// hasAVX2 chooses the kernels in assembly.
var hasAVX2 = cpu.X86.HasAVX2
