package views

import (
	"fmt"
	"strings"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/workflow"
)

// Editor is the page of a workflow: its map, and beside it the chosen action
// or what to do next.
type Editor struct {
	Head     CampaignHead
	Shown    workflow.Campaign // the draft or, to look at only, the live version; with the names of its segments
	Still    bool              // the live version, with its figures
	Counts   map[string]map[string]int
	Problems []workflow.Problem
	Chosen   *ActionForm // the chosen action
	Add      string      // a place at which something is to be added
	Move     string      // the key of an action for which a place is wanted
	Focus    string      // action or inspector: what was just changed
	Refused  string      // why the last change was not made
}

// ActionForm is the settings of one action, as typed.
type ActionForm struct {
	Action    workflow.Action // as it is saved, with what was typed in it
	Condition ConditionForm
	Delay     DurationForm
	Headers   string // of a webhook, one in each line
	Paths     []PathForm
	Set       []SetRow
	Senders   []string
	Fields    []string // attribute names that are suggested
	Wrong     store.Invalid
}

// PathForm is one path of a branch.
type PathForm struct {
	Name    string
	Else    bool // takes everyone else
	When    ConditionForm
	Actions int // on it
}

// SetRow is one attribute that an update of the person sets.
type SetRow struct{ Name, Kind, Value string }

// SetKinds is what an attribute may be set to.
var SetKinds = []struct{ Value, Words string }{
	{"text", "text"}, {"number", "number"}, {"bool", "true or false"}, {"remove", "remove it"},
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

// movingTitle is the action for which a place is wanted.
func (e Editor) movingTitle() string {
	a, _ := workflow.Find(e.Shown, e.Move)
	return a.Title()
}

func actionKind(t workflow.Type) (class, icon string) {
	switch t {
	case workflow.TypeEmail:
		return "k-msg", "mail"
	case workflow.TypeSMS, workflow.TypePush, workflow.TypeSlack:
		return "k-msg", "hook"
	case workflow.TypeWebhook:
		return "k-hook", "hook"
	case workflow.TypeDelay, workflow.TypeTimeWindow, workflow.TypeWaitUntil:
		return "", "clock"
	case workflow.TypeBranch, workflow.TypeRandomSplit, workflow.TypeABTest:
		return "k-cond", "branch"
	case workflow.TypeExit:
		return "", "exit"
	}
	return "k-data", "edit"
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

// waitTitle is what the pill of a delay says.
func waitTitle(a workflow.Action) string {
	if a.Name != "" {
		return a.Name + " · " + a.Summary()
	}
	return a.Summary()
}

// figures is the kept counters of an action that say something.
func (e Editor) figures(a workflow.Action) (all []string) {
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

// trunk is what a branch needs to draw itself: how wide each path is, in
// columns, and whether people come out of it.
type trunk struct {
	width  []int
	goes   []bool
	centre []int // in half columns
	total  int
}

func trunkOf(b *workflow.Branch) trunk {
	var t trunk
	for _, p := range b.Paths {
		w := listWidth(p.Actions)
		t.width = append(t.width, w)
		t.centre = append(t.centre, 2*t.total+w)
		t.goes = append(t.goes, !workflow.Ends(p.Actions))
		t.total += w
	}
	return t
}

// listWidth is how many columns a list takes: those of its widest branch.
func listWidth(actions []workflow.Action) int {
	width := 1
	for _, a := range actions {
		if a.Branch != nil {
			width = max(width, trunkOf(a.Branch).total)
		}
	}
	return width
}

// span is the middle of the first and of the last path that people come out of.
func (t trunk) span() (from, to int, any bool) {
	for i, goes := range t.goes {
		if !goes {
			continue
		}
		if !any {
			from = t.centre[i]
		}
		to, any = t.centre[i], true
	}
	return from, to, any
}

// class is how path i draws its part of the way back together: .bl the left
// half, .br the right half.
func (t trunk) class(i int) string {
	class := "path"
	if t.goes[i] {
		class += " go"
	}
	from, to, any := t.span()
	if !any {
		return class
	}
	if from < t.centre[i] && t.centre[i] <= to {
		class += " bl"
	}
	if from <= t.centre[i] && t.centre[i] < to {
		class += " br"
	}
	return class
}

// merge is the line from where the paths come together to the middle of the
// branch; empty when it is there already.
func (t trunk) merge() (box, path string) {
	from, to, any := t.span()
	middle := t.total
	if !any || from <= middle && middle <= to {
		return "", ""
	}
	at := from
	if to < middle {
		at = to
	}
	return fmt.Sprintf("0 0 %d 1", 2*t.total), fmt.Sprintf("M%d 0V.6H%dV1", at, middle)
}

// undoWords is a button's words for a change: undo move “Welcome”.
func undoWords(verb, label string) string {
	if label == "" {
		return verb
	}
	return verb + " " + strings.ToLower(label[:1]) + label[1:]
}
