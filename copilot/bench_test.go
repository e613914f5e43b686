package copilot

import (
	"testing"

	"agentdesk/sync/label"
)

func BenchmarkSuggest(b *testing.B) {
	c, in := New(Params{}), sample(label.ReturnRefund, label.Anxious, "那现在怎么办，能退吗")
	for b.Loop() {
		if _, err := c.Suggest(b.Context(), in, 3, nil); err != nil {
			b.Fatal(err)
		}
	}
}
