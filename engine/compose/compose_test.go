package compose

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
)

func person() Scope {
	var attributes map[string]any
	d := json.NewDecoder(strings.NewReader(`{"email": "ann@example.com", "first_name": "Ann", "blank": " ", "visits": 3, "spent": 2.50,
		"card": 9007199254740993, "huge": 123456789012345678901234567890, "tags": ["a", "b"], "none": [], "nothing": null,
		"orders": [{"name": "Mug", "price": 9.5}, {"name": "Cup", "price": 7}], "address": {"city": "Oslo"}, "joined": 1700000000}`))
	d.UseNumber()
	if err := d.Decode(&attributes); err != nil {
		panic(err)
	}
	return Scope{
		"customer":    attributes,
		"event":       map[string]any{"plan": "pro"},
		"campaign":    map[string]any{"id": 7, "name": "Welcome", "type": "event"},
		"message":     map[string]any{"id": 1, "name": "Hello", "type": "email"},
		"delivery_id": "d1",
	}
}

func hello() Template {
	return Template{
		From:    "Acme <hi@acme.test>",
		To:      "{{customer.email}}",
		Subject: "Hi {{customer.first_name}}",
		Body:    "<p>Hello {{customer.first_name}}</p>",
	}
}

func TestEmail(t *testing.T) {
	tmpl := hello()
	tmpl.ReplyTo = "help@acme.test"
	tmpl.Preheader = "Good\n news & more"
	tmpl.Layout = `<!DOCTYPE html><html><head><title>{{message.subject}}</title></head><body class=x>{{content}}<a href="{% unsubscribe_url %}">Out</a></body></html>`
	tmpl.Body = `<p>Hello {{customer.first_name}}, <a href='https://acme.test/a?b=1&amp;c=2'>look</a></p>`
	links := Links{
		UnsubscribeURL: "https://m.test/u/1?a=1&b=2", OneClickURL: "https://m.test/u/1", OpenURL: "https://m.test/o/1",
		ClickURL: func(href string) string { return "https://m.test/c?to=" + href },
	}
	m, err := Email(tmpl, person(), links)
	if err != nil {
		t.Fatal(err)
	}
	if got := m.From.String() + m.To.String() + m.ReplyTo.String(); got != `"Acme" <hi@acme.test><ann@example.com><help@acme.test>` {
		t.Error(got)
	}
	if m.Subject != "Hi Ann" || m.ListUnsubscribe != "https://m.test/u/1" {
		t.Error(m.Subject, m.ListUnsubscribe)
	}
	for _, part := range []string{
		"<title>Hi Ann</title>",
		`<body class=x><div style="display:none`,
		"Good news &amp; more&#847;",
		`<a href='https://m.test/c?to=https://acme.test/a?b=1&amp;c=2'>look</a>`,
		`<a href="https://m.test/u/1?a=1&amp;b=2">Out</a><img src="https://m.test/o/1"`,
	} {
		if !strings.Contains(m.HTML, part) {
			t.Errorf("no %s in\n%s", part, m.HTML)
		}
	}
	if want := "Hello Ann, look <https://acme.test/a?b=1&c=2>\n\nOut <https://m.test/u/1?a=1&b=2>"; m.Text != want {
		t.Errorf("text is\n%s\nwant\n%s", m.Text, want)
	}
}

func TestPreviewIsInert(t *testing.T) {
	tmpl := hello()
	tmpl.Body = `<a href="https://acme.test">a</a>{% unsubscribe %}<a href="{% view_in_browser_url %}">v</a>`
	tmpl.Text = "{% unsubscribe_url %} {% unsubscribe %}"
	m, err := Preview(tmpl, person())
	if err != nil {
		t.Fatal(err)
	}
	if want := `<a href="https://acme.test">a</a><a class="untracked" href="#">Unsubscribe</a><a href="#">v</a>`; m.HTML != want {
		t.Errorf("HTML is %s, want %s", m.HTML, want)
	}
	if m.Text != "# Unsubscribe: #" || m.ListUnsubscribe != "" {
		t.Errorf("text is %s", m.Text)
	}
}

