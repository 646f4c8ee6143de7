package cpython

// LentCount returns how many loans Python holds.
func LentCount() int {
	allLent.Lock()
	defer allLent.Unlock()
	return len(allLent.numbers)
}

// LoanCount returns how many loans of Python's memory Go holds.
func LoanCount() int { return running.Load().loans.count() }

// MaxThreads is how many goroutines are in Python at once.
const MaxThreads = maxThreads

// MaxKept is how many states of threads are kept.
const MaxKept = maxKept
