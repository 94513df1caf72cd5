package store

import (
	"io"
	"testing"

	"github.com/postroom/postroom/store/identity"
)

// What the pages of one person, of data problems and of a change of identifiers
// ask must not cost more because a workspace has more people.
func TestNoPageOfIdentifiersScans(t *testing.T) {
	w := newWorld(t, identity.EmailOrID)
	w.must(w.SetIdentifierRules(w.ctx, w.acme.ID, IdentifierRules{}, w.me))
	a, b, c := w.add(w.acme, "1", "", `{}`), w.add(w.acme, "2", "ada@x.test", `{}`), w.add(w.acme, "3", "eve@x.test", `{}`)
	w.call(w.acme, "1", `{"email": "ada@x.test"}`)
	w.call(w.acme, "3", `{"email": "new@x.test"}`)
	owner, err := w.MemberByEmail(w.ctx, "alice@acme.test")
	w.must(err)

	w.noScan(w.spied(func() {
		for _, page := range []Page{{Limit: 5}, {Before: 9, Limit: 5}, {After: 1, Limit: 5}} {
			for _, q := range []string{"", "ada"} {
				for _, dismissed := range []bool{false, true} {
					w.must(second(w.DataProblems(w.ctx, w.acme.ID, q, dismissed, page)))
				}
			}
			w.must(second(w.ActivitiesOfTypes(w.ctx, w.acme.ID, a.ID, []ActivityType{EventActivity}, page)))
		}
		for _, err := range []error{
			second(w.ProblemCount(w.ctx, w.acme.ID)),
			second(w.ConflictCount(w.ctx, w.acme.ID)),
			second(w.IdentifierConflicts(w.ctx, w.acme.ID, IdentifierConflict{}, 5)),
			second(w.MergePreview(w.ctx, w.acme.ID, a.ID, b.ID)),
			second(w.Suppressed(w.ctx, w.acme.ID, byID("9"))),
			second(w.Whereabouts(w.ctx, owner, "ada@x.test")),
			w.ExportPerson(w.ctx, w.acme, a.ID, io.Discard),
		} {
			if err != ErrNotFound {
				w.must(err)
			}
		}
	}))

	// The writer's statements, too.
	w.must(w.Merge(w.ctx, w.acme.ID, byID("1"), byID("2"), w.me))
	w.must(w.Suppress(w.ctx, w.acme.ID, byCio(c.ID), w.me))
	w.must(w.Unsuppress(w.ctx, w.acme.ID, byID("3"), w.me))
	w.must(w.SettleDepartures(w.ctx, w.acme.ID, 5))
	w.must(w.CheckIdentifiers(w.ctx, w.acme.ID, identity.IDOnly, w.me))
	w.workOnIdentifiers()
	w.must(w.ApplyIdentifiers(w.ctx, w.acme.ID, w.me))
	w.workOnIdentifiers()
	w.noScan(w.statements())
}