func TestEveryFieldsMistakeIsTold(t *testing.T) {
	_, err := Email(Template{
		From: "", To: "nobody", Subject: "{{ customer.nope }}", Body: "a\n{{ customer.gone }}", Text: "{% if 1 %}", Layout: "no place",
	}, person(), Links{})
	var all Errors
	if !errors.As(err, &all) {
		t.Fatal(err)
	}
	want := map[string]string{
		"from":    "1 Enter who the message is from, for example Acme <hello@acme.test>.",
		"to":      "1 “nobody” is not one email address that mail can go to. Correct the recipient.",
		"subject": `1 customer.nope is not set for this person. Add a default, for example {{ customer.nope | default: "…" }}.`,
		"body":    `2 customer.gone is not set for this person. Add a default, for example {{ customer.gone | default: "…" }}.`,
		"text":    "1 This {% if %} is never closed. Add {% endif %}.",
		"layout":  "1 The layout does not say where the message goes. Write {{content}} once.",
	}
	for _, e := range all {
		if got := string(rune('0'+e.Line)) + " " + e.Message; want[e.Field] != got {
			t.Errorf("%s: %s\nwant %s", e.Field, got, want[e.Field])
		}
		delete(want, e.Field)
	}
	if len(want) > 0 {
		t.Errorf("nothing said of %v", want)
	}
	if first := (*FieldError)(nil); !errors.As(err, &first) {
		t.Error("no FieldError to be found")
	}
}

func TestAddresses(t *testing.T) {
	const none = "This person has no email address."
	for name, c := range map[string]struct{ to, want string }{
		"plain":            {"a@b.test", "<a@b.test>"},
		"with a name":      {"Ann <a@b.test>", `"Ann" <a@b.test>`},
		"comma in name":    {"Evil, Inc. <a@b.test>", `"Evil, Inc." <a@b.test>`},
		"address in name":  {`x" <ceo@b.test> <a@b.test>`, `"x\" <ceo@b.test>" <a@b.test>`},
		"foreign domain":   {"a@bücher.test", "<a@xn--bcher-kva.test>"},
		"foreign name":     {"Žofie <a@b.test>", "=?utf-8?q?=C5=BDofie?= <a@b.test>"},
		"two":              {"a@b.test, c@d.test", ""},
		"no dot":           {"a@b", ""},
		"no at":            {"ab.test", ""},
		"nothing":          {"", none},
		"blank":            {"{{customer.blank}}", none},
		"missing":          {"{{ customer.email }}", none},
		"other missing":    {"{{ customer.work }}", "customer.work is not set"},
		"long local part":  {strings.Repeat("a", 65) + "@b.test", ""},
		"long":             {"a@" + strings.Repeat("b.", 130) + "test", ""},
		"quoted local":     {`"a b"@c.test`, ""},
		"injected header":  {"a@b.test\r\nBcc: c@d.test", "line break"},
		"injected by name": {"A\nBcc: x@y.test <a@b.test>", "line break"},
	} {
		t.Run(name, func(t *testing.T) {
			tmpl, s := hello(), person()
			tmpl.To = c.to
			delete(s["customer"].(map[string]any), "email")
			m, err := Email(tmpl, s, Links{})
			if err == nil {
				if got := m.To.String(); got != c.want {
					t.Errorf("to %s, want %s", got, c.want)
				}
				return
			}
			want := c.want
			if want == "" {
				want = "is not one email address that mail can go to"
			}
			if !strings.HasPrefix(err.Error(), "to: ") || !strings.Contains(err.Error(), want) {
				t.Errorf("%v, want %s", err, want)
			}
		})
	}
}

