package engine

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"golang.org/x/text/encoding/charmap"

	"github.com/postroom/postroom/engine/csvfile"
	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/identity"
)

// importing is a store with workspaces, into which files are imported by a
// real engine.
type importing struct {
	*testing.T
	store *store.Store
	path  string
	files string
	acme  store.Workspace
	alice store.Actor
}

func newImporting(t *testing.T, mode identity.Mode) *importing {
	t.Helper()
	w := &importing{T: t, path: filepath.Join(t.TempDir(), "test.db"), files: t.TempDir()}
	w.open()
	t.Cleanup(func() { w.store.Close() })
	alice, acme, err := w.store.SetUp(context.Background(), store.Setup{
		Account: "Acme Ltd", Name: "Alice", Email: "alice@acme.test", PasswordHash: "x",
		Workspace: store.NewWorkspace{Name: "Acme", Color: "moss", Identifiers: mode},
	})
	w.must(err)
	w.acme, w.alice = acme, store.By(alice)
	return w
}

func (w *importing) open() {
	w.Helper()
	var err error
	w.store, err = store.Open(w.path)
	w.must(err)
}

func (w *importing) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// upload keeps a file as the dashboard does.
func (w *importing) upload(ws store.Workspace, content string) store.ImportID {
	w.Helper()
	var d csvfile.Detector
	d.Write([]byte(content))
	text, err := io.ReadAll(csvfile.Decode(strings.NewReader(content), d.Encoding()))
	w.must(err)
	name := fmt.Sprintf("%d.csv", time.Now().UnixNano())
	w.must(os.WriteFile(filepath.Join(w.files, name), text, 0o600))
	f, err := csvfile.Sniff(bytes.NewReader(text))
	w.must(err)
	id, err := w.store.CreateImport(context.Background(), ws.ID, store.NewImport{
		Name: "people.csv", File: name, Size: int64(len(text)),
		Format: store.ImportFormat{Encoding: string(d.Encoding()), Separator: string(f.Separator), Header: f.Header, Samples: f.Samples, Start: store.ImportPosition(f.Start)},
	}, w.alice)
	w.must(err)
	return id
}

// run lets an engine work until done says so.
func (w *importing) run(done func() bool) {
	w.Helper()
	ctx, stop := context.WithTimeout(context.Background(), time.Minute)
	defer stop()
	e := New(Config{Store: w.store, Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Uploads: w.files})
	e.importTurn = 5000
	ended := make(chan error)
	go func() { ended <- e.Run(ctx) }()
	for !done() && ctx.Err() == nil {
		time.Sleep(2 * time.Millisecond)
	}
	if ctx.Err() != nil {
		w.Error("the engine did not come to an end")
	}
	stop()
	w.must(<-ended)
}

func (w *importing) look(ws store.Workspace, id store.ImportID) store.Import {
	w.Helper()
	i, err := w.store.Import(context.Background(), ws.ID, id)
	w.must(err)
	return i
}

// check has a file checked as its columns were guessed.
func (w *importing) check(ws store.Workspace, id store.ImportID) store.Import {
	w.Helper()
	w.must(w.store.CheckImport(context.Background(), ws.ID, id, w.look(ws, id).Columns, store.ImportOptions{Mode: store.NewAndExisting}))
	w.run(func() bool { return !w.look(ws, id).State.Working() })
	return w.look(ws, id)
}

// all uploads, checks and imports.
func (w *importing) all(ws store.Workspace, content string) store.Import {
	w.Helper()
	id := w.upload(ws, content)
	if i := w.check(ws, id); i.State != store.Checked {
		return i
	}
	w.must(w.store.StartImport(context.Background(), ws.ID, id, w.alice))
	w.run(func() bool { return !w.look(ws, id).State.Working() })
	return w.look(ws, id)
}

