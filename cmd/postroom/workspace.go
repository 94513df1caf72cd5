package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"text/tabwriter"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/identity"
)

type workspaceCmd struct {
	Create createWorkspace `cmd:"" help:"Create a workspace with its keys, which are shown this once."`
	List   listWorkspaces  `cmd:"" help:"List the workspaces."`
}

type createWorkspace struct {
	Name        string `arg:"" help:"Name of the workspace."`
	Identifiers string `help:"What identifies its people." enum:"email,id,email_or_id" default:"email_or_id"`
	Color       string `help:"Colour of its pages." default:"moss"`
	JSON        bool   `name:"json" help:"Print JSON."`
}

// newKeys is a new workspace with the secrets that open it.
type newKeys struct {
	ID          int64  `json:"id"`
	Slug        string `json:"slug"`
	Name        string `json:"name"`
	Identifiers string `json:"identifiers"`
	SiteID      string `json:"site_id"`
	APIKey      string `json:"api_key"`
	AppKey      string `json:"app_key"`
	WriteKey    string `json:"write_key"`
}

// Run creates the workspace and a key of each kind.
func (cmd *createWorkspace) Run(c *commands) error {
	db, err := openStore(c.Data)
	if err != nil {
		return err
	}
	defer db.Close()
	ctx := context.Background()
	if _, err := db.Account(ctx); err != nil {
		return fmt.Errorf("there is no account yet: run postroom setup first")
	}
	ws, err := db.CreateWorkspace(ctx, store.NewWorkspace{
		Name: cmd.Name, Color: cmd.Color, Identifiers: identity.Mode(cmd.Identifiers),
	}, store.CommandLine)
	if err != nil {
		return err
	}
	keys := newKeys{ID: int64(ws.ID), Slug: ws.Slug, Name: ws.Name, Identifiers: string(ws.Identifiers)}
	track, secret, err := db.CreateCredential(ctx, ws.ID, store.TrackKey, "Command line", store.CommandLine)
	if err != nil {
		return err
	}
	keys.SiteID, keys.APIKey = track.SiteID, secret
	if _, keys.AppKey, err = db.CreateCredential(ctx, ws.ID, store.AppKey, "Command line", store.CommandLine); err != nil {
		return err
	}
	if _, keys.WriteKey, err = db.CreateCredential(ctx, ws.ID, store.PipelinesKey, "Command line", store.CommandLine); err != nil {
		return err
	}
	return keys.print(cmd.JSON)
}

func (k newKeys) print(asJSON bool) error {
	if asJSON {
		return printJSON(k)
	}
	fmt.Printf("slug       %s\nsite_id    %s\napi_key    %s\napp_key    %s\nwrite_key  %s\n", k.Slug, k.SiteID, k.APIKey, k.AppKey, k.WriteKey)
	return nil
}

type listWorkspaces struct {
	JSON bool `name:"json" help:"Print JSON."`
}

// listed is one workspace of the list.
type listed struct {
	ID          int64  `json:"id"`
	Slug        string `json:"slug"`
	Name        string `json:"name"`
	Identifiers string `json:"identifiers"`
	Sending     string `json:"sending"`
	People      int    `json:"people"`
}

// Run lists all workspaces by name.
func (cmd *listWorkspaces) Run(c *commands) error {
	db, err := openStore(c.Data)
	if err != nil {
		return err
	}
	defer db.Close()
	all := []listed{}
	for after := ""; ; {
		page, err := db.WorkspacesOf(context.Background(), store.Member{Role: store.AccountAdmin}, "", after, 500)
		if err != nil {
			return err
		}
		for _, ws := range page {
			all = append(all, listed{int64(ws.ID), ws.Slug, ws.Name, string(ws.Identifiers), string(ws.Sending), ws.People})
			after = ws.NameKey()
		}
		if len(page) < 500 {
			break
		}
	}
	if cmd.JSON {
		return printJSON(all)
	}
	w := tabwriter.NewWriter(os.Stdout, 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "SLUG\tNAME\tIDENTIFIERS\tSENDING\tPEOPLE")
	for _, ws := range all {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%d\n", ws.Slug, ws.Name, ws.Identifiers, ws.Sending, ws.People)
	}
	return w.Flush()
}

func printJSON(value any) error {
	e := json.NewEncoder(os.Stdout)
	e.SetIndent("", "  ")
	return e.Encode(value)
}