func TestOneLineFieldsRefuseLineBreaks(t *testing.T) {
	for _, value := range []string{"a\r\nBcc: x@y.test", "a\nb", "a\rb", "a\x00b", "a\u2028b"} {
		s := person()
		s["customer"].(map[string]any)["first_name"] = value
		for _, field := range []string{"subject", "from", "reply_to"} {
			tmpl := hello()
			tmpl.Subject, tmpl.Body = "x", "x"
			switch field {
			case "subject":
				tmpl.Subject = "Hi {{customer.first_name}}"
			case "from":
				tmpl.From = "{{customer.first_name}} <a@b.test>"
			case "reply_to":
				tmpl.ReplyTo = "{{customer.first_name}} <a@b.test>"
			}
			if _, err := Email(tmpl, s, Links{}); err == nil || !strings.HasPrefix(err.Error(), field+": The ") {
				t.Errorf("%q in %s: %v", value, field, err)
			}
		}
	}
}

func TestEmptyMessage(t *testing.T) {
	_, err := Email(Template{From: "a@b.test", To: "c@d.test"}, person(), Links{})
	for _, want := range []string{"subject: The subject is empty.", "body: The message is empty."} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

func TestTextAlone(t *testing.T) {
	tmpl := hello()
	tmpl.Body, tmpl.Text, tmpl.Layout = "", "Hi {{customer.first_name}}", "<p>{{content}}</p>"
	m, err := Email(tmpl, person(), Links{OpenURL: "https://m.test/o"})
	if err != nil || m.HTML != "" || m.Text != "Hi Ann" {
		t.Errorf("%+v %v", m, err)
	}
}

func TestCheck(t *testing.T) {
	if found := Check(hello()); len(found) > 0 {
		t.Errorf("%v", found[0])
	}
	tmpl := hello()
	tmpl.Subject, tmpl.Body, tmpl.Layout = "{{ a | nope }} {{ b | nah }}", "\n\n á{% endif %}", "{{content}} {{ content }}"
	found := Check(tmpl)
	want := []FieldError{
		{"subject", 1, 8, "{{ a | nope }} {{ b | nah }}", "There is no filter called nope. Correct its name, or take it out."},
		{"subject", 1, 23, "{{ a | nope }} {{ b | nah }}", "There is no filter called nah. Correct its name, or take it out."},
		{"body", 3, 3, "á{% endif %}", "{% endif %} closes nothing. Take it out, or write {% if %} before it."},
		{"layout", 1, 1, "", "The layout has {{content}} more than once. Keep one."},
	}
	if len(found) != len(want) {
		t.Fatalf("%v", found)
	}
	for i, e := range found {
		if *e != want[i] {
			t.Errorf("%+v, want %+v", *e, want[i])
		}
	}
}

func TestString(t *testing.T) {
	got, err := String(`{"id": {{ customer.visits }}, "plan": {{ event.plan | json }}, "no": {{ customer.nope | json }}, "to": "{{ customer.email | url_encode }}"}`, person())
	if want := `{"id": 3, "plan": "pro", "no": null, "to": "ann%40example.com"}`; err != nil || got != want {
		t.Errorf("%s %v, want %s", got, err, want)
	}
	_, err = String("a\n{{ event.nope }}", person())
	if wrong := (*FieldError)(nil); !errors.As(err, &wrong) || wrong.Line != 2 || wrong.Error() != `event.nope is not set in this event. Add a default, for example {{ event.nope | default: "…" }}.` {
		t.Errorf("%v", err)
	}
}

// A message is composed from a scope that others read at the same time.
func TestEmailLeavesTheScopeAlone(t *testing.T) {
	s := person()
	tmpl := hello()
	tmpl.Body = "{% assign delivery_id = 'x' %}{% assign customer = 'y' %}{{ message.subject }}"
	if _, err := Email(tmpl, s, Links{}); err != nil {
		t.Fatal(err)
	}
	if _, ok := s["message"].(map[string]any)["subject"]; ok || s["delivery_id"] != "d1" || len(s) != 5 {
		t.Errorf("%v", s)
	}
}
