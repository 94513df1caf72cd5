package store

import (
	"context"
	"encoding/json"
	"io"
	"time"
)

// exportPage is how many records of a person are read at once.
const exportPage = 500

// ExportPerson writes all that a workspace knows of a person as one JSON object,
// in pages, so that a long history needs little memory.
func (s *Store) ExportPerson(ctx context.Context, w Workspace, id PersonID, to io.Writer) error {
	p, err := s.Person(ctx, w.ID, id)
	if err != nil {
		return err
	}
	segments, err := s.SegmentsOf(ctx, w.ID, id)
	if err != nil {
		return err
	}
	journeys, err := s.JourneysOf(ctx, w.ID, id, ManyBelongings)
	if err != nil {
		return err
	}
	devices, err := s.Devices(ctx, w.ID, id)
	if err != nil {
		return err
	}
	out := exporter{to: to}
	out.text("{\n\"workspace\": ")
	out.value(w.Name)
	out.text(",\n\"exported_at\": ")
	out.value(s.now())
	out.text(",\n\"person\": ")
	out.value(p.export())
	out.text(",\n\"segments\": ")
	out.value(exportSegments(segments))
	out.text(",\n\"devices\": ")
	out.value(exportDevices(devices))
	out.text(",\n\"journeys\": ")
	out.value(exportJourneys(journeys))
	out.text(",\n\"deliveries\": ")
	s.exportDeliveries(ctx, w.ID, id, &out)
	out.text(",\n\"activities\": ")
	s.exportActivities(ctx, w.ID, id, &out)
	out.text("\n}\n")
	return out.err
}

// exporter writes JSON piece by piece and keeps the first error.
type exporter struct {
	to  io.Writer
	err error
}

func (e *exporter) text(s string) {
	if e.err == nil {
		_, e.err = io.WriteString(e.to, s)
	}
}

func (e *exporter) value(v any) {
	if e.err != nil {
		return
	}
	var text []byte
	if text, e.err = json.Marshal(v); e.err == nil {
		_, e.err = e.to.Write(text)
	}
}

// list writes an array of what next gives, page by page, until it gives none.
func (e *exporter) list(next func() ([]any, error)) {
	e.text("[")
	for first := true; e.err == nil; {
		page, err := next()
		if err != nil || len(page) == 0 {
			e.err = err
			break
		}
		for _, v := range page {
			if !first {
				e.text(",\n")
			}
			first = false
			e.value(v)
		}
	}
	e.text("]")
}

type exportedPerson struct {
	ID           string           `json:"id,omitempty"`
	Email        string           `json:"email,omitempty"`
	CioID        string           `json:"cio_id"`
	Unsubscribed bool             `json:"unsubscribed"`
	CreatedAt    time.Time        `json:"created_at"`
	UpdatedAt    time.Time        `json:"updated_at"`
	Attributes   Attributes       `json:"attributes"`
	LastSet      map[string]int64 `json:"last_set"` // unix seconds
}

func (p Person) export() exportedPerson {
	set := map[string]int64{}
	for name := range p.Attributes {
		set[name] = p.lastSet(name)
	}
	return exportedPerson{p.ExternalID, p.Email, p.ID.CioID(), p.Unsubscribed, p.CreatedAt, p.UpdatedAt, p.Attributes, set}
}

func exportSegments(all []Segment) []string {
	names := []string{}
	for _, g := range all {
		names = append(names, g.Name)
	}
	return names
}

type exportedDevice struct {
	Token      string          `json:"token"`
	Platform   string          `json:"platform"`
	Attributes json.RawMessage `json:"attributes"`
	UsedAt     *time.Time      `json:"used_at,omitempty"`
	CreatedAt  time.Time       `json:"created_at"`
}

func exportDevices(all []Device) []exportedDevice {
	out := []exportedDevice{}
	for _, d := range all {
		e := exportedDevice{d.Token, d.Platform, d.Attributes, nil, d.CreatedAt}
		if !d.UsedAt.IsZero() {
			e.UsedAt = &d.UsedAt
		}
		out = append(out, e)
	}
	return out
}

type exportedJourney struct {
	Campaign  string       `json:"campaign"`
	State     JourneyState `json:"state"`
	Reason    string       `json:"reason,omitempty"`
	Event     TriggerEvent `json:"event"`
	EnteredAt time.Time    `json:"entered_at"`
	EndedAt   *time.Time   `json:"ended_at,omitempty"`
}

func exportJourneys(all []PersonJourney) []exportedJourney {
	out := []exportedJourney{}
	for _, j := range all {
		e := exportedJourney{j.Name, j.State, j.Reason, j.Event, j.EnteredAt, nil}
		if !j.EndedAt.IsZero() {
			e.EndedAt = &j.EndedAt
		}
		out = append(out, e)
	}
	return out
}

type exportedDelivery struct {
	Campaign  string        `json:"campaign"`
	Channel   Channel       `json:"channel"`
	State     DeliveryState `json:"state"`
	Reason    string        `json:"reason,omitempty"`
	To        string        `json:"to,omitempty"`
	From      string        `json:"from,omitempty"`
	Subject   string        `json:"subject,omitempty"`
	Text      string        `json:"text,omitempty"`
	HTML      string        `json:"html,omitempty"`
	CreatedAt time.Time     `json:"created_at"`
}

func (s *Store) exportDeliveries(ctx context.Context, ws WorkspaceID, id PersonID, out *exporter) {
	before := int64(0)
	out.list(func() ([]any, error) {
		page, err := s.Deliveries(ctx, ws, DeliveryFilter{People: []PersonID{id}}, Page{Before: before, Limit: exportPage})
		var all []any
		for _, d := range page {
			before = int64(d.ID)
			content, err := s.Content(ctx, ws, d.ID)
			if err != nil && err != ErrNotFound {
				return nil, err
			}
			all = append(all, exportedDelivery{d.CampaignName, d.Channel, d.State, d.Reason, d.Recipient, content.Sender, d.Subject, content.Text, content.HTML, d.CreatedAt})
		}
		return all, err
	})
}

type exportedActivity struct {
	Type ActivityType    `json:"type"`
	Name string          `json:"name,omitempty"`
	Data json.RawMessage `json:"data"`
	At   time.Time       `json:"at"`
}

func (s *Store) exportActivities(ctx context.Context, ws WorkspaceID, id PersonID, out *exporter) {
	before := int64(0)
	out.list(func() ([]any, error) {
		page, err := s.ActivitiesOf(ctx, ws, id, Page{Before: before, Limit: exportPage})
		var all []any
		for _, a := range page {
			before = int64(a.ID)
			all = append(all, exportedActivity{a.Type, a.Name, a.Data, a.OccurredAt})
		}
		return all, err
	})
}
