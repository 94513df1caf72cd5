package web

import (
	"net/url"
	"testing"

	"github.com/postroom/postroom/views"
)

func TestChannelsAreSetAndTheirSecretsNeverShown(t *testing.T) {
	s := newSite(t)
	page := views.ChannelsPath(s.acme)
	form := func(address string, headers ...string) url.Values {
		f := url.Values{"channel": {"sms"}, "sms_address": {address}, "sms_sender": {"Acme"}}
		for i := 0; i < len(headers); i += 2 {
			f.Add("sms_header", headers[i])
			f.Add("sms_value", headers[i+1])
		}
		return f
	}
	s.alice.get(page).want(200, "No address yet", `value="language"`).without("Send a test")
	s.alice.send(s.acme, page, form("sms.test", "Authorization", "s3cret")).want(422, "Write a whole address", `value="sms.test"`, `href="#sms_address"`, `value="Authorization"`).without("s3cret")
	s.alice.send(s.acme, page, form("https://sms.test/send", "Authorization", "s3cret", "", "")).want(303)
	s.alice.get(page).want(200, "Text messages: the address is saved.", `value="https://sms.test/send"`, `value="Authorization"`, "Kept. Write to replace it.").without("s3cret")
	s.alice.send(s.acme, page, form("https://sms.test/other", "Authorization", "")).want(303)
	s.alice.send(s.acme, page, form("https://evil.test/other", "Authorization", "")).want(422, "secrets stay behind", `value="https://evil.test/other"`)
	s.alice.get(views.HistoryPath(s.acme)).want(200, "Changed a channel", "To sms.test.").without("s3cret")

	s.alice.send(s.acme, views.TestChannelPath(s.acme), url.Values{"channel": {"sms"}}).want(303)
	s.alice.get(page).want(200, "Text messages: the test was taken.")
	s.alice.send(s.acme, page, url.Values{"channel": {"push"}, "push_address": {"https://push.test"}}).want(303)
	s.alice.send(s.acme, views.TestChannelPath(s.acme), url.Values{"channel": {"push"}}).want(422, "push.test did not take the test: 403 Forbidden", `href="#push_test"`)
	s.alice.send(s.acme, views.TestChannelPath(s.acme), url.Values{"channel": {"email"}}).want(404)

	s.alice.get(page).want(200, "Remove the address of Text messages?")
	s.alice.send(s.acme, views.RemoveChannelPath(s.acme), url.Values{"channel": {"sms"}}).want(303)
	s.alice.send(s.acme, views.RemoveChannelPath(s.acme), url.Values{"channel": {"sms"}}).want(404)

	s.alice.send(s.acme, views.LanguagePath(s.acme), url.Values{"language": {" "}}).want(422, "Write the name of an attribute")
	s.alice.send(s.acme, views.LanguagePath(s.acme), url.Values{"language": {"tongue"}}).want(303)
	s.alice.get(page).want(200, `value="tongue"`)

	all, err := s.store.Gateways(t.Context(), s.other.ID)
	s.must(err)
	if len(all) != 0 {
		t.Errorf("the other workspace has %+v", all)
	}
	s.bob.get(page).want(403)
	s.bob.send(s.acme, page, form("https://x.test")).want(403)
}
