package store

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/postroom/postroom/store/identity"
)

func TestTheDataIndexCountsWhatItSees(t *testing.T) {
	w := newWorld(t, identity.EmailOrID)
	other := w.workspace("Other", identity.EmailOrID)
	for i := range 20 {
		w.add(w.acme, fmt.Sprint(i), "", fmt.Sprintf(`{"plan": "p%d", "city": "Lund"}`, i%7))
		w.must(w.Track(w.ctx, w.acme.ID, Event{Ref: identity.Ref{Kind: identity.ID, Value: "0"}, Type: EventActivity, Name: "bought", Data: []byte(`{"sku": "x"}`)}))
	}
	_, err := w.call(w.acme, "1", `{"plan": "gold", "city": "Lund"}`)
	w.must(err)
	w.add(other, "1", "", `{"plan": "theirs"}`)
	w.must(w.Store.Close()) // writes what is still in memory
	w.Store, err = Open(w.path)
	w.must(err)

	for name, want := range map[string]int{"plan": 21, "city": 20} {
		if d, err := w.DataName(w.ctx, w.acme.ID, AttributeData, name); err != nil || d.Times != want || d.SeenAt.IsZero() || d.LastAt.Before(d.SeenAt) {
			t.Errorf("%+v, %v; want %d times", d, err, want)
		}
	}
	bought, err := w.DataName(w.ctx, w.acme.ID, EventData, "bought")
	if err != nil || bought.Times != 20 {
		t.Errorf("%+v, %v", bought, err)
	}
	if examples, err := w.Examples(w.ctx, w.acme.ID, bought); err != nil || len(examples) != 5 || examples[0] != `{"sku": "x"}` {
		t.Error(examples, err)
	}
	plan, err := w.DataName(w.ctx, w.acme.ID, AttributeData, "plan")
	w.must(err)
	if examples, err := w.Examples(w.ctx, w.acme.ID, plan); err != nil || len(examples) != 5 || strings.Contains(fmt.Sprint(examples), "theirs") {
		t.Error(examples, err)
	}
}

func TestTheDataIndexIsLeafed(t *testing.T) {
	w := newWorld(t, identity.EmailOrID)
	for i := range 9 {
		w.add(w.acme, fmt.Sprint(i), "", fmt.Sprintf(`{"a%d": 1, "Nested%d": 2}`, i, i))
	}
	for _, test := range []struct {
		q    string
		page NamePage
		want string
	}{
		{"", NamePage{Limit: 3}, "Nested0 Nested1 Nested2"},
		{"", NamePage{After: "Nested8", Limit: 2}, "a0 a1"},
		{"", NamePage{Before: "a0", Limit: 2}, "Nested7 Nested8"},
		{"NEST", NamePage{After: "Nested7", Limit: 5}, "Nested8"},
	} {
		all, err := w.DataNames(w.ctx, w.acme.ID, AttributeData, test.q, test.page)
		w.must(err)
		var names []string
		for _, d := range all {
			names = append(names, d.Name)
		}
		if got := strings.Join(names, " "); got != test.want {
			t.Errorf("%+v: %s, want %s", test, got, test.want)
		}
	}
}

func TestSensitiveAttributesAndWhoUsesThem(t *testing.T) {
	w := newWorld(t, identity.EmailOrID)
	p := w.add(w.acme, "1", "", `{"plan": "pro", "ssn": "123"}`)
	_, err := w.CreateSegment(w.ctx, w.acme.ID, NewSegment{Name: "Pros", Condition: w.condition(`{"attribute": {"field": "plan", "operator": "exists"}}`)}, w.me)
	w.must(err)
	plan, err := w.DataName(w.ctx, w.acme.ID, AttributeData, "plan")
	w.must(err)
	if users, err := w.DataUsers(w.ctx, w.acme.ID, plan); err != nil || len(users.Segments) != 1 || len(users.Campaigns) != 0 {
		t.Errorf("%+v, %v", users, err)
	}
	w.must(w.DescribeData(w.ctx, w.acme.ID, DataName{Kind: AttributeData, Name: "ssn", Description: "Of the tax office", Sensitive: true}, w.me))
	names, err := w.Sensitive(w.ctx, w.acme.ID)
	if err != nil || fmt.Sprint(names) != "[ssn]" {
		t.Error(names, err)
	}
	if seen := p.Without(names); len(seen.Attributes) != 1 || len(p.Attributes) != 2 {
		t.Errorf("%v of %v", seen.Attributes, p.Attributes)
	}
	var wrong Invalid
	if err := w.DescribeData(w.ctx, w.acme.ID, DataName{Kind: AttributeData, Name: "ssn", Description: strings.Repeat("x", 301)}, w.me); !errors.As(err, &wrong) {
		t.Error(err)
	}
	if err := w.DescribeData(w.ctx, w.acme.ID, DataName{Kind: AttributeData, Name: "none"}, w.me); err != ErrNotFound {
		t.Error(err)
	}
	w.noScan(w.spied(func() {
		_, err := w.Sensitive(w.ctx, w.acme.ID)
		w.must(err)
		_, err = w.Examples(w.ctx, w.acme.ID, DataName{Kind: EventData, Name: "bought"})
		w.must(err)
		_, err = w.DataNames(w.ctx, w.acme.ID, AttributeData, "p", NamePage{Limit: 5})
		w.must(err)
	}))
}
