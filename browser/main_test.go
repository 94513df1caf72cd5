package browser_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/postroom/postroom/browser"
	"github.com/postroom/postroom/engine/demo"
)

// chromium is the one browser of all tests here, started by the first.
var chromium = sync.OnceValues(browser.Start)

// program is the binary, built by the first test that needs it.
var program = sync.OnceValues(func() (browser.Program, error) {
	if built := os.Getenv("POSTROOM_PROGRAM"); built != "" {
		return browser.Program(built), nil
	}
	return browser.Build(context.Background(), "..", folder)
})

// seeded is a server over the demo account, which tests may add to.
var seeded = sync.OnceValues(func() (*browser.Server, error) {
	postroom, err := program()
	if err != nil {
		return nil, err
	}
	data := os.Getenv("POSTROOM_DEMO_DATA") // made before, to save the time
	if data == "" {
		data = filepath.Join(folder, "demo")
		if err := postroom.Run("seed", "--data", data, "--people", "400"); err != nil {
			return nil, err
		}
	}
	return postroom.Serve(data)
})

var folder string

func TestMain(m *testing.M) {
	os.Exit(run(m))
}

func run(m *testing.M) int {
	var err error
	if folder, err = os.MkdirTemp("", "postroom-browser"); err != nil {
		panic(err)
	}
	defer os.RemoveAll(folder)
	code := m.Run()
	if started, err := chromium(); err == nil {
		started.Stop()
	}
	if server, err := seeded(); err == nil {
		server.Stop()
	}
	return code
}

// newTab is an empty tab of a fresh visitor, or the test is skipped where
// there is no browser.
func newTab(t *testing.T, base string) *browser.Tab {
	t.Helper()
	started, err := chromium()
	if errors.Is(err, browser.ErrNone) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	tab := started.Tab(t, base)
	t.Cleanup(tab.Close)
	return tab
}

// demoTab is a tab in which the demo's owner is signed in.
func demoTab(t *testing.T) *browser.Tab {
	t.Helper()
	server, err := seeded()
	if err != nil {
		t.Fatal(err)
	}
	tab := newTab(t, server.URL)
	tab.SignIn(demo.Email, demo.Password)
	return tab
}
