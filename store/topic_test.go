package store

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/postroom/postroom/store/identity"
	"github.com/postroom/postroom/store/workflow"
)

func (r *campaignRoom) topic(name string, subscribed bool) Topic {
	r.Helper()
	t, err := r.CreateTopic(r.ctx, r.ws, Topic{Name: name, Subscribed: subscribed}, r.by)
	r.must(err)
	return t
}

func (r *campaignRoom) topicNames() string {
	r.Helper()
	all, err := r.Topics(r.ctx, r.ws)
	r.must(err)
	var names []string
	for _, t := range all {
		names = append(names, t.ID.Identifier()+" "+t.Name)
	}
	return strings.Join(names, ", ")
}

func TestTopicsAreKeptWhileUsed(t *testing.T) {
	r := newCampaignRoom(t)
	news, offers := r.topic(" News ", true), r.topic("Offers", false)
	for name, part := range map[string]string{"": "Name the topic", "NEWS": "of this name", strings.Repeat("x", 81): "80 characters", "a\x01b": "can be read"} {
		_, err := r.CreateTopic(r.ctx, r.ws, Topic{Name: name}, r.by)
		r.refused(err, part)
	}
	r.refused(r.EditTopic(r.ctx, r.ws, Topic{ID: news.ID, Name: "offers"}, r.by), "of this name")
	r.must(r.MoveTopic(r.ctx, r.ws, offers.ID, -1))
	r.must(r.MoveTopic(r.ctx, r.ws, offers.ID, -1)) // is the first already
	if got := r.topicNames(); got != "topic_2 Offers, topic_1 News" {
		t.Error(got)
	}

	c := r.imported("Welcome", signedUp, `[{"key":"hello","type":"email","subscription":"topic:news","from":"a@acme.test","to":"{{customer.email}}","subject":"Hi","body":"Hi"}]`)
	r.refused(r.DeleteTopic(r.ctx, r.ws, news.ID, r.by), "is used by “Welcome”")
	r.refused(r.EditTopic(r.ctx, r.ws, Topic{ID: news.ID, Name: "Old news"}, r.by), "is used by “Welcome”")
	r.must(r.EditTopic(r.ctx, r.ws, Topic{ID: news.ID, Name: "news", Description: "Monthly"}, r.by))
	r.must(r.DeleteCampaign(r.ctx, r.ws, c.ID, r.by))
	r.must(r.EditTopic(r.ctx, r.ws, Topic{ID: news.ID, Name: "Old news"}, r.by))
	r.must(r.DeleteTopic(r.ctx, r.ws, offers.ID, r.by))
	if _, err := r.Topic(r.ctx, r.ws, offers.ID); err != ErrNotFound {
		t.Error(err)
	}
	r.topic("Offers", true) // the old choices are about another one
	if got := r.topicNames(); got != "topic_1 Old news, topic_3 Offers" {
		t.Error(got)
	}
	other, err := r.CreateWorkspace(r.ctx, NewWorkspace{Name: "Other", Identifiers: identity.EmailOnly}, r.by)
	r.must(err)
	if _, err := r.Topic(r.ctx, other.ID, news.ID); err != ErrNotFound {
		t.Error("another workspace sees the topic")
	}
	if err := r.DeleteTopic(r.ctx, other.ID, news.ID, r.by); err != ErrNotFound {
		t.Error("another workspace deletes the topic")
	}
}

func TestUnknownTopicsKeepACampaignFromStarting(t *testing.T) {
	r := newCampaignRoom(t)
	c := r.imported("Welcome", signedUp, `[
		{"key":"a","type":"email","sending":"automatic","subscription":"topic:Gone","from":"a@acme.test","to":"{{customer.email}}","subject":"x","body":"x"}]`)
	_, err := r.StartCampaign(r.ctx, r.ws, c.ID, false, r.by)
	r.refused(err, "There is no topic “Gone” here")
	r.topic("gone", true)
	_, err = r.StartCampaign(r.ctx, r.ws, c.ID, false, r.by)
	r.must(err)
}

