// Command postroom is the whole product in one binary. It wires the parts and
// stops them in order; it decides nothing.
package main

import (
	"fmt"
	"os"

	"github.com/alecthomas/kong"
)

// version is set when a release is built.
var version = "dev"

// commands is the command line: every setting is a flag and a variable.
type commands struct {
	Data string `help:"Folder for the database and everything else that is kept." default:"./data" env:"POSTROOM_DATA" type:"path"`

	Serve   serve       `cmd:"" help:"Serve the dashboard and the APIs, and send messages."`
	Version showVersion `cmd:"" help:"Show the version."`
}

type showVersion struct{}

func (showVersion) Run() error {
	fmt.Println("postroom", version)
	return nil
}

func main() {
	var c commands
	parser, err := kong.New(&c,
		kong.Name("postroom"),
		kong.Description("Customer messaging with workspaces, on your own server."),
		kong.UsageOnError())
	if err != nil {
		fail(err)
	}
	args := os.Args[1:]
	if len(args) == 1 && args[0] == "help" {
		args = []string{"--help"}
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
	fmt.Fprintln(os.Stderr, "postroom:", err)
	os.Exit(1)
}
