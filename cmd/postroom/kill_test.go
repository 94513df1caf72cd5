package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"net/mail"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/postroom/postroom/engine/channel/smtptest"
	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/condition"
	"github.com/postroom/postroom/store/identity"
	"github.com/postroom/postroom/store/workflow"
)

const (
	killPeople = 3000
	killMails  = 3 // for each of them
	kills      = 50

	// Everybody is changed, waits, is dealt a message, is put into a segment,
	// asked for another person, waits and gets a last message.
	killActions = `[
		{"key":"visit","type":"update_person","set":{"visits":"{{customer.visits | default: 0 | plus: 1}}"}},
		{"key":"first","type":"email","sending":"automatic","from":"hi@acme.test","to":"{{customer.email}}","subject":"first","body":"<p>Hello</p>"},
		{"key":"pause","type":"delay","duration":"1s"},
		{"key":"deal","type":"random_split","paths":[
			{"name":"A","percent":50,"actions":[{"key":"a","type":"email","sending":"automatic","from":"hi@acme.test","to":"{{customer.email}}","subject":"dealt","body":"<p>A</p>"}]},
			{"name":"B","percent":50,"actions":[{"key":"b","type":"email","sending":"automatic","from":"hi@acme.test","to":"{{customer.email}}","subject":"dealt","body":"<p>B</p>"}]}]},
		{"key":"tell","type":"send_event","event":"dealt","data":{"n":1}},
		{"key":"marked","type":"wait_until","paths":[
			{"name":"Told","when":{"event":{"name":"dealt"}},"actions":[]},
			{"name":"Late","after":"1w","actions":[]}]},
		{"key":"rest","type":"delay","duration":"2s"},
		{"key":"last","type":"email","sending":"automatic","from":"hi@acme.test","to":"{{customer.email}}","subject":"last","body":"<p>Bye</p>"}]`
)

// Killed again and again in the middle of a campaign, Postroom must lose
// nobody, let nobody through an action twice and write to nobody twice: whoever
// may have got a message without our knowing is shown as uncertain.
func TestKillInTheMiddleOfACampaign(t *testing.T) {
	data := t.TempDir()
	binary := buildBinary(t)
	mail := smtptest.Start(t, smtptest.Options{})
	ws, campaign := startedCampaign(t, data, killPeople)

	for n := range kills {
		server := startServer(t, binary, data, mail.URL())
		time.Sleep(time.Duration(20+rand.IntN(380)) * time.Millisecond)
		if err := server.Process.Signal(syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		server.Wait()
		t.Logf("kill %d: %d received so far", n+1, mail.Count())
	}
	server := startServer(t, binary, data, mail.URL())
	counts := waitUntilDone(t, data, ws, campaign)
	server.Process.Signal(syscall.SIGTERM)
	if err := server.Wait(); err != nil {
		t.Errorf("stopping: %v", err)
	}

	const all = killPeople * killMails
	received := map[string]int{}
	for _, m := range mail.Messages() {
		what := m.To + " " + subjectOf(t, m.Raw)
		if received[what]++; received[what] > 1 {
			t.Errorf("%s arrived %d times", what, received[what])
		}
	}
	t.Logf("received %d, counters %v", len(received), counts)
	if counts["candidates"] != all || counts["sent"]+counts["uncertain"] != all {
		t.Errorf("counters %v: want %d candidates, each sent or uncertain", counts, all)
	}
	if len(received) < counts["sent"] || len(received) > counts["sent"]+counts["uncertain"] {
		t.Errorf("received %d, sent %d, uncertain %d", len(received), counts["sent"], counts["uncertain"])
	}
	checkLedger(t, data, ws, received)
}

func buildBinary(t *testing.T) string {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "postroom")
	build := exec.Command("go", "build", "-tags=sqlite_fts5,sqlite_math_functions,sqlite_omit_load_extension,sqlite_stat4", "-o", binary, ".")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return binary
}

// startedCampaign is a campaign that people are in before any server runs.
func startedCampaign(t *testing.T, data string, people int) (store.WorkspaceID, store.CampaignID) {
	t.Helper()
	db, err := openStore(data)
	must(t, err)
	defer db.Close()
	ctx := context.Background()
	_, ws, err := db.SetUp(ctx, store.Setup{
		Account: "Acme", Name: "Alice", Email: "alice@acme.test", PasswordHash: "x",
		Workspace: store.NewWorkspace{Name: "Acme", Identifiers: identity.EmailOrID},
	})
	must(t, err)
	everyone, err := condition.Parse([]byte(`{"attribute":{"field":"email","operator":"exists"}}`))
	must(t, err)
	_, err = db.CreateSegment(ctx, ws.ID, store.NewSegment{Name: "Everyone", Condition: *everyone}, store.CommandLine)
	must(t, err)
	must(t, db.BuildSegments(ctx, ws.ID, 10))
	var wg sync.WaitGroup
	for worker := range 16 {
		wg.Go(func() {
			for n := worker; n < people; n += 16 {
				_, err := db.Identify(ctx, ws.ID, store.Identify{Ref: identity.Ref{Kind: identity.Email, Value: fmt.Sprintf("p%d@x.test", n)}})
				must(t, err)
			}
		})
	}
	wg.Wait()
	doc, err := workflow.Parse([]byte(`{"postroom":1,"campaign":{"name":"To everyone",
		"trigger":{"type":"segment","segment":{"name":"Everyone"},"when":"enter"},"exit":"never","frequency":"once",
		"actions":` + killActions + `}}`))
	must(t, err)
	c, err := db.ImportCampaign(ctx, ws.ID, doc, store.CommandLine)
	must(t, err)
	_, err = db.StartCampaign(ctx, ws.ID, c.ID, true, store.CommandLine)
	must(t, err)
	return ws.ID, c.ID
}

