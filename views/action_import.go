package views

import (
	"fmt"
	"html"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/workflow"
)

// ImportActionsPath asks which actions to import to a place of a workflow.
func ImportActionsPath(ws store.Workspace, id store.CampaignID, at workflow.Place) string {
	return CampaignPath(ws, id) + "/import?place=" + url.QueryEscape(at.String())
}

// ImportDialogPath is the same as a dialog, for a page that is open.
func ImportDialogPath(ws store.Workspace, id store.CampaignID, at workflow.Place) string {
	return CampaignPath(ws, id) + "/import/dialog?place=" + url.QueryEscape(at.String())
}

// ImportForm is what was chosen so far of the actions of other campaigns.
type ImportForm struct {
	Target  store.Campaign
	Place   workflow.Place
	Q       string
	Sources []store.ImportSource
	More    bool // there are other sources, which a search finds
	Open    OpenSource
	Picked  []string
	Update  bool
	Preview store.ImportPreview
	Opened  bool   // the source was opened just now
	Refused string // why nothing was imported
}

// OpenSource is the workspace of the tree that is open, and the campaign in it.
type OpenSource struct {
	Workspace store.Workspace
	Campaigns []store.SourceCampaign
	Campaign  store.Campaign
}

// path is where the form goes: the page, or a part of it.
func (f ImportForm) path(ws store.Workspace, part string) string {
	return CampaignPath(ws, f.Target.ID) + "/import" + part
}

// open is the query that opens a workspace or a campaign in the tree.
func (f ImportForm) open(ws store.Workspace, id store.CampaignID) string {
	q := url.Values{"place": {f.Place.String()}, "from": {ws.Slug}, "open": {"1"}}
	if f.Q != "" {
		q.Set("q", f.Q)
	}
	if id != 0 {
		q.Set("campaign", fmt.Sprint(int64(id)))
	}
	return "?" + q.Encode()
}

// tree is the sources with the open one among them, whatever was searched.
func (f ImportForm) tree() []store.ImportSource {
	all := slices.Clone(f.Sources)
	if f.Open.Workspace.ID == 0 {
		return all
	}
	opened := store.ImportSource{Workspace: f.Open.Workspace, Count: len(f.Open.Campaigns), Campaigns: f.Open.Campaigns}
	i := slices.IndexFunc(all, func(source store.ImportSource) bool { return source.ID == opened.ID })
	switch {
	case i < 0:
		return append([]store.ImportSource{opened}, all...)
	case f.Q == "" || len(all[i].Campaigns) == 0:
		all[i] = opened
	default:
		all[i].Campaigns = f.withOpen(all[i].Campaigns)
	}
	return all
}

// withOpen is what a search found in a workspace, and the campaign that is
// open: what is chosen of it must not leave the form.
func (f ImportForm) withOpen(found []store.SourceCampaign) []store.SourceCampaign {
	isOpen := func(c store.SourceCampaign) bool { return c.ID == f.Open.Campaign.ID }
	i := slices.IndexFunc(f.Open.Campaigns, isOpen)
	if i < 0 || slices.ContainsFunc(found, isOpen) {
		return found
	}
	return append([]store.SourceCampaign{f.Open.Campaigns[i]}, found...)
}

// choosable is the campaigns of a source but the one that is imported to.
func (f ImportForm) choosable(ws store.Workspace, source store.ImportSource) []store.SourceCampaign {
	return slices.DeleteFunc(slices.Clone(source.Campaigns), func(c store.SourceCampaign) bool {
		return source.ID == ws.ID && c.ID == f.Target.ID
	})
}

// chosen is how many actions come: those that were picked, and with them all
// that is inside.
func (f ImportForm) chosen() string {
	if f.Preview.Count == 0 {
		return "Nothing chosen yet"
	}
	words := fmt.Sprintf("%d chosen", len(f.Preview.Actions))
	if f.Preview.Count > len(f.Preview.Actions) {
		words += " · " + Count(f.Preview.Count, "action", "actions") + " with branches"
	}
	return words
}

// copied names what comes, by kind: 2 emails, 1 delay, 1 branch.
func (f ImportForm) copied() string {
	counts := map[workflow.Type]int{}
	for a := range workflow.All(f.Preview.Actions) {
		counts[a.Type]++
	}
	var words []string
	for _, t := range workflow.Types() {
		if n := counts[t]; n > 0 {
			words = append(words, Count(n, typeWord(t), manyOf(typeWord(t))))
		}
	}
	return strings.Join(words, ", ")
}

// needs is what the report lists one by one.
func (f ImportForm) needs() []store.Need {
	return slices.DeleteFunc(slices.Clone(f.Preview.Needs), func(n store.Need) bool { return n.State == store.NeedLeftOut })
}

