package identity

import (
	"strings"
	"testing"
)

// body is the identifiers of a body: "id=7 email=a@x.com", and "id=" removes.
func body(s string) (b Body) {
	for field := range strings.FieldsSeq(s) {
		switch kind, value, _ := strings.Cut(field, "="); kind {
		case "id":
			b.ID = &value
		case "email":
			b.Email = &value
		case "cio_id":
			b.CioID = &value
		}
	}
	return b
}

type row struct {
	name   string // as in the truth table: path | body | state
	people string // A, then B, separated by a comma
	path   string
	body   string
	want   Outcome
	after  string
	fails  string // attributes that are not applied, with the reason's first words
}

var outcomes = map[Outcome]string{Create: "create", Update: "update", Merge: "merge", Drop: "drop", Reject: "reject"}

func check(t *testing.T, p Policy, rows []row) {
	t.Helper()
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			var people []string
			if r.people != "" {
				people = strings.Split(r.people, ", ")
			}
			w := newWorld(p, people...)
			d := w.call(r.path, body(r.body), false)
			var fails []string
			for _, f := range d.Failures {
				fails = append(fails, f.Attribute+": "+f.Reason)
			}
			got := strings.Join(fails, "; ")
			if d.Outcome != r.want || w.String() != r.after || got != r.fails {
				t.Errorf("%s %s | fails %q %s\nwant %s %s | fails %q", outcomes[d.Outcome], w, got, d.Reason, outcomes[r.want], r.after, r.fails)
			}
		})
	}
}

