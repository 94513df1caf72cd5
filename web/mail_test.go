package web

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/postroom/postroom/engine"
	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/identity"
	"github.com/postroom/postroom/store/workflow"
	"github.com/postroom/postroom/views"
)

// mailSite is a site whose messages land in the built-in mailbox: the engine
// is the real one.
type mailSite struct {
	*site
	campaign store.Campaign
}

const hostile = `<h1>Hi {{customer.name}}</h1><script>parent.document.title='owned'</script><img src=\"http://x.test/pixel.png\"><a href=\"https://acme.test/shop?a=1&amp;b=2\">Shop</a><form action=\"https://evil.test\"></form>`

func newMailSite(t *testing.T, sending string) *mailSite {
	t.Helper()
	return newMailSiteWith(t, sending, nil)
}

// newMailSiteWith is the same with a mail server.
func newMailSiteWith(t *testing.T, sending string, mailer engine.Mailer) *mailSite {
	t.Helper()
	s := &mailSite{site: newSite(t)}
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	e := engine.New(engine.Config{Store: s.store, Log: log, BaseURL: "http://example.com", Workers: 2, Mailer: mailer, Poll: 20 * time.Millisecond})
	s.srv.engine = e
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); e.Run(ctx) }()
	t.Cleanup(func() { stop(); <-done })

	doc, err := workflow.Parse([]byte(fmt.Sprintf(`{"postroom":1,"campaign":{"name":"Welcome","trigger":{"type":"event","event":"signed_up"},"actions":[
		{"key":"hello","type":"email","name":"Hello","sending":%q,"from":"Acme <hi@acme.test>","to":"{{customer.email}}","subject":"Hi {{customer.name}}","body":"%s","layout":"Default"}]}}`, sending, hostile)))
	s.must(err)
	s.campaign, err = s.store.ImportCampaign(ctx, s.acme.ID, doc, store.CommandLine)
	s.must(err)
	s.campaign, err = s.store.StartCampaign(ctx, s.acme.ID, s.campaign.ID, false, store.CommandLine)
	s.must(err)
	return s
}

// signUp lets somebody reach the message and waits for what comes of it.
func (s *mailSite) signUp(id, name string) store.ListedDelivery {
	s.Helper()
	ctx := context.Background()
	email := id + "@x.test"
	in := store.Identify{Ref: identity.Ref{Kind: identity.ID, Value: id}, Body: identity.Body{Email: &email}, Attributes: store.Attributes{}}
	if name != "" {
		in.Attributes["name"] = name
	}
	who, err := s.store.Identify(ctx, s.acme.ID, in)
	s.must(err)
	s.must(s.store.Track(ctx, s.acme.ID, store.Event{Ref: in.Ref, Type: store.EventActivity, Name: "signed_up"}))
	return s.settled(store.DeliveryFilter{People: []store.PersonID{who.Person}})
}

// settled is the one delivery that the filter finds, once it stands still.
func (s *mailSite) settled(f store.DeliveryFilter) store.ListedDelivery {
	s.Helper()
	for range 400 {
		found, err := s.store.Deliveries(context.Background(), s.acme.ID, f, store.Page{Limit: 1})
		s.must(err)
		if len(found) == 1 && found[0].State != store.Queued {
			return found[0]
		}
		time.Sleep(5 * time.Millisecond)
	}
	s.Fatal("nothing was delivered in two seconds")
	return store.ListedDelivery{}
}

