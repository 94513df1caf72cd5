package identity

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

var (
	someIDs    = []string{"1", "2", "3", "a@x.com"}
	someEmails = []string{"a@x.com", "A@X.com", "b@x.com", "c@bücher.example", "c@xn--bcher-kva.example", "d@x"}
)

func drawBody(t *rapid.T) (b Body) {
	pick := func(name string, from []string) *string {
		if !rapid.Bool().Draw(t, "has "+name) {
			return nil
		}
		v := rapid.SampledFrom(append([]string{""}, from...)).Draw(t, name)
		return &v
	}
	return Body{ID: pick("id", someIDs), Email: pick("email", someEmails), CioID: pick("cio_id", []string{"1", "2"})}
}

func drawPolicy(t *rapid.T) Policy {
	return Policy{
		Mode:      rapid.SampledFrom(Modes).Draw(t, "mode"),
		EmailByID: rapid.Bool().Draw(t, "email by id"),
		AutoMerge: rapid.Bool().Draw(t, "auto-merge"),
	}
}

// Whatever the calls, nobody shares an identifying value, nobody is lost, and
// whoever exists can be named.
func TestIdentifiersStayUnique(t *testing.T) {
	paths := slices.Concat(someIDs, someEmails, []string{"cio_1", "cio_2", "cio_3", "cio_99", "cio_a-b", ""})
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld(drawPolicy(t))
		for range rapid.IntRange(1, 25).Draw(t, "calls") {
			path := rapid.SampledFrom(paths).Draw(t, "path")
			b, updateOnly := drawBody(t), rapid.Bool().Draw(t, "update only")
			before, count := w.String(), len(w.people)
			d := w.call(path, b, updateOnly)

			grown := map[Outcome]int{Create: 1, Merge: -1}[d.Outcome]
			if len(w.people) != count+grown {
				t.Fatalf("%s: %d people became %d", outcomes[d.Outcome], count, len(w.people))
			}
			if (d.Outcome == Drop || d.Outcome == Reject) && (w.String() != before || d.Reason == "" || d.Target != nil) {
				t.Fatalf("%s changed %s to %s, %+v", outcomes[d.Outcome], before, w, d)
			}
			if updateOnly && d.Outcome == Create {
				t.Fatalf("created %s", w)
			}
			w.mustBeSound(t)
			w.mustBeSettled(t, path, b, d)
		}
	})
}

func (w *world) mustBeSound(t *rapid.T) {
	seen := map[string]bool{}
	for _, p := range w.people {
		var names []string
		if p.ID != "" && w.policy.Mode.ID() {
			names = append(names, "id "+p.ID)
		}
		if p.Email != "" && w.policy.Mode.Email() {
			names = append(names, "email "+keyOrNone(p.Email))
		}
		if len(names) == 0 || p.ID != "" && !w.policy.Mode.ID() {
			t.Fatalf("%+v in mode %s", *p, w.policy.Mode)
		}
		for _, name := range names {
			if seen[name] {
				t.Fatalf("two people have the %s: %s", name, w)
			}
			seen[name] = true
		}
	}
}

// mustBeSettled repeats a call, which must change nothing more and fail in the same way.
func (w *world) mustBeSettled(t *rapid.T, path string, b Body, d Decision) {
	if d.Outcome == Drop || d.Outcome == Reject {
		return
	}
	again := w.call(path, b, false)
	if again.Outcome != Update || again.SetID != nil || again.SetEmail != nil {
		t.Fatalf("%s %s, then %s %s: %s", outcomes[d.Outcome], path, outcomes[again.Outcome], path, w)
	}
	if names := func(d Decision) string { return fmt.Sprint(d.Failures) }; names(d) != names(again) {
		t.Fatalf("failed with %v, then with %v", d.Failures, again.Failures)
	}
}

// Without cio_id and without permission to change emails, an identifier that
// is set stays.
func TestSetIdentifiersStay(t *testing.T) {
	paths := slices.Concat(someIDs, someEmails)
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld(Policy{Mode: EmailOrID, AutoMerge: rapid.Bool().Draw(t, "auto-merge")})
		for range rapid.IntRange(1, 25).Draw(t, "calls") {
			before := map[int64]Person{}
			for _, p := range w.people {
				before[p.Key] = *p
			}
			w.call(rapid.SampledFrom(paths).Draw(t, "path"), drawBody(t), false)
			for _, p := range w.people {
				was := before[p.Key]
				if was.ID != "" && was.ID != p.ID || was.Email != "" && keyOrNone(was.Email) != keyOrNone(p.Email) {
					t.Fatalf("%+v became %+v", was, *p)
				}
			}
		}
	})
}

// What the form accepts is sound.
func TestFormKeepsIdentifiersUnique(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld(drawPolicy(t))
		for range rapid.IntRange(1, 15).Draw(t, "forms") {
			want := Person{
				ID:    rapid.SampledFrom(append([]string{"", "cio_1"}, someIDs...)).Draw(t, "id"),
				Email: rapid.SampledFrom(append([]string{"", " b@x.com "}, someEmails...)).Draw(t, "email"),
			}
			var current *Person
			if len(w.people) > 0 && rapid.Bool().Draw(t, "edit") {
				current = rapid.SampledFrom(w.people).Draw(t, "who")
			}
			found := Found{ByID: w.by(Ref{ID, want.ID}), ByEmail: w.by(Ref{Email, want.Email})}
			if len(DecideForm(w.policy, current, want, found)) > 0 {
				continue
			}
			if current == nil {
				w.add(Person{})
				current = w.people[len(w.people)-1]
			}
			current.ID, current.Email = want.ID, strings.TrimSpace(want.Email)
			w.mustBeSound(t)
		}
	})
}
