package engine

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/postroom/postroom/engine/csvfile"
	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/identity"
)

// with imports a file in a way of its own.
func (w *importing) with(o store.ImportOptions, content string) store.Import {
	w.Helper()
	ctx, id := context.Background(), w.upload(w.acme, content)
	if o.Mode == "" {
		o.Mode = store.NewAndExisting
	}
	w.must(w.store.CheckImport(ctx, w.acme.ID, id, w.look(w.acme, id).Columns, o))
	w.run(func() bool { return !w.look(w.acme, id).State.Working() })
	w.must(w.store.StartImport(ctx, w.acme.ID, id, w.alice))
	w.run(func() bool { return !w.look(w.acme, id).State.Working() })
	return w.look(w.acme, id)
}

func TestImportTakesRowsAsChosen(t *testing.T) {
	const here = "id,email,plan,city\n1,ada@x.test,free,Oslo\n2,li@x.test,free,Bonn\n"
	const file = "id,email,plan,city\n1,ada@x.test,pro,\n3,new@x.test,pro,Rome\n"
	const ada, li, fresh = `1|ada@x.test|{"city":"Oslo","plan":"free"}` + "\n", `2|li@x.test|{"city":"Bonn","plan":"free"}` + "\n", `3|new@x.test|{"city":"Rome","plan":"pro"}` + "\n"
	tests := []struct {
		name    string
		options store.ImportOptions
		file    string
		people  string
		figures string // created, updated, skipped, rejected
	}{
		{"new and existing", store.ImportOptions{}, file, `1|ada@x.test|{"city":"Oslo","plan":"pro"}` + "\n" + li + fresh, "1 1 0 0"},
		{"only new", store.ImportOptions{Mode: store.OnlyNew}, file, ada + li + fresh, "1 0 1 0"},
		{"only existing", store.ImportOptions{Mode: store.OnlyExisting}, file, `1|ada@x.test|{"city":"Oslo","plan":"pro"}` + "\n" + li, "0 1 1 0"},
		{"empty cells clear", store.ImportOptions{Clear: true}, file, `1|ada@x.test|{"plan":"pro"}` + "\n" + li + fresh, "1 1 0 0"},
		{"empty cells of somebody new", store.ImportOptions{Clear: true}, "id,plan,city\n4,,Rome\n", ada + li + `4||{"city":"Rome"}` + "\n", "1 0 0 0"},
		{"by email, where the id is another", store.ImportOptions{By: identity.Email}, "id,email,plan,city\n9,ada@x.test,pro,\n", ada + li, "0 0 0 1"},
		{"by email", store.ImportOptions{By: identity.Email}, "id,email,plan,city\n,LI@x.test,pro,\n", ada + `2|li@x.test|{"city":"Bonn","plan":"pro"}` + "\n", "0 1 0 0"},
		{"by id, where a row has none", store.ImportOptions{By: identity.ID}, "id,email,plan,city\n,li@x.test,pro,\n", ada + li, "0 0 0 1"},
		{"as they are", store.ImportOptions{}, here, ada + li, "0 2 0 0"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w := newImporting(t, identity.EmailOrID)
			w.all(w.acme, here)
			i := w.with(test.options, test.file)
			if got := fmt.Sprint(i.Created, i.Updated, i.Skipped, i.Rejected); got != test.figures {
				t.Errorf("%s, want %s: %s", got, test.figures, w.rejects(w.acme, i.ID))
			}
			if got := w.people(w.acme); got != test.people {
				t.Errorf("people\n%swant\n%s", got, test.people)
			}
		})
	}
}

func TestMendedFileIsMatchedAsTheFirst(t *testing.T) {
	w := newImporting(t, identity.EmailOrID)
	ctx := context.Background()
	id := w.upload(w.acme, "Mail,Level\nada@x.test,pro\nbad,pro\n")
	columns := w.look(w.acme, id).Columns
	columns[1].Name = "plan"
	w.must(w.store.CheckImport(ctx, w.acme.ID, id, columns, store.ImportOptions{Mode: store.OnlyNew, Clear: true}))
	w.run(idle(w, w.acme))
	again := w.look(w.acme, w.upload(w.acme, "Mail,Level,Rejected line,Rejected because\nbea@x.test,pro,3,x\n"))
	if again.Columns[1].Name != "plan" || again.Columns[2].To != store.NotImported || again.Options.Mode != store.OnlyNew || !again.Options.Clear {
		t.Errorf("%+v, %+v", again.Columns, again.Options)
	}
	if other := w.look(w.acme, w.upload(w.acme, "Mail,Level,More\nbea@x.test,pro,3\n")); other.Columns[1].Name != "level" {
		t.Errorf("another file was matched like it: %+v", other.Columns)
	}
}

