package store

import (
	"context"
	"encoding/json"
	"maps"
	"strings"
	"time"

	"github.com/postroom/postroom/store/condition"
)

// TriggerEvent is the event that began a journey, as messages see it.
type TriggerEvent struct {
	Name      string          `json:"name,omitempty"`
	Timestamp int64           `json:"timestamp,omitempty"` // unix seconds
	Data      json.RawMessage `json:"data,omitempty"`
}

// Subject answers what a condition asks about one person. A question that the
// database failed to answer is answered no and kept in Err.
type Subject struct {
	ctx    context.Context
	q      queryer
	ws     WorkspaceID
	person Person
	event  map[string]any // data of the event that began the journey
	Err    error
}

// Subject is a person as conditions see them, on a journey that e began.
func (s *Store) Subject(ctx context.Context, ws WorkspaceID, p Person, e TriggerEvent) *Subject {
	return newSubject(ctx, s.read, ws, p, e)
}

func (tx *Tx) subject(ws WorkspaceID, p Person, e TriggerEvent) *Subject {
	return newSubject(context.Background(), tx, ws, p, e)
}

func newSubject(ctx context.Context, q queryer, ws WorkspaceID, p Person, e TriggerEvent) *Subject {
	s := &Subject{ctx: ctx, q: q, ws: ws, person: p}
	if len(e.Data) > 0 {
		s.event, s.Err = DecodeObject(e.Data)
	}
	return s
}

// Attribute is an identifier, an attribute or, behind "event." or when the
// person has no such attribute, a field of the event that began the journey.
func (s *Subject) Attribute(name string) (any, bool) {
	switch name {
	case "id":
		return s.person.ExternalID, s.person.ExternalID != ""
	case "email":
		return s.person.Email, s.person.Email != ""
	case "cio_id":
		return s.person.ID.CioID(), true
	case "unsubscribed":
		return s.person.Unsubscribed, true
	case "event":
		return s.event, s.event != nil
	}
	if value, ok := s.person.Attributes[name]; ok {
		return value, true
	}
	if name == "created_at" {
		return s.person.CreatedAt.Unix(), true
	}
	value, ok := s.event[name]
	return value, ok
}

// InSegment asks the kept membership.
func (s *Subject) InSegment(segment condition.Segment) (in bool) {
	query, arg := `select exists (
		select 1 from segment_members where workspace_id = ? and person_id = ? and segment_id = ?)`, any(segment.ID)
	if segment.Name != "" {
		query, arg = `select exists (
			select 1 from segment_members join segments g using (workspace_id, segment_id)
			where workspace_id = ? and person_id = ? and g.name_key = ?)`, nameKey(segment.Name)
	}
	s.keep(s.q.QueryRowContext(s.ctx, query, s.ws, s.person.ID, arg).Scan(&in))
	return in
}

// Events counts what the person did.
func (s *Subject) Events(name string, since time.Time, where func(map[string]any) bool) (n int) {
	rows, err := s.q.QueryContext(s.ctx, `
		select data from activities
		where workspace_id = ? and person_id = ? and type = 'event' and name = ? and occurred_at >= ?`,
		s.ws, s.person.ID, name, micros(since))
	data, err := collect(rows, err, func(scan func(...any) error) (object map[string]any, err error) {
		var text string
		if err = scan(&text); err != nil || where == nil {
			return nil, err
		}
		return DecodeObject([]byte(text))
	})
	s.keep(err)
	for _, object := range data {
		if where == nil || where(object) {
			n++
		}
	}
	return n
}

// Messages asks the person's time line.
func (s *Subject) Messages(m condition.Message, since time.Time) (yes bool) {
	s.keep(s.q.QueryRowContext(s.ctx, `
		select exists (
			select 1 from activities a join deliveries d using (workspace_id, delivery_id)
			where a.workspace_id = ? and a.person_id = ? and a.type = ? and a.occurred_at >= ?
			and (? = 0 or d.campaign_id = ?) and (? = '' or d.action_key = ?))`,
		s.ws, s.person.ID, m.Metric+"_email", micros(since), m.CampaignID, m.CampaignID, m.Action, m.Action).Scan(&yes))
	return yes
}

// Set lets later questions see attributes that are about to be set.
func (s *Subject) Set(changes Attributes) {
	s.person.Attributes = maps.Clone(s.person.Attributes)
	for name, value := range changes {
		if value == nil || value == "" {
			delete(s.person.Attributes, name)
			continue
		}
		s.person.Attributes[name] = value
	}
}

func (s *Subject) keep(err error) {
	if s.Err == nil {
		s.Err = err
	}
}

// Scope is what Liquid sees of the person: all attributes and identifiers.
func (p Person) Scope() map[string]any {
	scope := map[string]any{}
	for name, value := range p.Attributes {
		if !strings.HasPrefix(name, "_") {
			scope[name] = value
		}
	}
	scope["cio_id"] = p.ID.CioID()
	scope["unsubscribed"] = p.Unsubscribed
	if _, ok := scope["created_at"]; !ok {
		scope["created_at"] = p.CreatedAt.Unix()
	}
	if p.ExternalID != "" {
		scope["id"] = p.ExternalID
	}
	if p.Email != "" {
		scope["email"] = p.Email
	}
	return scope
}
