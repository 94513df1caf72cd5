package workflow

import (
	"bytes"
	"strings"

	"github.com/postroom/postroom/store/condition"
)

// Change is one difference between two versions of a campaign.
type Change struct {
	Kind  ChangeKind
	Key   string // of the action; empty for the campaign itself
	Name  string // its title
	Words string // what changed, as a piece of a sentence: subject and body
}

// ChangeKind is the kind of a change.
type ChangeKind string

// The kinds of changes.
const (
	Added   ChangeKind = "added"
	Removed ChangeKind = "removed"
	Moved   ChangeKind = "moved"
	Changed ChangeKind = "changed"
)

// Diff is what publishing new in the place of old would change: settings of
// the campaign first, then actions in the order of the new tree, then those
// that are gone.
func Diff(old, new Campaign) []Change {
	changes := diffSettings(old, new)
	before, after := positions(old, nil), positions(new, pathsBefore(old, new))
	moved := movedKeys(before, after)
	for _, now := range after.order {
		was, known := before.byKey[now.Key]
		switch {
		case !known:
			changes = append(changes, Change{Added, now.Key, now.Title(), now.Type.Words()})
			continue
		case moved[now.Key]:
			changes = append(changes, Change{Moved, now.Key, now.Title(), place(new, now.Key)})
		}
		if words := diffAction(was, now); words != "" {
			changes = append(changes, Change{Changed, now.Key, now.Title(), words})
		}
	}
	for _, was := range before.order {
		if _, stays := after.byKey[was.Key]; !stays {
			changes = append(changes, Change{Removed, was.Key, was.Title(), was.Type.Words()})
		}
	}
	return changes
}

// diffSettings is what changed besides the actions.
func diffSettings(old, new Campaign) (changes []Change) {
	for _, s := range []struct {
		name     string
		old, new any
		words    string
	}{
		{"Name", old.Name, new.Name, new.Name},
		{"Trigger", old.Trigger, new.Trigger, new.Trigger.Words()},
		{"Filter", old.Filter, new.Filter, filterWords(new.Filter)},
		{"Goal", old.Goal, new.Goal, new.Goal.Words()},
		{"Exit", old.Exit, new.Exit, new.Exit.Words()},
		{"Frequency", old.Frequency, new.Frequency, new.Frequency.Words()},
		{"Subscription", old.Subscription, new.Subscription, new.Subscription.Words()},
	} {
		if !equal(s.old, s.new) {
			changes = append(changes, Change{Kind: Changed, Name: s.name, Words: s.words})
		}
	}
	return changes
}

func filterWords(c *condition.Condition) string {
	if c == nil {
		return "everyone"
	}
	return "who " + c.Words()
}

// equal compares what the document would say.
func equal(a, b any) bool {
	x, errX := encode(a)
	y, errY := encode(b)
	return errX == nil && errY == nil && bytes.Equal(x, y)
}

// WaitChanged says whether people who wait at an action are to be looked at
// again when now takes the place of was: it waits for something else.
func WaitChanged(was, now Action) bool {
	if was.Type != now.Type {
		return true
	}
	switch {
	case was.Delay != nil:
		return !equal(was.Delay, now.Delay)
	case was.TimeWindow != nil:
		return !equal(was.TimeWindow, now.TimeWindow)
	case was.Type == TypeWaitUntil && was.Branch != nil && now.Branch != nil:
		return !equal(heads(was.Branch), heads(now.Branch))
	}
	return was.Asks() && !now.Asks()
}

// ContentChanged says whether a message would be composed otherwise when now
// takes the place of was. How it is sent does not count.
func ContentChanged(was, now Action) bool {
	return now.IsMessage() && !equal(was.WithSending(Draft).content(), now.WithSending(Draft).content())
}

// diffAction names what changed in an action itself: not what is inside it.
func diffAction(old, new Action) string {
	var words []string
	for _, f := range fieldsOf(old, new) {
		if !equal(f.old, f.new) {
			words = append(words, f.name)
		}
	}
	return list(words)
}

type fieldPair struct {
	name     string
	old, new any
}

