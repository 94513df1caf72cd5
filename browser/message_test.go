package browser_test

import "testing"

// The preview follows the field that names the person while it is typed in,
// and a test goes out for whom it shows, also after saving.
func TestPreviewFollowsThePerson(t *testing.T) {
	tab := demoTab(t)
	tab.Open("/w/northwind/campaigns/1/messages/welcome")
	tab.Eval(`document.querySelector("#as").select()`)
	tab.Keys("usr_10007")
	const to = `document.querySelector("#preview .mh span").textContent.includes("to tomasz.wojcik1@example.com")`
	tab.Is(to, true)
	tab.Is(`document.activeElement.id`, "as")
	tab.Is(`document.querySelector("#test-as").value`, "tomasz.wojcik1@example.com")
	tab.Click("Save")
	tab.Sees("is saved.")
	tab.Is(to, true)
	tab.Is(`document.querySelector("#test-as").value`, "tomasz.wojcik1@example.com")
}
