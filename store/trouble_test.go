package store

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/postroom/postroom/store/identity"
)

func TestNewerDatabaseIsRefusedInWords(t *testing.T) {
	path := filepath.Join(t.TempDir(), "test.db")
	s, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	err = s.update(context.Background(), func(tx *Tx) error {
		_, err := tx.exec(`insert into goose_db_version (version_id, is_applied) values (999, 1)`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	s.Close()
	if _, err = Open(path); err == nil || !strings.Contains(err.Error(), "newer than this program") {
		t.Errorf("opened a newer database: %v", err)
	}
}

// A full disk fails the change, says so, and leaves everything as it was.
func TestFullDisk(t *testing.T) {
	ctx := context.Background()
	s, err := Open(filepath.Join(t.TempDir(), "test.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	_, ws, err := s.SetUp(ctx, Setup{Account: "Acme", Name: "Alice", Email: "alice@acme.test", PasswordHash: "x", Workspace: NewWorkspace{Name: "Acme", Identifiers: identity.IDOnly}})
	if err != nil {
		t.Fatal(err)
	}
	add := func(id string) error {
		_, err := s.Identify(ctx, ws.ID, Identify{
			Ref: identity.Ref{Kind: identity.ID, Value: id}, Attributes: Attributes{"text": strings.Repeat("x", 900)},
		})
		return err
	}
	if err := add("a"); err != nil {
		t.Fatal(err)
	}
	limit := func(pages string) {
		t.Helper()
		err := s.update(ctx, func(tx *Tx) error {
			var n int
			return tx.w.conn.QueryRowContext(ctx, `pragma max_page_count = `+pages).Scan(&n)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	limit("1") // SQLite takes the present size for the least
	var full error
	for i := 0; full == nil && i < 200; i++ {
		full = add(fmt.Sprint("b", i))
	}
	if !errors.Is(full, ErrFull) {
		t.Fatalf("on a full disk: %v", full)
	}
	if problems, err := s.CheckIntegrity(ctx); err != nil || len(problems) > 0 {
		t.Errorf("after it: %v %v", problems, err)
	}
	limit("1000000")
	if err := add("c"); err != nil {
		t.Errorf("with room again: %v", err)
	}
}

// On a full disk SQLite undoes a whole transaction, so those who share one
// with whoever met it must be told, and nothing of theirs be kept.
func TestFullDiskOfSharedTransaction(t *testing.T) {
	w := newWorld(t, identity.IDOnly)
	began, gone := make(chan bool), make(chan bool)
	go w.update(w.ctx, func(*Tx) error { // holds the writer until the others are in its queue
		began <- true
		<-gone
		return nil
	})
	<-began
	send := func(fn func(*Tx) error) <-chan error {
		before, answer := len(w.writer.queue), make(chan error, 1)
		go func() { answer <- w.update(w.ctx, fn) }()
		for len(w.writer.queue) == before {
			time.Sleep(time.Millisecond)
		}
		return answer
	}
	identify := func(id string) func(*Tx) error {
		return func(tx *Tx) error {
			_, err := tx.identify(w.acme, Identify{Ref: byID(id)})
			return err
		}
	}
	undone := []<-chan error{
		send(identify("before")),
		send(func(tx *Tx) error {
			tx.w.exec(`rollback`) // what SQLite does by itself
			return ErrFull
		}),
	}
	after := send(identify("after"))
	gone <- true
	for _, answer := range undone {
		if err := <-answer; !errors.Is(err, ErrFull) {
			t.Errorf("answered %v", err)
		}
	}
	if err := <-after; err != nil { // it comes in the next one
		t.Error(err)
	}
	if n := w.people(w.acme); n != 1 || w.who(w.acme, "after") == "nobody" {
		t.Errorf("%d people", n)
	}
	w.sound()
}
