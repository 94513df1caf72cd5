package workflow

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/postroom/postroom/store/condition"
)

var fieldnotes = Origin{Workspace: "fieldnotes", Campaign: "Reader welcome", CampaignID: 7, Version: 3, At: time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)}

func TestCopy(t *testing.T) {
	for _, test := range []struct{ from, picked, into, want string }{
		{"a b c", "c a", "", "a c"}, // the order of the tree
		{"a b c", "b", "b", "b-2"},
		{"a b-2 c", "b-2", "b-2 b", "b-3"},
		{"a s[b|t[c|d]] e", "s", "", "s[b|t[c|d]]"},
		{"a s[b|t[c|d]] e", "s d b", "", "s[b|t[c|d]]"}, // nothing twice
		{"a s[b|t[c|d]] e", "t e", "c t", "t-2[c-2|d] e"},
		{"a a-2", "a a-2", "a", "a-2 a-3"},
		{"a b", "zzz", "", ""},
	} {
		into := tree(test.into)
		got := Copy(tree(test.from).Actions, strings.Fields(test.picked), &into, fieldnotes)
		if showList(got) != test.want {
			t.Errorf("copy %s of %s into %s: %s, want %s", test.picked, test.from, test.into, showList(got), test.want)
		}
		if show(into) != test.into {
			t.Errorf("the target became %s", show(into))
		}
	}
}

func TestCopyMakesDrafts(t *testing.T) {
	from := tree("s[a@ w%|c@]")
	from.Actions[0].Branch.Paths[0].Actions[0].Email.Sending = Off
	for a := range All(Copy(from.Actions, []string{"s"}, nil, fieldnotes)) {
		if a.Email != nil && a.Email.Sending != Draft || a.Webhook != nil && a.Webhook.Sending != Draft {
			t.Errorf("%s is not a draft", a.Key)
		}
	}
	if from.Actions[0].Branch.Paths[1].Actions[0].Email.Sending != Automatic {
		t.Error("the source was changed")
	}
}

func TestCopyRemembersItsSource(t *testing.T) {
	into := tree("a b")
	from := tree("a b").Actions
	once := Copy(from, []string{"a", "b"}, &into, fieldnotes)
	want := fieldnotes
	want.Action, want.Hash = "a", from[0].Hash()
	if o := *once[0].Origin; o != want || once[0].Key != "a-2" {
		t.Errorf("%s is from %+v", once[0].Key, o)
	}
	// Who sees the second workspace need not see the first.
	twice := Copy(once, []string{"a-2"}, nil, Origin{Workspace: "acme", Campaign: "Trial"})
	if o := *twice[0].Origin; o != (Origin{Workspace: "acme", Campaign: "Trial", Action: "a-2", Hash: want.Hash}) {
		t.Errorf("the copy of a copy is from %+v", o)
	}
	if beside := Copy(once, []string{"a-2"}, nil, Origin{}); *beside[0].Origin != want {
		t.Errorf("a copy beside the original is from %+v", *beside[0].Origin)
	}
}

