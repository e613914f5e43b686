//go:build realllm

package llm

import (
	"os"
	"testing"
)

// TestContract_RealServer needs LLM_URL, such as http://127.0.0.1:18080/v1, and LLM_MODEL: see make contract-llm.
func TestContract_RealServer(t *testing.T) {
	e := Endpoint{BaseURL: os.Getenv("LLM_URL"), Model: os.Getenv("LLM_MODEL"), Key: os.Getenv("LLM_KEY"), JSON: JSONMode(os.Getenv("LLM_JSON"))}
	if e.BaseURL == "" || e.Model == "" {
		t.Fatal("LLM_URL and LLM_MODEL name the endpoint")
	}
	e.Name = "real"
	contract(t, e)
}
