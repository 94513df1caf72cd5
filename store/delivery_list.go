package store

import (
	"context"
	"encoding/json"
	"slices"
)

// DeliveryFilter is which deliveries a list shows. Zero values do not filter.
type DeliveryFilter struct {
	State    DeliveryState
	Campaign CampaignID
	People   []PersonID // not nil: to these only
}

// ListedDelivery is a delivery with the names that a list shows.
type ListedDelivery struct {
	Delivery
	CampaignName string
	Person       Person // who they are, without attributes; zero once they are deleted
}

// Deliveries is the workspace's deliveries, the newest first.
func (s *Store) Deliveries(ctx context.Context, ws WorkspaceID, f DeliveryFilter, page Page) ([]ListedDelivery, error) {
	where, args := f.where(ws)
	order := `desc`
	if page.After != 0 {
		where, order = where+` and d.delivery_id > ?`, `asc`
		args = append(args, page.After)
	} else {
		where += ` and d.delivery_id < ?`
		args = append(args, beforeOr(page.Before))
	}
	rows, err := s.read.QueryContext(ctx, `
		select `+deliveryColumns+`, `+listedColumns+`
		from deliveries d `+listedJoins+`
		where `+where+`
		order by d.delivery_id `+order+`
		limit ?`, append(args, page.Limit)...)
	found, err := collect(rows, err, scanListedDelivery)
	if page.After != 0 {
		slices.Reverse(found)
	}
	return found, err
}

func (f DeliveryFilter) where(ws WorkspaceID) (where string, args []any) {
	where, args = `d.workspace_id = ?`, []any{ws}
	if f.People != nil {
		ids, _ := json.Marshal(f.People) // numbers alone
		where += ` and d.person_id in (select value from json_each(?))`
		args = append(args, string(ids))
	}
	if f.Campaign != 0 {
		where += ` and d.campaign_id = ?`
		args = append(args, f.Campaign)
	}
	if f.State != "" {
		where += ` and d.state = ?`
		args = append(args, f.State)
	}
	return where, args
}

// Delivery is the delivery with this id, if the workspace has it.
func (s *Store) Delivery(ctx context.Context, ws WorkspaceID, id DeliveryID) (ListedDelivery, error) {
	d, err := scanListedDelivery(s.read.QueryRowContext(ctx, `
		select `+deliveryColumns+`, `+listedColumns+`
		from deliveries d `+listedJoins+`
		where d.workspace_id = ? and d.delivery_id = ?`, ws, id).Scan)
	return d, known(err)
}

const (
	listedColumns = `c.name, coalesce(p.id, ''), coalesce(p.email, '')`
	listedJoins   = `
		join campaigns c on c.workspace_id = d.workspace_id and c.campaign_id = d.campaign_id
		left join people p on p.workspace_id = d.workspace_id and p.person_id = d.person_id`
)

func scanListedDelivery(scan func(...any) error) (l ListedDelivery, err error) {
	l.Delivery, err = scanDelivery(func(dest ...any) error {
		return scan(append(dest, &l.CampaignName, &l.Person.ExternalID, &l.Person.Email)...)
	})
	l.Person.ID = l.PersonID
	return l, err
}

// CountedTo is as far as DeliveryCounts counts where no counter is kept.
const CountedTo = 1000

// DeliveryCounts is how many deliveries are in each state: of one campaign, or
// (zero) of the workspace, where a number of CountedTo means that or more.
func (s *Store) DeliveryCounts(ctx context.Context, ws WorkspaceID, campaign CampaignID) (map[DeliveryState]int, error) {
	counts := map[DeliveryState]int{}
	if campaign != 0 {
		kept, err := s.CampaignCounts(ctx, ws, campaign)
		for _, state := range DeliveryStates {
			counts[state] = kept[""][string(state)]
		}
		return counts, err
	}
	for _, state := range DeliveryStates {
		var n int
		err := s.read.QueryRowContext(ctx, `
			select count(*) from (select 1 from deliveries where workspace_id = ? and state = ? limit ?)`, ws, state, CountedTo).Scan(&n)
		if err != nil {
			return nil, err
		}
		counts[state] = n
	}
	return counts, nil
}

// CampaignName is a campaign as a list to choose from shows it.
type CampaignName struct {
	ID   CampaignID
	Name string
}

// CampaignNames is the workspace's campaigns, those changed last first; at
// most limit.
func (s *Store) CampaignNames(ctx context.Context, ws WorkspaceID, limit int) ([]CampaignName, error) {
	rows, err := s.read.QueryContext(ctx, `
		select campaign_id, name from campaigns
		where workspace_id = ?
		order by updated_at desc, campaign_id desc
		limit ?`, ws, limit)
	return collect(rows, err, func(scan func(...any) error) (n CampaignName, err error) {
		err = scan(&n.ID, &n.Name)
		return n, err
	})
}

// Words is the state as people read it.
func (s DeliveryState) Words() string {
	switch s {
	case Queued:
		return "Queued"
	case Drafted:
		return "Draft"
	case Attempted:
		return "Trying again"
	case Handed:
		return "Handed over"
	case Sent:
		return "Sent"
	case Uncertain:
		return "Uncertain"
	case Failed:
		return "Failed"
	case Undeliverable:
		return "Undeliverable"
	}
	return string(s)
}
