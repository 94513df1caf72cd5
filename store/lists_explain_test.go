package store

import (
	"testing"

	"github.com/postroom/postroom/store/identity"
)

// Lists of the settings, of data and of one person's things find what they
// show through indexes, whatever the workspace and its neighbours hold.
func TestNoListScans(t *testing.T) {
	w := newWorld(t, identity.EmailOrID)
	p := w.add(w.acme, "1", "ada@x.test", `{}`)
	c := w.running(`[{"key":"mail","type":"email","name":"Mail","sending":"off","from":"a@x.test","to":"x@x.test","subject":"x","body":"x"}]`)
	ws, page := w.acme.ID, []Page{{Limit: 5}, {Before: 9, Limit: 5}, {After: 1, Limit: 5}}
	for name, look := range map[string]func() error{
		"devices":           func() error { return second(w.Devices(w.ctx, ws, p.ID)) },
		"topics":            func() error { return second(w.Topics(w.ctx, ws)) },
		"messages to name":  func() error { return second(w.CampaignMessages(w.ctx, ws)) },
		"actions by number": func() error { return second(w.ActionIDs(w.ctx, ws, c.ID)) },
		"snippets":          func() error { return second(w.FindSnippets(w.ctx, ws, "a", "b", 5)) },
		"segments":          func() error { return second(w.Segments(w.ctx, ws)) },
		"their segments":    func() error { return second(w.SegmentsOf(w.ctx, ws, p.ID)) },
		"senders":           func() error { return second(w.Senders(w.ctx, ws)) },
		"forms":             func() error { return second(w.Forms(w.ctx, ws)) },
		"attributes":        func() error { return second(w.AttributeNames(w.ctx, ws)) },
		"events":            func() error { return second(w.EventNames(w.ctx, ws)) },
		"suppressed": func() error {
			return second(w.Suppressed(w.ctx, ws, identity.Ref{Kind: identity.Email, Value: "a@x.test"}))
		},
		"imports": func() error {
			for _, one := range page {
				if err := second(w.Imports(w.ctx, ws, "x", one)); err != nil {
					return err
				}
			}
			return ignoreMissing(second(w.Import(w.ctx, ws, 1)))
		},
		"jobs": func() error {
			for _, one := range page {
				if err := second(w.Jobs(w.ctx, ws, "x", one)); err != nil {
					return err
				}
			}
			return nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := *w
			w.T = t
			w.noScan(w.spied(func() { w.must(ignoreMissing(look())) }))
		})
	}
}