// leftOut names what is not copied, and what has to be done about it.
func (f ImportForm) leftOut() (what, why string) {
	var secrets []string
	for _, n := range f.Preview.Needs {
		if n.State == store.NeedLeftOut {
			secrets = append(secrets, n.Name)
		}
	}
	if len(secrets) == 0 {
		return "Metrics, people in progress", "Never copied"
	}
	return "Webhook secrets, metrics, people in progress", "Never copied between workspaces. Put in again before you start: " + strings.Join(secrets, ", ") + "."
}

// messages is the first emails and webhooks that come, and how many others
// there are.
func (f ImportForm) messages() (first []workflow.Action, others int) {
	for a := range workflow.All(f.Preview.Actions) {
		switch {
		case a.Email == nil && a.Webhook == nil:
		case len(first) < 2:
			first = append(first, a)
		default:
			others++
		}
	}
	return first, others
}

func typeWord(t workflow.Type) string {
	if t == workflow.TypeUpdatePerson {
		return "update"
	}
	return strings.ToLower(t.Words())
}

func manyOf(word string) string {
	if word == "branch" {
		return "branches"
	}
	return word + "s"
}

// insideWords says what a row of the tree is: email; branch · 2 paths, 4
// actions.
func insideWords(a workflow.Action) string {
	if a.Branch == nil {
		return typeWord(a.Type)
	}
	n := -1
	for range workflow.All([]workflow.Action{a}) {
		n++
	}
	return "branch · " + Count(len(a.Branch.Paths), "path", "paths") + ", " + Count(n, "action", "actions")
}

// needTag is how the report marks a state.
func needTag(s store.NeedState) (class, icon, words string) {
	switch s {
	case store.NeedSame:
		return "tag ok", "check", "Same here"
	case store.NeedChoose:
		return "tag warn", "edit", "Choose"
	case store.NeedMissing:
		return "tag bad", "warn", "Missing"
	}
	return "tag", "x", "Left out"
}

// needKind is what a need is, and whether its name is code.
func needKind(k workflow.Kind) (words string, code bool) {
	switch k {
	case workflow.NeedsAttribute:
		return "Attribute", true
	case workflow.NeedsEvent:
		return "Event", true
	case workflow.NeedsField:
		return "Event data", true
	case workflow.NeedsSnippet:
		return "Snippet", true
	case workflow.NeedsMessage:
		return "Message", true
	case workflow.NeedsSender:
		return "Sender", false
	case workflow.NeedsLayout:
		return "Layout", false
	case workflow.NeedsSecret:
		return "Secret", false
	}
	return "Segment", false
}

// needDetail is what is said of a need, and who has it.
func needDetail(n store.Need) string {
	users := make([]string, min(len(n.UsedBy), 2))
	for i := range users {
		users[i] = "“" + n.UsedBy[i] + "”"
		if n.Places[i] != "" {
			users[i] += " (" + n.Places[i] + ")"
		}
	}
	words := strings.Join(users, ", ")
	if more := len(n.UsedBy) - len(users); more > 0 {
		words += fmt.Sprintf(" and %d more", more)
	}
	return strings.TrimSuffix(n.Detail, ".") + " · used by " + words
}

// piece is a part of a text; Liquid is shown as such.
type piece struct {
	text   string
	liquid bool
}

var liquidMark = regexp.MustCompile(`\{\{[^}]*\}\}|\{%[^%]*%\}`)

func pieces(text string) (all []piece) {
	last := 0
	for _, at := range liquidMark.FindAllStringIndex(text, -1) {
		all = append(all, piece{text[last:at[0]], false}, piece{text[at[0]:at[1]], true})
		last = at[1]
	}
	return append(all, piece{text[last:], false})
}

var (
	hiddenHTML = regexp.MustCompile(`(?is)<!--.*?-->|<style.*?</style>|<script.*?</script>|<head.*?</head>|<title.*?</title>`)
	inlineHTML = regexp.MustCompile(`(?is)</?(?:a|abbr|b|code|em|font|i|mark|small|span|strong|sub|sup|u)(?:\s[^>]*)?>`)
	tagHTML    = regexp.MustCompile(`(?s)<[^>]*>`)
)

// firstLines is the beginning of an email's text, without its HTML.
func firstLines(body string) string {
	if len(body) > 20_000 {
		body = strings.ToValidUTF8(body[:20_000], "")
	}
	text := inlineHTML.ReplaceAllString(hiddenHTML.ReplaceAllString(body, " "), "")
	text = html.UnescapeString(tagHTML.ReplaceAllString(text, " "))
	text = strings.Join(strings.Fields(text), " ")
	if runes := []rune(text); len(runes) > 240 {
		return string(runes[:239]) + "…"
	}
	return text
}
