package views

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/condition"
)

// ConditionForm is a condition as a form edits it: rows, of which groups hold
// others, or JSON for anything that rows cannot say.
type ConditionForm struct {
	Prefix string // of the names of its fields, where a form has several
	Join   string // and, or, none
	Rows   []ConditionRow
	Data   bool   // it is about an event's data, which has attributes only
	Deep   bool   // rows cannot say it, so JSON holds it
	Words  string // what it says, for people
	JSON   string
}

// ConditionKinds is what a row can be.
var ConditionKinds = []string{"attribute", "event", "page", "screen", "message", "segment", "group", "where"}

// ConditionRow is one condition, as typed. What belongs to a group or an event
// follows it, one level deeper.
type ConditionRow struct {
	Kind     string // one of ConditionKinds
	Level    int
	Field    string // attribute, event, page, segment or metric
	Operator string // of an attribute; and, or, none of a group; is, not of the others
	Value    string // of an attribute
	Times    string // of an event: at least
	Within   string // a number, of Unit
	Unit     string // s, m, h, d, w
}

// Empty says whether nothing was typed into a row for an attribute.
func (r ConditionRow) Empty() bool {
	return (r.Kind == "attribute" || r.Kind == "where") && r.Field == "" && r.Value == ""
}

// Duration is the time within which something happened, as conditions write it.
func (r ConditionRow) Duration() string {
	if r.Within == "" {
		return ""
	}
	if r.Unit == "" {
		return r.Within + "d"
	}
	return r.Within + r.Unit
}

// ForData is the form about an event's data.
func (f ConditionForm) ForData() ConditionForm {
	f.Data = true
	return f
}

// rows is the rows with an empty one behind them, to add another without
// script.
func (f ConditionForm) rows() []ConditionRow {
	return append(append([]ConditionRow{}, f.Rows...), ConditionRow{Kind: "attribute", Operator: string(condition.Eq)})
}

// level is how deep a row is, one mark for each step.
func (r ConditionRow) level() string { return strings.Repeat("i", r.Level) }

// place names a row for a button.
func place(do string, i int) string { return fmt.Sprintf("%s:%d", do, i) }

var conditionUnits = []struct{ unit, words string }{{"d", "days"}, {"h", "hours"}, {"m", "minutes"}, {"w", "weeks"}}

// eventVerb is how a row begins that is about what somebody did.
func eventVerb(kind string, negated bool) string {
	verb := map[string]string{"event": "done", "page": "viewed page", "screen": "seen screen"}[kind]
	if negated {
		return "has not " + verb
	}
	return "has " + verb
}

// metricVerb is what a row about messages says.
func metricVerb(metric string) string {
	return map[string]string{"sent": "been sent", "delivered": "received", "opened": "opened", "clicked": "clicked a link in", "converted": "converted through"}[metric]
}

type messagesKey struct{}

// WithMessages is a context whose pages let conditions ask for these messages.
// here is the campaign whose workflow asks; zero: none does.
func WithMessages(ctx context.Context, all []store.CampaignMessages, here store.CampaignID) context.Context {
	return context.WithValue(ctx, messagesKey{}, messageChoice{all, here})
}

// messageChoice is the messages that a condition may ask for.
type messageChoice struct {
	all  []store.CampaignMessages
	here store.CampaignID
}

func messagesOf(ctx context.Context) messageChoice {
	choice, _ := ctx.Value(messagesKey{}).(messageChoice)
	return choice
}

// MessageValue is how a form names a message: the campaign's number and the
// action's key, each of which may be missing. Empty: any message.
func MessageValue(campaign int64, action string) string {
	switch {
	case campaign == 0 && action == "":
		return ""
	case action == "":
		return fmt.Sprint(campaign)
	case campaign == 0:
		return "/" + action
	}
	return fmt.Sprintf("%d/%s", campaign, action)
}

// own is the campaign whose workflow asks.
func (m messageChoice) own() (c store.CampaignMessages) {
	i := slices.IndexFunc(m.all, func(c store.CampaignMessages) bool { return c.ID == m.here })
	if i >= 0 && m.here != 0 {
		return m.all[i]
	}
	return c
}

// knows says whether one of the choices is what a form names.
func (m messageChoice) knows(value string) bool {
	if value == "" {
		return true
	}
	return slices.ContainsFunc(m.all, func(c store.CampaignMessages) bool {
		return value == MessageValue(int64(c.ID), "") || slices.ContainsFunc(c.Messages, func(n store.NamedMessage) bool {
			return value == MessageValue(int64(c.ID), n.Key) || c.ID == m.here && value == MessageValue(0, n.Key)
		})
	})
}

// ConditionNames is what the fields of conditions suggest.
type ConditionNames struct {
	Attributes, Events []string
	Segments           []store.Segment
	Topics             []store.Topic
}
