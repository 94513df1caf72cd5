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
	Manual   bool     // of a segment: people are put into it by hand
}

// Kind is the kind of a dependency.
type Kind string

// The kinds of dependencies. A segment that is named by its id is called #id.
const (
	NeedsAttribute Kind = "attribute" // top level, without identifiers
	NeedsEvent     Kind = "event"
	NeedsField     Kind = "event_field" // of the event that starts the campaign; top level
	NeedsSegment   Kind = "segment"
	NeedsSender    Kind = "sender"   // by address
	NeedsReply     Kind = "reply_to" // an address that answers go to
	NeedsNumber    Kind = "number"   // from which text messages come
	NeedsChannel   Kind = "channel"  // sms, push or slack: an address of the workspace that takes its messages
	NeedsForm      Kind = "form"     // by its id
	NeedsLayout    Kind = "layout"
	NeedsSnippet   Kind = "snippet"
	NeedsTopic     Kind = "topic"
	NeedsWorkspace Kind = "workspace" // by slug: an event is sent there
	NeedsMessage   Kind = "message"   // by key: asked about, but not among the actions
	NeedsSecret    Kind = "secret"    // what StripSecrets takes away
)

var kinds = []Kind{NeedsSender, NeedsReply, NeedsNumber, NeedsChannel, NeedsLayout, NeedsSnippet, NeedsTopic, NeedsSegment, NeedsAttribute, NeedsEvent, NeedsField, NeedsForm, NeedsMessage, NeedsWorkspace, NeedsSecret}

// Compare puts kinds into the order of a report.
func (k Kind) Compare(other Kind) int { return slices.Index(kinds, k) - slices.Index(kinds, other) }

// Dependencies is what the actions, and those inside them, need; by kind and
// name, each once.
func Dependencies(actions []Action) []Dependency {
	found := needs{}
	here := keysOf(actions)
	for a := range All(actions) {
		found.action(a, here)
	}
	return found.list()
}

// ConditionNeeds is what a condition needs that stands outside of any workflow; by says
// where it stands.
func ConditionNeeds(by string, c *condition.Condition) []Dependency {
	found := needs{}
	found.condition(by, c, nil)
	return found.list()
}

// TextNeeds is what a text with Liquid needs; by says where it stands.
func TextNeeds(by, text string) []Dependency {
	found := needs{}
	found.liquid(by, []template{{"text", text}})
	return found.list()
}

