package store

import (
	"fmt"
	"testing"
	"time"

	"github.com/postroom/postroom/store/identity"
)

// Billed is the most people held at one time, those deleted since included.
func TestUsageKeepsThePeak(t *testing.T) {
	w := newWorld(t, identity.EmailOrID)
	usage := func(p Period) (people int) {
		t.Helper()
		all, total, err := w.Usages(w.ctx, p)
		w.must(err)
		if len(all) != 1 || all[0].People != total.People {
			t.Errorf("%+v, in total %+v", all, total)
		}
		return total.People
	}
	gone := func(id string) {
		t.Helper()
		w.must(w.DeletePersonBy(w.ctx, w.acme.ID, identity.Ref{Kind: identity.ID, Value: id}))
	}
	for i := range 3 {
		w.add(w.acme, fmt.Sprint(i), "", `{}`)
	}
	gone("0")
	gone("1")
	november := PeriodOf(w.time)
	if n := usage(november); n != 3 || w.people(w.acme) != 1 {
		t.Errorf("peak %d of %d now", n, w.people(w.acme))
	}
	w.add(w.acme, "4", "", `{}`)
	if n := usage(november); n != 3 {
		t.Errorf("peak %d after one came", n)
	}

	w.time = w.time.AddDate(0, 1, 0)
	december := PeriodOf(w.time)
	if n := usage(december); n != 2 {
		t.Errorf("a month without a change begins with %d, want 2", n)
	}
	gone("4")
	if n := usage(december); n != 2 {
		t.Errorf("the month began with 2, counted are %d", n)
	}
	if n := usage(november); n != 3 {
		t.Errorf("November became %d", n)
	}
	w.time = w.time.AddDate(0, 1, 0)
	if n := usage(PeriodOf(w.time)); n != 1 {
		t.Errorf("January has %d", n)
	}
	if p := PeriodOf(time.Date(2027, 1, 1, 0, 30, 0, 0, time.FixedZone("", 3600))); p != 202612 {
		t.Errorf("a month is one of UTC, not %d", p)
	}
}
