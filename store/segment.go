package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/postroom/postroom/store/condition"
)

// SegmentID names a segment.
type SegmentID int64

// Segment is the people who match a condition. Membership is kept as data
// changes.
type Segment struct {
	ID          SegmentID
	Name        string
	Description string
	Condition   condition.Condition
	People      int       // kept, not counted
	BuiltTo     PersonID  // membership is right up to here
	BuiltAt     time.Time // zero: still building
	CreatedAt   time.Time
	UpdatedAt   time.Time
}

// Building says whether membership is not complete yet.
func (g Segment) Building() bool { return g.BuiltAt.IsZero() }

// NewSegment is what the form asks for.
type NewSegment struct {
	Name        string
	Description string
	Condition   condition.Condition
}

// maxSegmentName is in characters.
const maxSegmentName = 150

func (in *NewSegment) check() error {
	wrong := Invalid{}
	if in.Name = strings.Join(strings.Fields(in.Name), " "); in.Name == "" {
		wrong["name"] = "Name the segment."
	} else if utf8.RuneCountInString(in.Name) > maxSegmentName {
		wrong["name"] = fmt.Sprintf("Use at most %d characters.", maxSegmentName)
	}
	if err := in.Condition.Check("condition"); err != nil {
		wrong["condition"] = "Complete each condition. " + err.Error()
	} else if !in.Condition.OnlyAttributes() {
		wrong["condition"] = "A segment is made of conditions on attributes."
	}
	return wrong.orNil()
}

// CreateSegment adds a segment and begins to build it.
func (s *Store) CreateSegment(ctx context.Context, ws WorkspaceID, in NewSegment, by Actor) (g Segment, err error) {
	if err := in.check(); err != nil {
		return g, err
	}
	err = s.update(ctx, func(tx *Tx) error {
		g, err = tx.createSegment(ws, in, by)
		return err
	})
	return g, err
}

func (tx *Tx) createSegment(ws WorkspaceID, in NewSegment, by Actor) (Segment, error) {
	g := Segment{Name: in.Name, Description: in.Description, Condition: in.Condition, CreatedAt: tx.now, UpdatedAt: tx.now}
	err := tx.row(`
		insert into segments (workspace_id, name, name_key, description, condition, created_at, updated_at)
		values (?, ?, ?, ?, ?, ?, ?)
		returning segment_id`,
		ws, g.Name, nameKey(g.Name), g.Description, encode(g.Condition), micros(tx.now), micros(tx.now)).Scan(&g.ID)
	if errors.Is(known(err), ErrTaken) {
		return g, Invalid{"name": fmt.Sprintf("“%s” is already the name of a segment. Choose another name.", in.Name)}
	}
	if err != nil {
		return g, err
	}
	delete(tx.segments, ws)
	tx.wake(Segments, ws, tx.now)
	return g, tx.noted(ws, by, "Created a segment", g.Name, g.Condition.Words())
}

// EditSegment changes a segment. Another condition builds it again.
func (s *Store) EditSegment(ctx context.Context, ws WorkspaceID, id SegmentID, in NewSegment, by Actor) error {
	if err := in.check(); err != nil {
		return err
	}
	return s.update(ctx, func(tx *Tx) error {
		delete(tx.segments, ws)
		err := tx.execOne(`
			update segments set name = ?1, name_key = ?2, description = ?3, condition = ?4, updated_at = ?5,
				built_to = case when condition = ?4 then built_to else 0 end,
				built_at = case when condition = ?4 then built_at end
			where workspace_id = ?6 and segment_id = ?7`,
			in.Name, nameKey(in.Name), in.Description, encode(in.Condition), micros(tx.now), ws, id)
		if errors.Is(known(err), ErrTaken) {
			return Invalid{"name": fmt.Sprintf("“%s” is already the name of a segment. Choose another name.", in.Name)}
		}
		if err != nil {
			return err
		}
		tx.wake(Segments, ws, tx.now)
		return tx.noted(ws, by, "Changed a segment", in.Name, in.Condition.Words())
	})
}

// DeleteSegment removes a segment that no campaign uses.
func (s *Store) DeleteSegment(ctx context.Context, ws WorkspaceID, id SegmentID, by Actor) error {
	return s.update(ctx, func(tx *Tx) error {
		g, err := segment(ctx, tx, ws, id)
		if err != nil {
			return err
		}
		users, err := s.segmentUsers(ctx, tx, ws, g)
		if err != nil {
			return err
		}
		if len(users) > 0 {
			return Invalid{"segment": fmt.Sprintf("“%s” is used by %s. Change that first.", g.Name, campaignNames(users))}
		}
		delete(tx.segments, ws)
		if err := tx.execOne(`delete from segments where workspace_id = ? and segment_id = ?`, ws, id); err != nil {
			return err
		}
		return tx.noted(ws, by, "Deleted a segment", g.Name, "")
	})
}