// people is everybody of a workspace, in words.
func (w *importing) people(ws store.Workspace) string {
	w.Helper()
	all, err := w.store.People(context.Background(), ws.ID, "", store.Page{Limit: 1000})
	w.must(err)
	var b strings.Builder
	for i := len(all) - 1; i >= 0; i-- {
		p := all[i]
		attributes, err := json.Marshal(p.Attributes)
		w.must(err)
		fmt.Fprintf(&b, "%s|%s|%s\n", p.ExternalID, p.Email, attributes)
	}
	return b.String()
}

func (w *importing) rejects(ws store.Workspace, id store.ImportID) string {
	w.Helper()
	all, err := w.store.ImportRejects(context.Background(), ws.ID, id, 0, 1000)
	w.must(err)
	var b strings.Builder
	for _, r := range all {
		fmt.Fprintf(&b, "%d: %s\n", r.Line, r.Reason)
	}
	return b.String()
}

func utf16File(text string, bigEndian bool) string {
	var b []byte
	for _, u := range utf16.Encode([]rune("\uFEFF" + text)) {
		if bigEndian {
			b = append(b, byte(u>>8), byte(u))
		} else {
			b = append(b, byte(u), byte(u>>8))
		}
	}
	return string(b)
}

func TestImportReadsEveryKindOfFile(t *testing.T) {
	plain := "email,First name,MRR\nada@x.test,Zoë,29\nli@x.test,Łukasz,0.5\n"
	western, err := charmap.Windows1252.NewEncoder().String("email;name\nada@x.test;Zoë\nli@x.test;“Li” €\n")
	if err != nil {
		t.Fatal(err)
	}
	two := "|ada@x.test|{\"first_name\":\"Zoë\",\"mrr\":29}\n|li@x.test|{\"first_name\":\"Łukasz\",\"mrr\":0.5}\n"
	tests := []struct{ name, file, people string }{
		{"UTF-8", plain, two},
		{"UTF-8 with a byte order mark", "\xEF\xBB\xBF" + plain, two},
		{"UTF-16, little-endian", utf16File(plain, false), two},
		{"UTF-16, big-endian", utf16File(plain, true), two},
		{"Windows-1252", western, "|ada@x.test|{\"name\":\"Zoë\"}\n|li@x.test|{\"name\":\"“Li” €\"}\n"},
		{"CR LF", strings.ReplaceAll(plain, "\n", "\r\n"), two},
		{"CR", strings.ReplaceAll(plain, "\n", "\r"), two},
		{"no line end at the end", strings.TrimSuffix(plain, "\n"), two},
		{"empty lines", strings.ReplaceAll(plain, "\n", "\n\n,,\n"), two},
		{"semicolons", strings.ReplaceAll(plain, ",", ";"), two},
		{"tabs", strings.ReplaceAll(plain, ",", "\t"), two},
		{"bars", strings.ReplaceAll(plain, ",", "|"), two},
		{"quotes", "email,note\r\n\"ada@x.test\",\"a \"\"b\"\", c\r\nd\"\r\nli@x.test,5\" wide\r\n",
			"|ada@x.test|{\"note\":\"a \\\"b\\\", c\\r\\nd\"}\n|li@x.test|{\"note\":\"5\\\" wide\"}\n"},
		{"empty cells say nothing", "id,email,plan\n7,,pro\n7,ada@x.test,\n", "7|ada@x.test|{\"plan\":\"pro\"}\n"},
		{"leading zeros are text", "email,zip,phone\nada@x.test,01234,+4912\n", "|ada@x.test|{\"phone\":\"+4912\",\"zip\":\"01234\"}\n"},
		{"dates", "email,Signed up\nada@x.test,2026-03-01\nli@x.test,2026-03-02\n", "|ada@x.test|{\"signed_up\":1772323200}\n|li@x.test|{\"signed_up\":1772409600}\n"},
		{"days first", "email,Born\nada@x.test,23.11.1990\n", "|ada@x.test|{\"born\":659318400}\n"},
		{"yes and no", "email,vip\nada@x.test,yes\nli@x.test,no\n", "|ada@x.test|{\"vip\":true}\n|li@x.test|{\"vip\":false}\n"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w := newImporting(t, identity.EmailOrID)
			i := w.all(w.acme, test.file)
			if i.State != store.ImportDone || i.Rejected != 0 || i.Done() != 100 {
				t.Errorf("%s, %d rejected, %d%%: %s%s", i.State, i.Rejected, i.Done(), i.Problem, w.rejects(w.acme, i.ID))
			}
			if got := w.people(w.acme); got != test.people {
				t.Errorf("people are\n%swant\n%s", got, test.people)
			}
		})
	}
}

