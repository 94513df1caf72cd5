package engine

import (
	"context"

	"github.com/postroom/postroom/engine/compose"
	"github.com/postroom/postroom/store"
)

// CheckSnippet finds what is wrong with the text of a snippet, whoever gets a
// message that names it.
func (e *Engine) CheckSnippet(ctx context.Context, w store.Workspace, n store.Snippet) (problems []store.RenderProblem) {
	text := compose.Piece{Field: "value", Source: n.Value}
	for _, found := range compose.CheckTexts(text) {
		problems = append(problems, problemOf(found))
	}
	return append(problems, e.missingSnippets(ctx, w, compose.SnippetsOf(text))...)
}

// missingSnippets is those that are not there, where they are named first.
func (e *Engine) missingSnippets(ctx context.Context, w store.Workspace, named []compose.FieldUse) (problems []store.RenderProblem) {
	r := e.store.ReadSnippets(ctx, w.ID)
	for _, u := range named {
		if _, ok, err := r.Text(u.Path()[1]); err == nil && !ok {
			problems = append(problems, problemOf(compose.MissingSnippet(u)))
		}
	}
	return problems
}

// wantedBySnippets is what the snippets, and those in them, need of a person.
func (e *Engine) wantedBySnippets(ctx context.Context, w store.Workspace, named []compose.FieldUse) (wanted []store.Wanted) {
	r := e.store.ReadSnippets(ctx, w.ID)
	seen := map[string]bool{}
	for ; len(named) > 0; named = named[1:] {
		name := named[0].Path()[1]
		if seen[name] {
			continue
		}
		seen[name] = true
		text, _, _ := r.Text(name)
		wanted = append(wanted, wantedOf(compose.NeedsOf(compose.Piece{Source: text}))...)
		named = append(named, compose.SnippetsOf(compose.Piece{Source: text})...)
	}
	return wanted
}
