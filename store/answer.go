package store

import (
	"context"
	"errors"
	"time"

	"github.com/postroom/postroom/store/identity"
	"github.com/postroom/postroom/store/workflow"
)

// final says whether nothing more happens to a delivery by itself.
func (s DeliveryState) final() bool {
	return s == Sent || s == Failed || s == Undeliverable || s == Uncertain
}

// letOn lets a journey go on that waits for what comes of its delivery.
func (tx *Tx) letOn(ws WorkspaceID, d Delivery, st step) error {
	if d.Channel != WebhookChannel || d.Journey == 0 || !st.to.final() {
		return nil
	}
	var trail Trail
	if st.to != Sent {
		trail = append(trail, Stop{Action: d.Action, At: tx.now, What: StopFailed, Reason: st.reason})
	}
	n, err := tx.exec(`
		update journeys set waits = ?4, due_at = `+stirred+`, trail = trail || ?5
		where workspace_id = ?2 and journey_id = ?3 and position = ?6 and waits = ?7 and due_at is not null`,
		micros(tx.now), ws, d.Journey, workflow.Answered, trail.String(), d.Action, workflow.Asked)
	tx.stirredSome(ws, n)
	return err
}

// keepAnswer keeps the values of an answer as attributes of the person and of
// the journey, and tells what could not be kept.
func (tx *Tx) keepAnswer(ws WorkspaceID, d Delivery, r Result) error {
	if len(r.Person)+len(r.Attributes) == 0 && r.Missing == "" {
		return nil
	}
	j, err := scanJourney(tx.row(`select `+journeyColumns+` from journeys j where workspace_id = ? and journey_id = ?`, ws, d.Journey).Scan)
	if err != nil {
		return ignoreMissing(known(err))
	}
	if r.Missing, err = tx.keepForPerson(ws, j, r); err != nil {
		return err
	}
	var trail Trail
	if r.Missing != "" {
		trail = append(trail, Stop{Action: d.Action, At: tx.now, What: StopFailed, Reason: r.Missing})
		if j.PersonID != 0 {
			err := tx.noteData(ws, Activity{PersonID: j.PersonID, Type: FailedStepActivity, Name: d.label()}, stepData{r.Missing})
			if err != nil {
				return err
			}
		}
	}
	n, err := tx.exec(`
		update journeys set attributes = ?4, trail = trail || ?5, due_at = `+stirred+`
		where workspace_id = ?2 and journey_id = ?3 and due_at is not null`,
		micros(tx.now), ws, j.ID, encode(j.Attributes.with(r.Attributes)), trail.String())
	tx.stirredSome(ws, n)
	return err
}

// keepForPerson says what could not be kept.
func (tx *Tx) keepForPerson(ws WorkspaceID, j Journey, r Result) (missing string, err error) {
	switch {
	case len(r.Person) == 0:
		return r.Missing, nil
	case j.PersonID == 0:
		return aboutNobody.reason, nil
	}
	w, err := tx.workspace(ws)
	if err != nil {
		return "", err
	}
	in := identifyWith(r.Person)
	in.Ref = identity.Ref{Kind: identity.CioID, Value: j.PersonID.CioID()}
	chain := tx.chain
	tx.chain = tx.chainOf(j)
	defer func() { tx.chain = chain }()
	out, err := tx.identifyWithin(w, in)
	no, rejected := errors.AsType[Rejected](err)
	switch {
	case rejected:
		return sentence(no.Reason), nil
	case err == nil && len(out.Failed) > 0:
		return out.Failed[0].Attribute + ": " + out.Failed[0].Reason, nil
	}
	return r.Missing, err
}

// Result is what came of handing over.
type Result struct {
	State   DeliveryState // Sent, Attempted, Failed or Uncertain
	Reason  string
	RetryAt time.Time // of Attempted
	Status  int       // of a webhook's answer; zero: there was none

	// Of a webhook whose answer is kept:
	Person     Attributes // to be attributes of the person
	Attributes Attributes // to be attributes of the journey
	Missing    string     // what of the answer could not be kept, and why
}

// Delivered keeps the result of a delivery that was handed over, and what of
// the answer is kept.
func (s *Store) Delivered(ctx context.Context, ws WorkspaceID, d Delivery, r Result) error {
	d.State = Handed
	return s.update(ctx, func(tx *Tx) error {
		moved, err := tx.step(ws, d, step{to: r.State, reason: r.Reason, dueAt: r.RetryAt})
		if err != nil || !moved {
			return err
		}
		if class := r.Status / 100; d.Channel == WebhookChannel && r.State.final() && class >= 2 && class <= 5 {
			tx.markMessage(ws, d, AnswerMetrics[class-2])
		}
		return tx.keepAnswer(ws, d, r)
	})
}
