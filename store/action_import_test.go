package store

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/postroom/postroom/store/condition"
	"github.com/postroom/postroom/store/identity"
	"github.com/postroom/postroom/store/workflow"
)

// importRoom is Acme, where everybody has an email or an id, with a campaign
// Trial, and Fieldnotes, where people have ids, with the campaign Reader
// welcome. Alice is admin of the account; Bob may write in Acme and look at
// Fieldnotes.
type importRoom struct {
	*campaignRoom
	field       Workspace
	alice, bob  Member
	from, trial Campaign
}

const readerWelcome = `[
	{"key":"hello","type":"email","name":"Hello, reader","sending":"automatic","from":"Letters <hi@field.test>","layout":"Letter",
	 "subject":"Hi {{customer.first_name | default: 'you'}}","body":"{{customer.topic}} {% unsubscribe_url %}"},
	{"key":"pause","type":"delay","duration":"1d"},
	{"key":"split","type":"branch","name":"Opened?","paths":[
		{"name":"Yes","when":{"and":[{"message":{"metric":"opened","action":"hello"}},{"segment":{"name":"Readers"}}]},"actions":[
			{"key":"crm","type":"webhook","name":"Tell the CRM","sending":"automatic","url":"https://crm.test/x?token=s3cret","headers":[{"name":"Authorization","value":"Bearer s3cret"}]}]},
		{"name":"Everyone else","actions":[{"key":"bye","type":"exit"}]}]}]`

func newImportRoom(t *testing.T) *importRoom {
	t.Helper()
	r := &importRoom{campaignRoom: newCampaignRoom(t)}
	var err error
	r.alice, err = r.Member(r.ctx, r.by.ID)
	r.must(err)
	r.field, err = r.CreateWorkspace(r.ctx, NewWorkspace{Name: "Fieldnotes", Color: "iris", Identifiers: identity.IDOnly}, r.by)
	r.must(err)
	r.bob, err = r.CreateMember(r.ctx, NewMember{Name: "Bob", Email: "bob@acme.test", PasswordHash: "x", Role: AccountMember}, r.by)
	r.must(err)
	r.must(r.SetRole(r.ctx, r.ws, r.bob.ID, RoleAuthor, r.by))
	r.must(r.SetRole(r.ctx, r.field.ID, r.bob.ID, RoleViewer, r.by))
	r.must(r.SaveLayout(r.ctx, r.field.ID, Layout{Name: "Letter", HTML: "<p>{{content}}</p>"}, r.by))
	r.segmentIn(r.field.ID, "Readers", "reads")
	r.trial = r.imported("Trial", signedUp, `[{"key":"hello","type":"delay","duration":"2d"},{"key":"end","type":"exit"}]`)
	r.from = r.importedTo(r.field.ID, "Reader welcome", readerWelcome)
	return r
}

func (r *importRoom) importedTo(ws WorkspaceID, name, actions string) Campaign {
	r.Helper()
	doc, err := workflow.Parse([]byte(fmt.Sprintf(`{"postroom":1,"campaign":{"name":%q,"trigger":%s,"actions":%s}}`, name, signedUp, actions)))
	r.must(err)
	c, err := r.ImportCampaign(r.ctx, ws, doc, r.by)
	r.must(err)
	return c
}

func (r *importRoom) segmentIn(ws WorkspaceID, name, field string) Segment {
	r.Helper()
	g, err := r.CreateSegment(r.ctx, ws, NewSegment{Name: name, Condition: condition.Condition{Attribute: &condition.Attribute{Field: field, Operator: "exists"}}}, r.by)
	r.must(err)
	return g
}

// ask is a request for these actions as they are now.
func (r *importRoom) ask(keys ...string) ImportRequest {
	r.Helper()
	in := ImportRequest{Workspace: r.field.ID, Campaign: r.from.ID, Picked: keys, Place: workflow.Place{After: "hello"}}
	c, err := r.Campaign(r.ctx, r.ws, r.trial.ID)
	r.must(err)
	in.Base, in.Seen = c.Revision, r.preview(in).Seen
	return in
}

func (r *importRoom) preview(in ImportRequest) ImportPreview {
	r.Helper()
	p, err := r.PreviewImport(r.ctx, r.ws, r.trial.ID, in, r.bob)
	r.must(err)
	return p
}

func (r *importRoom) bring(in ImportRequest) Imported {
	r.Helper()
	out, err := r.ImportActions(r.ctx, r.ws, r.trial.ID, in, r.bob)
	r.must(err)
	return out
}

