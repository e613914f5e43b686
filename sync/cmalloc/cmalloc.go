// Package cmalloc keeps the C library's allocator, which SQLite uses, from spreading over many arenas: a Go program calls C
// from ever new threads, and glibc gives those up to eight arenas a core, each of which keeps what was freed in it.
package cmalloc

// Arenas is what the programs here allow. Two threads rarely allocate in C at once.
const Arenas = 2