func TestImportFillsASegment(t *testing.T) {
	w := newImporting(t, identity.EmailOrID)
	ctx := context.Background()
	w.all(w.acme, "email,plan\nada@x.test,free\n")
	w.with(store.ImportOptions{Segment: "Fair 2026"}, "email,plan\nada@x.test,free\nli@x.test,pro\nbad,pro\n")
	i := w.with(store.ImportOptions{Segment: "fair 2026"}, "email,plan\nli@x.test,free\nbo@x.test,pro\n")
	g, err := w.store.Segment(ctx, w.acme.ID, i.Options.SegmentID)
	w.must(err)
	people, err := w.store.SegmentPeople(ctx, w.acme.ID, g.ID, store.Page{Limit: 10})
	if err != nil || g.Name != "Fair 2026" || !g.Manual || g.People != 3 || len(people) != 3 {
		t.Errorf("%+v has %d people (%v)", g, len(people), err)
	}
}

func TestImportsOfAWorkspaceWaitForEachOther(t *testing.T) {
	w := newImporting(t, identity.EmailOrID)
	ctx := context.Background()
	var ids []store.ImportID
	for range 2 {
		id := w.upload(w.acme, "email\nada@x.test\n")
		w.must(w.store.CheckImport(ctx, w.acme.ID, id, w.look(w.acme, id).Columns, store.ImportOptions{Mode: store.NewAndExisting}))
		ids = append(ids, id)
	}
	if a, b := w.look(w.acme, ids[0]), w.look(w.acme, ids[1]); a.Waits || !b.Waits {
		t.Errorf("the first waits: %v; the second: %v", a.Waits, b.Waits)
	}
	w.run(idle(w, w.acme))
	if b := w.look(w.acme, ids[1]); b.State != store.Checked || b.Waits {
		t.Errorf("the second is %s", b.State)
	}
}

// undo takes an import back and says what became of it.
func (w *importing) undo(id store.ImportID) store.Import {
	w.Helper()
	w.must(w.store.UndoImport(context.Background(), w.acme.ID, id, w.alice))
	w.run(func() bool { return !w.look(w.acme, id).State.Working() })
	return w.look(w.acme, id)
}

func TestUndoneImportLeavesNothing(t *testing.T) {
	w := newImporting(t, identity.EmailOrID)
	w.all(w.acme, "id,email,first_name,plan\n1,,Ada,free\n2,li@x.test,Li,\n")
	before := w.people(w.acme)
	i := w.undo(w.all(w.acme, numbered(2000)+"1,ada@x.test,Ada L,pro\n2,li@x.test,,pro\nu7,,Bob,\n1,,Ada M,\n").ID)
	if got := w.people(w.acme); got != before {
		t.Errorf("people\n%swant\n%s", got, before)
	}
	if i.State != store.Undone || i.Kept != 0 || i.Removed != i.Created || i.Undoable(w.store.Now()) {
		t.Errorf("%+v", i)
	}
	if found, err := w.store.People(context.Background(), w.acme.ID, "ada@x", store.Page{Limit: 5}); err != nil || len(found) != 0 {
		t.Errorf("search finds %d (%v)", len(found), err)
	}
	if ws, err := w.store.Workspace(context.Background(), w.acme.ID); err != nil || ws.People != 2 {
		t.Errorf("%d people are counted (%v)", ws.People, err)
	}
}

func TestUndoKeepsWhatChangedSince(t *testing.T) {
	w := newImporting(t, identity.EmailOrID)
	ctx := context.Background()
	now := time.Now().Add(-time.Hour)
	w.store.SetClock(func() time.Time { return now })
	w.all(w.acme, "id,plan,city\n1,free,Oslo\n2,free,Oslo\n")
	now = now.Add(time.Minute)
	i := w.all(w.acme, "id,plan,city,unsubscribed\n1,pro,Rome,\n2,pro,Rome,yes\n3,pro,Rome,\n4,pro,Rome,\n5,pro,Rome,\n")
	now = now.Add(time.Minute)
	tell := func(id, plan string) {
		_, err := w.store.Identify(ctx, w.acme.ID, store.Identify{Ref: identity.Ref{Kind: identity.ID, Value: id}, Attributes: store.Attributes{"plan": plan}})
		w.must(err)
	}
	tell("1", "team")
	tell("3", "team")
	w.must(w.store.Track(ctx, w.acme.ID, store.Event{Ref: identity.Ref{Kind: identity.ID, Value: "4"}, Type: store.EventActivity, Name: "bought", Data: json.RawMessage(`{}`)}))
	done := w.undo(i.ID)
	want := `1||{"city":"Oslo","plan":"team"}` + "\n" + `2||{"city":"Oslo","plan":"free"}` + "\n" + `3||{"city":"Rome","plan":"team"}` + "\n" + `4||{"city":"Rome","plan":"pro"}` + "\n"
	if got := w.people(w.acme); got != want {
		t.Errorf("people\n%swant\n%s", got, want)
	}
	if p, err := w.store.PersonBy(ctx, w.acme.ID, identity.Ref{Kind: identity.ID, Value: "2"}); err != nil || !p.Unsubscribed {
		t.Errorf("the undo subscribed somebody (%v)", err)
	}
	kept, err := w.store.ImportKept(ctx, w.acme.ID, i.ID, 0, 10)
	w.must(err)
	var reasons []string
	for _, k := range kept {
		reasons = append(reasons, k.Label+" "+k.Reason)
	}
	if got := strings.Join(reasons, "|"); got != "1 Changed since: plan.|3 Created by the import, and changed since.|4 Created by the import, and has events since." {
		t.Errorf("kept: %s", got)
	}
	if done.Removed != 1 || done.Restored != 2 || done.Kept != 3 {
		t.Errorf("%d removed, %d restored, %d kept", done.Removed, done.Restored, done.Kept)
	}
}

