package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
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
	killPeople = 2000
	kills      = 6
)

// Killed again and again in the middle of a campaign, Postroom must lose
// nobody and write to nobody twice: whoever may have got the message without
// our knowing is shown as uncertain.
func TestKillInTheMiddleOfACampaign(t *testing.T) {
	data := t.TempDir()
	binary := buildBinary(t)
	mail := smtptest.Start(t, smtptest.Options{})
	ws, campaign := startedCampaign(t, data, killPeople)

	for n := range kills {
		server := startServer(t, binary, data, mail.URL())
		time.Sleep(time.Duration(150+rand.IntN(400)) * time.Millisecond)
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

	received := map[string]int{}
	for _, m := range mail.Messages() {
		if received[m.To]++; received[m.To] > 1 {
			t.Errorf("%s got the message %d times", m.To, received[m.To])
		}
	}
	t.Logf("received %d, counters %v", len(received), counts)
	if counts["candidates"] != killPeople || counts["sent"]+counts["uncertain"] != killPeople {
		t.Errorf("counters %v: want %d candidates, each sent or uncertain", counts, killPeople)
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
	for n := range people {
		_, err := db.Identify(ctx, ws.ID, store.Identify{Ref: identity.Ref{Kind: identity.Email, Value: fmt.Sprintf("p%d@x.test", n)}})
		must(t, err)
	}
	doc, err := workflow.Parse([]byte(`{"postroom":1,"campaign":{"name":"To everyone",
		"trigger":{"type":"segment","segment":{"name":"Everyone"},"when":"enter"},"exit":"never","frequency":"once",
		"actions":[{"key":"m","type":"email","sending":"automatic","from":"hi@acme.test","to":"{{customer.email}}","subject":"Hello","body":"<p>Hello</p>"}]}}`))
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
	for deadline := time.Now().Add(60 * time.Second); ; {
		counts, err := db.CampaignCounts(context.Background(), ws, campaign)
		must(t, err)
		c := counts[""]
		if c["sent"]+c["uncertain"]+c["failed"]+c["undeliverable"] >= killPeople {
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
		switch {
		case len(rows) != 1:
			t.Errorf("%s has %d rows in the ledger", email, len(rows))
		case rows[0].State == store.Sent && received[email] != 1:
			t.Errorf("%s is called sent, but got nothing", email)
		}
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