// fieldsOf is what a person may have changed in an action.
func fieldsOf(old, new Action) []fieldPair {
	pairs := []fieldPair{
		{"type", old.Type, new.Type},
		{"name", old.Name, new.Name},
		{"condition", old.Condition, new.Condition},
	}
	if old.Type != new.Type || old.content() == nil || new.content() == nil {
		return pairs
	}
	switch new.Type {
	case TypeEmail:
		return append(pairs, emailPairs(old.Email, new.Email)...)
	case TypeWebhook:
		o, n := old.Webhook, new.Webhook
		return append(pairs, []fieldPair{
			{"sending", o.Sending, n.Sending}, {"method", o.Method, n.Method}, {"URL", o.URL, n.URL},
			{"headers", o.Headers, n.Headers}, {"body", o.Body, n.Body}, {"response", o.Response, n.Response}, {"conversion", o.Converts, n.Converts},
		}...)
	case TypeSlack:
		o, n := old.Slack, new.Slack
		return append(pairs, fieldPair{"sending", o.Sending, n.Sending}, fieldPair{"address", o.URL, n.URL}, fieldPair{"text", o.Text, n.Text})
	case TypePush:
		o, n := old.Push, new.Push
		return append(pairs, []fieldPair{
			{"sending", o.Sending, n.Sending}, {"devices", o.Devices, n.Devices},
			{"title", o.Title, n.Title}, {"body", o.Body, n.Body}, {"link", o.Link, n.Link},
		}...)
	case TypeSMS:
		o, n := old.SMS, new.SMS
		return append(pairs, fieldPair{"sending", o.Sending, n.Sending}, fieldPair{"from", o.From, n.From}, fieldPair{"to", o.To, n.To}, fieldPair{"text", o.Text, n.Text})
	case TypeDelay:
		return append(pairs, fieldPair{"duration (" + strings.ToLower(old.Delay.Words()) + " before, " + strings.ToLower(new.Delay.Words()) + " now)", old.Delay, new.Delay})
	case TypeTimeWindow:
		return append(pairs, fieldPair{"hours", old.TimeWindow, new.TimeWindow})
	}
	return append(pairs, dataPairs(old, new)...)
}

// dataPairs is what a person may have changed in an action of the other types.
func dataPairs(old, new Action) []fieldPair {
	switch {
	case new.Branch != nil:
		return []fieldPair{{"paths", heads(old.Branch), heads(new.Branch)}, {"winner", old.Branch.Winner, new.Branch.Winner}}
	case new.UpdatePerson != nil:
		return []fieldPair{{"attributes", old.UpdatePerson.Set, new.UpdatePerson.Set}, {"person", old.UpdatePerson.Person, new.UpdatePerson.Person}}
	case new.UpdateJourney != nil:
		return []fieldPair{{"attributes", old.UpdateJourney, new.UpdateJourney}}
	case new.SendEvent != nil:
		o, n := old.SendEvent, new.SendEvent
		return []fieldPair{{"event", o.Event, n.Event}, {"data", o.Data, n.Data}, {"person", o.Person, n.Person}, {"workspace", o.Workspace, n.Workspace}}
	case new.SegmentUpdate != nil:
		return []fieldPair{{"segment", old.SegmentUpdate, new.SegmentUpdate}}
	case new.BatchUpdate != nil:
		o, n := old.BatchUpdate, new.BatchUpdate
		return []fieldPair{{"people", o.People, n.People}, {"attributes", o.Set, n.Set}, {"event", o.Event, n.Event}, {"data", o.Data, n.Data}}
	}
	return nil
}

func emailPairs(o, n *Email) []fieldPair {
	return []fieldPair{
		{"sending", o.Sending, n.Sending}, {"from", o.From, n.From}, {"to", o.To, n.To},
		{"reply to", o.ReplyTo, n.ReplyTo}, {"subject", o.Subject, n.Subject},
		{"preheader", o.Preheader, n.Preheader}, {"body", o.Body, n.Body}, {"text", o.Text, n.Text},
		{"layout", o.Layout, n.Layout}, {"subscription", o.Subscription, n.Subscription},
		{"tracking", o.Untracked, n.Untracked}, {"languages", o.Languages, n.Languages},
	}
}

// heads is the paths of a branch without their actions.
func heads(b *Branch) []Path {
	var all []Path
	for _, p := range b.Paths {
		p.Actions = nil
		all = append(all, p)
	}
	return all
}

// list is the words with commas and an and.
func list(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " and " + words[last]
}

// place says where the action stands now.
func place(c Campaign, key string) string {
	s, err := c.at(key)
	switch {
	case err != nil:
		return ""
	case s.index > 0:
		return Place{After: (*s.list)[s.index-1].Key}.Words(c)
	case s.branch != nil:
		return Place{Parent: (*s.branch.list)[s.branch.index].Key, Path: s.path}.Words(c)
	}
	return Place{}.Words(c)
}
