package main

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"slices"
	"syscall"

	"github.com/go-memoryview/memoryview/cmd/memview/internal/arraytext"
	"github.com/go-memoryview/memoryview/cmd/memview/internal/gate"
	"github.com/go-memoryview/memoryview/cmd/memview/internal/page"
	"github.com/go-memoryview/memoryview/remote"
)

type serveCommand struct {
	Files []string `arg:"" optional:"" help:"Files, and - for standard input. Nothing else is served. A small sample where none is named." placeholder:"FILE"`

	Addr string `help:"Where to listen. Only this machine reaches 127.0.0.1; any other address wants TLS." default:"127.0.0.1:0" placeholder:"HOST:PORT"`
	Open bool   `help:"Open the page in the browser."`
	JSON bool   `name:"json" help:"Print addresses, token and names as JSON, one line for each link."`

	TokenFile string `group:"Who is let in:" help:"Programs read data by the token in this file (default: that in MEMVIEW_TOKEN, or one that is made and printed)." placeholder:"FILE"`
	NoToken   bool   `group:"Who is let in:" help:"Every program of this machine, other users' too, reads data without a token. Only on its own addresses."`
	Cert      string `group:"Who is let in:" help:"Speak TLS, and show this certificate (PEM)." placeholder:"FILE"`
	Key       string `group:"Who is let in:" help:"The certificate's key (PEM)." placeholder:"FILE"`
	NewCert   string `group:"Who is let in:" help:"Speak TLS by a certificate that is made now, for 30 days; what clients shall trust is written to this file." placeholder:"FILE"`

	rawFlags
}

// Help is called by kong.
func (*serveCommand) Help() string {
	return "The printed link lets one browser in, once; who asks without it gets nothing, and makes memview print a new one. " +
		"Programs send the printed token, and read every array by its file's name and its own, as in data.npz/x (of two files of one name, the second is called data-2.npz): as JSON (/info/NAME), bytes, with ranges (/bytes/NAME), an npy file (/npy/NAME), and as Zarr (/zarr/v3, /zarr/v2). " +
		"Nothing is written, and an interrupt ends it.\n\n" + examples(`
		memview serve photo.npy model.safetensors
		memview serve --open *.npy
		memview serve --format '<f' --shape 480,640 depth.bin
		memview serve --json log.npy | jq -r .url
		memview serve --no-token --addr 127.0.0.1:8000 log.npy
		memview http://127.0.0.1:8000:log.npy '[-5:]'
		curl -O http://127.0.0.1:8000/npy/log.npy
		python: zarr.open_group("http://127.0.0.1:8000/zarr/v3", mode="r")
		memview serve --addr 127.0.0.1:8000 log.npy   and from afar: ssh -L 8000:127.0.0.1:8000 HOST
		memview serve --addr 0.0.0.0:8000 --new-cert ca.pem log.npy
		memview --cacert ca.pem https://HOST:8000:log.npy   with ca.pem and MEMVIEW_TOKEN there`)
}

// Validate is called by kong.
func (c *serveCommand) Validate() error {
	switch {
	case (c.Cert == "") != (c.Key == ""):
		return errors.New("--cert and --key belong together")
	case c.Cert != "" && c.NewCert != "":
		return errors.New("--cert and --new-cert: one certificate is shown")
	case c.NoToken && c.TokenFile != "":
		return errors.New("--no-token and --token-file: one or the other")
	}
	first := source{openFlags: openFlags{rawFlags: c.rawFlags}}
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
	s, err := c.serving(out, listener, files)
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	defer s.faces.Close()
	if err := s.say(s.gate.Link(), true); err != nil {
		return errors.Join(err, listener.Close())
	}
	if c.Open {
		if err := openBrowser(ctx, s.gate.Link()); err != nil {
			tell(fmt.Errorf("no browser was opened: %w: open the link yourself", err))
		}
	}
	return s.gate.Serve(ctx, listener)
}

// tell says on the terminal what is no reason to end.
func tell(err error) { fmt.Fprintf(os.Stderr, "memview: %s\n", arraytext.Printable(err.Error())) }

// serving is a server that has been set up.
type serving struct {
	*serveCommand
	out   *output
	gate  *gate.Gate
	faces *remote.Tree
	made  string // the token, where it was made here
}

// serving puts the page, and the data as programs read them, behind a gate.
func (c *serveCommand) serving(out *output, listener net.Listener, files *shelf) (*serving, error) {
	o, err := c.access(listener)
	if err != nil {
		return nil, err
	}
	s := &serving{serveCommand: c, out: out}
	if o.Token == "" && !o.Anybody {
		s.made = rand.Text()
		o.Token = s.made
	}
	o.Title, o.Failed = "memview", tell
	o.Knocked = func(link string) { _ = s.say(link, false) } // nobody reads any more
	leftOut := func(name string, err error) { tell(fmt.Errorf("%s: is on the page only: %w", name, err)) }
	if s.faces, err = newFaces(files, leftOut, tell); err != nil {
		return nil, err
	}
	s.gate = gate.New(o)
	s.gate.Public("/", page.Handler())
	s.gate.Private("/api/", http.StripPrefix("/api", newAPI(files)))
	for _, path := range facePaths {
		s.gate.Data(path, s.faces)
	}
	return s, nil
}

