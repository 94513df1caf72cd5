package store

import (
	"context"
	"fmt"
	"net/mail"
	"slices"
	"strings"

	"github.com/postroom/postroom/store/identity"
	"github.com/postroom/postroom/store/workflow"
)

// Need is one thing that imported actions need, and how it is found in the
// workspace that they come to.
type Need struct {
	workflow.Dependency
	Title   string // what people call it, when the name says little
	State   NeedState
	Detail  string // a sentence, or part of one
	Choice  string // which option holds; empty when there are none
	Options []NeedOption

	Difference []workflow.Piece // between the one here (before) and the one there (after), when they have one name
}

// NeedState is how a need is found.
type NeedState string

const (
	NeedSame    NeedState = "same"     // it is here under the same name
	NeedChoose  NeedState = "choose"   // one of the options has to stand in
	NeedMissing NeedState = "missing"  // nothing stands in
	NeedLeftOut NeedState = "left_out" // it is never copied
)

// NeedOption is one way to meet a need.
type NeedOption struct {
	Value string // same, copy, none, or here: and what is meant
	Words string
}

// What a choice says; behind chosenHere is an address, a name or an id.
const (
	chooseSame = "same"
	chooseCopy = "copy"
	chooseNone = "none"
	chosenHere = "here:"
)

// Field is the name of the form field that holds the choice.
func (n Need) Field() string { return "need." + string(n.Kind) + "." + n.Name }

// reporter finds what a pack needs in the workspace here.
type reporter struct {
	ctx     context.Context
	q       queryer
	here    Workspace
	target  Campaign // zero: one that is made of what comes
	member  Member   // who asks
	pack    pack
	choices map[string]string
	wrong   Invalid // choices that cannot be made
	err     error
}

func (r *reporter) needs() []Need { return r.report(workflow.Dependencies(r.pack.Actions)) }

// report looks for each of these here. What is to be copied needs things in
// its turn, which are looked for as well.
func (r *reporter) report(wanted []workflow.Dependency) (all []Need) {
	for len(wanted) > 0 {
		d := wanted[0]
		wanted = wanted[1:]
		if i := slices.IndexFunc(all, func(n Need) bool { return n.Kind == d.Kind && nameKey(n.Name) == nameKey(d.Name) }); i >= 0 {
			all[i].use(d)
			continue
		}
		n := Need{Dependency: d}
		r.find(&n)
		r.choose(&n)
		all = append(all, n)
		if n.Choice == chooseCopy {
			wanted = append(wanted, r.pack.within(n)...)
		}
	}
	slices.SortStableFunc(all, func(a, b Need) int { return a.Kind.Compare(b.Kind) })
	return all
}

// within is what a thing that is to be copied needs itself.
func (p pack) within(n Need) []workflow.Dependency {
	switch n.Kind {
	case workflow.NeedsSegment:
		if g, ok := p.segment(n.Name); ok {
			return workflow.ConditionNeeds(usedBySegment+g.Name, &g.Condition)
		}
	case workflow.NeedsLayout:
		if l, ok := p.layout(n.Name); ok {
			return workflow.TextNeeds("layout "+l.Name, l.HTML)
		}
	case workflow.NeedsSnippet:
		if s, ok := p.snippet(n.Name); ok {
			return workflow.TextNeeds("snippet "+s.Name, s.Value)
		}
	}
	return nil
}

// usedBySegment stands before the name of a segment that is copied and needs
// something.
const usedBySegment = "segment "

// use adds who else needs it.
func (n *Need) use(d workflow.Dependency) {
	n.UsedBy, n.Places = append(n.UsedBy, d.UsedBy...), append(n.Places, d.Places...)
}

func (r *reporter) find(n *Need) {
	switch n.Kind {
	case workflow.NeedsSender:
		r.sender(n)
	case workflow.NeedsReply:
		r.reply(n)
	case workflow.NeedsNumber:
		r.number(n)
	case workflow.NeedsChannel:
		r.channel(n)
	case workflow.NeedsLayout:
		r.layout(n)
	case workflow.NeedsSegment:
		r.segment(n)
	case workflow.NeedsAttribute:
		r.attribute(n)
	case workflow.NeedsEvent:
		r.event(n)
	case workflow.NeedsField:
		r.field(n)
	case workflow.NeedsForm:
		r.form(n)
	case workflow.NeedsSnippet:
		r.snippet(n)
	case workflow.NeedsTopic:
		r.topic(n)
	case workflow.NeedsMessage:
		r.message(n)
	case workflow.NeedsWorkspace:
		r.workspace(n)
	case workflow.NeedsSecret:
		n.State, n.Detail = NeedLeftOut, "Put it in again before you start."
		if !r.pack.away {
			n.State, n.Detail = NeedSame, "Stays in the workspace."
		}
	}
}

// choose takes the choice that was made, else the first option.
func (r *reporter) choose(n *Need) {
	made := r.choices[n.Field()]
	if len(n.Options) == 0 {
		return
	}
	n.Choice = n.Options[0].Value
	switch {
	case made == "":
	case slices.ContainsFunc(n.Options, func(o NeedOption) bool { return o.Value == made }):
		n.Choice = made
	default:
		if r.wrong == nil {
			r.wrong = Invalid{}
		}
		r.wrong[n.Field()] = fmt.Sprintf("What you chose for “%s” is no longer here. Choose again.", n.Name)
	}
}