func campaignNames(all []Campaign) string {
	var names []string
	for _, c := range all {
		names = append(names, "“"+c.Name+"”")
	}
	return strings.Join(names, ", ")
}

// Segments is the workspace's segments, by name.
func (s *Store) Segments(ctx context.Context, ws WorkspaceID) ([]Segment, error) {
	return segments(ctx, s.read, ws)
}

// FindSegments is the segments whose name contains q, by name.
func (s *Store) FindSegments(ctx context.Context, ws WorkspaceID, q string) ([]Segment, error) {
	rows, err := s.read.QueryContext(ctx, `
		select `+segmentColumns+` from segments
		where workspace_id = ? and instr(name_key, ?)
		order by name_key
		limit 1000`, ws, nameKey(q))
	return collect(rows, err, scanSegment)
}

// BuildProgress is how much of a segment is built, in percent. It goes by
// keys, which are handed out in order, and so is about right.
func (s *Store) BuildProgress(ctx context.Context, ws WorkspaceID, g Segment) (int, error) {
	if !g.Building() {
		return 100, nil
	}
	var first, last *int64
	err := s.read.QueryRowContext(ctx, `
		select (select min(person_id) from people where workspace_id = ?1), (select max(person_id) from people where workspace_id = ?1)`, ws).Scan(&first, &last)
	if err != nil || first == nil || int64(g.BuiltTo) < *first {
		return 0, err
	}
	return int(100 * (int64(g.BuiltTo) - *first + 1) / (*last - *first + 1)), nil
}

// Segment is one segment of the workspace.
func (s *Store) Segment(ctx context.Context, ws WorkspaceID, id SegmentID) (Segment, error) {
	return segment(ctx, s.read, ws, id)
}

// SegmentsOf is the segments that a person is in, by name.
func (s *Store) SegmentsOf(ctx context.Context, ws WorkspaceID, id PersonID) ([]Segment, error) {
	rows, err := s.read.QueryContext(ctx, `
		select `+segmentColumns+` from segments
		where workspace_id = ?1 and segment_id in (select segment_id from segment_members where workspace_id = ?1 and person_id = ?2)
		order by name_key`, ws, id)
	return collect(rows, err, scanSegment)
}

// SegmentPeople is the members of a segment, the newest people first.
func (s *Store) SegmentPeople(ctx context.Context, ws WorkspaceID, id SegmentID, page Page) ([]Person, error) {
	compare, order, from := `<`, ` desc`, beforeOr(page.Before)
	if page.After != 0 {
		compare, order, from = `>`, ``, page.After
	}
	rows, err := s.read.QueryContext(ctx, `
		select `+personColumns+` from people
		where person_id in (
			select person_id from segment_members
			where workspace_id = ? and segment_id = ? and person_id `+compare+` ?
			order by person_id`+order+`
			limit ?)
		order by person_id desc`, ws, id, from, page.Limit)
	return collect(rows, err, scanPerson)
}

func segments(ctx context.Context, q queryer, ws WorkspaceID) ([]Segment, error) {
	rows, err := q.QueryContext(ctx, `select `+segmentColumns+` from segments where workspace_id = ? order by name_key limit 1000`, ws)
	return collect(rows, err, scanSegment)
}

func segment(ctx context.Context, q queryer, ws WorkspaceID, id SegmentID) (Segment, error) {
	g, err := scanSegment(q.QueryRowContext(ctx, `
		select `+segmentColumns+` from segments where workspace_id = ? and segment_id = ?`, ws, id).Scan)
	return g, known(err)
}

// segmentNamed is the segment that a workflow names by id or by name.
func segmentNamed(ctx context.Context, q queryer, ws WorkspaceID, ref condition.Segment) (Segment, error) {
	if ref.ID != 0 {
		return segment(ctx, q, ws, SegmentID(ref.ID))
	}
	g, err := scanSegment(q.QueryRowContext(ctx, `
		select `+segmentColumns+` from segments where workspace_id = ? and name_key = ?`, ws, nameKey(ref.Name)).Scan)
	return g, known(err)
}

const segmentColumns = `segment_id, name, description, condition, people, built_to, coalesce(built_at, 0), created_at, updated_at`

