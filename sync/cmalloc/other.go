//go:build !linux || !cgo

package cmalloc

// Limit does nothing here: only glibc has arenas to limit.
func Limit(int) bool { return false }
