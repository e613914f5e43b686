package main

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"agentdesk/ui/shot"
)

// webKept are the pictures of shop and chat that the repository keeps.
var webKept = []string{"designed.png", "chat-rich-top-zh.png", "chat-rich-end-zh.png", "chat-orders-zh.png", "chat-rate-why-zh.png", "chat-recording-zh.png", "chat-lost-zh.png",
	"chat-form-zh-390.png", "chat-rich-top-zh-390.png", "shop-checkout-zh.png"}

// web takes over what a real browser drew of the shop and its chat (E2E_SHOTS of tools/e2e/web).
func web(out, shots string, kept bool) ([]plate, error) {
	files, err := filepath.Glob(filepath.Join(shots, "*.png"))
	if err != nil {
		return nil, fmt.Errorf("list pictures: %w", err)
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("no pictures of shop and chat in %s", shots)
	}
	slices.SortFunc(files, func(a, b string) int { return strings.Compare(webScene(a)+a, webScene(b)+b) })
	var drawn []plate
	for _, f := range files {
		p := plate{Scene: webScene(f), name: filepath.Base(f)}
		if kept && !slices.Contains(webKept, p.name) {
			continue
		}
		if p.name == "designed.png" {
			p.Target = "widget-demo.png"
		}
		img, err := shot.Load(f)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", p.name, err)
		}
		if err := write(out, p, img); err != nil {
			return nil, err
		}
		drawn = append(drawn, p)
	}
	return drawn, nil
}

// webScene is the heading a picture of the browser stands under.
func webScene(file string) string {
	kind, _, _ := strings.Cut(strings.TrimSuffix(filepath.Base(file), ".png"), "-")
	switch kind {
	case "shop", "embed":
		return kind
	}
	return "chat"
}
