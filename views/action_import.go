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
	Look    string // the key of the action that is looked at
	Report  Report
	Opened  bool   // the source was opened just now
	Refused string // why nothing was imported
}

// OpenSource is the workspace of the tree that is open, and the campaign in it.
type OpenSource struct {
	Workspace store.Workspace
	Campaigns []store.SourceCampaign
	After     string // the name of the campaign before those; empty: they are the first
	More      bool   // there are campaigns behind them
	Campaign  store.Campaign
	Draft     bool              // its draft is open, although a version runs or ran
	Flow      workflow.Campaign // what is open, with the names of segments
}

// Report is what comes and what it needs where it comes to.
type Report struct {
	store.ImportPreview
	Update bool // what came before takes what changed, instead of coming again
	Whole  bool // a campaign, not only actions of it
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
	} else if f.Open.After != "" && ws.ID == f.Open.Workspace.ID {
		q.Set("after", f.Open.After)
	}
	return "?" + q.Encode()
}

// draft is open for the draft of the open campaign, or for its live version.
func (f ImportForm) draft(draft bool) string {
	query := f.open(f.Open.Workspace, f.Open.Campaign.ID)
	if draft {
		query += "&version=draft"
	}
	return query
}

// page is the query that turns to the campaigns behind one of this name.
func (f ImportForm) page(after string) string {
	q := url.Values{"place": {f.Place.String()}, "from": {f.Open.Workspace.Slug}, "open": {"1"}}
	if after != "" {
		q.Set("after", after)
	}
	if f.Q != "" {
		q.Set("q", f.Q)
	}
	return "?" + q.Encode()
}

// next is the page of campaigns behind those that are listed.
func (f ImportForm) next() string { return f.page(f.Open.Campaigns[len(f.Open.Campaigns)-1].Name) }

// source is the query that names what is open and, in it, an action.
func (f ImportForm) source(key string) url.Values {
	q := url.Values{"from": {f.Open.Workspace.Slug}, "campaign": {fmt.Sprint(int64(f.Open.Campaign.ID))}, "action": {key}}
	if f.Open.Draft {
		q.Set("version", "draft")
	}
	return q
}

// look is the query that shows an action, with all that is chosen.
func (f ImportForm) look(key string) string {
	q := f.source(key)
	q.Del("action")
	q.Set("look", key)
	q.Set("place", f.Place.String())
	if f.Q != "" {
		q.Set("q", f.Q)
	}
	if f.Open.After != "" {
		q.Set("after", f.Open.After)
	}
	for _, key := range f.Picked {
		q.Add("pick", key)
	}
	return "?" + q.Encode()
}

// looked is the action to show: the one that was asked for, else the first
// message that comes, else the first action.
func (f ImportForm) looked() (workflow.Action, bool) {
	if a, ok := workflow.Find(f.Open.Flow, f.Look); ok && f.Look != "" {
		return a, true
	}
	var first *workflow.Action
	for a := range workflow.All(f.Report.Actions) {
		if a.IsMessage() {
			first = &a
			break
		}
		if first == nil {
			first = &a
		}
	}
	if first == nil || first.Origin == nil {
		return workflow.Action{}, false
	}
	return workflow.Find(f.Open.Flow, first.Origin.Action)
}

// tree is the sources with the open one among them, whatever was searched.
func (f ImportForm) tree() []store.ImportSource {
	all := slices.Clone(f.Sources)
	if f.Open.Workspace.ID == 0 {
		return all
	}
	opened := store.ImportSource{Workspace: f.Open.Workspace, Count: len(f.Open.Campaigns), Campaigns: f.withOpen(f.Open.Campaigns)}
	i := slices.IndexFunc(all, func(source store.ImportSource) bool { return source.ID == opened.ID })
	switch {
	case i < 0:
		return append([]store.ImportSource{opened}, all...)
	case f.Q == "" || len(all[i].Campaigns) == 0:
		opened.Count = all[i].Count
		all[i] = opened
	default:
		all[i].Campaigns = f.withOpen(all[i].Campaigns)
	}
	return all
}

// withOpen is what a search found in a workspace, and the campaign that is
// open: what is chosen of it must not leave the form.
func (f ImportForm) withOpen(found []store.SourceCampaign) []store.SourceCampaign {
	c := f.Open.Campaign
	isOpen := func(other store.SourceCampaign) bool { return other.ID == c.ID }
	if c.ID == 0 || slices.ContainsFunc(found, isOpen) {
		return found
	}
	n := 0
	for range workflow.All(f.Open.Flow.Actions) {
		n++
	}
	return append([]store.SourceCampaign{{ID: c.ID, Name: c.Name, State: c.State, Actions: n}}, found...)
}

// choosable is the campaigns of a source but the one that is imported to.
func (f ImportForm) choosable(ws store.Workspace, source store.ImportSource) []store.SourceCampaign {
	return slices.DeleteFunc(slices.Clone(source.Campaigns), func(c store.SourceCampaign) bool {
		return source.ID == ws.ID && c.ID == f.Target.ID
	})
}

// chosen is how many actions come: those that were picked, and with them all
// that is inside.
func (r Report) chosen() string {
	if r.Count == 0 {
		return "Nothing chosen yet"
	}
	words := fmt.Sprintf("%d chosen", len(r.Actions))
	if r.Count > len(r.Actions) {
		words += " · " + Count(r.Count, "action", "actions") + " with branches"
	}
	return words
}

// copied names what comes, by kind: 2 emails, 1 delay, 1 branch.
func (r Report) copied() string {
	counts := map[workflow.Type]int{}
	for a := range workflow.All(r.Actions) {
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
func (r Report) needs() []store.Need {
	return slices.DeleteFunc(slices.Clone(r.Needs), func(n store.Need) bool { return n.State == store.NeedLeftOut })
}

// leftOut names what is not copied, and what has to be done about it.
func (r Report) leftOut() (what, why string) {
	var secrets []string
	for _, n := range r.Needs {
		if n.State == store.NeedLeftOut {
			secrets = append(secrets, n.Name)
		}
	}
	if len(secrets) == 0 {
		return "Metrics, people in progress", "Never copied"
	}
	return "Webhook secrets, metrics, people in progress", "Never copied between workspaces. Put in again before you start: " + strings.Join(secrets, ", ") + "."
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
	return typeWord(a.Type) + " · " + Count(len(a.Branch.Paths), "path", "paths") + ", " + Count(n, "action", "actions")
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
	case workflow.NeedsForm:
		return "Form", true
	case workflow.NeedsMessage:
		return "Message", true
	}
	words, known := map[workflow.Kind]string{
		workflow.NeedsSender: "Sender", workflow.NeedsReply: "Reply-to address", workflow.NeedsNumber: "Number", workflow.NeedsChannel: "Channel",
		workflow.NeedsLayout: "Layout", workflow.NeedsTopic: "Topic", workflow.NeedsWorkspace: "Workspace", workflow.NeedsSecret: "Secret",
	}[k]
	if !known {
		words = "Segment"
	}
	return words, false
}

// needDetail is what is said of a need, and who has it.
func needDetail(n store.Need) string {
	users := make([]string, min(len(n.UsedBy), 2))
	for i := range users {
		users[i] = user(n.UsedBy[i])
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

// user is who needs something: an action, or what is copied with it.
func user(by string) string {
	for _, kind := range []string{"segment", "layout", "snippet"} {
		if name, ok := strings.CutPrefix(by, kind+" "); ok {
			return "the " + kind + " “" + name + "”"
		}
	}
	return "“" + by + "”"
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
