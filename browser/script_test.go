package browser_test

import (
	"testing"

	"github.com/postroom/postroom/browser"
	"github.com/postroom/postroom/engine/demo"
)

// The main flows work where no script runs. Unsubscribing does, too: the main
// job does it so.
func TestWithoutScript(t *testing.T) {
	server, err := seeded()
	if err != nil {
		t.Fatal(err)
	}
	tab := newTab(t, server.URL)
	tab.Script(false)
	tab.SignIn(demo.Email, demo.Password)
	for _, flow := range []struct {
		name string
		does func(*browser.Tab)
	}{
		{"switch", switchByForm},
		{"add a person", addPersonByForm},
		{"add an action", addActionByForm},
		{"import actions", importActionsByForm},
	} {
		t.Run(flow.name, func(t *testing.T) {
			tab.Report = t
			flow.does(tab)
		})
	}
	tab.Report = t
}

func switchByForm(tab *browser.Tab) {
	tab.Open("/w/northwind/people")
	tab.ClickAt(".switch")
	tab.ClickAt(`#switch input[value="northwind-uk"] ~ button`)
	tab.At("/w/northwind-uk/people")
	tab.Open("/people")
	tab.At("/w/northwind-uk/people")
}

func addPersonByForm(tab *browser.Tab) {
	tab.Open("/w/northwind-uk/people/new")
	tab.Fill("email", "grace@example.com")
	tab.ClickAt("form .btn.primary")
	tab.Sees("There is a problem")
	tab.Fill("id", "grace")
	tab.ClickAt("form .btn.primary")
	tab.Sees("Subscribed")
	tab.Open("/w/northwind-uk/people")
	tab.Fill("q", "grace@")
	tab.Click("Search")
	tab.Sees("Found 1 person.")
}

func newCampaignByForm(tab *browser.Tab, name string) {
	tab.Open("/w/northwind-uk/campaigns/new")
	tab.Fill("name", name)
	tab.Fill("trigger", "event")
	tab.Fill("event", "signed_up")
	tab.Click("Create campaign")
	tab.At("/w/northwind-uk/campaigns/")
}

func addActionByForm(tab *browser.Tab) {
	newCampaignByForm(tab, "By hand")
	tab.ClickAt(`a.add[aria-label="Add an action at the end"]`)
	tab.ClickIn("#inspector", "Delay")
	tab.Fill("duration", "3")
	tab.Fill("duration-unit", "d")
	tab.Click("Save action")
	tab.Sees("Wait 3 days")
	tab.ClickAt("[data-undo]")
	tab.Misses("Wait 3 days")
}

func importActionsByForm(tab *browser.Tab) {
	newCampaignByForm(tab, "From elsewhere")
	tab.Click("Import actions…")
	tab.Sees("Choose a campaign")
	tab.ClickAt(`a.shut[href*="from=northwind&"], a.shut[href$="from=northwind"]`)
	tab.ClickAt(`a.shut[href*="from=northwind&"][href*="campaign="], a.shut[href$="from=northwind"][href*="campaign="]`)
	tab.ClickAt(`#import .tn`)
	tab.Click("Preview")
	tab.Sees("Before it works here")
	tab.ClickAt("#import .btn.primary")
	tab.At("/w/northwind-uk/campaigns/")
	tab.Is(`document.querySelector("#import")`, "<nil>")
	tab.Sees("Undo")
}