func TestUndoIsOfferedForAWhile(t *testing.T) {
	w := newImporting(t, identity.EmailOrID)
	ctx, now := context.Background(), time.Now()
	w.store.SetClock(func() time.Time { return now })
	i := w.all(w.acme, "email\nada@x.test\n")
	if !i.Undoable(now) {
		t.Error("it cannot be undone at once")
	}
	now = now.Add(store.UndoWithin + time.Second)
	if err := w.store.UndoImport(ctx, w.acme.ID, i.ID, w.alice); err != store.ErrChanged {
		t.Errorf("undone too late: %v", err)
	}
	if more, err := w.store.ForgetJournals(ctx); err != nil || more {
		t.Errorf("more %v, %v", more, err)
	}
}

func TestCheckShowsSamples(t *testing.T) {
	w := newImporting(t, identity.EmailOrID)
	w.all(w.acme, "id,email,plan,mrr\n1,ada@x.test,free,3\n2,,free,4\n")
	i := w.check(w.acme, w.upload(w.acme, "id,email,plan,mrr\n1,ada@x.test,pro,3\n2,li@x.test,free,4\n1,ada@x.test,free,3\n"+strings.Repeat("9,,pro,1\n", 12)))
	samples, err := w.store.ImportSamples(context.Background(), w.acme.ID, i.ID)
	w.must(err)
	var words []string
	for _, s := range samples[:min(len(samples), 3)] {
		changes, err := json.Marshal(s.Changes)
		w.must(err)
		words = append(words, fmt.Sprintf("%d %v %s %s", s.Line, s.Created, s.Who, changes))
	}
	want := `2 false ada@x.test {"plan":{"from":"free","to":"pro"}}` + "\n" + `3 false li@x.test {"email":{"from":"","to":"li@x.test"}}` + "\n" + `5 true 9 {"id":{"from":"","to":"9"},"mrr":{"from":null,"to":1},"plan":{"from":null,"to":"pro"}}`
	if got := strings.Join(words, "\n"); got != want || len(samples) != 12 {
		t.Errorf("%d samples:\n%s", len(samples), got)
	}
}

// events uploads a file of events, has it checked, and imports it.
func (w *importing) events(o store.ImportOptions, content string) (checked, done store.Import) {
	w.Helper()
	ctx, name := context.Background(), fmt.Sprintf("%d.csv", time.Now().UnixNano())
	w.must(os.WriteFile(filepath.Join(w.files, name), []byte(content), 0o600))
	f, err := csvfile.Sniff(strings.NewReader(content))
	w.must(err)
	id, err := w.store.CreateImport(ctx, w.acme.ID, store.NewImport{Name: "events.csv", File: name, Size: int64(len(content)), Events: true,
		Format: store.ImportFormat{Encoding: "UTF-8", Separator: string(f.Separator), Header: f.Header, Samples: f.Samples, Start: store.ImportPosition(f.Start)}}, w.alice)
	w.must(err)
	o.Events = true
	w.must(w.store.CheckImport(ctx, w.acme.ID, id, w.look(w.acme, id).Columns, o))
	w.run(func() bool { return !w.look(w.acme, id).State.Working() })
	checked = w.look(w.acme, id)
	w.must(w.store.StartImport(ctx, w.acme.ID, id, w.alice))
	w.run(func() bool { return !w.look(w.acme, id).State.Working() })
	return checked, w.look(w.acme, id)
}