func (s *mailSite) becomes(id store.DeliveryID, state store.DeliveryState) {
	s.Helper()
	var d store.ListedDelivery
	for range 400 {
		var err error
		d, err = s.store.Delivery(context.Background(), s.acme.ID, id)
		s.must(err)
		if d.State == state {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	s.Fatalf("the delivery is %s (%s), want %s", d.State, d.Reason, state)
}

func (s *mailSite) token(d store.ListedDelivery) string {
	s.Helper()
	signer, err := s.store.Signer(context.Background())
	s.must(err)
	return signer.Token(d.ID)
}

func (s *mailSite) person(d store.ListedDelivery) store.Person {
	s.Helper()
	p, err := s.store.Person(context.Background(), s.acme.ID, d.PersonID)
	s.must(err)
	return p
}

// steps is the time line of a delivery, but how it was sent.
func (s *mailSite) steps(d store.ListedDelivery) string {
	s.Helper()
	all, err := s.store.DeliveryActivities(context.Background(), s.acme.ID, d.ID)
	s.must(err)
	var types []string
	for _, a := range all {
		if a.Type != "sent_email" {
			types = append(types, string(a.Type)+string(a.Data))
		}
	}
	return strings.Join(types, " ")
}

func TestDeliveryPages(t *testing.T) {
	s := newMailSite(t, "automatic")
	s.bob.get("/w/acme/deliveries").want(200, "Nothing was sent yet")
	sent, failed := s.signUp("ada", "Ada"), s.signUp("eve", "")

	s.bob.get("/w/acme/deliveries").want(200, "ada@x.test", "Hi Ada", "Sent", "Failed", "Welcome")
	if page := s.bob.get("/w/acme/deliveries?state=failed").want(200).Body.String(); strings.Contains(page, "ada@x.test") || !strings.Contains(page, "eve@x.test") {
		t.Error("the state does not filter")
	}
	if page := s.bob.get("/w/acme/deliveries?person=ADA@x.test").want(200).Body.String(); !strings.Contains(page, "ada@x.test") || strings.Contains(page, "eve@x.test") {
		t.Error("the person does not filter")
	}
	s.bob.get("/w/acme/deliveries?person=nobody").want(200, "Nothing found")
	s.bob.get(fmt.Sprintf("/w/acme/deliveries?campaign=%d&state=drafted", s.campaign.ID)).want(200, "No delivery is like this.")

	ledger := views.CampaignDeliveriesPath(s.acme, s.campaign.ID)
	s.bob.get(ledger).want(200, "<h1 dir=\"auto\">Welcome</h1>", "ada@x.test", "eve@x.test", "Failed · 1")
	if page := s.bob.get(ledger + "?state=failed&person=eve@x.test").want(200).Body.String(); strings.Contains(page, "ada@x.test") || !strings.Contains(page, "eve@x.test") {
		t.Error("the campaign's ledger does not filter")
	}
	s.bob.get(ledger+"?state=drafted").want(200, "No drafts", "All states")
	s.charlie.get(views.CampaignDeliveriesPath(s.other, s.campaign.ID)).want(404)
	s.charlie.get(ledger).want(404)

	page := s.bob.get(views.DeliveryPath(s.acme, sent.ID)).want(200, "Hi Ada", "Acme", "ada@x.test", "sandbox", "It landed in the built-in mailbox").Body.String()
	if strings.Contains(page, "parent.document") {
		t.Error("what others wrote is in our page")
	}
	s.bob.get(views.DeliveryPath(s.acme, sent.ID)+"?view=text").want(200, "Shop")
	s.alice.get(views.DeliveryPath(s.acme, failed.ID)).want(200, "customer.name is not set", "Send again", "Edit the message")
	if strings.Contains(s.bob.get(views.DeliveryPath(s.acme, failed.ID)).want(200).Body.String(), "Send again") {
		t.Error("a viewer is offered to send")
	}
}

func TestDeliveryBodyStaysInItsFrame(t *testing.T) {
	s := newMailSite(t, "automatic")
	d := s.signUp("ada", "Ada")
	a := s.bob.get(views.DeliveryBodyPath(s.acme, d.ID)).want(200, "parent.document", `<base target="_blank">`)
	for name, want := range map[string]string{
		"Content-Security-Policy": "sandbox; default-src 'none'; img-src data:; style-src 'unsafe-inline'; frame-ancestors 'self'",
		"X-Content-Type-Options":  "nosniff", "Referrer-Policy": "no-referrer", "Cross-Origin-Resource-Policy": "same-origin",
		"Content-Type": "text/html; charset=UTF-8", "Cache-Control": "private, no-cache, no-store",
	} {
		if got := a.Header().Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if strings.Contains(a.Body.String(), "/e/o/") {
		t.Error("looking at a message here would count as an open")
	}
	images := s.bob.get(views.WithImages(views.DeliveryBodyPath(s.acme, d.ID), true)).want(200)
	if policy := images.Header().Get("Content-Security-Policy"); !strings.Contains(policy, "img-src data: https:;") || !strings.HasPrefix(policy, "sandbox; ") {
		t.Errorf("with images the policy is %q", policy)
	}
	s.nobody.get(views.DeliveryBodyPath(s.acme, d.ID)).want(303)
	s.charlie.get(views.DeliveryBodyPath(s.acme, d.ID)).want(404)
	s.charlie.get(views.DeliveryBodyPath(s.other, d.ID)).want(404)
}

func TestDrafts(t *testing.T) {
	s := newMailSite(t, "draft")
	first, second, third := s.signUp("ada", "Ada"), s.signUp("ben", "Ben"), s.signUp("cyd", "Cyd")
	if first.State != store.Drafted {
		t.Fatalf("it is %s", first.State)
	}
	for path, who := range map[string]*browser{views.SendDraftPath(s.acme, first.ID): s.bob, views.SendDraftsPath(s.acme): s.bob, views.DiscardPath(s.acme, first.ID): s.bob} {
		who.send(s.acme, path, nil).want(403)
		s.alice.post(path, nil).want(409)
		s.alice.send(s.other, path, nil).want(409)
	}
	s.charlie.send(s.other, views.SendDraftPath(s.other, first.ID), nil).want(404)

	s.alice.get(views.DeliveryPath(s.acme, first.ID)).want(200, "Send this draft?", "Discard this draft?")
	s.alice.send(s.acme, views.SendDraftPath(s.acme, first.ID), nil).want(303)
	s.becomes(first.ID, store.Sent)
	s.alice.send(s.acme, views.SendDraftPath(s.acme, first.ID), nil).want(409, "Somebody changed this meanwhile")
	s.alice.send(s.acme, views.DiscardPath(s.acme, second.ID), nil).want(303)
	s.becomes(second.ID, store.Undeliverable)
	s.alice.get(views.DeliveryPath(s.acme, second.ID)).want(200, "Alice Adams discarded this draft.")
	s.alice.send(s.acme, views.SendAgainPath(s.acme, second.ID), nil).want(303)
	s.becomes(second.ID, store.Sent)

	list := fmt.Sprintf("/w/acme/deliveries?state=drafted&campaign=%d", s.campaign.ID)
	s.alice.get(views.CampaignDeliveriesPath(s.acme, s.campaign.ID)+"?state=drafted").want(200, "Send 1 draft of “Welcome”?")
	s.alice.get(list).want(200, "Send 1 draft of “Welcome”?", fmt.Sprintf(`name="last" value="%d"`, third.ID))
	form := url.Values{"campaign": {fmt.Sprint(s.campaign.ID)}, "last": {fmt.Sprint(third.ID - 1)}}
	s.alice.send(s.acme, views.SendDraftsPath(s.acme), form).want(303)
	form.Set("last", fmt.Sprint(third.ID))
	to := s.alice.send(s.acme, views.SendDraftsPath(s.acme), form).want(303).location()
	s.alice.get(to).want(200, "1 draft is on the way.")
	s.becomes(third.ID, store.Sent)
}

func TestSendAgainKeepsConsent(t *testing.T) {
	s := newMailSite(t, "automatic")
	d := s.signUp("eve", "")
	s.nobody.post(views.UnsubscribePath(s.token(d)), url.Values{"List-Unsubscribe": {"One-Click"}}).want(200)
	s.alice.send(s.acme, views.SendAgainPath(s.acme, d.ID), nil).want(422, "The person is unsubscribed, so this stays unsent.")
	s.becomes(d.ID, store.Failed)
}

func TestMailbox(t *testing.T) {
	s := newMailSite(t, "automatic")
	s.bob.get("/w/acme/mailbox").want(200, "No mail yet", "No mail server is set; nothing leaves this machine.")
	d := s.signUp("ada", "Ada")
	s.bob.get("/w/acme/mailbox").want(200, "ada@x.test", "Hi Ada")
	s.bob.get("/w/acme/mailbox?q=HI+ada").want(200, "ada@x.test")
	s.bob.get("/w/acme/mailbox?q=nobody").want(200, "No such message", `value="nobody"`)
	mails, err := s.store.Mails(context.Background(), s.acme.ID, "", store.Page{Limit: 1})
	s.must(err)
	path := views.MailPath(s.acme, mails[0].ID)
	page := s.bob.get(path).want(200, "List-Unsubscribe-Post", "Open its delivery", views.DeliveryPath(s.acme, d.ID)).Body.String()
	if strings.Contains(page, "parent.document") {
		t.Error("what others wrote is in our page")
	}
	s.bob.get(path+"?view=text").want(200, "Shop")
	s.bob.get(path+"?view=source").want(200, "MIME-Version: 1.0")
	a := s.bob.get(views.MailBodyPath(s.acme, mails[0].ID)).want(200, "/e/c/")
	if policy := a.Header().Get("Content-Security-Policy"); !strings.HasPrefix(policy, "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; img-src data:;") {
		t.Errorf("the policy is %q", policy)
	}
	s.charlie.get(views.MailPath(s.other, mails[0].ID)).want(404)
	s.bob.send(s.acme, views.EmptyMailboxPath(s.acme), nil).want(403)
	s.alice.post(views.EmptyMailboxPath(s.acme), nil).want(409)
	s.alice.send(s.acme, views.EmptyMailboxPath(s.acme), nil).want(303)
	s.alice.get("/w/acme/mailbox").want(200, "The mailbox is empty.", "No mail yet")
	s.becomes(d.ID, store.Sent)
}

func TestUnsubscribe(t *testing.T) {
	s := newMailSite(t, "automatic")
	d := s.signUp("ada", "Ada")
	for _, path := range []string{views.UnsubscribePath(s.token(d)), "/manage_subscription/" + s.token(d)} {
		s.nobody.get(path).want(200, "Unsubscribe?", "ada@x.test", "Acme")
		s.nobody.do("HEAD", path, nil).want(200)
		s.nobody.get(path+"?List-Unsubscribe=One-Click").want(200, "Unsubscribe?")
	}
	if s.person(d).Unsubscribed {
		t.Fatal("looking at the page unsubscribed")
	}
	path := views.UnsubscribePath(s.token(d))
	s.nobody.post(path, nil).want(400)
	for range 2 {
		// As mail programs send it: no cookie, no origin of ours.
		s.nobody.do("POST", path, url.Values{"List-Unsubscribe": {"One-Click"}}, "Sec-Fetch-Site", "cross-site", "Origin", "https://mail.test").want(200, "You are unsubscribed")
	}
	if !s.person(d).Unsubscribed {
		t.Error("one click did not unsubscribe")
	}
	s.nobody.get(path).want(200, "You are unsubscribed", "Subscribe again")
	s.nobody.post(path, url.Values{"subscribe": {"again"}}).want(200, "You are subscribed again")
	s.nobody.post(path, url.Values{"unsubscribe": {"page"}}).want(200, "You are unsubscribed")
	if got, want := strings.Count(s.steps(d), "unsubscribed_email"), 2; got != want {
		t.Errorf("%d unsubscribes on the time line, want %d", got, want)
	}
	s.alice.get(views.DeliveryPath(s.acme, d.ID)).want(200, "With the unsubscribe button of their mail program.", `<b dir="auto">Subscribed</b>`)
}

func TestUnsubscribeWhoIsGone(t *testing.T) {
	s := newMailSite(t, "automatic")
	d := s.signUp("ada", "Ada")
	path, other := views.UnsubscribePath(s.token(d)), s.signUp("ben", "Ben")
	s.must(s.store.DeletePerson(context.Background(), s.acme.ID, d.PersonID, store.CommandLine))
	s.nobody.get(path).want(200, "You get no more messages")
	s.nobody.post(path, url.Values{"List-Unsubscribe": {"One-Click"}}).want(200, "You get no more messages")
	s.nobody.post(path, url.Values{"subscribe": {"again"}}).want(200, "You get no more messages")

	path = views.UnsubscribePath(s.token(other))
	s.must(s.store.DeleteWorkspace(context.Background(), s.acme.ID, "Acme", store.CommandLine))
	s.nobody.post(path, url.Values{"List-Unsubscribe": {"One-Click"}}).want(200, "You are unsubscribed")
	_, err := s.store.RestoreWorkspace(context.Background(), s.acme.ID, store.CommandLine)
	s.must(err)
	if !s.person(other).Unsubscribed {
		t.Error("who unsubscribed while the workspace was deleted gets messages when it is back")
	}
}

func TestUnsubscribeForgery(t *testing.T) {
	s := newMailSite(t, "automatic")
	d := s.signUp("ada", "Ada")
	token := s.token(d)
	for _, forged := range []string{token[:len(token)-1] + "x", "x", token + "A", strings.ToLower(token), fmt.Sprint(d.ID), "%2e%2e"} {
		s.nobody.get("/unsubscribe/"+forged).want(404, "Not found")
		s.nobody.post("/unsubscribe/"+forged, url.Values{"List-Unsubscribe": {"One-Click"}}).want(404)
	}
	if s.person(d).Unsubscribed {
		t.Error("a forged token unsubscribed")
	}
}

func TestUnsubscribeJSON(t *testing.T) {
	s := newMailSite(t, "automatic")
	d := s.signUp("ada", "Ada")
	call := func(token, body string) answer {
		r := httptest.NewRequest("POST", "/unsubscribe/"+token, strings.NewReader(body))
		r.Header.Set("Content-Type", "application/json; charset=utf-8")
		w := httptest.NewRecorder()
		s.srv.ServeHTTP(w, r)
		return answer{w, t}
	}
	call(s.token(d), `{"unsubscribe": false}`).want(400, `Send {\"unsubscribe\": true}.`)
	call(s.token(d), `nonsense`).want(400)
	call("forged", `{"unsubscribe": true}`).want(400, "There is no such delivery id.")
	if s.person(d).Unsubscribed {
		t.Error("a refused call unsubscribed")
	}
	if a := call(s.token(d), `{"unsubscribe": true}`).want(200, "{}"); a.Header().Get("Access-Control-Allow-Origin") != "*" {
		t.Error("a page elsewhere cannot make the call")
	}
	if !s.person(d).Unsubscribed {
		t.Error("the call did nothing")
	}
	call(s.token(d), `{"unsubscribe": true, "more": "`+strings.Repeat("x", 100<<10)+`"}`).want(413)
}

func TestOpens(t *testing.T) {
	s := newMailSite(t, "automatic")
	d := s.signUp("ada", "Ada")
	path := "/e/o/" + s.token(d) + ".gif"
	s.nobody.do("HEAD", path, nil, "User-Agent", "Mozilla/5.0 (X11)").want(200)
	s.nobody.get("/e/o/forged.gif", "User-Agent", "Mozilla/5.0 (X11)").want(200, "GIF89a")
	s.nobody.get(path, "User-Agent", "Mozilla/5.0").want(200, "GIF89a")
	for range 2 {
		if a := s.nobody.get(path, "User-Agent", "Mozilla/5.0 (Windows NT 5.1) (via ggpht.com GoogleImageProxy)").want(200, "GIF89a"); a.Header().Get("Content-Type") != "image/gif" {
			t.Error("no picture")
		}
	}
	if got, want := s.steps(d), `opened_email{"prefetched":true} opened_email{"proxied":true}`; got != want {
		t.Errorf("the time line is %s, want %s", got, want)
	}
}

func TestClicks(t *testing.T) {
	s := newMailSite(t, "automatic")
	d, other := s.signUp("ada", "Ada"), s.signUp("ben", "Ben")
	signer, err := s.store.Signer(context.Background())
	s.must(err)
	link := func(id store.DeliveryID, token, href string) string {
		return "/e/c/" + token + "/" + signer.Link(id, href) + "?u=" + url.QueryEscape(href)
	}
	const shop = "https://acme.test/shop?a=1&b=2"
	content, err := s.store.Content(context.Background(), s.acme.ID, d.ID)
	s.must(err)
	if want := "http://example.com" + strings.ReplaceAll(link(d.ID, s.token(d), shop), "&", "&amp;"); !strings.Contains(content.HTML, want) {
		t.Errorf("the message has no %s:\n%s", want, content.HTML)
	}
	human := []string{"User-Agent", "Mozilla/5.0 (Macintosh) Safari/605"}
	s.nobody.do("HEAD", link(d.ID, s.token(d), shop), nil, human...).want(302)
	s.nobody.get(link(d.ID, s.token(d), shop), "User-Agent", "SomeBot/1.0").want(302)
	a := s.nobody.get(link(d.ID, s.token(d), shop), human...).want(302)
	if a.location() != shop || a.Header().Get("Referrer-Policy") != "no-referrer" {
		t.Errorf("led to %q with %q", a.location(), a.Header().Get("Referrer-Policy"))
	}
	if got, want := s.steps(d), `clicked_email{"href":"https://acme.test/shop?a=1&b=2","machine":true} clicked_email{"href":"https://acme.test/shop?a=1&b=2"} opened_email{"synthetic":true}`; strings.ReplaceAll(got, `\u0026`, "&") != want {
		t.Errorf("the time line is %s, want %s", got, want)
	}

	for _, forged := range []string{
		"/e/c/" + s.token(d) + "/" + signer.Link(d.ID, shop) + "?u=https%3A%2F%2Fevil.test",
		"/e/c/" + s.token(d) + "/" + signer.Link(d.ID, shop),
		link(d.ID, s.token(other), shop),
		link(d.ID, "forged", shop),
		link(d.ID, s.token(d), "javascript:alert(1)"),
		link(d.ID, s.token(d), "//evil.test"),
		link(d.ID, s.token(d), "/relative"),
		link(d.ID, s.token(d), "https://"),
	} {
		a := s.nobody.get(forged, human...).want(404)
		if a.location() != "" {
			t.Errorf("%s led to %q", forged, a.location())
		}
	}
	split := s.nobody.get(link(d.ID, s.token(d), "https://acme.test/\r\nSet-Cookie: a=b"), human...).want(404)
	if split.Header().Get("Set-Cookie") != "" {
		t.Error("a link set a cookie")
	}
}
