package engine

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/postroom/postroom/engine/channel"
	"github.com/postroom/postroom/engine/channel/smtptest"
	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/identity"
	"github.com/postroom/postroom/store/workflow"
)

// service is a web server that takes messages and answers as it is told.
type service struct {
	*httptest.Server
	mu     sync.Mutex
	got    []taken
	answer func(n int, w http.ResponseWriter)
}

// taken is one call that it got.
type taken struct {
	header http.Header
	body   map[string]any
}

func newService(t *testing.T, answer func(n int, w http.ResponseWriter)) *service {
	s := &service{answer: answer}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		raw, _ := io.ReadAll(r.Body)
		var body map[string]any
		json.Unmarshal(raw, &body)
		s.mu.Lock()
		s.got = append(s.got, taken{r.Header.Clone(), body})
		n := len(s.got)
		s.mu.Unlock()
		if s.answer != nil {
			s.answer(n, w)
		}
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *service) calls() []taken {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]taken{}, s.got...)
}

// of is the calls that carried a member in their body.
func (s *service) of(member string) (found []taken) {
	for _, c := range s.calls() {
		if _, ok := c.body[member]; ok {
			found = append(found, c)
		}
	}
	return found
}

func (h *house) gateway(c store.Channel, address string) {
	h.Helper()
	h.must(h.store.SetGateway(context.Background(), h.ws.ID, store.Gateway{
		Channel: c, Address: address, Sender: "Acme", Headers: []workflow.Header{{Name: "Authorization", Value: "Bearer s3cret"}},
	}, store.CommandLine))
}

func (h *house) device(email, token string, used time.Time) {
	h.Helper()
	h.must(errors.Join(h.store.Do(context.Background(), h.ws.ID, store.DeviceChange{
		Ref: identity.Ref{Kind: identity.Email, Value: email}, Device: store.Device{Token: token, Platform: "ios", UsedAt: used},
	})...))
}

const threeChannels = `[
	{"key":"sms","type":"sms","sending":"automatic","to":"{{customer.phone}}","text":"Hi {{customer.first_name | default: 'you'}}"},
	{"key":"push","type":"push","sending":"automatic","devices":"last","title":"Hello","body":"Look","link":"https://acme.test"},
	{"key":"all","type":"push","sending":"automatic","title":"Hello all","body":"Look"},
	{"key":"slack","type":"slack","sending":"automatic","text":"{{customer.email}} is here"}]`