func TestCopyKeepsQuestionsAboutMessages(t *testing.T) {
	opened := func(campaign int64, action string) *condition.Condition {
		return &condition.Condition{Not: &condition.Condition{Message: &condition.Message{Metric: "opened", CampaignID: campaign, Action: action}}}
	}
	from := tree("a@ b@ c d e f g")
	for i, c := range []*condition.Condition{opened(0, "a"), opened(7, "a"), opened(0, "b"), opened(9, "a"), opened(0, "")} {
		from.Actions[i+2].Condition = c
	}
	into := tree("a@")
	copied := Copy(from.Actions, []string{"a", "c", "d", "e", "f", "g"}, &into, fieldnotes)
	questions := func(actions []Action) (all []condition.Message) {
		for _, a := range actions[1:] {
			all = append(all, *a.Condition.Not.Message)
		}
		return all
	}
	want := []condition.Message{
		{Metric: "opened", Action: "a-2"},              // copied too
		{Metric: "opened", Action: "a-2"},              // the same, named in full
		{Metric: "opened", Action: "b", CampaignID: 7}, // stays behind: the source's
		{Metric: "opened", Action: "a", CampaignID: 9}, // of a third campaign
		{Metric: "opened"},                             // any of this campaign, whichever that is
	}
	if got := questions(copied); !reflect.DeepEqual(got, want) {
		t.Errorf("questions\n%+v, want\n%+v", got, want)
	}

	want[2] = condition.Message{Metric: "opened", Action: "?b"}
	want[3] = condition.Message{Metric: "opened", Action: "?a"}
	detached := Detach(copied)
	if got := questions(detached); !reflect.DeepEqual(got, want) {
		t.Errorf("detached\n%+v, want\n%+v", got, want)
	}
	target, err := Insert(into, End(into), detached...)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := blockers(target), []string{
		`e condition: This asks about the message "b", which is not in this workflow. Choose another.`,
		`f condition: This asks about the message "a", which is not in this workflow. Choose another.`,
	}; !reflect.DeepEqual(got, want) {
		t.Errorf("problems %q", got)
	}
}

func TestDetachLeavesIDsBehind(t *testing.T) {
	from := tree("s[a|b]")
	from.Actions[0].Branch.Paths[0].When = &condition.Condition{And: []condition.Condition{{Segment: &condition.Segment{ID: 12}}, {Segment: &condition.Segment{Name: "VIP"}}}}
	names := func(actions []Action) []string { return actions[0].Branch.Paths[0].When.Uses().Segments }
	named := MapSegments(from.Actions, func(s condition.Segment) condition.Segment {
		if s.ID == 12 {
			return condition.Segment{Name: "Trial"}
		}
		return s
	})
	if got := names(Detach(named)); !reflect.DeepEqual(got, []string{"Trial", "VIP"}) {
		t.Errorf("segments %q", got)
	}
	if got := names(Detach(from.Actions)); !reflect.DeepEqual(got, []string{"#12", "VIP"}) {
		t.Errorf("segments %q", got)
	}
	if id := from.Actions[0].Branch.Paths[0].When.And[0].Segment.ID; id != 12 {
		t.Error("the source was changed")
	}
}

func TestStripSecrets(t *testing.T) {
	for _, test := range []struct {
		url, want string
		found     []string
	}{
		{"https://crm.test/people?id=7#a", "https://crm.test/people?id=7#a", nil},
		{"https://user:pw@crm.test/x", "https://crm.test/x", []string{"user name and password in the URL"}},
		{"https://a@b:c@crm.test", "https://crm.test", []string{"user name and password in the URL"}},
		{"https://crm.test/@user", "https://crm.test/@user", nil},
		{"https://crm.test/?api_key=1&q={{customer.id}}&token=2#f", "https://crm.test/?api_key=&q={{customer.id}}&token=#f", []string{"keys in the query of the URL"}},
		{"https://crm.test/?accessToken=1", "https://crm.test/?accessToken=", []string{"keys in the query of the URL"}},
		{"https://crm.test/?keyword=1&token=", "https://crm.test/?keyword=1&token=", nil},
		{"https://hooks.slack.com/services/T0/B0/xyz", "https://hooks.slack.com/", []string{"path of the URL"}},
		{"https://acme.webhook.office.com/x?y", "https://acme.webhook.office.com/", []string{"path of the URL"}},
		{"{{snippets.url}}", "{{snippets.url}}", nil},
		{"", "", nil},
	} {
		a := Action{Type: TypeWebhook, Webhook: &Webhook{URL: test.url}}
		w := StripSecrets(a).Webhook
		if w.URL != test.want || !reflect.DeepEqual(w.LeftOut, test.found) {
			t.Errorf("%s: %s, %q; want %s, %q", test.url, w.URL, w.LeftOut, test.want, test.found)
		}
		if a.Webhook.URL != test.url {
			t.Error("the argument was changed")
		}
	}

	for name, secret := range map[string]bool{
		"Authorization": true, "Proxy-Authorization": true, "X-API-Key": true, "apikey": true, "Cookie": true, "X-Auth-Token": true,
		"X-Hub-Signature": true, "X_SECRET": true, "Content-Type": false, "Accept": false, "Idempotency-Key": false, "X-Monkey": false, "X-Author": false,
	} {
		a := Action{Type: TypeWebhook, Webhook: &Webhook{URL: "https://crm.test", Headers: []Header{{name, "v"}, {"X-Other", "w"}}}}
		w := StripSecrets(a).Webhook
		if (w.Headers[0].Value == "") != secret || w.Headers[1].Value != "w" || (len(w.LeftOut) == 1) != secret {
			t.Errorf("%s: %+v", name, w)
		}
		if a.Webhook.Headers[0].Value != "v" {
			t.Error("the argument was changed")
		}
	}
	if a := StripSecrets(tree("a@").Actions[0]); !equal(a, tree("a@").Actions[0]) {
		t.Errorf("an email became %+v", a)
	}
}

