package llm

import "time"

// Task is what a model is asked for. Model, prompt, limits and measured latency are kept by task.
type Task string

// The tasks.
const (
	TaskAnswer  Task = "answer"  // to the customer
	TaskSuggest Task = "suggest" // to the agent
	TaskSummary Task = "summary" // the handoff card, as JSON
	TaskTool    Task = "tool"    // which tool of the shop to use, as JSON
	taskProbe   Task = "probe"   // one token, to see whether a provider lives
)

// Tasks are all tasks that configuration may name.
func Tasks() []Task { return []Task{TaskAnswer, TaskSuggest, TaskSummary, TaskTool} }

// limits of a task. Nobody waits longer than total, whatever providers do.
type limits struct {
	first     time.Duration // until the first token, at most
	total     time.Duration
	maxTokens int
	maxRunes  int
}

func (t Task) limits() limits {
	switch t {
	case TaskSuggest:
		return limits{first: 2 * time.Second, total: 8 * time.Second, maxTokens: 400, maxRunes: 1200}
	case TaskSummary:
		return limits{first: 2 * time.Second, total: 8 * time.Second, maxTokens: 500, maxRunes: 2000}
	case TaskTool:
		return limits{first: 2 * time.Second, total: 5 * time.Second, maxTokens: 200, maxRunes: 800}
	case taskProbe:
		return limits{first: 3 * time.Second, total: 4 * time.Second, maxTokens: 1, maxRunes: 64}
	}
	return limits{first: 2 * time.Second, total: 6 * time.Second, maxTokens: 400, maxRunes: 1200}
}
