package shm

// Entry is a segment that there is.
type Entry struct {
	Name string
	Size int64 // bytes, with the header where there is one
}

// List returns the segments of this machine, by name. What they hold, Open tells.
func List() ([]Entry, error) { return listFiles() }

// Remove takes a segment's name away. Who is attached to it goes on; the memory is free after the last of them. A
// name that nobody has is os.ErrNotExist.
func Remove(name string) error {
	name, err := canonical(name)
	if err != nil {
		return err
	}
	if err := removeFile(name); err != nil {
		return failed(name, "removing it", err)
	}
	return nil
}
