package web

import (
	"context"
	entities "html"
	"net/url"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/workflow"
	"github.com/postroom/postroom/views"
)

func (s *mailSite) editor() string { return views.MessagePath(s.acme, s.campaign.ID, "hello") }

// form is what the editor's form holds after it was loaded, with changes.
func (s *mailSite) form(changes ...string) url.Values {
	s.Helper()
	campaign, err := s.store.Campaign(context.Background(), s.acme.ID, s.campaign.ID)
	s.must(err)
	action, _ := workflow.Find(campaign.Draft, "hello")
	e := action.Email
	form := url.Values{
		"from": {e.From}, "to": {e.To}, "reply_to": {e.ReplyTo}, "subject": {e.Subject}, "preheader": {e.Preheader},
		"body": {e.Body}, "text": {e.Text}, "layout": {e.Layout}, "revision": {fingerprint(action, "")},
	}
	for i := 0; i < len(changes); i += 2 {
		form.Set(changes[i], changes[i+1])
	}
	return form
}

func (s *mailSite) draft() workflow.Email {
	s.Helper()
	campaign, err := s.store.Campaign(context.Background(), s.acme.ID, s.campaign.ID)
	s.must(err)
	action, ok := workflow.Find(campaign.Draft, "hello")
	if !ok {
		s.Fatal("the message is gone")
	}
	return *action.Email
}

func TestMessageIsEdited(t *testing.T) {
	s := newMailSite(t, "draft")
	s.alice.get(s.editor()).want(200, "Hello", "Acme &lt;hi@acme.test&gt;", "{{customer.name}}", `<option value="Default" selected>`, "Nobody is in this workspace yet")
	old := s.form()
	to := s.alice.send(s.acme, s.editor(), s.form("subject", "Good morning", "body", "one\r\ntwo", "reply_to", "Acme <re@acme.test>", "text", "plain", "layout", "")).want(303).location()
	s.alice.get(to).want(200, "“Hello” is saved.", `value="Good morning"`)
	want := workflow.Email{Sending: "draft", From: "Acme <hi@acme.test>", To: "{{customer.email}}", ReplyTo: "Acme <re@acme.test>", Subject: "Good morning", Body: "one\ntwo", Text: "plain"}
	if got := s.draft(); !reflect.DeepEqual(got, want) {
		t.Errorf("saved %+v, want %+v", got, want)
	}
	history, err := s.store.History(context.Background(), s.acme.ID, s.campaign.ID)
	s.must(err)
	if history.Undo != "Edit Hello" {
		t.Errorf("undo says %q", history.Undo)
	}

	old.Set("subject", "Mine")
	page := s.alice.send(s.acme, s.editor(), old).want(409, "Somebody saved this message meanwhile", `value="Mine"`).Body.String()
	if !reflect.DeepEqual(s.draft(), want) {
		t.Error("an old form replaced what somebody else saved")
	}
	again := regexp.MustCompile(`name="revision" value="([^"]+)"`).FindStringSubmatch(page)
	old.Set("revision", again[1])
	s.alice.send(s.acme, s.editor(), old).want(303)
	if s.draft().Subject != "Mine" {
		t.Error("saving again did not replace it")
	}
}

func TestMessageThatCannotBeSaved(t *testing.T) {
	s := newMailSite(t, "draft")
	before := s.draft()
	for _, tt := range []struct{ field, value, want string }{
		{"body", "<p>fine</p>\n{% if customer.plan %}<b>never ends</b>", "Line "},
		{"subject", "{{ customer.name | nonsense }}", "nonsense"},
		{"subject", "Hi\r\nBcc: everybody@x.test", "Write this in one line"},
		{"from", "Acme <hi@acme.test>\r\nBcc: everybody@x.test", "Write this in one line"},
		{"to", "{{customer.email}}\nX-Evil: 1", "Write this in one line"},
		{"from", "nobody", "This is no email address."},
		{"reply_to", "<x", "This is no email address."},
		{"layout", "Gone", "There is no layout named “Gone”"},
	} {
		page := s.alice.send(s.acme, s.editor(), s.form(tt.field, tt.value, "preheader", "kept as typed")).want(422, "There is a problem", "kept as typed", entities.EscapeString(strings.TrimSpace(strings.Split(tt.value, "\r\n")[0])))
		if !strings.Contains(entities.UnescapeString(page.Body.String()), tt.want) {
			t.Errorf("%s %q: no %q in the answer", tt.field, tt.value, tt.want)
		}
		if !reflect.DeepEqual(s.draft(), before) {
			t.Errorf("%s %q was saved", tt.field, tt.value)
		}
	}
}

