package main

import (
	"context"
	"fmt"

	"github.com/postroom/postroom/engine/demo"
	"github.com/postroom/postroom/web"
)

type seed struct {
	People int `help:"About how many people." default:"4000"`
}

// Run fills a fresh data folder with the demo account.
func (cmd *seed) Run(c *commands) error {
	db, err := openStore(c.Data)
	if err != nil {
		return err
	}
	defer db.Close()
	release, err := lock(c.Data)
	if err != nil {
		return err
	}
	defer release()
	hash, err := web.HashPassword(demo.Password)
	if err != nil {
		return err
	}
	if err := demo.Fill(context.Background(), db, hash, cmd.People); err != nil {
		return err
	}
	fmt.Printf("The demo account is ready. Sign in as %s with the password %q.\n", demo.Email, demo.Password)
	return nil
}