func TestImportOfEvents(t *testing.T) {
	w := newImporting(t, identity.EmailOrID)
	ctx := context.Background()
	w.all(w.acme, "id,email\n1,ada@x.test\n")
	const file = "id,event,timestamp,event_id,amount,note\n1,bought,2026-03-01 10:00,a,29,x\n1,bought,1772359200,b,3,\n2,bought,,c,1,\n1,,,d,1,\n1,bought,yesterday,e,1,\n1,bought,,a,1,\n"
	checked, i := w.events(store.ImportOptions{Mode: store.OnlyExisting}, file)
	if got := fmt.Sprint(checked.Created, checked.Skipped, checked.Rejected, i.Created, i.Skipped, i.Rejected); got != "3 1 2 2 2 2" || i.Undoable(w.store.Now()) {
		t.Errorf("%s: %s", got, w.rejects(w.acme, i.ID))
	}
	if got, want := w.rejects(w.acme, i.ID), "5: The row has no name of an event.\n6: timestamp: “yesterday” is not a date like 2026-11-23.\n"; got != want {
		t.Errorf("rejected\n%s", got)
	}
	p, err := w.store.PersonBy(ctx, w.acme.ID, identity.Ref{Kind: identity.ID, Value: "1"})
	w.must(err)
	all, err := w.store.ActivitiesOf(ctx, w.acme.ID, p.ID, store.Page{Limit: 10})
	w.must(err)
	var words []string
	for _, a := range all {
		words = append(words, fmt.Sprintf("%s %s %s", a.Name, a.OccurredAt.Format(time.DateTime), a.Data))
	}
	if got := strings.Join(words, "; "); got != `bought 2026-03-01 10:00:00 {"amount":3}; bought 2026-03-01 10:00:00 {"amount":29,"note":"x"}` {
		t.Errorf("events: %s", got)
	}
	if checked, i := w.events(store.ImportOptions{Mode: store.NewAndExisting}, file); checked.Skipped != 3 || i.Created != 1 || i.Skipped != 3 {
		t.Errorf("again: %d of a check are skipped; %d created, %d skipped", checked.Skipped, i.Created, i.Skipped)
	}
	if ws, err := w.store.Workspace(ctx, w.acme.ID); err != nil || ws.People != 2 {
		t.Errorf("%d people (%v)", ws.People, err)
	}
}

// Who is erased is no longer in what is kept of files that named them.
func TestErasedFromImports(t *testing.T) {
	w := newImporting(t, identity.EmailOrID)
	i := w.all(w.acme, "id,email,n\n7,ada@x.test,1\n7,eve@x.test,2\n17,bob@x.test,3\n17,Ada@x.test,4\n")
	before := w.rejects(w.acme, i.ID)
	if !strings.Contains(before, "Ada@x.test") || strings.Count(before, "\n") != 2 {
		t.Fatal(before)
	}
	p, err := w.store.PersonBy(t.Context(), w.acme.ID, identity.Ref{Kind: identity.Email, Value: "ada@x.test"})
	w.must(err)
	w.must(w.store.ErasePerson(t.Context(), w.acme.ID, p.ID, w.alice))
	after := w.rejects(w.acme, i.ID)
	if after != "" {
		t.Errorf("kept\n%s", after)
	}
	if _, err := w.store.PersonBy(t.Context(), w.acme.ID, identity.Ref{Kind: identity.ID, Value: "17"}); err != nil {
		t.Error(err)
	}
}

// A column of one topic changes nothing but the choice of it.
func TestImportOfOneTopic(t *testing.T) {
	w := newImporting(t, identity.IDOnly)
	ref := identity.Ref{Kind: identity.ID, Value: "ada"}
	_, err := w.store.Identify(t.Context(), w.acme.ID, store.Identify{Ref: ref, Attributes: store.Attributes{
		"cio_subscription_preferences": map[string]any{"topics": map[string]any{"topic_1": true, "topic_2": false}},
	}})
	w.must(err)
	w.all(w.acme, "id,cio_subscription_preferences.topics.topic_2,cio_subscription_preferences.topics.topic_3\nada,true,false\neve,true,true\n")
	one, two, three := store.Topic{ID: 1}, store.Topic{ID: 2, Subscribed: true}, store.Topic{ID: 3, Subscribed: true}
	for name, want := range map[string][3]bool{"ada": {true, false, false}, "eve": {false, true, true}} {
		p, err := w.store.PersonBy(t.Context(), w.acme.ID, identity.Ref{Kind: identity.ID, Value: name})
		w.must(err)
		if got := [3]bool{p.Wants(one), p.Wants(two), p.Wants(three)}; got != want {
			t.Errorf("%s wants %v, want %v: %v", name, got, want, p.Attributes)
		}
	}
}
