package browser_test

import (
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/postroom/postroom/browser"
)

const maxWeight = 100_000 // bytes over the wire, of a page that nothing is kept of

// pages is where the walk begins. What the menu and the pages link to is found.
var pages = []string{
	"/w/northwind", "/w/northwind-uk/people/new", "/w/northwind/no-such-page",
	"/account/workspaces", "/account/workspaces/new", "/account/usage", "/account/team", "/account/audit", "/profile",
}

// Every page that the demo's owner can reach is accessible in light, in dark
// and on a phone, does not scroll sideways, is light, and keeps the console
// quiet.
func TestAxe(t *testing.T) {
	tab := demoTab(t)
	axe := readAxe(t)
	tab.Cold()
	queue, seen := slices.Clone(pages), map[string]bool{}
	for len(queue) > 0 {
		path := queue[0]
		queue = queue[1:]
		if kind := kindOf(path); seen[kind] {
			continue
		} else {
			seen[kind] = true
		}
		t.Run(strings.TrimPrefix(path, "/"), func(t *testing.T) {
			tab.Report = t
			queue = append(queue, inspect(t, tab, path, axe)...)
		})
	}
	tab.Report = t
	t.Logf("%d kinds of pages", len(seen))
}

// Nobody is signed in on these.
func TestAxeOfDoors(t *testing.T) {
	server, err := seeded()
	if err != nil {
		t.Fatal(err)
	}
	inspect(t, newTab(t, server.URL), "/sign-in", readAxe(t))
}

// inspect holds a page to the rules and returns where it leads.
func inspect(t *testing.T, tab *browser.Tab, path, axe string) []string {
	t.Helper()
	tab.View(1440, 900)
	tab.Scheme("light")
	tab.Open(path)
	links := browser.Eval[[]string](tab, `[...document.querySelectorAll("a[href]:not([download], [target])")].map(a => a.getAttribute("href"))`)
	if weight := tab.Weight(); weight > maxWeight {
		t.Errorf("%d bytes over the wire, may be %d", weight, maxWeight)
	}
	report(t, "light", tab.Axe(axe))
	tab.Scheme("dark")
	report(t, "dark", tab.Axe(axe, "color-contrast", "link-in-text-block")) // the others do not ask for colours
	tab.Scheme("light")
	tab.View(390, 844)
	report(t, "390 px", tab.Axe(axe))
	tab.View(320, 640)
	if wide := tab.Overflow(); wide != "" {
		t.Errorf("at 320 px it is %s", wide)
	}
	tab.Console()
	return slices.DeleteFunc(links, func(link string) bool { return !walked.MatchString(link) })
}

// walked are the pages that the walk goes on to.
var walked = regexp.MustCompile(`^(/w/northwind|/account|/profile)(/[^.]*)?$`)

func report(t *testing.T, how string, violations []string) {
	t.Helper()
	for _, v := range violations {
		t.Errorf("%s: %s", how, v)
	}
}

var word = regexp.MustCompile(`^[a-z]+([-_][a-z]+)*$`)

// kindOf is the same for pages about things of one kind: of those the walk
// takes one.
func kindOf(path string) string {
	u, err := url.Parse(path)
	if err != nil {
		return path
	}
	parts := strings.Split(u.Path, "/")
	for i, part := range parts {
		if i > 2 && (!word.MatchString(part) || parts[i-1] == "people" && part != "new") {
			parts[i] = "*"
		}
	}
	var fields []string
	for name := range u.Query() {
		if name != "before" && name != "after" { // another page of a list
			fields = append(fields, name)
		}
	}
	slices.Sort(fields)
	return strings.Join(parts, "/") + "?" + strings.Join(fields, "&")
}

func readAxe(t *testing.T) string {
	t.Helper()
	script, err := os.ReadFile("../test/node/node_modules/axe-core/axe.min.js")
	if err != nil {
		t.Skip("axe-core is missing: run make tools")
	}
	return string(script)
}