func keysOf(c Campaign) string {
	var keys []string
	for a := range workflow.All(c.Draft.Actions) {
		keys = append(keys, a.Key)
	}
	return strings.Join(keys, " ")
}

func TestImportActions(t *testing.T) {
	r := newImportRoom(t)
	before, err := r.StartCampaign(r.ctx, r.ws, r.trial.ID, false, r.by)
	r.must(err)
	out := r.bring(r.ask("hello", "pause", "split"))
	if out.Count != 5 || out.Updated != 0 || out.From != "Fieldnotes" {
		t.Errorf("result %+v", out)
	}
	c, err := r.Campaign(r.ctx, r.ws, r.trial.ID)
	r.must(err)
	if got := keysOf(c); got != "hello hello-2 pause split crm bye end" {
		t.Errorf("actions %q", got)
	}
	hello, _ := workflow.Find(c.Draft, "hello-2")
	want := workflow.Origin{Workspace: "fieldnotes", Campaign: "Reader welcome", CampaignID: int64(r.from.ID), Action: "hello", Hash: r.from.Draft.Actions[0].Hash(), At: r.at}
	if hello.Email.Sending != workflow.Draft || *hello.Origin != want || hello.Email.Layout != "Letter" {
		t.Errorf("email %+v %+v", hello.Email, hello.Origin)
	}
	crm, _ := workflow.Find(c.Draft, "crm")
	if w := crm.Webhook; w.Sending != workflow.Draft || strings.Contains(encode(crm), "s3cret") || len(w.LeftOut) != 2 {
		t.Errorf("webhook %+v", w)
	}
	split, _ := workflow.Find(c.Draft, "split")
	yes := split.Branch.Paths[0].When.And
	g, err := r.Segment(r.ctx, r.ws, SegmentID(yes[1].Segment.ID))
	if yes[0].Message.Action != "hello-2" || err != nil || g.Name != "Readers" || g.Condition.Words() != "reads exists" {
		t.Errorf("asks %+v about %q (%v)", yes[0].Message, g.Name+g.Condition.Words(), err)
	}
	if live, version, err := r.Live(r.ctx, r.ws, c.ID); err != nil || version != before.Version || len(live.Actions) != 2 {
		t.Errorf("the live version is %d with %d actions (%v)", version, len(live.Actions), err)
	}
	h, err := r.History(r.ctx, r.ws, c.ID)
	r.must(err)
	if h.Undo != "Import 5 actions from Fieldnotes" {
		t.Errorf("undo %q", h.Undo)
	}
	c, err = r.Undo(r.ctx, r.ws, c.ID, r.by)
	r.must(err)
	if got := keysOf(c); got != "hello end" {
		t.Errorf("undone %q", got)
	}
	for ws, want := range map[WorkspaceID]string{
		r.ws:       "Imported actions Trial 5 actions of “Reader welcome” in Fieldnotes.",
		r.field.ID: "Copied actions to another workspace Reader welcome 5 actions to “Trial” in Acme.",
	} {
		log, err := r.WorkspaceAudit(r.ctx, ws, "", Page{Limit: 1})
		r.must(err)
		if got := log[0].Action + " " + log[0].Subject + " " + log[0].Detail; got != want || log[0].Actor != "Bob" {
			t.Errorf("%s wrote %q, want %q", log[0].Actor, got, want)
		}
	}
}

// TestImportedIDsAreOfHere makes ids of the two workspaces collide: nothing of
// the source may be meant by its number.
func TestImportedIDsAreOfHere(t *testing.T) {
	r := newImportRoom(t)
	draft, err := r.Campaign(r.ctx, r.field.ID, r.from.ID)
	r.must(err)
	theirs := draft.Draft.Actions[2].Branch.Paths[0].When.And[1].Segment.ID
	if theirs == 0 {
		t.Fatal("the source names its segment by name")
	}
	in := r.ask("split")
	in.Choices = map[string]string{"need.segment.Readers": "none"}
	r.bring(in)
	c, err := r.Campaign(r.ctx, r.ws, r.trial.ID)
	r.must(err)
	split, _ := workflow.Find(c.Draft, "split")
	and := split.Branch.Paths[0].When.And
	if *and[1].Segment != (condition.Segment{Name: "Readers"}) || and[0].Message.CampaignID != 0 || and[0].Message.Action != "?hello" {
		t.Errorf("it asks about %s", encode(and))
	}
	_, err = r.StartCampaign(r.ctx, r.ws, c.ID, false, r.by)
	var blocked NotReady
	if !errors.As(err, &blocked) || !strings.Contains(err.Error(), "There is no segment “Readers” here.") || !strings.Contains(err.Error(), `the message "hello", which is not in this workflow`) {
		t.Errorf("started: %v", err)
	}
}

