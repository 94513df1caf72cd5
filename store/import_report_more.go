package store

import (
	"cmp"
	"slices"
	"strings"

	"github.com/postroom/postroom/store/workflow"
)

// reply looks at where answers go.
func (r *reporter) reply(n *Need) {
	senders := Need{Dependency: n.Dependency}
	r.sender(&senders)
	if senders.State == NeedSame || !r.pack.away {
		n.State, n.Detail = NeedSame, "Answers go there as before"
		return
	}
	n.State, n.Detail = NeedChoose, "Answers would go to "+r.pack.from.Name
	n.Options = []NeedOption{{chooseNone, "Answer to the sender"}, {chooseSame, "Keep it"}}
	for _, o := range senders.Options {
		if strings.HasPrefix(o.Value, chosenHere) {
			n.Options = append(n.Options, o)
		}
	}
}

// number looks at where text messages come from.
func (r *reporter) number(n *Need) {
	if !r.pack.away {
		n.State, n.Detail = NeedSame, "Stays in the workspace"
		return
	}
	n.State, n.Detail = NeedChoose, "Text messages came from it in "+r.pack.from.Name
	n.Options = []NeedOption{{chooseNone, "The workspace's own"}, {chooseSame, "Keep it"}}
}

// channel looks whether messages have somewhere to go.
func (r *reporter) channel(n *Need) {
	all, err := gateways(r.ctx, r.q, r.here.ID)
	r.failed(err)
	n.Title = Channel(n.Name).Words()
	if gatewayOf(all, Channel(n.Name)) != nil {
		n.State, n.Detail = NeedSame, r.here.Name+" has an address that takes them"
		return
	}
	n.State, n.Detail = NeedMissing, r.here.Name+" has no address that takes them: an admin sets one in the settings under Channels"
}

func (r *reporter) form(n *Need) {
	var name string
	err := known(r.q.QueryRowContext(r.ctx, `select name from forms where workspace_id = ? and form_id = ?`, r.here.ID, n.Name).Scan(&name))
	n.State, n.Detail = NeedSame, "Seen in "+r.here.Name
	if err == ErrNotFound {
		n.State, n.Detail = NeedMissing, "Never seen in "+r.here.Name+", so nobody enters until it is"
	} else {
		r.failed(err)
	}
}

// message looks for the message that a condition asks about and that does not
// come: the copy of it that came before, or another message of the campaign.
func (r *reporter) message(n *Need) {
	asked, ok := workflow.Find(r.pack.whole, n.Name)
	if ok && n.Name != "" {
		n.Title = asked.Title()
	}
	n.State, n.Detail = NeedMissing, "Asked about, but not among what comes. Choose another message in the condition before you start."
	came := r.pack.came(r.target, n.Name)
	leave := NeedOption{chooseNone, "Leave it open"}
	for a := range workflow.All(r.target.Draft.Actions) {
		if !a.IsMessage() || len(n.Options) >= maxOffered {
			continue
		}
		n.Options = append(n.Options, NeedOption{chosenHere + a.Key, a.Title()})
	}
	switch i := slices.IndexFunc(n.Options, func(o NeedOption) bool { return o.Value == chosenHere+came }); {
	case came != "" && i >= 0:
		n.State, n.Detail = NeedSame, "It came here before"
		n.Options[0], n.Options[i] = n.Options[i], n.Options[0]
		n.Options = append(n.Options, leave)
	case len(n.Options) > 0:
		n.Options = slices.Insert(n.Options, 0, leave)
	}
}

// came is the key that an action of the pack's source has in a campaign to
// which it was brought before.
func (p pack) came(target Campaign, key string) string {
	for a := range workflow.All(target.Draft.Actions) {
		if o := a.Origin; o != nil && o.Workspace == p.from.Slug && o.CampaignID == int64(p.source.ID) && o.Action == key {
			return a.Key
		}
	}
	return ""
}

// workspace looks whether events may go where they went: to whom may edit
// there. One that is not there and one that the member may not see look alike.
func (r *reporter) workspace(n *Need) {
	ownName := cmp.Or(r.here.Name, r.here.Slug)
	if n.Name == r.here.Slug {
		n.State, n.Detail = NeedSame, "It is this workspace"
		n.Options = []NeedOption{{chosenHere + r.here.Slug, ownName + " (this workspace)"}}
	}
	others, err := workspacesToEdit(r.ctx, r.q, r.member, "", maxOffered)
	r.failed(err)
	i := slices.IndexFunc(others, func(w Workspace) bool { return w.Slug == n.Name })
	own := NeedOption{chosenHere + r.here.Slug, ownName + " (this workspace)"}
	leave := NeedOption{chooseNone, "Leave it open"}
	switch {
	case n.State == NeedSame:
	case i >= 0 && n.Name != r.pack.from.Slug:
		n.State, n.Detail, n.Title = NeedSame, "Events go there as before", others[i].Name
		n.Options = []NeedOption{{chooseSame, others[i].Name}, own}
	case i >= 0:
		n.State, n.Detail, n.Title = NeedChoose, "The events went to where the actions come from", others[i].Name
		n.Options = []NeedOption{own, {chooseSame, others[i].Name}}
	default:
		n.State, n.Detail = NeedChoose, "You may not edit there, so no events can be sent there"
		n.Options = []NeedOption{leave, own}
	}
	for _, w := range others {
		if w.Slug != n.Name && w.ID != r.here.ID {
			n.Options = append(n.Options, NeedOption{chosenHere + w.Slug, w.Name})
		}
	}
	if !slices.Contains(n.Options, leave) {
		n.Options = append(n.Options, leave)
	}
}
