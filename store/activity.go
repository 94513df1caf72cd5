package store

import (
	"context"
	"encoding/json"
	"slices"
	"time"
)

// ActivityID names an activity; later ones are greater.
type ActivityID int64

// Activity is something that happened: an event of a person, a change of
// their attributes, a step of a delivery.
type Activity struct {
	ID         ActivityID
	PersonID   PersonID   // zero: nobody known
	DeliveryID DeliveryID // zero unless it is a step of one
	Subject    string     // of that delivery
	Type       ActivityType
	Name       string          // of the event, page or screen
	Data       json.RawMessage // an object
	OccurredAt time.Time
	Person     Person // only where a list says so

	anonymous string // under which somebody may claim it; only when it is written
}

// ActivityType is the kind of an activity, in the reference product's words.
type ActivityType string

const (
	EventActivity           ActivityType = "event"
	PageActivity            ActivityType = "page"
	ScreenActivity          ActivityType = "screen"
	AttributeChange         ActivityType = "attribute_change"
	FailedAttributeChange   ActivityType = "failed_attribute_change"
	UnsubscribedActivity    ActivityType = "unsubscribed"
	SubscribedActivity      ActivityType = "subscribed"
	EnteredSegmentActivity  ActivityType = "entered_segment"
	LeftSegmentActivity     ActivityType = "left_segment"
	EnteredCampaignActivity ActivityType = "entered_campaign"
	MergedActivity          ActivityType = "merged" // another person became a part of this one
)

// note writes an activity. A dedupe key that the workspace has seen makes it
// write nothing and return false. A step of a delivery is about whomever the
// delivery is to now: they may have been merged or deleted since it was read.
func (tx *Tx) note(ws WorkspaceID, a Activity, dedupe string) (bool, error) {
	if a.OccurredAt.IsZero() {
		a.OccurredAt = tx.now
	}
	if len(a.Data) == 0 {
		a.Data = json.RawMessage(`{}`)
	}
	n, err := tx.exec(`
		insert into activities (workspace_id, person_id, anonymous_id, delivery_id, type, name, data, dedupe_key, occurred_at)
		values (?1, iif(?4 is null, ?2, (select person_id from deliveries where workspace_id = ?1 and delivery_id = ?4)), ?3, ?4, ?5, ?6, ?7, ?8, ?9)
		on conflict do nothing`,
		ws, orZero(a.PersonID), orNull(a.anonymous), orZero(a.DeliveryID), a.Type, a.Name, string(a.Data), orNull(dedupe), micros(a.OccurredAt))
	if err != nil || n == 0 {
		return false, err
	}
	return true, tx.resegmentDone(ws, a)
}

// noteData writes an activity whose data is made of a value.
func (tx *Tx) noteData(ws WorkspaceID, a Activity, data any) error {
	var err error
	if a.Data, err = json.Marshal(data); err != nil {
		return err
	}
	_, err = tx.note(ws, a, "")
	return err
}

// Activities is what happened in the workspace, the latest first.
func (s *Store) Activities(ctx context.Context, ws WorkspaceID, page Page) ([]Activity, error) {
	const of = `
		select ` + activityColumns + `, ` + activityPersonColumns + `
		from ` + activityTables + ` left join people p on p.workspace_id = a.workspace_id and p.person_id = a.person_id
		where a.workspace_id = ? and a.activity_id `
	if page.After != 0 {
		rows, err := s.read.QueryContext(ctx, of+`> ? order by a.activity_id limit ?`, ws, page.After, page.Limit)
		all, err := collect(rows, err, scanActivityOfPerson)
		slices.Reverse(all)
		return all, err
	}
	rows, err := s.read.QueryContext(ctx, of+`< ? order by a.activity_id desc limit ?`, ws, beforeOr(page.Before), page.Limit)
	return collect(rows, err, scanActivityOfPerson)
}

// filteredActivities is how many of a person's activities a filter looks at for
// one page.
const filteredActivities = 20_000

