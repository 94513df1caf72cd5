package web

import (
	"context"
	"net/url"
	"testing"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/views"
)

func TestSegments(t *testing.T) {
	s := newSite(t)
	ctx := context.Background()
	s.addPerson(s.acme, "7", "ada@x.test", `{"plan": "pro"}`)
	s.addPerson(s.acme, "8", "bob@x.test", `{"plan": "free"}`)
	s.alice.get(views.SegmentsPath(s.acme)).want(200, "No segments yet", views.NewSegmentPath(s.acme))
	path := views.NewSegmentPath(s.acme)
	s.alice.get(path).want(200, `name="field"`, `name="operator"`, `name="value"`, `<option value="plan">`)

	s.alice.send(s.acme, path, url.Values{"name": {""}, "field": {""}}).want(422, "Name the segment.", "write at least one condition")
	s.alice.send(s.acme, path, url.Values{"name": {"Pro"}, "field": {"plan"}, "operator": {"eq"}, "value": {""}}).want(422, "Write a value for plan.", `value="Pro"`)
	s.alice.send(s.acme, path, url.Values{"name": {"Pro"}, "condition": {`{"segment": {"id": 1}}`}}).want(422, "There is no segment “1” here.")

	form := url.Values{"name": {"Pro"}, "description": {"Who pays"}, "join": {"or"}, "field": {"plan", "plan"}, "operator": {"eq", "eq"}, "value": {"PRO", "team"}}
	to := s.alice.send(s.acme, path, form).want(303).location()
	s.alice.get(to).want(200, "The segment was saved.", "People whose plan is &#34;PRO&#34; or plan is &#34;team&#34;.", "Who pays", "Building", `hx-trigger="every 2s"`, "No campaign and no other segment.").without("ada@x.test")
	s.alice.get(views.SegmentsPath(s.acme)).want(200, "Building", "1 segment")
	s.must(s.store.BuildSegments(ctx, s.acme.ID, 100))
	s.alice.get(to).want(200, "ada@x.test", "50% of 2 people").without("bob@x.test", "Building")
	s.alice.get(to+"/size", "X-Workspace", "1").want(200, "50% of 2 people").without("every 2s", "<html")
	s.alice.get(views.PersonPath(s.acme, 1)).want(200, to)
	s.alice.send(s.acme, path, form).want(422, "“Pro” is already the name of a segment.", `value="team"`)

	s.alice.get(to+"/edit").want(200, `value="PRO"`, `value="team"`, `<option value="or" selected>`)
	s.alice.send(s.acme, to+"/edit", url.Values{"name": {"Free"}, "field": {"plan"}, "operator": {"eq"}, "value": {"free"}}).want(303)
	s.must(s.store.BuildSegments(ctx, s.acme.ID, 100))
	s.alice.get(to).want(200, "<bdi>Free</bdi>", "bob@x.test").without("ada@x.test")
	s.alice.get(views.SegmentsPath(s.acme)+"?q=REE").want(200, "Free", `plan is &#34;free&#34;`)
	s.alice.get(views.SegmentsPath(s.acme)+"?q=zzz").want(200, "No segment found")

	t.Run("elsewhere", func(t *testing.T) {
		for _, path := range []string{"", "/size", "/edit", "/delete"} {
			s.bob.get(to + path).want(map[string]int{"": 200, "/size": 200, "/edit": 403, "/delete": 403}[path])
			s.charlie.get(to + path).want(404)
			s.alice.get(views.SegmentPath(s.other, 1) + path).want(404)
		}
		for _, path := range []string{"/edit", "/delete"} {
			s.bob.send(s.acme, to+path, nil).want(403)
			s.alice.send(s.other, views.SegmentPath(s.other, 1)+path, nil).want(404)
			s.alice.post(to+path, url.Values{"name": {"typed"}}).want(409, "typed")
		}
		s.alice.get(views.SegmentsPath(s.acme) + "/x").want(404)
	})
	s.alice.get(to+"/delete").want(200, "<dialog open", "Delete “<bdi>Free</bdi>”?")
	s.alice.send(s.acme, to+"/delete", nil).want(303)
	s.alice.get(views.SegmentsPath(s.acme)).want(200, "“Free” was deleted.", "No segments yet")
	s.alice.get(to).want(404)
}

