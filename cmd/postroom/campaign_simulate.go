package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/postroom/postroom/engine"
	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/condition"
	"github.com/postroom/postroom/store/identity"
	"github.com/postroom/postroom/store/workflow"
)

type simulateCampaign struct {
	ID        int64     `arg:"" help:"Id of the campaign."`
	Workspace string    `help:"Slug of the workspace." required:""`
	Live      bool      `help:"Simulate the live version instead of the draft."`
	Person    []string  `help:"Email address, id or cio_id of somebody to simulate; may be repeated. Without it: whom the trigger is likely to be about." sep:"none"`
	Segment   string    `help:"Simulate the people of this segment."`
	Most      int       `help:"How many people at most." default:"1000"`
	At        time.Time `help:"When the clock begins, such as 2026-12-24T09:00:00Z; now when absent."`
	Brings    string    `name:"trigger-data" help:"What the trigger brings to everybody: a JSON object."`
	Again     bool      `help:"Also who has been in the campaign and would not enter again."`
	JSON      bool      `name:"json" help:"Print a line of JSON for each person, and the sums last."`

	to io.Writer // nil: standard output
}

// Run prints who would get what and when. It writes nothing into the database.
func (cmd *simulateCampaign) Run(c *commands) error {
	if cmd.Most < 1 || cmd.Most > store.MaxSimulated {
		return fmt.Errorf("--most: between 1 and %d people", store.MaxSimulated)
	}
	db, err := openStore(c.Data)
	if err != nil {
		return err
	}
	defer db.Close()
	ctx := context.Background()
	ws, err := workspaceNamed(ctx, db, cmd.Workspace)
	if err != nil {
		return err
	}
	sim, err := db.Imagined(ctx, ws.ID, store.NewSimulation{
		Campaign: store.CampaignID(cmd.ID), Live: cmd.Live, StartsAt: cmd.At, Data: json.RawMessage(cmd.Brings), Again: cmd.Again,
	})
	if err != nil {
		return err
	}
	e := engine.New(engine.Config{Store: db, Log: slog.New(slog.DiscardHandler), BaseURL: "http://127.0.0.1"})
	simulator, err := e.Simulator(ctx, ws.ID, sim)
	if err != nil {
		return err
	}
	if cmd.to == nil {
		cmd.to = os.Stdout
	}
	out := report{to: cmd.to, sim: &sim, json: cmd.JSON}
	err = cmd.people(ctx, db, ws, sim, func(people []store.Person) error {
		journeys, err := simulator.All(ctx, people)
		if err != nil {
			return err
		}
		return out.add(journeys)
	})
	if err != nil {
		return err
	}
	return out.end()
}

// people gives the people to simulate, some at a time.
func (cmd *simulateCampaign) people(ctx context.Context, db *store.Store, ws store.Workspace, sim store.Simulation, do func([]store.Person) error) error {
	query := store.PeopleQuery{}
	switch {
	case sim.AboutNobody():
		return do([]store.Person{{}})
	case len(cmd.Person) > 0:
		people, err := named(ctx, db, ws, cmd.Person)
		if err != nil {
			return err
		}
		return do(people)
	case cmd.Segment != "":
		g, err := db.SegmentByName(ctx, ws.ID, cmd.Segment)
		if err != nil {
			return fmt.Errorf("there is no segment %q", cmd.Segment)
		}
		query.Filter = &condition.Condition{Segment: &condition.Segment{ID: int64(g.ID)}}
	default:
		var err error
		if query, err = store.LikelyPeople(sim.Document.Trigger); err != nil {
			return err
		}
	}
	page := store.Page{Limit: 200}
	for left := cmd.Most; left > 0; {
		page.Limit = min(page.Limit, left)
		found, err := db.FindPeople(ctx, ws.ID, query, page)
		if err != nil {
			return err
		}
		if err := do(found.People); err != nil {
			return err
		}
		left -= len(found.People)
		if found.Older == 0 {
			return nil
		}
		page.Before = int64(found.Older)
	}
	return nil
}

