package store

import (
	"context"
	"slices"
	"strings"
	"time"
)

// DeliveryMetrics is what can have happened to a message, in the reference
// product's words and about in the order in which it does.
var DeliveryMetrics = []string{
	"created", "drafted", "attempted", "sent", "delivered", "opened", "clicked", "converted",
	"unsubscribed", "bounced", "deferred", "spammed", "dropped", "failed", "undeliverable",
}

// DeliveryMoments is when each metric of some deliveries first happened. What a
// machine did before anybody looked is not among it.
func (s *Store) DeliveryMoments(ctx context.Context, ws WorkspaceID, all []ListedDelivery) (map[DeliveryID]map[string]time.Time, error) {
	moments := map[DeliveryID]map[string]time.Time{}
	ids := []DeliveryID{}
	for _, d := range all {
		moments[d.ID], ids = map[string]time.Time{"created": d.CreatedAt}, append(ids, d.ID)
	}
	rows, err := s.read.QueryContext(ctx, deliveryMoments, ws, encode(ids))
	type moment struct {
		id   DeliveryID
		kind string
		at   int64
	}
	told, err := collect(rows, err, func(scan func(...any) error) (m moment, err error) {
		err = scan(&m.id, &m.kind, &m.at)
		return m, err
	})
	for _, m := range told {
		metric, _, _ := strings.Cut(m.kind, "_")
		if before, had := moments[m.id][metric]; slices.Contains(DeliveryMetrics, metric) && (!had || instant(m.at).Before(before)) {
			moments[m.id][metric] = instant(m.at)
		}
	}
	return moments, err
}

const deliveryMoments = `
	select delivery_id, type, min(occurred_at) from activities
	where workspace_id = ? and delivery_id in (select value from json_each(?))
	and data ->> '$.prefetched' is null and data ->> '$.machine' is null
	group by delivery_id, type`
