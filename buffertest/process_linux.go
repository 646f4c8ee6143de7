package buffertest

import (
	"bytes"
	"os"
)

// mappedFiles counts the mappings of files that this process has; 0 where it is not told.
func mappedFiles() int {
	maps, err := os.ReadFile("/proc/self/maps")
	if err != nil {
		return 0
	}
	return bytes.Count(maps, []byte(" /")) // a path stands at the end of a line
}

// openFiles counts the files that this process has open; 0 where it is not told.
func openFiles() int {
	files, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return 0
	}
	return len(files)
}
