package workflow

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/postroom/postroom/store/condition"
)

// Marks of a source that must not be found in what left it.
const (
	theirID     = 987654321
	theirSecret = "s3cr3t"
	theirPerson = "d1c0ffee"
)

// foreigner is a tree as campaign draws it, with something in every place that
// belongs to its workspace alone.
func foreigner(t *rapid.T) []Action {
	c := campaign(t)
	c.Actions = append(c.Actions, abTest(len(keysIn(c))))
	keys := keysIn(c)
	refresh(c.Actions, func(a *Action) { belong(t, a, keys) })
	return c.Actions
}

// abTest is a test of two messages, whose keys are free.
func abTest(n int) Action {
	variant := func(key string) []Action {
		return []Action{{Key: key, Type: TypePush, Push: &Push{Sending: Automatic, Devices: AllDevices, Title: key}}}
	}
	return Action{Key: fmt.Sprintf("t%d", n), Type: TypeABTest, Branch: &Branch{Winner: "A", Paths: []Path{
		{Name: "A", Percent: 50, Actions: variant("ta")}, {Name: "B", Percent: 50, Actions: variant("tb")},
	}}}
}

func belong(t *rapid.T, a *Action, keys []string) {
	a.Origin = nil
	if rapid.Bool().Draw(t, "came") {
		a.Origin = &Origin{Workspace: "third", Campaign: "Secret plan", CampaignID: theirID, Action: "x"}
	}
	message := rapid.SampledFrom([]*condition.Message{
		{Metric: "opened", CampaignID: theirID, Action: "x"}, {Metric: "opened", Action: rapid.SampledFrom(keys).Draw(t, "asked")}, {Metric: "sent"},
	}).Draw(t, "message")
	a.Condition = &condition.Condition{And: []condition.Condition{{Segment: &condition.Segment{ID: theirID}}, {Message: message}}}
	switch {
	case a.Webhook != nil:
		a.Webhook.URL = rapid.SampledFrom([]string{
			"https://me:" + theirSecret + "@crm.test/x", "https://crm.test/?api_key=" + theirSecret + "&a=1", "https://hooks.slack.com/services/" + theirSecret,
		}).Draw(t, "url")
		a.Webhook.Headers = []Header{{"Authorization", "Bearer " + theirSecret}, {"X-Api-Key", theirSecret}, {"Accept", "*/*"}}
		a.Webhook.LeftOut = nil
	case a.Slack != nil:
		a.Slack.URL = "https://hooks.slack.test/" + theirSecret
	case a.SegmentUpdate != nil:
		a.SegmentUpdate.Segment = &condition.Segment{ID: theirID}
	case a.BatchUpdate != nil:
		a.BatchUpdate.People = &condition.Condition{Segment: &condition.Segment{ID: theirID}}
	case a.SendEvent != nil:
		a.SendEvent.Workspace, a.SendEvent.Person = "shop", &PersonRef{By: "cio_id", Value: theirPerson}
	case a.UpdatePerson != nil:
		a.UpdatePerson.Person = &PersonRef{By: "cio_id", Value: theirPerson}
	case a.Type == TypeBranch || a.Type == TypeWaitUntil:
		a.Branch.Paths[0].When = &condition.Condition{Not: &condition.Condition{Message: message}}
	}
}

// segmentsByName gives each segment a name, as the store does before actions leave.
func segmentsByName(actions []Action) []Action {
	return MapSegments(actions, func(s condition.Segment) condition.Segment {
		if s.ID == theirID {
			return condition.Segment{Name: "Their VIPs"}
		}
		return s
	})
}

