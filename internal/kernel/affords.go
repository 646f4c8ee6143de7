package kernel

// MostBytes is as much as a temporary or a copy in memory may have. Strides of zero make arrays far larger
// than the memory they lie in.
const MostBytes = 1 << (30 + 10*(^uint(0)>>63)) // 1 GiB, or 1 TiB on 64-bit systems

// fewBytes are so few that nobody asks the system for them first.
const fewBytes = 256 << 20

// Affords reports whether an allocation of n bytes can be tried: Go ends the process where the system
// refuses memory, so that the system is asked before. Others may take the memory meanwhile, and what the
// system promises it may not have.
func Affords(n int) bool {
	return n <= fewBytes || n <= MostBytes && granted(n)
}
