package web

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/views"
)

func TestCreateWorkspace(t *testing.T) {
	s := newSite(t)
	s.alice.get("/account/workspaces/new").want(200, `name="name"`, `name="color"`, `name="identifiers"`, `name="sending"`, `name="test_address"`, "data-preview", `value="alice@acme.test"`)
	form := url.Values{"name": {"  Fancy <Shop> "}, "color": {"plum"}, "identifiers": {"id"}, "sending": {"test"}, "test_address": {"me@acme.test"}}
	if to := s.alice.post("/account/workspaces/new", form).want(303).location(); to != "/w/fancy-shop" {
		t.Fatalf("landed on %s", to)
	}
	s.alice.get("/w/fancy-shop").want(200, "The workspace “Fancy &lt;Shop&gt;” is ready.", `data-ws="plum"`, `data-send="test"`, "Test delivery", "data-switched")
	if to := s.alice.get("/").want(302).location(); to != "/w/fancy-shop" {
		t.Errorf("the session is at %s", to)
	}
	form.Set("name", "ACME")
	s.alice.post("/account/workspaces/new", form).want(422, "“ACME” is already the name of a workspace. Choose another name.", `value="ACME"`)
	form.Set("name", "")
	form.Del("identifiers")
	form.Set("test_address", "nobody")
	s.alice.post("/account/workspaces/new", form).want(422, "Error: ", "There is a problem", "Name the workspace.",
		"Choose how people are identified.", "Enter the address that receives the test messages.", `value="nobody"`, `value="plum" checked`)
	// A script may send the contract's least: the rest is what a new workspace begins with.
	s.alice.post("/account/workspaces/new", url.Values{"name": {"Plain"}, "identifiers": {"email"}}).want(303)
	ws, err := s.store.WorkspaceBySlug(context.Background(), "plain")
	s.must(err)
	if ws.Sending != store.SendNormal || ws.Color == "" || ws.Identifiers != "email" {
		t.Errorf("%+v", ws)
	}
	s.bob.post("/account/workspaces/new", form).want(403)
}

func TestWorkspaceList(t *testing.T) {
	s := newSite(t)
	for i := range 60 {
		_, err := s.store.CreateWorkspace(context.Background(), store.NewWorkspace{Name: fmt.Sprintf("Client %02d", i), Identifiers: "id"}, store.CommandLine)
		s.must(err)
	}
	first := s.alice.get("/account/workspaces").want(200, "Client 00", "62 workspaces", `href="/w/acme"`, `href="/w/acme/settings"`)
	next := between(first.Body.String(), `href="`+views.WorkspacesPath+`?after=`, `"`)
	s.alice.get(views.WorkspacesPath+"?after="+next).want(200, "Client 59", "Other")
	s.alice.get("/account/workspaces?q=CLIENT+5").want(200, "Client 59")
	s.alice.get("/account/workspaces?q=nothing").want(200, "No workspace found", "“nothing”")
	mine := s.bob.get("/account/workspaces").want(200, `href="/w/acme"`).Body.String()
	if strings.Contains(mine, "Other") || strings.Contains(mine, "/settings") || strings.Contains(mine, "New workspace") {
		t.Errorf("Bob sees too much:\n%s", mine)
	}
}

// between is what stands between two texts.
func between(text, before, after string) string {
	_, rest, _ := strings.Cut(text, before)
	found, _, _ := strings.Cut(rest, after)
	return found
}

func TestMemberWithoutAWorkspace(t *testing.T) {
	s := newSite(t)
	ctx := context.Background()
	hash, err := HashPassword(testPassword)
	s.must(err)
	_, err = s.store.CreateMember(ctx, store.NewMember{Name: "Nadia New", Email: "nadia@acme.test", PasswordHash: hash, Role: store.AccountMember}, store.CommandLine)
	s.must(err)
	nadia := s.signIn("nadia@acme.test")
	if to := nadia.get("/").want(302).location(); to != views.WorkspacesPath {
		t.Errorf("led to %s", to)
	}
	nadia.get(views.WorkspacesPath).want(200, "No workspace is yours yet", "Ask an admin of Acme Ltd")
	nadia.get("/w/acme").want(404, "Not found")
	s.bob.get("/w/other").want(404, "Your workspaces", `href="/w/acme"`)
	s.bob.get("/w/acme/settings").want(403, "Not allowed", `href="/w/acme"`)
}

func TestDeleteAndRestoreWorkspace(t *testing.T) {
	s := newSite(t)
	ask := views.DeleteWorkspacePath(s.other)
	s.alice.get("/w/other/settings").want(200, ask)
	s.alice.get(ask).want(200, "Delete the workspace “Other”?", "<b>0 people</b>", "7-day window", `data-confirm="Other"`)
	s.alice.send(s.other, ask, url.Values{"confirm": {"other"}}).want(422, "Type “Other” to delete it.")
	s.charlie.get("/w/other/settings").want(200, "Workspace settings")
	s.charlie.get(ask).want(403)
	s.charlie.send(s.other, ask, url.Values{"confirm": {"Other"}}).want(403)

	s.charlie.post("/switch", url.Values{"workspace": {"other"}}).want(303)
	s.alice.send(s.other, ask, url.Values{"confirm": {" Other "}}).want(303)
	s.alice.get(views.WorkspacesPath).want(200, "“Other” is deleted. It can be restored until", "Deleted, can be restored", "Restore Other")
	s.charlie.get("/w/other").want(404)
	if to := s.charlie.get("/").want(302).location(); to != views.WorkspacesPath {
		t.Errorf("Charlie, left without a workspace, is led to %s", to)
	}
	last := s.alice.send(s.acme, views.DeleteWorkspacePath(s.acme), url.Values{"confirm": {"Acme"}})
	last.want(422, "This is the only workspace.")

	s.charlie.post(views.RestoreWorkspacePath(s.other), nil).want(403)
	s.alice.post(views.RestoreWorkspacePath(s.other), nil).want(303)
	s.charlie.get("/w/other").want(200)
	s.alice.post(views.RestoreWorkspacePath(s.other), nil).want(404)
}

