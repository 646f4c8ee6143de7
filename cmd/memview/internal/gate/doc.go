// Package gate stands before handlers that a browser on this machine talks to: it lets in who opened
// the printed link, and nobody whom another web page sends. It knows nothing of what it guards.
package gate
