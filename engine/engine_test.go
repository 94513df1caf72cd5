package engine

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/mail"
	"path/filepath"
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

// house is a database, a real mail server and an engine between them.
type house struct {
	*testing.T
	path   string
	store  *store.Store
	smtp   *smtptest.Server
	ws     store.Workspace
	mailer *channel.SMTP
	stop   func()
	clock  *clock
}

// clock can be moved ahead, or stand still.
type clock struct {
	mu    sync.Mutex
	ahead time.Duration
	still time.Time // zero: it goes on
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.still.IsZero() {
		return c.still
	}
	return time.Now().Add(c.ahead)
}

func (c *clock) stand(at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.still = at
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ahead += d
}

func newHouse(t *testing.T, options smtptest.Options) *house {
	t.Helper()
	h := &house{T: t, path: filepath.Join(t.TempDir(), "test.db"), clock: &clock{}, stop: func() {}}
	h.open()
	_, ws, err := h.store.SetUp(context.Background(), store.Setup{
		Account: "Acme", Name: "Alice", Email: "alice@acme.test", PasswordHash: "x",
		Workspace: store.NewWorkspace{Name: "Acme", Identifiers: identity.EmailOrID},
	})
	h.must(err)
	h.ws = ws
	h.smtp = smtptest.Start(t, options)
	h.mailer, err = channel.NewSMTP(h.smtp.URL(), channel.Options{Connections: 8})
	h.must(err)
	t.Cleanup(func() {
		h.stop()
		h.mailer.Close()
		h.store.Close()
	})
	return h
}

func (h *house) open() {
	h.Helper()
	db, err := store.Open(h.path)
	h.must(err)
	db.SetClock(h.clock.now)
	h.store = db
}

func (h *house) must(err error) {
	h.Helper()
	if err != nil {
		h.Fatal(err)
	}
}

// run starts an engine, with the mail server or with the built-in mailbox.
func (h *house) run(mailer Mailer) { h.start(h.engine(mailer)) }

func (h *house) engine(mailer Mailer) *Engine {
	return New(Config{
		Store: h.store, Log: slog.New(slog.NewTextHandler(io.Discard, nil)), BaseURL: "https://post.test",
		Mailer: mailer, Webhook: channel.NewWebhook(true), Poll: 20 * time.Millisecond,
	})
}

func (h *house) start(e *Engine) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := e.Run(ctx); err != nil {
			h.Error(err)
		}
	}()
	h.stop = func() {
		cancel()
		<-done
		h.stop = func() {}
	}
}

// restart is a new start on the same file.
func (h *house) restart() {
	h.stop()
	h.must(h.store.Close())
	h.open()
	h.run(h.mailer)
}

// campaign starts a campaign that the event begins; actions is its JSON.
func (h *house) campaign(ws store.Workspace, event, actions string) store.Campaign {
	h.Helper()
	doc, err := workflow.Parse([]byte(fmt.Sprintf(`{"postroom":1,"campaign":{"name":%q,
		"trigger":{"type":"event","event":%q},"exit":"never","frequency":"every","actions":%s}}`, "On "+event, event, actions)))
	h.must(err)
	c, err := h.store.ImportCampaign(context.Background(), ws.ID, doc, store.CommandLine)
	h.must(err)
	_, err = h.store.StartCampaign(context.Background(), ws.ID, c.ID, false, store.CommandLine)
	h.must(err)
	return c
}

// person adds somebody, and event lets them do something.
func (h *house) person(ws store.Workspace, email string, attributes store.Attributes) store.PersonID {
	h.Helper()
	out, err := h.store.Identify(context.Background(), ws.ID, store.Identify{
		Ref: identity.Ref{Kind: identity.Email, Value: email}, Attributes: attributes,
	})
	h.must(err)
	return out.Person
}

func (h *house) event(ws store.Workspace, email, name, data string) {
	h.Helper()
	h.must(h.store.Track(context.Background(), ws.ID, store.Event{
		Ref: identity.Ref{Kind: identity.Email, Value: email}, Type: store.EventActivity, Name: name, Data: []byte(data),
	}))
}

