package bench

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/postroom/postroom/engine"
	"github.com/postroom/postroom/engine/compose"
	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/workflow"
)

const simulatedCampaign = `{"postroom":1,"campaign":{"name":"Simulated","trigger":{"type":"event","event":"joined"},"exit":"never","actions":[
	{"key":"hello","type":"email","sending":"automatic","from":"hi@acme.test","to":"{{customer.email}}","subject":"Hi {{customer.plan}}","body":"<p>Hello {{customer.email}}, <a href=\"https://acme.test\">begin</a></p>"},
	{"key":"pause","type":"delay","duration":"2d"},
	{"key":"split","type":"branch","paths":[
		{"name":"Pro","when":{"attribute":{"field":"plan","operator":"eq","value":"pro"}},"actions":[{"key":"mark","type":"update_person","set":{"stage":"x"}}]},
		{"name":"Others","actions":[{"key":"week","type":"delay","duration":"7d"}]}]},
	{"key":"bye","type":"email","sending":"automatic","from":"hi@acme.test","to":"{{customer.email}}","subject":"Bye","body":"<p>Bye</p>"}]}}`

// BenchmarkSimulation simulates a campaign of six actions with two messages
// over people, beside composing two such messages for each and nothing else.
func BenchmarkSimulation(b *testing.B) {
	const people = 2000
	for b.Loop() {
		ctx := context.Background()
		db, w := fullStore(b, people)
		ws := w.ID
		doc, err := workflow.Parse([]byte(simulatedCampaign))
		check(b, err)
		c, err := db.ImportCampaign(ctx, ws, doc, store.CommandLine)
		check(b, err)
		sim, err := db.Imagined(ctx, ws, store.NewSimulation{Campaign: c.ID})
		check(b, err)
		s, err := engine.New(engine.Config{Store: db}).Simulator(ctx, ws, sim)
		check(b, err)
		found, err := db.People(ctx, ws, "", store.Page{Limit: people})
		check(b, err)
		start := time.Now()
		all, err := s.All(ctx, found)
		check(b, err)
		perSecond := float64(len(all)) / time.Since(start).Seconds()
		bare := composeTwice(b, found)
		b.ReportMetric(perSecond, "people/s")
		b.ReportMetric(perSecond/bare, "ratio")
		fmt.Printf("simulation: %.0f people a second walk through six actions; composing their two messages alone is done for %.0f; ratio %.2f\n", perSecond, bare, perSecond/bare)
		check(b, db.Close())
	}
}

// composeTwice composes two messages for each, and tells for how many a second.
func composeTwice(b *testing.B, people []store.Person) float64 {
	b.Helper()
	t := compose.Template{From: "hi@acme.test", To: "{{customer.email}}", Subject: "Hi {{customer.plan}}", Body: `<p>Hello {{customer.email}}, <a href="https://acme.test">begin</a></p>`}
	start := time.Now()
	for _, p := range people {
		for range 2 {
			_, err := compose.Email(t, compose.Scope{"customer": p.Scope()}, compose.Links{UnsubscribeURL: "https://acme.test/u"})
			check(b, err)
		}
	}
	return float64(len(people)) / time.Since(start).Seconds()
}
