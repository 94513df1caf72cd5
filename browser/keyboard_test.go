package browser_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"github.com/postroom/postroom/browser"
)

const focused = `document.activeElement.id || document.activeElement.className`

func TestKeyboard(t *testing.T) {
	tab := demoTab(t)
	for name, test := range map[string]func(*testing.T, *browser.Tab){
		"switcher":  switcherKeys,
		"search":    searchKey,
		"shortcuts": shortcutKeys,
		"workflow":  workflowKeys,
		"dialog":    dialogKeys,
	} {
		t.Run(name, func(t *testing.T) {
			tab.Report = t
			test(t, tab)
			tab.Console()
		})
	}
	tab.Report = t
}

func switcherKeys(_ *testing.T, tab *browser.Tab) {
	tab.Open("/w/northwind/people")
	tab.Eval(`document.querySelector(".switch").focus()`)
	tab.Keys(kb.Enter)
	tab.Is(focused, "wsq")
	tab.Keys("uk")
	tab.Is(`[...document.querySelectorAll("#switch li:not([hidden]) button b")].map(b => b.textContent).join()`, "Northwind UK")
	tab.Keys(kb.ArrowDown)
	tab.Is(`document.activeElement.querySelector("b").textContent`, "Northwind UK")
	tab.Keys(kb.Escape)
	tab.Is(`document.querySelector("#switch").matches(":popover-open")`, false)
	tab.Is(focused, "switch")
	tab.Keys("gw")
	tab.Is(focused, "wsq")
	tab.Keys("uk" + kb.Enter)
	tab.At("/w/northwind-uk/people")
}

func searchKey(_ *testing.T, tab *browser.Tab) {
	tab.Open("/w/northwind/people")
	tab.Keys("/")
	tab.Is(`document.activeElement.name`, "q")
	tab.Keys("gp/")
	tab.Is(`document.activeElement.value`, "gp/")
}

func shortcutKeys(_ *testing.T, tab *browser.Tab) {
	tab.Open("/w/northwind")
	for keys, path := range map[string]string{"gp": "/people", "gs": "/segments", "gc": "/campaigns", "gd": "/deliveries", "ga": "/activity", "gk": "/credentials"} {
		tab.Keys(keys)
		tab.At("/w/northwind" + path)
	}
}

// order is the top-level actions of the workflow, from the top.
const order = `[...document.querySelectorAll("#flow > li > .action a[id], #flow > li > .stop a[id]")].map(a => a.id).join(" ")`

// Alt and an arrow move the action in focus, which keeps it.
func workflowKeys(t *testing.T, tab *browser.Tab) {
	openWorkflow(tab)
	before := browser.Eval[string](tab, order)
	actions := strings.Fields(before)
	if len(actions) < 2 {
		t.Fatalf("the demo's workflow has only %q", before)
	}
	tab.Eval(fmt.Sprintf(`document.getElementById(%q).focus()`, actions[0]))
	tab.Keys(kb.ArrowDown, kb.ModifierAlt)
	moved := slices.Clone(actions)
	moved[0], moved[1] = moved[1], moved[0]
	tab.Is(order, strings.Join(moved, " "))
	tab.Is(focused, actions[0])
	tab.Keys(kb.ArrowUp, kb.ModifierAlt)
	tab.Is(order, before)
	tab.Is(focused, actions[0])
	tab.Keys("z", kb.ModifierCtrl)
	tab.Is(order, strings.Join(moved, " "))
	tab.Keys("z", kb.ModifierCtrl)
	tab.Is(order, before)
}

// openWorkflow opens that of the first campaign.
func openWorkflow(tab *browser.Tab) {
	tab.Open("/w/northwind/campaigns")
	tab.ClickAt("table a")
	tab.At("/w/northwind/campaigns/")
	tab.ClickIn(".tabs", "Workflow")
	tab.Sees("End of campaign")
}

func dialogKeys(_ *testing.T, tab *browser.Tab) {
	openWorkflow(tab)
	const opener = `a[href*="/import"]`
	tab.Eval(fmt.Sprintf(`document.querySelector('main %s').focus()`, opener))
	tab.Keys(kb.Enter)
	tab.Is(`document.querySelector("dialog[open]")?.matches(":modal")`, true)
	tab.Keys(kb.Escape)
	tab.Is(`document.querySelector("dialog[open]")`, "<nil>")
	tab.Is(fmt.Sprintf(`document.activeElement.matches('%s')`, opener), true)
}
