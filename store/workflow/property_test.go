package workflow

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/postroom/postroom/store/condition"
)

// line draws a tree in the notation of tree_test.go, with the keys k0, k1 …
func line(t *rapid.T) string {
	n := 0
	return drawLine(t, &n, 0)
}

func drawLine(t *rapid.T, n *int, depth int) string {
	var words []string
	for range rapid.IntRange(0, 4).Draw(t, "length") {
		key := fmt.Sprintf("k%d", *n)
		*n++
		mark := rapid.SampledFrom([]string{"", "", "~", "@", "%", "#", "$", "&", "+", "*", "=", ">", "<", "!", "[", "[", "?[", "^["}).Draw(t, "type")
		if kind, parts := strings.CutSuffix(mark, "["); parts && depth < 3 && *n < 25 {
			paths := make([]string, rapid.IntRange(MinPaths, 3).Draw(t, "paths"))
			for i := range paths {
				paths[i] = drawLine(t, n, depth+1)
			}
			words = append(words, key+kind+"["+strings.Join(paths, "|")+"]")
			continue
		}
		words = append(words, key+strings.TrimRight(mark, "?^["))
	}
	return strings.Join(words, " ")
}

// campaign draws a campaign with values in every field.
func campaign(t *rapid.T) Campaign {
	c := tree(line(t))
	c.Trigger = rapid.SampledFrom([]Trigger{
		{}, {Type: OnEvent, Event: "e", Filter: is("x", "<y>")}, {Type: OnEvent},
		{Type: OnSegment, Segment: &condition.Segment{ID: 3}, When: Leave}, {Type: OnSegment, When: Enter},
	}).Draw(t, "trigger")
	c.Goal = rapid.SampledFrom([]*Goal{nil, {Since: SinceSent}, {Event: "bought", Within: "7d", Since: SinceClicked}, {Segment: &condition.Segment{ID: 3}, When: Leave, Since: SinceSent}}).Draw(t, "goal")
	c.Exit = rapid.SampledFrom([]Exit{ExitNever, ExitGoal}).Draw(t, "exit")
	c.Frequency = rapid.SampledFrom([]Frequency{{}, {Repeat: true}, {Repeat: true, Every: "4h"}}).Draw(t, "frequency")
	refresh(c.Actions, func(a *Action) { fill(t, a) })
	return c
}

