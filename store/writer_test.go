package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/postroom/postroom/store/identity"
)

// hold keeps the writer busy until the returned function is called.
func (w *world) hold() (release func()) {
	free, held := make(chan struct{}), make(chan struct{})
	go w.update(w.ctx, func(*Tx) error {
		close(held)
		<-free
		return nil
	})
	<-held
	return func() { close(free) }
}

func TestEveryChangeOfAFullBatchIsAnswered(t *testing.T) {
	w := newWorld(t, identity.EmailOrID)
	var done []int
	changes := make([]func(*Tx) error, 3*maxBatch+1)
	for i := range changes {
		changes[i] = func(*Tx) error {
			done = append(done, i)
			return nil
		}
	}
	ctx, cancel := context.WithTimeout(w.ctx, 10*time.Second)
	defer cancel()
	if err := errors.Join(w.updateEach(ctx, changes)...); err != nil || !slices.IsSorted(done) || len(done) != len(changes) {
		t.Errorf("%d of %d changes done: %v", len(done), len(changes), err)
	}
}

func TestChangesShareACommitAndFailAlone(t *testing.T) {
	w := newWorld(t, identity.EmailOrID)
	release := w.hold()
	errs := make([]error, 200)
	var all sync.WaitGroup
	for i := range errs {
		all.Go(func() {
			id := fmt.Sprint(i)
			if i%10 == 9 {
				id = fmt.Sprint(i - 1) // taken, or takes it first
			}
			_, errs[i] = w.AddPerson(w.ctx, w.acme.ID, PersonForm{ID: id}, w.me)
		})
	}
	for len(w.writer.queue) < len(errs) {
		time.Sleep(time.Millisecond)
	}
	release()
	all.Wait()
	failed := 0
	for _, err := range errs {
		var wrong Invalid
		if errors.As(err, &wrong) {
			failed++
		} else if err != nil {
			t.Error(err)
		}
	}
	if n := w.people(w.acme); failed != 20 || n != 180 {
		t.Errorf("%d failed, %d people; want 20 and 180", failed, n)
	}
	if n := w.number(`select count(*) from audit where action = 'Added a person'`); n != 180 {
		t.Errorf("%d audit entries: a change that failed left something", n)
	}
}

func TestAFailureUndoesOnlyItsOwn(t *testing.T) {
	w := newWorld(t, identity.EmailOrID)
	boom := errors.New("boom")
	for name, end := range map[string]func() error{"error": func() error { return boom }, "panic": func() error { panic("boom") }} {
		err := w.update(w.ctx, func(tx *Tx) error {
			if _, err := tx.createPerson(w.acme, Identify{}, identity.Decision{SetID: &name}); err != nil {
				return err
			}
			return end()
		})
		if err == nil {
			t.Errorf("%s: no error", name)
		}
		if n := w.people(w.acme); n != 0 {
			t.Errorf("%s: %d people", name, n)
		}
	}
	w.add(w.acme, "7", "", `{}`)
	if n := w.people(w.acme); n != 1 {
		t.Errorf("%d people afterwards", n)
	}
}

func TestCancelledChangeIsNotMade(t *testing.T) {
	w := newWorld(t, identity.EmailOrID)
	release := w.hold()
	ctx, cancel := context.WithCancel(w.ctx)
	done := make(chan error)
	go func() {
		_, err := w.AddPerson(ctx, w.acme.ID, PersonForm{ID: "7"}, w.me)
		done <- err
	}()
	for len(w.writer.queue) == 0 {
		time.Sleep(time.Millisecond)
	}
	cancel()
	if err := <-done; err != context.Canceled {
		t.Errorf("got %v", err)
	}
	release()
	w.add(w.acme, "8", "", `{}`)
	if n := w.people(w.acme); n != 1 {
		t.Errorf("%d people: it was made all the same", n)
	}
}

// One that is under way is answered with how it ends.
func TestCancelCannotStopWhatHasBegun(t *testing.T) {
	w := newWorld(t, identity.EmailOrID)
	ctx, cancel := context.WithCancel(w.ctx)
	err := w.update(ctx, func(tx *Tx) error {
		cancel()
		time.Sleep(5 * time.Millisecond)
		id := "7"
		_, err := tx.createPerson(w.acme, Identify{}, identity.Decision{SetID: &id})
		return err
	})
	if err != nil || w.people(w.acme) != 1 {
		t.Errorf("%v, %d people", err, w.people(w.acme))
	}
}

func TestWhatIsAnsweredSurvives(t *testing.T) {
	w := newWorld(t, identity.EmailOrID)
	w.add(w.acme, "7", "", `{"plan": "pro"}`)
	again, err := Open(w.path) // another process, without the first one closing
	w.must(err)
	defer again.Close()
	p, err := again.PersonBy(w.ctx, w.acme.ID, identity.Ref{Kind: identity.ID, Value: "7"})
	if err != nil || p.Attributes["plan"] != "pro" {
		t.Errorf("%+v, %v", p, err)
	}
	w.must(w.Store.Close())
	if err := w.update(w.ctx, func(*Tx) error { return nil }); err != ErrClosed {
		t.Errorf("after closing: %v", err)
	}
	if w.Store, err = Open(w.path); err != nil { // for the clean-up
		t.Fatal(err)
	}
}

// A big change shares its transaction with nobody: who came before it does not
// wait for its end, and it sees that others wait.
func TestBigChangeIsAloneAndGivesWay(t *testing.T) {
	w := newWorld(t, identity.EmailOrID)
	release := w.hold()
	var all sync.WaitGroup
	submit := func(change func(context.Context, func(*Tx) error) error, want error, fn func(*Tx) error) {
		queued := len(w.writer.queue)
		all.Go(func() {
			if err := change(w.ctx, fn); err != want {
				t.Errorf("%v, want %v", err, want)
			}
		})
		for len(w.writer.queue) == queued {
			time.Sleep(time.Millisecond)
		}
	}
	before := make(chan struct{})
	all.Go(func() {
		_, err := w.AddPerson(w.ctx, w.acme.ID, PersonForm{ID: "before"}, w.me)
		if close(before); err != nil {
			t.Errorf("before the big change: %v", err)
		}
	})
	for len(w.writer.queue) == 0 {
		time.Sleep(time.Millisecond)
	}
	failed, gaveWay := errors.New("failed"), false
	submit(w.updateAlone, failed, func(tx *Tx) error {
		<-before // answered, though the big change is not done
		for began := time.Now(); !gaveWay && time.Since(began) < 10*time.Second; {
			gaveWay = tx.awaited(0)
		}
		if _, err := tx.exec(`update workspaces set name = 'Half' where workspace_id = ?`, w.acme.ID); err != nil {
			t.Error(err)
		}
		return failed
	})
	submit(w.update, nil, func(*Tx) error { return nil })
	release()
	all.Wait()
	if ws, err := w.Workspace(w.ctx, w.acme.ID); err != nil || ws.Name != "Acme" || ws.People != 1 || !gaveWay {
		t.Errorf("%s with %d people; gave way: %v (%v)", ws.Name, ws.People, gaveWay, err)
	}
}