func TestLeftOutSecretsBlock(t *testing.T) {
	from := tree("s[w%|]")
	w := from.Actions[0].Branch.Paths[0].Actions[0].Webhook
	w.URL, w.Headers = "https://u:p@crm.test/x", []Header{{"Accept", "*/*"}, {"Authorization", "Bearer 1"}}
	c := tree("a")
	c, err := Insert(c, End(c), Detach(from.Actions)...)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"w url: A secret was left behind when this was imported: user name and password in the URL. Put it in again and save.",
		"w headers[1]: A secret was left behind when this was imported: header Authorization. Put it in again and save.",
	}
	if got := blockers(c); !reflect.DeepEqual(got, want) {
		t.Errorf("problems %q", got)
	}
	text, _ := json.Marshal(c)
	if strings.Contains(string(text), "u:p") || strings.Contains(string(text), "Bearer") {
		t.Errorf("a secret is in %s", text)
	}
	var stored Campaign
	if err := json.Unmarshal(text, &stored); err != nil || len(blockers(stored)) != 2 {
		t.Errorf("once stored: %q, %v", blockers(stored), err)
	}
}

func TestDependencies(t *testing.T) {
	c := tree("hello@ s[w%|u]")
	c.Actions[0].Email.Body = `{{ customer.address.city }} {{snippets["My footer"]}} {% if customer['plan'] == "customer.no" %}{{event.order}}{% endif %} {{customer.email}}`
	c.Actions[0].Email.Layout = "Default"
	c.Actions[0].Condition = &condition.Condition{Or: []condition.Condition{
		*is("address.zip", "1"), {Segment: &condition.Segment{ID: 4}}, {Message: &condition.Message{Metric: "sent", Action: "hello"}},
	}}
	c.Actions[1].Branch.Paths[0].When = &condition.Condition{And: []condition.Condition{
		{Segment: &condition.Segment{Name: "VIP"}}, {Event: &condition.Event{Name: "bought", Where: is("sku", "x")}}, *is("plan", "pro"), *is("event.total", "9"),
		{Message: &condition.Message{Metric: "sent", Action: "elsewhere"}},
	}}
	w := &c.Actions[1].Branch.Paths[0].Actions[0]
	w.Webhook.Headers, w.Webhook.LeftOut = []Header{{"X-Token", "{{customer.token}}"}}, []string{"path of the URL"}
	c.Actions[1].Branch.Paths[1].Actions[0].UpdatePerson.Set["at"] = "{{customer.stage}}"

	split := "Branch · 2 paths"
	hook := "Webhook · POST https://crm.test/w"
	want := []Dependency{
		{NeedsSender, "hi@acme.test", []string{"hello"}, []string{""}, NotShown, false},
		{NeedsLayout, "Default", []string{"hello"}, []string{""}, NotShown, false},
		{NeedsSnippet, "My footer", []string{"hello"}, []string{"body"}, Bare, false},
		{NeedsSegment, "#4", []string{"hello"}, []string{""}, NotShown, false},
		{NeedsSegment, "VIP", []string{split}, []string{""}, NotShown, false},
		{NeedsAttribute, "address", []string{"hello"}, []string{"body"}, Bare, false},
		{NeedsAttribute, "plan", []string{"hello", split}, []string{"body", ""}, NotShown, false},
		{NeedsAttribute, "stage", []string{"Update person · at = “{{customer.stage}}”"}, []string{"at"}, Bare, false},
		{NeedsAttribute, "token", []string{hook}, []string{"header X-Token"}, Bare, false},
		{NeedsEvent, "bought", []string{split}, []string{""}, NotShown, false},
		{NeedsField, "order", []string{"hello"}, []string{"body"}, Bare, false},
		{NeedsMessage, "elsewhere", []string{split}, []string{""}, NotShown, false},
		{NeedsSecret, "header X-Token", []string{hook}, []string{""}, NotShown, false},
		{NeedsSecret, "path of the URL", []string{hook}, []string{""}, NotShown, false},
	}
	if got := Dependencies(c.Actions); !reflect.DeepEqual(got, want) {
		t.Errorf("got\n%+v, want\n%+v", got, want)
	}
	if got := Dependencies(nil); got != nil {
		t.Errorf("nothing needs %+v", got)
	}
}

