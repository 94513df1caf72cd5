package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/identity"
	"github.com/postroom/postroom/store/workflow"
)

// Whatever starts a campaign, one command imports and starts it.
func TestImportStartsEveryTrigger(t *testing.T) {
	c := &commands{Data: t.TempDir()}
	ctx := context.Background()
	db, err := openStore(c.Data)
	if err != nil {
		t.Fatal(err)
	}
	_, ws, err := db.SetUp(ctx, store.Setup{
		Account: "Acme", Name: "Alice", Email: "alice@acme.test", PasswordHash: "x",
		Workspace: store.NewWorkspace{Name: "Acme", Identifiers: identity.EmailOrID},
	})
	if err == nil {
		_, err = db.CreateSegment(ctx, ws.ID, store.NewSegment{Name: "Pros", Manual: true}, store.CommandLine)
	}
	if err != nil {
		t.Fatal(err)
	}
	db.Close()
	for n, trigger := range []string{
		`{"type":"event","event":"signed_up"}`, `{"type":"segment","segment":{"name":"Pros"},"when":"leave"}`,
		`{"type":"date","attribute":"birthday","repeat":"yearly"}`, `{"type":"form","form":"contact"}`,
		`{"type":"webhook","person":{"by":"email","value":"{{trigger.email}}"}}`,
	} {
		file := filepath.Join(t.TempDir(), "campaign.json")
		text := fmt.Sprintf(`{"postroom":1,"campaign":{"name":"Campaign %d","trigger":%s,"actions":[{"key":"x","type":"exit"}]}}`, n, trigger)
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := (&importCampaign{File: file, Workspace: ws.Slug, Start: true}).Run(c); err != nil {
			t.Errorf("%s: %v", trigger, err)
		}
	}
	if db, err = openStore(c.Data); err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	all, err := db.Campaigns(ctx, ws.ID, store.CampaignFilter{}, store.CampaignPage{Limit: 10})
	if err != nil || len(all) != 5 {
		t.Fatalf("%d campaigns, %v", len(all), err)
	}
	for _, campaign := range all {
		if campaign.State != store.CampaignRunning {
			t.Errorf("%s is %s", campaign.Name, campaign.State)
		}
	}
}

// A simulation on the command line prints who would get what, as lines of JSON
// too, and leaves nothing behind.
func TestSimulateOnTheCommandLine(t *testing.T) {
	c := &commands{Data: t.TempDir()}
	ctx := context.Background()
	db, err := openStore(c.Data)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	_, ws, err := db.SetUp(ctx, store.Setup{
		Account: "Acme", Name: "Alice", Email: "alice@acme.test", PasswordHash: "x",
		Workspace: store.NewWorkspace{Name: "Acme", Identifiers: identity.EmailOrID},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, email := range []string{"ada@x.test", "bob@x.test"} {
		if _, err := db.AddPerson(ctx, ws.ID, store.PersonForm{Email: email}, store.CommandLine); err != nil {
			t.Fatal(err)
		}
	}
	doc, err := workflow.Parse([]byte(`{"postroom":1,"campaign":{"name":"Hi","trigger":{"type":"event","event":"came"},"actions":[
		{"key":"hi","type":"email","name":"Hi","sending":"automatic","from":"a@x.test","to":"{{customer.email}}","subject":"Hi {{event.at}}","body":"<p>x</p>"}]}}`))
	if err != nil {
		t.Fatal(err)
	}
	campaign, err := db.ImportCampaign(ctx, ws.ID, doc, store.CommandLine)
	if err != nil {
		t.Fatal(err)
	}
	for name, run := range map[string]struct {
		cmd  simulateCampaign
		says []string
	}{
		"table":            {simulateCampaign{Person: []string{"ada@x.test", "bob@x.test"}, Brings: `{"at":"noon"}`}, []string{"2 people: 2 would enter, 2 would get a message, 2 messages", "2 sent"}},
		"json":             {simulateCampaign{Person: []string{"ada@x.test"}, Brings: `{"at":"noon"}`, JSON: true}, []string{`"subject":"Hi noon"`, `"email":"ada@x.test"`, `"people":1`}},
		"lacks":            {simulateCampaign{Person: []string{"ada@x.test"}}, []string{"event.at is not set", "1 fails"}},
		"nobody triggered": {simulateCampaign{}, []string{"0 people"}},
	} {
		t.Run(name, func(t *testing.T) {
			var out strings.Builder
			run.cmd.ID, run.cmd.Workspace, run.cmd.Most, run.cmd.to = int64(campaign.ID), ws.Slug, 10, &out
			if err := run.cmd.Run(c); err != nil {
				t.Fatal(err)
			}
			for _, text := range run.says {
				if !strings.Contains(out.String(), text) {
					t.Errorf("no %q in\n%s", text, &out)
				}
			}
		})
	}
	if err := (&simulateCampaign{ID: int64(campaign.ID), Workspace: ws.Slug, Most: 10, Person: []string{"eve@x.test"}, to: &strings.Builder{}}).Run(c); err == nil {
		t.Error("somebody unknown is simulated")
	}
	if all, err := db.Jobs(ctx, ws.ID, "", store.Page{Limit: 5}); err != nil || len(all) != 0 {
		t.Errorf("%d jobs, %v", len(all), err)
	}
}
