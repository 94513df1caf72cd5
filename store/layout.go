package store

import "context"

// Layout is the HTML around messages; it holds {{content}} once.
type Layout struct {
	Name string
	HTML string
}

// DefaultLayout is the layout that every workspace begins with.
const DefaultLayout = "Default"

const defaultLayoutHTML = `<!doctype html>
<html>
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"></head>
<body style="margin:0;background:#f4f3ef;font-family:-apple-system,'Segoe UI',Helvetica,Arial,sans-serif;font-size:16px;line-height:1.5;color:#1c2422">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0"><tr><td align="center" style="padding:24px 12px">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="max-width:600px;background:#ffffff;border-radius:10px"><tr><td style="padding:32px">
{{content}}
</td></tr></table>
<p style="font-size:13px;color:#5b6863"><a href="{% unsubscribe_url %}" style="color:#5b6863">Unsubscribe</a></p>
</td></tr></table>
</body>
</html>`

// Layouts is the workspace's layouts, by name.
func (s *Store) Layouts(ctx context.Context, ws WorkspaceID) ([]Layout, error) {
	rows, err := s.read.QueryContext(ctx, `select name, html from layouts where workspace_id = ? order by name_key limit 500`, ws)
	return collect(rows, err, scanLayout)
}

// Layout is the layout of this name.
func (s *Store) Layout(ctx context.Context, ws WorkspaceID, name string) (Layout, error) {
	return layout(ctx, s.read, ws, name)
}

func layout(ctx context.Context, q queryer, ws WorkspaceID, name string) (Layout, error) {
	l, err := scanLayout(q.QueryRowContext(ctx, `select name, html from layouts where workspace_id = ? and name_key = ?`, ws, nameKey(name)).Scan)
	return l, known(err)
}

// FindLayouts is the layouts whose name contains q, by name, after the layout
// of a name (empty: from the first).
func (s *Store) FindLayouts(ctx context.Context, ws WorkspaceID, q, after string, limit int) ([]Layout, error) {
	rows, err := s.read.QueryContext(ctx, `
		select name, html from layouts
		where workspace_id = ? and name_key > ? and instr(name_key, ?) > 0
		order by name_key
		limit ?`, ws, nameKey(after), nameKey(q), limit)
	return collect(rows, err, scanLayout)
}

func scanLayout(scan func(...any) error) (l Layout, err error) {
	err = scan(&l.Name, &l.HTML)
	return l, err
}