func TestUses(t *testing.T) {
	c := tree("hello@")
	c.Actions[0].Email.From = "{{customer.owner}} <hi@acme.test>"
	c.Trigger = Trigger{Type: OnSegment, Segment: &condition.Segment{Name: "Trial"}, When: Enter}
	c.Goal = &Goal{Event: "bought"}
	want := Uses{
		Layouts: []string{}, Snippets: []string{}, Segments: []string{"Trial"}, Senders: []string{}, Topics: []string{},
		Attributes: []string{"owner"}, Events: []string{"bought"},
	}
	if got := Export(c).Uses; !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v", got)
	}
}

func TestMentions(t *testing.T) {
	for source, want := range map[string]string{
		"no Liquid, customer.a":                                     "",
		"{{customer.a}}{{ customer . b }}":                          "a b",
		"{{customer.a-}} {{- customer.b-c -}}":                      "a b-c",
		"{% assign x = customer.a | plus: customer.b %}":            "a b",
		"{{ 'customer.a' }} {{ \"{{customer.b}}\" }}":               "",
		"{{ x.customer.a }} {{mycustomer.b}}":                       "",
		"{% raw %}{{customer.a}}{% if %}{% endraw %}{{customer.b}}": "b",
		"{% comment %}{{customer.a {% endcomment %}{{customer.b}}":  "b",
		"{%- raw -%}{{customer.a}}":                                 "",
		"{{ customer[\"first name\"] }}{{customer['b'].c}}":         "first name b",
		"{{ customer[x] }}":                                         "",
		"{{ customer.straße }}":                                     "straße",
		"{{ customer.a":                                             "",
		"{ {customer.a}} {{{customer.b}}} {{customer.c}}":           "c",
		"{% assign customer = x %}{{ customer.a }}":                 "",
		"{% for o in customer.orders %}{{ o.name }}{% endfor %}":    "orders",
		"{% capture event %}x{% endcapture %}{{ event.name }}":      "",
		"{{ customer.a | unknown: customer.b | default: event.c }}": "a b c",
		"{% unknown customer.a, to: customer.b %}":                  "a b",
		"{% if customer.a %}{% endfor %}{{ customer.b | }}":         "a b",
		"{% liquid\nassign x = customer.a\necho customer.b\n%}":     "a b",
		"{% render 'footer', of: customer.a %}{% include 'x' %}":    "footer a x",
		"{{ snippets.footer }} {{ snippets['a b'] | upcase }}":      "footer a b",
		"{{ customer.first }}{{ customer['size'] }}":                "first size",
		"{% if customer.a == 'x%}{{customer.b}}":                    "a b",
	} {
		var got []string
		for _, m := range (template{source: source}).mentions() {
			got = append(got, m.name)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: %q, want %q", source, got, want)
		}
	}
}