// access says who is let in, and how. What is served to other machines is encrypted, and wants a token.
func (c *serveCommand) access(listener net.Listener) (o gate.Options, err error) {
	host, _, _ := net.SplitHostPort(c.Addr)
	_, port, _ := net.SplitHostPort(listener.Addr().String())
	o = gate.Options{Host: host, Port: port, Anybody: c.NoToken}
	if !isOwn(listener.Addr()) {
		switch {
		case c.NoToken:
			return o, fmt.Errorf("--no-token: other machines reach %s: without a token, programs read from this machine's own addresses only, such as 127.0.0.1", c.Addr)
		case c.Cert == "" && c.NewCert == "":
			return o, fmt.Errorf("--addr=%s: other machines reach it, and nothing would be encrypted: have a certificate made by --new-cert FILE, or give one by --cert and --key; "+
				"or stay at 127.0.0.1:%s, and come by ssh -L %[2]s:127.0.0.1:%[2]s HOST", c.Addr, port)
		}
	}
	if !c.NoToken {
		if o.Token, err = tokenOf(c.TokenFile); err != nil {
			return o, err
		}
	}
	o.TLS, o.Name, err = c.certificate(host)
	return o, err
}

// isOwn tells whether only this machine reaches an address.
func isOwn(address net.Addr) bool {
	tcp, ok := address.(*net.TCPAddr)
	return ok && tcp.IP.IsLoopback()
}

// certificate reads the one that was given, or makes one where that was asked for, with the name for links; nil where there is no TLS.
func (c *serveCommand) certificate(host string) (shown *tls.Certificate, name string, err error) {
	ip := net.ParseIP(host)
	everywhere := host == "" || ip != nil && ip.IsUnspecified()
	switch {
	case c.Cert != "":
		given, err := tls.LoadX509KeyPair(c.Cert, c.Key)
		if err != nil {
			return nil, "", fmt.Errorf("--cert=%s --key=%s: %w", c.Cert, c.Key, err)
		}
		if everywhere {
			name = nameOfCertificate(given.Leaf)
		}
		return &given, name, nil
	case c.NewCert != "":
		hosts := hostsOf(host)
		made, authority, err := newCertificate(hosts)
		if err == nil {
			err = writeCertificate(c.NewCert, authority)
		}
		if err != nil {
			return nil, "", fmt.Errorf("--new-cert: %w", err)
		}
		if everywhere {
			name = hosts[0]
		}
		return made, name, nil
	}
	return nil, "", nil
}

// said is what is printed as JSON.
type said struct {
	URL         string   `json:"url"`
	Address     string   `json:"address"`
	Token       string   `json:"token,omitempty"` // where it was made here
	Certificate string   `json:"certificate,omitempty"`
	Zarr        string   `json:"zarr"`
	Arrays      []string `json:"arrays"` // their names for programs
}

// say prints a link, and at the start how programs read what is served.
func (s *serving) say(link string, first bool) error {
	if s.JSON {
		all := said{URL: link, Address: s.gate.Address(), Token: s.made, Certificate: s.NewCert, Zarr: s.gate.Address() + zarrFace, Arrays: []string{}}
		for _, a := range s.faces.Arrays() {
			all.Arrays = append(all.Arrays, a.Name)
		}
		return errors.Join(encode(s.out, all), s.out.Flush())
	}
	fmt.Fprintf(s.out, "%s\n", link)
	s.out.comment("The link lets one browser in, once. Ctrl-C ends it.")
	if first {
		s.sayPrograms()
	}
	return s.out.Flush()
}

const zarrFace = "/zarr/v3"

// sayPrograms prints lines for a shell and for Python.
func (s *serving) sayPrograms() {
	arrays := s.faces.Arrays()
	if len(arrays) == 0 {
		return
	}
	example, face := arrays[0].Name, "/zarr/v2"
	if i := slices.IndexFunc(arrays, func(a remote.Description) bool { return slices.Contains(a.Faces, zarrFace+"/"+a.Name) }); i >= 0 {
		example, face = arrays[i].Name, zarrFace
	}
	switch {
	case s.NoToken:
		s.out.comment("For programs of this machine:")
	case s.made != "":
		s.out.comment("For programs:")
		s.out.comment("  export %s=%s", tokenVariable, s.made)
	default:
		s.out.comment("For programs that have the token in %s:", tokenVariable)
	}
	headers := ""
	if !s.NoToken {
		headers = fmt.Sprintf(`, storage_options={"headers": {"Authorization": "Bearer " + os.environ["%s"]}}`, tokenVariable)
	}
	trust := ""
	if s.NewCert != "" {
		s.out.comment("  export SSL_CERT_FILE=%s", shellQuoted(s.NewCert))
		trust = " --cacert " + shellQuoted(s.NewCert)
	}
	s.out.comment("  memview show%s %s", trust, shellQuoted(s.gate.Address()+":"+example))
	s.out.comment(`  python: zarr.open_group("%s%s", mode="r"%s)`, s.gate.Address(), face, headers)
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
