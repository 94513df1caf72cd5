package store

import (
	"fmt"
	"testing"

	"github.com/postroom/postroom/store/identity"
)

func TestLack(t *testing.T) {
	w := newWorld(t, identity.EmailOrID)
	other := w.workspace("Other", identity.EmailOrID)
	for i, a := range []Attributes{{"plan": "pro", "address": map[string]any{"city": "Oslo"}}, {"plan": nil, "address": map[string]any{}}, {"plan": "x", "address": "Oslo"}} {
		_, err := w.Identify(w.ctx, w.acme.ID, Identify{Ref: identity.Ref{Kind: identity.ID, Value: fmt.Sprint("p", i)}, Attributes: a})
		w.must(err)
	}
	wanted := []Wanted{{"customer.plan", []string{"plan"}}, {"customer.address.city", []string{"address", "city"}}, {"customer.id", []string{"id"}}}
	var got Lack
	w.noScan(w.spied(func() {
		var err error
		got, err = w.Lack(w.ctx, w.acme.ID, wanted)
		w.must(err)
	}))
	if !got.All || got.Looked != 3 || len(got.Of) != 2 {
		t.Fatalf("%+v", got)
	}
	for _, one := range got.Of {
		if one.People != 1 || one.Example.ExternalID != "p1" {
			t.Errorf("%s: %d, such as %s", one.Name, one.People, one.Example.ExternalID)
		}
	}
	if none, err := w.Lack(w.ctx, other.ID, wanted); err != nil || none.Looked != 0 || !none.All {
		t.Errorf("elsewhere %+v, %v", none, err)
	}
}
