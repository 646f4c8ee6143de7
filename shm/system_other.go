//go:build !linux

package shm

import (
	"errors"
	"fmt"
	"os"
)

// folder is where segments are files: nowhere.
const folder = ""

// errSystem says that there are no segments here. macOS has shm_open, but no files behind it that could be made without a name, and golang.org/x/sys
// has no call for it; what Python makes on Windows are named mappings, which end with the last process.
var errSystem = fmt.Errorf("%w: segments are shared on Linux, in /dev/shm; here, map a file: arrayfile.Open with Writable", errors.ErrUnsupported)

func makeFile(int64) (*os.File, error)               { return nil, errSystem }
func nameFile(place) error                           { return errSystem }
func openFile(string, bool) (*os.File, int64, error) { return nil, 0, errSystem }
func mapFile(*os.File, int64, bool) ([]byte, error)  { return nil, errSystem }
func unmap([]byte)                                   {}
func isLocked(*os.File) (bool, error)                { return false, errSystem }
func isTaken(string) (bool, error)                   { return false, errSystem }
func isNamed(place) (bool, error)                    { return false, errSystem }
func removeFile(string) error                        { return errSystem }
func listFiles() ([]Entry, error)                    { return nil, errSystem }
