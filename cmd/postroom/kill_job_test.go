package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http/httptest"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/identity"
)

// Killed again and again in the middle of a change of many people, Postroom
// must change everybody, and nobody twice.
func TestKillInTheMiddleOfAJob(t *testing.T) {
	data := t.TempDir()
	binary := buildBinary(t)
	nowhere := httptest.NewServer(nil) // no mail is sent
	defer nowhere.Close()
	ws, id := startedJob(t, data, 3000)
	for n := range kills {
		server := startServer(t, binary, data, "smtp://"+nowhere.Listener.Addr().String())
		time.Sleep(time.Duration(rand.IntN(60)) * time.Millisecond)
		if err := server.Process.Signal(syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		server.Wait()
		t.Logf("kill %d: %d found so far", n+1, jobOf(t, data, ws, id).Found)
	}
	server := startServer(t, binary, data, "smtp://"+nowhere.Listener.Addr().String())
	for deadline := time.Now().Add(60 * time.Second); jobOf(t, data, ws, id).State == store.JobRunning; time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the job does not end")
		}
	}
	server.Process.Signal(syscall.SIGTERM)
	server.Wait()
	if j := jobOf(t, data, ws, id); j.State != store.JobDone || j.Found != 3000 || j.Changed != 3000 {
		t.Errorf("%s: %d found, %d changed", j.State, j.Found, j.Changed)
	}
	everybodyChangedOnce(t, data, ws)
}

func startedJob(t *testing.T, data string, people int) (store.WorkspaceID, store.JobID) {
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
	for n := range people {
		_, err := db.Identify(ctx, ws.ID, store.Identify{Ref: identity.Ref{Kind: identity.ID, Value: fmt.Sprint(n)}})
		must(t, err)
	}
	id, err := db.CreateJob(ctx, ws.ID, store.NewJob{Kind: store.AttributeJob, Parameters: store.JobParameters{Attribute: "plan", Value: "pro"}}, store.CommandLine)
	must(t, err)
	return ws.ID, id
}

func jobOf(t *testing.T, data string, ws store.WorkspaceID, id store.JobID) store.Job {
	t.Helper()
	db, err := store.Open(filepath.Join(data, "postroom.db"))
	must(t, err)
	defer db.Close()
	j, err := db.Job(context.Background(), ws, id)
	must(t, err)
	return j
}

func everybodyChangedOnce(t *testing.T, data string, ws store.WorkspaceID) {
	t.Helper()
	db, err := openStore(data)
	must(t, err)
	defer db.Close()
	ctx := context.Background()
	for page := (store.Page{Limit: 500}); ; {
		people, err := db.People(ctx, ws, "", page)
		must(t, err)
		for _, p := range people {
			changes, err := db.ActivitiesOf(ctx, ws, p.ID, store.Page{Limit: 10})
			must(t, err)
			if len(changes) != 1 || p.Attributes["plan"] != "pro" {
				t.Errorf("%s: %v, %d activities", p.Label(), p.Attributes, len(changes))
			}
			page.Before = int64(p.ID)
		}
		if len(people) < page.Limit {
			return
		}
	}
}
