package summary

// SetGathered says how many items may be sorted in memory, and returns how many it was.
func SetGathered(n int) (was int) {
	was, gathered = gathered, n
	return was
}