// (a) Nothing of the source is left in what leaves it.
func TestNothingOfTheSourceLeaves(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		from, into := segmentsByName(foreigner(t)), tree(line(t))
		picked := rapid.SliceOfN(rapid.SampledFrom(keysIn(Campaign{Actions: from})), 1, 5).Draw(t, "picked")
		left := Detach(Copy(from, picked, &into, fieldnotes))
		text, err := encode(left)
		if err != nil {
			t.Fatal(err)
		}
		for _, mark := range []string{fmt.Sprint(theirID), theirSecret, theirPerson, "Secret plan", `"third"`, `"workspace":"shop"`, `"automatic"`, `"off"`} {
			if strings.Contains(string(text), mark) {
				t.Fatalf("%s is in %s", mark, text)
			}
		}
		if regexp.MustCompile(`"segment":\{"id"`).Match(text) {
			t.Fatalf("a segment's id is in %s", text)
		}
		for a := range All(MapWorkspaces(left, func(string) (string, bool) { return "", false })) {
			if a.SendEvent != nil && (a.SendEvent.Workspace != "?" || !a.SendEvent.LeftWorkspace()) {
				t.Fatalf("the event goes to %q", a.SendEvent.Workspace)
			}
		}
		var kinds []Kind
		for _, d := range Dependencies(left) {
			kinds = append(kinds, d.Kind)
		}
		for a := range All(left) {
			for needed, is := range map[Kind]bool{NeedsSegment: true, NeedsSecret: a.Webhook != nil, NeedsWorkspace: a.SendEvent != nil, NeedsChannel: a.Slack != nil || a.Push != nil || a.SMS != nil} {
				if is && !slices.Contains(kinds, needed) {
					t.Fatalf("%s is not told of for %s", needed, a.Type)
				}
			}
		}
	})
}

// (b) and (d): what is copied keeps its structure and order; keys are unique.
func TestTravelKeepsTheTree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		from, into := segmentsByName(foreigner(t)), tree(line(t))
		tops := Campaign{Actions: from}
		copied := Detach(Copy(from, keysIn(tops), &into, fieldnotes))
		was, is := slices.Collect(All(from)), slices.Collect(All(copied))
		if len(was) != len(is) {
			t.Fatalf("%s became %s", showList(from), showList(copied))
		}
		taken := keysOf(into.Actions)
		for i, a := range is {
			if a.Type != was[i].Type || a.Origin.Action != was[i].Key || len(a.paths()) != len(was[i].paths()) || taken[a.Key] {
				t.Fatalf("%s became %s", showList(from), showList(copied))
			}
			taken[a.Key] = true
			if a.IsMessage() && a.Sending() != Draft {
				t.Fatalf("%s is no draft", a.Key)
			}
			if got, want := a.Hash(), was[i].Hash(); a.Origin.Hash != want || got != want && !asksAboutMessages(was[i]) {
				t.Fatalf("%s has the hash %s, its source %s, its origin %s", a.Key, got, want, a.Origin.Hash)
			}
		}
	})
}

// asksAboutMessages: the keys in such questions are those of here.
func asksAboutMessages(a Action) (asks bool) {
	mapMessages([]Action{a.head()}, func(*condition.Message) { asks = true })
	return asks
}

// (c) What came and did not change comes as nothing.
func TestSecondUpdateChangesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		from, into := segmentsByName(foreigner(t)), tree(line(t))
		picked := rapid.SliceOfN(rapid.SampledFrom(keysIn(Campaign{Actions: from})), 1, 5).Draw(t, "picked")
		at := rapid.SampledFrom(places(into)).Draw(t, "place")
		bring := func(c Campaign, origin Origin) Campaign {
			known := Before{Essences: map[string]Action{}}
			for _, e := range Essences(from) {
				known.Essences[e.Hash()] = e
			}
			out, err := Update(c, at, Detach(Copy(from, picked, &c, origin)), known)
			if err != nil {
				if err.Error() == tooDeep {
					t.Skip()
				}
				t.Fatal(err)
			}
			return out
		}
		once := bring(into, fieldnotes)
		release(once.Actions) // somebody lets some of them be sent
		later := fieldnotes
		later.At, later.Version = later.At.Add(time.Hour), 9
		if twice := bring(once, later); !equal(once, twice) {
			t.Fatalf("%s became %s:\n%v", show(once), show(twice), Diff(once, twice))
		}
	})
}

func release(actions []Action) {
	for i := range actions {
		if s := actions[i].sending(); s != nil && i%2 == 0 {
			*s = Automatic
		}
		for _, p := range actions[i].paths() {
			release(p.Actions)
		}
	}
}

