package store

import (
	"strings"
	"testing"

	"github.com/postroom/postroom/store/workflow"
)

func (r *campaignRoom) snippet(name, value string) {
	r.Helper()
	_, err := r.SaveSnippet(r.ctx, r.ws, Snippet{Name: name, Value: value}, r.by)
	r.must(err)
}

func (r *campaignRoom) refused(err error, part string) {
	r.Helper()
	if err == nil || !strings.Contains(err.Error(), part) {
		r.Errorf("%v, want %q", err, part)
	}
}

func TestSnippetsAreHeldByWhatNamesThem(t *testing.T) {
	r := newCampaignRoom(t)
	save := func(name, value string) error {
		_, err := r.SaveSnippet(r.ctx, r.ws, Snippet{Name: name, Value: value}, r.by)
		return err
	}
	r.must(save("Footer", "Acme"))
	r.must(save(" footer ", "Acme, Lund"))
	r.must(save("sign", "{{snippets.footer}}"))
	r.refused(save("", "x"), "Name the snippet")
	r.refused(save("it's", "x"), "no quotes")
	r.refused(save("open", "{{ x"), "never closed")
	r.refused(save("FOOTER", "{{ snippets['sign'] }}"), "inside of itself")
	r.refused(save("self", "{{ snippets.self }}"), "inside of itself")

	found, err := r.FindSnippets(r.ctx, r.ws, "FOOT", "", 10)
	r.must(err)
	if len(found) != 1 || found[0].Name != "footer" || found[0].Value != "Acme, Lund" || !found[0].UpdatedAt.Equal(r.at) {
		t.Errorf("%+v", found)
	}
	if after, err := r.FindSnippets(r.ctx, r.ws, "", "footer", 10); err != nil || len(after) != 1 || after[0].Name != "sign" {
		t.Errorf("%+v %v", after, err)
	}

	c := r.imported("Welcome", `{"type":"event","event":"x"}`, `[{"key":"hello","type":"email","name":"Hello","from":"a@acme.test","to":"{{customer.email}}","subject":"{{ snippets['FOOTER'] }}","body":"Hi"}]`)
	r.must(r.SaveLayout(r.ctx, r.ws, Layout{Name: "Letter", HTML: "{{content}}{{snippets.footer}}"}, r.by))
	want := "“Hello” of “Welcome”, the layout “Letter”, the snippet “sign”"
	if users, err := r.SnippetUsers(r.ctx, r.ws, "footer"); err != nil || users.Words() != want || users.Actions[0].Key != "hello" || !users.Actions[0].Message {
		t.Errorf("%+v %v", users, err)
	}
	r.refused(r.DeleteSnippet(r.ctx, r.ws, "footer", r.by), want)
	_, err = r.EditSnippet(r.ctx, r.ws, "footer", Snippet{Name: "foot", Value: "x"}, r.by)
	r.refused(err, "is used by")
	r.must(r.DeleteSnippet(r.ctx, r.ws, "sign", r.by))
	r.must(r.SaveLayout(r.ctx, r.ws, Layout{Name: "Letter", HTML: "{{content}}"}, r.by))
	r.must(r.DeleteCampaign(r.ctx, r.ws, c.ID, r.by))
	_, err = r.EditSnippet(r.ctx, r.ws, "footer", Snippet{Name: "foot", Value: "x"}, r.by)
	r.must(err)
	r.must(r.DeleteSnippet(r.ctx, r.ws, "foot", r.by))
	if err := r.DeleteSnippet(r.ctx, r.ws, "foot", r.by); err != ErrNotFound {
		t.Error(err)
	}
}

func TestUnknownSnippetsKeepACampaignFromStarting(t *testing.T) {
	r := newCampaignRoom(t)
	r.snippet("known", "{{snippets.deep}}")
	r.must(r.SaveLayout(r.ctx, r.ws, Layout{Name: "Letter", HTML: "{{content}}{{snippets.low}}"}, r.by))
	c := r.imported("Welcome", `{"type":"event","event":"x"}`, `[
		{"key":"hello","type":"email","sending":"automatic","from":"a@acme.test","to":"{{customer.email}}","subject":"{{ snippets.gone }}","body":"{{snippets.known}}","layout":"Letter"},
		{"key":"set","type":"update_person","set":{"a":"{{snippets.known}}"}}]`)
	_, err := r.StartCampaign(r.ctx, r.ws, c.ID, false, r.by)
	for _, part := range []string{"no snippet “gone”", "no snippet “deep”", "no snippet “low”", "Only messages know snippets"} {
		r.refused(err, part)
	}
	r.snippet("gone", "1")
	r.snippet("deep", "2")
	r.snippet("low", "3")
	_, err = r.EditDraft(r.ctx, r.ws, c.ID, AnyRevision, "x", func(draft workflow.Campaign) (workflow.Campaign, error) {
		draft.Actions = draft.Actions[:1]
		return draft, nil
	}, r.by)
	r.must(err)
	_, err = r.StartCampaign(r.ctx, r.ws, c.ID, false, r.by)
	r.must(err)
}

// A reader asks once for each name.
func TestSnippetReader(t *testing.T) {
	r := newCampaignRoom(t)
	r.snippet("a", "1")
	reader := r.ReadSnippets(r.ctx, r.ws)
	for range 2 {
		if text, ok, err := reader.Text("A"); text != "1" || !ok || err != nil {
			t.Error(text, ok, err)
		}
		if _, ok, err := reader.Text("b"); ok || err != nil {
			t.Error(ok, err)
		}
		r.snippet("a", "2")
		r.snippet("b", "2")
	}
	r.must(r.read.Close())
	if _, _, err := reader.Text("c"); err == nil || reader.Err() == nil {
		t.Error("a closed database had an answer")
	}
}

func TestRenameSnippet(t *testing.T) {
	rename := func(name string) string { return strings.ReplaceAll(name, "footer", "footer 2") }
	for text, want := range map[string]string{
		"a {{ snippets.footer }} b {{snippets['footer'] | upcase}}": "a {{ snippets['footer 2'] }} b {{snippets['footer 2'] | upcase}}",
		`{% if snippets[ "footer" ] %}{{ snippets . footer }}`:      `{% if snippets['footer 2'] %}{{ snippets['footer 2'] }}`,
		"snippets.footer {{ other.footer }} {{ snippets.head }}":    "snippets.footer {{ other.footer }} {{ snippets.head }}",
	} {
		if got := workflow.RenameSnippet(text, rename); got != want {
			t.Errorf("%s\ngives %s\nwant  %s", text, got, want)
		}
	}
}
