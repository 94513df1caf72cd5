package store

import (
	"context"
	"errors"
	"strings"

	"github.com/postroom/postroom/store/identity"
)

// byCampaign is the source of what campaigns change.
const byCampaign = "Campaign"

// updateSomebody changes the person on the journey or another one, by the rules
// of the Track API: an identifier that is taken becomes a data problem, and
// nobody comes back who is suppressed.
func (tx *Tx) updateSomebody(w Workspace, j Journey, e Effect) (failing, error) {
	in := identifyWith(e.Set)
	another := e.Action.UpdatePerson.Person
	switch {
	case another != nil:
		ref, err := identity.Named(w.Identifiers, e.Ref.Kind, e.Ref.Value)
		if err != nil {
			return failing{reason: sentence(err.Error())}, nil
		}
		in.Ref, in.UpdateOnly = ref, !another.Create
	case j.PersonID == 0:
		return aboutNobody, nil
	default:
		in.Ref = identity.Ref{Kind: identity.CioID, Value: j.PersonID.CioID()}
	}
	out, err := tx.identifyWithin(w, in)
	no, rejected := errors.AsType[Rejected](err)
	switch {
	case rejected && another == nil:
		return tx.refused(w.ID, j, e.Set, no.Reason)
	case rejected:
		return failing{reason: sentence(no.Reason)}, nil
	case err != nil:
		return failing{}, err
	case len(out.Failed) > 0:
		f := out.Failed[0]
		return failing{f.Attribute + ": " + f.Reason, out.Person == j.PersonID}, nil
	case out.Person == 0:
		return fails("Nobody here has the %s “%s”, or it is suppressed.", e.Ref.Kind, clip(e.Ref.Value, MaxNameBytes)), nil
	}
	return failing{}, nil
}

// identifyWithin is identify that looks at the limits of each value first: what
// breaks one has changed nothing.
func (tx *Tx) identifyWithin(w Workspace, in Identify) (Identified, error) {
	if err := (Person{}).checkSize(in.Attributes); err != nil {
		return Identified{}, err
	}
	return tx.identify(w, in)
}

// refused tells the person's time line which attributes were not changed.
func (tx *Tx) refused(ws WorkspaceID, j Journey, set Attributes, reason string) (failing, error) {
	reason = sentence(reason)
	data := map[string]failure{}
	for name, value := range set {
		data[clip(name, MaxNameBytes)] = failure{Reason: reason, Value: clip(AttributeWords(value), MaxValueBytes)}
	}
	return failing{reason, true}, tx.noteData(ws, Activity{PersonID: j.PersonID, Type: FailedAttributeChange}, data)
}

// identifyWith is the call that sets these values: identifiers and consent go
// where the Track API puts them.
func identifyWith(set Attributes) Identify {
	in := Identify{Attributes: Attributes{}, Source: byCampaign}
	for name, value := range set {
		switch name {
		case "id":
			in.Body.ID = identifierWords(value)
		case "email":
			in.Body.Email = identifierWords(value)
		case "unsubscribed":
			words := AttributeWords(value)
			unsubscribed := words == "1" || strings.EqualFold(words, "true")
			in.Unsubscribed = &unsubscribed
		case "cio_id", "_timestamp", "_update": // of calls alone
		default:
			in.Attributes[name] = value
		}
	}
	return in
}

func identifierWords(value any) *string {
	words := strings.TrimSpace(AttributeWords(value))
	return &words
}

// somebody is whom a reference of a workflow names in a workspace. Zero, and
// why, when it names nobody and nobody is created.
func (tx *Tx) somebody(w Workspace, ref identity.Ref, create bool) (PersonID, failing, error) {
	ref, err := identity.Named(w.Identifiers, ref.Kind, ref.Value)
	if err != nil {
		return 0, failing{reason: sentence(err.Error())}, nil
	}
	out, err := tx.identify(w, Identify{Ref: ref, UpdateOnly: !create, Source: byCampaign})
	if no, ok := errors.AsType[Rejected](err); ok {
		return 0, failing{reason: sentence(no.Reason)}, nil
	}
	if err == nil && out.Person == 0 {
		return 0, fails("Nobody in %s has the %s “%s”, or it is suppressed.", w.Name, ref.Kind, clip(ref.Value, MaxNameBytes)), nil
	}
	return out.Person, failing{}, err
}

// counterpart is the person in another workspace who has the same identifiers,
// as far as they identify there. Who is not there is created as by a call.
func (tx *Tx) counterpart(to Workspace, p Person) (PersonID, failing, error) {
	var refs []identity.Ref
	for _, ref := range p.refs(to) {
		if ref.Kind == identity.CioID {
			continue // ours alone
		}
		other, err := personBy(context.Background(), tx, to.ID, ref)
		if err == nil {
			return other.ID, failing{}, nil
		}
		if err != ErrNotFound {
			return 0, failing{}, err
		}
		refs = append(refs, ref)
	}
	if len(refs) == 0 {
		return 0, fails("The person has nothing by which people are identified in %s: %s.", to.Name, to.Identifiers.Words()), nil
	}
	in := Identify{Ref: refs[0], Source: byCampaign}
	if len(refs) > 1 {
		in.Body.Email = &refs[1].Value
	}
	out, err := tx.identify(to, in)
	if no, ok := errors.AsType[Rejected](err); ok {
		return 0, failing{reason: sentence(no.Reason)}, nil
	}
	if err == nil && out.Person == 0 {
		return 0, fails("The person is suppressed in %s.", to.Name), nil
	}
	return out.Person, failing{}, err
}
