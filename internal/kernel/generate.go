package kernel

// The generators are a module of their own, for avo's sake. Each writes one family of kernels.
