package files

import (
	"container/list"
	"strings"
	"sync"
)

// cache keeps small pictures, bounded in bytes; the one longest unused leaves first. It lives in memory only: nothing
// unsealed is written.
type cache struct {
	limit int

	mu    sync.Mutex
	bytes int
	m     map[string]*list.Element
	order *list.List // front: used last
}

type cached struct {
	key, mime string
	data      []byte
}

func newCache(limit int) *cache {
	return &cache{limit: limit, m: map[string]*list.Element{}, order: list.New()}
}

func (c *cache) get(key string) (*cached, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	el, ok := c.m[key]
	if !ok {
		return nil, false
	}
	c.order.MoveToFront(el)
	return el.Value.(*cached), true
}

func (c *cache) put(key string, data []byte, mime string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, ok := c.m[key]; ok || len(data) > c.limit {
		return
	}
	c.m[key] = c.order.PushFront(&cached{key, mime, data})
	c.bytes += len(data)
	for c.bytes > c.limit {
		c.remove(c.order.Back())
	}
}

func (c *cache) remove(el *list.Element) {
	e := el.Value.(*cached)
	c.order.Remove(el)
	delete(c.m, e.key)
	c.bytes -= len(e.data)
}

// drop forgets all sizes of a picture.
func (c *cache) drop(hash string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for el := c.order.Front(); el != nil; {
		next := el.Next()
		if strings.HasPrefix(el.Value.(*cached).key, hash) {
			c.remove(el)
		}
		el = next
	}
}