// ActivitiesOfTypes is what happened to one person of some types, the latest
// first, among the 20,000 activities on this side of the page's key.
func (s *Store) ActivitiesOfTypes(ctx context.Context, ws WorkspaceID, person PersonID, types []ActivityType, page Page) ([]Activity, error) {
	compare, order, from := `<`, ` desc`, beforeOr(page.Before)
	if page.After != 0 {
		compare, order, from = `>`, ``, page.After
	}
	rows, err := s.read.QueryContext(ctx, `
		select `+activityColumns+` from `+activityTables+`
		where a.activity_id in (
			select activity_id from (
				select activity_id, type from activities
				where workspace_id = ? and person_id = ? and activity_id `+compare+` ?
				order by activity_id`+order+`
				limit ?) recent
			where type in (select value from json_each(?))
			order by activity_id`+order+`
			limit ?)
		order by a.activity_id`+order, ws, person, from, filteredActivities, encode(types), page.Limit)
	all, err := collect(rows, err, scanActivity)
	if page.After != 0 {
		slices.Reverse(all)
	}
	return all, err
}

// ActivitiesOf is what happened to one person, the latest first.
func (s *Store) ActivitiesOf(ctx context.Context, ws WorkspaceID, person PersonID, page Page) ([]Activity, error) {
	const of = `
		select ` + activityColumns + ` from ` + activityTables + `
		where a.workspace_id = ? and a.person_id = ? and a.activity_id `
	if page.After != 0 {
		rows, err := s.read.QueryContext(ctx, of+`> ? order by a.activity_id limit ?`, ws, person, page.After, page.Limit)
		all, err := collect(rows, err, scanActivity)
		slices.Reverse(all)
		return all, err
	}
	rows, err := s.read.QueryContext(ctx, of+`< ? order by a.activity_id desc limit ?`, ws, person, beforeOr(page.Before), page.Limit)
	return collect(rows, err, scanActivity)
}

// DeliveryActivities is the steps of one delivery, the first first.
func (s *Store) DeliveryActivities(ctx context.Context, ws WorkspaceID, delivery DeliveryID) ([]Activity, error) {
	rows, err := s.read.QueryContext(ctx, `
		select `+activityColumns+` from `+activityTables+`
		where a.workspace_id = ? and a.delivery_id = ?
		order by a.activity_id
		limit 500`, ws, delivery)
	return collect(rows, err, scanActivity)
}

// beforeOr is id, or a value greater than any for zero.
func beforeOr[T ~int64](id T) T {
	if id == 0 {
		return 1<<63 - 1
	}
	return id
}

const (
	activityColumns       = `a.activity_id, coalesce(a.person_id, 0), coalesce(a.delivery_id, 0), coalesce(d.subject, ''), a.type, a.name, a.data, a.occurred_at`
	activityTables        = `activities a left join deliveries d on d.workspace_id = a.workspace_id and d.delivery_id = a.delivery_id`
	activityPersonColumns = `p.person_id is not null, coalesce(p.id, ''), coalesce(p.email, ''), coalesce(p.attributes, '{}')`
)

func scanActivity(scan func(...any) error) (a Activity, err error) {
	var data string
	var at int64
	err = scan(&a.ID, &a.PersonID, &a.DeliveryID, &a.Subject, &a.Type, &a.Name, &data, &at)
	a.Data, a.OccurredAt = json.RawMessage(data), instant(at)
	return a, err
}

func scanActivityOfPerson(scan func(...any) error) (Activity, error) {
	var known bool
	var id, email, attributes string
	a, err := scanActivity(func(dest ...any) error {
		return scan(append(dest, &known, &id, &email, &attributes)...)
	})
	if err != nil {
		return a, err
	}
	if !known {
		a.PersonID = 0 // deleted, and this is not removed yet
	}
	a.Person = Person{ID: a.PersonID, ExternalID: id, Email: email}
	a.Person.Attributes, err = decodeAttributes(attributes)
	return a, err
}
