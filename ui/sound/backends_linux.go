package sound

import (
	"path/filepath"

	"github.com/gen2brain/malgo"
)

// backends leaves ALSA out where the kernel has no output: its library would write its own complaints about that to
// standard error, a screenful at each try.
func backends() []malgo.Backend {
	out := []malgo.Backend{malgo.BackendPulseaudio, malgo.BackendJack}
	if outputs, err := filepath.Glob("/dev/snd/pcm*p"); err == nil && len(outputs) > 0 {
		out = append(out, malgo.BackendAlsa)
	}
	return out
}
