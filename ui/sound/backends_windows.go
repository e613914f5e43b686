package sound

import "github.com/gen2brain/malgo"

func backends() []malgo.Backend {
	return []malgo.Backend{malgo.BackendWasapi, malgo.BackendDsound, malgo.BackendWinmm}
}