func TestWorkspaceSettings(t *testing.T) {
	s := newSite(t)
	path := views.SettingsPath(s.other)
	s.charlie.get(path).want(200, `value="Other"`, "Id only.", "Several people may share one email address")
	s.charlie.send(s.other, path, url.Values{"name": {"Acme"}, "color": {"iris"}, "sending": {"never"}}).want(422, "already the name of a workspace", `value="never" checked`)
	s.charlie.send(s.other, path, url.Values{"name": {"Second"}, "color": {"rose"}, "sending": {"never"}, "identifiers": {"email"}}).want(303)
	s.charlie.get("/w/other").want(200, "Second", `data-ws="rose"`, `data-send="never"`, "Never sends")
	ws, err := s.store.Workspace(context.Background(), s.other.ID)
	s.must(err)
	if ws.Identifiers != "id" {
		t.Errorf("the form changed the identifiers to %s", ws.Identifiers)
	}
	s.charlie.get(views.HistoryPath(s.other)).want(200, "Changed the workspace", "Sending normally → Never sends.", "Charlie Clark")

	s.alice.get(views.IdentifiersPath(s.acme)).want(200, "Allow updates to email using id")
	s.alice.send(s.acme, views.IdentifiersPath(s.acme), url.Values{"email_by_id": {"on"}}).want(303)
	s.alice.get(views.IdentifiersPath(s.acme)).want(200, `name="email_by_id" value="on" checked`)
	s.alice.send(s.acme, views.IdentifiersPath(s.acme), nil).want(303)
	if ws, err = s.store.Workspace(context.Background(), s.acme.ID); err != nil || ws.EmailByID {
		t.Errorf("still on %v", err)
	}
}

func TestLayouts(t *testing.T) {
	s := newSite(t)
	list, create, edit := views.LayoutsPath(s.acme), views.NewLayoutPath(s.acme), views.LayoutPath(s.acme, "A/B & <c>")
	s.alice.get(list).want(200, "Default")
	s.alice.send(s.acme, create, url.Values{"name": {"A/B & <c>"}, "html": {"<p>no place</p>"}}).want(422, "Put {{content}} in the layout, once", "&lt;p&gt;no place&lt;/p&gt;")
	s.alice.send(s.acme, create, url.Values{"name": {"default"}, "html": {"{{content}}"}}).want(422, "There is a layout of this name.")
	s.alice.send(s.acme, create, url.Values{"name": {"A/B & <c>"}, "html": {"<p>{{ content }}</p>"}}).want(303)
	s.alice.get(edit).want(200, "A/B &amp; &lt;c&gt;", "{{ content }}")
	s.alice.send(s.acme, edit, url.Values{"name": {"A/B & <c>"}, "html": {"<b>{{content}}</b>"}}).want(303)
	s.alice.get(edit).want(200, "&lt;b&gt;{{content}}&lt;/b&gt;")
	s.alice.get(views.LayoutPath(s.other, "A/B & <c>")).want(404)
	s.bob.get(list).want(403)
}

func TestFavicon(t *testing.T) {
	s := newSite(t)
	a := s.bob.get(views.FaviconPath(s.acme)).want(200, "<svg")
	if got := a.Header().Get("Content-Type") + a.Header().Get("Cache-Control"); got != "image/svg+xmlprivate, max-age=86400" {
		t.Errorf("%q", got)
	}
	s.nobody.get(views.IconPath).want(200, "<svg")
}

// With thousands of workspaces a page holds a few of them, and the search asks
// the server.
func TestFiveThousandWorkspaces(t *testing.T) {
	s := newSite(t)
	var wg sync.WaitGroup
	for worker := range 50 {
		wg.Go(func() {
			for i := range 100 {
				in := store.NewWorkspace{Name: fmt.Sprintf("Client %04d", worker*100+i), Identifiers: "id"}
				if _, err := s.store.CreateWorkspace(context.Background(), in, store.CommandLine); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	page := s.alice.get("/w/acme").want(200, "data-remote", "Search to find the other 4,982.", `hx-get="/switch/menu?from=&amp;here=`).Body
	if rows := strings.Count(page.String(), `action="/switch"`); rows > 25 || page.Len() > 60_000 {
		t.Errorf("a page has %d rows and %d bytes", rows, page.Len())
	}
	s.alice.get("/switch/menu?q=client+4999&from=settings").want(200, "Client 4999", `value="settings"`, `href="/w/client-4999/settings"`)
	s.alice.get("/switch/menu?q=nothing").want(200, "No workspace has this in its name.")
	found := s.alice.get("/switch/menu?q=client").want(200).Body.String()
	if rows := strings.Count(found, `action="/switch"`); rows != 50 {
		t.Errorf("a search gives %d rows", rows)
	}
	if mine := s.bob.get("/switch/menu?q=client").want(200).Body.String(); strings.Contains(mine, "Client 0") {
		t.Error("Bob finds what is not his")
	}
	if usage := s.alice.get("/account/usage").want(200, "Smaller").Body; usage.Len() > 200_000 {
		t.Errorf("usage has %d bytes", usage.Len())
	}
}