func TestTruthTableBoth(t *testing.T) {
	check(t, Policy{Mode: EmailOrID}, []row{
		{"id new | – | –", "", "7", "", Create, "id=7", ""},
		{"id new | email new | –", "", "7", "email=n@x.com", Create, "id=7 email=n@x.com", ""},
		{"id new | email of A | A has no id", "email=a@x.com", "7", "email=A@X.com", Update, "id=7 email=A@X.com", ""},
		{"id new | email of A | A has other id", "id=1 email=a@x.com", "7", "email=a@x.com", Update, "id=1 email=a@x.com", "id: " + reasonSet},
		{"id of A | – | –", "id=1", "1", "", Update, "id=1", ""},
		{"id of A | email new | A has no email", "id=1", "1", "email=n@x.com", Update, "id=1 email=n@x.com", ""},
		{"id of A | email new | A has email", "id=1 email=a@x.com", "1", "email=n@x.com", Update, "id=1 email=a@x.com", "email: " + reasonSet},
		{"id of A | email of A, other case | –", "id=1 email=a@x.com", "1", "email=A@x.COM", Update, "id=1 email=A@x.COM", ""},
		{"id of A | email of B | A has no email, B has no id, auto-merge off", "id=1, email=b@x.com", "1", "email=b@x.com", Update, "id=1, email=b@x.com", "email: " + reasonTaken},
		{"id of A | email of B | otherwise", "id=1 email=a@x.com, email=b@x.com", "1", "email=b@x.com", Update, "id=1 email=a@x.com, email=b@x.com", "email: " + reasonTaken},
		{"id of A | id != path, new | –", "id=1", "1", "id=2", Update, "id=1", "id: " + reasonSet},
		{"id of A | id != path, of B | –", "id=1, id=2", "1", "id=2", Update, "id=1, id=2", "id: " + reasonTaken},
		{"id of A | id = path | –", "id=1", "1", "id=1", Update, "id=1", ""},
		{"id new | id != path | –", "", "7", "id=8", Create, "id=7", "id: " + reasonSet},
		{"id new | id of B != path | –", "id=1", "7", "id=1", Create, "id=1, id=7", "id: " + reasonTaken},
		{"email new | – | –", "", "n@x.com", "", Create, "email=n@x.com", ""},
		{"email new | id new | –", "", "n@x.com", "id=7", Create, "id=7 email=n@x.com", ""},
		{"email new | id of A | A has no email", "id=1", "n@x.com", "id=1", Update, "id=1 email=n@x.com", ""},
		{"email new | id of A | A has other email", "id=1 email=a@x.com", "n@x.com", "id=1", Update, "id=1 email=a@x.com", "email: " + reasonSet},
		{"email new | email of B | –", "email=b@x.com", "n@x.com", "email=b@x.com", Create, "email=b@x.com, email=n@x.com", "email: " + reasonTaken},
		{"email of A | – | –", "email=a@x.com", "A@X.com", "", Update, "email=a@x.com", ""},
		{"email of A | id new | A has no id", "email=a@x.com", "a@x.com", "id=7", Update, "id=7 email=a@x.com", ""},
		{"email of A | id new | A has id", "id=1 email=a@x.com", "a@x.com", "id=7", Update, "id=1 email=a@x.com", "id: " + reasonSet},
		{"email of A | id of B | A has no id", "email=a@x.com, id=2", "a@x.com", "id=2", Update, "email=a@x.com, id=2", "id: " + reasonTaken},
		{"email of A | email other | –", "email=a@x.com", "a@x.com", "email=n@x.com", Update, "email=a@x.com", "email: " + reasonSet},
		{"email new | `id` = the very same string as the path (Ruby)", "", "a@b.co", "id=a@b.co", Create, "email=a@b.co", ""},
		{"email of A | `id` = the very same string as the path (Ruby)", "email=a@b.co", "a@b.co", "id=a@b.co", Update, "email=a@b.co", ""},
		{"email new | `id` = path (Ruby) | A has that id", "id=a@b.co", "a@b.co", "id=a@b.co", Create, "id=a@b.co, email=a@b.co", ""},
		{"cio_A | id new | A has id", "id=1 email=a@x.com", "cio_1", "id=7", Update, "id=7 email=a@x.com", ""},
		{"cio_A | email new | A has email", "id=1 email=a@x.com", "cio_1", "email=n@x.com", Update, "id=1 email=n@x.com", ""},
		{"cio_A | id and email new | –", "id=1 email=a@x.com", "cio_1", "id=7 email=n@x.com", Update, "id=7 email=n@x.com", ""},
		{"cio_A | id of B, email new | –", "id=1 email=a@x.com, id=2", "cio_1", "id=2 email=n@x.com", Update, "id=1 email=n@x.com, id=2", "id: " + reasonTaken},
		{"cio_A | email of B, id new | –", "id=1, email=b@x.com", "cio_1", "id=7 email=b@x.com", Update, "id=7, email=b@x.com", "email: " + reasonTaken},
		{"cio_A | `cio_id` = A in body (Ruby) | –", "id=1", "cio_1", "cio_id=1 email=n@x.com", Update, "id=1 email=n@x.com", ""},
		{"cio_A | `id` = cio_A in body | –", "id=1", "cio_1", "id=cio_1", Update, "id=1", ""},
		{"cio_A | another `cio_id` in body | –", "id=1", "cio_1", "cio_id=2", Update, "id=1", "cio_id: " + reasonAssigned},
		{"cio_unknown | any | –", "id=1", "cio_99", "id=7 email=n@x.com", Drop, "id=1", ""},

		{"id of A | email removed | A has email", "id=1 email=a@x.com", "1", "email=", Update, "id=1 email=a@x.com", "email: " + reasonSet},
		{"id of A | email removed | A has none", "id=1", "1", "email=", Update, "id=1", ""},
		{"cio_A | email removed | A has id", "id=1 email=a@x.com", "cio_1", "email=", Update, "id=1", ""},
		{"cio_A | email removed | it is the last", "email=a@x.com", "cio_1", "email=", Update, "email=a@x.com", "email: " + reasonLast},
		{"cio_A | id removed, email new | –", "id=1", "cio_1", "id= email=n@x.com", Update, "email=n@x.com", ""},
		{"cio_A | id and email removed | –", "id=1 email=a@x.com", "cio_1", "id= email=", Update, "email=a@x.com", "email: " + reasonLast},
		{"id of A | email invalid | –", "id=1", "1", "email=n@x", Update, "id=1", "email: “n@x” is not a full email address."},
		{"id new | email invalid | –", "", "7", "email=n@x", Create, "id=7", "email: “n@x” is not a full email address."},
		{"id of A | id too long | –", "id=1", "1", "id=" + strings.Repeat("x", 151), Reject, "id=1", ""},
		{"id too long | – | –", "", strings.Repeat("x", 151), "", Reject, "", ""},
	})
}

