package main

import "github.com/postroom/postroom/browser"

// firstRun is what a server without an account shows.
var firstRun = []picture{{name: "first-run", path: "/setup"}}

// pictures is what the demo account shows.
var pictures = []picture{
	{name: "home", path: "/w/northwind"},
	{name: "switcher", path: "/w/northwind", show: openSwitcher},
	{name: "new-workspace", path: "/account/workspaces/new"},
	{name: "usage", path: "/account/usage"},
	{name: "usage-dark", path: "/account/usage", scheme: "dark"},
	{name: "home-phone", path: "/w/northwind", width: 390},
}

func openSwitcher(t *browser.Tab) {
	t.ClickAt(".switch")
	t.Is(`document.querySelector("#switch").matches(":popover-open")`, true)
}
