package web

import (
	"fmt"
	"net/url"
	"testing"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/views"
)

func TestSnippetsAreWrittenUsedAndDeleted(t *testing.T) {
	s := newMailSite(t, "draft")
	list := views.SnippetsPath(s.acme)
	s.alice.get(list).want(200, "No snippets yet", "New snippet")
	s.alice.send(s.acme, views.NewSnippetPath(s.acme), url.Values{"name": {"Foot"}, "value": {"a\n{{ x | nope }}"}}).want(422, "called nope", `data-caret="2:8">Line 2, column 8</a>`, `value="Foot"`)
	s.alice.send(s.acme, views.NewSnippetPath(s.acme), url.Values{"name": {"Foot"}, "value": {"{{ snippets.gone }}"}}).want(422, "no snippet called “gone”")
	s.alice.send(s.acme, views.NewSnippetPath(s.acme), url.Values{"name": {""}, "value": {"x"}}).want(422, "Name the snippet.")
	s.alice.send(s.acme, views.CheckSnippetPath(s.acme), url.Values{"value": {"{{ x"}}).want(200, "never closed").without("<html")
	s.alice.send(s.acme, views.NewSnippetPath(s.acme), url.Values{"name": {" Foot <b> "}, "value": {"<i>Acme</i>"}}).want(303)
	s.alice.get(list).want(200, "Foot &lt;b&gt;", "{{ snippets[&#39;Foot &lt;b&gt;&#39;] }}", "The snippet “Foot &lt;b&gt;” is saved.")
	s.alice.send(s.acme, views.NewSnippetPath(s.acme), url.Values{"name": {"FOOT <B>"}, "value": {"x"}}).want(422, "There is a snippet of this name.")
	s.alice.get(list+"?q=zzz").want(200, "No snippet found")

	edit := views.SnippetPath(s.acme, "Foot <b>")
	s.alice.get(edit).want(200, "&lt;i&gt;Acme&lt;/i&gt;")
	s.alice.send(s.acme, edit, url.Values{"name": {"foot"}, "value": {"<i>Acme</i>"}}).want(303)
	s.alice.get(edit).want(404)
	s.alice.send(s.acme, s.editor(), s.form("body", "one\n{{ snippets.fot }}")).want(422, "no snippet called “fot”", `data-caret="2:1">Line 2, column 1</a>`)
	s.alice.send(s.acme, s.editor(), s.form("body", "one {{ snippets.foot }}")).want(303)
	edit = views.SnippetPath(s.acme, "foot")
	s.alice.get(edit).want(200, "Used by", views.MessagePath(s.acme, s.campaign.ID, "hello"))
	s.alice.get(views.DeleteSnippetPath(s.acme, "foot")).want(200, "It is used by “Hello” of “Welcome”. Take it out there first.").without("Delete snippet</button>")
	s.alice.send(s.acme, views.DeleteSnippetPath(s.acme, "foot"), nil).want(422, "It is used by “Hello” of “Welcome”")
	s.alice.send(s.acme, edit, url.Values{"name": {"other"}, "value": {"x"}}).want(422, "is used by", `value="other"`)
	s.alice.send(s.acme, s.editor(), s.form("body", "one")).want(303)
	s.alice.get(views.DeleteSnippetPath(s.acme, "foot")).want(200, "Nothing uses it. This cannot be undone.")
	s.alice.send(s.acme, views.DeleteSnippetPath(s.acme, "foot"), nil).want(303)
	s.alice.send(s.acme, views.DeleteSnippetPath(s.acme, "foot"), nil).want(404)
	s.bob.get(list).want(403)
}

func TestSnippetsArePaged(t *testing.T) {
	s := newSite(t)
	for i := range pageSize + 3 {
		_, err := s.store.SaveSnippet(t.Context(), s.acme.ID, store.Snippet{Name: fmt.Sprintf("Nr %03d", i), Value: "x"}, store.CommandLine)
		s.must(err)
	}
	last := fmt.Sprintf("Nr %03d", pageSize+2)
	first := s.alice.get(views.SnippetsPath(s.acme)).want(200, "Nr 000").without(last)
	next := between(first.Body.String(), "Pages\">", "Next")
	s.alice.get(between(next, `href="`, `"`)).want(200, last).without("Nr 000")
}

func TestSnippetsOfTheAppAPI(t *testing.T) {
	s := newMailSite(t, "draft")
	p, other := s.program(s.acme), s.program(s.other)
	p.call("GET", "/v1/snippets", p.app, "").want(200, `"snippets": []`)
	p.call("PUT", "/v1/snippets", p.app, `{"name":"a b","value":"{{ customer.x }}"}`).want(200, `"snippet": {`, `"name": "a b"`, `"value": "{{ customer.x }}"`, `"updated_at": `)
	p.call("PUT", "/v1/snippets", p.app, `{"name":"a b","value":"2"}`).want(200, `"value": "2"`)
	p.call("PUT", "/v1/snippets", p.app, `{"name":"c","value":"{{ x | nope }}"}`).want(422, "called nope", `"/value"`)
	p.call("PUT", "/v1/snippets", p.app, `{"value":"x"}`).want(422, `"/name"`)
	p.call("PUT", "/v1/snippets", p.app, `{"name":"x"}`).want(422, `"/value"`)
	p.call("PUT", "/v1/snippets", p.app, `{"name":"'","value":"x"}`).want(422, "no quotes")
	p.call("GET", "/v1/snippets", p.app, "").want(200, `"name": "a b"`).without(`"c"`)
	other.call("GET", "/v1/snippets", other.app, "").want(200, `"snippets": []`)
	other.call("DELETE", "/v1/snippets/a%20b", other.app, "").want(404)
	s.alice.send(s.acme, s.editor(), s.form("body", "{{ snippets['a b'] }}")).want(303)
	p.call("DELETE", "/v1/snippets/a%20b", p.app, "").want(422, "is used by “Hello” of “Welcome”")
	s.alice.send(s.acme, s.editor(), s.form("body", "x")).want(303)
	p.call("DELETE", "/v1/snippets/a%20b", p.app, "").want(204)
	p.call("DELETE", "/v1/snippets/a%20b", p.app, "").want(404, "no snippet of this name")
}
