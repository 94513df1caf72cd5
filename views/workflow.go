package views

import (
	"fmt"
	"slices"
	"strings"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/workflow"
)

// Editor is the page of a workflow: its map, and beside it the chosen action
// or what to do next.
type Editor struct {
	Head      CampaignHead
	Shown     workflow.Campaign // the draft or, to look at only, the live version; with the names of its segments
	Still     bool              // the live version, with its figures, or an older one
	Old       int               // the number of the version that is shown; zero: the live one or the draft
	Counts    map[string]map[string]int
	Foretold  *store.SimulationTally // instead of Counts: what a simulation says
	Problems  []workflow.Problem
	Chosen    *ActionForm         // the chosen action
	Source    *store.ActionSource // where that was imported from; nil when it was made here
	Add       string              // a place at which something is to be added
	Move      []string            // the keys of actions for which a place is wanted
	Select    bool                // several actions are being chosen
	Picked    []string            // those that are chosen already
	Clipboard int                 // how many actions can be pasted
	Focus     string              // action or inspector: what was just changed
	Refused   string              // why the last change was not made
}

// ActionForm is the settings of one action, as typed.
type ActionForm struct {
	Action     workflow.Action // as it is saved, with what was typed in it
	Condition  ConditionForm
	Delay      DurationForm
	Headers    string // of a webhook, one in each line
	Kept       []workflow.Kept
	Paths      []PathForm
	Set, Data  []SetRow // attributes, and data of an event
	Person     PersonRefForm
	People     ConditionForm // whom a batch update changes
	Segment    string        // by name
	Topic      string        // of whose subscribers an email goes to
	Senders    []string
	Workspaces []store.Workspace // to which an event may be sent
	Names      ConditionNames    // what fields suggest
	Wrong      store.Invalid
}

// PathForm is one path of an action at which people part.
type PathForm struct {
	Name    string
	Else    bool // takes everyone else
	When    ConditionForm
	Waits   string // of a wait_until: when, at, after
	At      string
	After   DurationForm
	Percent string
	Actions int // on it
}

// PersonRefForm is whom an action is about; an empty By: the person on the
// journey.
type PersonRefForm struct {
	By, Value string
	Create    bool
}

// SetRow is one attribute that is set, or one field of an event's data.
type SetRow struct{ Name, Kind, Value string }

// SetKinds is what an attribute may be set to.
var SetKinds = []struct{ Value, Words string }{
	{"text", "text"}, {"number", "number"}, {"bool", "true or false"}, {"remove", "remove it"},
}

// manual is the segments whose members are chosen by hand.
func (n ConditionNames) manual() (all []store.Segment) {
	for _, g := range n.Segments {
		if g.Manual {
			all = append(all, g)
		}
	}
	return all
}

// editable says whether who looks may change what they see.
func (e Editor) editable(may bool) bool { return may && !e.Still && e.Head.Editable() }

// chosenKey is the key of the action in the inspector.
func (e Editor) chosenKey() string {
	if e.Chosen == nil {
		return ""
	}
	return e.Chosen.Action.Key
}

// flags is the problems of one action.
func (e Editor) flags(key string) (all []workflow.Problem) {
	if e.Still {
		return nil
	}
	for _, p := range e.Problems {
		if p.Key == key {
			all = append(all, p)
		}
	}
	return all
}

// movingTitle is what a place is wanted for.
func (e Editor) movingTitle() string {
	if len(e.Move) > 1 {
		return Count(len(e.Move), "action", "actions")
	}
	a, _ := workflow.Find(e.Shown, e.Move[0])
	return a.Title()
}

// moving says whether a place is wanted.
func (e Editor) moving() bool { return len(e.Move) > 0 }

// picked says whether an action is chosen.
func (e Editor) picked(key string) bool { return slices.Contains(e.Picked, key) }

// actionGroups is the types of actions as the menu groups them.
var actionGroups = []struct {
	Title string
	Types []workflow.Type
}{
	{"Messages", []workflow.Type{workflow.TypeEmail, workflow.TypeSMS, workflow.TypePush, workflow.TypeSlack, workflow.TypeWebhook}},
	{"Waits", []workflow.Type{workflow.TypeDelay, workflow.TypeTimeWindow, workflow.TypeWaitUntil}},
	{"Paths", []workflow.Type{workflow.TypeBranch, workflow.TypeRandomSplit, workflow.TypeABTest, workflow.TypeExit}},
	{"Data", []workflow.Type{workflow.TypeUpdatePerson, workflow.TypeUpdateJourney, workflow.TypeSendEvent, workflow.TypeSegmentUpdate, workflow.TypeBatchUpdate}},
}

