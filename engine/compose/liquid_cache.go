package compose

import (
	"container/list"
	"sync"

	"github.com/postroom/postroom/engine/liquid"
)

// parsed keeps the templates in use, the latest first. A campaign has a handful
// of templates and a million people.
var parsed = newCache()

const (
	maxCached      = 2000    // templates
	maxCachedBytes = 8 << 20 // of their sources; a template is some ten times that
)

type cache struct {
	mu      sync.Mutex
	entries map[string]*list.Element
	order   *list.List // of cached, the most recently used in front
	bytes   int
}

type cached struct {
	source   string
	template *liquid.Template
}

func newCache() *cache {
	return &cache{entries: map[string]*list.Element{}, order: list.New()}
}

func (c *cache) get(source string) *liquid.Template {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.entries[source]
	if !ok {
		return nil
	}
	c.order.MoveToFront(e)
	return e.Value.(cached).template
}

func (c *cache) put(source string, p *liquid.Template) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, ok := c.entries[source]; ok {
		return
	}
	c.entries[source] = c.order.PushFront(cached{source, p})
	c.bytes += len(source)
	for c.order.Len() > maxCached || c.bytes > maxCachedBytes {
		last := c.order.Remove(c.order.Back()).(cached)
		delete(c.entries, last.source)
		c.bytes -= len(last.source)
	}
}
