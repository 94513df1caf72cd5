package identity

import (
	"strings"
	"testing"

	"github.com/postroom/postroom/store/identity/identitytest"
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

var outcomes = map[Outcome]string{Create: "create", Update: "update", Merge: "merge", Drop: "drop", Reject: "reject"}

func TestTruthTable(t *testing.T) {
	rows := identitytest.Rows()
	if len(rows) < 80 {
		t.Fatalf("found %d rows only", len(rows))
	}
	for _, r := range rows {
		t.Run(r.Mode+" "+r.Name, func(t *testing.T) {
			p := Policy{Mode: Mode(r.Mode), EmailByID: r.EmailByID, AutoMerge: r.AutoMerge}
			w := newWorld(p, r.People...)
			d := w.call(r.Path, body(r.Body), false)
			var fails []string
			for _, f := range d.Failures {
				fails = append(fails, f.Attribute+": "+f.Reason)
			}
			got := strings.Join(fails, "; ")
			if outcomes[d.Outcome] != r.Outcome || w.String() != r.After || got != r.Fails {
				t.Errorf("%s %s | fails %q %s\nwant %s %s | fails %q", outcomes[d.Outcome], w, got, d.Reason, r.Outcome, r.After, r.Fails)
			}
		})
	}
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

func TestRejectionsAreWorded(t *testing.T) {
	for want, d := range map[string]Decision{
		"id attribute and identifier are not the same value": newWorld(Policy{Mode: IDOnly}, "id=1").call("1", body("id=2"), false),
		"identifier is not a valid email address":            newWorld(Policy{Mode: EmailOnly}).call("7", Body{}, false),
	} {
		if d.Reason != want {
			t.Errorf("got %q, want %q", d.Reason, want)
		}
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
