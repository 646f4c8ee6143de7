package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
)

// tokenVariable holds a token in the environment, where other users do not see it, as they see what stands on a command line.
const tokenVariable = "MEMVIEW_TOKEN"

// What a token may be: long enough that nobody guesses it, and made of what a header can hold.
const (
	shortestToken = 16
	longestToken  = 1024
)

// tokenOf reads the token that a file holds or, without a file, the environment; "" where there is none.
func tokenOf(file string) (string, error) {
	token, where := os.Getenv(tokenVariable), tokenVariable
	if file != "" {
		var err error
		if token, err = readToken(file); err != nil {
			return "", fmt.Errorf("--token-file: %w", err)
		}
		where = "--token-file=" + file
	}
	token = strings.TrimSpace(token)
	if token == "" && file == "" {
		return "", nil
	}
	if err := checkToken(token); err != nil {
		return "", fmt.Errorf("%s: %w", where, err)
	}
	return token, nil
}

func readToken(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, longestToken+2)) // and the end of its line
	return string(text), err
}

// checkToken says what is wrong, and nothing of the token itself.
func checkToken(token string) error {
	switch {
	case len(token) < shortestToken || len(token) > longestToken:
		return fmt.Errorf("a token has from %d to %d characters, and this has %d", shortestToken, longestToken, len(token))
	case strings.ContainsFunc(token, func(r rune) bool { return r <= ' ' || r > '~' }):
		return errors.New("a token has letters, digits and signs of ASCII, and no spaces")
	}
	return nil
}
