// Package gate stands before handlers that a browser or a program talks to: it lets in who opened the printed link or sends the
// token, and nobody whom another web page sends. It knows nothing of what it guards.
package gate
