package browser_test

import (
	"strings"
	"time"

	"github.com/postroom/postroom/browser"
)

func (j *job) createCampaign() {
	j.Open("/w/acme/campaigns")
	j.Click("New campaign")
	j.At("/w/acme/campaigns/new")
	j.Fill("name", "Welcome")
	j.Fill("trigger", "event")
	j.Fill("event", "signed_up")
	j.looks()
	j.Click("Create campaign")
	j.Sees("is created, as a draft")
	path := browser.Eval[string](j.Tab, `location.pathname`)
	j.campaign = strings.TrimSuffix(path, "/workflow")
}

// add adds an action at the end of the workflow, which opens it.
func (j *job) add(action string) {
	j.ClickAt(`button.add[aria-label="Add an action at the end"]`)
	j.ClickIn("#add-menu", action)
	j.Is(`document.querySelector("#inspector h2").textContent.includes("`+action+`")`, true)
}

func (j *job) buildWorkflow() {
	j.Open(j.campaign + "/workflow")
	j.add("Email")
	j.Fill("sending", "automatic")
	j.Fill("from", "Acme <hello@acme.test>")
	j.Click("Save action")
	j.Sees("Saved")
	j.add("Delay")
	j.Fill("duration", "2")
	j.Fill("duration-unit", "d")
	j.Click("Save action")
	j.Sees("Wait 2 days")
	j.add("Branch")
	j.FillAt(`.cond [name$="field"]`, "plan")
	j.FillAt(`.cond [name$="value"]`, "pro")
	j.Click("Save action")
	j.Sees(`plan is "pro"`)
	j.looks()
	j.ClickAt(`button.add[aria-label="Add an action on this path"]`)
	j.ClickIn("#add-menu", "Exit")
	j.Is(`document.querySelectorAll(".path .stop").length`, 1)
	j.ClickAt(`[data-undo]`)
	j.Is(`document.querySelectorAll(".path .stop").length`, 0)
}

func (j *job) writeMessage() {
	j.Open(j.campaign + "/workflow")
	j.ClickIn("#flow", "Email")
	j.Click("Write, preview and test")
	j.Sees("Preheader")
	j.Fill("subject", `Hi {{ customer.first_name | default: "there" }}`)
	j.Fill("body", "<p>Hello</p>\n{% if %}")
	j.Sees("Line 2")
	j.Fill("body", `<p>Hello {{ customer.first_name }}, <a href="https://acme.test/start">begin here</a>.</p><p><a href="{% unsubscribe_url %}">Unsubscribe</a></p>`)
	j.Misses("Line 2")
	j.Fill("as", "ada@acme.test")
	j.Keys("\t")
	j.Is(`document.querySelector("#preview .mh b").textContent`, "Hi Ada")
	j.Is(`fetch(document.querySelector("#preview iframe").src).then(r => r.text()).then(t => t.includes("Hello Ada"))`, true)
	j.looks()
	j.Click("Save")
	j.Sees("Saved")
	j.Click("Send a test")
	j.Fill("to", "tester@acme.test")
	j.Click("Send the test")
	j.Sees("A test is on its way") // the mail may be there before the page is
	j.receives("tester@acme.test", "Subject: [Test] Hi ")
}

func (j *job) start() {
	j.Open(j.campaign + "/workflow")
	j.Click("Start…")
	j.At(j.campaign + "/publish")
	j.looks()
	j.Click("Start campaign")
	j.Sees("Running")
}

// receives waits until the mail server has a message to somebody, with this
// in it, and returns it.
func (j *job) receives(to, text string) string {
	j.t.Helper()
	var others []string
	for deadline := time.Now().Add(browser.Patience); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		others = nil
		for _, m := range j.mail.Messages() {
			others = append(others, m.To)
			if m.To == to && strings.Contains(string(m.Raw), text) {
				return string(m.Raw)
			}
		}
	}
	j.t.Fatalf("nothing with %q came for %s; there is mail for %q", text, to, others)
	return ""
}
