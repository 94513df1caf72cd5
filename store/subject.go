package store

import (
	"cmp"
	"context"
	"database/sql"
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
	Chain     int             `json:"chain,omitempty"` // how many campaigns in a row it follows from
}

// Subject answers what a condition asks about one person. A question that the
// database failed to answer is answered no and kept in Err.
type Subject struct {
	ctx      context.Context
	q        queryer
	ws       WorkspaceID
	person   Person
	event    map[string]any // data of what began the journey
	journey  Attributes     // of the journey itself
	campaign CampaignID     // to which messages belong that name none; zero: any
	Err      error
}

// Subject is a person as conditions see them, on a journey that e began and
// that has attributes of its own.
func (s *Store) Subject(ctx context.Context, ws WorkspaceID, p Person, e TriggerEvent, journey Attributes) *Subject {
	subject := newSubject(ctx, s.read, ws, p, e)
	subject.journey = journey
	return subject
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

// Attribute is an identifier, an attribute or, behind "event." or "trigger." or
// when the person has no such attribute, a field of what began the journey;
// behind "journey." it is an attribute of that.
func (s *Subject) Attribute(name string) (any, bool) {
	switch {
	case name == "journey" && len(s.journey) > 0:
		return map[string]any(s.journey), true
	case (name == "event" || name == "trigger") && s.event != nil:
		return s.event, true
	case s.person.ID == 0:
		value, ok := s.event[name]
		return value, ok
	}
	switch name {
	case "id":
		return s.person.ExternalID, s.person.ExternalID != ""
	case "email":
		return s.person.Email, s.person.Email != ""
	case "cio_id":
		return s.person.ID.CioID(), true
	case "unsubscribed":
		return s.person.Unsubscribed, true
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

// Events is when the person did what e names, the latest first.
func (s *Subject) Events(e condition.Event, limit int, where func(map[string]any) bool) (times []time.Time) {
	query, args := `
		select name, data, occurred_at from activities
		where workspace_id = ? and type = 'event' and name = ? and person_id = ?
		order by occurred_at desc`, []any{s.ws, e.Name, s.person.ID}
	if e.Kind() != "event" { // whose name may have a * in it
		query, args = `
			select name, data, occurred_at from activities
			where workspace_id = ? and person_id = ? and +type = ?
			order by occurred_at desc`, []any{s.ws, s.person.ID, e.Kind()}
	}
	rows, err := s.q.QueryContext(s.ctx, query, args...)
	if err != nil {
		s.keep(err)
		return nil
	}
	defer rows.Close()
	for len(times) < limit && rows.Next() {
		at, ok := s.did(rows, e, where)
		if ok {
			times = append(times, at)
		}
	}
	s.keep(rows.Err())
	return times
}

// did reads one activity, and says whether it is what e names.
func (s *Subject) did(rows *sql.Rows, e condition.Event, where func(map[string]any) bool) (time.Time, bool) {
	var name, data string
	var at int64
	if err := rows.Scan(&name, &data, &at); err != nil {
		s.keep(err)
		return time.Time{}, false
	}
	if where == nil && e.Kind() != "page" {
		return instant(at), e.Names(e.Kind(), name, "")
	}
	object, err := DecodeObject([]byte(data))
	s.keep(err)
	url, _ := object["url"].(string)
	return instant(at), e.Names(e.Kind(), name, url) && (where == nil || where(object))
}

// messageQueries is, by metric, when it last happened. What machines do before
// anybody looked counts for nothing.
var messageQueries = map[string]string{
	"sent":      messageQuery("sent_email"),
	"delivered": messageQuery("delivered_email"),
	"opened":    messageQuery("opened_email"),
	"clicked":   messageQuery("clicked_email"),
	"converted": messageQuery("converted_email"),
}

// The type is part of the text, and not a parameter, because an index that
// holds only some types is used only by a query that names one of them.
func messageQuery(activity string) string {
	return `
		select coalesce(max(a.occurred_at), 0) from activities a
		where a.workspace_id = ?1 and a.type = '` + activity + `' and a.name = '' and a.person_id = ?2 and ` + byPeople + `
		and (?3 = 0 and ?4 = '' or exists (
			select 1 from deliveries d
			where d.workspace_id = a.workspace_id and d.delivery_id = a.delivery_id
			and (?3 = 0 or d.campaign_id = ?3) and (?4 = '' or d.action_key = ?4)))`
}

const byPeople = `a.data ->> '$.machine' is null and a.data ->> '$.prefetched' is null`

// Message is when the metric of m last happened.
func (s *Subject) Message(m condition.Message) time.Time {
	var at int64
	s.keep(s.q.QueryRowContext(s.ctx, messageQueries[m.Metric], s.ws, s.person.ID, cmp.Or(m.CampaignID, int64(s.campaign)), m.Action).Scan(&at))
	return instant(at)
}

// KnownSince is when the person is first heard of.
func (s *Subject) KnownSince() time.Time {
	since := s.person.CreatedAt
	if t, ok := condition.Timestamp(s.person.Attributes["created_at"]); ok && t.Before(since) {
		since = t
	}
	var first *int64
	s.keep(s.q.QueryRowContext(s.ctx, `
		select min(occurred_at) from activities
		where workspace_id = ? and person_id = ? and +type in ('event', 'page', 'screen')`, s.ws, s.person.ID).Scan(&first))
	if first != nil && instant(*first).Before(since) {
		return instant(*first)
	}
	return since
}

// Set lets later questions see attributes that are about to be set.
func (s *Subject) Set(changes Attributes) {
	s.person.Attributes = s.person.Attributes.with(changes)
}

// Person is them as they are after what is about to be set.
func (s *Subject) Person() Person { return s.person }

// Journey is the attributes of the journey in the same way.
func (s *Subject) Journey() Attributes { return s.journey }

// In says in which campaign the questions are asked: a message that names no
// campaign is one of this.
func (s *Subject) In(id CampaignID) *Subject {
	s.campaign = id
	return s
}

// And is the attributes and others, which win; null stays, to remove later.
func (a Attributes) And(others Attributes) Attributes {
	if len(others) == 0 {
		return a
	}
	out := maps.Clone(a)
	if out == nil {
		out = Attributes{}
	}
	maps.Copy(out, others)
	return out
}

// with is the attributes after these changes, in which nothing removes.
func (a Attributes) with(changes Attributes) Attributes {
	out := maps.Clone(a)
	if out == nil {
		out = Attributes{}
	}
	for name, value := range changes {
		if value == nil || value == "" {
			delete(out, name)
			continue
		}
		out[name] = value
	}
	return out
}

func (s *Subject) keep(err error) {
	if s.Err == nil {
		s.Err = err
	}
}

// SetJourney lets later questions see attributes of the journey that are about
// to be set.
func (s *Subject) SetJourney(changes Attributes) {
	s.journey = s.journey.with(changes)
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
