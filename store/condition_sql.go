package store

import (
	"context"
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/postroom/postroom/store/condition"
)

// never is what stands, in unix microseconds, for a time that does not come.
const never = math.MaxInt64

// filter is a condition as SQL: what it says of the people p of one workspace,
// at one moment. Nothing that somebody typed is part of its text, only of its
// arguments. It must be joined to "people p" and is never null.
type filter struct {
	is    string // true for who matches
	until string // when that may change by time alone, in unix microseconds; empty: never
	args  *arguments
}

// arguments numbers the arguments of a query, so that a text may use one more
// than once.
type arguments []any

func (a *arguments) add(value any) string {
	*a = append(*a, value)
	return fmt.Sprintf("?%d", len(*a))
}

// compileCondition is a condition as SQL over "people p", with the arguments of
// the query that it becomes a part of: add its others with args.add. The nil
// condition is everyone.
func compileCondition(ctx context.Context, q queryer, ws WorkspaceID, c *condition.Condition, now time.Time) (filter, error) {
	k := newCompiler(ctx, q, ws, now)
	v := k.condition(c)
	return filter{v.is, v.until, k.args}, k.err
}

// compiler makes SQL of conditions. It says what package condition says, and a
// test holds the two to each other.
type compiler struct {
	ctx       context.Context
	q         queryer
	now       time.Time
	workspace WorkspaceID
	ws        string // the argument that is the workspace
	at        string // the argument that is now
	args      *arguments
	assumed   *condition.Condition // what the rest of the query has seen to
	err       error
}

func newCompiler(ctx context.Context, q queryer, ws WorkspaceID, now time.Time) *compiler {
	k := &compiler{ctx: ctx, q: q, workspace: ws, now: now.Truncate(time.Microsecond), args: new(arguments)}
	k.ws, k.at = k.args.add(ws), k.args.add(micros(k.now))
	return k
}

// verdict is a condition's two expressions, as those of a filter.
type verdict struct {
	is, until string
	// inside is until, for whoever matches: set when time alone makes nobody
	// match, so that a query need not look at the others.
	inside string
}

// settled says whether time alone makes nobody match.
func (v verdict) settled() bool { return v.until == "" || v.inside != "" }

func (k *compiler) condition(c *condition.Condition) verdict {
	switch {
	case c == nil:
		return verdict{is: `1`}
	case c.And != nil:
		return allOf(k.conditions(c.And))
	case c.Or != nil:
		return anyOf(k.conditions(c.Or))
	case c.Not != nil && c.Not.Event != nil && c.Not.Event.Within != "":
		return allOf([]verdict{k.knownLong(c.Not.Event), k.condition(c.Not).not()})
	case c.Not != nil:
		return k.condition(c.Not).not()
	}
	v := k.leaf(c)
	if c == k.assumed {
		v.is = `1`
	}
	return v
}

func (k *compiler) conditions(items []condition.Condition) []verdict {
	all := make([]verdict, len(items))
	for i := range items {
		all[i] = k.condition(&items[i])
	}
	return all
}

func (k *compiler) leaf(c *condition.Condition) verdict {
	switch {
	case c.Attribute != nil:
		return verdict{is: k.personAttribute(*c.Attribute), until: k.attributeUntil(*c.Attribute)}
	case c.Segment != nil:
		return verdict{is: k.inSegment(*c.Segment)}
	case c.Event != nil:
		return k.event(c.Event)
	case c.Message != nil:
		return k.message(c.Message)
	}
	return verdict{is: `0`}
}

func (v verdict) not() verdict { return verdict{is: `not ` + v.is, until: v.until} }

// allOf is what condition.Follow does: what holds does so until its first part
// changes; what fails, until all parts that fail have changed.
func allOf(parts []verdict) verdict {
	var is, first, last, inside []string
	settled := true
	for _, p := range parts {
		is = append(is, p.is)
		settled = settled && p.settled()
		if p.inside != "" {
			inside = append(inside, p.inside)
		}
		if p.until == "" {
			last = append(last, fmt.Sprintf(`iif(%s, 0, %d)`, p.is, int64(never)))
			continue
		}
		first = append(first, p.until)
		last = append(last, `iif(`+p.is+`, 0, `+p.until+`)`)
	}
	all := verdict{is: `(` + strings.Join(is, ` and `) + `)`}
	if settled && len(inside) > 0 {
		all.inside = extreme(`min`, inside)
	}
	if len(first) > 0 {
		all.until = `iif(` + all.is + `, ` + extreme(`min`, first) + `, ` + extreme(`max`, last) + `)`
	}
	return all
}

func anyOf(parts []verdict) verdict {
	opposite := make([]verdict, len(parts))
	for i, p := range parts {
		opposite[i] = p.not()
	}
	return allOf(opposite).not()
}

