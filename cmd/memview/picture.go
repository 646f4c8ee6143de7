package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/go-memoryview/memoryview/cmd/memview/internal/picture"
)

// drawn is what commands that draw take: where the picture goes, and how large it is.
type drawn struct {
	Output string `short:"o" help:"Write the picture to a file, .svg or .png." placeholder:"FILE"`
	Width  int    `help:"Characters in a terminal, pixels in a file (default: the terminal's, 75 in a pipe)." placeholder:"N"`
	Height int    `help:"Lines in a terminal, pixels in a file." placeholder:"N"`
	Theme  string `help:"light or dark: what a file's picture is drawn on (default: light; an SVG follows its reader)." enum:"auto,light,dark" default:"auto" placeholder:"THEME"`
}

// mostPixels bounds the sides of pictures, in pixels and characters.
const mostPixels = 8192

// Validate is called by kong.
func (d *drawn) Validate() error {
	switch {
	case d.Width < 0 || d.Width > mostPixels || d.Height < 0 || d.Height > mostPixels:
		return fmt.Errorf("--width=%d --height=%d: from 1 to %d", d.Width, d.Height, mostPixels)
	case d.Output != "" && d.kind() != ".svg" && d.kind() != ".png":
		return fmt.Errorf("--output=%s: pictures are written as .svg or .png", d.Output)
	}
	return nil
}

func (d *drawn) kind() string { return strings.ToLower(filepath.Ext(d.Output)) }

func (d *drawn) theme() picture.Theme {
	return map[string]picture.Theme{"light": picture.Light, "dark": picture.Dark}[d.Theme]
}

// size is how large the picture is to be: as asked for, as a terminal is, or 0.
func (d *drawn) size(out *output) picture.Size {
	if d.Output != "" {
		return picture.Size{Width: d.Width, Height: d.Height}
	}
	columns, lines := pipeWidth, 24
	if out.width > 0 {
		columns = out.width
	}
	if out.lines > 3 {
		lines = min(out.lines-2, 40) // what was typed and the next prompt stay on the screen
	}
	if d.Width > 0 {
		columns = d.Width
	}
	if d.Height > 0 {
		lines = d.Height
	}
	return picture.Size{Width: columns * picture.CellWidth, Height: lines * picture.CellHeight, Terminal: true}
}

// write prints the picture, or writes the file.
func (d *drawn) write(out *output, p *picture.Drawing) error {
	var data bytes.Buffer
	var err error
	switch d.kind() {
	case ".svg":
		err = p.SVG(&data, d.theme())
	case ".png":
		err = p.PNG(&data, d.theme())
	default:
		return p.Terminal(out, picture.Terminal{Colors: out.colors, ASCII: out.ascii})
	}
	if err != nil {
		return fmt.Errorf("%s: %w", d.Output, err)
	}
	return replaceFile(d.Output, data.Bytes())
}

// replaceFile writes a file as a whole or not at all. What is no file, such as a pipe, is written to.
func replaceFile(path string, data []byte) (err error) {
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return os.WriteFile(path, data, 0o666)
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".memview-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			os.Remove(f.Name())
		}
	}()
	_, err = f.Write(data)
	if err := errors.Join(err, f.Close()); err != nil {
		return err
	}
	if err := os.Chmod(f.Name(), 0o644); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
