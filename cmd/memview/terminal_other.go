//go:build !unix && !windows

package main

import "os"

// terminal knows of no terminals here.
func terminal(*os.File) (width, lines int, color bool) { return 0, 0, false }
