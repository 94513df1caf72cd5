package workflow

// NewAction is an action of this type with nothing but its defaults and a key
// that is free in c, ready for Insert.
func NewAction(c Campaign, t Type) (Action, error) {
	a := Action{Key: NewKey(c, string(t)), Type: t}
	switch t {
	case TypeEmail:
		a.Email = &Email{Sending: Draft, To: defaultTo}
	case TypeWebhook:
		a.Webhook = &Webhook{Sending: Draft, Method: "POST"}
	case TypeSlack:
		a.Slack = &Slack{Sending: Draft}
	case TypePush:
		a.Push = &Push{Sending: Draft, Devices: AllDevices}
	case TypeSMS:
		a.SMS = &SMS{Sending: Draft, To: defaultPhone}
	case TypeDelay:
		a.Delay = &Delay{Duration: "1d"}
	case TypeTimeWindow:
		a.TimeWindow = &TimeWindow{Days: []string{"mon", "tue", "wed", "thu", "fri"}, From: "09:00", To: "17:00", Zone: "UTC"}
	case TypeExit:
	default:
		return a.newParting(c)
	}
	return a, nil
}

// newParting is NewAction for the types at which people part.
func (a Action) newParting(c Campaign) (Action, error) {
	switch a.Type {
	case TypeBranch:
		a.Branch = &Branch{Paths: []Path{{Name: "Path 1"}, {Name: "Everyone else"}}}
	case TypeWaitUntil:
		a.Branch = &Branch{Paths: []Path{{Name: "It happened"}, {Name: "Too late", After: "7d"}}}
	case TypeRandomSplit:
		a.Branch = &Branch{Paths: []Path{{Name: "Path 1", Percent: 50}, {Name: "Path 2", Percent: 50}}}
	case TypeABTest:
		first, _ := NewAction(c, TypeEmail)
		second := cloneActions([]Action{first})[0]
		second.Key = keysOf(c.Actions).with([]Action{a, first}).next(first.Key)
		a.Branch = &Branch{Paths: []Path{{Name: "A", Percent: 100, Actions: []Action{first}}, {Name: "B", Actions: []Action{second}}}}
	default:
		return a.newData()
	}
	return a, nil
}

// newData is NewAction for the types that change data.
func (a Action) newData() (Action, error) {
	switch a.Type {
	case TypeUpdatePerson:
		a.UpdatePerson = &UpdatePerson{Set: map[string]any{}}
	case TypeUpdateJourney:
		a.UpdateJourney = &UpdateJourney{Set: map[string]any{}}
	case TypeSendEvent:
		a.SendEvent = &SendEvent{Data: map[string]any{}}
	case TypeSegmentUpdate:
		a.SegmentUpdate = &SegmentUpdate{Change: AddToSegment}
	case TypeBatchUpdate:
		a.BatchUpdate = &BatchUpdate{Set: map[string]any{}}
	default:
		return Action{}, &Error{Message: unknownType(a.Type)}
	}
	return a, nil
}

const defaultPhone = "{{customer.phone}}"