func object(text string) map[string]any {
	var o map[string]any
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	if err := d.Decode(&o); err != nil {
		panic(err)
	}
	return o
}

// What calls, imports and campaigns make of preferences: turning off always
// works, turning on only by a call that names the one topic.
func TestPreferencesOfCalls(t *testing.T) {
	for _, c := range []struct{ name, source, before, set, after string }{
		{"new", "", `null`, `{"topics":{"topic_1":true}}`, `{"topics":{"topic_1":true}}`},
		{"one more", "", `{"topics":{"topic_1":true}}`, `.topics.topic_2:true`, `{"topics":{"topic_1":true,"topic_2":true}}`},
		{"as text", "", `null`, `.topics.topic_2:"False"`, `{"topics":{"topic_2":false}}`},
		{"off", "Import", `{"topics":{"topic_1":true}}`, `.topics.topic_1:false`, `{"topics":{"topic_1":false}}`},
		{"on by name", "", `{"topics":{"topic_1":false}}`, `.topics.topic_1:true`, `{"topics":{"topic_1":true}}`},
		{"on by an import", "Import", `{"topics":{"topic_1":false}}`, `.topics.topic_1:true`, `{"topics":{"topic_1":false}}`},
		{"taken back", "", `{"topics":{"topic_1":false}}`, `.topics.topic_1:null`, `{"topics":{}}`},
		{"taken back by an import", "Import", `{"topics":{"topic_1":false}}`, `.topics.topic_1:null`, `{"topics":{"topic_1":false}}`},
		{"whole, on again", "", `{"topics":{"topic_1":false,"topic_2":true}}`, `{"topics":{"topic_1":true}}`, `{"topics":{"topic_1":false}}`},
		{"whole, removed", "", `{"topics":{"topic_1":false}}`, `{}`, `{"topics":{"topic_1":false}}`},
		{"whole, emptied", "", `{"topics":{"topic_1":false}}`, `null`, `{"topics":{"topic_1":false}}`},
		{"whole, nonsense", "", `{"channels":{"email":false}}`, `7`, `{"channels":{"email":false}}`},
		{"whole, off", "", `{"topics":{"topic_1":true}}`, `{"topics":{"topic_1":false}}`, `{"topics":{"topic_1":false}}`},
	} {
		before, set := Attributes{}, Attributes{}
		if c.before != "null" {
			before[preferences] = object(c.before)
		}
		if name, value, dotted := strings.Cut(c.set, ":"); dotted && strings.HasPrefix(name, ".") {
			set[preferences+name] = object(`{"v":` + value + `}`)["v"]
		} else {
			set[preferences] = object(`{"v":` + c.set + `}`)["v"]
		}
		p := Person{Attributes: before, Changed: map[string]int64{}}
		p.set(withPreferences(before, set, c.source), 1)
		if got, want := p.Attributes[preferences], object(c.after); !reflect.DeepEqual(got, any(want)) {
			t.Errorf("%s: %v, want %v", c.name, got, want)
		}
		if len(p.Attributes) != 1 {
			t.Errorf("%s: kept %v", c.name, p.Attributes)
		}
	}
}

// However calls that are about the whole, or are not by the person, follow
// each other: who turned a topic off stays off.
func TestPreferencesNeverWiden(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, off := Person{Attributes: Attributes{}, Changed: map[string]int64{}}, map[string]bool{}
		for range rapid.IntRange(1, 12).Draw(t, "calls") {
			topic := rapid.SampledFrom([]string{"topic_1", "topic_2", "topic_3"}).Draw(t, "topic")
			value := rapid.SampledFrom([]any{true, false, "true", "false", nil, json.Number("1"), json.Number("0")}).Draw(t, "value")
			var set Attributes
			switch rapid.IntRange(0, 2).Draw(t, "way") {
			case 0:
				set = Attributes{preferences + ".topics." + topic: value}
			case 1:
				set = Attributes{preferences: map[string]any{"topics": map[string]any{topic: value}}}
			default:
				set = Attributes{preferences: value}
			}
			p.set(withPreferences(p.Attributes, set, "Import"), 1)
			for id := range TopicID(4) {
				one := Topic{ID: id, Subscribed: true}
				if off[one.ID.Identifier()] && p.Wants(one) {
					t.Fatalf("%v turned %s on again: %v", set, one.ID.Identifier(), p.Attributes)
				}
				off[one.ID.Identifier()] = !p.Wants(one)
			}
		}
	})
}

