package sound

import (
	"os"
	"path/filepath"
	"strings"
)

// present reports whether this machine can sound at all: a playback device of the kernel, or a sound server's socket. Without
// either, the sound libraries are better left alone: some of their plug-ins crash the process where shared memory is scarce,
// as on a virtual display in a container.
func present() bool {
	devices, err := filepath.Glob("/dev/snd/pcm*p")
	if err == nil && len(devices) > 0 || os.Getenv("PULSE_SERVER") != "" {
		return true
	}
	run := os.Getenv("XDG_RUNTIME_DIR")
	if run == "" || !strings.HasPrefix(run, "/") {
		return false
	}
	for _, socket := range []string{"pulse/native", "pipewire-0"} {
		if _, err := os.Stat(filepath.Join(run, socket)); err == nil {
			return true
		}
	}
	return false
}