func (r *reporter) sender(n *Need) {
	rows, err := r.q.QueryContext(r.ctx, `select address from senders where workspace_id = ? order by email_key, address limit 500`, r.here.ID)
	all, err := collect(rows, err, func(scan func(...any) error) (address string, err error) {
		err = scan(&address)
		return address, err
	})
	r.failed(err)
	key := senderKey(n.Name)
	for _, address := range all {
		if senderKey(address) == key {
			n.State, n.Detail = NeedSame, "A sender of "+r.here.Name+", too"
			return
		}
		n.Options = append(n.Options, NeedOption{chosenHere + address, senderName(address)})
	}
	n.State, n.Detail = NeedChoose, "Does not exist in "+r.here.Name
	n.Options = append(n.Options, NeedOption{chooseCopy, "Add it here"})
}

// senderKey is what makes two senders the same.
func senderKey(from string) string {
	parsed, err := mail.ParseAddress(from)
	if err != nil {
		return nameKey(from)
	}
	key, err := identity.EmailKey(parsed.Address)
	if err != nil {
		return nameKey(parsed.Address)
	}
	return key
}

func senderName(from string) string {
	if parsed, err := mail.ParseAddress(from); err == nil && parsed.Name != "" {
		return parsed.Name + " · " + parsed.Address
	}
	return from
}

func (r *reporter) layout(n *Need) {
	theirs, copyable := r.pack.layout(n.Name)
	ours, err := layout(r.ctx, r.q, r.here.ID, n.Name)
	if err == nil {
		n.State, n.Detail = NeedSame, "A layout of "+r.here.Name+", too"
		if copyable && theirs.HTML != ours.HTML {
			n.Detail = "The one in " + r.here.Name + " has other content"
			n.Options = append([]NeedOption{{chooseSame, "Use the one here"}, {chooseCopy, "Create a copy"}}, r.layouts(n.Name)...)
			n.Difference = workflow.DiffText(ours.HTML, theirs.HTML)
		}
		return
	}
	if err != ErrNotFound {
		r.failed(err)
	}
	n.State, n.Detail = NeedChoose, "Does not exist in "+r.here.Name
	if copyable {
		n.Options = append(n.Options, NeedOption{chooseCopy, "Create a copy"})
	}
	n.Options = append(append(n.Options, r.layouts("")...), NeedOption{chooseNone, "No layout"})
}

// layouts is the layouts of here, the default first, without one.
func (r *reporter) layouts(but string) (all []NeedOption) {
	for _, name := range r.names(`select name from layouts where workspace_id = ? order by name_key <> '` + nameKey(DefaultLayout) + `', name_key limit 200`) {
		if nameKey(name) != nameKey(but) {
			all = append(all, NeedOption{chosenHere + name, name})
		}
	}
	return all
}

func (r *reporter) attribute(n *Need) {
	if r.seen("attribute", n.Name) {
		n.State, n.Detail = NeedSame, "People in "+r.here.Name+" have it"
		return
	}
	n.State = NeedMissing
	switch n.Fallback {
	case workflow.Covered:
		n.Detail = "Nobody in " + r.here.Name + " has it, so the fallback text shows"
	case workflow.Bare:
		n.Detail = "Nobody in " + r.here.Name + " has it, and there is no fallback: what shows it would not be sent"
	default:
		n.Detail = "Nobody in " + r.here.Name + " has it, so conditions find it empty"
	}
}

func (r *reporter) event(n *Need) {
	n.State, n.Detail = NeedMissing, "Never seen in "+r.here.Name+", so nobody matches until it is"
	if r.seen("event", n.Name) {
		n.State, n.Detail = NeedSame, "Seen in "+r.here.Name
	}
}

// field is found in an event only when one comes.
func (r *reporter) field(n *Need) {
	n.State, n.Detail = NeedSame, "Comes with the event that starts the campaign"
	if r.pack.away && n.Fallback == workflow.Bare {
		n.State, n.Detail = NeedMissing, "Has no fallback: what shows it would not be sent when the event that starts the campaign lacks it"
	}
}

func (r *reporter) seen(kind, name string) (seen bool) {
	r.failed(r.q.QueryRowContext(r.ctx, `
		select exists (select 1 from data_index where workspace_id = ? and kind = ? and name = ?)`, r.here.ID, kind, name).Scan(&seen))
	return seen
}

func (r *reporter) names(query string) []string {
	rows, err := r.q.QueryContext(r.ctx, query, r.here.ID)
	all, err := collect(rows, err, func(scan func(...any) error) (name string, err error) {
		err = scan(&name)
		return name, err
	})
	r.failed(err)
	return all
}

func (r *reporter) failed(err error) {
	if r.err == nil {
		r.err = err
	}
}

// mayMiss says whether emails go to addresses that people here need not have.
func (r *reporter) mayMiss() bool {
	if r.here.Identifiers != identity.IDOnly {
		return false
	}
	for a := range workflow.All(r.pack.Actions) {
		if a.Email != nil && strings.Contains(a.Email.To, "customer.email") {
			return true
		}
	}
	return false
}