func fill(t *rapid.T, a *Action) {
	text := rapid.OneOf(rapid.SampledFrom([]string{"", "<p>&amp;</p>", "{{customer.x}}", `"'\`, "\u2028"}), rapid.StringMatching(`[\PC\n]*`))
	a.Name = text.Draw(t, "name")
	a.Condition = rapid.SampledFrom([]*condition.Condition{nil, is("vip", "<yes>"), {Not: &condition.Condition{Segment: &condition.Segment{Name: "VIP"}}}}).Draw(t, "condition")
	if rapid.Bool().Draw(t, "imported") {
		a.Origin = &Origin{Workspace: "w", Campaign: text.Draw(t, "from"), Action: "a", At: time.Unix(rapid.Int64Range(0, 4e9).Draw(t, "at"), 0).UTC()}
	}
	sending := rapid.SampledFrom([]Sending{Automatic, Draft, Off})
	value := rapid.SampledFrom([]any{nil, true, json.Number("1e400"), json.Number("-0"), "x"})
	switch {
	case a.Email != nil:
		*a.Email = Email{
			Sending: sending.Draw(t, "sending"), From: text.Draw(t, "from"), To: text.Draw(t, "to"), ReplyTo: text.Draw(t, "reply to"),
			Subject: text.Draw(t, "subject"), Preheader: text.Draw(t, "preheader"), Body: text.Draw(t, "body"), Text: text.Draw(t, "text"), Layout: text.Draw(t, "layout"),
			Subscription: subscription.Draw(t, "subscription"), Untracked: rapid.Bool().Draw(t, "untracked"),
		}
		if rapid.Bool().Draw(t, "translated") {
			a.Email.Languages = []Translation{{"de", text.Draw(t, "subject"), text.Draw(t, "preheader"), text.Draw(t, "body"), text.Draw(t, "text")}}
		}
	case a.Webhook != nil:
		*a.Webhook = Webhook{Sending: sending.Draw(t, "sending"), Method: rapid.SampledFrom(methods).Draw(t, "method"), URL: text.Draw(t, "url"), Body: text.Draw(t, "body")}
		if rapid.Bool().Draw(t, "with headers") {
			a.Webhook.Headers = []Header{{text.Draw(t, "header"), text.Draw(t, "value")}}
			a.Webhook.LeftOut = []string{text.Draw(t, "left out")}
			a.Webhook.Response, a.Webhook.Converts = []Kept{{text.Draw(t, "kept"), "score", rapid.Bool().Draw(t, "of the journey")}}, true
		}
	case a.Slack != nil:
		*a.Slack = Slack{sending.Draw(t, "sending"), text.Draw(t, "url"), text.Draw(t, "text")}
	case a.Push != nil:
		*a.Push = Push{sending.Draw(t, "sending"), rapid.SampledFrom([]Devices{AllDevices, LastDevice}).Draw(t, "devices"), text.Draw(t, "title"), text.Draw(t, "body"), text.Draw(t, "link")}
	case a.SMS != nil:
		*a.SMS = SMS{sending.Draw(t, "sending"), text.Draw(t, "from"), text.Draw(t, "to"), text.Draw(t, "text")}
	case a.TimeWindow != nil:
		*a.TimeWindow = TimeWindow{Days: []string{"mon", "sun"}, From: "22:00", To: "06:30", Zone: "Europe/Berlin", PersonZone: rapid.Bool().Draw(t, "own zone")}
	case a.Type.parts():
		fillPaths(t, a)
	case a.Delay != nil:
		a.Delay.Duration = rapid.SampledFrom([]string{"90s", "2d", "1w"}).Draw(t, "duration")
	case a.UpdatePerson != nil:
		a.UpdatePerson.Set[text.Draw(t, "attribute")] = value.Draw(t, "value")
		a.UpdatePerson.Person = who.Draw(t, "person")
	case a.UpdateJourney != nil:
		a.UpdateJourney.Set[text.Draw(t, "attribute")] = value.Draw(t, "value")
	case a.SendEvent != nil:
		*a.SendEvent = SendEvent{text.Draw(t, "event"), map[string]any{"x": value.Draw(t, "value")}, who.Draw(t, "person"), "shop"}
	case a.SegmentUpdate != nil:
		*a.SegmentUpdate = SegmentUpdate{&condition.Segment{Name: "VIP"}, RemoveFromSegment}
	case a.BatchUpdate != nil:
		*a.BatchUpdate = BatchUpdate{is("vip", "yes"), map[string]any{"x": value.Draw(t, "value")}, text.Draw(t, "event"), map[string]any{}}
	}
}

var (
	subscription = rapid.SampledFrom([]Subscription{"", ToAll, OfTopic("News & more")})
	who          = rapid.SampledFrom([]*PersonRef{nil, {By: "email", Value: "{{event.friend}}", Create: true}, {By: "cio_id"}})
)

// fillPaths gives each path what its action asks of it.
func fillPaths(t *rapid.T, a *Action) {
	for i := range a.Branch.Paths {
		p := &a.Branch.Paths[i]
		switch a.Type {
		case TypeWaitUntil:
			*p = rapid.SampledFrom([]Path{{When: is("vip", "<yes>")}, {At: "event.at"}, {After: "2d"}}).Draw(t, "wait")
		case TypeRandomSplit:
			p.When, p.Percent = nil, rapid.IntRange(0, 100).Draw(t, "percent")
		}
		p.Name = fmt.Sprintf("P%d", i)
	}
}

func TestParseReadsWhatJSONWrites(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := Export(campaign(t))
		text, err := d.JSON()
		if err != nil {
			t.Fatal(err)
		}
		back, err := Parse(text)
		if err != nil {
			t.Fatalf("%v in\n%s", err, text)
		}
		if !reflect.DeepEqual(back, d) {
			t.Fatalf("got\n%+v\nfrom\n%s", back, text)
		}
		var stored Campaign
		compact, _ := json.Marshal(d.Campaign)
		if err := json.Unmarshal(compact, &stored); err != nil || !equal(stored, d.Campaign) {
			t.Fatalf("%v from\n%s", err, compact)
		}
	})
}

func TestEveryJourneyEnds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := campaign(t)
		who := person{"path": rapid.SampledFrom([]string{"", "0", "1"}).Draw(t, "path"), "vip": rapid.SampledFrom([]string{"", "<yes>"}).Draw(t, "vip")}
		p, err := Index(c)
		if err != nil {
			t.Fatal(err)
		}
		trail := walk(p, who)
		if end := trail[len(trail)-1]; !slices.Contains([]string{Finished, Exited, "for ever"}, end) {
			t.Fatalf("%s: %s", show(c), trail)
		}
		order := positions(c, nil).order
		last := -1
		for _, key := range trail[:len(trail)-1] {
			if key == "wait" {
				continue
			}
			i := slices.IndexFunc(order, func(a Action) bool { return a.Key == strings.TrimPrefix(key, "-") })
			if i <= last {
				t.Fatalf("%s goes back to %s: %s", show(c), key, trail)
			}
			last = i
		}
	})
}

func TestMoveUpAndDownAreInverse(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := tree("first " + line(t))
		a := rapid.SampledFrom(slices.Collect(All(c.Actions))).Draw(t, "action")
		if up, err := MoveUp(c, a.Key); err == nil {
			back, err := MoveDown(up, a.Key)
			if err != nil || show(back) != show(c) {
				t.Fatalf("up and down from %s: %s, then %s, %v", show(c), show(up), show(back), err)
			}
		}
		if down, err := MoveDown(c, a.Key); err == nil {
			back, err := MoveUp(down, a.Key)
			if err != nil || show(back) != show(c) {
				t.Fatalf("down and up from %s: %s, then %s, %v", show(c), show(down), show(back), err)
			}
		}
	})
}

// places is every gap of the tree.
func places(c Campaign) []Place {
	all := []Place{{}}
	for a := range All(c.Actions) {
		all = append(all, Place{After: a.Key})
		for i := range a.paths() {
			all = append(all, Place{Parent: a.Key, Path: i})
		}
	}
	return all
}

func TestInsertAndDeleteIsIdentity(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := tree(line(t))
		before := show(c)
		at := rapid.SampledFrom(places(c)).Draw(t, "place")
		if p, err := ParsePlace(at.String()); err != nil || p != at {
			t.Fatalf("%v is written %s", at, at)
		}
		with, err := Insert(c, at, tree("x[y|z] w").Actions...)
		if err != nil {
			t.Fatal(err)
		}
		if len(keysIn(with)) != len(keysIn(c))+4 {
			t.Fatalf("%s became %s", before, show(with))
		}
		without, err := Delete(with, []string{"w", "y", "x"})
		if err != nil || show(without) != before || show(c) != before {
			t.Fatalf("%s became %s, then %s, %v", before, show(with), show(without), err)
		}
	})
}

// keysIn is the keys of all actions.
func keysIn(c Campaign) (keys []string) {
	for a := range All(c.Actions) {
		keys = append(keys, a.Key)
	}
	return keys
}

func TestMoveLosesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := tree("first " + line(t))
		keys := rapid.SliceOfN(rapid.SampledFrom(keysIn(c)), 1, 4).Draw(t, "keys")
		got, err := Move(c, keys, rapid.SampledFrom(places(c)).Draw(t, "place"))
		if err != nil && !strings.Contains(err.Error(), "into itself") {
			t.Fatal(err)
		}
		was, is := keysIn(c), keysIn(got)
		slices.Sort(was)
		slices.Sort(is)
		if !slices.Equal(was, is) {
			t.Fatalf("%s became %s", show(c), show(got))
		}
	})
}

func TestCopyHasNewKeysAndTheSameShape(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		from, into := tree("first "+line(t)), tree(line(t))
		picked := rapid.SliceOfN(rapid.SampledFrom(keysIn(from)), 1, 4).Draw(t, "picked")
		copied := Copy(from.Actions, picked, &into, fieldnotes)
		want := slices.Collect(All(func() (tops []Action) { without(from.Clone().Actions, picked, &tops); return tops }()))
		got := slices.Collect(All(copied))
		if len(got) != len(want) {
			t.Fatalf("%s of %s: %s", picked, show(from), showList(copied))
		}
		taken := keysOf(into.Actions)
		for i, a := range got {
			if taken[a.Key] {
				t.Fatalf("%s is taken in %s: %s", a.Key, show(into), showList(copied))
			}
			taken[a.Key] = true
			if a.Type != want[i].Type || len(a.paths()) != len(want[i].paths()) || a.Origin.Action != want[i].Key {
				t.Fatalf("%s of %s: %s", picked, show(from), showList(copied))
			}
		}
		if _, err := Insert(into, rapid.SampledFrom(places(into)).Draw(t, "place"), Detach(copied)...); err != nil && err.Error() != tooDeep {
			t.Fatal(err)
		}
	})
}

func TestResumeLandsSomewhere(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		old, new := tree("first "+line(t)), tree(line(t))
		before, err := Index(old)
		after, err2 := Index(new)
		if err != nil || err2 != nil {
			t.Fatal(err, err2)
		}
		at := rapid.SampledFrom(keysIn(old)).Draw(t, "at")
		key, ok := Resume(before, after, at)
		_, there := after.Action(key)
		if ok != there || ok != (key != "") {
			t.Fatalf("%s in %s to %s: %q, %t", at, show(old), show(new), key, ok)
		}
		if _, stays := after.Action(at); stays && key != at {
			t.Fatalf("%s is in %s, but goes to %s", at, show(new), key)
		}
	})
}

// What a diff tells is enough to know which actions to look at.
func TestDiffNamesEachDifference(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		old, new := tree(line(t)), tree(line(t))
		kinds := map[string]ChangeKind{}
		for _, c := range Diff(old, new) {
			if c.Kind != Changed {
				kinds[c.Key] = c.Kind
			}
		}
		for _, key := range keysIn(new) {
			if _, was := Find(old, key); was == (kinds[key] == Added) {
				t.Fatalf("%s from %s to %s is %q", key, show(old), show(new), kinds[key])
			}
		}
		for _, key := range keysIn(old) {
			if _, stays := Find(new, key); stays == (kinds[key] == Removed) {
				t.Fatalf("%s from %s to %s is %q", key, show(old), show(new), kinds[key])
			}
		}
		if got := Diff(old, old); got != nil {
			t.Fatalf("%s differs from itself: %v", show(old), got)
		}
	})
}
