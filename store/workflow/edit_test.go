package workflow

import (
	"strings"
	"testing"
)

func TestInsert(t *testing.T) {
	for _, test := range []struct{ tree, at, want string }{
		{"", "start", "x y~"},
		{"a b", "start", "x y~ a b"},
		{"a b", "after:a", "a x y~ b"},
		{"a b", "after:b", "a b x y~"},
		{"a s[b|c] d", "after:s", "a s[b|c] x y~ d"},
		{"a s[b|c] d", "after:c", "a s[b|c x y~] d"},
		{"a s[b|c] d", "path:s:0", "a s[x y~ b|c] d"},
		{"s[t[|]|]", "path:t:1", "s[t[|x y~]|]"},
	} {
		c := tree(test.tree)
		got, err := Insert(c, placeOf(t, test.at), tree("x y~").Actions...)
		if err != nil || show(got) != test.want {
			t.Errorf("insert %s in %s: %s, %v; want %s", test.at, test.tree, show(got), err, test.want)
		}
		if show(c) != test.tree {
			t.Errorf("insert %s changed its argument to %s", test.at, show(c))
		}
	}
}

func TestInsertRefuses(t *testing.T) {
	c := tree("a s[b|c]")
	for _, test := range []struct{ at, tree, want string }{
		{"after:zzz", "x", ErrNoAction.Message},
		{"path:zzz:0", "x", ErrNoAction.Message},
		{"path:a:0", "x", ErrNoPath.Message},
		{"path:s:2", "x", ErrNoPath.Message},
		{"start", "b", `The key "b" is taken. Each action needs its own.`},
		{"start", strings.Repeat("x[", 21) + strings.Repeat("|]", 21), `The key "x" is taken. Each action needs its own.`},
	} {
		got, err := Insert(c, placeOf(t, test.at), tree(test.tree).Actions...)
		wantError(t, err, test.want)
		if !equal(got, c) {
			t.Errorf("insert %s: changed to %s", test.at, show(got))
		}
	}
}

func TestInsertGivesKeys(t *testing.T) {
	exit := Action{Type: TypeExit}
	branch := Action{Type: TypeBranch, Branch: &Branch{Paths: []Path{{Actions: []Action{exit}}, {Actions: []Action{exit}}}}}
	got, err := Insert(tree("exit!"), Place{}, branch, exit)
	if want := "branch[exit-2!|exit-3!] exit-4! exit!"; err != nil || show(got) != want {
		t.Errorf("%s, %v; want %s", show(got), err, want)
	}
	if branch.Key != "" || branch.Branch.Paths[0].Actions[0].Key != "" {
		t.Error("the argument was changed")
	}
}

func TestLimits(t *testing.T) {
	full := tree(strings.Repeat("x ", 1))
	for len(full.Actions) < MaxActions {
		full.Actions = append(full.Actions, Action{Key: NewKey(full, "x"), Type: TypeExit})
	}
	_, err := Insert(full, Place{}, Action{Type: TypeExit})
	wantError(t, err, tooMany)
	_, _, err = Duplicate(full, "x")
	wantError(t, err, tooMany)

	deep := Campaign{}
	for i := range MaxNesting {
		at := Place{}
		if i > 0 {
			at = Place{Parent: keyN(i - 1)}
		}
		var err error
		deep, err = Insert(deep, at, Action{Key: keyN(i), Type: TypeBranch, Branch: &Branch{Paths: []Path{{}, {}}}})
		if err != nil {
			t.Fatal(err)
		}
	}
	_, err = Insert(deep, Place{Parent: keyN(MaxNesting - 1)}, tree("s[|]").Actions...)
	wantError(t, err, tooDeep)
}

func keyN(i int) string { return "b" + string(rune('a'+i)) }

func TestMove(t *testing.T) {
	for _, test := range []struct{ tree, keys, to, want string }{
		{"a b c", "c", "start", "c a b"},
		{"a b c", "a", "after:c", "b c a"},
		{"a b c", "c a", "after:b", "b a c"}, // in the order of the tree
		{"a b c", "b", "after:b", "a b c"},   // nowhere
		{"a b c", "b", "after:a", "a b c"},
		{"a s[b|c] d", "d", "path:s:1", "a s[b|d c]"},
		{"a s[b|c] d", "b", "after:d", "a s[|c] d b"},
		{"a s[b|c] d", "s b", "start", "s[b|c] a d"}, // b goes with s
		{"a s[b|c] d", "a d", "after:b", "s[b a d|c]"},
		{"s[t[a|b]|c]", "t", "path:s:1", "s[|t[a|b] c]"},
	} {
		c := tree(test.tree)
		got, err := Move(c, strings.Fields(test.keys), placeOf(t, test.to))
		if err != nil || show(got) != test.want {
			t.Errorf("move %s of %s to %s: %s, %v; want %s", test.keys, test.tree, test.to, show(got), err, test.want)
		}
		if show(c) != test.tree {
			t.Errorf("move changed its argument to %s", show(c))
		}
	}
	c := tree("a s[t[b|c]|d]")
	for _, to := range []string{"path:s:0", "after:b", "path:t:1", "after:t"} {
		_, err := Move(c, []string{"s"}, placeOf(t, to))
		wantError(t, err, "“Branch · 2 paths” cannot be moved into itself. Choose a place outside of it.")
	}
	_, err := Move(c, []string{"a", "zzz"}, Place{})
	wantError(t, err, ErrNoAction.Message)
	_, err = Move(c, []string{"a"}, Place{After: "zzz"})
	wantError(t, err, ErrNoAction.Message)
}

