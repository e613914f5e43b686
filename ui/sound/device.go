package sound

import (
	"errors"
	"fmt"
	"unsafe"

	"github.com/gen2brain/malgo"
)

var errNone = errors.New("this machine has no sound device")

// device is the machine's default output, through miniaudio, which loads the system's sound library when it is needed.
type device struct {
	ctx *malgo.AllocatedContext
	dev *malgo.Device
}

// openDevice opens the default output. The silent backend of miniaudio is left out: without a device the caller is told.
func openDevice(fill func([]int16)) (Output, error) {
	if !present() {
		return nil, errNone
	}
	ctx, err := malgo.InitContext(backends(), malgo.ContextConfig{}, nil)
	if err != nil {
		return nil, fmt.Errorf("find sound system: %w", err)
	}
	cfg := malgo.DefaultDeviceConfig(malgo.Playback)
	cfg.Playback.Format, cfg.Playback.Channels, cfg.SampleRate = malgo.FormatS16, 1, Rate
	dev, err := malgo.InitDevice(ctx.Context, cfg, malgo.DeviceCallbacks{Data: func(out, _ []byte, frames uint32) {
		if frames > 0 {
			fill(unsafe.Slice((*int16)(unsafe.Pointer(&out[0])), int(frames))) // the machine's own order of bytes, as the device wants it
		}
	}})
	if err == nil {
		if err = dev.Start(); err != nil {
			dev.Uninit()
		}
	}
	if err != nil {
		free(ctx)
		return nil, fmt.Errorf("open sound device: %w", err)
	}
	return &device{ctx, dev}, nil
}

// Close implements Output. It waits until the device's thread has ended.
func (d *device) Close() {
	d.dev.Uninit()
	free(d.ctx)
}

func free(ctx *malgo.AllocatedContext) {
	_ = ctx.Uninit() // nothing can be done about a system that will not let go
	ctx.Free()
}