func TestTruthTableEmailByID(t *testing.T) {
	check(t, Policy{Mode: EmailOrID, EmailByID: true}, []row{
		{"id of A | email new | A has email", "id=1 email=a@x.com", "1", "email=n@x.com", Update, "id=1 email=n@x.com", ""},
		{"id of A | email of B | A has email", "id=1 email=a@x.com, email=b@x.com", "1", "email=b@x.com", Update, "id=1 email=a@x.com, email=b@x.com", "email: " + reasonTaken},
		{"id of A | email removed | –", "id=1 email=a@x.com", "1", "email=", Update, "id=1", ""},
		{"email new | id of A | A has other email", "id=1 email=a@x.com", "n@x.com", "id=1", Update, "id=1 email=n@x.com", ""},
		{"email new | id of A, yet another email | A has email", "id=1 email=a@x.com", "n@x.com", "id=1 email=o@x.com", Update, "id=1 email=n@x.com", "email: " + reasonSet},
		{"email of A | email other | –", "id=1 email=a@x.com", "a@x.com", "email=n@x.com", Update, "id=1 email=a@x.com", "email: " + reasonSet},
		{"id of A | id != path | –", "id=1", "1", "id=2", Update, "id=1", "id: " + reasonSet},
	})
}

func TestTruthTableAutoMerge(t *testing.T) {
	check(t, Policy{Mode: EmailOrID, AutoMerge: true}, []row{
		{"id of A | email of B | A has no email, B has no id", "id=1, email=b@x.com", "1", "email=B@x.com", Merge, "id=1 email=B@x.com", ""},
		{"id of A | email of B | B is older", "email=b@x.com, id=1", "1", "email=b@x.com", Merge, "id=1 email=b@x.com", ""},
		{"email of A | id of B | A has no id, B has no email", "email=a@x.com, id=2", "a@x.com", "id=2", Merge, "id=2 email=a@x.com", ""},
		{"id of A | email of B | A has email", "id=1 email=a@x.com, email=b@x.com", "1", "email=b@x.com", Update, "id=1 email=a@x.com, email=b@x.com", "email: " + reasonTaken},
		{"id of A | email of B | B has id", "id=1, id=2 email=b@x.com", "1", "email=b@x.com", Update, "id=1, id=2 email=b@x.com", "email: " + reasonTaken},
		{"id of A | email of A | –", "id=1 email=a@x.com", "1", "email=a@x.com", Update, "id=1 email=a@x.com", ""},
		{"cio_A | email of B | A has no email, B has no id", "id=1, email=b@x.com", "cio_1", "email=b@x.com", Update, "id=1, email=b@x.com", "email: " + reasonTaken},
	})
	check(t, Policy{Mode: IDOnly, AutoMerge: true}, []row{
		{"never in mode id | id of A | email of B", "id=1, id=2 email=b@x.com", "1", "email=b@x.com", Update, "id=1 email=b@x.com, id=2 email=b@x.com", ""},
	})
}

func TestTheOlderPersonIsPrimary(t *testing.T) {
	w := newWorld(Policy{Mode: EmailOrID, AutoMerge: true}, "email=b@x.com", "id=1")
	d := w.call("1", body("email=b@x.com"), false)
	if d.Target.Key != 1 || d.Secondary.Key != 2 || *d.SetID != "1" || d.SetEmail != nil {
		t.Errorf("%+v", d)
	}
	w = newWorld(Policy{Mode: EmailOrID, AutoMerge: true}, "id=1", "email=b@x.com")
	w.people[1].CreatedAt = w.people[0].CreatedAt
	if d := w.call("1", body("email=b@x.com"), false); d.Target.Key != 1 {
		t.Errorf("of two people made at once, %d is primary", d.Target.Key)
	}
}

func TestTruthTableIDOnly(t *testing.T) {
	check(t, Policy{Mode: IDOnly}, []row{
		{"any string | – | new", "", "7", "", Create, "id=7", ""},
		{"one that looks like an email | – | new", "", "a@x.com", "", Create, "id=a@x.com", ""},
		{"one that looks like an email | – | known", "id=a@x.com", "a@x.com", "", Update, "id=a@x.com", ""},
		{"one that looks like an email | – | case matters", "id=a@x.com", "A@x.com", "", Create, "id=a@x.com, id=A@x.com", ""},
		{"id | email anything | new", "id=1 email=a@x.com", "2", "email=a@x.com", Create, "id=1 email=a@x.com, id=2 email=a@x.com", ""},
		{"id | email anything | known", "id=1 email=a@x.com, id=2", "2", "email=A@x.com", Update, "id=1 email=a@x.com, id=2 email=A@x.com", ""},
		{"id | email anything | A has other email", "id=1 email=a@x.com", "1", "email=none", Update, "id=1 email=none", ""},
		{"id | email removed | –", "id=1 email=a@x.com", "1", "email=", Update, "id=1", ""},
		{"id | `id` != path | –", "id=1", "1", "id=2", Reject, "id=1", ""},
		{"id | `id` = path | –", "id=1", "1", "id=1", Update, "id=1", ""},
		{"id | `id` removed | –", "id=1", "1", "id=", Update, "id=1", "id: " + reasonSet},
		{"cio_A | id new | –", "id=1", "cio_1", "id=7", Update, "id=7", ""},
		{"cio_A | id of B | –", "id=1, id=2", "cio_1", "id=2 email=n@x.com", Update, "id=1 email=n@x.com, id=2", "id: " + reasonTaken},
		{"cio_A | id removed | –", "id=1 email=a@x.com", "cio_1", "id=", Update, "id=1 email=a@x.com", "id: " + reasonLast},
		{"cio_unknown | any | –", "", "cio_99", "email=a@x.com", Drop, "", ""},
	})
	d := newWorld(Policy{Mode: IDOnly}, "id=1").call("1", body("id=2"), false)
	if d.Reason != "id attribute and identifier are not the same value" {
		t.Error(d.Reason)
	}
}

