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
		{"build a workflow", buildWorkflowByForm},
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

// A workflow of several kinds of actions is made, copied and put in order.
func buildWorkflowByForm(tab *browser.Tab) {
	newCampaignByForm(tab, "Built by hand")
	add := func(where, kind string) {
		tab.ClickAt(`a.add[aria-label="Add an action ` + where + `"]`)
		tab.ClickIn("#inspector", kind)
		tab.Sees(kind + " added.")
	}
	add("at the end", "A/B test")
	tab.Fill("path0-percent", "50")
	tab.Fill("path1-percent", "40")
	tab.Click("Save action")
	tab.Sees("The paths take 90 percent of the people together.")
	tab.Fill("path1-percent", "50")
	tab.Click("Save action")
	tab.Sees("B · 50 %")
	add("at the end", "Wait until")
	tab.ClickAt(`input[name="path0-waits"][value="at"]`)
	tab.Fill("path0-at", "trial_ends_at")
	tab.Click("Save action")
	tab.Sees("when trial_ends_at comes")
	tab.Click("Select")
	tab.ClickAt(`[name="keys"][value="ab_test"]`)
	tab.ClickAt(`[data-several="copy"]`)
	tab.Sees("copied.")
	tab.ClickAt(`a.add[aria-label="Add an action at the end"]`)
	tab.Click("Paste 3 actions")
	tab.Sees("3 actions pasted.")
	tab.Click("Select")
	tab.ClickAt(`[name="keys"][value="wait_until"]`)
	tab.ClickAt(`[data-several="move"]`)
	tab.ClickAt(`.add.place`)
	tab.Is(`document.querySelector("#flow > li:nth-child(2) [data-key]").dataset.key`, "wait_until")
	tab.ClickAt("[data-undo]")
	tab.Is(`document.querySelector("#flow > li:nth-child(2) [data-key]").dataset.key`, "ab_test")
	tab.ClickAt(`[data-key="email"] a`)
	tab.Click("Write, preview and test")
	tab.Fill("subject", "Hello")
	tab.Click("Save")
	tab.Sees("is saved.")
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
