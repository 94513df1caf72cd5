package store

import (
	"context"
	"encoding/json"

	"github.com/postroom/postroom/store/workflow"
)

// maxSentData bounds the data of an event that a campaign sends: it may be made
// of the data of the event before it, in which it was made of another.
const maxSentData = 100 << 10

// sendEvent lets a person do something: the one on the journey or another, here
// or in another workspace. It may start campaigns, as any event.
func (tx *Tx) sendEvent(w Workspace, j Journey, e Effect) (failing, error) {
	if tx.chain > maxChain {
		return fails("It was not sent: %d campaigns had started each other within minutes, and would go on for ever.", maxChain), nil
	}
	a := e.Action.SendEvent
	to, failed, err := tx.sentTo(w, *a)
	if failed.reason != "" || err != nil {
		return failed, err
	}
	who, failed, err := tx.eventPerson(w, to, j, e)
	if failed.reason != "" || err != nil {
		return failed, err
	}
	data := encodeObject(e.Data)
	if len(data) > maxSentData {
		return fails("The event's data is larger than %d KB.", maxSentData>>10), nil
	}
	return failing{}, tx.happened(to.ID, who, Event{Type: EventActivity, Name: a.Event, Data: data})
}

// sentTo is the workspace in which an event happens.
func (tx *Tx) sentTo(w Workspace, a workflow.SendEvent) (Workspace, failing, error) {
	if a.Workspace == "" || a.Workspace == w.Slug {
		return w, failing{}, nil
	}
	to, err := workspaceBySlug(context.Background(), tx, a.Workspace)
	if err == ErrNotFound {
		return to, fails("There is no workspace “%s” any more.", a.Workspace), nil
	}
	return to, failing{}, err
}

// eventPerson is who does it.
func (tx *Tx) eventPerson(w, to Workspace, j Journey, e Effect) (PersonID, failing, error) {
	if another := e.Action.SendEvent.Person; another != nil {
		return tx.somebody(to, e.Ref, another.Create)
	}
	if j.PersonID == 0 {
		return 0, aboutNobody, nil
	}
	if to.ID == w.ID {
		return j.PersonID, failing{}, nil
	}
	p, err := person(context.Background(), tx, w.ID, j.PersonID)
	if err != nil {
		return 0, failing{}, err
	}
	return tx.counterpart(to, p)
}

func encodeObject(a Attributes) json.RawMessage {
	if len(a) == 0 {
		return json.RawMessage(`{}`)
	}
	return json.RawMessage(encode(a))
}
