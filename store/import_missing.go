package store

import (
	"context"
	"fmt"

	"github.com/postroom/postroom/store/condition"
	"github.com/postroom/postroom/store/workflow"
)

// MissingUses is what a document uses and the workspace does not have, in
// words: segment “VIP”, attribute plan. Senders are added when a document is
// imported, so they are never missing.
func (s *Store) MissingUses(ctx context.Context, ws WorkspaceID, uses workflow.Uses) (missing []string, err error) {
	here, err := workspace(ctx, s.read, ws)
	if err != nil {
		return nil, err
	}
	r := reporter{ctx: ctx, q: s.read, here: here}
	for _, name := range uses.Segments {
		if _, err := segmentNamed(ctx, s.read, ws, condition.Segment{Name: name}); err == ErrNotFound {
			missing = append(missing, fmt.Sprintf("segment “%s”", name))
		} else {
			r.failed(err)
		}
	}
	for _, name := range uses.Layouts {
		if _, err := layout(ctx, s.read, ws, name); err == ErrNotFound {
			missing = append(missing, fmt.Sprintf("layout “%s”", name))
		} else {
			r.failed(err)
		}
	}
	for _, name := range uses.Snippets {
		if _, err := snippet(ctx, s.read, ws, name); err == ErrNotFound {
			missing = append(missing, fmt.Sprintf("snippet “%s”", name))
		} else {
			r.failed(err)
		}
	}
	for _, name := range uses.Topics {
		if _, err := topicNamed(ctx, s.read, ws, name); err == ErrNotFound {
			missing = append(missing, fmt.Sprintf("topic “%s”", name))
		} else {
			r.failed(err)
		}
	}
	for _, name := range uses.Attributes {
		if !r.seen("attribute", name) {
			missing = append(missing, "attribute "+name)
		}
	}
	for _, name := range uses.Events {
		if !r.seen("event", name) {
			missing = append(missing, "event "+name)
		}
	}
	return missing, r.err
}
