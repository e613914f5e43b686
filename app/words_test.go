package app

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"agentdesk/assets"
	"agentdesk/sync/conversation"
)

// Whatever app tells by a key has words in both languages.
func TestKeys_HaveWords(t *testing.T) {
	keys := map[string]bool{"notice.followup.set": true, "notice.followup.done": true}
	for _, code := range []conversation.Code{conversation.StaleEpoch, conversation.NotHolder, conversation.AlreadyClosed, conversation.NoOffer,
		conversation.NotWaiting, conversation.NotEligible, conversation.ReasonNeeded, conversation.Forbidden, conversation.UnknownConv, conversation.TooLarge,
		conversation.Busy, conversation.DiskFull, conversation.TooLate, conversation.Superseded, conversation.TakenByOther} {
		keys["toast.refused."+string(code)] = true
	}
	for _, code := range []string{"gone", "busy", "too_large", "unsupported", "forbidden", "bad_picture", "unknown", "unreachable"} {
		keys["error."+code] = true
	}
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	said := 0
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CallExpr:
				fun, ok := n.Fun.(*ast.SelectorExpr)
				if !ok || len(n.Args) < 2 || fun.Sel.Name != "say" && fun.Sel.Name != "toast" {
					return true
				}
				if lit, ok := n.Args[1].(*ast.BasicLit); ok {
					code, _ := strconv.Unquote(lit.Value)
					keys["toast."+code] = true
					said++
				}
			case *ast.BasicLit: // the codes of attachments go by a variable
				if v, err := strconv.Unquote(n.Value); err == nil && strings.HasPrefix(v, "attach_") {
					keys["toast."+v] = true
				}
			case *ast.KeyValueExpr:
				if k, ok := n.Key.(*ast.Ident); ok && k.Name == "Kind" {
					if lit, ok := n.Value.(*ast.BasicLit); ok && name == "alert.go" {
						v, _ := strconv.Unquote(lit.Value)
						keys["alert."+v] = true
					}
				}
			}
			return true
		})
	}
	if said < 20 || !keys["alert.critical"] || !keys["toast.attach_large"] {
		t.Fatalf("found %d toasts: the test does not see what app says", said)
	}
	for _, lang := range []string{"zh-Hans", "en"} {
		raw, err := assets.Read("i18n/" + lang + ".json")
		if err != nil {
			t.Fatal(err)
		}
		var words map[string]string
		if err := json.Unmarshal(raw, &words); err != nil {
			t.Fatal(err)
		}
		for k := range keys {
			if words[k] == "" {
				t.Errorf("%s: no words for %s", lang, k)
			}
		}
	}
}
