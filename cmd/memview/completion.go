package main

import (
	_ "embed"
	"fmt"
)

type completionCommand struct {
	Shell string `arg:"" enum:"bash,zsh,fish" help:"bash, zsh or fish."`
}

// Help is called by kong.
func (*completionCommand) Help() string {
	return "Commands, flags, files, arrays in files and fields of records are completed. For good, in the shell's own file:\n\n" + examples(`
		eval "$(memview completion bash)"     in ~/.bashrc
		eval "$(memview completion zsh)"      in ~/.zshrc, after compinit
		memview completion fish | source      in ~/.config/fish/config.fish`)
}

// The scripts ask the hidden command complete.
//
//go:embed completion.bash
var bashScript string

//go:embed completion.zsh
var zshScript string

//go:embed completion.fish
var fishScript string

// Run prints the script.
func (c *completionCommand) Run(out *output) error {
	script := map[string]string{"bash": bashScript, "zsh": zshScript, "fish": fishScript}[c.Shell]
	_, err := fmt.Fprint(out, script)
	return err
}
