package channel

import (
	"context"
	"errors"
	"sync"
	"time"
)

// pool bounds how many connections are open at once and keeps those that are
// between two messages.
type pool struct {
	slots   chan struct{} // one for each message under way
	timeout time.Duration

	mu     sync.Mutex
	idle   []*conn // the most recently used last
	closed bool
	reaper *time.Timer // closes what has been idle for too long
}

func newPool(size int, timeout time.Duration) *pool {
	return &pool{slots: make(chan struct{}, size), timeout: timeout}
}

// enter waits for a slot.
func (p *pool) enter(ctx context.Context) error {
	select {
	case p.slots <- struct{}{}:
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		<-p.slots
		return errors.New("sending has been stopped")
	}
	return nil
}

func (p *pool) leave() { <-p.slots }

// take is the connection that was used last, or nil. One that has carried
// enough messages is closed instead.
func (p *pool) take(most int) *conn {
	p.mu.Lock()
	defer p.mu.Unlock()
	for len(p.idle) > 0 {
		c := p.idle[len(p.idle)-1]
		p.idle = p.idle[:len(p.idle)-1]
		if c.messages < most && time.Since(c.since) < p.timeout {
			return c
		}
		go c.quit()
	}
	return nil
}

// put keeps a connection for the next message, if it can still carry one.
func (p *pool) put(c *conn) {
	if c.broken {
		c.Close()
		return
	}
	p.mu.Lock()
	if p.closed {
		p.mu.Unlock()
		c.quit() // close waits for this
		return
	}
	defer p.mu.Unlock()
	c.since = time.Now()
	p.idle = append(p.idle, c)
	if p.reaper == nil {
		p.reaper = time.AfterFunc(p.timeout, p.reap)
	}
}

// reap closes the connections that have been idle for too long, the oldest
// being in front, and comes back for the others.
func (p *pool) reap() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.reaper = nil
	n := 0
	for n < len(p.idle) && time.Since(p.idle[n].since) >= p.timeout {
		go p.idle[n].quit()
		n++
	}
	p.idle = append([]*conn(nil), p.idle[n:]...)
	if len(p.idle) > 0 && !p.closed {
		p.reaper = time.AfterFunc(p.timeout-time.Since(p.idle[0].since), p.reap)
	}
}

// close ends the idle connections at once and the others as they come back.
func (p *pool) close() {
	p.mu.Lock()
	already := p.closed
	p.closed = true
	if p.reaper != nil {
		p.reaper.Stop()
	}
	idle := p.idle
	p.idle = nil
	p.mu.Unlock()
	var all sync.WaitGroup
	for _, c := range idle {
		all.Go(c.quit)
	}
	all.Wait()
	if already {
		return
	}
	for range cap(p.slots) {
		p.slots <- struct{}{}
	}
	for range cap(p.slots) {
		<-p.slots
	}
}
