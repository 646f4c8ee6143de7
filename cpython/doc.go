// Package cpython runs Python in a Go program and shares arrays with it: NumPy sees Go memory, and Go
// sees NumPy's, in place and without copying. It loads libpython by itself, without cgo.
//
//	python, err := cpython.Start(cpython.Options{})
//	defer python.Close()
//	np, err := python.Import("numpy")
//
//	array, err := np.CallMethod("arange", 10, cpython.Kwargs{"dtype": "f8"})
//	view, err := memoryview.FromObject(array)                     // NumPy's memory, in Go
//
//	signal := []float64{1, 2, 3, 4}
//	lent, err := cpython.Lend(signal)                             // Go's memory, in Python
//
//	sum, err := cpython.As[float64](np.CallMethod("sum", lent))   // a result, as a Go value
//	twice, err := cpython.As[[]float64](np.CallMethod("add", lent, lent))
//	grid, err := cpython.ArrayOf[float64](np.CallMethod("outer", lent, lent)) // and in place
//
// # Loans
//
// A loan of Python's memory keeps the object alive and of its size, until the last view of it is
// released. A loan of Go memory keeps that in place and alive, until the last consumer in Python is
// gone: an array made by numpy.asarray is one, and so is a view of a part of it. Neither costs more for large arrays than
// for small ones. What two sides write at the same time is not guarded, as between goroutines.
//
// Arrays of libraries that lend by DLPack instead of buffers, as tensors do, are taken where the CPU has their memory; and lent memory has
// __dlpack__, for numpy.from_dlpack and torch.from_dlpack.
//
// # Goroutines
//
// Everything may be called from any goroutine; 256 are let in at a time. One thread at a time runs Python code, so the
// calls take turns; NumPy's long loops let others in. Whatever belongs to a thread in Python (contextvars,
// threading.local, numpy.errstate) lasts for one call, or for all that is done inside one [Python.Do], which also
// takes a context. Python calls no Go but the end of a loan.
//
// Python's main thread is one of the package's own: signal.signal, and GUIs that insist on it, do not
// work. SIGINT, SIGSEGV and all other signals stay Go's; faulthandler would take some away. Code that Python starts in
// other processes by fork (multiprocessing's method "fork") must not use loans of Go memory.
//
// # Platforms
//
// Linux and macOS, on amd64 and arm64; elsewhere Start fails with [errors.ErrUnsupported]. A program that imports this package is
// linked to the system's libc.
package cpython
