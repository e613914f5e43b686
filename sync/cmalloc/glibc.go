//go:build linux && cgo

package cmalloc

/*
#include <malloc.h>

static int limit(int n) {
#ifdef __GLIBC__
	return mallopt(M_ARENA_MAX, n);
#else
	return 0;
#endif
}
*/
import "C"

// Limit allows n arenas, 1 or more. Call it first in main: what exists stays. It reports whether the C library has arenas to
// limit.
func Limit(n int) bool { return C.limit(C.int(n)) == 1 }
