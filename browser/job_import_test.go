package browser_test

import (
	"github.com/postroom/postroom/browser"
)

const actions = `document.querySelectorAll("#flow .action:not(.k-trig)").length`

// importActions brings actions of the campaign into one of the other
// workspace, takes that back, and does it again.
func (j *job) importActions() {
	j.Open("/w/fieldnotes/campaigns/new")
	j.Fill("name", "Readers")
	j.Fill("trigger", "event")
	j.Fill("event", "subscribed")
	j.Click("Create campaign")
	j.Sees("is created, as a draft")
	path := browser.Eval[string](j.Tab, `location.pathname`)

	j.chooseActions()
	j.Click("Import 3 actions")
	j.At(path)
	j.Is(actions, 3)
	j.ClickAt("[data-undo]")
	j.Is(actions, 0)

	j.chooseActions()
	j.Click("Import 3 actions")
	j.Is(actions, 3)
	j.ClickIn("#flow", "Email")
	j.Is(`document.querySelector("#inspector [name=sending]:checked").value`, "draft")
	j.Sees("Imported from Acme / Welcome")
}

// chooseActions opens the import over the workflow and picks all of Welcome.
func (j *job) chooseActions() {
	j.ClickIn("main", "Import actions…")
	j.ClickAt(`dialog a[href*="from=acme"]:not([href*="campaign="])`)
	j.ClickAt(`dialog a[href*="from=acme"][href*="campaign="]`)
	for i, action := range []string{"email", "delay", "branch"} {
		j.Fill("pick", action)
		j.Is(`[...document.querySelectorAll("dialog [name=pick]:checked")].length`, i+1)
		j.Sees([]string{"Import 1 action", "Import 2 actions", "Import 3 actions"}[i])
	}
	j.Sees("Before it works here")
	j.looks()
}
