// Package typed does with items what depends on their type: it compares, finds, converts and unpacks
// them by value, whatever their formats are. It works on plain memory, as the kernels do, and knows no
// owners: everything is checked and held in place before it comes here.
package typed
