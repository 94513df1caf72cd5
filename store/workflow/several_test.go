package workflow

import (
	"slices"
	"testing"
)

func severalOf(t *testing.T) Campaign {
	t.Helper()
	c, err := Insert(Campaign{Name: "Several"}, Place{},
		Action{Key: "one", Type: TypeDelay, Name: "One", Delay: &Delay{Duration: "1d"}},
		Action{Key: "split", Type: TypeBranch, Name: "Split", Branch: &Branch{Paths: []Path{
			{Name: "Yes", Actions: []Action{
				{Key: "mail", Type: TypeEmail, Name: "Mail", Email: &Email{Sending: Automatic}},
				{Key: "out", Type: TypeExit},
			}},
			{Name: "No"},
		}}},
		Action{Key: "two", Type: TypeDelay, Delay: &Delay{Duration: "2d"}})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func keyOrder(c Campaign) (keys []string) {
	for a := range All(c.Actions) {
		keys = append(keys, a.Key)
	}
	return keys
}

func TestSeveralAreDuplicatedBehindTheLast(t *testing.T) {
	c := severalOf(t)
	got, first, err := DuplicateAll(c, []string{"mail", "one", "split"})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"one", "split", "mail", "out", "one-2", "split-2", "mail-2", "out-2", "two"}
	if keys := keyOrder(got); !slices.Equal(keys, want) || first != "one-2" {
		t.Errorf("keys %q, first %s; want %q", keys, first, want)
	}
	twin, _ := Find(got, "mail-2")
	if twin.Sending() != Draft || twin.Name != "Mail" {
		t.Errorf("the message inside the copy is %q and %s", twin.Name, twin.Sending())
	}
	if one, _ := Find(got, "one-2"); one.Name != "One copy" {
		t.Errorf("the copy is called %q", one.Name)
	}
	for _, none := range [][]string{nil, {"gone"}} {
		if _, _, err := DuplicateAll(c, none); err == nil {
			t.Errorf("%q was duplicated", none)
		}
	}
}

func TestWhereAnActionStands(t *testing.T) {
	c := severalOf(t)
	for key, want := range map[string]string{"one": "1 of 3", "out": "2 of 2 in “Yes” of “Split”", "gone": ""} {
		if got := Where(c, key); got != want {
			t.Errorf("%s stands %q, want %q", key, got, want)
		}
	}
}
