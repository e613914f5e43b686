package encoder

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"

	ort "github.com/yalue/onnxruntime_go"
)

// runtimeFolder is where tools/setup puts the library: below the user's cache folder, with the version in the name.
const runtimeFolder = "agentdesk/onnxruntime-1.30.0"

// runtimeFile is the library's name on Linux.
const runtimeFile = "libonnxruntime.so.1"

// ErrNoRuntime says that ONNX Runtime's library is missing or can't be used.
var ErrNoRuntime = errors.New("ONNX Runtime is not to be had")

// loading keeps two from loading the library at once: it has one state a process.
var loading sync.Mutex

// FindRuntime is where the library is looked for when nobody says: where set-up puts it. The file may be missing.
func FindRuntime() (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("%w: no cache folder to look in: %w", ErrNoRuntime, err)
	}
	return filepath.Join(cache, filepath.FromSlash(runtimeFolder), runtimeFile), nil
}

// loadRuntime loads the library, once a process: a later call with another path finds the first one in use.
func loadRuntime(library string) error {
	loading.Lock()
	defer loading.Unlock()
	if ort.IsInitialized() {
		return nil
	}
	if st, err := os.Stat(library); err != nil {
		return fmt.Errorf("%w: %w (make setup fetches it)", ErrNoRuntime, err)
	} else if !st.Mode().IsRegular() {
		return fmt.Errorf("%w: %s is no file", ErrNoRuntime, library)
	}
	ort.SetSharedLibraryPath(library)
	if err := ort.InitializeEnvironment(ort.WithLogLevelError()); err != nil {
		return fmt.Errorf("%w: %w", ErrNoRuntime, err)
	}
	return nil
}
