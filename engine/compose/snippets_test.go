package compose

import (
	"errors"
	"strings"
	"testing"
)

// shelf is a Snippets of these, which counts what is asked for.
func shelf(asked *int, all map[string]string) Snippets {
	return func(name string) (string, bool, error) {
		*asked++
		text, ok := all[name]
		if text == "broken" {
			return "", false, errors.New("the disk is gone")
		}
		return text, ok, nil
	}
}

func TestSnippets(t *testing.T) {
	asked := 0
	s := person()
	s["snippets"] = shelf(&asked, map[string]string{
		"hi": "Hi {{ customer.first_name }}", "my-sign": "{{ snippets.hi }}!", "two words": "2", "loop": "a{{ snippets.pool }}", "pool": "{{ snippets.loop }}",
		"self": "{{snippets.self}}", "bad": "x\n{{ a | nope }}", "lacks": "a\n{{ customer.nope }}", "set": "{% assign x = 'set' %}", "empty": "", "db": "broken",
	})
	for template, want := range map[string]string{
		"{{ snippets.hi }}": "Hi Ann",
		"{{ snippets['two words'] }} {{snippets.my-sign}}":          "2 Hi Ann!",
		"{{ snippets.hi | upcase }}":                                "HI ANN",
		"{% if snippets.hi contains 'Ann' %}yes{% endif %}":         "yes",
		"{% assign n = 'hi' %}{{ snippets[n] }}":                    "Hi Ann",
		"{{ snippets.set }}{{ x }}":                                 "set",
		"[{{ snippets.empty }}]":                                    "[]",
		"{% for i in (1..2) %}{{ snippets.hi }} {% endfor %}":       "Hi Ann Hi Ann ",
		"{{ snippets.none }}":                                       "!There is no snippet called “none” in this workspace. Create it, or take it out.",
		"{{ snippets.self }}":                                       "!The snippet “self” is inside of itself.",
		"{{ snippets.loop }}":                                       "!In the snippet “pool”, line 1: The snippet “loop” is inside of itself.",
		"{{ snippets.bad }}":                                        "!In the snippet “bad”, line 2: There is no filter called nope.",
		"{{ snippets.lacks }}":                                      "!In the snippet “lacks”, line 2: customer.nope is not set for this person. Add a default",
		"{{ snippets.db }}":                                         "!the disk is gone",
		"{% if false %}{{ snippets.none }}{% endif %}not asked for": "not asked for",
	} {
		got, err := String(template, s)
		if wrong, ok := strings.CutPrefix(want, "!"); ok {
			if err == nil || !strings.Contains(err.Error(), wrong) {
				t.Errorf("%s\ngives %q and %v\nwant  %s", template, got, err, wrong)
			}
		} else if err != nil || got != want {
			t.Errorf("%s\ngives %q and %v\nwant  %q", template, got, err, want)
		}
	}
	asked = 0
	if _, err := String("Hello {{ customer.first_name }}", s); err != nil || asked != 0 {
		t.Errorf("%v, and %d snippets were read for a message without any", err, asked)
	}
}

// Snippets are HTML in emails; the layout may name them, and a preview marks
// what is missing in them.
func TestSnippetsInEmails(t *testing.T) {
	asked := 0
	s := person()
	s["snippets"] = shelf(&asked, map[string]string{"footer": "<p>{% unsubscribe %}</p>", "name": "{{ customer.nope }} and {{ customer.nope }}"})
	letter := Template{From: "a@acme.test", To: "b@x.test", Subject: "Hi", Body: "<p>Body</p>", Layout: "{{content}}{{ snippets.footer }}"}
	m, err := Email(letter, s, Links{UnsubscribeURL: "https://x.test/u"})
	if err != nil || !strings.Contains(m.HTML, `<p><a class="untracked" href="https://x.test/u">Unsubscribe</a></p>`) {
		t.Errorf("%s %v", m.HTML, err)
	}
	letter.Body = "<p>{{ snippets.name }}</p>"
	m, err = Preview(letter, s)
	if all := (Errors)(nil); !errors.As(err, &all) || len(all) != 1 || all[0].Field != "body" || !strings.Contains(all[0].Message, "In the snippet “name”, line 1: customer.nope") {
		t.Errorf("%v", err)
	}
	if strings.Count(m.HTML, "<mark>⟦customer.nope⟧</mark>") != 2 {
		t.Error(m.HTML)
	}
	letter.Subject = "{{ snippets.none }}"
	found := SnippetsIn(letter)
	if len(found) != 3 || found[0].Field != "subject" || MissingSnippet(found[0]).Column != 4 {
		t.Errorf("%+v", found)
	}
}
