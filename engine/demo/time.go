package demo

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/postroom/postroom/store"
)

const days = 14

// moment is something that happens at a time.
type moment struct {
	at time.Time
	do func(context.Context) error
}

// plan lets people come to a workspace and, when they are there, sign up, buy
// and lapse.
func (d *demo) plan(ws store.Workspace, people int) {
	joined := make([]time.Time, people)
	for i := range joined {
		joined[i] = d.someTime(d.random.IntN(days + 1))
		in := d.somebody(ws, i)
		d.plans(joined[i], func(ctx context.Context) error {
			_, err := d.db.Identify(ctx, ws.ID, in)
			return err
		})
	}
	for range 4 * days * max(1, people/400) {
		if people > 0 {
			i := d.random.IntN(people)
			d.act(ws, i, joined[i])
		}
	}
}

// act is one thing that somebody does: signing up soon after they came, the
// rest on any day from then on.
func (d *demo) act(ws store.Workspace, i int, joined time.Time) {
	ref := d.somebody(ws, i).Ref
	events := []string{"signed_up", "signed_up", "project_created", "purchased"}
	name, source := events[d.random.IntN(len(events))], []string{"web", "app"}[d.random.IntN(2)]
	day := int(joined.Sub(d.start).Hours()) / 24
	at := d.someTime(day + d.random.IntN(days+1-day))
	if soon := joined.Add(time.Duration(30+d.random.IntN(90)) * time.Minute); name == "signed_up" || at.Before(soon) {
		at = soon
	}
	d.plans(at, func(ctx context.Context) error {
		return d.db.Track(ctx, ws.ID, store.Event{
			Ref: ref, Type: store.EventActivity, Name: name,
			Data: fmt.Appendf(nil, `{"plan":"trial","source":%q,"day":%d}`, source, day),
		})
	})
	if lapsed := d.random.IntN(12); lapsed < 2 {
		d.plans(at.Add(time.Hour), func(ctx context.Context) error {
			_, err := d.db.Identify(ctx, ws.ID, store.Identify{Ref: ref, Attributes: store.Attributes{"lapsed": lapsed == 0}})
			return err
		})
	}
}

// plans notes what is to happen, unless it would be in the future.
func (d *demo) plans(at time.Time, do func(context.Context) error) {
	if at.Before(d.end) {
		d.moments = append(d.moments, moment{at, do})
	}
}

// someTime is a time of a day, most often around noon; of the last day, one
// that is past.
func (d *demo) someTime(day int) time.Time {
	minutes := 5*60 + d.random.IntN(9*60) + d.random.IntN(9*60)
	at := d.start.AddDate(0, 0, day).Add(time.Duration(minutes) * time.Minute)
	if at.After(d.end) {
		at = at.AddDate(0, 0, -1)
	}
	return at
}

// play lets the two weeks pass, some minutes at a time, so that what the
// campaigns do is spread like what people did.
func (d *demo) play(ctx context.Context) error {
	slices.SortStableFunc(d.moments, func(a, b moment) int { return a.at.Compare(b.at) })
	for at := d.start; at.Before(d.end); {
		at = at.Add(time.Duration(6+d.random.IntN(12)) * time.Minute)
		if at.After(d.end) {
			at = d.end
		}
		d.at.Store(at.UnixMicro())
		n := 0
		for n < len(d.moments) && !d.moments[n].at.After(at) {
			n++
		}
		if err := together(ctx, d.moments[:n]); err != nil {
			return err
		}
		d.moments = d.moments[n:]
		if err := d.settle(ctx); err != nil {
			return err
		}
		if err := d.read(ctx); err != nil {
			return err
		}
	}
	return nil
}

// together lets several moments share a commit.
func together(ctx context.Context, all []moment) error {
	const atOnce = 64
	failed := make(chan error, atOnce)
	for begin := range atOnce {
		go func() {
			var err error
			for i := begin; i < len(all) && err == nil; i += atOnce {
				err = all[i].do(ctx)
			}
			failed <- err
		}()
	}
	var err error
	for range atOnce {
		err = errors.Join(err, <-failed)
	}
	return err
}
