package store

import (
	"context"

	"github.com/postroom/postroom/store/identity"
)

// Call is one thing that a program asks for: Identify, Event, Deletion,
// Suppressing, Freeing, Merging, DeviceChange, DeviceRemoval,
// Submission, FormSeen, Report or Nothing.
type Call interface {
	do(tx *Tx, ws WorkspaceID) error
}

// Do carries out what a program asks for, in this order, and says of each call
// what came of it: nil, Rejected for a call that cannot be accepted, or our own
// fault. Each stands for itself; they share as few commits as they can.
func (s *Store) Do(ctx context.Context, ws WorkspaceID, calls ...Call) []error {
	changes := make([]func(*Tx) error, len(calls))
	for i, call := range calls {
		changes[i] = func(tx *Tx) error { return call.do(tx, ws) }
	}
	return s.updateEach(ctx, changes)
}

// Deletion removes a person; nobody is fine, too.
type Deletion struct{ Ref identity.Ref }

// Suppressing forgets a person and keeps their identifiers from coming back.
type Suppressing struct{ Ref identity.Ref }

// Freeing ends the suppression of an identifier; one that is not suppressed is
// fine, too.
type Freeing struct{ Ref identity.Ref }

// Merging makes Secondary a part of Primary. Nothing happens unless the
// workspace knows both.
type Merging struct{ Primary, Secondary identity.Ref }

// Nothing is a call that is accepted and has no effect here.
type Nothing struct{}

func (Nothing) do(*Tx, WorkspaceID) error { return nil }

func (in Identify) do(tx *Tx, ws WorkspaceID) error {
	w, err := tx.workspace(ws)
	if err != nil {
		return err
	}
	_, err = tx.identify(w, in)
	return err
}

func (e Event) do(tx *Tx, ws WorkspaceID) error { return tx.track(ws, e) }

func (d Deletion) do(tx *Tx, ws WorkspaceID) error { return tx.deletePersonBy(ws, d.Ref) }

func (in Suppressing) do(tx *Tx, ws WorkspaceID) error {
	return tx.suppressBy(ws, in.Ref, APICalls)
}

func (in Freeing) do(tx *Tx, ws WorkspaceID) error {
	return ignoreMissing(tx.unsuppress(ws, in.Ref, APICalls))
}

func (in Merging) do(tx *Tx, ws WorkspaceID) error {
	return ignoreMissing(tx.mergeBy(ws, in.Primary, in.Secondary, APICalls))
}