// until waits for something that must come true.
func (h *house) until(what string, true func() bool) {
	h.Helper()
	for deadline := time.Now().Add(20 * time.Second); !true(); {
		if time.Now().After(deadline) {
			h.Fatalf("still not: %s", what)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// states is how many deliveries of a campaign are in each state, as its
// counters say.
func (h *house) states(ws store.Workspace, c store.Campaign) map[string]int {
	h.Helper()
	counts, err := h.store.CampaignCounts(context.Background(), ws.ID, c.ID)
	h.must(err)
	return counts[""]
}

// whole checks what must hold at any time.
func (h *house) whole() {
	h.Helper()
	problems, err := h.store.CheckIntegrity(context.Background())
	h.must(err)
	for _, p := range problems {
		h.Error(p)
	}
}

const hello = `[{"key":"hello","type":"email","name":"Hello","sending":"automatic","from":"Acme <hi@acme.test>",
	"to":"{{customer.email}}","subject":"Hi {{customer.first_name | default: 'there'}}",
	"body":"<p>You bought {{event.item}}. <a href=\"https://acme.test/shop\">Shop</a></p>","layout":"Default"}]`

func TestEventBecomesMail(t *testing.T) {
	h := newHouse(t, smtptest.Options{})
	h.run(h.mailer)
	c := h.campaign(h.ws, "bought", hello)
	h.person(h.ws, "ada@x.test", store.Attributes{"first_name": "Ada"})
	h.event(h.ws, "ada@x.test", "bought", `{"item":"a lamp"}`)

	h.until("sent", func() bool { return h.states(h.ws, c)["sent"] == 1 })
	got := h.smtp.Messages()
	if len(got) != 1 || got[0].To != "ada@x.test" || got[0].From != "hi@acme.test" {
		t.Fatalf("received %+v", got)
	}
	m, err := mail.ReadMessage(strings.NewReader(string(got[0].Raw)))
	h.must(err)
	if s := m.Header.Get("Subject"); s != "Hi Ada" {
		t.Errorf("subject %q", s)
	}
	unsubscribe := m.Header.Get("List-Unsubscribe")
	if !strings.HasPrefix(unsubscribe, "<https://post.test/unsubscribe/") || m.Header.Get("List-Unsubscribe-Post") != "List-Unsubscribe=One-Click" {
		t.Errorf("List-Unsubscribe %q", unsubscribe)
	}
	if id := m.Header.Get("Message-ID"); !strings.HasSuffix(id, "@acme.test>") {
		t.Errorf("Message-ID %q", id)
	}
	body := strings.ReplaceAll(string(got[0].Raw), "=\r\n", "")
	for _, want := range []string{"a lamp", "https://post.test/e/c/", "https://post.test/e/o/", "multipart/alternative"} {
		if !strings.Contains(body, want) {
			t.Errorf("no %q in\n%s", want, body)
		}
	}
	usages, total, err := h.store.Usages(context.Background(), store.PeriodOf(h.clock.now()))
	h.must(err)
	if total.Emails != 1 || total.People != 1 || total.Events != 1 || len(usages) != 1 {
		t.Errorf("usage %+v", total)
	}
	h.whole()
}

func TestDelaySurvivesRestart(t *testing.T) {
	h := newHouse(t, smtptest.Options{})
	h.run(h.mailer)
	c := h.campaign(h.ws, "joined", `[{"key":"pause","type":"delay","duration":"2d"},`+strings.TrimPrefix(strings.ReplaceAll(hello, "{{event.item}}", "it"), "["))
	h.person(h.ws, "ada@x.test", nil)
	h.event(h.ws, "ada@x.test", "joined", `{}`)
	waiting := func() bool {
		counts, err := h.store.CampaignCounts(context.Background(), h.ws.ID, c.ID)
		h.must(err)
		return counts["pause"]["waiting"] == 1
	}
	h.until("waiting", waiting)
	h.restart()
	h.clock.advance(47 * time.Hour)
	time.Sleep(50 * time.Millisecond)
	if h.smtp.Count() != 0 || !waiting() {
		t.Fatal("did not wait for two days")
	}
	h.clock.advance(2 * time.Hour)
	h.until("sent", func() bool { return h.smtp.Count() == 1 })
	h.until("finished", func() bool { return h.states(h.ws, c)["finished"] == 1 })
	h.whole()
}

func TestBranchUpdatesAndExits(t *testing.T) {
	h := newHouse(t, smtptest.Options{})
	h.run(h.mailer)
	c := h.campaign(h.ws, "joined", `[
		{"key":"mark","type":"update_person","set":{"stage":"{{event.plan}}","visits":3}},
		{"key":"split","type":"branch","paths":[
			{"name":"Pro","when":{"attribute":{"field":"stage","operator":"eq","value":"pro"}},"actions":[
				{"key":"m","type":"email","sending":"automatic","from":"hi@acme.test","to":"{{customer.email}}","subject":"Pro {{customer.stage}}","body":"<p>x</p>"}]},
			{"name":"Everyone else","actions":[{"key":"bye","type":"exit"}]}]}]`)
	ada := h.person(h.ws, "ada@x.test", nil)
	h.person(h.ws, "bob@x.test", nil)
	h.event(h.ws, "ada@x.test", "joined", `{"plan":"pro"}`)
	h.event(h.ws, "bob@x.test", "joined", `{"plan":"free"}`)
	h.until("sent", func() bool { return h.states(h.ws, c)["sent"] == 1 && h.states(h.ws, c)["active"] == 0 })
	if got := h.smtp.Messages(); got[0].To != "ada@x.test" {
		t.Errorf("sent to %s", got[0].To)
	}
	p, err := h.store.Person(context.Background(), h.ws.ID, ada)
	h.must(err)
	if p.Attributes["stage"] != "pro" || store.AttributeWords(p.Attributes["visits"]) != "3" {
		t.Errorf("attributes %v", p.Attributes)
	}
	h.whole()
}

func TestAnswersOfTheServer(t *testing.T) {
	h := newHouse(t, smtptest.Options{})
	h.smtp.On("later@x.test", smtptest.Answer(451, "try later"), smtptest.Answer(451, "try later"))
	h.smtp.On("never@x.test", smtptest.Answer(550, "no such user"))
	h.smtp.On("lost@x.test", smtptest.Lose())
	h.run(h.mailer)
	c := h.campaign(h.ws, "joined", strings.ReplaceAll(hello, "{{event.item}}", "it"))
	for _, name := range []string{"later", "never", "lost", "fine"} {
		h.event(h.ws, name+"@x.test", "joined", `{}`)
	}
	h.until("answered", func() bool {
		s := h.states(h.ws, c)
		return s["attempted"] == 1 && s["failed"] == 1 && s["uncertain"] == 1 && s["sent"] == 1
	})
	h.clock.advance(time.Minute)
	h.until("refused again", func() bool { return h.smtp.Tries("later@x.test") == 2 && h.states(h.ws, c)["attempted"] == 1 })
	h.clock.advance(5 * time.Minute)
	h.until("sent after all", func() bool { return h.states(h.ws, c)["sent"] == 2 })
	if tries := h.smtp.Tries("lost@x.test"); tries != 1 {
		t.Errorf("an uncertain message was tried %d times", tries)
	}
	if s := h.states(h.ws, c); s["candidates"] != 4 || s["sent"]+s["failed"]+s["uncertain"] != 4 {
		t.Errorf("counters %v", s)
	}
	h.whole()
}

func TestSendingModes(t *testing.T) {
	h := newHouse(t, smtptest.Options{})
	h.run(h.mailer)
	ctx := context.Background()
	add := func(name string, sending store.Sending, address string) (store.Workspace, store.Campaign) {
		ws, err := h.store.CreateWorkspace(ctx, store.NewWorkspace{Name: name, Identifiers: identity.EmailOnly, Sending: sending, TestAddress: address}, store.CommandLine)
		h.must(err)
		return ws, h.campaign(ws, "joined", strings.ReplaceAll(hello, "{{event.item}}", "it"))
	}
	trial, inTrial := add("Trial", store.SendTest, "qa@acme.test")
	mute, inMute := add("Mute", store.SendNever, "")
	h.event(trial, "ada@x.test", "joined", `{}`)
	h.event(mute, "ada@x.test", "joined", `{}`)
	h.until("decided", func() bool {
		return h.states(trial, inTrial)["sent"] == 1 && h.states(mute, inMute)["undeliverable"] == 1
	})
	got := h.smtp.Messages()
	if len(got) != 1 || got[0].To != "qa@acme.test" {
		t.Errorf("received %+v", got)
	}
}

func TestUnsubscribedAreHeldBack(t *testing.T) {
	h := newHouse(t, smtptest.Options{})
	h.run(h.mailer)
	c := h.campaign(h.ws, "joined", strings.ReplaceAll(hello, "{{event.item}}", "it"))
	ada := h.person(h.ws, "ada@x.test", nil)
	h.must(h.store.Unsubscribe(context.Background(), h.ws.ID, ada, store.CommandLine))
	h.event(h.ws, "ada@x.test", "joined", `{}`)
	h.until("held", func() bool { return h.states(h.ws, c)["undeliverable"] == 1 })
	if h.smtp.Count() != 0 {
		t.Error("sent all the same")
	}
}

func TestMissingValueFailsTheMessageAlone(t *testing.T) {
	h := newHouse(t, smtptest.Options{})
	h.run(h.mailer)
	c := h.campaign(h.ws, "bought", hello)
	h.event(h.ws, "ada@x.test", "bought", `{}`)
	h.event(h.ws, "bob@x.test", "bought", `{"item":"a lamp"}`)
	h.until("decided", func() bool { s := h.states(h.ws, c); return s["failed"] == 1 && s["sent"] == 1 })
}

func TestMailboxWithoutServer(t *testing.T) {
	h := newHouse(t, smtptest.Options{})
	h.run(nil)
	c := h.campaign(h.ws, "bought", hello)
	h.event(h.ws, "ada@x.test", "bought", `{"item":"a lamp"}`)
	h.until("sent", func() bool { return h.states(h.ws, c)["sent"] == 1 })
	mails, err := h.store.Mails(context.Background(), h.ws.ID, "", store.Page{Limit: 10})
	h.must(err)
	if len(mails) != 1 || mails[0].Recipient != "ada@x.test" || h.smtp.Count() != 0 {
		t.Errorf("mailbox %+v", mails)
	}
}

// A big send in one workspace must not keep another's message waiting.
func TestFairTurns(t *testing.T) {
	h := newHouse(t, smtptest.Options{Discard: true})
	h.run(h.mailer)
	small, err := h.store.CreateWorkspace(context.Background(), store.NewWorkspace{Name: "Small", Identifiers: identity.EmailOnly}, store.CommandLine)
	h.must(err)
	big := h.campaign(h.ws, "joined", strings.ReplaceAll(hello, "{{event.item}}", "it"))
	single := h.campaign(small, "joined", strings.ReplaceAll(hello, "{{event.item}}", "it"))
	const many = 3000
	var wg sync.WaitGroup
	for i := range 64 {
		wg.Go(func() {
			for n := i; n < many; n += 64 {
				h.event(h.ws, fmt.Sprintf("p%d@x.test", n), "joined", `{}`)
			}
		})
	}
	wg.Wait()
	h.event(small, "ada@x.test", "joined", `{}`)
	h.until("the single message is sent", func() bool { return h.states(small, single)["sent"] == 1 })
	sent := h.states(h.ws, big)["sent"]
	h.until("all are sent", func() bool { return h.states(h.ws, big)["sent"] == many })
	t.Logf("%d of %d were sent before the single one", sent, many)
	h.whole()
}

func TestGracefulStopBringsMessagesToTheirResult(t *testing.T) {
	h := newHouse(t, smtptest.Options{})
	h.smtp.Script(func(string, int) smtptest.Behaviour {
		return smtptest.Behaviour{At: smtptest.Reply, Code: 250, Wait: 100 * time.Millisecond}
	})
	h.run(h.mailer)
	c := h.campaign(h.ws, "joined", strings.ReplaceAll(hello, "{{event.item}}", "it"))
	for n := range 100 {
		h.event(h.ws, fmt.Sprintf("p%d@x.test", n), "joined", `{}`)
	}
	h.until("some under way", func() bool { return h.states(h.ws, c)["handed"] > 0 })
	h.stop()
	if s := h.states(h.ws, c); s["handed"] != 0 || s["sent"] != h.smtp.Count() {
		t.Errorf("after the stop: %v, received %d", s, h.smtp.Count())
	}
	h.run(h.mailer)
	h.until("all sent", func() bool { return h.states(h.ws, c)["sent"] == 100 })
	if h.smtp.Count() != 100 {
		t.Errorf("received %d", h.smtp.Count())
	}
}

// Who unsubscribes after a message was read from the queue must not get it.
func TestConsentIsAskedAtTheLastMoment(t *testing.T) {
	for _, mailbox := range []bool{false, true} {
		h := newHouse(t, smtptest.Options{})
		e := New(Config{Store: h.store, Log: slog.New(slog.NewTextHandler(io.Discard, nil)), BaseURL: "https://post.test"})
		if !mailbox {
			e.mailer = h.mailer
		}
		ctx := context.Background()
		c := h.campaign(h.ws, "joined", strings.ReplaceAll(hello, "{{event.item}}", "it"))
		ada := h.person(h.ws, "ada@x.test", nil)
		h.event(h.ws, "ada@x.test", "joined", `{}`)
		h.must(e.moveJourneys(ctx, h.ws.ID))
		due, err := h.store.DueCandidates(ctx, h.ws.ID, nil, 10)
		h.must(err)
		h.must(h.store.Unsubscribe(ctx, h.ws.ID, ada, store.CommandLine))
		h.must(e.deliver(ctx, due[0]))
		if s := h.states(h.ws, c); s["undeliverable"] != 1 || s["sent"] != 0 || h.smtp.Count() != 0 {
			t.Errorf("mailbox %v: %v, received %d", mailbox, s, h.smtp.Count())
		}
	}
}
