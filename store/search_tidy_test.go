package store

import (
	"errors"
	"fmt"
	"testing"

	"github.com/postroom/postroom/store/identity"
)

// However the index is merged, and whatever leaves it meanwhile, a search finds
// who is there and nobody else.
func TestTidySearch(t *testing.T) {
	w := newWorld(t, identity.EmailOrID)
	var gone []PersonID
	for i := range 120 { // each a transaction of its own, and so a part of the index
		p := w.add(w.acme, fmt.Sprint("u", i), fmt.Sprintf("person%d@x.test", i), `{}`)
		if i%10 == 3 {
			gone = append(gone, p.ID)
		}
	}
	parts := func() (n int) {
		w.must(w.read.QueryRowContext(w.ctx, `select count(distinct segid) from people_search_idx`).Scan(&n))
		return n
	}
	before, writes := parts(), w.SearchWrites()
	for _, id := range gone {
		w.must(w.DeletePerson(w.ctx, w.acme.ID, id, w.me))
	}
	if w.SearchWrites() == writes {
		t.Error("changes of the index are not counted")
	}
	for steps := 0; ; steps++ {
		more, err := w.TidySearch(w.ctx)
		w.must(err)
		if !more {
			break
		}
		if steps > 1000 {
			t.Fatal("it never ends")
		}
	}
	if after := parts(); before < 3 || after > 1 {
		t.Errorf("%d parts, before it was %d", after, before)
	}
	writes = w.SearchWrites()
	for i := range 120 {
		found, err := w.People(w.ctx, w.acme.ID, fmt.Sprintf("person%d@", i), Page{Limit: 5})
		w.must(err)
		if want := i%10 != 3; (len(found) == 1) != want {
			t.Errorf("person%d: %d found", i, len(found))
		}
	}
	w.add(w.acme, "late", "late@x.test", `{}`)
	if found, err := w.People(w.ctx, w.acme.ID, "late@", Page{Limit: 5}); err != nil || len(found) != 1 || w.SearchWrites() == writes {
		t.Errorf("%d found, %v", len(found), err)
	}
	w.sound()
}

// What a long import puts off is put off until the index is tidied, and not at
// all when its transaction fails.
func TestSearchMergesAreResumed(t *testing.T) {
	w := newWorld(t, identity.EmailOrID)
	parts := func() (n int) {
		w.must(w.read.QueryRowContext(w.ctx, `select count(distinct segid) from people_search_idx`).Scan(&n))
		return n
	}
	add := func(prefix string) {
		for i := range 60 { // each a transaction, and so a part, of its own
			w.add(w.acme, fmt.Sprint(prefix, i), fmt.Sprintf("%s%d@x.test", prefix, i), `{}`)
		}
	}
	failed := errors.New("failed")
	err := w.updateAlone(w.ctx, func(tx *Tx) error {
		w.must(tx.deferSearchMerges())
		return failed
	})
	if err != failed {
		t.Fatal(err)
	}
	if add("a"); parts() > 30 {
		t.Errorf("%d parts after a transaction that failed", parts())
	}
	w.must(w.updateAlone(w.ctx, func(tx *Tx) error {
		w.must(tx.deferSearchMerges())
		return tx.resumeSearchMerges()
	}))
	var merge int
	w.must(w.read.QueryRowContext(w.ctx, `select v from people_search_config where k = 'automerge'`).Scan(&merge))
	if add("b"); parts() < 50 || merge != searchParts {
		t.Errorf("%d parts when merging is put off: the test sees nothing", parts())
	}
	for more := true; more; {
		var err error
		more, err = w.TidySearch(w.ctx)
		w.must(err)
	}
	if add("c"); parts() > 30 {
		t.Errorf("%d parts after the index was tidied", parts())
	}
}
