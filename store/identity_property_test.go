package store

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"github.com/postroom/postroom/store/identity"
)

// crowd is a workspace in which anything may happen to people.
type crowd struct {
	*world
	ws     Workspace
	rules  IdentifierRules
	silent map[PersonID]bool // who has unsubscribed
	count  int
}

func (c *crowd) people(t *rapid.T) map[PersonID]Person {
	found, err := c.People(c.ctx, c.ws.ID, "", Page{Limit: 1000})
	if err != nil {
		t.Fatal(err)
	}
	all := map[PersonID]Person{}
	for _, p := range found {
		all[p.ID] = p
	}
	return all
}

var (
	somePaths  = []string{"1", "2", "3", "a@x.test", "A@X.test", "b@x.test", "c@x.test"}
	someBodies = []string{`{}`, `{"email": "a@x.test"}`, `{"email": "b@x.test", "plan": "pro"}`, `{"email": ""}`, `{"id": "2"}`, `{"id": "3", "email": "C@x.test"}`}
)

// act does one thing to people and says by how many they should be more.
func (c *crowd) act(t *rapid.T) (more int, moved map[PersonID]PersonID) {
	before := c.people(t)
	path := rapid.SampledFrom(somePaths).Draw(t, "path")
	ref, err := identity.FromPath(c.ws.Identifiers, path)
	if err != nil {
		return 0, nil
	}
	who, notFound := c.PersonBy(c.ctx, c.ws.ID, ref)
	switch what := rapid.SampledFrom([]string{"call", "call", "call", "call", "by cio_id", "silence", "merge", "delete", "suppress", "free", "settle", "switch", "give up"}).Draw(t, "what"); what {
	case "call", "silence":
		in := c.body(rapid.SampledFrom(someBodies).Draw(t, "body"))
		in.Ref = ref
		if said := what == "silence" || rapid.Bool().Draw(t, "says no"); what == "silence" || said {
			yes := what == "silence"
			in.Unsubscribed = &yes
		}
		out, err := c.Identify(c.ctx, c.ws.ID, in)
		if _, no := err.(Rejected); err != nil && !no {
			t.Fatal(err)
		}
		if out.Created {
			return 1, nil
		}
		moved := c.movedTo(t, before, out.Person)
		if len(moved) > 1 || len(moved) == 1 && !c.rules.AutoMerge {
			t.Fatalf("a call lost %v", moved)
		}
		return -len(moved), moved
	case "by cio_id":
		if notFound == nil {
			in := c.body(rapid.SampledFrom(someBodies).Draw(t, "body"))
			in.Ref = byCio(who.ID)
			if _, err := c.Identify(c.ctx, c.ws.ID, in); err != nil {
				if _, no := err.(Rejected); !no {
					t.Fatal(err)
				}
			}
		}
	case "merge":
		for id := range before {
			if notFound == nil && id != who.ID {
				c.must(c.Merge(c.ctx, c.ws.ID, ref, byCio(id), c.me))
				return -1, map[PersonID]PersonID{id: who.ID}
			}
		}
	case "delete":
		c.must(c.DeletePersonBy(c.ctx, c.ws.ID, ref))
	case "suppress":
		c.must(c.Suppress(c.ctx, c.ws.ID, ref, c.me))
	case "free":
		if err := c.Unsuppress(c.ctx, c.ws.ID, ref, c.me); err != nil && err != ErrNotFound {
			t.Fatal(err)
		}
		return 0, nil
	case "switch":
		c.change(t)
		return 0, nil
	case "give up":
		if c.ws.Next != "" {
			c.must(c.CancelIdentifiers(c.ctx, c.ws.ID))
			c.refresh()
		}
		return 0, nil
	case "settle":
		c.must(c.SettleDepartures(c.ctx, c.ws.ID, 1))
		return 0, nil
	}
	if _, err := c.PersonBy(c.ctx, c.ws.ID, byCio(who.ID)); notFound == nil && err == ErrNotFound {
		delete(c.silent, who.ID)
		return -1, nil
	}
	return 0, nil
}