func (n needs) list() (all []Dependency) {
	for _, kind := range kinds {
		for _, name := range slices.Sorted(maps.Keys(n[kind])) {
			all = append(all, *n[kind][name])
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
		if p.At != "" {
			n.condition(by, &condition.Condition{Attribute: &condition.Attribute{Field: p.At}}, here)
		}
	}
	if a.TimeWindow != nil && a.TimeWindow.PersonZone {
		n.attribute(by, "timezone")
	}
	n.liquid(by, a.texts())
	n.data(by, a, here)
	n.message(by, a)
}

// message is what messages need.
func (n needs) message(by string, a Action) {
	if a.SMS != nil || a.Push != nil || a.Slack != nil && a.Slack.URL == "" {
		n.add(by, NeedsChannel, string(a.Type))
	}
	if a.SMS != nil && a.SMS.From != "" && !isLiquid(a.SMS.From) {
		n.add(by, NeedsNumber, a.SMS.From)
	}
	if a.Email != nil {
		if address := sender(a.Email.ReplyTo); address != "" {
			n.add(by, NeedsReply, address)
		}
		if name, ok := a.Email.Subscription.Topic(); ok {
			n.add(by, NeedsTopic, name)
		}
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
	if a.Slack != nil && a.Slack.URL != "" {
		n.add(by, NeedsSecret, slackSecret)
	}
}

// data is what actions that change data need.
func (n needs) data(by string, a Action, here keyring) {
	switch {
	case a.SendEvent != nil && a.SendEvent.Workspace != "":
		n.add(by, NeedsWorkspace, strings.TrimPrefix(a.SendEvent.Workspace, hole))
	case a.SendEvent != nil && a.SendEvent.Event != "":
		n.add(by, NeedsEvent, a.SendEvent.Event)
	case a.SegmentUpdate != nil && a.SegmentUpdate.Segment != nil && *a.SegmentUpdate.Segment != (condition.Segment{}):
		n.condition(by, &condition.Condition{Segment: a.SegmentUpdate.Segment}, here)
		n.one(NeedsSegment, segmentName(*a.SegmentUpdate.Segment)).Manual = true
	case a.BatchUpdate != nil:
		n.condition(by, a.BatchUpdate.People, here)
		if a.BatchUpdate.Event != "" {
			n.add(by, NeedsEvent, a.BatchUpdate.Event)
		}
	}
}

// segmentName is what a segment is called among the dependencies.
func segmentName(s condition.Segment) string {
	if s.Name != "" {
		return s.Name
	}
	return "#" + strconv.FormatInt(s.ID, 10)
}

func (n needs) condition(by string, c *condition.Condition, here keyring) {
	used := c.Uses()
	for _, field := range used.Attributes {
		parts := append(condition.Path(field), field)
		if !slices.Contains([]string{"event", "trigger", "journey"}, parts[0]) { // not what the journey knows itself
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
	var texts []template
	switch {
	case a.Email != nil:
		texts = emailTexts(a.Email)
	case a.Webhook != nil:
		texts = []template{{"URL", a.Webhook.URL}, {"body", a.Webhook.Body}}
		for _, h := range a.Webhook.Headers {
			texts = append(texts, template{"header " + h.Name, h.Value})
		}
	case a.Slack != nil:
		texts = []template{{"address", a.Slack.URL}, {"text", a.Slack.Text}}
	case a.Push != nil:
		texts = []template{{"title", a.Push.Title}, {"body", a.Push.Body}, {"link", a.Push.Link}}
	case a.SMS != nil:
		texts = []template{{"sender", a.SMS.From}, {"recipient", a.SMS.To}, {"text", a.SMS.Text}}
	}
	for _, set := range a.sets() {
		for _, name := range slices.Sorted(maps.Keys(set)) {
			if value, ok := set[name].(string); ok {
				texts = append(texts, template{name, value})
			}
		}
	}
	if p := a.person(); p != nil {
		texts = append(texts, template{"person", p.Value})
	}
	return texts
}

func emailTexts(e *Email) []template {
	texts := []template{
		{"sender", e.From}, {"recipient", e.To}, {"reply-to address", e.ReplyTo}, {"subject", e.Subject},
		{"preheader", e.Preheader}, {"body", e.Body}, {"text", e.Text},
	}
	for _, t := range e.Languages {
		in := " in " + t.Language
		texts = append(texts, template{"subject" + in, t.Subject}, template{"preheader" + in, t.Preheader}, template{"body" + in, t.Body}, template{"text" + in, t.Text})
	}
	return texts
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

// CampaignDependencies is Dependencies for a whole campaign, with who enters it
// and what it is for.
func CampaignDependencies(c Campaign) []Dependency {
	return campaignNeeds(c, "Trigger", "Filter", "Goal", "Subscription").list()
}

// uses is what the whole campaign needs, as the document lists it.
func uses(c Campaign) Uses {
	n := campaignNeeds(c, "", "", "", "")
	names := func(kind Kind) []string {
		return append([]string{}, slices.Sorted(maps.Keys(n[kind]))...)
	}
	return Uses{
		Layouts: names(NeedsLayout), Snippets: names(NeedsSnippet), Segments: names(NeedsSegment),
		Senders: names(NeedsSender), Topics: names(NeedsTopic), Attributes: names(NeedsAttribute), Events: names(NeedsEvent),
	}
}

// campaignNeeds is what the whole campaign needs; the words say by what.
func campaignNeeds(c Campaign, trigger, filter, goal, subscription string) needs {
	n := needs{}
	here := keysOf(c.Actions)
	n.condition(filter, c.Filter, here)
	n.condition(trigger, c.Trigger.Filter, here)
	n.condition(trigger, c.Trigger.People, here)
	n.segment(trigger, c.Trigger.Segment, here)
	if c.Trigger.Event != "" {
		n.add(trigger, NeedsEvent, c.Trigger.Event)
	}
	if c.Trigger.Form != "" {
		n.add(trigger, NeedsForm, c.Trigger.Form)
	}
	if c.Trigger.Date != nil && c.Trigger.Date.Attribute != "" {
		n.attribute(trigger, c.Trigger.Date.Attribute)
	}
	if c.Goal != nil {
		n.segment(goal, c.Goal.Segment, here)
		if c.Goal.Event != "" {
			n.add(goal, NeedsEvent, c.Goal.Event)
		}
	}
	if name, ok := c.Subscription.Topic(); ok {
		n.add(subscription, NeedsTopic, name)
	}
	for a := range All(c.Actions) {
		n.action(a, here)
	}
	return n
}

func (n needs) segment(by string, s *condition.Segment, here keyring) {
	if s != nil && *s != (condition.Segment{}) {
		n.condition(by, &condition.Condition{Segment: s}, here)
	}
}
