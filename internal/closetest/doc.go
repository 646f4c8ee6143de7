// Package closetest tests what becomes of memory that is given back while others are at it: close
// against access, in the words of the JDK's tests of MemorySegment. It is for tests only.
package closetest
