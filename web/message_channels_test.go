package web

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/workflow"
	"github.com/postroom/postroom/views"
)

// written is what the editor of a message holds after it was loaded, with
// changes.
func (s *site) written(id store.CampaignID, key, language string, changes ...string) url.Values {
	s.Helper()
	a, _ := workflow.Find(s.now(id).Draft, key)
	f := messageForm(a, language)
	form := url.Values{
		"language": {f.Language}, "from": {f.From}, "to": {f.To}, "reply_to": {f.ReplyTo}, "subject": {f.Subject}, "preheader": {f.Preheader}, "body": {f.Body},
		"text": {f.Text}, "layout": {f.Layout}, "title": {f.Title}, "link": {f.Link}, "devices": {string(f.Devices)},
		"method": {f.Method}, "url": {f.URL}, "headers": {f.Headers}, "revision": {f.Revision},
	}
	for i := 0; i < len(changes); i += 2 {
		form.Set(changes[i], changes[i+1])
	}
	return form
}

const fourMessages = `[
	{"key":"mail","type":"email","name":"Mail","sending":"automatic","from":"a@acme.test","subject":"Hi","body":"<p>Hi</p>"},
	{"key":"sms","type":"sms","name":"Text","sending":"automatic","text":"Hi"},
	{"key":"push","type":"push","name":"Push","title":"Hi","body":"there"},
	{"key":"slack","type":"slack","name":"Slack","text":"Hi"},
	{"key":"hook","type":"webhook","name":"Hook","method":"POST","url":"https://crm.test/","response":[{"path":"a","attribute":"b"}],"converts":true}]`

func TestEveryMessageHasAnEditor(t *testing.T) {
	s := newSite(t)
	c := s.campaignOf("Welcome", fourMessages)
	path := func(key string) string { return views.MessagePath(s.acme, c.ID, key) }
	find := func(key string) workflow.Action {
		a, _ := workflow.Find(s.now(c.ID).Draft, key)
		return a
	}
	for key, shows := range map[string]string{"sms": `name="text"`, "push": `name="title"`, "slack": `name="url"`, "hook": `name="headers"`} {
		s.alice.get(views.ActionPath(s.acme, c.ID, key)).want(200, path(key))
		s.alice.get(path(key)).want(200, shows, "Send a test", "Preview as")
		s.bob.get(path(key)).want(403)
	}
	s.alice.send(s.acme, path("sms"), s.written(c.ID, "sms", "", "text", "one\r\ntwo", "to", "{{customer.mobile}}")).want(303)
	if m := find("sms"); m.SMS.Text != "one\ntwo" || m.SMS.To != "{{customer.mobile}}" || m.Sending() != workflow.Automatic {
		t.Errorf("text message %+v", m.SMS)
	}
	s.alice.send(s.acme, path("push"), s.written(c.ID, "push", "", "title", "New", "link", "https://acme.test", "devices", "last")).want(303)
	if m := find("push").Push; m.Title != "New" || m.Body != "there" || m.Link != "https://acme.test" || m.Devices != workflow.LastDevice {
		t.Errorf("push message %+v", m)
	}
	s.alice.send(s.acme, path("slack"), s.written(c.ID, "slack", "", "text", "New: {{customer.email}}")).want(303)
	old := s.written(c.ID, "hook", "")
	s.alice.send(s.acme, path("hook"), s.written(c.ID, "hook", "", "headers", "X-Key: 1", "method", "PUT")).want(303)
	if w := find("hook").Webhook; w.Method != "PUT" || len(w.Headers) != 1 || !w.Converts || len(w.Response) != 1 {
		t.Errorf("webhook %+v", w)
	}
	old.Set("body", "mine")
	s.alice.send(s.acme, path("hook"), old).want(409, "Somebody saved this message meanwhile", "mine")
	s.alice.send(s.acme, path("hook"), s.written(c.ID, "hook", "", "headers", "no colon")).want(422, "Write each header as Name: value", "no colon")
	s.alice.send(s.acme, path("sms")+"/preview", s.written(c.ID, "sms", "", "text", "Hello")).want(200, "Hello", `id="text-said"`)
	s.alice.send(s.acme, path("sms")+"/test", url.Values{}).want(422, "Enter the number that should get the test.")
	s.alice.send(s.acme, path("sms")+"/test", url.Values{"to": {"+46701"}}).want(303)
	s.alice.send(s.acme, path("slack")+"/test", url.Values{}).want(303)
	s.alice.send(s.acme, path("sms")+"/languages", url.Values{"language": {"de"}}).want(404)
}

