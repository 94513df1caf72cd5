package main

import (
	"github.com/postroom/postroom/browser"
)

// firstRun is what a server without an account shows.
var firstRun = []picture{{name: "first-run", path: "/setup"}}

// pictures is what the demo account shows.
var pictures = []picture{
	{name: "workflow", path: "/w/northwind/campaigns", show: openWorkflow},
	{name: "workflow-dark", path: "/w/northwind/campaigns", show: openWorkflow, scheme: "dark"},
	{name: "workflow-phone", path: "/w/northwind/campaigns", show: openWorkflow, width: 390},
	{name: "import-actions", path: "/w/northwind/campaigns", show: importActions},
	{name: "message", path: "/w/northwind/campaigns", show: openMessage},
	{name: "home", path: "/w/northwind"},
	{name: "people", path: "/w/northwind/people"},
	{name: "people-phone", path: "/w/northwind/people", width: 390},
	{name: "person", path: "/w/northwind/deliveries?state=sent", show: openRecipient},
	{name: "switcher", path: "/w/northwind/people", show: openSwitcher},
	{name: "deliveries", path: "/w/northwind/deliveries"},
	{name: "delivery", path: "/w/northwind/deliveries", show: openFirst},
	{name: "new-workspace", path: "/account/workspaces/new", show: nameWorkspace},
	{name: "csv-import", path: "/w/northwind/imports/new", show: matchColumns},
	{name: "usage", path: "/account/usage"},
	{name: "usage-dark", path: "/account/usage", scheme: "dark"},
}

func openSwitcher(t *browser.Tab) {
	t.ClickAt(".switch")
	t.Is(`document.querySelector("#switch").matches(":popover-open")`, true)
}

// openRecipient opens somebody to whom something has happened.
func openRecipient(t *browser.Tab) {
	openFirst(t)
	t.ClickAt(".facts a")
	t.Sees("Identifiers")
}

// openFirst opens what the first row of the list is about.
func openFirst(t *browser.Tab) {
	t.ClickAt("table td a")
	t.Is(`!!document.querySelector("table.grid caption")`, false)
}

func openWorkflow(t *browser.Tab) {
	t.ClickIn("table", "Trial onboarding")
	t.ClickIn(".tabs", "Workflow")
	t.Sees("Trigger")
	t.Is(`location.pathname.endsWith("/workflow")`, true)
}

func openMessage(t *browser.Tab) {
	openWorkflow(t)
	t.ClickAt("#flow .k-msg a")
	t.Click("Edit message")
	t.At("/w/northwind/campaigns/")
	t.Is(`document.querySelector("#preview iframe") !== null`, true)
}

func importActions(t *browser.Tab) {
	openWorkflow(t)
	t.ClickIn("main", "Import actions…")
	t.ClickAt(`dialog a[href*="from=fieldnotes"]:not([href*="campaign="])`)
	t.ClickAt(`dialog a[href*="from=fieldnotes"][href*="campaign="]`)
	for n := range 2 {
		t.ClickAt(`dialog label.tn:not(.on)`)
		t.Is(`document.querySelectorAll("dialog .tn.on").length > `+string(rune('0'+n)), true)
	}
	t.Sees("Before it works here")
}

func nameWorkspace(t *browser.Tab) {
	t.Fill("name", "Harbour Books")
	t.Fill("color", "blue")
	t.Sees("HB")
}

func matchColumns(t *browser.Tab) {
	t.Upload("file", file("readers.csv", "email,first_name,plan,last_order,newsletter\n"+
		"ada@harbour.example,Ada,pro,2026-11-02,yes\nbo@harbour.example,Bo,free,2026-10-17,no\nchi@harbour.example,Chi,team,2026-11-20,yes\n"))
	t.Click("Upload")
	t.Sees("Check the file")
}