func TestSegmentFormWithoutScript(t *testing.T) {
	s := newSite(t)
	s.addPerson(s.acme, "7", "ada@x.test", `{"plan": "pro"}`)
	s.addPerson(s.acme, "8", "bob@x.test", `{"plan": "free"}`)
	path := views.NewSegmentPath(s.acme)
	form := url.Values{"name": {"Buyers"}, "join": {"and"}, "field": {"plan"}, "operator": {"eq"}, "value": {"pro"}, "kind": {"attribute"}}
	with := func(name string, values ...string) url.Values {
		form[name] = values
		return form
	}
	s.alice.send(s.acme, path, with("row", "count")).want(200, "ada@x.test", "of 2 people", "People whose plan is &#34;pro&#34;.", `value="Buyers"`).without("bob@x.test")
	s.alice.send(s.acme, path, with("row", "event")).want(200, `placeholder="Event"`, `value="remove:1"`, `value="where:1"`, "Condition 2: Name the event.")
	form = url.Values{"name": {"Buyers"}, "join": {"and"}, "kind": {"attribute", "event"}, "field": {"plan", "bought"}, "operator": {"eq", "not"}, "value": {"pro", ""},
		"level": {"", ""}, "times": {"", "2"}, "within": {"", "30"}, "unit": {"", "d"}}
	s.alice.send(s.acme, views.PreviewSegmentPath(s.acme), form).want(200, "has done &#34;bought&#34; fewer than 2 times within the past 30 days").without("<html", "ada@x.test")
	to := s.alice.send(s.acme, path, form).want(303).location()
	s.alice.get(to+"/edit").want(200, `value="bought"`, `value="30"`, `<option value="not" selected>has not done</option>`)
	s.alice.get(views.SegmentsPath(s.acme)+"/new?from=away").want(200, "Not seen lately", `value="*"`)
	s.bob.send(s.acme, views.PreviewSegmentPath(s.acme), form).want(403)
	s.charlie.send(s.acme, views.PreviewSegmentPath(s.acme), form).want(404)
}

func TestManualSegmentPage(t *testing.T) {
	s := newSite(t)
	ctx := context.Background()
	s.addPerson(s.acme, "7", "ada@x.test", `{}`)
	to := s.alice.send(s.acme, views.NewSegmentPath(s.acme), url.Values{"name": {"VIP"}, "kind-of": {"manual"}}).want(303).location()
	s.alice.get(to).want(200, "Nobody is in it", "Manual", "put in by hand").without("Building")
	_, err := s.store.AddToSegment(ctx, s.acme.ID, 1, []store.PersonID{1}, store.CommandLine)
	s.must(err)
	s.alice.get(to).want(200, "ada@x.test", to+"/remove")
	s.bob.get(to).want(200, "ada@x.test").without(to + "/remove")
	s.bob.send(s.acme, to+"/remove", url.Values{"person": {"1"}}).want(403)
	s.alice.send(s.acme, to+"/remove", url.Values{"person": {"x"}}).want(404)
	s.alice.post(to+"/remove", url.Values{"person": {"1"}}).want(409)
	s.alice.send(s.other, views.SegmentPath(s.other, 1)+"/remove", url.Values{"person": {"1"}}).want(404)
	s.alice.send(s.acme, to+"/remove", url.Values{"person": {"1"}}).want(303)
	s.alice.get(to).want(200, "The person was removed from “VIP”.", "Nobody is in it")
	s.alice.get(to+"/edit").want(200, "VIP").without(`name="join"`)
	s.alice.send(s.acme, to+"/edit", url.Values{"name": {"Very"}}).want(303)
}
