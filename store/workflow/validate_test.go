package workflow

import (
	"reflect"
	"strings"
	"testing"

	"github.com/postroom/postroom/store/condition"
)

// told is the problems as lines: the action's key, the field, the message.
func told(problems []Problem) (lines []string) {
	for _, p := range problems {
		lines = append(lines, strings.Join(strings.Fields(p.Key+" "+p.Field), " ")+": "+p.Message)
	}
	return lines
}

func blockers(c Campaign) (lines []string) {
	for _, p := range Problems(c) {
		if p.Blocking {
			lines = append(lines, told([]Problem{p})...)
		}
	}
	return lines
}

func TestNoProblems(t *testing.T) {
	c := tree("a@ b~ s[c|w% d!] e")
	if got := Problems(c); got != nil {
		t.Errorf("problems %q", told(got))
	}
}

func TestProblems(t *testing.T) {
	email := func(c *Campaign) *Email { return c.Actions[0].Email }
	hook := func(c *Campaign) *Webhook { return c.Actions[0].Webhook }
	for name, test := range map[string]struct {
		tree   string
		change func(*Campaign)
		want   string
		warns  bool
	}{
		"no name":            {"a", func(c *Campaign) { c.Name = " " }, "name: Name the campaign.", false},
		"no actions":         {"", nil, "actions: Add at least one action.", false},
		"no trigger":         {"a", func(c *Campaign) { c.Trigger = Trigger{} }, "trigger.type: Choose what starts this campaign for a person.", false},
		"unknown trigger":    {"a", func(c *Campaign) { c.Trigger.Type = "moon" }, `trigger.type: "moon" is not a trigger this version knows. Use one of "event", "segment", "date", "form", "webhook", "api".`, false},
		"no event":           {"a", func(c *Campaign) { c.Trigger.Event = "" }, "trigger.event: Name the event that starts this campaign.", false},
		"filter":             {"a", func(c *Campaign) { c.Trigger.Filter = is("x", "y"); c.Trigger.Filter.Attribute.Operator = "" }, "trigger.filter.attribute.operator: This condition cannot be asked: choose an operator.", false},
		"no segment":         {"a", func(c *Campaign) { c.Trigger = Trigger{Type: OnSegment, When: Enter} }, "trigger.segment: Choose the segment that starts this campaign.", false},
		"empty segment":      {"a", func(c *Campaign) { c.Trigger = Trigger{Type: OnSegment, When: Enter, Segment: &condition.Segment{}} }, "trigger.segment: Choose the segment that starts this campaign.", false},
		"no crossing":        {"a", func(c *Campaign) { c.Trigger = Trigger{Type: OnSegment, Segment: &condition.Segment{ID: 1}} }, "trigger.when: Say whether people enter or leave the segment.", false},
		"no goal":            {"a", func(c *Campaign) { c.Exit = ExitGoal }, "exit: People cannot leave at the goal because there is none. Set a goal or another exit.", false},
		"goal without event": {"a", func(c *Campaign) { c.Goal = &Goal{} }, "goal.event: Name the event that is the goal.", false},
		"goal's time":        {"a", func(c *Campaign) { c.Goal = &Goal{Event: "e", Within: "soon"} }, `goal.within: "soon" is not a duration. Write one such as 90s, 15m, 4h, 2d or 1w.`, false},
		"frequency":          {"a", func(c *Campaign) { c.Frequency = Frequency{Repeat: true, Every: "0d"} }, `frequency.every: "0d" is not a duration. Write one such as 90s, 15m, 4h, 2d or 1w.`, false},

		"email without from":    {"a@", func(c *Campaign) { email(c).From = "" }, "a from: Say who this email is from.", false},
		"email without to":      {"a@", func(c *Campaign) { email(c).To = " " }, "a to: Say who this email goes to. Usually that is {{customer.email}}.", false},
		"email without subject": {"a@", func(c *Campaign) { email(c).Subject = "\n" }, "a subject: Write a subject.\na subject: Write the subject in one line.", false},
		"email without body":    {"a@", func(c *Campaign) { email(c).Body = "" }, "a body: Write the body.", false},
		"unfinished but off":    {"a@", func(c *Campaign) { email(c).Body, email(c).Sending = "", Off }, "a body: Write the body.", true},
		"bad from":              {"a@", func(c *Campaign) { email(c).From = "Acme" }, `a from: "Acme" is not an email address. Write one such as hello@acme.example, or Acme <hello@acme.example>.`, false},
		"two recipients":        {"a@", func(c *Campaign) { email(c).To = "a@b.test, c@d.test" }, `a to: "a@b.test, c@d.test" is not an email address. Write one such as hello@acme.example, or Acme <hello@acme.example>.`, false},
		"header injection":      {"a@", func(c *Campaign) { email(c).Subject = "a\r\nBcc: x@y.test" }, "a subject: Write the subject in one line.", false},
		"Liquid addresses":      {"a@", func(c *Campaign) { email(c).From, email(c).ReplyTo = "{{customer.owner}}", "{{x}}" }, "", false},
		"no name for an email":  {"a@", func(c *Campaign) { c.Actions[0].Name = "" }, "a name: Name this email, so that its figures are easy to find.", true},
		"no way out":            {"a@", func(c *Campaign) { email(c).Body = "{% raw %}{% unsubscribe %}{% endraw %}" }, "a body: The body has no link to unsubscribe. Add {% unsubscribe_url %}.", true},
		"perhaps in the layout": {"a@", func(c *Campaign) { email(c).Body, email(c).Layout = "x", "Default" }, "a body: The body has no link to unsubscribe. Add {% unsubscribe_url %}, unless its layout has one.", true},
		"way out as a variable": {"a@", func(c *Campaign) { email(c).Body = "{{ unsubscribe_url }}" }, "", false},

		"webhook without URL":     {"w%", func(c *Campaign) { hook(c).URL = "" }, "w url: Write the address to call.", false},
		"webhook to a file":       {"w%", func(c *Campaign) { hook(c).URL = "file:///etc/passwd" }, "w url: Write a whole address that begins with https:// or http://.", false},
		"webhook without host":    {"w%", func(c *Campaign) { hook(c).URL = "https:///x" }, "w url: Write a whole address that begins with https:// or http://.", false},
		"webhook without scheme":  {"w%", func(c *Campaign) { hook(c).URL = "crm.test/{{customer.id}}" }, "w url: Write a whole address that begins with https:// or http://.", false},
		"webhook in two lines":    {"w%", func(c *Campaign) { hook(c).URL = "https://crm.test\n/x" }, "w url: Write the address in one line.", false},
		"webhook in Liquid":       {"w%", func(c *Campaign) { hook(c).URL = "{{customer.hook}}" }, "", false},
		"webhook in capitals":     {"w%", func(c *Campaign) { hook(c).URL = "HTTPS://crm.test" }, "", false},
		"webhook's method":        {"w%", func(c *Campaign) { hook(c).Method = "FETCH" }, `w method: "FETCH" is not a method for webhooks. Use one of "POST", "GET", "PUT", "PATCH", "DELETE".`, false},
		"webhook's header":        {"w%", func(c *Campaign) { hook(c).Headers = []Header{{"A", ""}, {"B C", "x"}} }, `w headers[1]: "B C" cannot name a header. Use letters, digits and hyphens.`, false},
		"webhook's header's name": {"w%", func(c *Campaign) { hook(c).Headers = []Header{{"", "x"}} }, `w headers[0]: "" cannot name a header. Use letters, digits and hyphens.`, false},
		"webhook's header's line": {"w%", func(c *Campaign) { hook(c).Headers = []Header{{"A", "x\ny"}} }, "w headers[0]: Write the value of A in one line.", false},

		"delay":            {"a~", func(c *Campaign) { c.Actions[0].Delay.Duration = "" }, `a duration: "" is not a duration. Write one such as 90s, 15m, 4h, 2d or 1w.`, false},
		"delay of nothing": {"a~", func(c *Campaign) { c.Actions[0].Delay.Duration = "0s" }, `a duration: "0s" is not a duration. Write one such as 90s, 15m, 4h, 2d or 1w.`, false},
		"one path":         {"s[a]", nil, "s paths: A branch has 2 to 20 paths.", false},
		"path without when": {"s[a|b|c]", func(c *Campaign) { c.Actions[0].Branch.Paths[1].When = nil },
			"s paths[1].when: Say who takes the path “P1”. Only the last path may be without a condition.", false},
		"nobody else": {"s[a|b]", func(c *Campaign) { c.Actions[0].Branch.Paths[1].When = is("x", "y") }, "", false},
		"path's segment": {"s[a|b]", func(c *Campaign) {
			c.Actions[0].Branch.Paths[0].When = &condition.Condition{Segment: &condition.Segment{}}
		},
			"s paths[0].when.segment: This condition cannot be asked: give either the id or the name of the segment.", false},
		"message elsewhere": {"a", func(c *Campaign) {
			c.Actions[0].Condition = &condition.Condition{Message: &condition.Message{Metric: "opened", Action: "gone"}}
		},
			`a condition: This asks about the message "gone", which is not in this workflow. Choose another.`, false},

		"nothing to set":    {"a", func(c *Campaign) { c.Actions[0].UpdatePerson.Set = nil }, "a set: Choose at least one attribute to set.", false},
		"nameless to set":   {"a", func(c *Campaign) { c.Actions[0].UpdatePerson.Set[""] = 1 }, "a set: Name each attribute to set.", false},
		"not to set":        {"a", func(c *Campaign) { c.Actions[0].UpdatePerson.Set["cio_id"] = "x" }, "a set: cio_id belongs to the person for good. Set another attribute.", false},
		"empty action":      {"a@", func(c *Campaign) { c.Actions[0].Email = nil }, "a type: This action is empty. Delete it and add it again.", false},
		"unknown action":    {"a", func(c *Campaign) { c.Actions[0].Type = "fax" }, `a type: "fax" is not an action this version knows. Use one of "email", "sms", "push", "slack", "webhook", "delay", "time_window", "wait_until", "branch", "random_split", "ab_test", "exit", "update_person", "update_journey", "send_event", "segment_update", "batch_update".`, false},
		"key twice":         {"a s[a|b]", nil, `a key: The key "a" is taken. Each action needs its own.`, false},
		"no key":            {"a", func(c *Campaign) { c.Actions[0].Key = "" }, `key: "" cannot be a key. Use up to 64 letters, digits, hyphens, underscores and dots.`, false},
		"behind an exit":    {"a! b c", nil, "b: Nobody comes this far: everyone has left the workflow before. Move it up, or remove the exit.", true},
		"behind exits":      {"s[a!|t[b!|c!]] d", nil, "d: Nobody comes this far: everyone has left the workflow before. Move it up, or remove the exit.", true},
		"behind an exit in": {"s[a! b|c]", nil, "b: Nobody comes this far: everyone has left the workflow before. Move it up, or remove the exit.", true},
		"exit for some":     {"a! b", func(c *Campaign) { c.Actions[0].Condition = is("x", "y") }, "", false},
		"exit on some":      {"s[a!|b] c", nil, "", false},
		"exit or past":      {"s[a!|b!] c", func(c *Campaign) { c.Actions[0].Branch.Paths[1].When = is("x", "y") }, "", false},
	} {
		t.Run(name, func(t *testing.T) {
			c := tree(test.tree)
			if test.change != nil {
				test.change(&c)
			}
			problems := Problems(c)
			if got := strings.Join(told(problems), "\n"); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
			if Blocking(problems) != (test.want != "" && !test.warns) {
				t.Errorf("blocking %t: %+v", Blocking(problems), problems)
			}
		})
	}
}

func TestProblemsInOrder(t *testing.T) {
	c := tree("a~ s[b~|c~] d~")
	for _, key := range []string{"a", "b", "c", "d"} {
		s, err := c.at(key)
		if err != nil {
			t.Fatal(err)
		}
		(*s.list)[s.index].Delay.Duration = "x"
	}
	c.Name = ""
	var keys []string
	for _, p := range Problems(c) {
		keys = append(keys, p.Key)
	}
	if want := []string{"", "a", "b", "c", "d"}; !reflect.DeepEqual(keys, want) {
		t.Errorf("problems of %q, want %q", keys, want)
	}
}