func TestImportRejectsRowsWithAReason(t *testing.T) {
	tests := []struct {
		name          string
		mode          identity.Mode
		file          string
		people, wrong string
	}{
		{"email or id", identity.EmailOrID, `id,email,mrr,unsubscribed
1,ada@x.test,29,no
2,ADA@x.test,30,
3,not an address,31,
,,32,
4,bob@x.test,lots,
5,eve@x.test,1,maybe
1,other@x.test,33,
6,"zoe"@x.test,2,
7,far@x.test,1,no,more
cio_8,x@x.test,1,
1,ada@x.test,34,
`, "1|ada@x.test|{\"mrr\":34}\n", `3: The person with the email “ADA@x.test” has another id, “1”. An import does not change it.
4: “not an address” is not a full email address.
5: Enter an id or an email.
6: mrr: “lots” is not a number.
7: unsubscribed: “maybe” is not yes or no.
8: The person with the id “1” has another email, “ada@x.test”. An import does not change it.
9: There is text behind a closing quote. Write a quote within a value twice.
10: The row has 5 values, but the file has 4 columns. A quote or a separator is missing or too many.
11: An id cannot begin with “cio_”: that names a person by cio_id.
`},
		{"two people", identity.EmailOrID, "id,email\n1,\n,ada@x.test\n1,ada@x.test\n", "1||{}\n|ada@x.test|{}\n",
			"4: The id “1” and the email “ada@x.test” belong to two different people.\n"},
		{"email only", identity.EmailOnly, "email,user id\nada@x.test,1\nADA@X.test,2\n,3\n", "|ada@x.test|{\"user_id\":\"2\"}\n",
			"4: Enter an email.\n"},
		{"id only: emails repeat", identity.IDOnly, "id,email\n1,ada@x.test\n2,ada@x.test\n,ada@x.test\n2,new@x.test\n", "1|ada@x.test|{}\n2|new@x.test|{}\n",
			"4: People in this workspace are identified by id, so an email alone is not enough. Enter an id.\n"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w := newImporting(t, test.mode)
			id := w.upload(w.acme, test.file)
			columns := w.look(w.acme, id).Columns
			for n, c := range columns {
				if c.Name == "mrr" {
					columns[n].Type = store.NumberValues
				}
				if c.Name == "user_id" {
					columns[n].Type = store.TextValues
				}
			}
			ctx := context.Background()
			w.must(w.store.CheckImport(ctx, w.acme.ID, id, columns, store.ImportOptions{Mode: store.NewAndExisting}))
			w.run(func() bool { return !w.look(w.acme, id).State.Working() })
			w.must(w.store.StartImport(ctx, w.acme.ID, id, w.alice))
			w.run(func() bool { return !w.look(w.acme, id).State.Working() })
			i := w.look(w.acme, id)
			if i.State != store.ImportDone || i.Rows != i.Total || i.Created+i.Updated+i.Rejected != i.Rows {
				t.Errorf("%s: %d of %d rows; %d created, %d updated, %d rejected", i.State, i.Rows, i.Total, i.Created, i.Updated, i.Rejected)
			}
			if got := w.people(w.acme); got != test.people {
				t.Errorf("people are\n%swant\n%s", got, test.people)
			}
			if got := w.rejects(w.acme, id); got != test.wrong {
				t.Errorf("rejected\n%swant\n%s", got, test.wrong)
			}
		})
	}
}

