package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/postroom/postroom/store/condition"
)

// SegmentID names a segment.
type SegmentID int64

// Segment is the people who match a condition, kept as data changes and time
// passes; or, when it is manual, the people whom somebody put into it.
type Segment struct {
	ID          SegmentID
	Name        string
	Description string
	Manual      bool
	Condition   condition.Condition // zero when it is manual
	People      int                 // kept, not counted
	BuiltTo     PersonID            // membership is right up to here
	BuiltAt     time.Time           // zero: still building
	CreatedAt   time.Time
	UpdatedAt   time.Time
}

// Building says whether membership is not complete yet.
func (g Segment) Building() bool { return g.BuiltAt.IsZero() }

// Words says who is in the segment.
func (g Segment) Words() string {
	if g.Manual {
		return "put in by hand, by an import or by the API"
	}
	return g.Condition.Words()
}

// NewSegment is what the form asks for.
type NewSegment struct {
	Name        string
	Description string
	Manual      bool
	Condition   condition.Condition // unless it is manual
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
	if in.Manual {
		in.Condition = condition.Condition{}
	} else if err := in.Condition.Check("condition"); err != nil {
		wrong["condition"] = "Complete each condition. " + err.Error()
	} else if in.Condition.MovesInside() {
		wrong["condition"] = "What an event's data is compared with cannot move with the clock in a segment. Write a fixed date there."
	}
	return wrong.orNil()
}

// encoded is the condition as the database keeps it.
func (in NewSegment) encoded() string {
	if in.Manual {
		return `null`
	}
	return encode(in.Condition)
}

func (in NewSegment) kind() string {
	if in.Manual {
		return "manual"
	}
	return "dynamic"
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
	g := Segment{Name: in.Name, Description: in.Description, Manual: in.Manual, CreatedAt: tx.now, UpdatedAt: tx.now}
	if err := tx.resolve(ws, 0, &in); err != nil {
		return g, err
	}
	g.Condition = in.Condition
	var built any
	if in.Manual {
		built, g.BuiltAt = micros(tx.now), tx.now
	}
	err := tx.row(`
		insert into segments (workspace_id, name, name_key, description, kind, condition, built_at, created_at, updated_at)
		values (?, ?, ?, ?, ?, ?, ?, ?, ?)
		returning segment_id`,
		ws, g.Name, nameKey(g.Name), g.Description, in.kind(), in.encoded(), built, micros(tx.now), micros(tx.now)).Scan(&g.ID)
	if err != nil {
		return g, segmentTaken(err, in.Name)
	}
	tx.changedSegments(ws)
	tx.wake(Segments, ws, tx.now)
	return g, tx.noted(ws, by, "Created a segment", g.Name, g.Words())
}

func segmentTaken(err error, name string) error {
	if errors.Is(known(err), ErrTaken) {
		return Invalid{"name": fmt.Sprintf("“%s” is already the name of a segment. Choose another name.", name)}
	}
	return err
}

// EditSegment changes a segment. Another condition builds it again, and those
// that ask for it. What kind it is stays.
func (s *Store) EditSegment(ctx context.Context, ws WorkspaceID, id SegmentID, in NewSegment, by Actor) error {
	return s.update(ctx, func(tx *Tx) error {
		g, err := segment(ctx, tx, ws, id)
		if err != nil {
			return err
		}
		in.Manual = g.Manual
		if err := in.check(); err != nil {
			return err
		}
		if err := tx.resolve(ws, id, &in); err != nil {
			return err
		}
		err = tx.execOne(`
			update segments set name = ?, name_key = ?, description = ?, condition = ?, updated_at = ?
			where workspace_id = ? and segment_id = ?`,
			in.Name, nameKey(in.Name), in.Description, in.encoded(), micros(tx.now), ws, id)
		if err != nil {
			return segmentTaken(err, in.Name)
		}
		tx.changedSegments(ws)
		if !g.Manual && encode(g.Condition) != encode(in.Condition) {
			if err := tx.buildAgain(ws, id); err != nil {
				return err
			}
		}
		return tx.noted(ws, by, "Changed a segment", in.Name, Segment{Manual: in.Manual, Condition: in.Condition}.Words())
	})
}

