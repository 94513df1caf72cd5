package workflow

import (
	"encoding/json"
	"fmt"
	"slices"
)

// list is the actions in the field "actions" of a campaign or a path that
// stands inside this many branches.
func (p *parser) list(o *object, nesting int) []Action {
	var actions []Action
	for _, n := range o.list("actions") {
		actions = append(actions, p.action(n, nesting))
	}
	return actions
}

func (p *parser) action(n *node, nesting int) Action {
	if p.actions++; p.actions > MaxActions {
		p.fail(n, tooMany)
	}
	o := p.object(n)
	a := Action{
		Key:       p.key(o),
		Type:      Type(o.text("type")),
		Name:      o.text("name"),
		Condition: p.condition(o.field("condition")),
		Origin:    p.origin(o.field("origin")),
	}
	p.content(o, &a, nesting)
	o.close()
	return a
}

const tooMany = "A workflow has at most 500 actions. Split it into two campaigns."
const tooDeep = "Branches may stand inside each other 20 deep. Move this one out."

// key is the action's key, which no other action may have.
func (p *parser) key(o *object) string {
	n := o.field("key")
	key := o.text("key")
	if key == "" {
		return ""
	}
	if !validKey(key) {
		p.fail(n, badKey(key))
	}
	if first := p.keys[key]; first != nil {
		p.fail(n, fmt.Sprintf("The key %q is taken by %s. Each action needs its own.", key, first.path()))
	}
	if p.keys == nil {
		p.keys = map[string]*node{}
	}
	p.keys[key] = n
	return key
}

func badKey(key string) string {
	return fmt.Sprintf("%.80q cannot be a key. Use up to %d letters, digits, hyphens, underscores and dots.", key, maxKey)
}

// giveKeys gives a key to the actions that came without one.
func (p *parser) giveKeys(actions []Action) {
	taken := keyring{}
	for key := range p.keys {
		taken[key] = true
	}
	taken.give(actions)
}

// content reads what the action's type adds.
func (p *parser) content(o *object, a *Action, nesting int) {
	switch a.Type {
	case TypeEmail:
		a.Email = p.email(o)
	case TypeWebhook:
		a.Webhook = p.webhook(o)
	case TypeSlack:
		a.Slack = &Slack{Sending: p.sending(o), URL: o.text("url"), Text: o.text("text")}
	case TypePush:
		a.Push = &Push{Sending: p.sending(o), Devices: oneOf(o, "devices", AllDevices, LastDevice), Title: o.text("title"), Body: o.text("body"), Link: o.text("link")}
	case TypeSMS:
		a.SMS = &SMS{Sending: p.sending(o), From: o.text("from"), To: o.textOr("to", defaultPhone), Text: o.text("text")}
	case TypeDelay:
		a.Delay = p.delay(o)
	case TypeTimeWindow:
		a.TimeWindow = p.timeWindow(o)
	case TypeBranch, TypeWaitUntil, TypeRandomSplit, TypeABTest:
		a.Branch = p.branch(o, a.Type, nesting+1)
	case TypeUpdatePerson:
		a.UpdatePerson = &UpdatePerson{Set: p.set(o.field("set")), Person: p.person(o.field("person"))}
	case TypeUpdateJourney:
		a.UpdateJourney = &UpdateJourney{Set: p.set(o.field("set"))}
	case TypeSendEvent:
		a.SendEvent = &SendEvent{Event: o.text("event"), Data: p.set(o.field("data")), Person: p.person(o.field("person")), Workspace: o.text("workspace")}
	case TypeSegmentUpdate:
		a.SegmentUpdate = &SegmentUpdate{Segment: p.segment(o.field("segment")), Change: oneOf(o, "change", AddToSegment, RemoveFromSegment)}
	case TypeBatchUpdate:
		a.BatchUpdate = &BatchUpdate{People: p.condition(o.field("people")), Set: p.set(o.field("set")), Event: o.text("event"), Data: p.set(o.field("data"))}
	case TypeExit:
	default:
		o.fail("type", unknownType(a.Type))
	}
}

func (p *parser) sending(o *object) Sending { return oneOf(o, "sending", Draft, Automatic, Off) }

func (p *parser) email(o *object) *Email {
	return &Email{
		Sending:   p.sending(o),
		From:      o.text("from"),
		To:        o.textOr("to", defaultTo),
		ReplyTo:   o.text("reply_to"),
		Subject:   o.text("subject"),
		Preheader: o.text("preheader"),
		Body:      o.text("body"),
		Text:      o.text("text"),
		Layout:    o.text("layout"),

		Subscription: p.subscription(o),
		Untracked:    o.flag("untracked"),
		Languages:    p.languages(o),
	}
}

func (p *parser) languages(o *object) []Translation {
	var all []Translation
	for _, n := range o.list("languages") {
		one := p.object(n)
		t := Translation{Language: one.text("language"), Subject: one.text("subject"), Preheader: one.text("preheader"), Body: one.text("body"), Text: one.text("text")}
		one.close()
		if t.Language == "" {
			one.fail("language", "Say which language, such as de or en-US.")
		}
		all = append(all, t)
	}
	if len(all) > MaxLanguages {
		o.fail("languages", tooManyLanguages)
		return nil
	}
	return all
}