func TestTruthTableEmailOnly(t *testing.T) {
	check(t, Policy{Mode: EmailOnly}, []row{
		{"email new | – | –", "", "n@x.com", "", Create, "email=n@x.com", ""},
		{"email known | – | –", "email=a@x.com", "A@x.com", "", Update, "email=a@x.com", ""},
		{"email | `id` x | new", "", "n@x.com", "id=7", Create, "email=n@x.com", "id: " + reasonNotHere},
		{"email | `id` x | known", "email=a@x.com", "a@x.com", "id=7", Update, "email=a@x.com", "id: " + reasonNotHere},
		{"email | `id` = path (Ruby) | –", "", "n@x.com", "id=n@x.com", Create, "email=n@x.com", ""},
		{"email | `id` empty | –", "", "n@x.com", "id=", Create, "email=n@x.com", ""},
		{"not an email, not cio_ | any | –", "", "7", "email=n@x.com", Reject, "", ""},
		{"email of A | email other | –", "email=a@x.com", "a@x.com", "email=n@x.com", Update, "email=a@x.com", "email: " + reasonSet},
		{"email of A | email of B | –", "email=a@x.com, email=b@x.com", "a@x.com", "email=b@x.com", Update, "email=a@x.com, email=b@x.com", "email: " + reasonTaken},
		{"cio_A | email new | –", "email=a@x.com", "cio_1", "email=n@x.com", Update, "email=n@x.com", ""},
		{"cio_A | email removed | –", "email=a@x.com", "cio_1", "email=", Update, "email=a@x.com", "email: " + reasonLast},
		{"cio_unknown | any | –", "", "cio_99", "email=a@x.com", Drop, "", ""},
	})
	d := newWorld(Policy{Mode: EmailOnly}).call("7", Body{}, false)
	if d.Reason != "identifier is not a valid email address" {
		t.Error(d.Reason)
	}
}

func TestUpdateOnly(t *testing.T) {
	w := newWorld(Policy{Mode: EmailOrID}, "id=1", "email=b@x.com")
	for path, want := range map[string]Outcome{"1": Update, "b@x.com": Update, "cio_1": Update, "7": Drop, "n@x.com": Drop, "cio_99": Drop} {
		if d := w.call(path, Body{}, true); d.Outcome != want || (want == Drop) != (d.Reason != "") {
			t.Errorf("%s: %s %q", path, outcomes[d.Outcome], d.Reason)
		}
	}
	if d := w.call("7", body("email=b@x.com"), true); d.Outcome != Update || w.String() != "id=1, id=7 email=b@x.com" {
		t.Errorf("%s: %s", outcomes[d.Outcome], w)
	}
}

// A v2 call says itself which kind its identifier is.
func TestRefsThatDoNotIdentifyHere(t *testing.T) {
	rows := []struct {
		mode Mode
		ref  Ref
		want string
	}{
		{IDOnly, Ref{Email, "a@x.com"}, "people in this workspace are not identified by email"},
		{EmailOnly, Ref{ID, "1"}, "people in this workspace are not identified by id"},
		{EmailOrID, Ref{Email, "a@x"}, "identifier is not a valid email address"},
		{EmailOrID, Ref{ID, ""}, "Enter an id."},
	}
	for _, r := range rows {
		d := Decide(Policy{Mode: r.mode}, Request{Path: r.ref}, Found{})
		if d.Outcome != Reject || d.Reason != r.want {
			t.Errorf("%s %v: %s %q", r.mode, r.ref, outcomes[d.Outcome], d.Reason)
		}
	}
}
