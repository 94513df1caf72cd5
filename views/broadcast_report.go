package views

import (
	"fmt"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/workflow"
)

// messageResult is what came of one message of a broadcast.
type messageResult struct {
	Action  workflow.Action
	Variant string // its letter, of a message that is tested
	Share   string // of the people, or that it won
	Counts  map[string]int
}

// results is what came of each message, in the order of the workflow.
func (o CampaignOverview) results() (all []messageResult) {
	variants := map[string]messageResult{}
	for test := range workflow.All(o.Shown.Actions) {
		if test.Type != workflow.TypeABTest || test.Branch == nil {
			continue
		}
		for _, path := range test.Branch.Paths {
			for _, a := range path.Actions {
				variants[a.Key] = messageResult{Variant: path.Name, Share: shareWords(*test.Branch, path)}
			}
		}
	}
	for a := range workflow.All(o.Shown.Actions) {
		if !a.IsMessage() {
			continue
		}
		r := variants[a.Key]
		r.Action, r.Counts = a, o.ByAction[a.Key]
		all = append(all, r)
	}
	return all
}

func shareWords(b workflow.Branch, p workflow.Path) string {
	switch {
	case b.Winner == "":
		return fmt.Sprintf("%d %%", p.Percent)
	case b.Winner == p.Name:
		return "Everybody"
	}
	return "Nobody"
}

// who is which people get it.
func (r messageResult) who() string {
	if r.Variant == "" {
		return "Everybody"
	}
	return r.Variant + " · " + r.Share
}

// of is how many of those that were sent, also as a share.
func (r messageResult) of(metric string) string {
	n, sent := r.Counts[metric], r.Counts["sent"]
	if sent == 0 {
		return Number(n)
	}
	return fmt.Sprintf("%s (%s)", Number(n), percent(100*float64(n)/float64(sent)))
}

// lost is how many messages did not leave, whatever kept them.
func (r messageResult) lost() int {
	return r.Counts["failed"] + r.Counts["uncertain"] + r.Counts["undeliverable"]
}

// plannedWords says when a newsletter goes out, or went.
func plannedWords(h CampaignHead) string {
	switch {
	case h.State == store.CampaignRunning:
		return "It goes out"
	case !h.StartedAt.IsZero():
		return "It went out"
	}
	return "Not yet"
}
