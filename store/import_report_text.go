package store

import (
	"strconv"

	"github.com/postroom/postroom/store/workflow"
)

func (r *reporter) snippet(n *Need) {
	theirs, copyable := r.pack.snippet(n.Name)
	ours, err := snippet(r.ctx, r.q, r.here.ID, n.Name)
	if err == nil {
		n.State, n.Detail = NeedSame, "A snippet of "+r.here.Name+", too"
		if copyable && theirs.Value != ours.Value {
			n.Detail = "The one in " + r.here.Name + " has other content"
			n.Options = append([]NeedOption{{chooseSame, "Use the one here"}, {chooseCopy, "Create a copy"}}, r.snippets(n.Name)...)
			n.Difference = workflow.DiffText(ours.Value, theirs.Value)
		}
		return
	}
	if err != ErrNotFound {
		r.failed(err)
	}
	if !copyable {
		n.State, n.Detail = NeedMissing, "There is no snippet of this name. Add one, or write its text where it is named, before you start."
		return
	}
	n.State, n.Detail = NeedChoose, "Does not exist in "+r.here.Name
	n.Options = append([]NeedOption{{chooseCopy, "Create a copy"}}, r.snippets("")...)
	n.Options = append(n.Options, NeedOption{chooseSame, "Leave it open"})
}

// snippets is the snippets of here, without one.
func (r *reporter) snippets(but string) (all []NeedOption) {
	for _, name := range r.names(`select name from snippets where workspace_id = ? order by name_key limit ` + strconv.Itoa(maxOffered)) {
		if nameKey(name) != nameKey(but) {
			all = append(all, NeedOption{chosenHere + name, name})
		}
	}
	return all
}

func (r *reporter) topic(n *Need) {
	here, err := topics(r.ctx, r.q, r.here.ID)
	r.failed(err)
	if t, ok := TopicIn(here, n.Name); ok {
		n.State, n.Detail = NeedSame, "A topic of "+r.here.Name+", too"
		theirs, known := TopicIn(r.pack.Topics, n.Name)
		if known && theirs.Subscribed != t.Subscribed {
			n.Detail = "A topic of " + r.here.Name + ", too, which somebody who has chosen nothing " + gets(t)
		}
		return
	}
	n.State, n.Detail = NeedChoose, "Does not exist in "+r.here.Name
	if _, copyable := TopicIn(r.pack.Topics, n.Name); copyable && len(here) < MaxTopics {
		n.Options = append(n.Options, NeedOption{chooseCopy, "Add it here"})
	}
	for _, t := range here {
		n.Options = append(n.Options, NeedOption{chosenHere + t.Name, t.Name})
	}
	n.Options = append(n.Options, NeedOption{chooseSame, "Leave it open"}, NeedOption{chooseNone, "No topic: who has not unsubscribed"})
}

// gets says whether a topic reaches who has chosen nothing.
func gets(t Topic) string {
	if t.Subscribed {
		return "gets"
	}
	return "does not get"
}
