package web

import (
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/condition"
	"github.com/postroom/postroom/store/workflow"
	"github.com/postroom/postroom/views"
)

// readTrigger is what was typed, and the change of the draft that it asks for.
func readTrigger(c echo.Context) (views.TriggerForm, func(workflow.Campaign) (workflow.Campaign, error), store.Invalid) {
	wrong := store.Invalid{}
	values, err := c.FormParams()
	if err != nil {
		wrong["trigger"] = "This form could not be read. Send it again."
	}
	f := typedTrigger(values)
	filter := readFilter(&f, values, wrong)
	who, members, problem := readCondition(values, whoPrefix)
	if f.Who = who; problem != "" {
		wrong[whoPrefix+"condition"] = problem
	}
	trigger := readTriggerType(f, filter, wrong)
	frequency := readFrequency(f, trigger, wrong)
	goal, exit := readGoal(f, wrong)
	subscription := readSubscription(f, wrong)
	return f, func(draft workflow.Campaign) (workflow.Campaign, error) {
		draft.Trigger, draft.Filter, draft.Frequency, draft.Goal, draft.Exit, draft.Subscription = trigger, members, frequency, goal, exit, subscription
		return draft, nil
	}, wrong
}

func typedTrigger(values url.Values) views.TriggerForm {
	text := func(name string) string { return strings.TrimSpace(values.Get(name)) }
	f := views.TriggerForm{
		Type: text("trigger"), Event: text("event"), Form: text("form"), Segment: text("segment"), When: text("when"),
		Date: views.DateForm{
			Attribute: text("attribute"), Shift: text("shift"), Days: typedDuration(values, "days"), At: text("at"), Zone: text("zone"),
			PersonZone: text("person_zone") != "", Repeat: text("repeat"),
		},
		PersonBy: text("person_by"), PersonValue: text("person_value"), PersonCreate: text("person_create") != "",
		Frequency: text("frequency"), Every: typedDuration(values, "every"), Again: typedDuration(values, "again"),
		GoalKind: text("goal_kind"), Goal: text("goal"), GoalSegment: text("goal_segment"), GoalWhen: text("goal_when"),
		Within: typedDuration(values, "goal_within"), Since: text("since"), Exit: text("exit"),
		Subscription: text("subscription"), Topic: text("topic"),
	}
	if f.GoalKind == "" && f.Goal != "" {
		f.GoalKind = "event"
	}
	return f
}

// readFilter is what the data of an event, a form or a call must match. Other
// triggers have none.
func readFilter(f *views.TriggerForm, values url.Values, wrong store.Invalid) *condition.Condition {
	shown, filter, problem := readCondition(values, "")
	f.Filter = shown
	if f.Type != "event" && f.Type != "form" && f.Type != "webhook" {
		return nil
	}
	if problem != "" {
		wrong["condition"] = problem
	} else if err := filter.CheckData(""); err != nil {
		wrong["condition"] = "Only attributes of the event’s data can be asked for here."
	}
	return filter
}

func readTriggerType(f views.TriggerForm, filter *condition.Condition, wrong store.Invalid) workflow.Trigger {
	switch f.Type {
	case "event":
		if f.Event == "" {
			wrong["event"] = "Name the event that starts this campaign."
		}
		return workflow.Trigger{Type: workflow.OnEvent, Event: f.Event, Filter: filter}
	case "form":
		if f.Form == "" {
			wrong["form"] = "Name the form that starts this campaign."
		}
		return workflow.Trigger{Type: workflow.OnForm, Form: f.Form, Filter: filter}
	case "segment":
		return workflow.Trigger{Type: workflow.OnSegment, Segment: readSegmentRef("segment", f.Segment, "Choose the segment that starts this campaign.", wrong), When: crossing(f.When)}
	case "date":
		return workflow.Trigger{Type: workflow.OnDate, Date: readDate(f.Date, wrong)}
	case "webhook":
		return workflow.Trigger{Type: workflow.OnWebhook, Person: readCallerRef(f, wrong), Filter: filter}
	}
	return workflow.Trigger{}
}

func readSegmentRef(field, id, ask string, wrong store.Invalid) *condition.Segment {
	g := condition.Segment{ID: number(id)}
	if g.ID == 0 {
		wrong[field] = ask
	}
	return &g
}

func crossing(text string) workflow.Crossing {
	if text == string(workflow.Leave) {
		return workflow.Leave
	}
	return workflow.Enter
}

