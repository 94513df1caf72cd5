package web

import (
	"fmt"
	"net/url"
	"testing"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/views"
)

func TestLayoutsAreRenamedAndDeleted(t *testing.T) {
	s := newSite(t)
	html := "<p>{{content}}</p>"
	list := views.LayoutsPath(s.acme)
	s.alice.send(s.acme, views.NewLayoutPath(s.acme), url.Values{"name": {"Letter"}, "html": {"none"}}).want(422, "Put {{content}} in the layout, once", `value="Letter"`)
	s.alice.send(s.acme, views.NewLayoutPath(s.acme), url.Values{"name": {" Letter "}, "html": {html}}).want(303)
	s.alice.send(s.acme, views.NewLayoutPath(s.acme), url.Values{"name": {"LETTER"}, "html": {html}}).want(422, "There is a layout of this name.")
	edit := views.LayoutPath(s.acme, "Letter")
	s.alice.send(s.acme, edit, url.Values{"name": {"default"}, "html": {html}}).want(422, "There is a layout of this name.")
	s.alice.send(s.acme, edit, url.Values{"name": {""}, "html": {html}}).want(422, "Name the layout.")
	s.alice.send(s.acme, edit, url.Values{"name": {"Long <letter>"}, "html": {html}}).want(303)
	s.alice.get(list+"?q=LONG").want(200, "Long &lt;letter&gt;")
	s.alice.get(list+"?q=nothing").want(200, "No layout found")
	s.alice.get(edit).want(404)

	campaign := s.campaignOf("Welcome", `[{"key":"hello","type":"email","name":"Hello","from":"a@acme.test","to":"{{customer.email}}","subject":"Hi","body":"Hi","layout":"Long <LETTER>"}]`)
	edit, remove := views.LayoutPath(s.acme, "Long <letter>"), views.DeleteLayoutPath(s.acme, "Long <letter>")
	used := "“Long &lt;letter&gt;” is used by “Welcome”. Give their messages another layout first."
	s.alice.get(edit).want(200, "Used by", views.CampaignPath(s.acme, campaign.ID), "it stays while campaigns use it")
	s.alice.send(s.acme, edit, url.Values{"name": {"Other"}, "html": {html}}).want(422, used, `value="Other"`)
	s.alice.send(s.acme, edit, url.Values{"name": {"Long <Letter>"}, "html": {html}}).want(303) // the same to who asks for it
	s.alice.get(remove).want(200, "It is used by 1 campaign.").without("Delete layout</button>")
	s.alice.send(s.acme, remove, nil).want(422, "is used by “Welcome”")
	s.must(s.store.DeleteCampaign(t.Context(), s.acme.ID, campaign.ID, store.CommandLine))
	s.alice.get(remove).want(200, "No campaign uses it. This cannot be undone.", "data-modal")
	s.alice.send(s.acme, remove, nil).want(303)
	s.alice.get(list).want(200, "The layout “Long &lt;Letter&gt;” is deleted.")
	s.alice.send(s.acme, remove, nil).want(404)

	s.alice.get(views.DeleteLayoutPath(s.acme, "Default")).want(303)
	s.alice.send(s.acme, views.DeleteLayoutPath(s.acme, "Default"), nil).want(422, "New messages begin with this layout")
	s.alice.get(views.HistoryPath(s.acme)+"?q=renamed").want(200, "Renamed a layout", "to Long &lt;letter&gt;").without("Saved a layout")
}

func TestListsOfTheAccountAreSearchedAndPaged(t *testing.T) {
	s := newSite(t)
	ctx := t.Context()
	for i := range 2*pageSize + 5 {
		name := fmt.Sprintf("Nr %03d", i)
		_, err := s.store.CreateMember(ctx, store.NewMember{Name: name, Email: fmt.Sprintf("nr%d@acme.test", i), PasswordHash: "x", Role: store.AccountMember}, store.CommandLine)
		s.must(err)
		s.must(s.store.SaveLayout(ctx, s.acme.ID, store.Layout{Name: name, HTML: "{{content}}"}, store.CommandLine))
		_, _, err = s.store.CreateCredential(ctx, s.acme.ID, store.AppKey, name, store.CommandLine)
		s.must(err)
	}
	s.alice.get(views.TeamPath+"?q=ALICE").want(200, "Alice Adams").without("Bob Brown")
	s.alice.get(views.TeamPath+"?q=nr104@").want(200, "Nr 104").without("Nr 103")
	s.alice.get(views.TeamPath+"?q=zzz").want(200, "Nobody found")
	next := between(s.alice.get(views.TeamPath).want(200, "Alice Adams", "Nr 046").without("Nr 047").Body.String(), "Pages\">", "Next")
	s.alice.get(between(next, `href="`, `"`)).want(200, "Nr 047", "Nr 096").without("Nr 046", "Nr 097")

	s.alice.get(views.AuditPath+"?q=bob+brown").want(200, "Added a member", "Gave access").without("Nr 003")
	s.alice.get(views.AuditPath+"?q=zzz").want(200, "Nothing found")
	older := link(t, s.alice.get(views.AuditPath+"?q=a+layout").want(200, "Nr 104", "Nr 055").without("Nr 054", "Added a member"), "next")
	newer := link(t, s.alice.get(older).want(200, "Nr 054", "Nr 005").without("Nr 055"), "prev")
	s.alice.get(newer).want(200, "Nr 104", "Nr 055").without("Nr 054")
	s.alice.get(link(t, s.alice.get(views.HistoryPath(s.acme)+"?q=a+key").want(200, "Nr 104"), "next")).want(200, "Nr 054")

	layouts := s.alice.get(views.LayoutsPath(s.acme)).want(200, "Default", "Nr 048").without("Nr 049")
	s.alice.get(between(between(layouts.Body.String(), "Pages\">", "Next"), `href="`, `"`)).want(200, "Nr 049").without("Nr 048")

	keys := s.alice.get(views.CredentialsPath(s.acme)).want(200, "Nr 104", "Nr 055").without("Nr 054")
	s.alice.get(link(t, keys, "next")).want(200, "Nr 054").without("Nr 055")
	s.alice.get(views.RevokedCredentialsPath(s.acme)).want(200, "No key was revoked")
}

func TestUsageIsSearched(t *testing.T) {
	s := newSite(t)
	s.alice.get(views.UsagePath).without("Name of a workspace")
	s.alice.get(views.UsagePath+"?q=OTH").want(200, "Other", "Total of all workspaces").without("People in Acme")
	s.alice.get(views.UsagePath+"?q=zzz").want(200, "No workspace found")
}