func scanSegment(scan func(...any) error) (g Segment, err error) {
	var built, created, updated int64
	var text string
	if err := scan(&g.ID, &g.Name, &g.Description, &text, &g.People, &g.BuiltTo, &built, &created, &updated); err != nil {
		return g, err
	}
	g.BuiltAt, g.CreatedAt, g.UpdatedAt = instant(built), instant(created), instant(updated)
	err = json.Unmarshal([]byte(text), &g.Condition)
	return g, err
}

// resegment moves a person into and out of segments after they changed.
func (tx *Tx) resegment(ws WorkspaceID, p Person) error {
	all, err := tx.segmentsFor(ws)
	if err != nil || len(all) == 0 {
		return err
	}
	was, err := tx.segmentsOf(ws, p.ID)
	if err != nil {
		return err
	}
	for _, g := range all {
		if g.Building() && p.ID > g.BuiltTo {
			continue // the build comes to them
		}
		if err := tx.place(ws, g, p, was[g.ID]); err != nil {
			return err
		}
	}
	return nil
}

// segmentCache spares the people who change in one transaction reading their
// workspace's segments each. It does not outlive the transaction.
type segmentCache map[WorkspaceID][]Segment

func (tx *Tx) segmentsFor(ws WorkspaceID) ([]Segment, error) {
	if all, ok := tx.segments[ws]; ok {
		return all, nil
	}
	all, err := segments(context.Background(), tx, ws)
	if err == nil {
		tx.segments[ws] = all
	}
	return all, err
}

func (tx *Tx) segmentsOf(ws WorkspaceID, id PersonID) (map[SegmentID]bool, error) {
	rows, err := tx.query(`select segment_id from segment_members where workspace_id = ? and person_id = ?`, ws, id)
	ids, err := collect(rows, err, func(scan func(...any) error) (id SegmentID, err error) {
		err = scan(&id)
		return id, err
	})
	in := map[SegmentID]bool{}
	for _, id := range ids {
		in[id] = true
	}
	return in, err
}

// place makes membership of one segment right for one person, and starts the
// campaigns that wait for it.
func (tx *Tx) place(ws WorkspaceID, g Segment, p Person, was bool) error {
	is := g.Condition.Match(tx.subject(ws, p, TriggerEvent{}), tx.now)
	if is == was {
		return nil
	}
	query, delta, kind := `delete from segment_members where workspace_id = ? and segment_id = ? and person_id = ?`, -1, segmentLeave
	args := []any{ws, g.ID, p.ID}
	if is {
		query, delta, kind = `insert into segment_members (workspace_id, segment_id, person_id, entered_at) values (?, ?, ?, ?)`, 1, segmentEnter
		args = append(args, micros(tx.now))
	}
	if err := tx.execOne(query, args...); err != nil {
		return err
	}
	if err := tx.execOne(`update segments set people = people + ? where workspace_id = ? and segment_id = ?`, delta, ws, g.ID); err != nil {
		return err
	}
	return tx.trigger(ws, kind, strconv.FormatInt(int64(g.ID), 10), p, TriggerEvent{})
}

// BuildSegments brings the workspace's unbuilt segments on by at most limit
// people each.
func (s *Store) BuildSegments(ctx context.Context, ws WorkspaceID, limit int) error {
	return s.update(ctx, func(tx *Tx) error {
		all, err := segments(ctx, tx, ws)
		if err != nil {
			return err
		}
		for _, g := range all {
			if !g.Building() {
				continue
			}
			if err := tx.buildSegment(ws, g, limit); err != nil {
				return err
			}
		}
		return tx.endTurn(ws, Segments)
	})
}

func (tx *Tx) buildSegment(ws WorkspaceID, g Segment, limit int) error {
	delete(tx.segments, ws)
	rows, err := tx.query(`
		select `+personColumns+` from people
		where workspace_id = ? and person_id > ?
		order by person_id
		limit ?`, ws, g.BuiltTo, limit)
	people, err := collect(rows, err, scanPerson)
	if err != nil {
		return err
	}
	for _, p := range people {
		var was bool
		if err := tx.row(`select exists (select 1 from segment_members where workspace_id = ? and segment_id = ? and person_id = ?)`, ws, g.ID, p.ID).Scan(&was); err != nil {
			return err
		}
		if err := tx.place(ws, g, p, was); err != nil {
			return err
		}
		g.BuiltTo = p.ID
	}
	if len(people) < limit {
		return tx.execOne(`update segments set built_to = ?, built_at = ? where workspace_id = ? and segment_id = ?`, g.BuiltTo, micros(tx.now), ws, g.ID)
	}
	return tx.execOne(`update segments set built_to = ? where workspace_id = ? and segment_id = ?`, g.BuiltTo, ws, g.ID)
}
