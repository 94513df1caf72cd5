package static_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

const focused = `document.activeElement.id || document.activeElement.textContent.trim()`

func TestSwitcher(t *testing.T) {
	g := newGallery(t)

	p := open(t, g.URL)
	p.keys("g")
	p.keys("w")
	p.is(`document.querySelector("#switch").matches(":popover-open")`, true)
	p.is(focused, "wsq")
	p.keys("FIELD")
	p.is(`[...document.querySelectorAll("#switch li:not([hidden]) b")].map(b => b.textContent).join()`, "Fieldnotes")
	p.is(`document.querySelector("[data-found]").textContent`, "1 found")
	p.keys(kb.Enter)
	p.arrives(g, "/switch?workspace=fieldnotes")

	p.do(`document.querySelector("#wsq").value = ""; document.querySelector("#wsq").dispatchEvent(new Event("input", {bubbles: true}))`)
	p.keys(kb.ArrowDown + kb.ArrowDown)
	p.is(`document.activeElement.querySelector("b").textContent`, "Fieldnotes")
	p.keys(kb.ArrowUp + kb.ArrowUp)
	p.is(focused, "wsq")
	p.keys(kb.Escape)
	p.is(`document.querySelector("#switch").matches(":popover-open")`, false)

	// What was typed before is gone, what is typed at once is not.
	p.do(`document.querySelector("#wsq").value = "halcyon"; document.querySelector("#switch").showPopover()`)
	p.is(`document.querySelector("#wsq").value`, "")
	p.keys("sand")
	p.is(`document.querySelector("#wsq").value`, "sand")
}

// Above some number the list is not in the page. Enter must not take the first of the old list.
func TestSwitcherAsksTheServer(t *testing.T) {
	g := newGallery(t)
	p := open(t, g.URL+"/?remote")
	p.click(".switch")
	p.keys("remote" + kb.Enter)
	p.arrives(g, "/switch?workspace=remote")
}

func TestShortcuts(t *testing.T) {
	g := newGallery(t)
	p := open(t, g.URL)
	p.keys("gp")
	p.is(`location.hash`, "#people")
	p.keys("/")
	p.is(`document.activeElement.name`, "q")
	p.keys("gh/")
	p.is(`document.activeElement.value`, "gh/")
	p.do(`document.activeElement.blur(); document.documentElement.dataset.keys = "off"`)
	p.keys("gh")
	p.is(`location.hash`, "#people")
}

func TestOtherTabsAreTold(t *testing.T) {
	g := newGallery(t)
	old := open(t, g.URL)
	old.is(`document.querySelector("#stale").hidden`, true)
	open(t, g.URL+"/?id=2&name=Fieldnotes&color=iris&switched")
	old.is(`document.querySelector("#stale").hidden`, false)
	old.is(`document.querySelector("#stale [data-go]").textContent`, "Go to Fieldnotes")
	open(t, g.URL+"/?id=1&switched")
	old.is(`document.querySelector("#stale").hidden`, true)
}

func TestTypeTheNameToConfirm(t *testing.T) {
	g := newGallery(t)
	p := open(t, g.URL)
	p.click(`[commandfor="del"][command="show-modal"]`)
	p.is(`document.querySelector("#del").matches(":modal")`, true)
	p.is(`document.querySelector("#del .danger").getAttribute("aria-disabled")`, "true")
	p.keys("Fieldno")
	p.click("#del .danger")
	p.is(focused, "cf")
	if sent := g.took(); len(sent) > 0 {
		t.Errorf("half a name sent %q", sent)
	}
	p.keys("tes")
	p.is(`document.querySelector("#del .danger").getAttribute("aria-disabled")`, "false")
	p.click("#del .danger")
	p.arrives(g, "/delete?")
	p.click(`#del [command="close"]`)
	p.is(`document.querySelector("#del").open`, false)
}

func TestDialogThatArrives(t *testing.T) {
	g := newGallery(t)
	p := open(t, g.URL)
	p.click("#opendialog")
	p.is(`document.querySelector("#late")?.matches(":modal")`, true)
	p.click("#late [data-close]")
	p.is(`document.querySelector("#late")`, "<nil>")
	p.is(focused, "opendialog")
}

func TestMenuServesManyButtons(t *testing.T) {
	g := newGallery(t)
	p := open(t, g.URL)
	p.click(`[data-before="a3"]`)
	p.is(`document.querySelector("#addmenu").matches(":popover-open")`, true)
	p.is(`(() => {
		const b = document.querySelector('[data-before="a3"]').getBoundingClientRect(), m = document.querySelector("#addmenu").getBoundingClientRect();
		return Math.abs(m.left - b.left) < 12 && (Math.abs(m.top - b.bottom) < 12 || Math.abs(m.bottom - b.top) < 12);
	})()`, true)
	p.keys(kb.ArrowDown)
	p.is(focused, "Email")
	p.keys(kb.ArrowUp)
	p.is(focused, "Branch")
	p.keys(kb.Enter)
	p.arrives(g, "/add?before=a3&type=branch")
}

