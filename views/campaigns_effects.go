package views

import (
	"time"

	"github.com/postroom/postroom/store/workflow"
)

// effects is what a change means to people who are inside: those who stand at
// the action, and messages that are held as drafts.
func (r Review) effects(c workflow.Change) (all []string) {
	if c.Key == "" {
		return r.settingEffects(c)
	}
	n := r.Counts[c.Key]
	was, _ := workflow.Find(r.Live, c.Key)
	now, _ := workflow.Find(r.Draft, c.Key)
	if waiting := n["waiting"]; waiting > 0 {
		all = append(all, People(waiting)+" here: "+waitEffect(c, was, now))
	}
	if drafted := n["drafted"]; drafted > 0 && c.Kind == workflow.Changed && workflow.ContentChanged(was, now) {
		all = append(all, Count(drafted, "draft is", "drafts are")+" composed anew. They still wait to be sent by hand.")
	}
	return all
}

// waitEffect is what becomes of those who stand at a changed action.
func waitEffect(c workflow.Change, was, now workflow.Action) string {
	switch {
	case c.Kind == workflow.Removed:
		return "they go on to what follows, at once."
	case c.Kind == workflow.Moved:
		return "they stay with it and go on from its new place."
	case was.Type != now.Type:
		return "they meet it as if they had just come."
	case was.Delay != nil && longer(*now.Delay, *was.Delay):
		return "they wait until the new time is over, counted from when they came."
	case was.Delay != nil && longer(*was.Delay, *now.Delay):
		return "who has waited that long already goes on at once; the others wait for the new time, counted from when they came."
	case was.TimeWindow != nil && workflow.WaitChanged(was, now):
		return "they wait for the new hours; when those are now, they go on at once."
	case workflow.WaitChanged(was, now):
		return "they are looked at again at once, and who need not wait any longer goes on."
	}
	return "it is as it is now when they go on."
}

func longer(a, b workflow.Delay) bool {
	return length(a) > length(b)
}

func length(d workflow.Delay) time.Duration {
	of, err := d.Length()
	if err != nil {
		return 0
	}
	return of
}

// settingEffects is what a change of the campaign itself means to people
// inside.
func (r Review) settingEffects(c workflow.Change) []string {
	if r.Counts[""]["active"] == 0 {
		return nil
	}
	inside := People(r.Counts[""]["active"]) + " inside: "
	switch c.Name {
	case "Trigger":
		if r.Draft.Exit.AtFilter() && r.Draft.Trigger.Type == workflow.OnSegment {
			return []string{inside + "before their next action they are asked whether they are in the new segment, and leave if not."}
		}
		return []string{inside + "they go on. The new trigger is for who comes from now on."}
	case "Filter":
		if r.Draft.Exit.AtFilter() {
			return []string{inside + "before their next action they are asked whether they match, and leave if not."}
		}
		return []string{inside + "they go on. The new filter is for who comes from now on."}
	case "Goal":
		return []string{inside + "the new goal counts for what they do from now on. What was met before stays met."}
	case "Exit":
		return []string{inside + "the new rule holds from their next action on."}
	}
	return nil
}

// texts is the texts of a message that the change replaces.
func (r Review) texts(c workflow.Change) []workflow.TextChange {
	return changedTexts(r.Live, r.Draft, c)
}

func changedTexts(old, new workflow.Campaign, c workflow.Change) []workflow.TextChange {
	was, ok1 := workflow.Find(old, c.Key)
	now, ok2 := workflow.Find(new, c.Key)
	if c.Key == "" || c.Kind != workflow.Changed || !ok1 || !ok2 || was.Type != now.Type {
		return nil
	}
	return workflow.TextChanges(was, now)
}
