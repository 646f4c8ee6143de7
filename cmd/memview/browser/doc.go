// Package browser has the tests of memview serve in a real browser: Chromium, as Debian has it. It is a module of its own, so that
// nobody who imports the library has what drives a browser in the module's graph.
package browser
