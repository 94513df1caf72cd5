package main

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/identity"
	"github.com/postroom/postroom/web"
)

type setup struct {
	Account      string `help:"Name of the account." required:""`
	Name         string `help:"Name of its owner." required:""`
	Email        string `help:"Email address of its owner." required:""`
	PasswordFile string `help:"File that holds the owner's password." required:"" type:"path"`
	Workspace    string `help:"Name of the first workspace. Default: the account's."`
	Identifiers  string `help:"What identifies its people." enum:"email,id,email_or_id" default:"email_or_id"`
}

// Run creates the account, once.
func (cmd *setup) Run(c *commands) error {
	db, err := openStore(c.Data)
	if err != nil {
		return err
	}
	defer db.Close()
	hash, err := passwordFrom(cmd.PasswordFile)
	if err != nil {
		return err
	}
	if cmd.Workspace == "" {
		cmd.Workspace = cmd.Account
	}
	member, ws, err := db.SetUp(context.Background(), store.Setup{
		Account: cmd.Account, Name: cmd.Name, Email: cmd.Email, PasswordHash: hash,
		Workspace: store.NewWorkspace{Name: cmd.Workspace, Identifiers: identity.Mode(cmd.Identifiers)},
	})
	if err != nil {
		return err
	}
	fmt.Printf("%s may sign in. The first workspace is %s (/w/%s).\n", member.Email, ws.Name, ws.Slug)
	return nil
}

// passwordFrom reads a password, without the line's end, and hashes it.
func passwordFrom(file string) (string, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return "", fmt.Errorf("password file: %w", err)
	}
	return web.HashPassword(strings.TrimRight(string(text), "\r\n"))
}