func TestDamagedFileChangesNobody(t *testing.T) {
	good := "email\n" + strings.Repeat("ada@x.test\n", 3)
	tests := []struct{ name, file, problem string }{
		{"NUL", good + "b\x00b@x.test\n", "Line 5 has a NUL byte"},
		{"a quote never closed", good + "x@x.test\n\"y@x.test\nz@x.test\n", "Line 6 opens a quote that is never closed."},
		{"a line of 10 MB", good + strings.Repeat("x", 10<<20) + "\n", "Line 5 is longer than 1 MB."},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w := newImporting(t, identity.EmailOrID)
			i := w.all(w.acme, test.file)
			if i.State != store.Broken || !strings.HasPrefix(i.Problem, test.problem) {
				t.Errorf("%s: %s", i.State, i.Problem)
			}
			if got := w.people(w.acme); got != "" {
				t.Errorf("people are %s", got)
			}
		})
	}
}

func TestImportNeverGivesConsent(t *testing.T) {
	w := newImporting(t, identity.EmailOrID)
	ctx := context.Background()
	i := w.all(w.acme, "email,unsubscribed\nada@x.test,true\nli@x.test,false\n")
	if i = w.all(w.acme, "email,unsubscribed\nada@x.test,false\nli@x.test,true\n"); i.Updated != 2 {
		t.Fatalf("%d updated, want 2", i.Updated)
	}
	for _, email := range []string{"ada@x.test", "li@x.test"} {
		p, err := w.store.PersonBy(ctx, w.acme.ID, identity.Ref{Kind: identity.Email, Value: email})
		w.must(err)
		if !p.Unsubscribed {
			t.Errorf("%s is subscribed", email)
		}
		all, err := w.store.ActivitiesOf(ctx, w.acme.ID, p.ID, store.Page{Limit: 10})
		w.must(err)
		if len(all) != 1 || all[0].Type != store.UnsubscribedActivity || string(all[0].Data) != `{"by":"Import"}` {
			t.Errorf("%s: activities %+v", email, all)
		}
	}
}

// numbered is a file of n people, each of whom a counter adds to once.
func numbered(n int) string {
	var b strings.Builder
	b.WriteString("id,email,first_name,plan\n")
	for i := range n {
		fmt.Fprintf(&b, "u%d,person%d@x.test,\"Name, %d\",pro\n", i, i, i)
		if i%1000 == 500 {
			b.WriteString("broken row\n")
		}
	}
	return b.String()
}

func TestImportGoesOnAfterARestart(t *testing.T) {
	w := newImporting(t, identity.EmailOrID)
	ctx := context.Background()
	const n = 23_000
	id := w.upload(w.acme, numbered(n))
	w.check(w.acme, id)
	w.must(w.store.StartImport(ctx, w.acme.ID, id, w.alice))
	stops := 0
	for w.look(w.acme, id).State.Working() {
		before := w.look(w.acme, id).At
		w.run(func() bool { return w.look(w.acme, id).At != before })
		w.must(w.store.Close())
		w.open()
		stops++
	}
	i := w.look(w.acme, id)
	if stops < 3 || i.Rows != n+n/1000 || i.Created != n || i.Updated != 0 || i.Rejected != n/1000 {
		t.Errorf("after %d stops: %d rows, %d created, %d updated, %d rejected", stops, i.Rows, i.Created, i.Updated, i.Rejected)
	}
	if ws, err := w.store.Workspace(ctx, w.acme.ID); err != nil || ws.People != n {
		t.Errorf("%d people, want %d (%v)", ws.People, n, err)
	}
}

