package main

import (
	"context"
	"fmt"
	"os"
)

type backup struct {
	File string `arg:"" help:"Where to write the copy. It must not exist." type:"path"`
}

// Run copies the database.
func (cmd *backup) Run(c *commands) error {
	if _, err := os.Stat(cmd.File); err == nil {
		return fmt.Errorf("%s exists already: choose another name", cmd.File)
	}
	db, err := openStore(c.Data)
	if err != nil {
		return err
	}
	defer db.Close()
	return db.Backup(context.Background(), cmd.File)
}

type check struct{}

// Run checks the database and says what is wrong with it.
func (check) Run(c *commands) error {
	db, err := openStore(c.Data)
	if err != nil {
		return err
	}
	defer db.Close()
	problems, err := db.CheckIntegrity(context.Background())
	if err != nil {
		return err
	}
	if len(problems) > 0 {
		return fmt.Errorf("the database is damaged: %s", problems[0])
	}
	fmt.Println("The database is whole.")
	return nil
}
