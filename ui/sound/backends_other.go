//go:build !linux && !windows

package sound

import "github.com/gen2brain/malgo"

func backends() []malgo.Backend {
	return []malgo.Backend{malgo.BackendCoreaudio, malgo.BackendSndio, malgo.BackendAudio4, malgo.BackendOss}
}
