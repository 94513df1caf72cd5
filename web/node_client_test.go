package web

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/identity"
)

const nodeTest = "../test/node"

// runNode runs a script with what it needs to know.
func (s *site) runNode(script string, input map[string]any) {
	s.Helper()
	node, err := exec.LookPath("node")
	if err != nil {
		s.Fatal("node is missing. Install Node 20 or newer and run make test.")
	}
	for _, name := range []string{"customerio-node", "@customerio/cdp-analytics-node"} {
		if _, err := os.Stat(nodeTest + "/node_modules/" + name); err != nil {
			s.Fatal("the npm packages of test/node are missing. Run make test, or npm ci in test/node.")
		}
	}
	text, err := json.Marshal(input)
	s.must(err)
	cmd := exec.Command(node, script)
	cmd.Dir = nodeTest
	cmd.Stdin = strings.NewReader(string(text))
	if out, err := cmd.CombinedOutput(); err != nil {
		s.Fatalf("%v\n%s", err, out)
	}
}

// The official Pipelines clients, as they come from npm.
func TestNodePipelinesClients(t *testing.T) {
	s := newSite(t)
	p := s.program(s.acme)
	server := httptest.NewServer(s.srv)
	defer server.Close()
	s.runNode("cdp.mjs", map[string]any{"url": server.URL, "writeKey": p.write})

	grace := p.person(identity.ID, "grace")
	if grace.Email != "grace@x.example.com" || grace.Attributes["city"] != "Delft" || fmt.Sprint(grace.Attributes["created_at"]) != "1704067200" {
		t.Errorf("grace became %+v", grace)
	}
	if got := strings.Join(p.activities(grace), ", "); got != "merged, screen Home, page https://x.example.com/pricing, event Signed Up" {
		t.Errorf("grace did %s", got)
	}
	if got := strings.Join(p.activities(p.person(identity.ID, "batched")), ", "); got != "event Batched" {
		t.Errorf("batched did %s", got)
	}
	edsger := p.person(identity.Email, "edsger@x.example.com")
	did := p.activities(edsger)
	slices.Sort(did)
	if got := strings.Join(did, ", "); edsger.ExternalID != "edsger" || got != "device_change added, event Walked, page Home, screen Start" {
		t.Errorf("edsger %q did %s", edsger.ExternalID, got)
	}
	if got := p.devices("edsger"); got != `dev-e ios {"app_version":"2"}` {
		t.Errorf("edsger has %s", got)
	}
}

// The official Node client, as it comes from npm, over a real connection.
func TestNodeClient(t *testing.T) {
	s := newSite(t)
	_, p := s.welcomed()
	s.topic("News", true)
	s.broadcastOf("Sale", "", saleMail)
	server := httptest.NewServer(s.srv)
	defer server.Close()
	s.srv.baseURL = server.URL

	type workspace struct {
		ID   store.WorkspaceID `json:"id"`
		Name string            `json:"name"`
	}
	s.runNode("client.mjs", map[string]any{
		"url": server.URL, "siteID": p.siteID, "key": p.key, "appKey": p.appKey,
		"workspaces": []workspace{{s.acme.ID, s.acme.Name}, {s.other.ID, s.other.Name}},
	})
	p.checkNodeClient()
}

// checkNodeClient holds what the client was told against what is kept.
func (p *program) checkNodeClient() {
	p.Helper()
	ctx := context.Background()
	for _, id := range []string{"1/ %é", "名前", "tab%2F", "42", "new one", strings.Repeat("x", 150)} {
		p.person(identity.ID, id)
	}
	p.person(identity.Email, "a+b@x.example.com")
	for _, id := range []string{"gone", "?#&", "ada"} {
		p.nobody(identity.ID, id)
	}
	ada := p.person(identity.ID, "ada2")
	if ada.Email != "ada2@x.example.com" || ada.Attributes["beta"] != true || len(ada.Attributes) != 2 {
		p.Errorf("ada became %+v", ada)
	}
	all, err := p.store.ActivitiesOf(ctx, p.ws.ID, ada.ID, store.Page{Limit: 100})
	p.must(err)
	all = slices.DeleteFunc(all, func(a store.Activity) bool { return a.Type == store.AttributeChange })
	if len(all) != 2 || all[1].Name != "purchase" || string(all[1].Data) != `{"price":23.45}` || all[1].OccurredAt.Unix() != 1700000000 || all[0].Type != store.PageActivity {
		p.Errorf("ada did %+v", all)
	}
	latest, err := p.store.Activities(ctx, p.ws.ID, store.Page{Limit: 100})
	p.must(err)
	var anonymous []string
	for _, a := range latest {
		if a.PersonID == 0 {
			anonymous = append(anonymous, a.Name)
		}
	}
	if !slices.Equal(anonymous, []string{"invite", "visit"}) {
		p.Errorf("anonymous events %q", anonymous)
	}
	ws, err := p.store.Workspace(ctx, p.ws.ID)
	p.must(err)
	if ws.People != 11 {
		p.Errorf("%d people, want 11", ws.People)
	}
}