func TestPeopleChooseTopics(t *testing.T) {
	r := newCampaignRoom(t)
	news, offers := r.topic("News", true), r.topic("Offers", false)
	id := r.is("ada", Attributes{"cio_subscription_preferences.topics.topic_1": false})
	if p := r.person("ada"); p.Wants(news) || p.Wants(offers) {
		t.Errorf("%v", p.Attributes)
	}
	r.is("ada", Attributes{preferences: map[string]any{"topics": map[string]any{"topic_1": true, "topic_2": true}}})
	if p := r.person("ada"); p.Wants(news) || !p.Wants(offers) {
		t.Errorf("%v", p.Attributes)
	}

	choose := func(why string, wants map[TopicID]bool) error {
		return r.ChooseTopics(r.ctx, r.ws, id, wants, why, r.by)
	}
	r.refused(choose(" ", map[TopicID]bool{news.ID: true, offers.ID: false}), "how they asked")
	r.must(choose("", map[TopicID]bool{news.ID: false, offers.ID: true})) // as it is
	r.must(choose("", map[TopicID]bool{offers.ID: false}))
	r.must(choose("By phone", map[TopicID]bool{news.ID: true, 99: true}))
	if p := r.person("ada"); !p.Wants(news) || p.Wants(offers) {
		t.Errorf("%v", p.Attributes)
	}
	told, err := r.ActivitiesOfTypes(r.ctx, r.ws, id, []ActivityType{PreferencesActivity}, Page{Limit: 10})
	r.must(err)
	if len(told) != 2 || !strings.Contains(string(told[0].Data), `"how":"By phone"`) || !strings.Contains(string(told[0].Data), `"News":true`) || strings.Contains(string(told[0].Data), "Offers") {
		t.Errorf("%d: %s", len(told), told[0].Data)
	}
	if err := r.ChooseTopics(r.ctx, r.ws+1, id, map[TopicID]bool{news.ID: false}, "", r.by); err != ErrNotFound {
		t.Error(err)
	}
}

// A campaign that named a topic before there were any goes on as it did.
func TestOldTopicsBecomeRecords(t *testing.T) {
	r := newCampaignRoom(t)
	r.imported("Welcome", signedUp, `[
		{"key":"a","type":"email","subscription":"topic: News ","from":"a@acme.test","to":"x@acme.test","subject":"x","body":"x"},
		{"key":"b","type":"email","subscription":"all","from":"a@acme.test","to":"x@acme.test","subject":"topic:No","body":"x"}]`)
	c := r.imported("More", signedUp, `[{"key":"a","type":"email","sending":"off","subscription":"topic:OFFERS","from":"a@acme.test","to":"x@acme.test","subject":"x","body":"x"}]`)
	r.topic("offers", true)
	_, err := r.StartCampaign(r.ctx, r.ws, c.ID, false, r.by)
	r.must(err)
	text, err := migrations.ReadFile("migrations/016_topics.sql")
	r.must(err)
	r.must(r.update(r.ctx, func(tx *Tx) error {
		if _, err := tx.exec(`delete from topics`); err != nil {
			return err
		}
		_, err := tx.exec(string(text[strings.LastIndex(string(text), "insert into topics"):]))
		return err
	}))
	if got := r.topicNames(); got != "topic_1 News, topic_2 OFFERS" {
		t.Error(got)
	}
	all, err := r.Topics(r.ctx, r.ws)
	r.must(err)
	for _, name := range []workflow.Subscription{"topic: News ", "topic:offers"} {
		asked, _ := name.Topic()
		if one, ok := TopicIn(all, asked); !ok || !one.Subscribed {
			t.Errorf("%q finds no topic that everybody has", name)
		}
	}
}