// What changed in the source is taken, and what was changed here beside it
// stays.
func TestUpdateTakesWhatChangedInTheSource(t *testing.T) {
	from := tree("hello@ hook% s[a@|b@]").Actions
	from[1].Webhook.Headers = []Header{{"Authorization", "Bearer x"}}
	into := tree("x")
	c, err := Insert(into, Place{}, Detach(Copy(from, []string{"hello", "hook", "s"}, &into, fieldnotes))...)
	if err != nil {
		t.Fatal(err)
	}
	known := Before{Essences: map[string]Action{}}
	remember := func() {
		for _, e := range Essences(from) {
			known.Essences[e.Hash()] = e
		}
	}
	remember()
	hello, hook := c.Actions[0].Email, c.Actions[1].Webhook
	hello.Subject, hello.From, hello.Sending = "Ours", "Ours <us@here.test>", Automatic
	hook.Headers[0].Value, hook.LeftOut = "Bearer ours", nil
	c.Actions[2].Branch.Paths[0].Name = "Ours"

	from[0].Email.Body = "<p>New</p>"
	from[1].Webhook.Body = "{}"
	from[2].Branch.Paths[1].Actions = append(from[2].Branch.Paths[1].Actions, Action{Key: "bye", Type: TypeExit})
	remember()
	taken := SourceChanges(c.Actions[0], ptr(known.Essences[c.Actions[0].Origin.Hash]), Essence(from[0]))
	if fmt.Sprint(taken.Fields, taken.Here) != "[body] []" || len(taken.Texts) != 1 {
		t.Errorf("changes %+v", taken)
	}
	got, err := Update(c, End(c), Detach(Copy(from, []string{"hello", "hook", "s"}, &c, fieldnotes)), known)
	if err != nil {
		t.Fatal(err)
	}
	e := got.Actions[0].Email
	if e.Subject != "Ours" || e.From != "Ours <us@here.test>" || e.Body != "<p>New</p>" || e.Sending != Draft {
		t.Errorf("the email is %+v", e)
	}
	w := got.Actions[1].Webhook
	if w.Body != "{}" || w.Headers[0].Value != "Bearer ours" || len(w.LeftOut) != 0 {
		t.Errorf("the webhook is %+v", w)
	}
	if b := got.Actions[2].Branch; b.Paths[0].Name != "Ours" || show(got) != "hello@ hook% s[a@|b@ bye!] x" {
		t.Errorf("the branch is %+v in %s", b, show(got))
	}
	from[0].Email.Subject = "Theirs"
	taken = SourceChanges(got.Actions[0], ptr(known.Essences[got.Actions[0].Origin.Hash]), Essence(from[0]))
	if fmt.Sprint(taken.Fields, taken.Here) != "[subject] [subject]" {
		t.Errorf("changes %+v", taken)
	}
}

func ptr[T any](v T) *T { return &v }

// What was tried elsewhere comes home to the actions that it is a copy of.
func TestUpdateBringsHome(t *testing.T) {
	home := tree("a@ b")
	self := Origin{Workspace: "acme", CampaignID: 4, Campaign: "Home"}
	trial := Campaign{Actions: Copy(home.Actions, []string{"a", "b"}, nil, self)}
	trial.Actions[0].Email.Subject = "Better"
	there := Origin{Workspace: "lab", CampaignID: 9, Campaign: "Trial"}
	copied := Copy(trial.Actions, []string{"a", "b"}, &home, there)
	got, err := Update(home, End(home), copied, Before{Home: Home(home, self, trial.Actions)})
	if err != nil || show(got) != "a@ b" || got.Actions[0].Email.Subject != "Better" {
		t.Errorf("home is %s with %+v, %v", show(got), got.Actions[0].Email, err)
	}
}

func TestQuestionsAboutMessagesThatWereLeftBehind(t *testing.T) {
	from := tree("a@ b").Actions
	from[1].Condition = &condition.Condition{Message: &condition.Message{Metric: "opened", Action: "a"}}
	left := Detach(Copy(from, []string{"b"}, nil, fieldnotes))
	if got := left[0].Condition.Message.Action; got != "?a" {
		t.Errorf("it asks about %q", got)
	}
	asked := MapMessages(left, func(key string) string { return map[string]string{"a": "mine"}[key] })
	if got := asked[0].Condition.Message.Action; got != "mine" {
		t.Errorf("it asks about %q", got)
	}
	if got := MapMessages(left, func(string) string { return "" })[0].Condition.Message.Action; got != "?a" {
		t.Errorf("it asks about %q", got)
	}
}
