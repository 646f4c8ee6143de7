package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"sync"
	"time"

	"github.com/go-memoryview/memoryview/internal/summary"
)

const refresh = 100 * time.Millisecond

// progress is a line on a terminal that says how far long work is. The zero progress shows nothing.
type progress struct {
	to       io.Writer
	width    int           // of the terminal; 0 where there is none
	patience time.Duration // before it is shown
	atMost   time.Duration // that a fetch may take; 0 for any

	mutex sync.Mutex
	shown bool
}

// progressOn is shown on a terminal, and in no pipe or file.
func progressOn(file *os.File) *progress {
	width, _, _ := terminal(file)
	return &progress{to: file, width: width, patience: time.Second}
}

var errInterrupted = errors.New("interrupted: what was counted so far is not shown")

// run does work that may take long. An interrupt ends it with an error.
func (p *progress) run(what string, work func(*summary.Work) error) error {
	w := new(summary.Work)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	defer context.AfterFunc(ctx, w.Stop)()
	if p.width > 0 {
		defer p.show(what, w)()
	}
	err := work(w)
	if errors.Is(err, summary.ErrStopped) {
		return errInterrupted
	}
	return err
}

// fetch does work that waits for others, and shows how far it reports to be. An interrupt ends its context.
func (p *progress) fetch(work func(ctx context.Context, report func(done, total int64)) error) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if p.atMost > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, p.atMost)
		defer cancel()
	}
	err := p.run("fetch", func(w *summary.Work) error {
		return work(ctx, func(done, total int64) { _ = w.Report(done, total) }) // what ends it is the context
	})
	if ctx.Err() != nil {
		return errors.New("interrupted: what was fetched so far is thrown away")
	}
	return err
}

// show begins to show progress. What it returns ends that, and leaves the line empty.
func (p *progress) show(what string, w *summary.Work) (end func()) {
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		start := time.Now()
		ticks := time.NewTicker(refresh)
		defer ticks.Stop()
		for {
			select {
			case <-ctx.Done():
				p.wipe()
				return
			case now := <-ticks.C:
				if now.Sub(start) >= p.patience {
					p.draw(what, w)
				}
			}
		}
	}()
	return func() {
		cancel()
		<-ended
	}
}

func (p *progress) draw(what string, w *summary.Work) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	fmt.Fprintf(p.to, "\r%s\x1b[K", p.line(what, w))
	p.shown = true
}

// wipe leaves the line empty.
func (p *progress) wipe() {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.clear()
}

func (p *progress) clear() {
	if p.shown {
		fmt.Fprint(p.to, "\r\x1b[K")
		p.shown = false
	}
}

// aside calls print, which prints while the work goes on, where the line stands, too.
func (p *progress) aside(print func() error) error {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.clear()
	return print()
}

// line is as long as there is room for.
func (p *progress) line(what string, w *summary.Work) string {
	done, total := w.Progress()
	part := float64(done) / float64(max(total, 1))
	const frame = len("  [] 100%")
	bar := min(30, p.width-1-len(what)-frame)
	if bar < 5 {
		return fmt.Sprintf("%3.0f%%", 100*part)
	}
	full := int(part * float64(bar))
	return fmt.Sprintf("%s  [%s%s] %3.0f%%", what, strings.Repeat("#", full), strings.Repeat(".", bar-full), 100*part)
}
