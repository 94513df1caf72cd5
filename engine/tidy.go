package engine

import (
	"context"
	"time"
)

const (
	tidyLook  = 10 * time.Second       // how often the search index is looked at
	tidyPause = 100 * time.Millisecond // between two steps, for whoever waits for the writer
	tidyAfter = 60                     // looks after which an index that never rests is tidied as well
)

// tidySearch merges the parts of the search index when nobody was indexed for a
// while, or not without a rest for long.
func (e *Engine) tidySearch(ctx context.Context) {
	done, seen, looks := int64(-1), int64(-1), 0
	for ctx.Err() == nil {
		sleep(ctx, tidyLook)
		now := e.store.SearchWrites()
		if now == done {
			continue
		}
		if looks++; now != seen && looks < tidyAfter {
			seen = now
			continue
		}
		if err := e.mergeSearch(ctx); err != nil {
			e.troubled(ctx, "search", 0, err)
			continue
		}
		done, seen, looks = now, now, 0
	}
}

func (e *Engine) mergeSearch(ctx context.Context) error {
	for ctx.Err() == nil {
		more, err := e.store.TidySearch(ctx)
		if err != nil || !more {
			return err
		}
		sleep(ctx, tidyPause)
	}
	return nil
}
