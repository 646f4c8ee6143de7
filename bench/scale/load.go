package main

import (
	"bufio"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"sync"
	"time"
)

// server is one in a process of its own.
type server struct {
	process       *exec.Cmd
	input         io.WriteCloser
	output        *bufio.Reader
	plain, secure string // its addresses
}

func startServer(path string) (*server, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	s := &server{process: exec.Command(self, "-serve", path)}
	s.process.Stderr = os.Stderr
	if s.input, err = s.process.StdinPipe(); err != nil {
		return nil, err
	}
	output, err := s.process.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := s.process.Start(); err != nil {
		return nil, err
	}
	s.output = bufio.NewReader(output)
	_, err = fmt.Fscanln(s.output, &s.plain, &s.secure)
	return s, err
}

func (s *server) close() {
	_ = s.input.Close()
	_ = s.process.Wait()
}

func (s *server) used() (u usage, err error) {
	if _, err = io.WriteString(s.input, "\n"); err != nil {
		return u, err
	}
	line, err := s.output.ReadBytes('\n')
	if err == nil {
		err = json.Unmarshal(line, &u)
	}
	return u, err
}

// during returns how long f takes, and the server's processor time meanwhile.
func (s *server) during(f func() error) (took, processor time.Duration, err error) {
	before, err := s.used()
	if err != nil {
		return 0, 0, err
	}
	start := time.Now()
	if err := f(); err != nil {
		return 0, 0, err
	}
	took = time.Since(start)
	after, err := s.used()
	return took, after.Processor - before.Processor, err
}

// load is so many requests for chunks, by so many clients with a connection each.
type load struct {
	array             array
	address           string
	clients, requests int
}

func (l load) run() error {
	var all sync.WaitGroup
	failed := make(chan error, l.clients)
	for c := range l.clients {
		all.Go(func() {
			if err := l.client(c); err != nil {
				failed <- err
			}
		})
	}
	all.Wait()
	close(failed)
	return <-failed
}

// client asks for every clients-th chunk, from the c-th on.
func (l load) client(c int) error {
	client := &http.Client{Transport: &http.Transport{
		ReadBufferSize:  64 << 10,
		TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, // of this machine, for a minute
	}}
	defer client.CloseIdleConnections()
	body := make([]byte, l.array.chunkBytes())
	for n := c; n < l.requests; n += l.clients {
		if err := get(client, l.address+l.array.key(n*7919), body); err != nil {
			return err
		}
	}
	return nil
}

func get(client *http.Client, url string, body []byte) error {
	answer, err := client.Get(url)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK || answer.ContentLength != int64(len(body)) {
		return fmt.Errorf("%s: status %s, %d bytes", url, answer.Status, answer.ContentLength)
	}
	_, err = io.ReadFull(answer.Body, body)
	return err
}
