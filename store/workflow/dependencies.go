package workflow

import (
	"cmp"
	"maps"
	"net/mail"
	"slices"
	"strconv"
	"strings"

	"github.com/postroom/postroom/store/condition"
)

// Dependency is one thing outside of the workflow that actions need.
type Dependency struct {
	Kind   Kind
	Name   string
	UsedBy []string // titles of the actions, in the order of the tree
	Places []string // where the Liquid of each of those names it first, such as “body, line 3”; empty where none does

	Fallback Fallback // of an attribute or a field of the event
}

// Kind is the kind of a dependency.
type Kind string

// The kinds of dependencies. A segment that is named by its id is called #id.
const (
	NeedsAttribute Kind = "attribute" // top level, without identifiers
	NeedsEvent     Kind = "event"
	NeedsField     Kind = "event_field" // of the event that starts the campaign; top level
	NeedsSegment   Kind = "segment"
	NeedsSender    Kind = "sender" // by address
	NeedsLayout    Kind = "layout"
	NeedsSnippet   Kind = "snippet"
	NeedsMessage   Kind = "message" // by key: asked about, but not among the actions
	NeedsSecret    Kind = "secret"  // what StripSecrets takes away
)

var kinds = []Kind{NeedsSender, NeedsLayout, NeedsSnippet, NeedsSegment, NeedsAttribute, NeedsEvent, NeedsField, NeedsMessage, NeedsSecret}

// Dependencies is what the actions, and those inside them, need; by kind and
// name, each once.
func Dependencies(actions []Action) []Dependency {
	found := needs{}
	here := keysOf(actions)
	for a := range All(actions) {
		found.action(a, here)
	}
	var all []Dependency
	for _, kind := range kinds {
		for _, name := range slices.Sorted(maps.Keys(found[kind])) {
			all = append(all, *found[kind][name])
		}
	}
	return all
}

// needs is what is needed, by kind and name.
type needs map[Kind]map[string]*Dependency

func (n needs) add(by string, kind Kind, names ...string) {
	for _, name := range names {
		n.one(kind, name).user(by, "")
	}
}

func (n needs) one(kind Kind, name string) *Dependency {
	if n[kind] == nil {
		n[kind] = map[string]*Dependency{}
	}
	if n[kind][name] == nil {
		n[kind][name] = &Dependency{Kind: kind, Name: name}
	}
	return n[kind][name]
}

// user notes an action that needs it.
func (d *Dependency) user(by, place string) {
	i := slices.Index(d.UsedBy, by)
	if i < 0 {
		d.UsedBy, d.Places = append(d.UsedBy, by), append(d.Places, place)
		return
	}
	d.Places[i] = cmp.Or(d.Places[i], place)
}

func (n needs) action(a Action, here keyring) {
	by := a.Title()
	n.condition(by, a.Condition, here)
	for _, p := range a.paths() {
		n.condition(by, p.When, here)
	}
	n.liquid(by, a.texts())
	if a.Email != nil {
		if address := sender(a.Email.From); address != "" {
			n.add(by, NeedsSender, address)
		}
		if a.Email.Layout != "" {
			n.add(by, NeedsLayout, a.Email.Layout)
		}
	}
	if a.Webhook != nil {
		n.add(by, NeedsSecret, appendNew(secrets(*a.Webhook), a.Webhook.LeftOut...)...)
	}
}

func (n needs) condition(by string, c *condition.Condition, here keyring) {
	used := c.Uses()
	for _, field := range used.Attributes {
		parts := append(condition.Path(field), field)
		if parts[0] != "event" { // not the data of the event
			n.attribute(by, parts[0])
		}
	}
	n.add(by, NeedsEvent, used.Events...)
	n.add(by, NeedsSegment, used.Segments...)
	for _, id := range used.SegmentIDs {
		n.add(by, NeedsSegment, "#"+strconv.FormatInt(id, 10))
	}
	eachMessage(c, func(m *condition.Message) {
		if m.CampaignID != 0 || m.Action != "" && !here[m.Action] {
			n.add(by, NeedsMessage, strings.TrimPrefix(m.Action, hole))
		}
	})
}

func (n needs) liquid(by string, texts []template) {
	for _, t := range texts {
		for _, m := range t.mentions() {
			if m.kind != NeedsAttribute || !everybodys(m.name) {
				d := n.one(m.kind, m.name)
				d.user(by, m.place)
				d.Fallback = max(d.Fallback, m.fallback)
			}
		}
	}
}

func (n needs) attribute(by, name string) {
	if !everybodys(name) {
		n.add(by, NeedsAttribute, name)
	}
}

// everybodys tells whether every person has the attribute.
func everybodys(name string) bool {
	return slices.Contains([]string{"id", "email", "cio_id", "created_at"}, name)
}

// texts is every text of the action that may hold Liquid.
func (a Action) texts() []template {
	switch {
	case a.Email != nil:
		e := a.Email
		return []template{
			{"sender", e.From}, {"recipient", e.To}, {"reply-to address", e.ReplyTo}, {"subject", e.Subject},
			{"preheader", e.Preheader}, {"body", e.Body}, {"text", e.Text},
		}
	case a.Webhook != nil:
		texts := []template{{"URL", a.Webhook.URL}, {"body", a.Webhook.Body}}
		for _, h := range a.Webhook.Headers {
			texts = append(texts, template{"header " + h.Name, h.Value})
		}
		return texts
	case a.UpdatePerson != nil:
		var texts []template
		for _, name := range slices.Sorted(maps.Keys(a.UpdatePerson.Set)) {
			if value, ok := a.UpdatePerson.Set[name].(string); ok {
				texts = append(texts, template{name, value})
			}
		}
		return texts
	}
	return nil
}

// sender is the address in From, empty when it is known only after rendering.
func sender(from string) string {
	if isLiquid(from) {
		return ""
	}
	if a, err := mail.ParseAddress(from); err == nil {
		return a.Address
	}
	return strings.TrimSpace(from)
}

// uses is what the whole campaign needs, as the document lists it.
func uses(c Campaign) Uses {
	n := needs{}
	here := keysOf(c.Actions)
	n.condition("", c.Trigger.Filter, here)
	if c.Trigger.Event != "" {
		n.add("", NeedsEvent, c.Trigger.Event)
	}
	if c.Trigger.Segment != nil {
		n.condition("", &condition.Condition{Segment: c.Trigger.Segment}, here)
	}
	if c.Goal != nil && c.Goal.Event != "" {
		n.add("", NeedsEvent, c.Goal.Event)
	}
	for a := range All(c.Actions) {
		n.action(a, here)
	}
	names := func(kind Kind) []string {
		return append([]string{}, slices.Sorted(maps.Keys(n[kind]))...)
	}
	return Uses{
		Layouts: names(NeedsLayout), Snippets: names(NeedsSnippet), Segments: names(NeedsSegment),
		Senders: names(NeedsSender), Topics: []string{}, Attributes: names(NeedsAttribute), Events: names(NeedsEvent),
	}
}