func TestEmailsSpeakLanguages(t *testing.T) {
	s := newSite(t)
	c := s.campaignOf("Welcome", fourMessages)
	path := views.MessagePath(s.acme, c.ID, "mail")
	languages := func() (all []string) {
		a, _ := workflow.Find(s.now(c.ID).Draft, "mail")
		for _, l := range a.Email.Languages {
			all = append(all, l.Language+": "+l.Subject)
		}
		return append(all, "else: "+a.Email.Subject)
	}
	want := func(want ...string) {
		t.Helper()
		if got := languages(); !slices.Equal(got, want) {
			t.Errorf("languages %q, want %q", got, want)
		}
	}
	add := func(name string) answer {
		return s.alice.send(s.acme, path+"/languages", url.Values{"language": {name}})
	}
	for name, problem := range map[string]string{"": "Write the language", "d e": "Write the language", strings.Repeat("x", 40): "Write the language"} {
		add(name).want(422, problem, "Add a language")
	}
	if to := add("de").want(303).location(); to != path+"?language=de" {
		t.Errorf("adding a language led to %s", to)
	}
	add("DE").want(422, "“DE” is there already.")
	add("pt-BR").want(303)
	want("de: Hi", "pt-BR: Hi", "else: Hi")

	page := s.alice.get(path+"?language=de").want(200, "Sender, address and layout are the same", `name="language" value="de"`).Body.String()
	if strings.Contains(page, `id="from"`) {
		t.Error("the sender can be changed in one language")
	}
	german, other := s.written(c.ID, "mail", "de", "subject", "Hallo"), s.written(c.ID, "mail", "", "subject", "Hello")
	s.alice.send(s.acme, path, german).want(303)
	want("de: Hallo", "pt-BR: Hi", "else: Hi")
	s.alice.send(s.acme, path, other).want(303) // who wrote the other language meanwhile is in nobody's way
	want("de: Hallo", "pt-BR: Hi", "else: Hello")
	s.alice.send(s.acme, path, german).want(409, "Somebody saved this message meanwhile")
	s.alice.send(s.acme, path+"/preview", s.written(c.ID, "mail", "de")).want(200, "Hallo")

	gone := s.written(c.ID, "mail", "pt-BR", "subject", "Olá")
	s.alice.send(s.acme, path+"/languages/remove", url.Values{"language": {"pt-BR"}}).want(303)
	want("de: Hallo", "else: Hello")
	s.alice.send(s.acme, path, gone).want(409, "Olá")
	want("de: Hallo", "else: Hello")
	s.alice.send(s.acme, path+"/languages/remove", url.Values{"language": {"xx"}}).want(404)
	s.bob.send(s.acme, path+"/languages", url.Values{"language": {"fr"}}).want(403)

	save := func(subscription, topic string) answer {
		return s.edit(c.ID, views.SaveActionPath(s.acme, c.ID, "mail"), url.Values{"name": {"Mail"}, "sending": {"automatic"}, "from": {"a@acme.test"}, "to": {"{{customer.email}}"}, "subscription": {subscription}, "topic": {topic}})
	}
	save("topic", "").want(422, "Name the topic.")
	for _, one := range [][3]string{{"topic", "News", "topic:News"}, {"all", "", "all"}, {"", "", ""}} {
		save(one[0], one[1]).want(303)
		if a, _ := workflow.Find(s.now(c.ID).Draft, "mail"); string(a.Email.Subscription) != one[2] {
			t.Errorf("%s went to %q", one[0], a.Email.Subscription)
		}
	}
}