func readCallerRef(f views.TriggerForm, wrong store.Invalid) *workflow.PersonRef {
	if f.PersonBy == "" {
		return nil
	}
	if f.PersonValue == "" {
		wrong["person_value"] = "Say where the call names the person, such as {{trigger.email}}."
	}
	return &workflow.PersonRef{By: f.PersonBy, Value: f.PersonValue, Create: f.PersonCreate}
}

func readDate(f views.DateForm, wrong store.Invalid) *workflow.Date {
	d := &workflow.Date{Attribute: f.Attribute, At: f.At, Zone: f.Zone, PersonZone: f.PersonZone, Repeat: workflow.Repeat(f.Repeat)}
	if d.Attribute == "" {
		wrong["attribute"] = "Name the attribute that holds the date."
	}
	if d.Repeat != workflow.RepeatYearly && d.Repeat != workflow.RepeatMonthly {
		d.Repeat = workflow.RepeatOnce
	}
	if !workflow.IsClock(d.At) {
		wrong["at"] = "Write a time of day, such as 09:00."
	}
	if _, ok := workflow.Zone(d.Zone); !ok {
		wrong["zone"] = "Choose a time zone, such as Europe/Berlin."
	}
	if f.Shift != "before" && f.Shift != "after" {
		return d
	}
	days, problem := readDuration(f.Days)
	if f.Days.Unit != "d" && f.Days.Unit != "w" {
		problem = "Choose days or weeks."
	}
	if problem != "" {
		wrong["days"] = problem
	}
	if f.Shift == "before" {
		d.Before = days
	} else {
		d.After = days
	}
	return d
}

func readFrequency(f views.TriggerForm, t workflow.Trigger, wrong store.Invalid) workflow.Frequency {
	switch f.Frequency {
	case "every":
		return workflow.Frequency{Repeat: true}
	case "interval":
		every, problem := readDuration(f.Every)
		if problem != "" {
			wrong["every"] = problem
		}
		return workflow.Frequency{Repeat: true, Every: every}
	case "again":
		again, problem := readDuration(f.Again)
		if problem != "" {
			wrong["again"] = problem
		}
		if t.Type != workflow.OnSegment || t.When == workflow.Leave {
			wrong["frequency"] = "Only who is in a segment can enter again and again. Choose that trigger, or another frequency."
		}
		return workflow.Frequency{Interval: again}
	}
	return workflow.Frequency{}
}

func readGoal(f views.TriggerForm, wrong store.Invalid) (*workflow.Goal, workflow.Exit) {
	exit := workflow.ExitNever
	switch e := workflow.Exit(f.Exit); e {
	case workflow.ExitGoal, workflow.ExitFilter, workflow.ExitEither:
		exit = e
	}
	goal := &workflow.Goal{Since: workflow.SinceSent}
	switch f.GoalKind {
	case "event":
		if goal.Event = f.Goal; f.Goal == "" {
			wrong["goal"] = "Name the event that is the goal, or choose none."
		}
	case "segment":
		goal.Segment, goal.When = readSegmentRef("goal_segment", f.GoalSegment, "Choose the segment that is the goal, or none.", wrong), crossing(f.GoalWhen)
	default:
		if exit.AtGoal() {
			wrong["exit"] = "People cannot leave at the goal because there is none. Set a goal, or choose another exit."
		}
		return nil, exit
	}
	if f.Since == string(workflow.SinceOpened) || f.Since == string(workflow.SinceClicked) {
		goal.Since = workflow.Moment(f.Since)
	}
	goal.Within = readWithin(f, wrong)
	return goal, exit
}

func readWithin(f views.TriggerForm, wrong store.Invalid) string {
	if f.Within.Number == "" {
		return ""
	}
	within, problem := readDuration(f.Within)
	if length, err := condition.ParseDuration(within); problem == "" && err == nil && length > workflow.MaxGoal {
		problem = "A goal counts for 90 days at most. Write a shorter time."
	}
	if problem != "" {
		wrong["goal_within"] = problem
	}
	return within
}

func readSubscription(f views.TriggerForm, wrong store.Invalid) workflow.Subscription {
	switch f.Subscription {
	case "all":
		return "all"
	case "topic":
		if f.Topic == "" {
			wrong["topic"] = "Name the topic."
		}
		return workflow.Subscription("topic:" + f.Topic)
	}
	return ""
}
