package workflow

import (
	"strings"
	"testing"
)

func placeOf(t *testing.T, s string) Place {
	t.Helper()
	p, err := ParsePlace(s)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestPaths(t *testing.T) {
	c := tree("s[a|b|c]")
	names := func(c Campaign) (all string) {
		for _, p := range c.Actions[0].Branch.Paths {
			all += p.Name + " "
		}
		return strings.TrimSpace(all) + " " + show(c)
	}
	added, err := AddPath(c, "s", "New", nil)
	if got := names(added); err != nil || got != "P0 P1 New P2 s[a|b||c]" {
		t.Errorf("add: %s, %v", got, err)
	}
	noElse, err := RemovePath(c, "s", 2)
	if got := names(noElse); err != nil || got != "P0 P1 s[a|b]" {
		t.Errorf("remove: %s, %v", got, err)
	}
	added, err = AddPath(noElse, "s", "Else", nil)
	if got := names(added); err != nil || got != "P0 P1 Else s[a|b|]" {
		t.Errorf("add else: %s, %v", got, err)
	}
	swapped, err := SwapPaths(c, "s", 0, 2)
	if got := names(swapped); err != nil || got != "P0 P1 P2 s[c|b|a]" {
		t.Errorf("swap: %s, %v", got, err)
	}
	moved, err := MovePath(c, "s", 0, 1)
	if got := names(moved); err != nil || got != "P1 P0 P2 s[b|a|c]" {
		t.Errorf("move: %s, %v", got, err)
	}
	if names(c) != "P0 P1 P2 s[a|b|c]" {
		t.Errorf("the argument became %s", names(c))
	}

	_, err = MovePath(c, "s", 0, 2)
	wantError(t, err, "“P2” stays last: it takes everyone else.")
	_, err = RemovePath(noElse, "s", 0)
	wantError(t, err, "A branch has 2 to 20 paths. Delete the whole action instead.")
	_, err = RemovePath(c, "s", 3)
	wantError(t, err, ErrNoPath.Message)
	_, err = SwapPaths(c, "s", -1, 0)
	wantError(t, err, ErrNoPath.Message)
	_, err = AddPath(c, "a", "New", nil)
	wantError(t, err, "Only actions at which people part have paths. Choose a branch.")
	_, err = AddPath(c, "zzz", "New", nil)
	wantError(t, err, ErrNoAction.Message)
	full := c
	for range MaxPaths - 3 {
		full, err = AddPath(full, "s", "More", is("x", "y"))
		if err != nil {
			t.Fatal(err)
		}
	}
	_, err = AddPath(full, "s", "One more", nil)
	wantError(t, err, pathCount(TypeBranch))
}

func TestPlace(t *testing.T) {
	c := tree("hello@ s[b|c]")
	for _, test := range []struct{ text, words string }{
		{"start", "at the start"},
		{"after:hello", "after “hello”"},
		{"after:b", "after “Update person · at = “b””"},
		{"path:s:1", "at the start of “P1” in “Branch · 2 paths”"},
		{"path:s:7", "at a place that is no longer there"},
		{"after:zzz", "at a place that is no longer there"},
	} {
		p := placeOf(t, test.text)
		if p.String() != test.text || p.Words(c) != test.words {
			t.Errorf("%s: %s, %s", test.text, p, p.Words(c))
		}
	}
	for _, bad := range []string{"", "start:", "start:x", "after", "after:", "after:a b", "path:s", "path:s:", "path:s:x", "path:s:-1", "path:s:20", "path::0", "before:a"} {
		if p, err := ParsePlace(bad); err == nil {
			t.Errorf("%q is %v", bad, p)
		}
	}
	if p := End(c); p.String() != "after:s" {
		t.Errorf("end %s", p)
	}
	if p := End(Campaign{}); p.String() != "start" {
		t.Errorf("end %s", p)
	}
}

func TestNewKey(t *testing.T) {
	c := tree("email@ email-2@ s[email-4@|step-9]")
	for base, want := range map[string]string{
		"email": "email-3", "email-2": "email-3", "delay": "delay", "Say hello!": "say-hello", "step-9": "step",
		"": "action", "  ": "action", "-7": "7", "Grüße": "grüße", strings.Repeat("x", 99): strings.Repeat("x", maxKey-9),
	} {
		if got := NewKey(c, base); got != want || !validKey(got) {
			t.Errorf("%q: %q, want %q", base, got, want)
		}
	}
}

func TestNewAction(t *testing.T) {
	c := tree("email@")
	for _, typ := range Types() {
		a, err := NewAction(c, typ)
		if err != nil {
			t.Fatal(err)
		}
		with, err := Insert(c, End(c), a)
		if err != nil || len(with.Actions) != 2 {
			t.Errorf("%s: %v", typ, err)
		}
		if a.Title() == "" || typ.Words() == string(typ) {
			t.Errorf("%s has no words", typ)
		}
	}
	_, err := NewAction(c, "fax")
	wantError(t, err, `"fax" is not an action this version knows. Use one of "email", "sms", "push", "slack", "webhook", "delay", "time_window", "wait_until", "branch", "random_split", "ab_test", "exit", "update_person", "update_journey", "send_event", "segment_update", "batch_update".`)
}
