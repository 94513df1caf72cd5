package web

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/postroom/postroom/engine"
	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/workflow"
)

// site is a whole server over a real database: Alice owns the account, Bob may
// view Acme, Charlie belongs to Other. Each has a browser of their own.
type site struct {
	*testing.T
	store   *store.Store
	srv     *Server
	acme    store.Workspace
	other   store.Workspace
	alice   *browser
	bob     *browser
	charlie *browser
	nobody  *browser
}

const testPassword = "a long enough sentence"

func newSite(t *testing.T) *site {
	t.Helper()
	db, err := store.Open(filepath.Join(t.TempDir(), "test.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	s := &site{T: t, store: db}
	s.srv = New(Config{
		Store: db, Engine: quietEngine{}, Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
		Keys:    [][]byte{[]byte("0123456789abcdef0123456789abcdef"), []byte("fedcba9876543210fedcba9876543210")},
		BaseURL: "http://example.com", Uploads: t.TempDir(), Exports: t.TempDir(),
	})
	s.nobody = &browser{site: s}
	s.furnish()
	return s
}

// furnish makes the account, two workspaces and three members.
func (s *site) furnish() {
	ctx := context.Background()
	hash, err := HashPassword(testPassword)
	s.must(err)
	alice, acme, err := s.store.SetUp(ctx, store.Setup{
		Account: "Acme Ltd", Name: "Alice Adams", Email: "alice@acme.test", PasswordHash: hash,
		Workspace: store.NewWorkspace{Name: "Acme", Color: "moss", Identifiers: "email_or_id"},
	})
	s.must(err)
	s.acme = acme
	s.other, err = s.store.CreateWorkspace(ctx, store.NewWorkspace{Name: "Other", Color: "iris", Identifiers: "id"}, store.By(alice))
	s.must(err)
	bob, err := s.store.CreateMember(ctx, store.NewMember{Name: "Bob Brown", Email: "bob@acme.test", PasswordHash: hash, Role: store.AccountMember}, store.By(alice))
	s.must(err)
	s.must(s.store.SetRole(ctx, s.acme.ID, bob.ID, store.RoleViewer, store.By(alice)))
	charlie, err := s.store.CreateMember(ctx, store.NewMember{Name: "Charlie Clark", Email: "charlie@other.test", PasswordHash: hash, Role: store.AccountMember}, store.By(alice))
	s.must(err)
	s.must(s.store.SetRole(ctx, s.other.ID, charlie.ID, store.RoleAdmin, store.By(alice)))
	s.alice, s.bob, s.charlie = s.signIn(alice.Email), s.signIn(bob.Email), s.signIn(charlie.Email)
}

func (s *site) must(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

// signIn is a new browser in which somebody is signed in.
func (s *site) signIn(email string) *browser {
	s.Helper()
	b := &browser{site: s}
	b.post("/sign-in", url.Values{"email": {email}, "password": {testPassword}}).want(303)
	return b
}

// browser keeps cookies, as a browser does.
type browser struct {
	*site
	cookies []*http.Cookie
}

// answer is what came back.
type answer struct {
	*httptest.ResponseRecorder
	t *testing.T
}

func (b *browser) do(method, path string, form url.Values, head ...string) answer {
	b.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for i := 0; i < len(head); i += 2 {
		r.Header.Set(head[i], head[i+1])
	}
	for _, c := range b.cookies {
		r.AddCookie(c)
	}
	w := httptest.NewRecorder()
	b.srv.ServeHTTP(w, r)
	if cookies := w.Result().Cookies(); len(cookies) > 0 {
		b.cookies = cookies
	}
	return answer{w, b.T}
}

func (b *browser) get(path string, head ...string) answer {
	b.Helper()
	return b.do("GET", path, nil, head...)
}

func (b *browser) post(path string, form url.Values) answer {
	b.Helper()
	return b.do("POST", path, form)
}

// send posts a form of a workspace's page, stamped as the page would.
func (b *browser) send(ws store.Workspace, path string, form url.Values) answer {
	b.Helper()
	if form == nil {
		form = url.Values{}
	}
	form.Set("_ws", strconv.FormatInt(int64(ws.ID), 10))
	return b.do("POST", path, form)
}

// want fails the test unless the answer has this status and these texts.
func (a answer) want(code int, texts ...string) answer {
	a.t.Helper()
	if a.Code != code {
		a.t.Fatalf("status %d, want %d\n%s", a.Code, code, a.Body)
	}
	for _, text := range texts {
		if !strings.Contains(a.Body.String(), text) {
			a.t.Errorf("no %q in\n%s", text, a.Body)
		}
	}
	return a
}

// location is where a redirect leads.
func (a answer) location() string { return a.Header().Get("Location") }

// quietEngine sends nothing. The engine's own tests send.
type quietEngine struct{}

func (quietEngine) PreviewAction(_ context.Context, _ store.Workspace, _ store.Campaign, a workflow.Action, _ store.Person) store.Rendering {
	if a.Email == nil {
		return store.Rendering{Text: a.Summary()}
	}
	return store.Rendering{From: a.Email.From, To: a.Email.To, Subject: a.Email.Subject, HTML: a.Email.Body}
}

func (quietEngine) CheckAction(context.Context, store.Workspace, workflow.Action) []store.RenderProblem {
	return nil
}

func (quietEngine) CheckSnippet(context.Context, store.Workspace, store.Snippet) []store.RenderProblem {
	return nil
}

func (quietEngine) WantsAction(context.Context, store.Workspace, workflow.Action) []store.Wanted {
	return nil
}

func (quietEngine) TestAction(context.Context, store.Workspace, store.Campaign, workflow.Action, store.Person, string) error {
	return nil
}

func (quietEngine) TestGateway(_ context.Context, _ store.Workspace, c store.Channel) error {
	if c == store.PushChannel {
		return store.Invalid{"test": "push.test did not take the test: 403 Forbidden"}
	}
	return nil
}

func (quietEngine) Caller(p workflow.PersonRef, data map[string]any) (string, error) {
	return engine.Caller(p, data)
}

func (quietEngine) UsesMailbox() bool { return true }

func (quietEngine) ReadMail(raw []byte) (store.MailParts, error) {
	return store.MailParts{Text: string(raw)}, nil
}
