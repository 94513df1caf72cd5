// Command postroom is the whole product in one binary. It wires the parts and
// stops them in order; it decides nothing.
package main

import (
	"errors"
	"fmt"
	"os"
	"strings"
	_ "time/tzdata" // zones, also where the machine has none

	"github.com/alecthomas/kong"

	"github.com/postroom/postroom/store"
)

// version is set when a release is built.
var version = "dev"

// commands is the command line: every setting is a flag and a variable.
type commands struct {
	Data string `help:"Folder for the database and everything else that is kept." default:"./data" env:"POSTROOM_DATA" type:"path"`

	Serve     serve        `cmd:"" help:"Serve the dashboard and the APIs, and send messages."`
	Setup     setup        `cmd:"" help:"Create the account and its owner without a browser."`
	Workspace workspaceCmd `cmd:"" help:"Create and list workspaces."`
	Campaign  campaignCmd  `cmd:"" help:"Import and export campaigns as workflow documents."`
	User      userCmd      `cmd:"" help:"Add team members."`
	Seed      seed         `cmd:"" help:"Fill a fresh data folder with a demo account."`
	Backup    backup       `cmd:"" help:"Write a consistent copy of the database, also while the server runs."`
	Check     check        `cmd:"" help:"Check that the database is whole."`
	Version   showVersion  `cmd:"" help:"Show the version."`
	Help      struct{}     `cmd:"" hidden:""`
}

type showVersion struct{}

// Run shows the version.
func (showVersion) Run() error {
	fmt.Println("postroom", version)
	return nil
}

func main() {
	var c commands
	parser, err := kong.New(&c,
		kong.Name("postroom"),
		kong.Description("Customer messaging with workspaces, on your own server."),
		kong.ConfigureHelp(kong.HelpOptions{NoExpandSubcommands: false}))
	if err != nil {
		fail(err)
	}
	args := os.Args[1:]
	if len(args) == 0 || args[0] == "help" {
		args = append(args[min(1, len(args)):], "--help")
	}
	ctx, err := parser.Parse(args)
	if err != nil {
		fail(err)
	}
	if err := ctx.Run(&c); err != nil {
		fail(err)
	}
}

// fail ends the program with one clear line.
func fail(err error) {
	fmt.Fprintln(os.Stderr, "postroom:", oneLine(err))
	os.Exit(1)
}

func oneLine(err error) string {
	switch {
	case errors.Is(err, store.ErrSetUp):
		return "the account is already set up"
	case errors.Is(err, store.ErrNotFound):
		return "there is nothing by that name"
	}
	return strings.Join(strings.Fields(err.Error()), " ")
}