// MaxLanguages is how many translations an email has at most.
const MaxLanguages = 50
const tooManyLanguages = "An email has at most 50 translations."

func (p *parser) webhook(o *object) *Webhook {
	w := &Webhook{
		Sending:  p.sending(o),
		Method:   o.textOr("method", "POST"),
		URL:      o.text("url"),
		Headers:  p.headers(o.field("headers")),
		Body:     o.text("body"),
		LeftOut:  o.texts("left_out"),
		Response: p.response(o),
		Converts: o.flag("converts"),
	}
	if p.strict && !slices.Contains(methods, w.Method) {
		o.fail("method", badMethod(w.Method))
	}
	return w
}

func (p *parser) response(o *object) []Kept {
	var all []Kept
	for _, n := range o.list("response") {
		one := p.object(n)
		all = append(all, Kept{Path: one.text("path"), Attribute: one.text("attribute"), Journey: one.flag("journey")})
		one.close()
	}
	if len(all) > maxHeaders {
		o.fail("response", tooManyKept)
		return nil
	}
	return all
}

const tooManyKept = "At most 100 values of an answer are kept."

// headers is written as a list of names and values, because their order may
// matter and names may repeat; an object is read as well.
func (p *parser) headers(n *node) []Header {
	var all []Header
	switch {
	case n == nil:
		return nil
	case n.kind != '{' && n.kind != '[':
		p.fail(n, "This must be a list of names and values.")
	case len(n.fields) > maxHeaders || len(n.items) > maxHeaders:
		p.fail(n, tooManyHeaders)
		return nil
	}
	byName := object{p: p, at: n}
	for _, f := range n.fields {
		all = append(all, Header{f.name, byName.text(f.name)})
	}
	for _, item := range n.items {
		o := p.object(item)
		all = append(all, Header{o.text("name"), o.text("value")})
		o.close()
	}
	return all
}

const maxHeaders = 100
const tooManyHeaders = "A webhook has at most 100 headers."

func (p *parser) delay(o *object) *Delay {
	d := &Delay{Duration: p.duration(o, "duration")}
	if p.strict && d.Duration == "" {
		o.fail("duration", "Say how long, such as 2d.")
	}
	return d
}

func (p *parser) timeWindow(o *object) *TimeWindow {
	w := &TimeWindow{Days: o.texts("days"), From: p.clock(o, "from", "00:00"), To: p.clock(o, "to", "24:00"), Zone: p.zone(o), PersonZone: o.flag("person_zone")}
	if o.at != nil && len(w.Days) == 0 {
		w.Days = slices.Clone(Weekdays)
	}
	for _, day := range w.Days {
		if !slices.Contains(Weekdays, day) {
			o.fail("days", badDay(day))
		}
	}
	return w
}

func badDay(day string) string {
	return fmt.Sprintf("%.20q is not a day. Use some of %s.", day, quoted(Weekdays))
}

func (p *parser) branch(o *object, t Type, nesting int) *Branch {
	if nesting > MaxNesting {
		p.fail(o.at, tooDeep)
		return &Branch{}
	}
	b := &Branch{}
	items := o.list("paths")
	if least, most := t.pathLimits(); p.strict && (len(items) < least || len(items) > most) {
		o.fail("paths", pathCount(t))
	}
	for i, n := range items {
		b.Paths = append(b.Paths, p.path(n, t, i == len(items)-1, nesting))
	}
	if t == TypeABTest {
		b.Winner = o.text("winner")
	}
	return b
}

func (p *parser) path(n *node, t Type, last bool, nesting int) Path {
	o := p.object(n)
	path := Path{Name: o.text("name"), Actions: p.list(o, nesting)}
	switch t {
	case TypeRandomSplit, TypeABTest:
		path.Percent = int(o.number("percent"))
		if path.Percent < 0 || path.Percent > 100 {
			o.fail("percent", "Write a whole number from 0 to 100.")
		}
	case TypeWaitUntil:
		path.When, path.At, path.After = p.condition(o.field("when")), o.text("at"), p.duration(o, "after")
	default:
		if path.When = p.condition(o.field("when")); p.strict && path.When == nil && !last {
			o.fail("when", "Only the last path may be without a condition: it takes everyone else.")
		}
	}
	o.close()
	return path
}

// set is the new values by attribute.
func (p *parser) set(n *node) map[string]any {
	o := p.object(n)
	set := map[string]any{}
	if o.at == nil {
		return set
	}
	for _, f := range o.at.fields {
		switch f.kind {
		case '"':
			set[f.name] = f.text
		case '0':
			set[f.name] = json.Number(f.text)
		case 't':
			set[f.name] = f.text == "true"
		case 'n':
			set[f.name] = nil
		default:
			p.fail(f, "This must be text, a number, true, false or null.")
		}
	}
	return set
}

func (p *parser) origin(n *node) *Origin {
	if n == nil {
		return nil
	}
	o := p.object(n)
	origin := Origin{
		Workspace:  o.text("workspace"),
		Campaign:   o.text("campaign"),
		CampaignID: o.number("campaign_id"),
		Action:     o.text("action"),
		Version:    int(o.number("version")),
		Hash:       o.text("hash"),
		At:         p.moment(o, "at"),
	}
	o.close()
	return &origin
}
