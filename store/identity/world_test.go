package identity

import (
	"fmt"
	"strings"
	"time"
)

// world is a workspace in memory that does what Decide says.
type world struct {
	policy Policy
	people []*Person
	last   int64
}

// newWorld has people written as "id=1 email=a@x.com", the oldest first. The
// cio_id of the first is 1.
func newWorld(p Policy, people ...string) *world {
	w := &world{policy: p}
	for _, s := range people {
		w.add(parsePerson(s))
	}
	return w
}

func parsePerson(s string) (p Person) {
	for field := range strings.FieldsSeq(s) {
		switch kind, value, _ := strings.Cut(field, "="); kind {
		case "id":
			p.ID = value
		case "email":
			p.Email = value
		}
	}
	return p
}

func (w *world) add(p Person) {
	w.last++
	p.Key, p.CreatedAt = w.last, time.Unix(w.last, 0)
	w.people = append(w.people, &p)
}

func (w *world) String() string {
	var all []string
	for _, p := range w.people {
		var parts []string
		if p.ID != "" {
			parts = append(parts, "id="+p.ID)
		}
		if p.Email != "" {
			parts = append(parts, "email="+p.Email)
		}
		all = append(all, strings.Join(parts, " "))
	}
	return strings.Join(all, ", ")
}

func (w *world) by(r Ref) *Person {
	want := keyOrNone(r.Value)
	for _, p := range w.people {
		switch {
		case r.Kind == CioID && fmt.Sprint(p.Key) == r.Value,
			r.Kind == ID && r.Value != "" && p.ID == r.Value,
			r.Kind == Email && want != "" && keyOrNone(p.Email) == want:
			return p
		}
	}
	return nil
}

// call is one identify: it looks everybody up, decides and obeys.
func (w *world) call(path string, body Body, updateOnly bool) Decision {
	ref, err := FromPath(w.policy.Mode, path)
	if err != nil {
		return Decision{Outcome: Reject, Reason: err.Error()}
	}
	found := Found{ByPath: w.by(ref)}
	if body.ID != nil {
		found.ByID = w.by(Ref{ID, *body.ID})
	}
	if body.Email != nil {
		found.ByEmail = w.by(Ref{Email, *body.Email})
	}
	d := Decide(w.policy, Request{Path: ref, Body: body, UpdateOnly: updateOnly}, found)
	w.obey(d)
	return d
}

func (w *world) obey(d Decision) {
	target := d.Target
	switch d.Outcome {
	case Drop, Reject:
		return
	case Create:
		w.add(Person{})
		target = w.people[len(w.people)-1]
	case Merge:
		var rest []*Person
		for _, p := range w.people {
			if p != d.Secondary {
				rest = append(rest, p)
			}
		}
		w.people = rest
	}
	if d.SetID != nil {
		target.ID = *d.SetID
	}
	if d.SetEmail != nil {
		target.Email = *d.SetEmail
	}
}
