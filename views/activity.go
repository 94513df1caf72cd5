package views

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/postroom/postroom/store"
)

// ActivityPath is what happened in the workspace.
func ActivityPath(ws store.Workspace) string { return HomePath(ws) + "/activity" }

// ActivityAtPath is an older or newer part of it.
func ActivityAtPath(ws store.Workspace, at At) string {
	return ActivityPath(ws) + query("before", at.before(), "after", at.after())
}

// told is an activity as people read it.
type told struct {
	icon  string
	kind  string // class of its icon
	title string
	lines []string
	whole string // all of its data, when the lines do not tell everything
}

const (
	maxToldLines = 6
	maxToldText  = 160 // characters
)

// tell puts an activity into words.
func tell(a store.Activity) told {
	data, err := store.DecodeObject(a.Data)
	if err != nil {
		data = nil // what is no object has nothing to tell
	}
	switch a.Type {
	case store.EventActivity:
		return withData(told{icon: "bolt", kind: "k-trig", title: "Did “" + a.Name + "”"}, data)
	case store.PageActivity:
		return withData(told{icon: "window", kind: "k-trig", title: "Saw the page " + a.Name}, data)
	case store.ScreenActivity:
		return withData(told{icon: "window", kind: "k-trig", title: "Saw the screen “" + a.Name + "”"}, data)
	case store.AttributeChange:
		return tellChange(data)
	case store.FailedAttributeChange:
		return tellFailure(data)
	case store.UnsubscribedActivity:
		return told{icon: "x", kind: "k-bad", title: "Unsubscribed", lines: tellConsent(data)}
	case store.SubscribedActivity:
		return told{icon: "check", kind: "k-cond", title: "Subscribed", lines: tellConsent(data)}
	case store.PreferencesActivity:
		return tellTopics(data)
	case store.EnteredSegmentActivity:
		return told{icon: "segment", kind: "k-data", title: "Entered the segment “" + a.Name + "”"}
	case store.LeftSegmentActivity:
		return told{icon: "segment", kind: "k-data", title: "Left the segment “" + a.Name + "”"}
	case store.EnteredCampaignActivity:
		return told{icon: "campaign", kind: "k-data", title: "Entered the campaign “" + a.Name + "”"}
	case store.MergedActivity:
		return tellMerge(data)
	case store.FailedStepActivity:
		return told{icon: "warn", kind: "k-bad", title: "“" + a.Name + "” came to nothing", lines: tellConsent(data)}
	case store.DeviceActivity:
		return tellDevice(a, data)
	}
	return tellStep(a, data)
}

// tellChange names what changed, from what to what.
func tellChange(data map[string]any) told {
	t := told{icon: "edit", kind: "k-data", title: sentence(data) + " changed"}
	for _, name := range slices.Sorted(maps.Keys(data)) {
		change, _ := data[name].(map[string]any)
		from, to := store.AttributeWords(change["from"]), store.AttributeWords(change["to"])
		switch {
		case from == "":
			t.say(name + ": " + to)
		case to == "":
			t.say(name + ": " + from + " → removed")
		default:
			t.say(name + ": " + from + " → " + to)
		}
	}
	return t.complete(data)
}

// tellFailure names what was not changed, and why.
func tellFailure(data map[string]any) told {
	t := told{icon: "warn", kind: "k-bad", title: sentence(data) + " not changed"}
	for _, name := range slices.Sorted(maps.Keys(data)) {
		failure, _ := data[name].(map[string]any)
		line := name + ": " + store.AttributeWords(failure["reason"])
		if value := store.AttributeWords(failure["value"]); value != "" {
			line += " The value was “" + value + "”."
		}
		t.say(line)
	}
	return t.complete(data)
}

// tellTopics names what somebody wants to hear about from now on, or not.
func tellTopics(data map[string]any) told {
	t := told{icon: "bell", kind: "k-cond", title: "Chose topics", lines: tellConsent(data)}
	topics, _ := data["topics"].(map[string]any)
	for _, name := range slices.Sorted(maps.Keys(topics)) {
		if topics[name] == true {
			t.say(name + ": subscribed")
		} else {
			t.say(name + ": not subscribed")
		}
	}
	return t
}

// tellMerge names who became a part of the person, and what came of it.
func tellMerge(data map[string]any) told {
	who := store.AttributeWords(data["cio_id"])
	for _, name := range []string{"id", "email"} {
		if value := store.AttributeWords(data[name]); value != "" {
			who = value
		}
	}
	t := told{icon: "people", kind: "k-data", title: who + " was merged into this person"}
	t.lines = tellConsent(data)
	for _, part := range []struct{ name, words string }{{"gained", "Taken over: "}, {"lost", "Left out: "}} {
		var names []string
		for _, name := range asList(data[part.name]) {
			names = append(names, store.AttributeWords(name))
		}
		if len(names) > 0 {
			t.say(part.words + strings.Join(names, ", "))
		}
	}
	return t.complete(data)
}

