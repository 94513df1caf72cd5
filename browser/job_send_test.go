package browser_test

import (
	"net/http"
	"regexp"
	"strings"

	"github.com/postroom/postroom/browser"
)

// sendEvent does what an app does: with a key from the credentials page it
// tells that somebody signed up.
func (j *job) sendEvent() {
	j.Open("/w/acme/credentials")
	j.ClickIn("main", "Create key")
	j.Fill("name", "Backend")
	j.Fill("kind", "track")
	j.ClickIn("main", "Create key")
	j.Sees("Copy it now")
	j.looks()
	site := browser.Eval[string](j.Tab, `document.querySelector("#site-id").textContent`)
	key := browser.Eval[string](j.Tab, `document.querySelector("#secret").textContent`)
	r, err := http.NewRequest("POST", j.Base+"/api/v1/customers/u1/events", strings.NewReader(`{"name": "signed_up", "data": {"plan": "pro"}}`))
	if err != nil {
		j.t.Fatal(err)
	}
	r.SetBasicAuth(site, key)
	r.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		j.t.Fatal(err)
	}
	answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		j.t.Fatalf("the event was answered with %s", answer.Status)
	}
	j.receives("ada@acme.test", "Hello Ada")
}

func (j *job) lookAtDelivery() {
	j.Open("/w/acme/deliveries")
	j.ClickIn("table", "ada@acme.test")
	j.At("/w/acme/deliveries/")
	j.Sees("Hi Ada")
	j.Sees("Sent")
	j.Sees("What happened")
	j.looks()
}

var unsubscribeLink = regexp.MustCompile(`(?m)^List-Unsubscribe: <(https?://[^>]+)>`)

// Opening the link changes nothing, for programs open links, too.
func (j *job) unsubscribe() {
	unfolded := strings.NewReplacer("\r\n ", " ", "\r\n\t", " ", "\r\n", "\n").Replace(j.receives("ada@acme.test", "Hello Ada"))
	link := unsubscribeLink.FindStringSubmatch(unfolded)
	if link == nil {
		j.t.Fatalf("there is no List-Unsubscribe in %s", unfolded)
	}
	path := strings.TrimPrefix(link[1], j.Base)
	somebody := newTab(j.t, j.Base)
	somebody.Script(false)
	somebody.Open(path)
	somebody.Sees("Unsubscribe")
	j.Open("/w/acme/people?q=ada@")
	j.Sees("ada@acme.test")
	j.Misses("Unsubscribed")
	somebody.Click("Unsubscribe")
	somebody.Sees("no more messages")
	j.Open("/w/acme/people?q=ada@")
	j.Sees("Unsubscribed")
}

// lookAtUsage counts one by hand, 50 of the file and two by their ids; and one
// message, for a test counts nowhere.
func (j *job) lookAtUsage() {
	j.Open("/account/usage")
	j.Sees("Usage")
	row := func(workspace string) string {
		return `[...document.querySelectorAll("tbody tr")].find(r => r.textContent.includes("` + workspace + `")).innerText.replace(/\s+/g, " ")`
	}
	for workspace, want := range map[string]*regexp.Regexp{
		"Acme":       regexp.MustCompile(`Acme .*51 .*% 1 0 1 `),
		"Fieldnotes": regexp.MustCompile(`Fieldnotes .*2 .*% 0 0 0 `),
	} {
		if got := browser.Eval[string](j.Tab, row(workspace)); !want.MatchString(got) {
			j.t.Errorf("the row is %q, want %s", got, want)
		}
	}
}
