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
		"clipboard": clipboardKeys,
		"several":   severalKeys,
		"drag":      dragToGap,
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

// Ctrl with C and V copies the action in focus behind another one, Delete takes
// the copy away, and the page says so.
func clipboardKeys(t *testing.T, tab *browser.Tab) {
	openWorkflow(tab)
	before := browser.Eval[string](tab, order)
	actions := strings.Fields(before)
	tab.Eval(fmt.Sprintf(`document.getElementById(%q).focus()`, actions[0]))
	tab.Keys("c", kb.ModifierCtrl)
	tab.Sees("copied.")
	tab.Is(focused, actions[0])
	tab.Eval(fmt.Sprintf(`document.getElementById(%q).focus()`, actions[1]))
	tab.Keys("v", kb.ModifierCtrl)
	tab.Sees("1 action pasted.")
	tab.Is(order+`.split(" ").length`, len(actions)+1)
	tab.Is(`document.activeElement.closest("li").previousElementSibling.querySelector("a[id]").id`, actions[1])
	tab.Keys(kb.Delete)
	tab.Is(order, before)
	tab.Sees("deleted.")
}

// Several actions are chosen with the keyboard and moved by the placing mode.
func severalKeys(t *testing.T, tab *browser.Tab) {
	openWorkflow(tab)
	before := browser.Eval[string](tab, order)
	actions := strings.Fields(before)
	tab.Click("Select")
	tab.Is(`document.activeElement.name`, "keys")
	tab.Keys(" ")
	tab.Sees("1 chosen")
	tab.Eval(fmt.Sprintf(`document.querySelector('[name="keys"][value=%q]').focus()`, strings.TrimPrefix(actions[1], "action-")))
	tab.Keys(" ")
	tab.Sees("2 chosen")
	tab.Eval(`document.querySelector('[data-several="move"]').focus()`)
	tab.Keys(kb.Enter)
	tab.Sees("Choose where to move 2 actions")
	tab.Eval(`[...document.querySelectorAll(".add.place")].at(-1).focus()`)
	tab.Keys(kb.Enter)
	tab.Sees("2 actions moved.")
	tab.Is(order, strings.Join(append(slices.Clone(actions[2:]), actions[0], actions[1]), " "))
	tab.Keys("z", kb.ModifierCtrl)
	tab.Is(order, before)
	tab.Click("Select")
	tab.Sees("Choose actions.")
	tab.Keys(kb.Escape)
	tab.Misses("Choose actions.")
}

// A card that is dropped on a gap goes there.
func dragToGap(t *testing.T, tab *browser.Tab) {
	openWorkflow(tab)
	before := browser.Eval[string](tab, order)
	actions := strings.Fields(before)
	tab.Eval(fmt.Sprintf(`(() => {
		const data = new DataTransfer(), card = document.getElementById(%q).closest("[data-key]"), gap = [...document.querySelectorAll("#flow > li > .add[data-place]")].at(-1);
		const send = (to, type) => to.dispatchEvent(new DragEvent(type, {bubbles: true, cancelable: true, dataTransfer: data}));
		send(card, "dragstart"); send(gap, "dragover"); send(gap, "drop");
	})()`, actions[0]))
	tab.Sees("moved.")
	tab.Is(order, strings.Join(append(slices.Clone(actions[1:]), actions[0]), " "))
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