// buildAgain begins to build a segment from the start, and all that depend on
// it.
func (tx *Tx) buildAgain(ws WorkspaceID, id SegmentID) error {
	delete(tx.w.builds, id)
	err := tx.execOne(`update segments set built_to = 0, built_at = null where workspace_id = ? and segment_id = ?`, ws, id)
	if err != nil {
		return err
	}
	set, err := tx.segmentsFor(ws)
	if err != nil {
		return err
	}
	for _, i := range set.askers[id] {
		if err := tx.buildAgain(ws, set.all[i].ID); err != nil {
			return err
		}
	}
	tx.changedSegments(ws)
	tx.wake(Segments, ws, tx.now)
	return nil
}

// resolve names the segments that a condition asks for by their ids, so that
// they may change their names, and refuses one that would ask for itself.
func (tx *Tx) resolve(ws WorkspaceID, self SegmentID, in *NewSegment) error {
	all, err := segments(context.Background(), tx, ws)
	if err != nil {
		return err
	}
	wrong := Invalid{}
	in.Condition = *in.Condition.MapSegments(func(ref condition.Segment) condition.Segment {
		i := slices.IndexFunc(all, func(g Segment) bool {
			return ref.ID == int64(g.ID) || ref.Name != "" && nameKey(ref.Name) == nameKey(g.Name)
		})
		switch {
		case i < 0:
			wrong["condition"] = fmt.Sprintf("There is no segment “%s” here. Create it, or choose another.", refName(ref))
			return ref
		case all[i].ID == self || self != 0 && asksFor(all, all[i], self):
			wrong["condition"] = fmt.Sprintf("“%s” depends on this segment, so this one cannot ask for it. Choose another.", all[i].Name)
		}
		return condition.Segment{ID: int64(all[i].ID)}
	})
	return wrong.orNil()
}

func refName(ref condition.Segment) string {
	if ref.Name != "" {
		return ref.Name
	}
	return fmt.Sprint(ref.ID)
}

// asksFor says whether g depends on a segment, directly or not.
func asksFor(all []Segment, g Segment, wanted SegmentID) bool {
	for _, id := range g.Condition.Uses().SegmentIDs {
		if SegmentID(id) == wanted {
			return true
		}
		i := slices.IndexFunc(all, func(g Segment) bool { return int64(g.ID) == id })
		if i >= 0 && asksFor(all, all[i], wanted) {
			return true
		}
	}
	return false
}

// DeleteSegment removes a segment that nothing uses. Its members go bit by
// bit, so that a large one keeps nobody waiting.
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
		if names := users.names(); len(names) > 0 {
			return Invalid{"segment": fmt.Sprintf("“%s” is used by %s. Change that first.", g.Name, strings.Join(names, ", "))}
		}
		// Its name is free at once.
		if err := tx.execOne(`
			update segments set deleted_at = ?, name_key = char(0) || segment_id where workspace_id = ? and segment_id = ?`, micros(tx.now), ws, id); err != nil {
			return err
		}
		tx.changedSegments(ws)
		tx.wake(Segments, ws, tx.now)
		return tx.noted(ws, by, "Deleted a segment", g.Name, "")
	})
}

func segments(ctx context.Context, q queryer, ws WorkspaceID) ([]Segment, error) {
	rows, err := q.QueryContext(ctx, `select `+segmentColumns+` from segments where workspace_id = ? and deleted_at is null order by name_key`, ws)
	return collect(rows, err, scanSegment)
}

func segment(ctx context.Context, q queryer, ws WorkspaceID, id SegmentID) (Segment, error) {
	g, err := scanSegment(q.QueryRowContext(ctx, `
		select `+segmentColumns+` from segments where workspace_id = ? and segment_id = ? and deleted_at is null`, ws, id).Scan)
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

const segmentColumns = `segment_id, name, description, kind = 'manual', condition, people, built_to, coalesce(built_at, 0), created_at, updated_at`

func scanSegment(scan func(...any) error) (g Segment, err error) {
	var built, created, updated int64
	var text string
	if err := scan(&g.ID, &g.Name, &g.Description, &g.Manual, &text, &g.People, &g.BuiltTo, &built, &created, &updated); err != nil {
		return g, err
	}
	g.BuiltAt, g.CreatedAt, g.UpdatedAt = instant(built), instant(created), instant(updated)
	if g.Manual {
		return g, nil
	}
	err = json.Unmarshal([]byte(text), &g.Condition)
	return g, err
}
