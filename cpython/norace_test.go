//go:build !race

package cpython_test

const underRace = false
