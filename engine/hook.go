package engine

import (
	"strings"

	"github.com/postroom/postroom/engine/compose"
	"github.com/postroom/postroom/store/workflow"
)

// Caller is whom the call of a campaign's address is about: the value that p
// makes of what was sent.
func (e *Engine) Caller(p workflow.PersonRef, data map[string]any) (string, error) {
	return Caller(p, data)
}

// Caller needs no engine.
func Caller(p workflow.PersonRef, data map[string]any) (string, error) {
	value, err := compose.String(p.Value, compose.Scope{"trigger": data})
	return strings.TrimSpace(value), err
}
