package web

import (
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/views"
)

const simulated = `[
	{"key":"hello","type":"email","name":"Hello","sending":"automatic","from":"hi@acme.test","to":"{{customer.email}}","subject":"Hi {{customer.name}}, {{event.item}}","body":"<p>x</p>"},
	{"key":"pause","type":"delay","duration":"3d"},
	{"key":"bye","type":"email","name":"Bye","sending":"draft","from":"hi@acme.test","to":"{{customer.email}}","subject":"Bye","body":"<p>x</p>"}]`

// A campaign is simulated from its page: over people, with what each would get,
// what would fail, and a file of it all.
func TestSimulateFromThePage(t *testing.T) {
	s := newSite(t)
	eve := s.addPerson(s.acme, "", "eve@x.test", `{"name":"Eve"}`)
	s.addPerson(s.acme, "", "finn@x.test", `{}`)
	c := s.campaignOf("Way", simulated)
	path := views.SimulationsPath(s.acme, c.ID)
	s.alice.get(path).want(200, "Who would get what, and when?", "None yet.", "Everybody who has done “signed_up” before (0)")
	form := func(more ...string) url.Values {
		v := url.Values{"version": {"draft"}, "who": {"named"}, "named": {"eve@x.test\nfinn@x.test"}, "data": {`{"item":"hat"}`}}
		for i := 0; i < len(more); i += 2 {
			v.Set(more[i], more[i+1])
		}
		return v
	}
	for _, wrong := range []struct{ field, value, says string }{
		{"named", "", "Write at least one email address or id."},
		{"named", "nobody@x.test", "There is nobody here with nobody@x.test."},
		{"data", `{"item":`, "Write a JSON object"},
		{"starts_at", "tomorrow", "Write a date and a time"},
		{"version", "live", "was never started, so it has no live version"},
		{"who", "segment", "Choose a segment."},
	} {
		s.alice.send(s.acme, path, form(wrong.field, wrong.value)).want(422, wrong.says)
	}
	s.alice.send(s.acme, path, form("starts_at", "soon")).want(422, "finn@x.test", "hat", "soon")
	s.alice.send(s.acme, path, form("named", "", "data", "[1]")).want(422, "Write at least one email address or id.", "Write a JSON object")
	to := s.alice.send(s.acme, path, form()).want(303).location()
	s.alice.get(to).want(200, `hx-trigger="every 1s"`)
	s.walk()
	s.alice.get(to + "/progress").want(286)
	s.alice.get(to).want(200, "Simulation of the draft", "eve@x.test", "finn@x.test", "Sent 1", "Fails 1", "Drafts 2", "customer.name is not set for this person", "1 person")
	s.alice.get(to+"?show=problems").want(200, "finn@x.test")
	s.alice.get(to+"?person=eve@x.test").want(200, "eve@x.test")
	s.alice.get(to+"?person=nobody").want(200, "Nobody in this simulation")
	s.alice.get(to+"?show=refused").want(200, "Show everybody")
	one := to + "/people/" + strconv.FormatInt(int64(eve.ID), 10)
	s.alice.get(one).want(200, "Gets “Hi Eve, hat” at eve@x.test", "Waits until", "waits as a draft", "Finishes")
	file := s.alice.get(to+"/people.csv").want(200, "cio_id,id,email,at,action,name,what,to,subject,reason", "hello,Hello,sent,eve@x.test,\"Hi Eve, hat\"")
	if n := strings.Count(file.Body.String(), "\n"); n != 1+2*5 {
		t.Errorf("%d lines", n)
	}
	s.bob.get(to).want(200, "eve@x.test").without("people.csv")
	s.bob.get(to + "/people.csv").want(403) // what carries everybody away is for admins
	s.alice.get(views.JobsPath(s.acme)).want(200, "Simulate “Way”")
	s.alice.get(path).want(200, "2 people")
	s.alice.get(strings.Replace(to, "/w/acme/", "/w/"+s.other.Slug+"/", 1)).want(404)
	another := s.campaignOf("Another", simulated)
	s.alice.get(strings.Replace(to, views.CampaignPath(s.acme, c.ID), views.CampaignPath(s.acme, another.ID), 1)).want(404)
	if all := s.countsOf(c.ID); len(all[""]) != 0 {
		t.Errorf("a simulation counts: %v", all)
	}
	s.alice.send(s.acme, to+"/delete", nil).want(303)
	s.alice.get(to).want(404)
	s.alice.get(path).want(200, "None yet.")
}

// Who is erased takes along what was foretold of them.
func TestEraseReachesSimulations(t *testing.T) {
	s := newSite(t)
	eve := s.addPerson(s.acme, "", "eve@x.test", `{"name":"Eve"}`)
	c := s.campaignOf("Way", simulated)
	to := s.alice.send(s.acme, views.SimulationsPath(s.acme, c.ID), url.Values{"who": {"named"}, "named": {"eve@x.test"}}).want(303).location()
	s.walk()
	s.must(s.store.ErasePerson(t.Context(), s.acme.ID, eve.ID, store.CommandLine))
	s.alice.get(to + "/people/" + strconv.FormatInt(int64(eve.ID), 10)).want(404)
	if a := s.alice.get(to + "/people.csv").want(200); strings.Contains(a.Body.String(), "eve@") {
		t.Errorf("still told: %s", a.Body)
	}
}

// A broadcast that is for nobody yet is not simulated for everybody.
func TestSimulateABroadcastForNobody(t *testing.T) {
	s := newSite(t)
	s.addPerson(s.acme, "", "eve@x.test", `{}`)
	c := s.broadcastOf("Sale", "", saleMail)
	path := views.SimulationsPath(s.acme, c.ID)
	s.alice.get(path).want(200, "Nobody is chosen as the audience yet")
	s.alice.send(s.acme, path, url.Values{"who": {"audience"}}).want(422, "Choose it first")
	s.alice.send(s.acme, path, url.Values{"who": {"named"}, "named": {"eve@x.test"}}).want(303)
}

// A campaign that is deleted takes its simulations along: one that runs ends,
// and keeps no other job waiting.
func TestDeletedCampaignEndsItsSimulations(t *testing.T) {
	s := newSite(t)
	s.addPerson(s.acme, "", "eve@x.test", `{}`)
	c := s.campaignOf("Way", simulated)
	named := url.Values{"who": {"named"}, "named": {"eve@x.test"}}
	s.alice.send(s.acme, views.SimulationsPath(s.acme, c.ID), named).want(303)
	s.walk()
	s.alice.send(s.acme, views.SimulationsPath(s.acme, c.ID), named).want(303) // has not begun
	s.must(s.store.DeleteCampaign(t.Context(), s.acme.ID, c.ID, store.CommandLine))
	s.walk()
	s.alice.get(views.JobPath(s.acme, 1)).want(404)
	s.alice.get(views.JobPath(s.acme, 2)).want(200, "The campaign was deleted.")
	if _, err := s.store.NextJob(t.Context(), s.acme.ID); err != store.ErrNotFound {
		t.Errorf("a job is left: %v", err)
	}
}
