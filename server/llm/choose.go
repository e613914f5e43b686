package llm

import (
	"context"
	"encoding/json"
	"fmt"

	"agentdesk/server/bot"
)

// ChooseTool implements bot.Chooser.
func (p *Pool) ChooseTool(ctx context.Context, t bot.ToolTurn) (name string, args json.RawMessage, err error) {
	w := Wish{Conversation: t.Conversation, Turns: t.Turns, Text: t.Text, Names: t.Names}
	for _, tool := range t.Tools {
		args := new(Schema)
		if err := json.Unmarshal(tool.Schema(), args); err != nil {
			return "", nil, fmt.Errorf("tool %s: %w", tool.Name, err)
		}
		w.Tools = append(w.Tools, Tool{Name: tool.Name, About: tool.Description, Args: args})
	}
	c, err := p.Choose(ctx, w)
	return c.Tool, c.Args, err
}