func TestWorkflowKeys(t *testing.T) {
	g := newGallery(t)
	p := open(t, g.URL)
	p.do(`document.querySelector("#welcome > a").focus()`)
	p.keys(kb.ArrowDown, kb.ModifierAlt)
	p.arrives(g, "/down?")
	p.keys("z", kb.ModifierCtrl)
	p.arrives(g, "/undo?")
	p.keys("z", kb.ModifierCtrl, kb.ModifierShift)
	p.arrives(g, "/redo?")
	p.do(`document.querySelector("#name").focus()`)
	p.keys("z", kb.ModifierCtrl)
	time.Sleep(100 * time.Millisecond)
	if sent := g.took(); len(sent) > 0 {
		t.Errorf("undo in a field sent %q", sent)
	}
}

func TestCopyAnswersOnTheButton(t *testing.T) {
	g := newGallery(t)
	p := open(t, g.URL)
	p.click("[data-copy]")
	p.is(`document.querySelector("[data-label]").textContent`, "Copied")
	p.is(`document.querySelector("#say").textContent`, "Copied")
}

func TestPreviewFollowsTheForm(t *testing.T) {
	g := newGallery(t)
	p := open(t, g.URL)
	for name, letters := range map[string]string{
		"Halcyon Coffee": "HC", "Northwind sandbox": "Ns", "Orbit (archive)": "Oa", "élan": "Él", "x": "X", " ": "?", "東京 支店 三": "東支",
	} {
		p.do(fmt.Sprintf(`{ const n = document.querySelector("#name"); n.value = %q; n.dispatchEvent(new Event("input", {bubbles: true})) }`, name))
		p.is(`document.querySelector("[data-stamp]").textContent`, letters)
	}
	p.click(`input[value="plum"]`)
	p.is(`document.querySelector("[data-stamp]").dataset.ws`, "plum")
	p.click(`input[value="never"]`)
	p.is(`document.querySelector(".prevbox .spine").dataset.send`, "never")
	p.is(`[...document.querySelectorAll("[data-when]")].filter(e => !e.hidden).map(e => e.textContent.trim()).join()`, "Never sends")
}

func TestGuardAsksBeforeLeaving(t *testing.T) {
	const leaves = `dispatchEvent(new Event("beforeunload", {cancelable: true}))`
	g := newGallery(t)
	p := open(t, g.URL)
	p.is(leaves, true)
	p.click("#name")
	p.keys(kb.End + "x")
	p.is(leaves, false)
	p.click("#ws .primary")
	p.arrives(g, "/workspace?color=sea&name=Northwindx&sending=test&width=wide")
	p.is(leaves, true)
}

func TestFocusAndFailureOfParts(t *testing.T) {
	g := newGallery(t)
	p := open(t, g.URL)
	p.click("#swap")
	p.is(focused, "arrived")
	p.is(`document.querySelector("#arrived").hasAttribute("data-focus")`, false)
	p.click("#fail")
	p.is(`document.querySelector("#failed").hidden`, false)
	p.is(`document.querySelector("#arrives").textContent`, "Here it is.")
	p.click("#swap")
	p.is(`document.querySelector("#failed").hidden`, true)
}

func TestSmallThings(t *testing.T) {
	g := newGallery(t)
	p := open(t, g.URL)
	p.is(`getComputedStyle(document.querySelector("[data-nojs]")).display`, "none")
	p.do(`document.querySelector('[name="sort"]').focus()`)
	p.keys("O") // a select jumps to the option that begins so
	p.arrives(g, "/sorted?sort=old")
	p.click("[data-dismiss]")
	p.is(`document.querySelector(".flash")`, "<nil>")
}

// Nothing may need scrolling sideways but what scrolls by itself, down to 320 px (WCAG 1.4.10).
func TestGalleryHoldsAtEveryWidth(t *testing.T) {
	g := newGallery(t)
	p := open(t, g.URL)
	for _, width := range []int64{1440, 1024, 700, 390, 320} {
		p.run(chromedp.EmulateViewport(width, 900))
		p.is(`document.documentElement.scrollWidth`, width)
		p.is(`document.querySelector(".sheet").getBoundingClientRect().bottom >= document.querySelector(".canvas").getBoundingClientRect().bottom`, true)
		for _, theme := range []string{"light", "dark"} {
			p.do(fmt.Sprintf(`document.documentElement.dataset.theme = %q`, theme))
			p.picture(fmt.Sprintf("%s-%d", theme, width))
		}
	}
	p.is(`performance.getEntriesByType("resource").filter(e => e.responseStatus >= 400).map(e => e.name).join()`, "")
}

// A drawer that is open when the window gets room must not push the sheet out of its place.
func TestDrawerAfterTurningThePhone(t *testing.T) {
	g := newGallery(t)
	const places = `[".nav", ".sheet"].map(s => Math.round(document.querySelector(s).getBoundingClientRect().left)).join()`
	p := open(t, g.URL)
	p.run(chromedp.EmulateViewport(1024, 700))
	p.is(places, "6,250")
	p.run(chromedp.EmulateViewport(390, 844))
	p.do(`document.querySelector(".nav").showPopover()`)
	p.is(places, "0,8")
	p.run(chromedp.EmulateViewport(1024, 700))
	p.is(places, "6,250")
}

func TestOutline(t *testing.T) {
	g := newGallery(t)
	const thread = `getComputedStyle(document.querySelector(".tail")).display`
	open(t, g.URL).is(thread, "block")
	p := open(t, g.URL+"/?outline")
	p.is(thread, "none")
	p.picture("outline")
}