func TestImportChoices(t *testing.T) {
	for name, test := range map[string]struct {
		choices               map[string]string
		from, layout, segment string
	}{
		"first options":  {nil, "Acme <hello@acme.test>", "Letter", "Readers"},
		"add the sender": {map[string]string{"need.sender.hi@field.test": "copy"}, "Letters <hi@field.test>", "Letter", "Readers"},
		"another layout": {map[string]string{"need.layout.Letter": "here:Default"}, "Acme <hello@acme.test>", "Default", "Readers"},
		"no layout":      {map[string]string{"need.layout.Letter": "none"}, "Acme <hello@acme.test>", "", "Readers"},
		"my segment":     {map[string]string{"need.segment.Readers": "here:"}, "Acme <hello@acme.test>", "Letter", "Mine"},
	} {
		t.Run(name, func(t *testing.T) {
			r := newImportRoom(t)
			r.imported("Other", signedUp, `[{"type":"email","from":"Acme <hello@acme.test>"}]`)
			mine := r.segmentIn(r.ws, "Mine", "mine")
			in := r.ask("hello", "split")
			in.Choices = test.choices
			if in.Choices["need.segment.Readers"] == "here:" {
				in.Choices["need.segment.Readers"] = fmt.Sprintf("here:%d", mine.ID)
			}
			r.bring(in)
			c, err := r.Campaign(r.ctx, r.ws, r.trial.ID)
			r.must(err)
			hello, _ := workflow.Find(c.Draft, "hello-2")
			split, _ := workflow.Find(c.Draft, "split")
			g, err := r.Segment(r.ctx, r.ws, SegmentID(split.Branch.Paths[0].When.And[1].Segment.ID))
			r.must(err)
			if hello.Email.From != test.from || hello.Email.Layout != test.layout || g.Name != test.segment {
				t.Errorf("from %q, layout %q, segment %q", hello.Email.From, hello.Email.Layout, g.Name)
			}
			senders, err := r.Senders(r.ctx, r.ws)
			r.must(err)
			if !slices.Contains(senders, test.from) {
				t.Errorf("%q is not among %q", test.from, senders)
			}
		})
	}
}

func TestImportCopiesUnderAFreeName(t *testing.T) {
	r := newImportRoom(t)
	r.segmentIn(r.ws, "readers", "another")
	r.must(r.SaveLayout(r.ctx, r.ws, Layout{Name: "Letter", HTML: "<b>{{content}}</b>"}, r.by))
	in := r.ask("hello", "split")
	for _, n := range r.preview(in).Needs {
		if n.Kind == workflow.NeedsLayout || n.Kind == workflow.NeedsSegment {
			if n.State != NeedSame || n.Choice != "same" || len(n.Options) != 3 || n.Options[1].Value != "copy" || len(n.Difference) == 0 {
				t.Errorf("need %+v", n)
			}
		}
	}
	in.Choices = map[string]string{"need.segment.Readers": "copy", "need.layout.Letter": "copy"}
	c := r.bring(in).Campaign
	hello, _ := workflow.Find(c.Draft, "hello-2")
	l, err := r.Layout(r.ctx, r.ws, hello.Email.Layout)
	if err != nil || l.Name != "Letter 2" || l.HTML != "<p>{{content}}</p>" {
		t.Errorf("layout %+v %v", l, err)
	}
	all, err := r.Segments(r.ctx, r.ws)
	r.must(err)
	if len(all) != 2 || all[1].Name != "Readers 2" {
		t.Errorf("segments %+v", all)
	}
}

