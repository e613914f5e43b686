//go:build linux && !ci && !gles && !arm && !arm64

package repaint

import (
	"math"
	"strings"

	"github.com/go-gl/gl/v2.1/gl"
	"github.com/go-gl/glfw/v3.3/glfw"
)

// driver is the graphics driver that Fyne paints with. Fyne loads the functions.
func driver() screen { return &mesa{} }

type mesa struct{ known, soft bool }

func (*mesa) inFrame() bool { return glfw.GetCurrentContext() != nil }

// software asks for the drivers of Mesa that draw with the processor.
func (m *mesa) software() bool {
	if !m.known {
		m.known = true
		name := strings.ToLower(gl.GoStr(gl.GetString(gl.RENDERER)))
		m.soft = strings.Contains(name, "llvmpipe") || strings.Contains(name, "softpipe") || strings.Contains(name, "software rasterizer")
	}
	return m.soft
}

func (*mesa) forbid() {
	gl.Scissor(0, 0, 0, 0)
	gl.Enable(gl.SCISSOR_TEST)
}

func (*mesa) allow(x, y, w, h int) {
	gl.Scissor(int32(x), int32(y), int32(w), int32(h)) //nolint:gosec // pixels of a window
	gl.Enable(gl.SCISSOR_TEST)
}

func (*mesa) allowAll() { gl.Disable(gl.SCISSOR_TEST) }

func (*mesa) clear() { gl.Clear(gl.COLOR_BUFFER_BIT | gl.DEPTH_BUFFER_BIT) }

// stamp leaves Fyne's background colour as it is: it is set anew before each frame.
func (*mesa) stamp(v uint8) {
	gl.Scissor(0, 0, 1, 1)
	gl.Enable(gl.SCISSOR_TEST)
	gl.ClearColor(float32(v)*8/255, 0, 0, 1)
	gl.Clear(gl.COLOR_BUFFER_BIT)
	gl.Disable(gl.SCISSOR_TEST)
}

func (*mesa) stamped() uint8 {
	var px [4]uint8
	gl.ReadBuffer(gl.BACK)
	gl.ReadPixels(0, 0, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, gl.Ptr(&px[0]))
	if px[1] != 0 || px[2] != 0 {
		return 0
	}
	return px[0] / 8
}

func (*mesa) pixels(v float32) int { return int(math.Round(float64(v))) }