// From the last place to the first: MoveUp goes down this list, MoveDown up.
func TestMoveUpAndDown(t *testing.T) {
	walk := []string{
		"a s[b|c|] d x",
		"a s[b|c|] x d",
		"a s[b|c|x] d",
		"a s[b|c x|] d",
		"a s[b|x c|] d",
		"a s[b x|c|] d",
		"a s[x b|c|] d",
		"a x s[b|c|] d",
		"x a s[b|c|] d",
	}
	for i := range walk[1:] {
		up, err := MoveUp(tree(walk[i]), "x")
		if err != nil || show(up) != walk[i+1] {
			t.Errorf("up from %s: %s, %v; want %s", walk[i], show(up), err, walk[i+1])
		}
		down, err := MoveDown(tree(walk[i+1]), "x")
		if err != nil || show(down) != walk[i] {
			t.Errorf("down from %s: %s, %v; want %s", walk[i+1], show(down), err, walk[i])
		}
	}
	_, err := MoveUp(tree("x a"), "x")
	wantError(t, err, "This action comes first already.")
	_, err = MoveDown(tree("a s[x|y]"), "s")
	wantError(t, err, "This action comes last already.")
	_, err = MoveUp(tree("a"), "zzz")
	wantError(t, err, ErrNoAction.Message)
	_, err = MoveDown(tree("a"), "")
	wantError(t, err, ErrNoAction.Message)
}

func TestDelete(t *testing.T) {
	for _, test := range []struct{ tree, keys, want string }{
		{"a b c", "b", "a c"},
		{"a s[b|c] d", "s", "a d"},
		{"a s[b|c] d", "s c a", "d"},
		{"a s[b|c] d", "b c", "a s[|] d"},
		{"a", "a", ""},
	} {
		got, err := Delete(tree(test.tree), strings.Fields(test.keys))
		if err != nil || show(got) != test.want {
			t.Errorf("delete %s of %s: %s, %v; want %s", test.keys, test.tree, show(got), err, test.want)
		}
	}
	_, err := Delete(tree("a"), []string{"zzz"})
	wantError(t, err, ErrNoAction.Message)
}

func TestReplace(t *testing.T) {
	c := tree("a s[b@|c]")
	b, ok := Find(c, "b")
	if !ok {
		t.Fatal("b is not found")
	}
	b.Email.Subject = "New"
	got, err := Replace(c, b)
	if err != nil {
		t.Fatal(err)
	}
	if new, _ := Find(got, "b"); new.Email.Subject != "New" {
		t.Errorf("subject %q", new.Email.Subject)
	}
	if old, _ := Find(c, "b"); old.Email.Subject != "b" {
		t.Error("the argument was changed")
	}
	b.Email.Subject = "Newer"
	if new, _ := Find(got, "b"); new.Email.Subject != "New" {
		t.Error("the result shares memory with the action")
	}
	s, _ := Find(c, "s")
	s.Branch.Paths[1].Actions = tree("a").Actions
	_, err = Replace(c, s)
	wantError(t, err, `The key "a" is taken. Each action needs its own.`)
	_, err = Replace(c, Action{Key: "zzz", Type: TypeExit})
	wantError(t, err, ErrNoAction.Message)
}

func TestDuplicate(t *testing.T) {
	c := tree("a s[b@|c] d-2@")
	got, key, err := Duplicate(c, "s")
	if want := "a s[b@|c] s-2[b-2@|c-2] d-2@"; err != nil || key != "s-2" || show(got) != want {
		t.Errorf("%s, %s, %v; want %s", show(got), key, err, want)
	}
	if b, _ := Find(got, "b-2"); b.Email.Sending != Draft || b.Origin != nil {
		t.Errorf("copied email %+v, origin %v", b.Email, b.Origin)
	}
	got, key, err = Duplicate(got, "d-2")
	if d, _ := Find(got, key); err != nil || key != "d" || d.Name != "d-2 copy" {
		t.Errorf("%s, %v, %q", key, err, d.Name)
	}
	_, _, err = Duplicate(c, "zzz")
	wantError(t, err, ErrNoAction.Message)
}
