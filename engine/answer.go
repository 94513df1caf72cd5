package engine

import (
	"fmt"
	"strings"

	"github.com/postroom/postroom/engine/channel"
	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/condition"
	"github.com/postroom/postroom/store/workflow"
)

// keepAnswer adds to a result what of the answer is kept.
func keepAnswer(r store.Result, a workflow.Action, answer channel.Result) store.Result {
	if a.Webhook == nil || len(a.Webhook.Response) == 0 || r.State != store.Sent {
		return r
	}
	object, err := store.DecodeObject(answer.Body)
	switch {
	case answer.Cut:
		r.Missing = "The answer is longer than 64 KB or broke off, so nothing of it was kept."
		return r
	case err != nil || object == nil:
		r.Missing = "The answer is no JSON object, so nothing of it was kept."
		return r
	}
	var missing []string
	for _, kept := range a.Webhook.Response {
		value, ok := condition.Lookup(object, kept.Path)
		if !ok || value == nil {
			missing = append(missing, fmt.Sprintf("%s is not in it.", kept.Path))
			continue
		}
		if err := store.CheckAttribute(kept.Attribute, value); err != nil {
			missing = append(missing, fmt.Sprintf("%s: %s.", kept.Path, err))
			continue
		}
		set := &r.Person
		if kept.Journey {
			set = &r.Attributes
		}
		if *set == nil {
			*set = store.Attributes{}
		}
		(*set)[kept.Attribute] = value
	}
	if len(missing) > 0 {
		r.Missing = "Not everything of the answer was kept. " + strings.Join(missing, " ")
	}
	return r
}
