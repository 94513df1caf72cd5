package store

import (
	"context"
	"slices"
	"strconv"
	"time"
)

// DeliveryExport is which deliveries a file has.
type DeliveryExport struct {
	Campaign CampaignID `json:"campaign"`
	Action   string     `json:"action,omitempty"` // empty: of all
	Metric   string     `json:"metric,omitempty"` // that happened to them; empty: any
	Drafts   bool       `json:"drafts,omitempty"` // drafts, too
	From     int64      `json:"from,omitempty"`   // created then or later, unix seconds
	To       int64      `json:"to,omitempty"`     // … or before; zero: until now
}

// DeliveryColumns is what a file of deliveries can tell of each. Any other
// column is an attribute of the person.
var DeliveryColumns = slices.Concat([]string{
	"delivery_id", "campaign_id", "campaign_name", "action_id", "action_key", "type", "state",
	"customer_id", "cio_id", "email", "recipient", "subject", "language", "failure_message",
}, DeliveryMetrics)

// ExportDeliveries begins an export of deliveries: a job that is about those
// that there are now. ErrNotFound: there is no such campaign.
func (s *Store) ExportDeliveries(ctx context.Context, ws WorkspaceID, e DeliveryExport, columns []string, by Actor) (id JobID, err error) {
	if len(columns) == 0 {
		columns = DeliveryColumns
	}
	err = s.update(ctx, func(tx *Tx) error {
		c, err := campaign(ctx, tx, ws, e.Campaign)
		if err != nil {
			return err
		}
		title := "Export the deliveries of “" + c.Name + "”"
		n := NewJob{Kind: ExportJob, Parameters: JobParameters{Columns: columns, Raw: true, Deliveries: &e}}
		if id, err = tx.createJob(ws, n, title, by); err != nil {
			return err
		}
		// Where a job about people has people, this one has deliveries.
		var first, last DeliveryID
		err = tx.row(`
			select coalesce((select delivery_id from deliveries where workspace_id = ?1 and campaign_id = ?2 order by delivery_id limit 1), 1) - 1,
				coalesce((select delivery_id from deliveries where workspace_id = ?1 and campaign_id = ?2 order by delivery_id desc limit 1), 0)`,
			ws, e.Campaign).Scan(&first, &last)
		if err != nil {
			return err
		}
		err = tx.execOne(`
			update jobs set first_id = ?, position = ?, up_to_id = ? where workspace_id = ? and job_id = ?`, first, first, last, ws, id)
		if err != nil {
			return err
		}
		tx.wake(Jobs, ws, tx.now)
		return tx.noted(ws, by, "Started a job", title, "")
	})
	return id, err
}

// ExportBatch is rows of an export that follow each other.
type ExportBatch struct {
	Rows [][]string // a cell for each column
	Next PersonID   // everything up to here was looked at
	Last bool
}

// ReadDeliveries is the deliveries of an export that are next, of limit that
// are looked at.
func (s *Store) ReadDeliveries(ctx context.Context, ws WorkspaceID, j Job, limit int) (b ExportBatch, err error) {
	e := *j.Parameters.Deliveries
	all, err := s.deliveriesAfter(ctx, ws, e.Campaign, DeliveryID(j.At), DeliveryID(j.UpTo), limit)
	if err != nil {
		return b, err
	}
	b.Next, b.Last = j.UpTo, len(all) < limit
	if !b.Last {
		b.Next = PersonID(all[len(all)-1].ID)
	}
	all = slices.DeleteFunc(all, func(d ListedDelivery) bool { return !e.has(d.Delivery) })
	moments, err := s.DeliveryMoments(ctx, ws, all)
	if err != nil {
		return b, err
	}
	ids, err := s.ActionIDs(ctx, ws, e.Campaign)
	if err != nil {
		return b, err
	}
	signer, err := s.Signer(ctx)
	if err != nil {
		return b, err
	}
	for _, d := range all {
		if _, is := moments[d.ID][e.Metric]; e.Metric != "" && !is {
			continue
		}
		row := make([]string, len(j.Parameters.Columns))
		for i, column := range j.Parameters.Columns {
			row[i] = exportedDeliveryOf{d, signer, ids[d.Action], moments[d.ID]}.cell(column)
		}
		b.Rows = append(b.Rows, row)
	}
	return b, nil
}

// has says whether a delivery is among those that are asked for, as far as it
// says itself.
func (e DeliveryExport) has(d Delivery) bool {
	at := d.CreatedAt.Unix()
	return (e.Action == "" || e.Action == d.Action) && (e.Drafts || d.State != Drafted) && at >= e.From && (e.To == 0 || at <= e.To)
}

func (s *Store) deliveriesAfter(ctx context.Context, ws WorkspaceID, c CampaignID, after, upTo DeliveryID, limit int) ([]ListedDelivery, error) {
	rows, err := s.read.QueryContext(ctx, `
		select `+deliveryColumns+`, `+listedColumns+`, coalesce(p.attributes, '{}')
		from deliveries d `+listedJoins+`
		where d.workspace_id = ? and d.campaign_id = ? and d.delivery_id > ? and d.delivery_id <= ?
		order by d.delivery_id
		limit ?`, ws, c, after, upTo, limit)
	return collect(rows, err, func(scan func(...any) error) (l ListedDelivery, err error) {
		var attributes string
		l, err = scanListedDelivery(func(dest ...any) error { return scan(append(dest, &attributes)...) })
		if err != nil {
			return l, err
		}
		l.Person.Attributes, err = decodeAttributes(attributes)
		return l, err
	})
}

// exportedDeliveryOf is a delivery with what its row in a file takes.
type exportedDeliveryOf struct {
	ListedDelivery
	signer  Signer
	action  ActionID
	moments map[string]time.Time
}

func (d exportedDeliveryOf) cell(column string) string {
	switch column {
	case "delivery_id":
		return d.signer.Token(d.ID)
	case "campaign_id":
		return strconv.FormatInt(int64(d.Campaign), 10)
	case "campaign_name":
		return d.CampaignName
	case "action_id":
		return strconv.FormatInt(int64(d.action), 10)
	case "action_key":
		return d.Action
	case "type":
		return string(d.Channel)
	case "state":
		return string(d.State)
	case "recipient":
		return d.Recipient
	case "subject":
		return d.Subject
	case "language":
		return d.Language
	case "failure_message":
		return d.Reason
	}
	if at, ok := d.moments[column]; ok {
		return strconv.FormatInt(at.Unix(), 10)
	}
	if d.PersonID == 0 || slices.Contains(DeliveryMetrics, column) {
		return ""
	}
	if column == "customer_id" {
		column = "id"
	}
	return d.Person.Column(column)
}
