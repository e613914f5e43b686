package desk

import (
	"testing"

	"fyne.io/fyne/v2"
)

func TestForm_FollowsTheTable(t *testing.T) {
	cases := []struct {
		name                       string
		w, h                       float32
		widths                     map[string]float32
		scale                      float32
		rail, queue, conv, copilot float32
	}{
		{"1920", 1920, 1080, nil, 1, 64, 340, 1096, 420},
		{"4K", 3840, 2160, nil, 1, 64, 340, 3016, 420},
		{"1440", 1440, 900, nil, 1, 64, 304, 724, 348},
		{"1280", 1280, 800, nil, 1, 64, 280, 616, 320},
		{"1024", 1024, 720, nil, 1, 56, 264, 656, 48},
		{"dragged", 1440, 900, map[string]float32{"queue": 260, "copilot": 500}, 1, 64, 260, 616, 500},
		{"a wide copilot gives way to the conversation", 1440, 900, map[string]float32{"queue": 440, "copilot": 560}, 1, 64, 440, 480, 456},
		{"then it collapses", 1200, 800, map[string]float32{"queue": 440, "copilot": 560}, 1, 64, 440, 648, 48},
		{"collapsed by hand", 1440, 900, map[string]float32{"queue": 72, "copilot": 48}, 1, 64, 72, 1256, 48},
		{"below its fold", 1440, 900, map[string]float32{"queue": 150}, 1, 64, 72, 956, 348},
		{"between fold and least", 1440, 900, map[string]float32{"queue": 200}, 1, 64, 240, 788, 348},
		{"narrower than a window gets", 700, 720, nil, 1, 56, 72, 524, 48},
	}
	for _, c := range cases {
		f := formOf(fyne.NewSize(c.w, c.h), c.widths, c.scale)
		if conv := c.w - f.rail - f.queue - f.copilot; f.rail != c.rail || f.queue != c.queue || f.copilot != c.copilot || conv != c.conv {
			t.Errorf("%s: %v / %v / %v / %v, want %v / %v / %v / %v", c.name, f.rail, f.queue, conv, f.copilot, c.rail, c.queue, c.conv, c.copilot)
		}
	}
}

func TestForm_ConversationKeepsItsWidth(t *testing.T) {
	for w := float32(1024); w <= 2600; w += 37 {
		for queue := float32(0); queue <= 600; queue += 60 {
			for copilot := float32(0); copilot <= 700; copilot += 70 {
				f := formOf(fyne.NewSize(w, 720), map[string]float32{"queue": queue, "copilot": copilot}, 1)
				if conv := w - f.rail - f.queue - f.copilot; conv < 480 {
					t.Fatalf("%v wide with queue %v and copilot %v: the conversation has %v", w, queue, copilot, conv)
				}
			}
		}
	}
}
