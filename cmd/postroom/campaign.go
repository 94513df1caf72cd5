package main

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/workflow"
)

type campaignCmd struct {
	Import   importCampaign   `cmd:"" help:"Create a campaign from a workflow document."`
	Export   exportCampaign   `cmd:"" help:"Print a campaign as a workflow document."`
	Simulate simulateCampaign `cmd:"" help:"Show who would get what and when, sending nothing."`
}

type importCampaign struct {
	File      string `arg:"" help:"The document." type:"existingfile"`
	Workspace string `help:"Slug of the workspace." required:""`
	Start     bool   `help:"Start the campaign at once."`
}

// Run creates the campaign and prints its id.
func (cmd *importCampaign) Run(c *commands) error {
	db, err := openStore(c.Data)
	if err != nil {
		return err
	}
	defer db.Close()
	ctx := context.Background()
	ws, err := workspaceNamed(ctx, db, cmd.Workspace)
	if err != nil {
		return err
	}
	text, err := os.ReadFile(cmd.File)
	if err != nil {
		return err
	}
	doc, err := workflow.Parse(text)
	if err != nil {
		return fmt.Errorf("%s: %w", cmd.File, err)
	}
	campaign, err := db.ImportCampaign(ctx, ws.ID, doc, store.CommandLine)
	if err != nil {
		return err
	}
	if cmd.Start {
		if _, err := db.StartCampaign(ctx, ws.ID, campaign.ID, true, store.CommandLine); err != nil {
			return fmt.Errorf("campaign %d is imported as a draft, but cannot start: %w", campaign.ID, err)
		}
	}
	fmt.Println(campaign.ID)
	return nil
}

type exportCampaign struct {
	ID        int64  `arg:"" help:"Id of the campaign."`
	Workspace string `help:"Slug of the workspace." required:""`
}

// Run prints the draft of the campaign.
func (cmd *exportCampaign) Run(c *commands) error {
	db, err := openStore(c.Data)
	if err != nil {
		return err
	}
	defer db.Close()
	ctx := context.Background()
	ws, err := workspaceNamed(ctx, db, cmd.Workspace)
	if err != nil {
		return err
	}
	doc, err := db.ExportCampaign(ctx, ws.ID, store.CampaignID(cmd.ID))
	if err != nil {
		return err
	}
	text, err := doc.JSON()
	if err != nil {
		return err
	}
	fmt.Println(strings.TrimSpace(string(text)))
	return nil
}

func workspaceNamed(ctx context.Context, db *store.Store, slug string) (store.Workspace, error) {
	ws, err := db.WorkspaceBySlug(ctx, slug)
	if err == store.ErrNotFound {
		return ws, fmt.Errorf("there is no workspace %q: postroom workspace list shows them", slug)
	}
	return ws, err
}
