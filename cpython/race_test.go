//go:build race

package cpython_test

// underRace says that the race detector's own memory is a part of the process's.
const underRace = true