// named is whom email addresses and ids name.
func named(ctx context.Context, db *store.Store, ws store.Workspace, names []string) (people []store.Person, err error) {
	for _, name := range names {
		found, err := db.PeopleByEmail(ctx, ws, name)
		if err != nil {
			return nil, err
		}
		for _, kind := range []identity.Kind{identity.ID, identity.CioID} {
			p, err := db.PersonBy(ctx, ws.ID, identity.Ref{Kind: kind, Value: name})
			if err == nil {
				found = append(found, p)
			} else if !errors.Is(err, store.ErrNotFound) {
				return nil, err
			}
		}
		if len(found) == 0 {
			return nil, fmt.Errorf("there is nobody %q in %s", name, ws.Name)
		}
		people = append(people, found...)
	}
	return people, nil
}

// report prints a simulation as it comes.
type report struct {
	to   io.Writer
	sim  *store.Simulation
	json bool
}

// simulatedLine is one person in the JSON of a report.
type simulatedLine struct {
	CioID   string                 `json:"cio_id,omitempty"`
	ID      string                 `json:"id,omitempty"`
	Email   string                 `json:"email,omitempty"`
	Outcome store.SimulatedOutcome `json:"outcome"`
	Reason  string                 `json:"reason,omitempty"`
	Entered int64                  `json:"entered"` // unix seconds
	Steps   []store.SimulatedStep  `json:"steps"`
}

func (r *report) add(journeys []store.SimulatedJourney) error {
	for _, j := range journeys {
		r.sim.Tally.Add(j)
		if !r.json {
			continue
		}
		line := simulatedLine{ID: j.Who.ExternalID, Email: j.Who.Email, Outcome: j.Outcome, Reason: j.Reason, Entered: j.EnteredAt.Unix(), Steps: j.Steps}
		if j.Person != 0 {
			line.CioID = j.Person.CioID()
		}
		if err := json.NewEncoder(r.to).Encode(line); err != nil {
			return err
		}
	}
	return nil
}

func (r *report) end() error {
	t := r.sim.Tally
	if r.json {
		return json.NewEncoder(r.to).Encode(t)
	}
	fmt.Fprintf(r.to, "%s, from %s\n", r.sim.Name, r.sim.StartsAt.UTC().Format("2 Jan 2006 15:04 UTC"))
	fmt.Fprintf(r.to, "%d people: %d would enter, %d would get a message, %d messages\n\n", t.People, t.People-t.Outcomes[store.WouldNot], t.Reached, t.Messages)
	w := tabwriter.NewWriter(r.to, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "ACTION\tKEY\tWHAT\tFROM\tTO")
	for a := range workflow.All(r.sim.Document.Actions) {
		n := t.Actions[a.Key]
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", a.Title(), a.Key, counted(n), moment(n.First), moment(n.Last))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	for _, p := range t.Problems {
		fmt.Fprintf(r.to, "\n%s: %s %d people.", p.Action, p.Reason, p.Count)
	}
	for _, p := range t.Refusals {
		fmt.Fprintf(r.to, "\n%s %d people.", p.Reason, p.Count)
	}
	fmt.Fprintln(r.to)
	return nil
}

// counted is what would happen at an action, in words.
func counted(n store.SimulatedCount) string {
	var parts []string
	for _, what := range []store.SimulatedWhat{
		store.SimSent, store.SimDrafted, store.SimOff, store.SimWithheld, store.SimFails, store.SimDone, store.SimSkipped, store.SimWaits,
	} {
		if n.What[what] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n.What[what], what))
		}
	}
	return strings.Join(parts, ", ")
}

func moment(at int64) string {
	if at == 0 {
		return ""
	}
	return time.Unix(at, 0).UTC().Format("2006-01-02 15:04")
}
