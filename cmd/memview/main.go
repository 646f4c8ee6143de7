// Command memview looks at array files: it prints arrays, parts of them cut out with Python's index
// syntax, and what their headers say. Files are mapped, so that their size does not matter.
//
//	memview show 'photo.npy[::64, ::64, 0]'
//	memview info photo.npy
//	memview hex 'photo.npy[0]'
//	memview stats photo.npy
//	memview find photo.npy '>250'
//	memview plot photo.npy
//	memview layout photo.npy
//	memview diff before.npy after.npy
//	memview convert model.safetensors model.npz
//	memview cast weights.npy bfloat16
//	memview serve photo.npy
//	memview show 'http://127.0.0.1:8000:photo.npy[::64, ::64, 0]'
package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/alecthomas/kong"

	"github.com/go-memoryview/memoryview/cmd/memview/internal/arraytext"
)

// Exit codes.
const (
	exitOK     = 0
	exitFailed = 1
	exitUsage  = 2
)

type commands struct {
	Show    showCommand    `cmd:"" default:"withargs" help:"Print an array, or a part of it (the command where none is named)."`
	Info    infoCommand    `cmd:"" help:"Print what a file's header says, without touching its data."`
	Hex     hexCommand     `cmd:"" help:"Print bytes, item by item and field by field, beside what they mean."`
	Stats   statsCommand   `cmd:"" help:"Print figures of all items: range, mean, deviation, quantiles, a histogram."`
	Find    findCommand    `cmd:"" help:"Say where a value stands, or one of a range."`
	Explain explainCommand `cmd:"" help:"Say who takes an array as it lies in memory, and why others need a copy."`
	Plot    plotCommand    `cmd:"" help:"Draw an array: lines, a histogram, a heat map or an image; in the terminal, or as PNG or SVG."`
	Layout  layoutCommand  `cmd:"" help:"Draw how the items lie in memory: offsets, strides, padding, the way of iteration."`
	Diff    diffCommand    `cmd:"" help:"Say whether two arrays differ, where, and how far."`
	Share   shareCommand   `cmd:"" help:"Put an array into shared memory, for other programs."`
	List    listCommand    `cmd:"" help:"List the shared segments, and what lies in them."`
	Rm      rmCommand      `cmd:"" help:"Remove shared segments."`
	Convert convertCommand `cmd:"" help:"Make a file of arrays out of others: another kind, type, order or part."`
	Cast    castCommand    `cmd:"" help:"Look at an array's memory as items of another type."`
	Serve   serveCommand   `cmd:"" help:"Show arrays on a page in the browser, and give them to programs as Zarr, npy and bytes."`
	pythonCommands
	Completion completionCommand `cmd:"" help:"Print a script by which bash, zsh or fish complete what this command takes."`

	Version kong.VersionFlag `help:"Print the version."`
}

func main() {
	out := terminalOf(os.Stdout)
	out.progress = progressOn(os.Stderr)
	os.Exit(run(os.Args[1:], out, os.Stderr))
}

// run does what the arguments say and returns the exit code.
func run(args []string, out *output, stderr io.Writer) int {
	code, err := execute(args, out, stderr)
	if flushErr := out.Flush(); err == nil && flushErr != nil {
		code, err = exitFailed, flushErr
	}
	if err != nil {
		// On one line, and escaped: what comes from a file must not reach the terminal as it is.
		fmt.Fprintf(stderr, "memview: %s\n", arraytext.Printable(err.Error()))
	}
	return code
}

func execute(args []string, out *output, stderr io.Writer) (code int, err error) {
	helped := false
	parser, err := newParser(out, stderr, func(int) { helped = true })
	if err != nil {
		return exitFailed, err
	}
	if len(args) > 0 && args[0] == completeName {
		complete(parser.Model.Node, args[1:], out)
		return exitOK, nil
	}
	command, err := parser.Parse(hideInput(args))
	if helped {
		return exitOK, nil
	}
	if err != nil {
		return exitUsage, usageError(err)
	}
	err = command.Run(out)
	var exit exitError
	switch {
	case errors.As(err, &exit):
		return exit.code, exit.error
	case err != nil:
		return exitFailed, err
	}
	return exitOK, nil
}

// newParser knows all commands. Exit is called after the help was printed.
func newParser(out *output, stderr io.Writer, exit func(int)) (*kong.Kong, error) {
	return kong.New(
		&commands{},
		kong.Name("memview"),
		kong.Description("Looks at array files (npy, npz, safetensors, wav, png, jpeg, raw). An array in a file of many is named behind a colon, as in 'data.npz:x', and so is a shared segment, as in shm:frame. "+
			"What memview serve serves elsewhere, and Zarr stores over HTTP and in folders, are named as files are, as in 'http://127.0.0.1:8000:photo.npy' or 'weather.zarr:temperature'; what is looked at of them is fetched. Parts are cut out with Python's index syntax, as in 'photo.npy[::64, ::64, 0]', "+
			"and fields of records behind a point, as in 'log.npy[:].pos.x'. The help of each command has examples."),
		kong.Vars{"version": version()},
		kong.Writers(out, stderr),
		kong.Exit(exit),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
	)
}

// exitError is an error with an exit code of its own. The error in it may be nil, where nothing need be said.
type exitError struct {
	code int
	error
}

// released is the version of a program that was built to be handed out: scripts/dist has the linker set it.
var released string

// version is that, or that of the module as the build recorded it.
func version() string {
	if info, ok := debug.ReadBuildInfo(); ok && released+info.Main.Version != "" {
		return "memview " + cmp.Or(released, info.Main.Version) + ", " + info.GoVersion
	}
	return "memview, version unknown"
}

// hidden stands before an argument that begins with - and is no flag. No argument of a process can hold it.
const hidden = "\x00"

// hideInput keeps -[SLICE] and -:NAME, which are parts of standard input, from being taken for flags. A negative number to find is
// one behind an operator.
func hideInput(args []string) []string {
	args = slices.Clone(args)
	if len(args) > 0 && args[0] == "find" {
		for i, arg := range args {
			if negativeNumber.MatchString(arg) {
				args[i] = "=" + arg
			}
		}
	}
	for i, arg := range args {
		if strings.HasPrefix(arg, standardInput+"[") || strings.HasPrefix(arg, standardInput+":") {
			args[i] = hidden + arg
		}
	}
	return args
}

var negativeNumber = regexp.MustCompile(`^-(\.?[0-9]|(?i:inf))`)

// examples lays out the lines of a command's help, so that they stay lines.
func examples(lines string) string {
	return "Examples:\n" + strings.ReplaceAll(lines, "\n\t\t", "\n    ")
}

// negative is a slice that was taken for a flag.
var negative = regexp.MustCompile(`unknown flag -[0-9:]`)

// usageError says where help is.
func usageError(err error) error {
	if negative.MatchString(err.Error()) {
		return errors.New("a slice that begins with '-' stands in brackets, as in '[-1]'")
	}
	return fmt.Errorf("%w: memview --help says how", err)
}
