package views

import (
	"strings"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/workflow"
)

// SourcesPath compares imported actions with where they came from.
func SourcesPath(ws store.Workspace, id store.CampaignID) string {
	return CampaignPath(ws, id) + "/sources"
}

// Sources is the imported actions of a campaign and where they came from.
type Sources struct {
	Head    CampaignHead
	Groups  []SourceGroup
	Refused string // why nothing was taken or ignored
}

// SourceGroup is what came from one campaign, and what taking its changes
// needs.
type SourceGroup struct {
	store.SourceGroup
	Report store.ImportPreview
}

// needs is what the report lists one by one: what is here anyway is no news.
func (g SourceGroup) needs() (all []store.Need) {
	for _, n := range g.Report.Needs {
		if n.State != store.NeedSame || len(n.Options) > 0 {
			all = append(all, n)
		}
	}
	return all
}

// sourceTag is how a page marks the state of a source.
func sourceTag(s store.SourceState) (class, icon, words string) {
	switch s {
	case store.SourceSame:
		return "tag ok", "check", "Unchanged"
	case store.SourceChanged:
		return "tag info", "edit", "Changed"
	case store.SourceIgnored:
		return "tag", "x", "Ignored"
	case store.SourceOther:
		return "tag warn", "warn", "Replaced"
	}
	return "tag", "x", "Gone"
}

// sourceWords says what became of a source.
func sourceWords(a store.ActionSource) string {
	switch a.State {
	case store.SourceSame:
		return "It says what it said when it was imported."
	case store.SourceChanged:
		return "Changed in the source: " + changedWords(a.Taken) + "."
	case store.SourceIgnored:
		return "Somebody looked at it and left it: " + changedWords(a.Taken) + "."
	case store.SourceOther:
		return "There is another kind of action in its place now. Import that if you want it."
	}
	return "The source is gone, or you may not see it."
}

func changedWords(t workflow.Taken) string {
	if len(t.Fields) == 0 {
		return "what is not shown here"
	}
	return strings.Join(t.Fields, ", ")
}