// tellDevice says which kind of device somebody got or lost.
func tellDevice(a store.Activity, data map[string]any) told {
	title := "A device was " + a.Name
	switch data["platform"] {
	case "ios":
		title = "An iOS device was " + a.Name
	case "android":
		title = "An Android device was " + a.Name
	}
	t := told{icon: "window", kind: "k-data", title: title}
	t.say(store.AttributeWords(data["token"]))
	return t.complete(data)
}

func asList(value any) []any {
	list, _ := value.([]any)
	return list
}

// sentence names a few attributes.
func sentence(data map[string]any) string {
	names := slices.Sorted(maps.Keys(data))
	switch {
	case len(names) == 0:
		return "Attributes"
	case len(names) <= 3:
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:2], ", "), len(names)-2)
}

// tellConsent says who changed consent, and why or how.
func tellConsent(data map[string]any) []string {
	var parts []string
	if by := store.AttributeWords(data["by"]); by != "" {
		parts = append(parts, "By "+by)
	}
	for _, name := range []string{"why", "how", "reason"} {
		if text := store.AttributeWords(data[name]); text != "" {
			parts = append(parts, text)
		}
	}
	if len(parts) == 0 {
		return nil
	}
	return []string{strings.Join(parts, ": ")}
}

// steps is what each step of a delivery is called; the part behind the last
// underscore says what was sent.
var steps = map[string]struct{ verb, icon, kind string }{
	"queued": {"is to be sent", "clock", "k-msg"}, "drafted": {"is held as a draft", "edit", "k-msg"},
	"attempted": {"was refused for now", "refresh", "k-bad"}, "handed": {"was handed over", "send", "k-msg"},
	"deferred": {"is delayed by the other side", "clock", "k-bad"},
	"sent":     {"was sent", "send", "k-msg"}, "delivered": {"arrived", "check", "k-msg"},
	"opened": {"was opened", "eye", "k-msg"}, "clicked": {"had a link clicked", "link", "k-msg"},
	"converted": {"led to the goal", "goal", "k-msg"}, "uncertain": {"may or may not have been sent", "warn", "k-bad"},
	"failed": {"failed", "warn", "k-bad"}, "bounced": {"bounced", "warn", "k-bad"}, "dropped": {"was dropped", "warn", "k-bad"},
	"spammed": {"was marked as spam", "warn", "k-bad"}, "undeliverable": {"was not sent", "stop", "k-bad"},
	"unsubscribed": {"led to an unsubscribe", "x", "k-bad"},
}

func tellStep(a store.Activity, data map[string]any) told {
	name, channel, _ := strings.Cut(string(a.Type), "_")
	what := "The email"
	switch channel {
	case "action":
		what = "The webhook"
	case "sms":
		what = "The text message"
	case "push":
		what = "The push message"
	case "slack":
		what = "The message to Slack"
	}
	if a.Subject != "" {
		what = "“" + a.Subject + "”"
	}
	step, ok := steps[name]
	if !ok {
		return withData(told{icon: "pulse", title: strings.ReplaceAll(string(a.Type), "_", " ")}, data)
	}
	t := told{icon: step.icon, kind: step.kind, title: what + " " + step.verb}
	t.lines = tellConsent(data)
	if href := store.AttributeWords(data["href"]); href != "" {
		t.say(href)
	}
	for _, m := range machines {
		if data[m.mark] == true {
			t.say(m.words)
		}
	}
	return t
}

// machines is what it means that not a person opened or clicked.
var machines = []struct{ mark, words string }{
	{"prefetched", "By a mail program, before anybody looked. Not counted."},
	{"proxied", "Fetched by the mail service for the person."},
	{"synthetic", "Known from a click."},
	{"machine", "By a program that checks links. Not counted."},
}

// withData adds what came with an event.
func withData(t told, data map[string]any) told {
	for _, name := range slices.Sorted(maps.Keys(data)) {
		t.say(name + ": " + store.AttributeWords(data[name]))
	}
	return t.complete(data)
}

func (t *told) say(line string) { t.lines = append(t.lines, line) }

// complete keeps an activity short, and all of its data beside it when
// something was cut.
func (t told) complete(data map[string]any) told {
	cut := len(t.lines) > maxToldLines
	t.lines = t.lines[:min(len(t.lines), maxToldLines)]
	for i, line := range t.lines {
		if runes := []rune(line); len(runes) > maxToldText {
			t.lines[i], cut = string(runes[:maxToldText-1])+"…", true
		}
	}
	if cut {
		if text, err := json.MarshalIndent(data, "", "  "); err == nil {
			t.whole = string(text)
		}
	}
	t.title = longName(t.title)
	return t
}
