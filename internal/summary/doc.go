// Package summary reads every item of an array to say what they are like: figures, quantiles, histograms; and of
// two arrays, where and how far they differ. It reads block by block, so that its memory does not grow with the
// array, by many goroutines, and comes to the same result whatever their number.
//
// It works on plain memory as internal/typed does: callers hold it in place meanwhile. A fault of mapped memory is a
// panic in the caller's goroutine, which buffer's Leave makes an error of.
package summary