// change begins to change what identifies people, and applies it when nobody
// stands in the way.
func (c *crowd) change(t *rapid.T) {
	to := rapid.SampledFrom(identity.Modes).Draw(t, "to")
	if err := c.CheckIdentifiers(c.ctx, c.ws.ID, to, c.me); err != nil {
		return // it is what holds now, or another change is under way
	}
	for range rapid.IntRange(1, 9).Draw(t, "turns") {
		c.must(c.WorkOnIdentifiers(c.ctx, c.ws.ID, 2))
	}
	err := c.ApplyIdentifiers(c.ctx, c.ws.ID, c.me)
	if _, conflict := err.(Invalid); err != nil && err != ErrChanged && !conflict {
		t.Fatal(err)
	}
	c.refresh()
}

func (c *crowd) refresh() {
	ws, err := c.Workspace(c.ctx, c.ws.ID)
	c.must(err)
	c.ws = ws
}

// movedTo is who is gone after a call, and into whom.
func (c *crowd) movedTo(t *rapid.T, before map[PersonID]Person, into PersonID) map[PersonID]PersonID {
	moved, now := map[PersonID]PersonID{}, c.people(t)
	for id := range before {
		if _, there := now[id]; !there {
			moved[id] = into
		}
	}
	return moved
}

func (c *crowd) body(text string) (in Identify) {
	object, err := DecodeObject([]byte(text))
	c.must(err)
	in.Attributes = object
	take := func(name string) *string {
		value, ok := in.Attributes[name]
		if !ok {
			return nil
		}
		delete(in.Attributes, name)
		text := AttributeWords(value)
		return &text
	}
	in.Body = identity.Body{ID: take("id"), Email: take("email")}
	return in
}

// hold fails when somebody was lost, shares an identifier or gave consent that
// nobody recorded.
func (c *crowd) hold(t *rapid.T, more int, moved map[PersonID]PersonID) {
	now := c.people(t)
	if c.count += more; len(now) != c.count {
		t.Fatalf("there are %d people, want %d", len(now), c.count)
	}
	for id, into := range moved {
		if c.silent[id] {
			c.silent[into] = true
		}
		delete(c.silent, id)
	}
	seen := map[string]PersonID{}
	for id, p := range now {
		if c.silent[id] && !p.Unsubscribed {
			t.Fatalf("%s was given consent", p.Label())
		}
		if p.Unsubscribed {
			c.silent[id] = true
		}
		for _, ref := range p.refs(c.ws) {
			name := fmt.Sprintf("%s %x", ref.Kind, mark(ref))
			if other, twice := seen[name]; twice {
				t.Fatalf("%s belongs to %d and %d", name, other, id)
			}
			seen[name] = id
			if got, err := c.PersonBy(c.ctx, c.ws.ID, ref); err != nil || got.ID != id {
				t.Fatalf("%v means %d, not %d (%v)", ref, got.ID, id, err)
			}
		}
		if len(p.refs(c.ws)) < 2 {
			t.Fatalf("%d has no identifier", id)
		}
	}
}

// Whatever happens: no two people share an identifier, nobody is lost, consent
// never widens, and every counter is what it counts.
func TestPeopleStayWhoTheyAre(t *testing.T) {
	w := newWorld(t, identity.EmailOrID)
	n := 0
	rapid.Check(t, func(t *rapid.T) {
		n++
		mode := rapid.SampledFrom(identity.Modes).Draw(t, "mode")
		ws, err := w.CreateWorkspace(w.ctx, NewWorkspace{Name: fmt.Sprintf("Run %d", n), Color: "moss", Identifiers: mode, Sending: SendNever}, w.me)
		if err != nil {
			t.Fatal(err)
		}
		rules := IdentifierRules{EmailByID: rapid.Bool().Draw(t, "email by id"), AutoMerge: rapid.Bool().Draw(t, "merge")}
		if err := w.SetIdentifierRules(w.ctx, ws.ID, rules, w.me); err != nil {
			t.Fatal(err)
		}
		c := &crowd{world: w, ws: ws, rules: rules, silent: map[PersonID]bool{}}
		for range rapid.IntRange(1, 12).Draw(t, "acts") {
			more, moved := c.act(t)
			c.hold(t, more, moved)
		}
	})
	w.sound()
}