// extreme is the least or greatest of some values: with a single one, SQL's min
// and max would be about all rows.
func extreme(of string, values []string) string {
	if len(values) == 1 {
		return values[0]
	}
	return of + `(` + strings.Join(values, `, `) + `)`
}

func (k *compiler) inSegment(s condition.Segment) string {
	if s.ID == 0 {
		g, err := segmentNamed(k.ctx, k.q, k.workspace, s)
		if err != nil && err != ErrNotFound {
			k.err = err
		}
		s.ID = int64(g.ID)
	}
	return `exists (select 1 from segment_members m where m.workspace_id = ` + k.ws + ` and m.person_id = p.person_id and m.segment_id = ` + k.args.add(s.ID) + `)`
}

// event looks at the latest event that is needed for the answer.
func (k *compiler) event(e *condition.Event) verdict {
	last := `(select e.occurred_at from activities e where ` + k.did(e) + ` and e.person_id = p.person_id
		order by e.occurred_at desc limit 1 offset ` + k.args.add(e.Count()-1) + `)`
	return k.within(last, e.Within)
}

// did is which activities e are those of a condition.
func (k *compiler) did(e *condition.Event) string {
	text := `e.workspace_id = ` + k.ws + ` and e.type = 'event' and e.name = `
	if e.Kind() == "event" {
		text += k.args.add(e.Name)
	} else {
		text = k.viewed(e)
	}
	if e.Where != nil {
		text += ` and ` + k.data(e.Where)
	}
	return text
}

// viewed leaves the index by name alone: a name with a * in it would read all
// that begins alike, of everybody.
func (k *compiler) viewed(e *condition.Event) string {
	pattern := k.args.add(glob(e.Name))
	text := `e.workspace_id = ` + k.ws + ` and +e.type = ` + k.args.add(e.Kind())
	if e.Kind() == "page" {
		return text + ` and (e.name glob ` + pattern + ` or iif(json_type(e.data, '$.url') = 'text', e.data ->> '$.url' glob ` + pattern + `, 0))`
	}
	return text + ` and e.name glob ` + pattern
}

// glob is a pattern in which only * is special, as SQLite's glob reads it.
func glob(pattern string) string {
	return strings.NewReplacer(`[`, `[[]`, `?`, `[?]`).Replace(pattern)
}

func (k *compiler) message(m *condition.Message) verdict {
	text := `(select max(a.occurred_at) from activities a
		where a.workspace_id = ` + k.ws + ` and a.type = '` + metricActivity(m.Metric) + `' and a.name = '' and a.person_id = p.person_id and ` + byPeople
	if m.CampaignID != 0 || m.Action != "" {
		text += ` and exists (select 1 from deliveries d where d.workspace_id = ` + k.ws + ` and d.delivery_id = a.delivery_id`
		if m.CampaignID != 0 {
			text += ` and d.campaign_id = ` + k.args.add(m.CampaignID)
		}
		if m.Action != "" {
			text += ` and d.action_key = ` + k.args.add(m.Action)
		}
		text += `)`
	}
	return k.within(text+`)`, m.Within)
}

// within is about the last time that matters, an expression that may be null.
func (k *compiler) within(last, duration string) verdict {
	d, err := condition.ParseDuration(duration)
	if err != nil {
		return verdict{is: last + ` is not null`}
	}
	leaves := last + ` + ` + k.args.add(d.Microseconds()+1)
	return verdict{
		is:     `ifnull(` + leaves + ` > ` + k.at + `, 0)`,
		inside: leaves,
		until:  `ifnull(iif(` + leaves + ` > ` + k.at + `, ` + leaves + `, null), ` + fmt.Sprint(int64(never)) + `)`,
	}
}

// knownLong asks for what somebody did only of those who were added lately.
func (k *compiler) knownLong(e *condition.Event) verdict {
	since := `min(p.created_at, timestamp_of(ifnull(p.attributes -> '$.created_at', 'null')),
		ifnull((select min(e.occurred_at) from activities e
			where e.workspace_id = ` + k.ws + ` and e.person_id = p.person_id and +e.type in ('event', 'page', 'screen')), ` + fmt.Sprint(int64(never)) + `))`
	d, _ := condition.ParseDuration(e.Within) // Check has seen to it
	v := k.within(since, e.Within).not()
	v.is = `(p.created_at + ` + k.args.add(d.Microseconds()+1) + ` <= ` + k.at + ` or ` + v.is + `)`
	v.until = `iif(` + v.is + `, ` + fmt.Sprint(int64(never)) + `, ` + v.until + `)`
	return v
}

// metricActivity is the activity that a metric counts: one of few constants,
// as an index of only some types asks for.
func metricActivity(metric string) string {
	switch metric {
	case "delivered", "opened", "clicked", "converted":
		return metric + "_email"
	}
	return "sent_email"
}
