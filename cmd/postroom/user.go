package main

import (
	"context"
	"fmt"

	"github.com/postroom/postroom/store"
)

type userCmd struct {
	Add addUser `cmd:"" help:"Add a team member."`
}

type addUser struct {
	Name         string `help:"Name." required:""`
	Email        string `help:"Email address to sign in with." required:""`
	Role         string `help:"Role in the account." enum:"admin,member" default:"member"`
	PasswordFile string `help:"File that holds the password." required:"" type:"path"`
}

// Run adds somebody who may sign in.
func (cmd *addUser) Run(c *commands) error {
	db, err := openStore(c.Data)
	if err != nil {
		return err
	}
	defer db.Close()
	hash, err := passwordFrom(cmd.PasswordFile)
	if err != nil {
		return err
	}
	m, err := db.CreateMember(context.Background(), store.NewMember{
		Name: cmd.Name, Email: cmd.Email, PasswordHash: hash, Role: store.AccountRole(cmd.Role),
	}, store.CommandLine)
	if err != nil {
		return err
	}
	fmt.Printf("%s may sign in as %s.\n", m.Email, m.Role)
	return nil
}