func TestImportReport(t *testing.T) {
	r := newImportRoom(t)
	_, err := r.Identify(r.ctx, r.ws, Identify{Ref: identity.Ref{Kind: identity.ID, Value: "ada"}, Attributes: Attributes{"first_name": "Ada"}})
	r.must(err)
	var got []string
	for _, n := range r.preview(r.ask("hello", "split")).Needs {
		got = append(got, fmt.Sprintf("%s %s: %s. %s", n.Kind, n.Name, n.State, n.Detail))
	}
	want := []string{
		"sender hi@field.test: choose. Does not exist in Acme",
		"layout Letter: choose. Does not exist in Acme",
		"segment Readers: choose. Does not exist in Acme",
		"attribute first_name: same. People in Acme have it",
		"attribute topic: missing. Nobody in Acme has it, and there is no fallback: what shows it would not be sent",
		"attribute reads: missing. Nobody in Acme has it, so conditions find it empty", // asked by the segment that is copied
		"secret header Authorization: left_out. Put it in again before you start.",
		"secret keys in the query of the URL: left_out. Put it in again before you start.",
	}
	if !slices.Equal(got, want) {
		t.Errorf("report\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// A snippet that comes along by its name is found here, or is missing.
func TestImportReportsSnippets(t *testing.T) {
	r := newImportRoom(t)
	r.from = r.importedTo(r.field.ID, "Footers", `[{"key":"hello","type":"email","sending":"off","from":"Letters <hi@field.test>","subject":"x","body":"{{snippets.footer}}"}]`)
	state := func() NeedState {
		for _, n := range r.preview(r.ask("hello")).Needs {
			if n.Kind == workflow.NeedsSnippet && n.Name == "footer" {
				return n.State
			}
		}
		return ""
	}
	if got := state(); got != NeedMissing {
		t.Errorf("without one it is %q", got)
	}
	r.snippet("Footer", "Bye")
	if got := state(); got != NeedSame {
		t.Errorf("with one of this name it is %q", got)
	}
}

func TestImportNotesIdentifiers(t *testing.T) {
	r := newImportRoom(t)
	if r.preview(r.ask("hello")).MayMiss {
		t.Error("where emails identify, people need not have one")
	}
	into := r.importedTo(r.field.ID, "Second", `[]`)
	from := r.imported("Mail", signedUp, `[{"key":"m","type":"email","to":"{{customer.email}}"}]`)
	p, err := r.PreviewImport(r.ctx, r.field.ID, into.ID, ImportRequest{Workspace: r.ws, Campaign: from.ID, Picked: []string{"m"}}, r.alice)
	r.must(err)
	if !p.MayMiss {
		t.Error("where ids identify, everybody has an email")
	}
}

func TestImportAgain(t *testing.T) {
	r := newImportRoom(t)
	r.bring(r.ask("hello", "pause", "split"))
	in := r.ask("hello", "pause", "split")
	if p := r.preview(in); p.Before != 5 || p.Count != 5 {
		t.Errorf("%d of %d were here before", p.Before, p.Count)
	}
	twice := r.bring(in)
	if got := keysOf(twice.Campaign); got != "hello hello-3 pause-2 split-2 crm-2 bye-2 hello-2 pause split crm bye end" {
		t.Errorf("copied again: %q", got)
	}
	_, err := r.Undo(r.ctx, r.ws, r.trial.ID, r.by)
	r.must(err)
	_, err = r.EditDraft(r.ctx, r.field.ID, r.from.ID, AnyRevision, "Write", func(c workflow.Campaign) (workflow.Campaign, error) {
		c.Actions[0].Email.Subject = "A new subject"
		return c, nil
	}, r.by)
	r.must(err)
	in = r.ask("hello", "pause", "split")
	in.Update = true
	out := r.bring(in)
	hello, _ := workflow.Find(out.Campaign.Draft, "hello-2")
	if got := keysOf(out.Campaign); out.Updated != 5 || got != "hello hello-2 pause split crm bye end" || hello.Email.Subject != "A new subject" {
		t.Errorf("updated %d: %q with %q", out.Updated, got, hello.Email.Subject)
	}
	if h, _ := r.History(r.ctx, r.ws, r.trial.ID); h.Undo != "Update 5 actions from Fieldnotes" {
		t.Errorf("undo %q", h.Undo)
	}
}

func TestImportIsRefused(t *testing.T) {
	edit := func(c workflow.Campaign) (workflow.Campaign, error) {
		c.Actions[0].Name = "Changed"
		return c, nil
	}
	for name, test := range map[string]struct {
		spoil func(r *importRoom, in *ImportRequest)
		want  string
	}{
		"the source is no longer theirs":   {func(r *importRoom, in *ImportRequest) { r.must(r.SetRole(r.ctx, r.field.ID, r.bob.ID, RoleNone, r.by)) }, "not found"},
		"the target is no longer theirs":   {func(r *importRoom, in *ImportRequest) { r.must(r.SetRole(r.ctx, r.ws, r.bob.ID, RoleNone, r.by)) }, "not found"},
		"they may only look at the target": {func(r *importRoom, in *ImportRequest) { r.must(r.SetRole(r.ctx, r.ws, r.bob.ID, RoleViewer, r.by)) }, "no longer change campaigns"},
		"the source is deleted": {func(r *importRoom, in *ImportRequest) {
			r.must(r.DeleteWorkspace(r.ctx, r.field.ID, "Fieldnotes", r.by))
		}, "not found"},
		"a campaign of elsewhere": {func(r *importRoom, in *ImportRequest) { in.Campaign = r.trial.ID }, "not found"},
		"the source changed": {func(r *importRoom, in *ImportRequest) {
			_, err := r.EditDraft(r.ctx, r.field.ID, r.from.ID, AnyRevision, "Write", edit, r.by)
			r.must(err)
		}, ErrSourceChanged.Error()},
		"the source's segment changed": {func(r *importRoom, in *ImportRequest) {
			all, err := r.Segments(r.ctx, r.field.ID)
			r.must(err)
			r.must(r.EditSegment(r.ctx, r.field.ID, all[0].ID, NewSegment{Name: "Readers", Condition: condition.Condition{Attribute: &condition.Attribute{Field: "x", Operator: "exists"}}}, r.by))
		}, ErrSourceChanged.Error()},
		"the draft changed": {func(r *importRoom, in *ImportRequest) {
			_, err := r.EditDraft(r.ctx, r.ws, r.trial.ID, AnyRevision, "Write", edit, r.by)
			r.must(err)
		}, ErrChanged.Error()},
		"a place that is gone": {func(r *importRoom, in *ImportRequest) { in.Place = workflow.Place{After: "gone"} }, "no longer in the workflow"},
		"a foreign segment": {func(r *importRoom, in *ImportRequest) {
			in.Choices = map[string]string{"need.segment.Readers": "here:1"}
		}, "no longer here"},
		"an invented choice": {func(r *importRoom, in *ImportRequest) {
			in.Choices = map[string]string{"need.sender.hi@field.test": "here:evil@evil.test"}
		}, "no longer here"},
		"nothing":     {func(r *importRoom, in *ImportRequest) { in.Picked = nil }, "at least one action"},
		"the archive": {func(r *importRoom, in *ImportRequest) { r.must(r.ArchiveCampaign(r.ctx, r.ws, r.trial.ID, r.by)) }, "archived"},
		"itself": {func(r *importRoom, in *ImportRequest) {
			in.Workspace, in.Campaign, in.Picked = r.ws, r.trial.ID, []string{"hello"}
		}, "in this campaign already"},
	} {
		t.Run(name, func(t *testing.T) {
			r := newImportRoom(t)
			in := r.ask("hello", "split")
			test.spoil(r, &in)
			before := r.all()
			_, err := r.ImportActions(r.ctx, r.ws, r.trial.ID, in, r.bob)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %v, want %q", err, test.want)
			}
			if after := r.all(); after != before {
				t.Errorf("it left something behind:\n%s\nwas\n%s", after, before)
			}
		})
	}
}

// all is how many rows there are of what an import may write.
func (r *importRoom) all() string {
	r.Helper()
	var n [6]int
	r.must(r.read.QueryRow(`select (select count(*) from campaign_revisions), (select count(*) from segments), (select count(*) from layouts),
		(select count(*) from senders), (select count(*) from audit), (select count(*) from turns)`).Scan(&n[0], &n[1], &n[2], &n[3], &n[4], &n[5]))
	return fmt.Sprint(n)
}

func TestTwoImportsAtOnce(t *testing.T) {
	r := newImportRoom(t)
	in := r.ask("hello")
	errs := make([]error, 8)
	var wg sync.WaitGroup
	for i := range errs {
		wg.Go(func() { _, errs[i] = r.ImportActions(r.ctx, r.ws, r.trial.ID, in, r.bob) })
	}
	wg.Wait()
	won := 0
	for _, err := range errs {
		if err == nil {
			won++
		} else if err != ErrChanged {
			t.Errorf("error %v", err)
		}
	}
	if won != 1 {
		t.Errorf("%d imports won, want 1", won)
	}
}

func TestImportWithinAWorkspaceKeepsWhatBelongsThere(t *testing.T) {
	r := newImportRoom(t)
	second := r.importedTo(r.field.ID, "Second", `[]`)
	in := ImportRequest{Workspace: r.field.ID, Campaign: r.from.ID, Picked: []string{"split"}}
	p, err := r.PreviewImport(r.ctx, r.field.ID, second.ID, in, r.alice)
	r.must(err)
	in.Seen = p.Seen
	out, err := r.ImportActions(r.ctx, r.field.ID, second.ID, in, r.alice)
	r.must(err)
	crm, _ := workflow.Find(out.Campaign.Draft, "crm")
	split, _ := workflow.Find(out.Campaign.Draft, "split")
	asks := split.Branch.Paths[0].When.And[0].Message
	if crm.Webhook.Headers[0].Value != "Bearer s3cret" || asks.CampaignID != int64(r.from.ID) || asks.Action != "hello" {
		t.Errorf("webhook %+v, asks %+v", crm.Webhook, asks)
	}
}

func TestImportSources(t *testing.T) {
	r := newImportRoom(t)
	private, err := r.CreateWorkspace(r.ctx, NewWorkspace{Name: "Private", Identifiers: identity.IDOnly}, r.by)
	r.must(err)
	r.importedTo(private.ID, "Reader secrets", readerWelcome)
	old := r.importedTo(r.field.ID, "Reader archive", readerWelcome)
	r.must(r.ArchiveCampaign(r.ctx, r.field.ID, old.ID, r.by))
	show := func(m Member, q string) string {
		found, _, err := r.ImportSources(r.ctx, r.ws, m, q)
		r.must(err)
		var all []string
		for _, w := range found {
			text := fmt.Sprintf("%s %d", w.Name, w.Count)
			for _, c := range w.Campaigns {
				text += fmt.Sprintf(" [%s %d %s]", c.Name, c.Actions, c.State)
			}
			all = append(all, text)
		}
		return strings.Join(all, ", ")
	}
	for _, test := range []struct {
		m       Member
		q, want string
	}{
		{r.bob, "", "Acme 1, Fieldnotes 1"},
		{r.alice, "", "Acme 1, Fieldnotes 1, Private 1"},
		{r.bob, "HELLO, reader", "Fieldnotes 1 [Reader welcome 5 draft]"},
		{r.bob, "welcome", "Fieldnotes 1 [Reader welcome 5 draft]"},
		{r.bob, "fieldn", "Fieldnotes 1"},
		{r.bob, "secrets", ""},
		{r.alice, "secrets", "Private 1 [Reader secrets 5 draft]"},
		{r.bob, "%", ""},
	} {
		if got := show(test.m, test.q); got != test.want {
			t.Errorf("%s looks for %q: %q, want %q", test.m.Name, test.q, got, test.want)
		}
	}
	if _, err := r.SourceCampaigns(r.ctx, private.ID, r.bob, "", "", 9); err != ErrNotFound {
		t.Errorf("Bob opens a workspace that is not his: %v", err)
	}
	if _, _, err := r.SourceCampaign(r.ctx, private.ID, r.from.ID, false, r.bob); err != ErrNotFound {
		t.Errorf("Bob opens a campaign that is not his: %v", err)
	}
}

func TestSearchFollowsTheDraft(t *testing.T) {
	r := newImportRoom(t)
	r.bring(r.ask("hello"))
	count := func() int {
		found, _, err := r.ImportSources(r.ctx, r.ws, r.alice, "hello, reader")
		r.must(err)
		return len(found)
	}
	if n := count(); n != 2 {
		t.Errorf("found in %d workspaces after the import, want 2", n)
	}
	_, err := r.Undo(r.ctx, r.ws, r.trial.ID, r.by)
	r.must(err)
	if n := count(); n != 1 {
		t.Errorf("found in %d workspaces after the undo, want 1", n)
	}
}

func TestImportSourcesUseIndexes(t *testing.T) {
	r := newImportRoom(t)
	for _, m := range []Member{r.alice, r.bob} {
		where, args := seenBy(m)
		for query, more := range map[string]int{sourcesByName(where): 4, sourcesByContent(where): 3} {
			rows, err := r.read.Query(`explain query plan `+query, append(args, make([]any, more)...)...)
			plan, err := collect(rows, err, func(scan func(...any) error) (detail string, err error) {
				var skip any
				err = scan(&skip, &skip, &skip, &detail)
				return detail, err
			})
			r.must(err)
			for _, step := range plan {
				if strings.HasPrefix(step, "SCAN c") || strings.HasPrefix(step, "SCAN memberships") {
					t.Errorf("%s in %s", step, query)
				}
			}
		}
	}
}
