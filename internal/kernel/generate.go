package kernel

// The generators are a module of their own, for avo's sake. Each writes one family of kernels.

//go:generate go run -C avo ./apart
//go:generate go run -C avo ./convert
//go:generate go run -C avo ./count
//go:generate go run -C avo ./equal
//go:generate go run -C avo ./hex
//go:generate go run -C avo ./planes
//go:generate go run -C avo ./row
//go:generate go run -C avo ./run
//go:generate go run -C avo ./totals
//go:generate go run -C avo ./transpose
//go:generate go run -C avo ./within