func TestChannelsReachTheirGateways(t *testing.T) {
	h := newHouse(t, smtptest.Options{})
	s := newService(t, nil)
	for _, c := range store.GatewayChannels {
		h.gateway(c, s.URL+"/"+string(c))
	}
	h.run(h.mailer)
	c := h.campaign(h.ws, "joined", threeChannels)
	ada := h.person(h.ws, "ada@x.test", store.Attributes{"phone": "+491", "first_name": "Ada"})
	h.device("ada@x.test", "old", time.Unix(1000, 0))
	h.device("ada@x.test", "new", time.Unix(2000, 0))
	bob := h.person(h.ws, "bob@x.test", nil)
	eve := h.person(h.ws, "eve@x.test", store.Attributes{"phone": "+492"})
	h.device("eve@x.test", "eves", time.Unix(1000, 0))
	h.must(h.store.Unsubscribe(context.Background(), h.ws.ID, eve, store.CommandLine))
	for _, email := range []string{"ada@x.test", "bob@x.test", "eve@x.test"} {
		h.event(h.ws, email, "joined", `{}`)
	}
	h.until("decided", func() bool { n := h.states(h.ws, c); return n["sent"] == 6 && n["undeliverable"] == 6 })

	sms := s.of("to")
	if len(sms) != 1 {
		t.Fatalf("%d text messages", len(sms))
	}
	call := sms[0]
	person, _ := call.body["person"].(map[string]any)
	if call.body["to"] != "+491" || call.body["text"] != "Hi Ada" || call.body["from"] != "Acme" || call.body["channel"] != "sms" || call.body["workspace"] != "acme" ||
		person["email"] != "ada@x.test" || person["cio_id"] != ada.CioID() || call.body["action"] != "sms" {
		t.Errorf("text message %v", call.body)
	}
	if call.header.Get("Idempotency-Key") != call.body["delivery_id"] || call.header.Get("Authorization") != "Bearer s3cret" {
		t.Errorf("headers %v", call.header)
	}
	for _, push := range s.of("devices") {
		devices := push.body["devices"].([]any)
		first := devices[0].(map[string]any)
		if want := map[any]int{"Hello": 1, "Hello all": 2}[push.body["title"]]; len(devices) != want || first["token"] != "new" || first["platform"] != "ios" {
			t.Errorf("push %v", push.body)
		}
	}
	said := map[any]bool{}
	for _, call := range s.of("text") {
		if len(call.body) == 1 {
			said[call.body["text"]] = true
		}
	}
	if len(said) != 3 || !said["eve@x.test is here"] { // who has unsubscribed, too
		t.Errorf("Slack got %v", said)
	}
	reasons := func(id store.PersonID) string {
		all, err := h.store.DeliveriesOf(context.Background(), h.ws.ID, id, 10)
		h.must(err)
		var b strings.Builder
		for _, d := range all {
			b.WriteString(string(d.Channel) + ": " + d.Reason + " ")
		}
		return b.String()
	}
	if got := reasons(bob); !strings.Contains(got, "sms: There is no number") || !strings.Contains(got, "push: The person has no device.") {
		t.Errorf("bob %s", got)
	}
	if got := reasons(eve); strings.Count(got, store.UnsubscribedReason) != 3 {
		t.Errorf("eve %s", got)
	}
	_, total, err := h.store.Usages(context.Background(), store.PeriodOf(h.clock.now()))
	h.must(err)
	if total.Messages() != 6 {
		t.Errorf("usage %+v", total)
	}
	h.whole()
}

// A message for all goes to who has unsubscribed, too, also at the last moment.
func TestMessagesForAll(t *testing.T) {
	h := newHouse(t, smtptest.Options{})
	h.run(h.mailer)
	const mail = `"type":"email","sending":"automatic","from":"hi@acme.test","to":"{{customer.email}}","body":"<p>x</p>"`
	c := h.campaign(h.ws, "joined", `[{"key":"all","subject":"All","subscription":"all",`+mail+`},{"key":"some","subject":"Some",`+mail+`}]`)
	ada := h.person(h.ws, "ada@x.test", nil)
	h.must(h.store.Unsubscribe(context.Background(), h.ws.ID, ada, store.CommandLine))
	h.event(h.ws, "ada@x.test", "joined", `{}`)
	h.until("decided", func() bool { n := h.states(h.ws, c); return n["sent"] == 1 && n["undeliverable"] == 1 })
	if raw := string(h.smtp.Messages()[0].Raw); !strings.Contains(raw, "Subject: All") {
		t.Errorf("received\n%s", raw)
	}
}

func TestStartNeedsGateways(t *testing.T) {
	h := newHouse(t, smtptest.Options{})
	doc, err := workflow.Parse([]byte(`{"postroom":1,"campaign":{"name":"x","trigger":{"type":"event","event":"x"},"actions":` + threeChannels + `}}`))
	h.must(err)
	c, err := h.store.ImportCampaign(context.Background(), h.ws.ID, doc, store.CommandLine)
	h.must(err)
	start := func() error {
		_, err := h.store.StartCampaign(context.Background(), h.ws.ID, c.ID, false, store.CommandLine)
		return err
	}
	var no store.NotReady
	if err := start(); !errors.As(err, &no) || len(no) != 4 {
		t.Fatalf("without addresses: %v", err)
	}
	h.gateway(store.PushChannel, "https://push.test")
	h.gateway(store.SMSChannel, "https://sms.test")
	if err := start(); !errors.As(err, &no) || len(no) != 1 || no[0].Key != "slack" {
		t.Fatalf("without Slack: %v", err)
	}
	h.gateway(store.SlackChannel, "https://slack.test")
	h.must(start())
}

