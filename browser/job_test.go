package browser_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/postroom/postroom/browser"
	"github.com/postroom/postroom/engine/channel/smtptest"
)

// job is the way of somebody new from an empty server to a message that
// arrives.
type job struct {
	*browser.Tab
	t    *testing.T
	mail *smtptest.Server
	axe  string

	campaign string // the path of the campaign
	pictures int    // taken so far
}

// The main job of Postroom, done in a real browser with the real program and a
// real mail server. Each step goes on where the one before ended.
func TestMainJob(t *testing.T) {
	postroom, err := program()
	if err != nil {
		t.Fatal(err)
	}
	mail := smtptest.Start(t, smtptest.Options{})
	server, err := postroom.Serve(t.TempDir(), "--smtp", mail.URL())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if log := server.Stop(); t.Failed() {
			t.Logf("the server says:\n%s", log)
		}
	})
	j := &job{Tab: newTab(t, server.URL), mail: mail, axe: readAxe(t)}
	for _, step := range []struct {
		name string
		do   func(*job)
	}{
		{"set up", (*job).setUp},
		{"second workspace", (*job).secondWorkspace},
		{"switch with the keyboard", (*job).switchWorkspace},
		{"add people where only ids identify", (*job).addPeopleByID},
		{"add people", (*job).addPeople},
		{"import people from a file", (*job).importFile},
		{"create a campaign", (*job).createCampaign},
		{"build its workflow", (*job).buildWorkflow},
		{"write the message", (*job).writeMessage},
		{"start it", (*job).start},
		{"import its actions into the other workspace", (*job).importActions},
		{"send an event", (*job).sendEvent},
		{"look at the delivery", (*job).lookAtDelivery},
		{"unsubscribe", (*job).unsubscribe},
		{"look at the usage", (*job).lookAtUsage},
	} {
		if !t.Run(step.name, func(t *testing.T) {
			j.t, j.Report = t, t
			step.do(j)
			j.Console()
		}) {
			break
		}
	}
	j.Report = t
}

// looks holds the page that is shown to the accessibility rules, and keeps it
// for the eye in the folder that POSTROOM_PICTURES names.
func (j *job) looks() {
	j.t.Helper()
	report(j.t, "light", j.Axe(j.axe))
	if folder := os.Getenv("POSTROOM_PICTURES"); folder != "" {
		j.pictures++
		j.Screenshot(filepath.Join(folder, fmt.Sprintf("job-%02d.png", j.pictures)))
	}
}

func (j *job) setUp() {
	j.Open("/people")
	j.At("/setup")
	j.looks()
	j.Click("Create account")
	j.Sees("There is a problem")
	j.looks()
	j.Fill("account", "Acme Ltd")
	j.Fill("name", "Alice Adams")
	j.Fill("email", "alice@acme.test")
	j.Fill("password", "a long enough sentence")
	j.Fill("workspace", "Acme")
	j.Fill("color", "moss")
	j.Fill("identifiers", "email_or_id")
	j.Click("Create account")
	j.At("/w/acme")
	j.Open("/setup")
	j.At("/")
	j.Misses("Create account")
}

func (j *job) secondWorkspace() {
	j.Open("/w/acme")
	j.ClickAt(".switch")
	j.Click("New workspace")
	j.At("/account/workspaces/new")
	j.Fill("name", "Fieldnotes")
	j.Fill("color", "iris")
	j.Fill("identifiers", "id")
	j.Fill("sending", "normal")
	j.Click("Create workspace")
	j.At("/w/fieldnotes")
	j.Sees("Fieldnotes")
}

const spine = `getComputedStyle(document.querySelector(".spine")).backgroundColor`

func (j *job) switchWorkspace() {
	iris := browser.Eval[string](j.Tab, spine)
	j.Keys("gw")
	j.Is(`document.activeElement.id`, "wsq")
	j.Keys("acm\r")
	j.At("/w/acme")
	if moss := browser.Eval[string](j.Tab, spine); moss == iris {
		j.t.Errorf("the spine is %s in both workspaces", moss)
	}
	j.Keys("gk")
	j.At("/w/acme/credentials")
	j.Keys("gwfield\r")
	j.At("/w/fieldnotes/credentials")
}
