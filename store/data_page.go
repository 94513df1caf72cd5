package store

import (
	"context"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/postroom/postroom/store/condition"
	"github.com/postroom/postroom/store/workflow"
)

// DataKind is what a name of the data index names.
type DataKind string

const (
	AttributeData DataKind = "attribute"
	EventData     DataKind = "event"
)

// DataName is an attribute or an event that a workspace has seen.
type DataName struct {
	Kind        DataKind
	Name        string
	SeenAt      time.Time // first
	LastAt      time.Time
	Times       int // how often it was set or done; behind by up to a second
	Description string
	Sensitive   bool // an attribute that only admins see
}

// NamePage is a part of a list by name: what comes behind After, or before
// Before.
type NamePage struct {
	After, Before string
	Limit         int
}

// DataNames is the names of a kind, in order. q is searched in them.
func (s *Store) DataNames(ctx context.Context, ws WorkspaceID, kind DataKind, q string, page NamePage) ([]DataName, error) {
	compare, order, from := `>`, ``, page.After
	if page.Before != "" {
		compare, order, from = `<`, ` desc`, page.Before
	}
	rows, err := s.read.QueryContext(ctx, `
		select `+dataNameColumns+` from data_index
		where workspace_id = ? and kind = ? and name `+compare+` ? and instr(lower(name), lower(?)) > 0
		order by name`+order+`
		limit ?`, ws, kind, from, q, page.Limit)
	all, err := collect(rows, err, scanDataName)
	if page.Before != "" {
		slices.Reverse(all)
	}
	return all, err
}

// DataName is one name, if the workspace has seen it.
func (s *Store) DataName(ctx context.Context, ws WorkspaceID, kind DataKind, name string) (DataName, error) {
	d, err := scanDataName(s.read.QueryRowContext(ctx, `
		select `+dataNameColumns+` from data_index where workspace_id = ? and kind = ? and name = ?`, ws, kind, name).Scan)
	return d, known(err)
}

const dataNameColumns = `kind, name, seen_at, last_at, times, description, sensitive`

func scanDataName(scan func(...any) error) (d DataName, err error) {
	var seen, last int64
	err = scan(&d.Kind, &d.Name, &seen, &last, &d.Times, &d.Description, &d.Sensitive)
	d.SeenAt, d.LastAt = instant(seen), instant(last)
	return d, err
}

// maxDescription is in characters.
const maxDescription = 300

// DescribeData keeps what a name is for, and whether it is sensitive.
func (s *Store) DescribeData(ctx context.Context, ws WorkspaceID, d DataName, by Actor) error {
	if utf8.RuneCountInString(d.Description) > maxDescription {
		return Invalid{"description": "Use at most 300 characters."}
	}
	if d.Kind != AttributeData {
		d.Sensitive = false
	}
	return s.update(ctx, func(tx *Tx) error {
		err := tx.execOne(`
			update data_index set description = ?, sensitive = ? where workspace_id = ? and kind = ? and name = ?`,
			d.Description, d.Sensitive, ws, d.Kind, d.Name)
		if err != nil {
			return err
		}
		detail := "Seen by all."
		if d.Sensitive {
			detail = "Seen by admins only."
		}
		return tx.noted(ws, by, "Described an "+string(d.Kind), d.Name, detail)
	})
}

// Sensitive is the attributes that only admins see.
func (s *Store) Sensitive(ctx context.Context, ws WorkspaceID) ([]string, error) {
	rows, err := s.read.QueryContext(ctx, `select name from data_index where workspace_id = ? and sensitive = 1 order by name`, ws)
	return collect(rows, err, func(scan func(...any) error) (name string, err error) { return name, scan(&name) })
}

// Without is a person as those see them who may not see some attributes.
func (p Person) Without(names []string) Person {
	hidden := false
	for _, name := range names {
		if _, has := p.Attributes[name]; has {
			hidden = true
		}
	}
	if !hidden {
		return p
	}
	seen := Attributes{}
	for name, value := range p.Attributes {
		if !slices.Contains(names, name) {
			seen[name] = value
		}
	}
	p.Attributes = seen
	return p
}

const (
	exampleRows = 300 // people who are looked at for examples
	maxExamples = 5
)

// Examples is a few values of an attribute, or the data of a few events, as
// text.
func (s *Store) Examples(ctx context.Context, ws WorkspaceID, d DataName) ([]string, error) {
	if d.Kind == EventData {
		rows, err := s.read.QueryContext(ctx, `
			select data from activities
			where workspace_id = ? and type = 'event' and name = ?
			order by person_id desc, occurred_at desc
			limit ?`, ws, d.Name, maxExamples)
		return collect(rows, err, func(scan func(...any) error) (text string, err error) { return text, scan(&text) })
	}
	people, err := s.newestPeople(ctx, ws, exampleRows)
	var examples []string
	for _, p := range people {
		text := AttributeWords(p.Attributes[d.Name])
		if text != "" && !slices.Contains(examples, text) && len(examples) < maxExamples {
			examples = append(examples, text)
		}
	}
	return examples, err
}

// DataUsers is what asks for an attribute or an event: segments, and campaigns
// in their draft or their live version.
func (s *Store) DataUsers(ctx context.Context, ws WorkspaceID, d DataName) (users SegmentUsers, err error) {
	uses := func(attributes, events []string) bool {
		if d.Kind == EventData {
			return slices.Contains(events, d.Name)
		}
		return slices.ContainsFunc(attributes, func(field string) bool {
			path := condition.Path(field)
			return field == d.Name || path != nil && path[0] == d.Name
		})
	}
	users.Campaigns, err = s.campaignsThat(ctx, s.read, ws, func(c workflow.Campaign) bool {
		used := workflow.Export(c).Uses
		return uses(used.Attributes, used.Events)
	})
	if err != nil {
		return users, err
	}
	all, err := segments(ctx, s.read, ws)
	for _, g := range all {
		if used := g.Condition.Uses(); !g.Manual && uses(used.Attributes, used.Events) {
			users.Segments = append(users.Segments, g)
		}
	}
	return users, err
}
