package workflow

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// changes is what a diff says, in lines: kind, key, words.
func changes(old, new Campaign) string {
	var lines []string
	for _, c := range Diff(old, new) {
		if c.Key == "" {
			c.Key = c.Name
		}
		lines = append(lines, fmt.Sprintf("%s %s: %s", c.Kind, c.Key, c.Words))
	}
	return strings.Join(lines, "\n")
}

func TestDiffOfTheTree(t *testing.T) {
	for _, test := range []struct{ old, new, want string }{
		{"a s[b|c] d", "a s[b|c] d", ""},
		{"", "a@", "added a: Email"},
		{"a@ b~", "b~", "removed a: Email"},
		{"a@ b@ c@", "c@ a@ b@", "moved c: at the start"}, // one moved, not two
		{"a@ b@ c@ d@", "b@ c@ d@ a@", "moved a: after “d”"},
		{"a@ s[b@|]", "s[b@|a@]", "moved a: at the start of “P1” in “Branch · 2 paths”"},
		{"s[a@|] b@", "a@ b@", "moved a: at the start\nremoved s: Branch"},
		{"a@ b@", "s[a@|] b@", "added s: Branch\nmoved a: at the start of “P0” in “Branch · 2 paths”"},
		{"a@ b@", "x@ b@ a@", "added x: Email\nmoved a: after “b”"},
		{"s[a@ b@|c@]", "s[b@|c@]", "removed a: Email"},
	} {
		if got := changes(tree(test.old), tree(test.new)); got != test.want {
			t.Errorf("%s to %s:\n%s\nwant\n%s", test.old, test.new, got, test.want)
		}
	}
}

func TestDiffOfFields(t *testing.T) {
	old := tree("a@ w% d~ u s[b|c] x!")
	at := func(c Campaign, key string) *Action {
		s, err := c.at(key)
		if err != nil {
			t.Fatal(err)
		}
		return &(*s.list)[s.index]
	}
	for _, test := range []struct {
		change func(c *Campaign)
		want   string
	}{
		{func(c *Campaign) { at(*c, "a").Email.Subject = "x" }, "changed a: subject"},
		{func(c *Campaign) {
			e := at(*c, "a").Email
			e.Sending, e.From, e.To, e.ReplyTo, e.Preheader, e.Body, e.Text, e.Layout = Off, "x", "x", "x", "x", "x", "x", "x"
		}, "changed a: sending, from, to, reply to, preheader, body, text and layout"},
		{func(c *Campaign) { at(*c, "a").Name = "x"; at(*c, "a").Condition = is("x", "y") }, "changed a: name and condition"},
		{func(c *Campaign) {
			at(*c, "w").Webhook = &Webhook{Sending: Off, Method: "GET", URL: "x", Headers: []Header{{"A", "b"}}, Body: "c"}
		}, "changed w: sending, method, URL, headers and body"},
		{func(c *Campaign) { at(*c, "d").Delay.Duration = "3d" }, "changed d: duration (wait 1 day before, wait 3 days now)"},
		{func(c *Campaign) { at(*c, "u").UpdatePerson.Set["at"] = true }, "changed u: attributes"},
		{func(c *Campaign) { at(*c, "s").Branch.Paths[0].When = is("x", "y") }, "changed s: paths"},
		{func(c *Campaign) { at(*c, "s").Branch.Paths[0].Name = "Renamed" }, "changed s: paths"},
		{func(c *Campaign) { *at(*c, "x") = Action{Key: "x", Type: TypeDelay, Delay: &Delay{"1d"}} }, "changed x: type"},
		{func(c *Campaign) { at(*c, "x").Origin = &Origin{At: time.Now()} }, ""},
		{func(c *Campaign) { c.Name, c.Exit = "New", ExitGoal }, "changed Name: New\nchanged Exit: When the goal is met"},
		{func(c *Campaign) { c.Goal = &Goal{Event: "bought", Within: "7d"} }, "changed Goal: Does “bought” within 1 week"},
		{func(c *Campaign) { c.Trigger.Filter = is("plan", "pro") }, `changed Trigger: Does “signed_up” where plan is "pro"`},
		{func(c *Campaign) { c.Frequency = Frequency{Repeat: true, Every: "7d"} }, "changed Frequency: On each match, at most once in 1 week"},
	} {
		new := old.Clone()
		test.change(&new)
		if got := changes(old, new); got != test.want {
			t.Errorf("got  %s\nwant %s", got, test.want)
		}
	}
}

// Actions stay where they are when their path is renamed or moved.
func TestDiffKnowsPaths(t *testing.T) {
	old := tree("s[a@|b@|c@]")
	moved, err := MovePath(old, "s", 0, 1)
	if err != nil {
		t.Fatal(err)
	}
	if got := changes(old, moved); got != "changed s: paths" {
		t.Errorf("moved path: %s", got)
	}
	removed, err := RemovePath(old, "s", 0)
	if err != nil {
		t.Fatal(err)
	}
	if got := changes(old, removed); got != "changed s: paths\nremoved a: Email" {
		t.Errorf("removed path: %s", got)
	}
	swapped, err := SwapPaths(old, "s", 0, 1)
	if err != nil {
		t.Fatal(err)
	}
	if got := changes(old, swapped); strings.Count(got, "moved ") != 2 {
		t.Errorf("swapped paths: %s", got)
	}
}