// A draft is composed and held; its gateway is called when it is sent.
func TestDraftsOfAllChannels(t *testing.T) {
	h := newHouse(t, smtptest.Options{})
	ctx := context.Background()
	s := newService(t, nil)
	h.run(h.mailer)
	c := h.campaign(h.ws, "joined", strings.ReplaceAll(threeChannels, "automatic", "draft"))
	h.person(h.ws, "ada@x.test", store.Attributes{"phone": "+491"})
	h.device("ada@x.test", "new", time.Unix(2000, 0))
	h.event(h.ws, "ada@x.test", "joined", `{}`)
	h.until("drafted", func() bool { return h.states(h.ws, c)["drafted"] == 4 })
	last, err := h.store.LastDraft(ctx, h.ws.ID, c.ID)
	h.must(err)
	if content, err := h.store.Content(ctx, h.ws.ID, last); err != nil || content.Text != "ada@x.test is here" {
		t.Errorf("the draft says %+v, %v", content, err)
	}
	approve := func() {
		_, err := h.store.ApproveDrafts(ctx, h.ws.ID, c.ID, last, 10, store.CommandLine)
		h.must(err)
	}
	approve()
	h.until("failed without addresses", func() bool { return h.states(h.ws, c)["failed"] == 4 })
	for _, c := range store.GatewayChannels {
		h.gateway(c, s.URL)
	}
	all, err := h.store.Deliveries(ctx, h.ws.ID, store.DeliveryFilter{}, store.Page{Limit: 10})
	h.must(err)
	for _, d := range all {
		if !strings.Contains(d.Reason, "settings under Channels") {
			t.Errorf("%s failed because %s", d.Channel, d.Reason)
		}
		h.must(h.store.SendAgain(ctx, h.ws.ID, d.ID, store.CommandLine))
	}
	h.until("sent", func() bool { return h.states(h.ws, c)["sent"] == 4 && len(s.calls()) == 4 })
	h.whole()
}

func TestGatewayTest(t *testing.T) {
	h := newHouse(t, smtptest.Options{})
	ctx := context.Background()
	s := newService(t, func(n int, w http.ResponseWriter) {
		if n > 1 {
			w.WriteHeader(http.StatusForbidden)
		}
	})
	e := h.engine(nil)
	var wrong store.Invalid
	if err := e.TestGateway(ctx, h.ws, store.SMSChannel); !errors.As(err, &wrong) {
		t.Errorf("without an address: %v", err)
	}
	h.gateway(store.SMSChannel, s.URL)
	h.must(e.TestGateway(ctx, h.ws, store.SMSChannel))
	if got := s.calls()[0]; got.body["test"] != true || got.header.Get("Authorization") != "Bearer s3cret" {
		t.Errorf("got %+v", got)
	}
	if err := e.TestGateway(ctx, h.ws, store.SMSChannel); !errors.As(err, &wrong) || !strings.Contains(wrong["test"], "403") {
		t.Errorf("refused: %v", err)
	}
	e.webhook = channel.NewWebhook(false)
	if err := e.TestGateway(ctx, h.ws, store.SMSChannel); !errors.As(err, &wrong) || len(s.calls()) != 2 {
		t.Errorf("a private address: %v", err)
	}
	h.ws.Sending = store.SendNever
	if err := e.TestGateway(ctx, h.ws, store.SMSChannel); !errors.As(err, &wrong) || !strings.Contains(wrong["test"], "never sends") {
		t.Errorf("never sends: %v", err)
	}
}
