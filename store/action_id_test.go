package store

import (
	"errors"
	"testing"

	"github.com/postroom/postroom/store/identity"
	"github.com/postroom/postroom/store/workflow"
)

// An action keeps its number while it is moved, deleted and brought back, and
// no other action is given it.
func TestActionsKeepTheirNumbers(t *testing.T) {
	w := newWorld(t, identity.EmailOrID)
	c := w.running(`[{"key":"wait","type":"delay","duration":"1d"},{"key":"mail","type":"webhook","sending":"draft","method":"POST","url":"https://x.test"}]`)
	before, err := w.ActionIDs(w.ctx, w.acme.ID, c.ID)
	w.must(err)
	if len(before) != 2 || before["wait"] == 0 || before["wait"] >= before["mail"] {
		t.Fatalf("numbers %v", before)
	}
	edit := func(change func(workflow.Campaign) (workflow.Campaign, error)) {
		w.must(second(w.EditDraft(w.ctx, w.acme.ID, c.ID, AnyRevision, "x", change, w.me)))
	}
	edit(func(d workflow.Campaign) (workflow.Campaign, error) { return workflow.Delete(d, []string{"wait"}) })
	edit(func(d workflow.Campaign) (workflow.Campaign, error) {
		a, err := workflow.NewAction(d, workflow.TypeExit)
		if err != nil {
			return d, err
		}
		return workflow.Insert(d, workflow.End(d), a)
	})
	w.must(second(w.Undo(w.ctx, w.acme.ID, c.ID, w.me)))
	w.must(second(w.Undo(w.ctx, w.acme.ID, c.ID, w.me)))
	after, err := w.ActionIDs(w.ctx, w.acme.ID, c.ID)
	w.must(err)
	if len(after) != 3 || after["wait"] != before["wait"] || after["mail"] != before["mail"] || after["exit"] <= before["mail"] {
		t.Errorf("numbers %v became %v", before, after)
	}
	ref, err := w.Action(w.ctx, w.acme.ID, before["wait"])
	w.must(err)
	if ref != (ActionRef{before["wait"], c.ID, "wait", workflow.TypeDelay}) {
		t.Errorf("it names %+v", ref)
	}
	if _, err := w.Action(w.ctx, w.acme.ID+1, before["wait"]); !errors.Is(err, ErrNotFound) {
		t.Error("another workspace has it:", err)
	}
}

func TestWhatProgramsAskUsesIndexes(t *testing.T) {
	w := newWorld(t, identity.EmailOrID)
	c := w.running(`[{"key":"wait","type":"delay","duration":"1d"}]`)
	id, err := w.ExportDeliveries(w.ctx, w.acme.ID, DeliveryExport{Campaign: c.ID}, nil, w.me)
	w.must(err)
	j, err := w.Job(w.ctx, w.acme.ID, id)
	w.must(err)
	j.UpTo = 1 << 40
	w.noScan(w.spied(func() {
		w.must(second(w.ActionIDs(w.ctx, w.acme.ID, c.ID)))
		w.must(second(w.Action(w.ctx, w.acme.ID, 1)))
		w.must(second(w.SenderList(w.ctx, w.acme.ID, false, Page{Limit: 5, After: 1})))
		w.must(second(w.SenderList(w.ctx, w.acme.ID, true, Page{Limit: 5})))
		w.must(second(w.ReadDeliveries(w.ctx, w.acme.ID, j, 5)))
	}))
}