func TestImportPausesStopsAndIsDeleted(t *testing.T) {
	w := newImporting(t, identity.EmailOrID)
	ctx := context.Background()
	id := w.upload(w.acme, numbered(12_000))
	w.check(w.acme, id)
	w.must(w.store.StartImport(ctx, w.acme.ID, id, w.alice))
	if _, err := w.store.DeleteImport(ctx, w.acme.ID, id, w.alice); err != store.ErrChanged {
		t.Errorf("deleting a running import: %v", err)
	}
	w.run(func() bool { return w.look(w.acme, id).Rows > 0 })
	w.must(w.store.PauseImport(ctx, w.acme.ID, id))
	paused := w.look(w.acme, id)
	w.run(idle(w, w.acme))
	if after := w.look(w.acme, id); after.Rows != paused.Rows || after.Rows == 0 {
		t.Errorf("%d rows while paused, %d before", after.Rows, paused.Rows)
	}
	w.must(w.store.ResumeImport(ctx, w.acme.ID, id))
	w.must(w.store.StopImport(ctx, w.acme.ID, id, w.alice))
	w.run(idle(w, w.acme))
	stopped := w.look(w.acme, id)
	if stopped.State != store.Stopped || stopped.FinishedAt.IsZero() || stopped.Rows != paused.Rows {
		t.Errorf("%s with %d rows, finished %v", stopped.State, stopped.Rows, stopped.FinishedAt)
	}
	file, err := w.store.DeleteImport(ctx, w.acme.ID, id, w.alice)
	if err != nil || file != stopped.File {
		t.Errorf("deleted %q, %v", file, err)
	}
	if ws, err := w.store.Workspace(ctx, w.acme.ID); err != nil || ws.People != stopped.Created {
		t.Errorf("%d people, want %d (%v)", ws.People, stopped.Created, err)
	}
}

// idle says when the engine has nothing to import in a workspace.
func idle(w *importing, ws store.Workspace) func() bool {
	return func() bool {
		due, _, err := w.store.Turns(context.Background(), store.Imports, 10)
		w.must(err)
		for _, id := range due {
			if id == ws.ID {
				return false
			}
		}
		return true
	}
}

func TestTwoWorkspacesImportInTurns(t *testing.T) {
	w := newImporting(t, identity.EmailOrID)
	ctx := context.Background()
	other, err := w.store.CreateWorkspace(ctx, store.NewWorkspace{Name: "Other", Color: "iris", Identifiers: identity.IDOnly}, w.alice)
	w.must(err)
	one, two := w.upload(w.acme, numbered(16_000)), w.upload(other, numbered(16_000))
	w.check(w.acme, one)
	w.check(other, two)
	w.must(w.store.StartImport(ctx, w.acme.ID, one, w.alice))
	w.must(w.store.StartImport(ctx, other.ID, two, w.alice))
	together := false
	w.run(func() bool {
		a, b := w.look(w.acme, one), w.look(other, two)
		together = together || a.Rows > 0 && b.Rows > 0 && a.State.Working() && b.State.Working()
		return !a.State.Working() && !b.State.Working()
	})
	if a, b := w.look(w.acme, one), w.look(other, two); a.Created != 16_000 || b.Created != 16_000 || !together {
		t.Errorf("%d and %d created; at work together: %v", a.Created, b.Created, together)
	}
}

func TestCheckForesees(t *testing.T) {
	w := newImporting(t, identity.EmailOrID)
	w.all(w.acme, "id,email\n1,ada@x.test\n2,li@x.test\n")
	i := w.check(w.acme, w.upload(w.acme, "id,email,plan\n1,ada@x.test,pro\n3,new@x.test,pro\n2,ada@x.test,pro\n,bad,x\n"))
	if i.State != store.Checked || i.Total != 4 || i.Created != 1 || i.Updated != 1 || i.Rejected != 2 {
		t.Errorf("%s: %d rows, %d new, %d known, %d rejected", i.State, i.Total, i.Created, i.Updated, i.Rejected)
	}
	want := "4: The id “2” and the email “ada@x.test” belong to two different people.\n5: “bad” is not a full email address.\n"
	if got := w.rejects(w.acme, i.ID); got != want {
		t.Errorf("rejected\n%s", got)
	}
	if got := w.people(w.acme); strings.Contains(got, "pro") || strings.Contains(got, "new@") {
		t.Errorf("the check changed people:\n%s", got)
	}
}
