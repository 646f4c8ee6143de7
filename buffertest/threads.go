package buffertest

import (
	"sync"

	"github.com/go-memoryview/memoryview/buffer"
)

const (
	threads = 8
	turns   = 50
)

// checkThreads asks and releases from many goroutines at once. The race detector sees more of it.
func (t *tester) checkThreads() {
	if !t.begin() {
		return
	}
	var served []buffer.Flags
	for _, flags := range requests() {
		if len(t.reasons(flags)) == 0 {
			served = append(served, flags)
		}
	}
	var wait sync.WaitGroup
	var mu sync.Mutex
	start := make(chan bool)
	for i := range threads {
		wait.Go(func() {
			var own complaints
			<-start
			for turn := range turns {
				t.turn(&own, served[(i+turn)%len(served)])
			}
			mu.Lock()
			defer mu.Unlock()
			for _, err := range own.found {
				t.fail(shares, "%w", err)
			}
		})
	}
	close(start)
	wait.Wait()
	t.checkSharedLoan()
}

// turn takes a loan, reads it and a part of it, and releases both.
func (t *tester) turn(own *complaints, flags buffer.Flags) {
	defer func() {
		if r := recover(); r != nil {
			own.fail(answers, "it panicked: %v", r)
		}
	}()
	b, err := t.exporter.GetBuffer(flags)
	if err != nil || b == nil {
		own.fail(serves, "request %v: %v, %w", flags, b, err)
		return
	}
	var part buffer.Buffer
	if err := b.Cut(&part); err != nil {
		own.fail(independent, "request %v: %w", flags, err)
	}
	if err := b.Release(); err != nil {
		own.fail(independent, "request %v: %w", flags, err)
	}
	if err := t.same(&part); err != nil {
		own.fail(stays, "request %v: %w", flags, err)
	}
	_ = part.Release()
}

// checkSharedLoan has many release one loan.
func (t *tester) checkSharedLoan() {
	for range turns {
		b, ok := t.ask(buffer.FullRO)
		if !ok {
			return
		}
		var wait sync.WaitGroup
		for range threads {
			wait.Go(func() { _ = b.Release() })
		}
		wait.Wait()
		if !b.Released() {
			t.fail(independent, "a loan that many released is not released")
			return
		}
	}
}
