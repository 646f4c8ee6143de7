package cpython_test

// childVariable names what a child process is to do in place of the tests.
const childVariable = "MEMORYVIEW_TEST_CHILD"

var children = map[string]func(){}
