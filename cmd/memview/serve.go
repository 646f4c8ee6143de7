package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"strings"
	"syscall"

	"github.com/go-memoryview/memoryview/cmd/memview/internal/arraytext"
	"github.com/go-memoryview/memoryview/cmd/memview/internal/gate"
	"github.com/go-memoryview/memoryview/cmd/memview/internal/page"
)

type serveCommand struct {
	Files []string `arg:"" optional:"" help:"Files, and - for standard input. Nothing else is served. A small sample where none is named." placeholder:"FILE"`

	Addr string `help:"Where to listen. Only this machine reaches 127.0.0.1; on any other address, what is served goes over the network unencrypted." default:"127.0.0.1:0" placeholder:"HOST:PORT"`
	Open bool   `help:"Open the page in the browser."`
	JSON bool   `name:"json" help:"Print the address as JSON, one line for each link."`

	rawFlags
}

// Help is called by kong.
func (*serveCommand) Help() string {
	return "The printed link lets one browser in, once; who asks without it gets nothing, and makes memview print a new one. Nothing is written, and an interrupt ends it.\n\n" + examples(`
		memview serve photo.npy model.safetensors
		memview serve --open *.npy
		memview serve --format '<f' --shape 480,640 depth.bin
		memview serve --json log.npy | jq -r .url
		memview serve --addr 127.0.0.1:8000 log.npy   and from afar: ssh -L 8000:127.0.0.1:8000 HOST`)
}

// Validate is called by kong.
func (c *serveCommand) Validate() error {
	first := source{rawFlags: c.rawFlags}
	if len(c.Files) > 0 {
		first.File = c.Files[0]
	}
	return first.Validate()
}

// Run serves until it is interrupted.
func (c *serveCommand) Run(out *output) error {
	files, err := openShelf(c.Files, c.rawFlags)
	if err != nil {
		return err
	}
	defer files.Close()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", c.Addr)
	if err != nil {
		return fmt.Errorf("--addr=%s: %w: it is HOST:PORT, and port 0 is any that is free", c.Addr, err)
	}
	g := c.gate(out, listener, files)
	if err := c.say(out, g.Link()); err != nil {
		return errors.Join(err, listener.Close())
	}
	if c.Open {
		if err := openBrowser(ctx, g.Link()); err != nil {
			fmt.Fprintf(os.Stderr, "memview: no browser was opened: %s: open the link yourself\n", arraytext.Printable(err.Error()))
		}
	}
	return g.Serve(ctx, listener)
}

// gate is what the page and its data stand behind. What else should be served, such as an http.Handler of another form of
// the same data, is put behind it here, under a path of its own.
func (c *serveCommand) gate(out *output, listener net.Listener, files *shelf) *gate.Gate {
	host, _, _ := net.SplitHostPort(c.Addr)
	_, port, _ := net.SplitHostPort(listener.Addr().String())
	g := gate.New(gate.Options{
		Title: "memview", Host: host, Port: port,
		Knocked: func(link string) { c.say(out, link) }, // nobody reads any more
		Failed:  func(err error) { fmt.Fprintf(os.Stderr, "memview: %s\n", arraytext.Printable(err.Error())) },
	})
	g.Public("/", page.Handler())
	g.Private("/api/", http.StripPrefix("/api", newAPI(files)))
	return g
}

// say prints a link.
func (c *serveCommand) say(out *output, link string) error {
	if c.JSON {
		address, _, _ := strings.Cut(link, "/enter")
		text, err := json.Marshal(map[string]string{"url": link, "address": address})
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "%s\n", text)
		return out.Flush()
	}
	fmt.Fprintf(out, "%s\n", link)
	out.comment("The link lets one browser in, once. Ctrl-C ends it.")
	return out.Flush()
}

// openBrowser does what the system does with a link.
func openBrowser(ctx context.Context, link string) error {
	program := []string{"xdg-open"}
	switch runtime.GOOS {
	case "darwin":
		program = []string{"open"}
	case "windows":
		program = []string{"rundll32", "url.dll,FileProtocolHandler"}
	}
	command := exec.CommandContext(ctx, program[0], append(program[1:], link)...)
	if err := command.Start(); err != nil {
		return err
	}
	go command.Wait() // it does what it does
	return nil
}
