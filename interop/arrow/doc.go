// Package arrow shares memory between views and Apache Arrow, as [arrow-go] has it, without copying: arrays, columns of record
// batches and tensors lend their items ([Exporter], [TensorExporter]); views become arrays and tensors ([Array], [Tensor]); and the
// columns of an IPC file are views of the mapped file ([OpenFile]).
//
//	e, err := arrow.Exporter(batch.Column(0))   // any array of numbers that lie side by side
//	v, err := memoryview.FromObject(e)          // the column's memory
//
//	column, err := arrow.Array(v)               // and back: column.Release() gives the loan back
//
// # Items
//
// Arrow's numbers are those of Go, in the order of the machine. Dates, times, timestamps and durations are the integers that Arrow keeps,
// whose unit the type of the array says; intervals are records. An item of a fixed size binary is of format "16s"; a fixed
// size list is one more dimension. What has no items side by side is an error that says what would serve: strings, lists and
// dictionaries; booleans, which are bits; decimals.
//
// # Nulls
//
// Arrow leaves what lies under a null undefined, and a view has no nulls. So an array with nulls is refused; [Values] lends it all the
// same, and [Validity] tells which of its items hold.
//
// # Lifetime
//
// A loan retains the array, and releases it when the loan ends; an array of a view holds the view's memory until it is
// released. Whoever allocates Arrow's memory outside of Go's has both sides give back exactly once. Arrow's arrays never change: they
// are lent read-only. Views that change change the array that was made of them.
//
// [arrow-go]: https://github.com/apache/arrow-go
package arrow
