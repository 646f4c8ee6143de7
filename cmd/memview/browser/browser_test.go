package browser

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// memview is the program, and chromium a running browser, for all tests.
var (
	memview  string
	chromium context.Context
)

// patience bounds what a test may take on a busy machine: what ends there is a failure.
const patience = 4 * time.Minute

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	folder, err := os.MkdirTemp("", "memview-browser")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(folder)
	memview = filepath.Join(folder, "memview")
	build := exec.Command("go", "build", "-o", memview, "./cmd/memview")
	build.Dir = "../../.."
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "%v: %s\n", err, out)
		return 1
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.Flag("disable-gpu", true), chromedp.UserDataDir(filepath.Join(folder, "profile")))
	if os.Geteuid() == 0 { // Chromium's sandbox refuses root, which continuous builds are
		options = append(options, chromedp.NoSandbox)
	}
	allocator, stop := chromedp.NewExecAllocator(context.Background(), options...)
	defer stop()
	var end context.CancelFunc
	chromium, end = chromedp.NewContext(allocator)
	defer end()
	return m.Run()
}

// startBrowser starts it once, for all tests.
var startBrowser = sync.OnceValue(func() error { return chromedp.Do(chromium) })

// needBrowser skips where there is none; the project's own test command has one.
func needBrowser(t *testing.T) {
	t.Helper()
	err := startBrowser()
	if errors.Is(err, exec.ErrNotFound) {
		t.Skip("there is no Chromium: scripts/machine installs it")
	}
	if err != nil {
		t.Fatal(err)
	}
}

// serve runs memview serve with some arguments until the test ends.
type server struct {
	*exec.Cmd

	link, address string
	lines         chan string // what it prints after the first
}

func serve(t *testing.T, args ...string) *server {
	t.Helper()
	s := &server{Cmd: exec.Command(memview, append([]string{"serve", "--json"}, args...)...), lines: make(chan string, 10)}
	out, err := s.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var stderr strings.Builder
	s.Stderr = &stderr
	if err := s.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	if !lines.Scan() {
		t.Fatalf("memview prints nothing: %v, %s", s.Wait(), stderr.String())
	}
	var said struct{ URL, Address string }
	if err := json.Unmarshal(lines.Bytes(), &said); err != nil {
		t.Fatal(err)
	}
	s.link, s.address = said.URL, said.Address
	go func() {
		defer close(s.lines)
		for lines.Scan() {
			s.lines <- lines.Text()
		}
	}()
	t.Cleanup(func() {
		if err := s.Process.Signal(os.Interrupt); err != nil {
			t.Error(err)
		}
		for range s.lines { // until it has ended
		}
		if err := s.Wait(); err != nil || stderr.Len() > 0 {
			t.Errorf("memview ends with %v, and says %q", err, stderr.String())
		}
	})
	return s
}

// page is a tab. It collects what a page must not have: errors on the console, exceptions, requests to elsewhere.
type page struct {
	context.Context

	t        *testing.T
	mu       sync.Mutex
	problems []string
	requests []string // addresses
	received float64  // bytes of answers
	expected []string // parts of problems that the test provokes
}

func newPage(t *testing.T) *page {
	t.Helper()
	needBrowser(t)
	ctx, closeTab := chromedp.NewContext(chromium)
	t.Cleanup(closeTab)
	ctx, cancel := context.WithTimeout(ctx, patience)
	t.Cleanup(cancel)
	p := &page{Context: ctx, t: t}
	if err := chromedp.Listen(ctx, p.event); err != nil {
		t.Fatal(err)
	}
	p.do(command(network.Enable, network.EnableParams{}), command(log.Enable, cdp.Empty{}))
	t.Cleanup(p.check)
	p.look(1280, 800, "light")
	return p
}

func (p *page) event(event any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		p.problems = append(p.problems, "exception: "+(&chromedp.ExceptionError{ExceptionDetails: e.ExceptionDetails}).Error())
	case *runtime.EventConsoleAPICalled:
		if e.Type == "error" || e.Type == "warning" {
			p.problems = append(p.problems, fmt.Sprintf("console: %s", e.Args[0].Value))
		}
	case *log.EventEntryAdded:
		if e.Entry.Level == "error" || e.Entry.Level == "warning" {
			p.problems = append(p.problems, "log: "+e.Entry.Text+" "+e.Entry.URL)
		}
	case *network.EventRequestWillBeSent:
		p.requests = append(p.requests, e.Request.URL)
	case *network.EventLoadingFinished:
		p.received += e.EncodedDataLength
	}
}

// check fails for every problem that the test did not expect.
func (p *page) check() {
	p.mu.Lock()
	defer p.mu.Unlock()
problems:
	for _, problem := range p.problems {
		for _, part := range p.expected {
			if strings.Contains(problem, part) {
				continue problems
			}
		}
		p.t.Errorf("the page has a problem: %s", problem)
	}
}

type action = chromedp.Action[chromedp.Void]

// command is one of the browser's own protocol.
func command[P, R any](c cdp.Command[P, R], params P) action {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, c, params)
		return err
	})
}

func (p *page) do(actions ...action) {
	p.t.Helper()
	if err := chromedp.Do(p.Context, actions...); err != nil {
		p.fatal(err)
	}
}

func (p *page) fatal(err error) {
	p.t.Helper()
	text, otherwise := chromedp.Run(p.Context, chromedp.Evaluate[string]("document.body.innerText"))
	if otherwise != nil {
		text = otherwise.Error()
	}
	p.t.Fatalf("%v; the page says %.2000s", err, text)
}

// ask evaluates an expression in the page. Promises are waited for.
func ask[T any](p *page, expression string) T {
	p.t.Helper()
	result, err := chromedp.Run(p.Context, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		p.fatal(fmt.Errorf("%s: %w", expression, err))
	}
	return result
}

// until waits for an expression to be true.
func (p *page) until(expression string) {
	p.t.Helper()
	for end := time.Now().Add(patience / 3); !ask[bool](p, expression); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			p.fatal(fmt.Errorf("this does not become true: %s", expression))
		}
	}
}

// ready waits until nothing is awaited.
func (p *page) ready() {
	p.t.Helper()
	p.until(`!!document.querySelector("#main > *") && !document.querySelector("[aria-busy=true], .waiting, .awaited")`)
}

func (p *page) open(address string) {
	p.t.Helper()
	p.do(chromedp.Navigate(address))
	p.ready()
}

// to goes to another part by its address's fragment.
func (p *page) to(fragment string) {
	p.t.Helper()
	ask[bool](p, fmt.Sprintf("location.hash = %q, new Promise((f) => setTimeout(() => f(true), 40))", fragment))
	p.ready()
}

// look sets the size and the colours that the page is shown in.
func (p *page) look(width, height int64, scheme string) {
	p.t.Helper()
	p.do(chromedp.EmulateViewport(width, height))
	p.media("prefers-color-scheme", scheme)
}

func (p *page) media(feature, value string) {
	p.t.Helper()
	p.do(command(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: feature, Value: value}}}))
}

// listen takes a port of this machine.
func listen(t *testing.T) (net.Listener, string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return listener, "http://" + listener.Addr().String()
}

// touched is how much of its files the server has in its memory.
func (s *server) touched(t *testing.T) int64 {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.Process.Pid))
	if err != nil {
		t.Skip("platform: there is no /proc")
	}
	_, rest, _ := strings.Cut(string(status), "RssFile:")
	var kilobytes int64
	if _, err := fmt.Sscan(rest, &kilobytes); err != nil {
		t.Fatal(err)
	}
	return kilobytes << 10
}
