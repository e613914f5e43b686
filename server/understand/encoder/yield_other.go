//go:build !linux

package encoder

// yieldToOthers does nothing here: elsewhere a thread's priority is no matter of one portable call.
func yieldToOthers() {}
