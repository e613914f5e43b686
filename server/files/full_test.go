package files

import (
	"errors"
	"fmt"
	"io/fs"
	"syscall"
	"testing"
)

func TestFull_IsNamed(t *testing.T) {
	for err, want := range map[error]bool{
		&fs.PathError{Op: "write", Path: "x", Err: syscall.ENOSPC}: true,
		fmt.Errorf("index: %w", syscall.EDQUOT):                    true,
		errors.New("database or disk is full"):                     true,
		errors.New("no such table"):                                false,
	} {
		if got := errors.Is(full(err), ErrFull); got != want {
			t.Errorf("%v: %v", err, got)
		}
	}
}

func TestCache_BoundedOldestFirst(t *testing.T) {
	c := newCache(100)
	for i := range 5 {
		c.put(fmt.Sprint(i), make([]byte, 30), "image/png")
		c.get("0")
	}
	if _, ok := c.get("0"); !ok || c.bytes > 100 || len(c.m) != 3 {
		t.Fatalf("%d bytes in %d", c.bytes, len(c.m))
	}
	c.put("huge", make([]byte, 101), "image/png")
	if _, ok := c.get("huge"); ok {
		t.Fatal("more than all")
	}
}
