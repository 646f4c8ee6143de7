package report

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/go-memoryview/memoryview/bench/cases"
	"github.com/go-memoryview/memoryview/bench/peer"
)

// Fact is one line on the machine and what runs on it.
type Fact struct{ Name, Value string }

// Describe says what the figures depend on.
func Describe(m *cases.Machine) []Fact {
	facts := []Fact{
		{"Processor", processor()},
		{"Cores", fmt.Sprint(runtime.NumCPU())},
		{"Caches", caches()},
		{"Memory", memory()},
		{"Huge pages", firstLine("/sys/kernel/mm/transparent_hugepage/enabled")},
		{"System", runtime.GOOS + "/" + runtime.GOARCH + " " + firstLine("/proc/sys/kernel/osrelease")},
		{"C library", peer.LibcVersion()},
		{"Go", runtime.Version()},
		{"gonum", version("gonum.org/v1/gonum")},
	}
	if m.Python != nil {
		versions, _ := m.Python.Versions()
		facts = append(facts, Fact{"Python", versions})
	}
	if engines, err := m.Engines(); err == nil {
		versions, _ := engines.Versions()
		facts = append(facts, Fact{"Engines", versions})
	}
	known := facts[:0]
	for _, f := range facts {
		if f.Value = strings.TrimSpace(f.Value); f.Value != "" {
			known = append(known, f)
		}
	}
	return known
}

func processor() string {
	text, _ := os.ReadFile("/proc/cpuinfo")
	for line := range strings.Lines(string(text)) {
		if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
			return value
		}
	}
	return ""
}

func caches() string {
	folders, _ := filepath.Glob("/sys/devices/system/cpu/cpu0/cache/index*")
	var all []string
	for _, folder := range folders {
		if kind := firstLine(folder + "/type"); kind != "Instruction" {
			all = append(all, fmt.Sprintf("L%s %s", firstLine(folder+"/level"), firstLine(folder+"/size")))
		}
	}
	return strings.Join(all, ", ")
}

func memory() string {
	var kib int
	if _, err := fmt.Sscanf(firstLine("/proc/meminfo"), "MemTotal: %d kB", &kib); err != nil {
		return ""
	}
	return fmt.Sprintf("%.1f GiB", float64(kib)/(1<<20))
}

func version(module string) string {
	info, _ := debug.ReadBuildInfo()
	if info == nil {
		return ""
	}
	for _, dependency := range info.Deps {
		if dependency.Path == module {
			return dependency.Version
		}
	}
	return ""
}

// firstLine is that of a file; "" where there is none.
func firstLine(path string) string {
	text, _ := os.ReadFile(path)
	line, _, _ := strings.Cut(string(text), "\n")
	return line
}
