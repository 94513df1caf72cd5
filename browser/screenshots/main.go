// Command screenshots makes docs/screenshots from the demo account. It is run
// at the root of the repository, by make screenshots.
package main

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"slices"

	"github.com/postroom/postroom/browser"
	"github.com/postroom/postroom/engine/demo"
)

const folder = "docs/screenshots"

// maxBytes is what a picture may weigh: they are in the repository.
const maxBytes = 250_000

// temp is a folder that is gone when the program ends.
var temp string

func main() {
	log.SetFlags(0)
	var err error
	temp, err = os.MkdirTemp("", "postroom-screenshots")
	must(err)
	defer os.RemoveAll(temp)
	must(os.MkdirAll(folder, 0o755))
	postroom := browser.Program(os.Getenv("POSTROOM_PROGRAM"))
	if postroom == "" {
		postroom, err = browser.Build(context.Background(), ".", temp)
		must(err)
	}
	chromium, err := browser.Start()
	must(err)
	defer chromium.Stop()

	fresh, err := postroom.Serve(filepath.Join(temp, "fresh"))
	must(err)
	defer fresh.Stop()
	shoot(chromium, fresh.URL, false, firstRun)

	data := os.Getenv("POSTROOM_DEMO_DATA")
	if data == "" {
		data = filepath.Join(temp, "demo")
		must(postroom.Run("seed", "--data", data))
	}
	server, err := postroom.Serve(data)
	must(err)
	defer server.Stop()
	shoot(chromium, server.URL, true, pictures)
}

// shoot takes pictures with a visitor of their own.
func shoot(chromium *browser.Browser, url string, signedIn bool, list []picture) {
	tab := chromium.Tab(report{}, url)
	defer tab.Close()
	if signedIn {
		tab.SignIn(demo.Email, demo.Password)
	}
	only := os.Args[1:] // the names of some of them
	for _, p := range list {
		if len(only) == 0 || slices.Contains(only, p.name) {
			p.take(tab)
		}
	}
}

// picture is one file: what is shown, and how.
type picture struct {
	name   string
	path   string
	show   func(*browser.Tab) // what is done before the picture is taken
	scheme string             // light when empty
	width  int64              // 1440 when zero
}

func (p picture) take(tab *browser.Tab) {
	if p.scheme == "" {
		p.scheme = "light"
	}
	tab.Scheme(p.scheme)
	if p.width == 0 {
		tab.View(1440, 900)
	} else {
		tab.View(p.width, 844)
	}
	tab.Open(p.path)
	if p.show != nil {
		p.show(tab)
	}
	tab.Settle()
	file := filepath.Join(folder, p.name+".png")
	tab.Screenshot(file)
	info, err := os.Stat(file)
	must(err)
	fmt.Printf("%-24s %4d kB\n", p.name, info.Size()/1000)
	if info.Size() > maxBytes {
		log.Printf("%s is larger than %d kB", file, maxBytes/1000)
	}
}

// file is a file of this name, until the program ends.
func file(name, text string) string {
	path := filepath.Join(temp, name)
	must(os.WriteFile(path, []byte(text), 0o600))
	return path
}

// report ends the program on the first thing that goes wrong.
type report struct{}

func (report) Helper() {}

func (report) Errorf(format string, args ...any) { log.Printf(format, args...) }

func (report) Fatalf(format string, args ...any) { log.Fatalf(format, args...) }

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
