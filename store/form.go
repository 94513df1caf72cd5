package store

import (
	"context"
	"encoding/json"
	"maps"

	"github.com/postroom/postroom/store/identity"
)

// FormActivity says that a person submitted a form.
const FormActivity ActivityType = "form_submit"

// Form is a form on another site.
type Form struct {
	ID   string // the site's own
	Name string
}

// Submission is a form that somebody filled in: its fields become attributes
// of the person whom one of them names, and who is created when the workspace
// does not know them. A form that is not known yet is remembered.
type Submission struct {
	Form   Form
	Person Identify
}

// FormSeen remembers a form whose submission cannot be accepted, so that its
// owner sees that it arrives.
type FormSeen struct{ Form Form }

func (in Submission) do(tx *Tx, ws WorkspaceID) error {
	if err := tx.sawForm(ws, in.Form, 1); err != nil {
		return err
	}
	w, err := tx.workspace(ws)
	if err != nil {
		return err
	}
	who, err := tx.identify(w, in.Person)
	if err != nil || who.Person == 0 {
		return err
	}
	name := in.Form.Name
	if name == "" {
		name = in.Form.ID
	}
	if err := tx.noteData(ws, Activity{PersonID: who.Person, Type: FormActivity, Name: name}, in.Person.Attributes); err != nil {
		return err
	}
	return tx.submitted(ws, who.Person, in, name)
}

// submitted starts the campaigns that wait for the form.
func (tx *Tx) submitted(ws WorkspaceID, who PersonID, in Submission, name string) error {
	waiting, err := tx.campaignsFor(ws, formTrigger, in.Form.ID)
	if err != nil || len(waiting) == 0 {
		return err
	}
	p, err := person(context.Background(), tx, ws, who)
	if err != nil {
		return err
	}
	fields := maps.Clone(in.Person.Attributes)
	if fields == nil {
		fields = Attributes{}
	}
	switch ref := in.Person.Ref; ref.Kind {
	case identity.Email:
		fields["email"] = ref.Value
	case identity.ID:
		fields["id"] = ref.Value
	}
	return tx.start(ws, waiting, p, TriggerEvent{Name: name, Timestamp: tx.now.Unix(), Data: json.RawMessage(encode(fields))})
}

func (in FormSeen) do(tx *Tx, ws WorkspaceID) error { return tx.sawForm(ws, in.Form, 0) }

func (tx *Tx) sawForm(ws WorkspaceID, f Form, submissions int) error {
	_, err := tx.exec(`
		insert into forms (workspace_id, form_id, name, submissions, created_at, updated_at) values (?, ?, ?, ?, ?, ?)
		on conflict do update set name = iif(excluded.name = '', name, excluded.name), submissions = submissions + excluded.submissions, updated_at = excluded.updated_at`,
		ws, f.ID, f.Name, submissions, micros(tx.now), micros(tx.now))
	return err
}

// maxForms is how many forms a list has.
const maxForms = 200

// Forms is the forms that submitted something, the last one first.
func (s *Store) Forms(ctx context.Context, ws WorkspaceID) ([]Form, error) {
	rows, err := s.read.QueryContext(ctx, `
		select form_id, name from forms where workspace_id = ? order by updated_at desc limit ?`, ws, maxForms)
	return collect(rows, err, func(scan func(...any) error) (f Form, err error) {
		err = scan(&f.ID, &f.Name)
		return f, err
	})
}
