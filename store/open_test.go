package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	sqlite3 "github.com/mattn/go-sqlite3"

	"github.com/postroom/postroom/store/identity"
)

// world is a store with an account and a workspace, whose clock stands still
// until a test moves it.
type world struct {
	*testing.T
	*Store
	ctx  context.Context
	acme Workspace
	me   Actor
	time time.Time
	path string
}

func newWorld(t *testing.T, mode identity.Mode) *world {
	t.Helper()
	w := &world{T: t, ctx: context.Background(), me: Actor{Name: "Alice"}, time: time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)}
	w.path = filepath.Join(t.TempDir(), "test.db")
	var err error
	w.Store, err = Open(w.path)
	w.must(err)
	t.Cleanup(func() { w.Store.Close() })
	w.SetClock(func() time.Time { return w.time })
	_, w.acme, err = w.SetUp(w.ctx, Setup{
		Account: "Acme Ltd", Name: "Alice", Email: "alice@acme.test", PasswordHash: "x",
		Workspace: NewWorkspace{Name: "Acme", Identifiers: mode},
	})
	w.must(err)
	return w
}

func (w *world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

func (w *world) workspace(name string, mode identity.Mode) Workspace {
	w.Helper()
	ws, err := w.CreateWorkspace(w.ctx, NewWorkspace{Name: name, Identifiers: mode}, w.me)
	w.must(err)
	return ws
}

// call is an Identify as an API call would make it: path "7", "a@x.test" or
// "cio_…", attributes in JSON of which id and email are identifiers.
func (w *world) call(ws Workspace, path, attributes string) (Identified, error) {
	w.Helper()
	ref, err := identity.FromPath(ws.Identifiers, path)
	w.must(err)
	in := Identify{Ref: ref}
	in.Attributes, err = DecodeObject([]byte(attributes))
	w.must(err)
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
	return w.Identify(w.ctx, ws.ID, in)
}

// person is who an identifier in a path means, as "id email {attributes}".
func (w *world) who(ws Workspace, path string) string {
	w.Helper()
	ref, err := identity.FromPath(ws.Identifiers, path)
	w.must(err)
	p, err := w.PersonBy(w.ctx, ws.ID, ref)
	if err == ErrNotFound {
		return "nobody"
	}
	w.must(err)
	return fmt.Sprintf("%s %s %s", p.ExternalID, p.Email, encode(p.Attributes))
}

func (w *world) add(ws Workspace, id, email, attributes string) Person {
	w.Helper()
	object, err := DecodeObject([]byte(attributes))
	w.must(err)
	p, err := w.AddPerson(w.ctx, ws.ID, PersonForm{ID: id, Email: email, Attributes: object}, w.me)
	w.must(err)
	return p
}

// people is the workspace's counter, which must be true.
func (w *world) people(ws Workspace) int {
	w.Helper()
	ws, err := w.Workspace(w.ctx, ws.ID)
	w.must(err)
	if real := w.number(`select count(*) from people where workspace_id = ?`, ws.ID); real != ws.People {
		w.Errorf("%d people are counted, there are %d", ws.People, real)
	}
	return ws.People
}

func (w *world) number(query string, args ...any) (n int) {
	w.Helper()
	w.must(w.read.QueryRowContext(w.ctx, query, args...).Scan(&n))
	return n
}

// happened is the types of a person's activities, the first first.
func (w *world) happened(ws Workspace, id PersonID) string {
	w.Helper()
	all, err := w.ActivitiesOf(w.ctx, ws.ID, id, Page{Limit: 100})
	w.must(err)
	var types []string
	for _, a := range slices.Backward(all) {
		types = append(types, string(a.Type))
	}
	return strings.Join(types, " ")
}

// data is the data of a person's latest activity of a type.
func (w *world) data(ws Workspace, id PersonID, kind ActivityType) string {
	w.Helper()
	all, err := w.ActivitiesOf(w.ctx, ws.ID, id, Page{Limit: 100})
	w.must(err)
	for _, a := range all {
		if a.Type == kind {
			return string(a.Data)
		}
	}
	return ""
}

// spy opens connections that remember the text of every query.
type spy struct {
	path  string
	mu    sync.Mutex
	texts map[string]bool
}

type spyConn struct {
	*sqlite3.SQLiteConn
	spy *spy
}

func (s *spy) Driver() driver.Driver { return &sqlite3.SQLiteDriver{ConnectHook: addFunctions} }

func (s *spy) Connect(context.Context) (driver.Conn, error) {
	conn, err := s.Driver().Open("file:" + s.path)
	if err != nil {
		return nil, err
	}
	return spyConn{conn.(*sqlite3.SQLiteConn), s}, nil
}

func (c spyConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	c.spy.mu.Lock()
	c.spy.texts[query] = true
	c.spy.mu.Unlock()
	return c.SQLiteConn.QueryContext(ctx, query, args)
}

// spied is what do asks the database.
func (w *world) spied(do func()) []string {
	w.Helper()
	s := &spy{path: w.path, texts: map[string]bool{}}
	honest := w.read
	w.read = sql.OpenDB(s)
	do()
	w.must(w.read.Close())
	w.read = honest
	return slices.Collect(maps.Keys(s.texts))
}

// walk is a step that reads one of the tables that grow with a workspace from
// end to end, or all that the workspace has in it.
var walk = regexp.MustCompile(`^(SCAN (people|p|activities|a|deliveries|d|journeys|j|segment_members|data_index)\b|SEARCH (people|p|activities|a|deliveries|d|journeys|j|segment_members) .*\(workspace_id=\?\))`)

// noScan fails when a query costs more in a larger workspace.
func (w *world) noScan(texts []string) {
	w.Helper()
	if len(texts) == 0 {
		w.Error("no query was seen")
	}
	for _, text := range texts {
		for _, step := range w.explain(text) {
			if walk.MatchString(step) {
				w.Errorf("%s in %s", step, text)
			}
		}
	}
}

func (w *world) explain(text string) []string {
	w.Helper()
	var args []any
	for {
		rows, err := w.read.QueryContext(w.ctx, `explain query plan `+text, args...)
		if err != nil && strings.Contains(err.Error(), "not enough args") && len(args) < 40 {
			args = append(args, nil)
			continue
		}
		steps, err := collect(rows, err, func(scan func(...any) error) (step string, err error) {
			var a, b, c int
			err = scan(&a, &b, &c, &step)
			return step, err
		})
		w.must(err)
		return steps
	}
}
