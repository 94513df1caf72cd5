package workflow

import (
	"strings"
	"testing"

	"github.com/postroom/postroom/store/condition"
)

func TestUpdate(t *testing.T) {
	for _, test := range []struct{ from, picked, into, at, want string }{
		{"a b", "a b", "x", "after:x", "x a b"},
		{"s[a|b]", "s", "x", "after:x", "x s[a|b]"},
	} {
		into := tree(test.into)
		at, err := ParsePlace(test.at)
		if err != nil {
			t.Fatal(err)
		}
		from := tree(test.from)
		first, err := Update(into, at, Copy(from.Actions, strings.Fields(test.picked), &into, fieldnotes), Before{})
		if err != nil || show(first) != test.want {
			t.Fatalf("the first update of %s made %s, want %s (%v)", test.into, show(first), test.want, err)
		}
		again, err := Update(first, at, Copy(from.Actions, strings.Fields(test.picked), &first, fieldnotes), Before{})
		if err != nil || show(again) != test.want {
			t.Errorf("the second update of %s made %s (%v)", test.want, show(again), err)
		}
	}
}

func TestUpdateKeepsPlacesAndWhatWasAdded(t *testing.T) {
	from := tree("a s[b|c] d")
	into := tree("x")
	c, err := Insert(into, Place{After: "x"}, Copy(from.Actions, []string{"a", "s"}, &into, fieldnotes)...)
	if err != nil {
		t.Fatal(err)
	}
	if c, err = Move(c, []string{"c", "a"}, Place{}); err != nil { // somebody moves what came,
		t.Fatal(err)
	}
	if c, err = Insert(c, Place{Parent: "s"}, Action{Key: "own", Type: TypeExit}); err != nil { // and adds to it
		t.Fatal(err)
	}
	if got := show(c); got != "a c x s[own! b|]" {
		t.Fatalf("before: %s", got)
	}
	from = tree("a s[b e|c f] d") // meanwhile the source grows
	from.Actions[0].Name = "Another name"
	got, err := Update(c, Place{After: "x"}, Copy(from.Actions, []string{"a", "s", "d"}, &c, fieldnotes), Before{})
	if err != nil {
		t.Fatal(err)
	}
	if show(got) != "a c x d s[own! b e|f]" || got.Actions[0].Name != "Another name" {
		t.Errorf("after: %s %q", show(got), got.Actions[0].Name)
	}
}

func TestUpdateKeepsPathsThatWereAdded(t *testing.T) {
	is := func(plan string) *condition.Condition {
		return &condition.Condition{Attribute: &condition.Attribute{Field: "plan", Operator: "eq", Value: []byte(`"` + plan + `"`)}}
	}
	was := []Path{{Name: "Pro", When: is("pro")}, {Name: "Own", When: is("own"), Actions: []Action{{Key: "x"}}}, {Name: "Rest", Actions: []Action{{Key: "y"}}}}
	now := []Path{{Name: "Team", When: is("team")}, {Name: "Everyone else"}}
	var names []string
	for _, p := range mergePaths(TypeBranch, was, now, true) {
		names = append(names, p.Name+showList(p.Actions))
	}
	if got := strings.Join(names, " "); got != "Team Ownx Everyone elsey" {
		t.Errorf("paths %q", got)
	}
}

func TestUpdateAsksAboutTheMessageThatIsHere(t *testing.T) {
	from := tree("a@ b")
	from.Actions[1].Condition = &condition.Condition{Message: &condition.Message{Metric: "opened", Action: "a"}}
	into := tree("a")
	c, err := Insert(into, Place{}, Copy(from.Actions, []string{"a", "b"}, &into, fieldnotes)...)
	if err != nil {
		t.Fatal(err)
	}
	got, err := Update(c, Place{}, Copy(from.Actions, []string{"a", "b"}, &c, fieldnotes), Before{})
	if err != nil {
		t.Fatal(err)
	}
	if b, _ := Find(got, "b"); show(got) != show(c) || b.Condition.Message.Action != "a-2" {
		t.Errorf("%s asks about %q", show(got), b.Condition.Message.Action)
	}
}

func TestFallback(t *testing.T) {
	for text, want := range map[string]Fallback{
		"Hi": NotShown,
		"{% if customer.plan == 'pro' %}Hi{% endif %}":                NotShown,
		"Hi {{ customer.plan | default: 'there' }}":                   Covered,
		"Hi {{ customer.plan }}":                                      Bare,
		"{{customer.plan | default: 'x'}} {{customer.plan | upcase}}": Bare,
		"{{customer.other}} {{customer.plan | default: 'x'}}":         Covered,
		"{{customer.plan":                                            NotShown,
		"{% assign p = customer.plan %}{{ p }}":                      Bare,
		"{% assign p = customer.plan | default: 'x' %}{{ p }}":       Covered,
		"{% assign customer = event.who %}{{ customer.plan }}":       NotShown,
		"{% for plan in customer.plans %}{{ plan }}{% endfor %}":     NotShown,
		"{{ customer.plan | json }}":                                 Covered,
		"{{ 'default' }} {{ customer.plan | upcase }}":               Bare,
		"{{ 'default' | append: customer.plan }}":                    Bare,
		"{% if customer.plan %}{{ customer.plan }}":                  Bare,
		"{{ event.plan }} {{ customer.plan | nope | default: 'x' }}": Covered,
		"{{ customer['plan'] }}":                                     Bare,
	} {
		actions := []Action{{Type: TypeEmail, Email: &Email{Body: text}}}
		var got Fallback
		for _, d := range Dependencies(actions) {
			if d.Kind == NeedsAttribute && d.Name == "plan" {
				got = d.Fallback
			}
		}
		if got != want {
			t.Errorf("%s: %d, want %d", text, got, want)
		}
	}
}