func TestMessageIsGuarded(t *testing.T) {
	s := newMailSite(t, "draft")
	s.bob.get(s.editor()).want(403)
	s.bob.send(s.acme, s.editor(), s.form()).want(403)
	s.bob.send(s.acme, s.editor()+"/test", url.Values{"to": {"x@x.test"}}).want(403)
	s.alice.post(s.editor(), s.form()).want(409, "Nothing was saved")
	s.alice.send(s.other, s.editor(), s.form()).want(409)
	foreign := views.MessagePath(s.other, s.campaign.ID, "hello")
	s.charlie.get(foreign).want(404)
	s.charlie.send(s.other, foreign, s.form()).want(404)
	s.charlie.send(s.other, foreign+"/preview", s.form()).want(404)
	s.alice.get(s.editor() + "x").want(404)
}

// frame is the address of the preview's document.
var frame = regexp.MustCompile(`<iframe[^>]* src="([^"]+)"`)

func TestMessagePreview(t *testing.T) {
	s := newMailSite(t, "draft")
	s.signUp("ada", "Ada")
	s.signUp("eve", "")
	a := s.alice.send(s.acme, s.editor()+"/preview", s.form("as", "ada@x.test", "subject", "Hello {{customer.name}}")).
		want(200, "Hello Ada", "to <bdi>ada@x.test</bdi>", "As Ada: 9 characters", `hx-swap-oob="true"`)
	if strings.Contains(a.Body.String(), "parent.document") || strings.Contains(a.Body.String(), "<html") {
		t.Error("the part has more than the part")
	}
	at := frame.FindStringSubmatch(a.Body.String())
	doc := s.alice.get(at[1]).want(200, "Hi Ada", "parent.document")
	if policy := doc.Header().Get("Content-Security-Policy"); !strings.HasPrefix(policy, "sandbox; default-src 'none'; img-src data:;") {
		t.Errorf("the policy is %q", policy)
	}
	if strings.Contains(doc.Body.String(), "/e/c/") || strings.Contains(doc.Body.String(), "/unsubscribe/A") {
		t.Error("the preview is tracked")
	}
	same := s.alice.send(s.acme, s.editor()+"/preview", s.form("as", "ada", "subject", "Another")).want(200, "Another")
	if got := frame.FindStringSubmatch(same.Body.String()); got[1] != at[1] {
		t.Error("the frame is loaded again though its HTML is the same")
	}
	s.signIn("alice@acme.test").get(at[1]).want(404) // another session
	s.alice.get(strings.Replace(at[1], "/acme/", "/other/", 1)).want(404)
	s.bob.get(at[1]).want(403)
	s.nobody.get(at[1]).want(303)

	gap := s.alice.send(s.acme, s.editor()+"/preview", s.form("as", "eve", "body", "<p>one</p>\n<p>{{customer.name}}</p>")).
		want(200, `<a href="#body" data-caret="2:4">Line 2, column 4</a>`, "customer.name is not set for this person.", `<code class="excerpt" dir="auto">&lt;p&gt;{{customer.name}}&lt;/p&gt;</code>`, "Hi ⟦customer.name⟧")
	at = frame.FindStringSubmatch(gap.Body.String())
	s.alice.get(at[1]).want(200, "<p>one</p>", "<p><mark>⟦customer.name⟧</mark></p>")
	s.alice.send(s.acme, s.editor()+"/preview", s.form("as", "eve", "subject", "{% if %}", "body", "{% if %}")).
		want(200, "never closed", "It cannot be shown like this.")
	s.alice.send(s.acme, s.editor()+"/preview", s.form("as", "no such person")).want(200, "Nobody here is “<bdi>no such person</bdi>”.")
	s.alice.send(s.acme, s.editor(), s.form("do", "preview", "as", "ada", "subject", "Not saved")).want(200, "<html", `value="Not saved"`)
	if s.draft().Subject == "Not saved" {
		t.Error("a preview was saved")
	}
	to := s.alice.send(s.acme, s.editor(), s.form("as", "ada@x.test")).want(303).location()
	s.alice.get(to).want(200, `id="as" name="as" form="message" value="ada@x.test"`, `id="test-as" name="as" value="ada@x.test"`)
	s.alice.get(s.editor()+"/people?as=ada").want(200, `<option value="ada@x.test">Ada</option>`)
}

