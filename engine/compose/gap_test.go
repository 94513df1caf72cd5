package compose

import (
	"errors"
	"net/mail"
	"slices"
	"strings"
	"testing"
)

func TestPreviewMarksWhatIsMissing(t *testing.T) {
	tmpl := hello()
	tmpl.Subject = "Hi {{ customer.nope }}"
	tmpl.Layout = "<head><title>{{ customer.nope }}</title></head><body>{{content}}</body>"
	tmpl.Body = "<p title=\"{{ customer.nope }}\">Hi {{ customer.nope }}</p>\n<p>{{ customer.first_name }} {{ customer.gone }} {{ customer.nope }}</p>"
	m, err := Preview(tmpl, person())
	if m.Subject != "Hi ⟦customer.nope⟧" || m.To == nil {
		t.Errorf("subject %q to %v", m.Subject, m.To)
	}
	const want = "<head><title>⟦customer.nope⟧</title></head><body><p title=\"⟦customer.nope⟧\">Hi <mark>⟦customer.nope⟧</mark></p>\n<p>Ann <mark>⟦customer.gone⟧</mark> <mark>⟦customer.nope⟧</mark></p></body>"
	if m.HTML != want {
		t.Errorf("HTML is\n%s\nwant\n%s", m.HTML, want)
	}
	var all Errors
	if !errors.As(err, &all) {
		t.Fatal(err)
	}
	var said []string
	for _, e := range all {
		name, _, _ := strings.Cut(e.Message, " ")
		said = append(said, e.Field+" "+name)
	}
	if want := []string{"subject customer.nope", "body customer.nope", "body customer.gone", "layout customer.nope"}; !slices.Equal(said, want) {
		t.Errorf("it says %q, want %q", said, want)
	}
	if m, err := Email(tmpl, person(), Links{}); err == nil || m.HTML != "" {
		t.Error("a message with gaps may go out")
	}
}

func TestMarksCannotBeMarkup(t *testing.T) {
	tmpl := hello()
	tmpl.Body = `<p>{{ customer.nope | append: "" | default: nil }} {{ customer["<b>"] }}</p>`
	m, err := Preview(tmpl, person())
	if err == nil || strings.Contains(m.HTML, "<b>") {
		t.Errorf("%v: %s", err, m.HTML)
	}
}

func TestWritten(t *testing.T) {
	for want, a := range map[string]*mail.Address{
		"":                              nil,
		"a@b.test":                      {Address: "a@b.test"},
		"Žofie <a@b.test>":              {Name: "Žofie", Address: "a@b.test"},
		"Mia from Acme <a@b.test>":      {Name: "Mia from Acme", Address: "a@b.test"},
		`"Evil, Inc." <a@b.test>`:       {Name: "Evil, Inc.", Address: "a@b.test"},
		`"ceo@big.test <x>" <a@b.test>`: {Name: "ceo@big.test <x>", Address: "a@b.test"},
		`"say \"hi\"" <a@b.test>`:       {Name: `say "hi"`, Address: "a@b.test"},
	} {
		if got := Written(a); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}
