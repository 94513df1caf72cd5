package store

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/postroom/postroom/store/identity"
)

func wrongWith(err error, field string) string {
	var wrong Invalid
	if !errors.As(err, &wrong) {
		return fmt.Sprint("no Invalid: ", err)
	}
	return wrong[field]
}

func TestInitials(t *testing.T) {
	for name, want := range map[string]string{
		"": "?", "  ": "?", "(!)": "?", "x": "X", "acme": "Ac", "Northwind sandbox": "Ns", "Orbit (archive)": "Oa", "Halcyon Coffee Ltd": "HC", "Éa": "Éa", "東京 支店": "東支", "7 up": "7u",
	} {
		if got := (Workspace{Name: name}).Initials(); got != want {
			t.Errorf("%q has %q, want %q", name, got, want)
		}
	}
}

func TestWorkspaceFormIsChecked(t *testing.T) {
	w := newWorld(t, identity.EmailOrID)
	for _, c := range []struct {
		in          NewWorkspace
		field, want string
	}{
		{NewWorkspace{Identifiers: "id"}, "name", "Name the workspace."},
		{NewWorkspace{Name: " \t ", Identifiers: "id"}, "name", "Name the workspace."},
		{NewWorkspace{Name: strings.Repeat("é", 81), Identifiers: "id"}, "name", "Use at most 80 characters."},
		{NewWorkspace{Name: "  aCME ", Identifiers: "id"}, "name", "“aCME” is already the name of a workspace. Choose another name."},
		{NewWorkspace{Name: "N", Identifiers: "phone"}, "identifiers", "Choose how people are identified."},
		{NewWorkspace{Name: "N"}, "identifiers", "Choose how people are identified."},
		{NewWorkspace{Name: "N", Identifiers: "id", Color: "red"}, "color", "Choose one of the colours."},
		{NewWorkspace{Name: "N", Identifiers: "id", Sending: "later"}, "sending", "Choose what happens to messages."},
		{NewWorkspace{Name: "N", Identifiers: "id", Sending: SendTest}, "test_address", "Enter the address that receives the test messages."},
		{NewWorkspace{Name: "N", Identifiers: "id", Sending: SendTest, TestAddress: "nobody"}, "test_address", "Enter the address that receives the test messages."},
	} {
		_, err := w.CreateWorkspace(w.ctx, c.in, w.me)
		if got := wrongWith(err, c.field); got != c.want {
			t.Errorf("%+v: %q, want %q", c.in, got, c.want)
		}
	}
}

// Neither a slug nor an id ever belongs to another workspace, and a deleted
// workspace gives its name free.
func TestSlugsAreNeverHandedOutTwice(t *testing.T) {
	w := newWorld(t, identity.EmailOrID)
	seen := map[string]bool{w.acme.Slug: true}
	for _, name := range []string{"Fäncy Shop", "fancy-shop", "東京", "支店", "!!!", "Acme 2"} {
		ws := w.workspace(name, "id")
		if seen[ws.Slug] || ws.Slug == "" || strings.Trim(ws.Slug, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
			t.Errorf("%q has the slug %q", name, ws.Slug)
		}
		seen[ws.Slug] = true
	}
	first := w.workspace("Shop", "id")
	w.must(w.DeleteWorkspace(w.ctx, first.ID, "Shop", w.me))
	second := w.workspace("Shop", "id")
	if second.Slug == first.Slug || second.ID == first.ID {
		t.Errorf("%+v took what was of %+v", second, first)
	}
	restored, err := w.RestoreWorkspace(w.ctx, first.ID, w.me)
	w.must(err)
	if restored.Name != "Shop 2" || restored.Slug != first.Slug {
		t.Errorf("came back as %q at %q", restored.Name, restored.Slug)
	}
}

func TestDeletingAWorkspace(t *testing.T) {
	w := newWorld(t, identity.EmailOrID)
	if got := wrongWith(w.DeleteWorkspace(w.ctx, w.acme.ID, "Acme", w.me), "confirm"); !strings.Contains(got, "only workspace") {
		t.Errorf("the last one: %q", got)
	}
	shop := w.workspace("Shop", "id")
	track, secret, err := w.CreateCredential(w.ctx, shop.ID, TrackKey, "Backend", w.me)
	w.must(err)
	for _, typed := range []string{"", "shop", "Shop."} {
		if got := wrongWith(w.DeleteWorkspace(w.ctx, shop.ID, typed, w.me), "confirm"); got != "Type “Shop” to delete it." {
			t.Errorf("typed %q: %q", typed, got)
		}
	}
	_, _, err = w.TrackWorkspace(w.ctx, track.SiteID, secret)
	w.must(err)
	w.must(w.DeleteWorkspace(w.ctx, shop.ID, "Shop", w.me))
	if _, _, err := w.TrackWorkspace(w.ctx, track.SiteID, secret); err != ErrNotFound {
		t.Errorf("its key still opens: %v", err)
	}
	if _, err := w.WorkspaceBySlug(w.ctx, shop.Slug); err != ErrNotFound {
		t.Errorf("it is still there: %v", err)
	}
	if err := w.EditWorkspace(w.ctx, shop.ID, NewWorkspace{Name: "S", Color: "teal", Sending: SendNever}, w.me); err != ErrNotFound {
		t.Errorf("it was edited: %v", err)
	}
	if err := w.SetRole(w.ctx, shop.ID, 1, RoleViewer, w.me); err != ErrNotFound {
		t.Errorf("access to it was given: %v", err)
	}
	w.time = w.time.Add(RestoreWithin - time.Second)
	if gone, err := w.DeletedWorkspaces(w.ctx); err != nil || len(gone) != 1 {
		t.Errorf("to restore: %v %v", gone, err)
	}
	w.time = w.time.Add(2 * time.Second)
	if gone, err := w.DeletedWorkspaces(w.ctx); err != nil || len(gone) != 0 {
		t.Errorf("to restore after a week: %v %v", gone, err)
	}
	if _, err := w.RestoreWorkspace(w.ctx, shop.ID, w.me); err != ErrNotFound {
		t.Errorf("restored after a week: %v", err)
	}
}

func TestEditingAWorkspace(t *testing.T) {
	w := newWorld(t, identity.EmailOrID)
	shop := w.workspace("Shop", "id")
	edit := NewWorkspace{Name: "Acme", Color: "teal", Sending: SendNormal}
	if got := wrongWith(w.EditWorkspace(w.ctx, shop.ID, edit, w.me), "name"); !strings.Contains(got, "already the name") {
		t.Errorf("a name that is taken: %q", got)
	}
	edit = NewWorkspace{Name: "Store", Color: "plum", Sending: SendTest, TestAddress: "me@x.test", Identifiers: "email"}
	w.must(w.EditWorkspace(w.ctx, shop.ID, edit, w.me))
	got, err := w.Workspace(w.ctx, shop.ID)
	w.must(err)
	if got.Name != "Store" || got.Color != "plum" || got.Sending != SendTest || got.TestAddress != "me@x.test" || got.Slug != shop.Slug || got.Identifiers != "id" {
		t.Errorf("%+v", got)
	}
	entries, err := w.WorkspaceAudit(w.ctx, shop.ID, "", Page{Limit: 10})
	w.must(err)
	if len(entries) != 2 || entries[0].Detail != "Sending normally → Test delivery." || entries[0].Actor != "Alice" {
		t.Errorf("%+v", entries)
	}
	if others, err := w.WorkspaceAudit(w.ctx, w.acme.ID, "", Page{Limit: 10}); err != nil || len(others) != 0 {
		t.Errorf("Acme's log has %+v %v", others, err)
	}
}