func TestMessageTest(t *testing.T) {
	s := newMailSite(t, "draft")
	s.signUp("ada", "Ada")
	s.alice.send(s.acme, s.editor()+"/test", url.Values{"to": {"nonsense"}, "as": {"ada"}}).
		want(422, "Enter the email address that should get the test.", `value="nonsense"`)
	to := s.alice.send(s.acme, s.editor()+"/test", url.Values{"to": {"me@acme.test"}, "as": {"ada"}}).want(303).location()
	s.alice.get(to).want(200, "The test is in the mailbox.", `id="test-as" name="as" value="ada@x.test"`)
	s.alice.get("/w/acme/mailbox").want(200, "me@acme.test", "[Test] Hi Ada")
	mails, err := s.store.Mails(context.Background(), s.acme.ID, "", store.Page{Limit: 1})
	s.must(err)
	if mails[0].DeliveryID != 0 || mails[0].Recipient != "me@acme.test" {
		t.Errorf("the test went to %s as delivery %d", mails[0].Recipient, mails[0].DeliveryID)
	}
	s.alice.get(views.MailPath(s.acme, mails[0].ID)).want(200, "Test")
}

func TestPreviewsAreBounded(t *testing.T) {
	var p previews
	if p.keep(editor{session: 1}, strings.Repeat("x", maxPreview+1)) != "" {
		t.Error("what is too large was kept")
	}
	big := strings.Repeat("x", maxPreview)
	first := p.keep(editor{session: 1}, big)
	for n := range 40 {
		p.keep(editor{session: store.SessionID(n + 2)}, big)
	}
	if p.bytes > maxPreviews || len(p.kept) != maxPreviews/maxPreview {
		t.Errorf("%d previews of %d bytes are kept", len(p.kept), p.bytes)
	}
	if _, err := p.find(1, 0, first); err == nil {
		t.Error("the oldest is still there")
	}
	for n := range 2000 {
		p.keep(editor{session: 1, campaign: store.CampaignID(n)}, "")
	}
	if len(p.kept) > maxPreviews/minPreviews {
		t.Errorf("%d small previews are kept", len(p.kept))
	}
}

func TestMessageSaysWhoLacksWhat(t *testing.T) {
	s := newMailSite(t, "draft")
	s.signUp("ada", "Ada")
	s.signUp("eve", "")
	at := s.editor() + "/lack"
	s.alice.send(s.acme, at, s.form("body", "{{customer.name}}")).
		want(200, "Would not be sent to 1 person who lacks", ">customer.name</code>", `name="preview_as" value="eve@x.test"`)
	for _, body := range []string{"{{customer.name | default: 'you'}}", "{% assign name = event.name %}{{ name }}", "{{ event.plan }} {{ customer.email }}", "{{ customer."} {
		if got := s.alice.send(s.acme, at, s.form("body", body, "subject", "Hi")).want(200).Body.String(); strings.Contains(got, "not be sent") {
			t.Errorf("%s: %s", body, got)
		}
	}
	s.alice.send(s.acme, s.editor(), s.form("preview_as", "eve@x.test", "subject", "Typed")).want(200, `value="Typed"`, `value="eve@x.test"`, "Would not be sent to 1 person")
	if s.draft().Subject == "Typed" {
		t.Error("a preview was saved")
	}
	s.bob.send(s.acme, at, s.form()).want(403)
	s.alice.post(at, s.form()).want(409)
	s.charlie.send(s.other, views.MessageLackPath(s.other, s.campaign.ID, "hello"), s.form()).want(404)
}

func TestEveryMistakeOfAMessageIsShown(t *testing.T) {
	s := newMailSite(t, "draft")
	s.alice.send(s.acme, s.editor(), s.form("body", "one {{ a | nope }}\n{{ b | nah }}", "subject", "{% render 'x' %}")).
		want(422, `data-caret="1:12">Line 1, column 12</a>`, `data-caret="2:8">Line 2, column 8</a>`, "called nope", "called nah", "There is nothing that {% render %} could render here")
}
