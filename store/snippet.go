package store

import (
	"context"
	"errors"
	"sync"
	"time"
)

// Snippet is a piece of Liquid that messages and layouts have in common: they
// write {{snippets.name}} for it.
type Snippet struct {
	Name      string
	Value     string
	UpdatedAt time.Time
}

const snippetColumns = `name, value, updated_at`

func scanSnippet(scan func(...any) error) (n Snippet, err error) {
	var updated int64
	err = scan(&n.Name, &n.Value, &updated)
	n.UpdatedAt = instant(updated)
	return n, err
}

// Snippet is the snippet of this name.
func (s *Store) Snippet(ctx context.Context, ws WorkspaceID, name string) (Snippet, error) {
	return snippet(ctx, s.read, ws, name)
}

func snippet(ctx context.Context, q queryer, ws WorkspaceID, name string) (Snippet, error) {
	n, err := scanSnippet(q.QueryRowContext(ctx, `select `+snippetColumns+` from snippets where workspace_id = ? and name_key = ?`, ws, nameKey(name)).Scan)
	return n, known(err)
}

// MaxSnippets is how many snippets a workspace may have.
const MaxSnippets = 1000

// Snippets is all snippets of the workspace, by name.
func (s *Store) Snippets(ctx context.Context, ws WorkspaceID) ([]Snippet, error) {
	return s.FindSnippets(ctx, ws, "", "", MaxSnippets)
}

const findSnippets = `
	select ` + snippetColumns + ` from snippets
	where workspace_id = ? and name_key > ? and instr(name_key, ?) > 0
	order by name_key
	limit ?`

// FindSnippets is the snippets whose name contains q, by name, after the
// snippet of a name (empty: from the first).
func (s *Store) FindSnippets(ctx context.Context, ws WorkspaceID, q, after string, limit int) ([]Snippet, error) {
	rows, err := s.read.QueryContext(ctx, findSnippets, ws, nameKey(after), nameKey(q), limit)
	return collect(rows, err, scanSnippet)
}

// SnippetReader reads snippets when they are asked for, each once. Several
// messages share one.
type SnippetReader struct {
	read func(name string) (Snippet, error)
	mu   sync.Mutex
	seen map[string]*Snippet // by name as written; nil: there is none
	err  error               // why one could not be read
}

// ReadSnippets is a reader of the workspace's snippets as they are from now on.
func (s *Store) ReadSnippets(ctx context.Context, ws WorkspaceID) *SnippetReader {
	ctx = context.WithoutCancel(ctx) // it is used for as long as its messages take
	return &SnippetReader{read: func(name string) (Snippet, error) { return s.Snippet(ctx, ws, name) }}
}

// Err is why a snippet could not be read, when that is nobody's mistake.
func (r *SnippetReader) Err() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.err
}

// Text is the text of a snippet; false when there is none of this name.
func (r *SnippetReader) Text(name string) (text string, ok bool, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	n, seen := r.seen[name]
	if !seen {
		found, err := r.read(name)
		switch {
		case err == nil:
			n = &found
		case !errors.Is(err, ErrNotFound):
			r.err = err
			return "", false, err
		}
		if r.seen == nil {
			r.seen = map[string]*Snippet{}
		}
		r.seen[name] = n
	}
	if n == nil {
		return "", false, nil
	}
	return n.Value, true, nil
}