var actionKinds = map[workflow.Type]struct{ class, icon string }{
	workflow.TypeEmail:         {"k-msg", "mail"},
	workflow.TypeSMS:           {"k-msg", "phone"},
	workflow.TypePush:          {"k-msg", "bell"},
	workflow.TypeSlack:         {"k-msg", "hash"},
	workflow.TypeWebhook:       {"k-hook", "hook"},
	workflow.TypeDelay:         {"", "clock"},
	workflow.TypeTimeWindow:    {"", "calendar"},
	workflow.TypeWaitUntil:     {"", "hourglass"},
	workflow.TypeBranch:        {"k-cond", "branch"},
	workflow.TypeRandomSplit:   {"k-cond", "dice"},
	workflow.TypeABTest:        {"k-cond", "flask"},
	workflow.TypeExit:          {"", "exit"},
	workflow.TypeUpdatePerson:  {"k-data", "edit"},
	workflow.TypeUpdateJourney: {"k-data", "note"},
	workflow.TypeSendEvent:     {"k-data", "bolt"},
	workflow.TypeSegmentUpdate: {"k-data", "segment"},
	workflow.TypeBatchUpdate:   {"k-data", "people"},
}

func actionKind(t workflow.Type) (class, icon string) {
	k := actionKinds[t]
	return k.class, k.icon
}

// actionTitle is the name of an action, and actionWhat the line under it.
func actionTitle(a workflow.Action) string {
	if a.Name != "" {
		return a.Name
	}
	return a.Type.Words()
}

func actionWhat(a workflow.Action) string {
	words := a.Summary()
	if a.Name == "" {
		words = strings.TrimPrefix(strings.TrimPrefix(words, a.Type.Words()), " · ")
	}
	if a.Condition != nil {
		words += " · only if " + a.Condition.Words()
	}
	return words
}

// waits says whether the action is drawn as a pill: time is not an action.
func waits(a workflow.Action) bool { return a.Delay != nil || a.TimeWindow != nil }

// waitTitle is what the pill of a wait says.
func waitTitle(a workflow.Action) string {
	if a.Name != "" {
		return a.Name + " · " + a.Summary()
	}
	return a.Summary()
}

// here is how many people wait at an action.
func (e Editor) here(a workflow.Action) string {
	if e.Foretold != nil {
		return Number(e.Foretold.Actions[a.Key].Reached()) + " come here"
	}
	return Number(e.Counts[a.Key]["waiting"]) + " here"
}

// entered is how many people came in, or would.
func (e Editor) entered() int {
	if e.Foretold != nil {
		return e.Foretold.People - e.Foretold.Outcomes[store.WouldNot]
	}
	return e.Counts[""]["entered"]
}

// figures is the kept counters of an action that say something. They are of all
// versions, so an older one has none of its own.
func (e Editor) figures(a workflow.Action) (all []string) {
	if e.Foretold != nil {
		return foretold(a, e.Foretold.Actions[a.Key])
	}
	if e.Old != 0 {
		return nil
	}
	n := e.Counts[a.Key]
	add := func(words string, metrics ...string) {
		sum := 0
		for _, m := range metrics {
			sum += n[m]
		}
		if sum > 0 {
			all = append(all, words+" "+Number(sum))
		}
	}
	if a.IsMessage() {
		all = append(all, "Sent "+Number(n["sent"]))
		for _, m := range []struct{ words, metric string }{{"Opened", "opened"}, {"Clicked", "clicked"}, {"Converted", "converted"}} {
			if a.Email != nil && n["sent"] > 0 || n[m.metric] > 0 {
				all = append(all, m.words+" "+outOf(n[m.metric], n["sent"]))
			}
		}
		add("Queued", "queued", "attempted", "handed")
		add("Drafts", "drafted")
		add("Failed", "failed")
		add("Uncertain", "uncertain")
		add("Held back", "undeliverable")
	} else {
		add("Reached", "reached")
	}
	add("Skipped", "skipped")
	add("Here now", "waiting")
	return all
}

// outOf is how many of all, and what part that is: 12 (34 %).
func outOf(n, of int) string {
	if n == 0 || of < n {
		return Number(n)
	}
	return fmt.Sprintf("%s (%.0f %%)", Number(n), 100*float64(n)/float64(of))
}

// undoWords is a button's words for a change: undo move “Welcome”.
func undoWords(verb, label string) string {
	if label == "" {
		return verb
	}
	return verb + " " + strings.ToLower(label[:1]) + label[1:]
}

func hasWorkspace(all []store.Workspace, slug string) bool {
	return slices.ContainsFunc(all, func(ws store.Workspace) bool { return ws.Slug == slug })
}

func hasSegment(all []store.Segment, name string) bool {
	return slices.ContainsFunc(all, func(g store.Segment) bool { return g.Name == name })
}

// inTest says whether the message is a variant of an A/B test.
func inTest(c workflow.Campaign, key string) bool {
	for a := range workflow.All(c.Actions) {
		if a.Type != workflow.TypeABTest {
			continue
		}
		for _, p := range a.Branch.Paths {
			if len(p.Actions) > 0 && p.Actions[0].Key == key {
				return true
			}
		}
	}
	return false
}
