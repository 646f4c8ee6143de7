//go:build unix

package main

import (
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// used is what this process has used.
func used() (u usage) {
	var times syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &times); err == nil {
		u.Processor = time.Duration(times.Utime.Nano() + times.Stime.Nano())
	}
	text, _ := os.ReadFile("/proc/self/status") // of Linux; elsewhere memory is not known
	for line := range strings.Lines(string(text)) {
		fields := strings.Fields(line)
		if len(fields) < 2 {
			continue
		}
		kib, _ := strconv.ParseInt(fields[1], 10, 64)
		switch fields[0] {
		case "RssAnon:":
			u.Memory = kib << 10
		case "RssFile:", "RssShmem:":
			u.Mapped += kib << 10
		}
	}
	return u
}
