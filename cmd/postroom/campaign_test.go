package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/identity"
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
