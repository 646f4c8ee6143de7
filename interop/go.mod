module github.com/go-memoryview/memoryview/interop

go 1.26.0

require (
	github.com/go-memoryview/memoryview v0.0.0-00010101000000-000000000000
	gonum.org/v1/gonum v0.17.0
)

require golang.org/x/sys v0.49.0 // indirect

replace github.com/go-memoryview/memoryview => ../
