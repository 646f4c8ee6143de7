// Scale measures what planning for many machines needs: what requests and bytes cost a server, what does not grow with chunks, and what Dask's workers take. It
// writes scale.json, and the figures of docs/SCALE.md anew.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"strings"

	"github.com/go-memoryview/memoryview/bench/cases"
	"github.com/go-memoryview/memoryview/bench/report"
)

// The files, from the folder of the module.
const (
	recordFile = "scale.json"
	pageFile   = "../docs/SCALE.md"
)

// Record is what scale.json holds.
type Record struct {
	Machine []report.Fact
	Figures Figures
}

func main() {
	served := flag.String("serve", "", "serve a `file`, for the program itself")
	update := flag.Bool("page", false, "measure nothing, but write the page's figures anew")
	flag.Parse()
	err := error(nil)
	switch {
	case *served != "":
		err = serve(*served)
	case *update:
		err = updatePage(pageFile, recordFile)
	default:
		err = run()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "scale:", err)
		os.Exit(1)
	}
}

func run() error {
	m, err := cases.NewMachine()
	if err != nil {
		return err
	}
	defer m.Close()
	facts := append(report.Describe(m), report.Fact{Name: "Load", Value: loadOfOthers()})
	figures, err := measure(m)
	if err != nil {
		return err
	}
	text, err := json.MarshalIndent(Record{facts, figures}, "", "\t")
	if err != nil {
		return err
	}
	if err := os.WriteFile(recordFile, append(text, '\n'), 0o644); err != nil {
		return err
	}
	return updatePage(pageFile, recordFile)
}

// loadOfOthers is how many processes want to run, on the average of the last minute, before anything is measured.
func loadOfOthers() string {
	text, err := os.ReadFile("/proc/loadavg")
	load, _, found := strings.Cut(string(text), " ")
	if err != nil || !found {
		return "unknown"
	}
	return load
}