func startServer(t *testing.T, binary, data, smtp string) *exec.Cmd {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	address := listener.Addr().String()
	listener.Close()
	server := exec.Command(binary, "serve", "--addr", address, "--data", data, "--smtp", smtp)
	server.Stderr = os.Stderr
	must(t, server.Start())
	t.Cleanup(func() { server.Process.Kill() })
	for deadline := time.Now().Add(20 * time.Second); ; {
		conn, err := net.Dial("tcp", address)
		if err == nil {
			conn.Close()
			return server
		}
		if time.Now().After(deadline) {
			t.Fatal("the server does not answer")
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// waitUntilDone waits until every delivery has its final state.
func waitUntilDone(t *testing.T, data string, ws store.WorkspaceID, campaign store.CampaignID) map[string]int {
	t.Helper()
	db, err := openStore(data)
	must(t, err)
	defer db.Close()
	for deadline := time.Now().Add(2 * time.Minute); ; {
		counts, err := db.CampaignCounts(context.Background(), ws, campaign)
		must(t, err)
		c := counts[""]
		if c["finished"] == killPeople && c["sent"]+c["uncertain"]+c["failed"]+c["undeliverable"] >= killPeople*killMails {
			return c
		}
		if time.Now().After(deadline) {
			t.Fatalf("not done: %v", c)
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// checkLedger holds each person's row against what arrived.
func checkLedger(t *testing.T, data string, ws store.WorkspaceID, received map[string]int) {
	t.Helper()
	db, err := openStore(data)
	must(t, err)
	defer db.Close()
	ctx := context.Background()
	problems, err := db.CheckIntegrity(ctx)
	must(t, err)
	for _, p := range problems {
		t.Error(p)
	}
	for n := range killPeople {
		email := fmt.Sprintf("p%d@x.test", n)
		p, err := db.PersonBy(ctx, ws, identity.Ref{Kind: identity.Email, Value: email})
		must(t, err)
		rows, err := db.DeliveriesOf(ctx, ws, p.ID, 10)
		must(t, err)
		if len(rows) != killMails {
			t.Errorf("%s has %d rows in the ledger", email, len(rows))
		}
		for _, d := range rows {
			if d.State == store.Sent && received[email+" "+d.Subject] != 1 {
				t.Errorf("%s is called sent to %s, but did not arrive", d.Subject, email)
			}
		}
		checkJourney(t, db, ws, p)
	}
}

// checkJourney says whether somebody went once through every action, in order.
func checkJourney(t *testing.T, db *store.Store, ws store.WorkspaceID, p store.Person) {
	t.Helper()
	journeys, err := db.JourneysOf(context.Background(), ws, p.ID, 10)
	must(t, err)
	if len(journeys) != 1 || journeys[0].State != store.JourneyFinished {
		t.Errorf("%s has journeys %+v", p.Email, journeys)
		return
	}
	var been []string
	for _, stop := range journeys[0].Trail() {
		if stop.What == store.StopDone {
			been = append(been, stop.Action)
		}
	}
	trail := strings.NewReplacer("deal a ", "deal ", "deal b ", "deal ").Replace(strings.Join(been, " "))
	if trail != "visit first pause deal tell marked rest last" {
		t.Errorf("%s went %s", p.Email, strings.Join(been, " "))
	}
	if got := fmt.Sprint(p.Attributes["visits"]); got != "1" {
		t.Errorf("%s was changed %s times", p.Email, got)
	}
	done, err := db.ActivitiesOfTypes(context.Background(), ws, p.ID, []store.ActivityType{store.EventActivity}, store.Page{Limit: 10})
	must(t, err)
	if len(done) != 1 {
		t.Errorf("%s did %d events, want the one that was sent", p.Email, len(done))
	}
}

func subjectOf(t *testing.T, raw []byte) string {
	t.Helper()
	m, err := mail.ReadMessage(strings.NewReader(string(raw)))
	must(t, err)
	return m.Header.Get("Subject")
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
