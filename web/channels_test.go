package web

import (
	"net/url"
	"testing"
	"time"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/identity"
	"github.com/postroom/postroom/store/workflow"
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

// The ledger's pages are for messages of every channel.
func TestDeliveriesOfEveryChannel(t *testing.T) {
	s := newMailSite(t, "draft")
	doc, err := workflow.Parse([]byte(`{"postroom":1,"campaign":{"name":"Reminder","trigger":{"type":"event","event":"late"},"actions":[
		{"key":"sms","type":"sms","name":"Text them","sending":"draft","to":"{{customer.phone}}","from":"Acme","text":"Hi <b>{{customer.email}}</b>"},
		{"key":"slack","type":"slack","name":"Tell us","sending":"draft","url":"https://hooks.slack.test/s3cret","text":"{{customer.email}} is late"},
		{"key":"push","type":"push","name":"Push them","sending":"draft","title":"Late","body":"Come on"}]}}`))
	s.must(err)
	c, err := s.store.ImportCampaign(t.Context(), s.acme.ID, doc, store.CommandLine)
	s.must(err)
	_, err = s.store.StartCampaign(t.Context(), s.acme.ID, c.ID, false, store.CommandLine)
	s.must(err)
	ref := identity.Ref{Kind: identity.Email, Value: "ada@x.test"}
	_, err = s.store.Identify(t.Context(), s.acme.ID, store.Identify{Ref: ref, Attributes: store.Attributes{"phone": "+491"}})
	s.must(err)
	s.must(s.store.Track(t.Context(), s.acme.ID, store.Event{Ref: ref, Type: store.EventActivity, Name: "late"}))
	var all []store.ListedDelivery
	for range 500 {
		all, err = s.store.Deliveries(t.Context(), s.acme.ID, store.DeliveryFilter{Campaign: c.ID}, store.Page{Limit: 10})
		s.must(err)
		if len(all) == 3 && all[0].State != store.Queued && all[1].State != store.Queued && all[2].State != store.Queued {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	push, slack, sms := all[0], all[1], all[2]
	s.alice.get(views.DeliveryPath(s.acme, sms.ID)).want(200, "Text message", "+491", "Hi &lt;b&gt;ada@x.test&lt;/b&gt;", "Send this draft?").without("<iframe", "Edit the message")
	s.alice.get(views.DeliveryPath(s.acme, slack.ID)).want(200, "hooks.slack.test", "ada@x.test is late").without("s3cret")
	s.alice.get(views.DeliveryPath(s.acme, push.ID)).want(200, "Push message", "The person has no device.")
	s.alice.get(views.DeliveriesPath(s.acme)).want(200, "+491", "hooks.slack.test", "Push message")
	s.alice.get(views.PersonPath(s.acme, sms.PersonID)).want(200, "The text message is held as a draft", "The push message was not sent")
	s.alice.send(s.acme, views.DiscardPath(s.acme, slack.ID), nil).want(303)
	s.alice.send(s.acme, views.SendDraftPath(s.acme, sms.ID), nil).want(303)
	for range 500 {
		d, err := s.store.Delivery(t.Context(), s.acme.ID, sms.ID)
		if s.must(err); d.State == store.Failed {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	s.alice.get(views.DeliveryPath(s.acme, sms.ID)).want(200, "An admin sets one in the settings under Channels.")
}

// What a campaign does to many people is a job like any other.
func TestBatchUpdateIsAmongTheJobs(t *testing.T) {
	s := newMailSite(t, "draft")
	_, err := s.store.CreateSegment(t.Context(), s.acme.ID, store.NewSegment{Name: "Team red", Manual: true}, store.CommandLine)
	s.must(err)
	doc, err := workflow.Parse([]byte(`{"postroom":1,"campaign":{"name":"Prizes","trigger":{"type":"event","event":"won"},"actions":[
		{"key":"all","type":"batch_update","name":"Give all a cup","people":{"segment":{"name":"Team red"}},"set":{"prize":"cup"}}]}}`))
	s.must(err)
	c, err := s.store.ImportCampaign(t.Context(), s.acme.ID, doc, store.CommandLine)
	s.must(err)
	_, err = s.store.StartCampaign(t.Context(), s.acme.ID, c.ID, false, store.CommandLine)
	s.must(err)
	s.must(s.store.Track(t.Context(), s.acme.ID, store.Event{Ref: identity.Ref{Kind: identity.Email, Value: "ada@x.test"}, Type: store.EventActivity, Name: "won"}))
	for range 500 {
		if jobs, err := s.store.Jobs(t.Context(), s.acme.ID, "", store.Page{Limit: 1}); err == nil && len(jobs) == 1 && jobs[0].State == store.JobDone {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	title := "“Give all a cup” of the campaign “Prizes”"
	s.bob.get(views.JobsPath(s.acme)).want(200, title, "Done")
	s.bob.get(views.JobPath(s.acme, 1)).want(200, title, "Team red", "Campaign Prizes", "0 people found")
}
