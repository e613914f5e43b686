//go:build ci

package look

// shaders says that a graphics driver paints, and not the software painter of tests.
const shaders = false
