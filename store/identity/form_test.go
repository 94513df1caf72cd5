package identity

import "testing"

func TestDecideForm(t *testing.T) {
	const (
		needID    = "People in this workspace are identified by id, so an email alone is not enough. Enter an id."
		needEmail = "People in this workspace are identified by email, so an id alone is not enough. Enter an email."
		noID      = "People in this workspace are identified by email only. Leave the id empty."
		takenID   = "Another person in this workspace has the id “2”. Enter another one, or edit that person."
		takenMail = "Another person in this workspace has the email “B@x.com”. Enter another one, or edit that person."
	)
	rows := []struct {
		name string
		mode Mode
		edit bool // edit A, who is id=1 email=a@x.com; B is id=2 email=b@x.com
		want string
		id   string // what is wrong with the id
		mail string
	}{
		{"both: neither", EmailOrID, false, "", "Enter an id or an email.", ""},
		{"both: id", EmailOrID, false, "id=7", "", ""},
		{"both: email", EmailOrID, false, "email=n@x.com", "", ""},
		{"both: taken", EmailOrID, false, "id=2 email=B@x.com", takenID, takenMail},
		{"both: bad email", EmailOrID, false, "id=7 email=n@x", "", "“n@x” is not a full email address."},
		{"both: bad id", EmailOrID, false, "id=cio_7", "An id cannot begin with “cio_”: that names a person by cio_id.", ""},
		{"both: edit nothing", EmailOrID, true, "id=1 email=a@x.com", "", ""},
		{"both: edit everything", EmailOrID, true, "id=7 email=A@X.com", "", ""},
		{"both: edit to taken", EmailOrID, true, "id=2 email=B@x.com", takenID, takenMail},
		{"both: empty both", EmailOrID, true, "", "Enter an id or an email.", ""},
		{"id: email alone", IDOnly, false, "email=n@x.com", needID, ""},
		{"id: nothing", IDOnly, false, "", "Enter an id.", ""},
		{"id: shared email", IDOnly, false, "id=7 email=B@x.com", "", ""},
		{"id: bad email", IDOnly, false, "id=7 email=n@x", "", "“n@x” is not a full email address."},
		{"id: taken id", IDOnly, false, "id=2", takenID, ""},
		{"email: nothing", EmailOnly, false, "", "", "Enter an email."},
		{"email: id alone", EmailOnly, false, "id=7", noID, needEmail},
		{"email: with id", EmailOnly, false, "id=7 email=n@x.com", noID, ""},
		{"email: keep an old id", EmailOnly, true, "id=1 email=n@x.com", "", ""},
		{"email: taken", EmailOnly, false, "email=B@x.com", "", takenMail},
	}
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			w := newWorld(Policy{Mode: r.mode}, "id=1 email=a@x.com", "id=2 email=b@x.com")
			var current *Person
			if r.edit {
				current = w.people[0]
			}
			want := parsePerson(r.want)
			found := Found{ByID: w.by(Ref{ID, want.ID}), ByEmail: w.by(Ref{Email, want.Email})}
			got := DecideForm(w.policy, current, want, found)
			if got["id"] != r.id || got["email"] != r.mail || (r.id+r.mail == "") != (len(got) == 0) {
				t.Errorf("%q", got)
			}
		})
	}
}
