package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/postroom/postroom/store/workflow"
)

// CampaignID names a campaign.
type CampaignID int64

// Campaign is a workflow and who walks through it. People walk through the
// live version; the draft beside it is what is edited.
type Campaign struct {
	ID        CampaignID
	Name      string
	State     CampaignState
	Draft     workflow.Campaign
	Revision  int  // of the draft; grows with each change, and undo goes back
	Version   int  // the live one; zero: never started
	SavedAs   int  // the revision that the live version was made from
	Exiting   bool // stopped, and everybody is being taken out
	CreatedAt time.Time
	UpdatedAt time.Time
	StartedAt time.Time // zero: never

	Broadcast  bool   // a call of the API or, of a newsletter, its start lets people in, many at once
	Newsletter bool   // a broadcast that goes out once
	PerHour    int    // of a newsletter: how many people at most; zero: as fast as it can
	InZones    bool   // of a newsletter: at that time by each person's clocks
	CreatedBy  string // the member's name; empty: a program, or somebody who is gone
	Schedule   Schedule
	Problem    string   // why a planned start was not made; empty unless it was not
	Hook       string   // secret part of the address that starts it; empty: none
	DatesTo    PersonID // up to whom it is worked out when the date comes
	Dating     bool     // that is under way
}

// Live says whether people are or may come in.
func (c Campaign) Live() bool { return c.State == CampaignRunning || c.State == CampaignStopping }

// Unpublished says whether the draft may differ from the live version.
func (c Campaign) Unpublished() bool { return c.Version > 0 && c.Revision != c.SavedAs }

// CampaignState is how a campaign stands.
type CampaignState string

const (
	CampaignDraft    CampaignState = "draft"    // never started
	CampaignRunning  CampaignState = "running"  // lets people in
	CampaignStopping CampaignState = "stopping" // lets nobody in; who is inside may finish
	CampaignStopped  CampaignState = "stopped"
	CampaignArchived CampaignState = "archived"
)

// Campaign is the campaign with this id, if the workspace has it.
func (s *Store) Campaign(ctx context.Context, ws WorkspaceID, id CampaignID) (Campaign, error) {
	return campaign(ctx, s.read, ws, id)
}

func campaign(ctx context.Context, q queryer, ws WorkspaceID, id CampaignID) (Campaign, error) {
	c, err := scanCampaign(q.QueryRowContext(ctx, `
		select `+campaignColumns+` from campaigns where workspace_id = ? and campaign_id = ?`, ws, id).Scan)
	return c, known(err)
}

const campaignColumns = `campaign_id, name, state, draft, revision, version, draft_saved, exiting, created_at, updated_at, coalesce(started_at, 0),
	coalesce(start_at, 0), start_current, coalesce(stop_at, 0), stop_exit, zone, start_problem, coalesce(hook, ''), coalesce(dates_to, 0), dates_to is not null, kind = 'broadcast', newsletter, per_hour, in_zones,
	coalesce((select m.name from members m where m.member_id = created_by), '')`

func scanCampaign(scan func(...any) error) (c Campaign, err error) {
	var draft string
	var created, updated, started, startAt, stopAt int64
	if err := scan(&c.ID, &c.Name, &c.State, &draft, &c.Revision, &c.Version, &c.SavedAs, &c.Exiting, &created, &updated, &started,
		&startAt, &c.Schedule.Current, &stopAt, &c.Schedule.ExitNow, &c.Schedule.Zone, &c.Problem, &c.Hook, &c.DatesTo, &c.Dating, &c.Broadcast, &c.Newsletter, &c.PerHour, &c.InZones, &c.CreatedBy); err != nil {
		return c, err
	}
	c.Schedule.StartAt, c.Schedule.StopAt = instant(startAt), instant(stopAt)
	c.CreatedAt, c.UpdatedAt, c.StartedAt = instant(created), instant(updated), instant(started)
	err = json.Unmarshal([]byte(draft), &c.Draft)
	c.Draft.Name = c.Name // the name has no drafts
	return c, err
}

// maxCampaignName is in characters.
const maxCampaignName = 150

func campaignName(name string) (string, error) {
	name = strings.Join(strings.Fields(name), " ")
	switch {
	case name == "":
		return "", Invalid{"name": "Name the campaign."}
	case utf8.RuneCountInString(name) > maxCampaignName:
		return "", Invalid{"name": "Use at most 150 characters."}
	}
	return name, nil
}

func campaignNameTaken(name string) error {
	return Invalid{"name": fmt.Sprintf("“%s” is already the name of a campaign. Choose another name.", name)}
}

// CreateCampaign adds an empty campaign.
func (s *Store) CreateCampaign(ctx context.Context, ws WorkspaceID, name string, by Actor) (c Campaign, err error) {
	if name, err = campaignName(name); err != nil {
		return c, err
	}
	err = s.update(ctx, func(tx *Tx) error {
		c, err = tx.addCampaign(ws, workflow.Campaign{Name: name, Exit: workflow.ExitNever}, "Create the campaign", by)
		if errors.Is(known(err), ErrTaken) {
			return campaignNameTaken(name)
		}
		if err != nil {
			return err
		}
		return tx.noted(ws, by, "Created a campaign", name, "")
	})
	return c, err
}

// ImportCampaign adds a campaign from a whole document, as a draft. A name
// that is taken gets a number. Senders that are not known yet are added, and
// segments are found by their names now or when the campaign starts.
func (s *Store) ImportCampaign(ctx context.Context, ws WorkspaceID, doc workflow.Document, by Actor) (c Campaign, err error) {
	if doc.Campaign.Name, err = campaignName(doc.Campaign.Name); err != nil {
		return c, err
	}
	err = s.update(ctx, func(tx *Tx) error {
		c, err = tx.importCampaign(ws, doc.Campaign, "Import the campaign", by)
		if err != nil {
			return err
		}
		return tx.noted(ws, by, "Imported a campaign", c.Name, "")
	})
	return c, err
}

// DuplicateCampaign adds a draft that is a copy of another one.
func (s *Store) DuplicateCampaign(ctx context.Context, ws WorkspaceID, id CampaignID, by Actor) (c Campaign, err error) {
	err = s.update(ctx, func(tx *Tx) error {
		from, err := campaign(ctx, tx, ws, id)
		if err != nil {
			return err
		}
		if c, err = tx.importCampaign(ws, from.Draft, "Duplicate “"+from.Name+"”", by); err != nil {
			return err
		}
		if from.Newsletter {
			if err := tx.makeNewsletter(ws, &c); err != nil {
				return err
			}
		}
		return tx.noted(ws, by, "Duplicated a campaign", c.Name, "From “"+from.Name+"”.")
	})
	return c, err
}

func (tx *Tx) importCampaign(ws WorkspaceID, draft workflow.Campaign, label string, by Actor) (c Campaign, err error) {
	if draft.Name, err = tx.freeCampaignName(ws, draft.Name); err != nil {
		return c, err
	}
	if draft, err = withSegmentIDs(context.Background(), tx, ws, draft); err != nil {
		return c, err
	}
	if err := tx.addSenders(ws, draft); err != nil {
		return c, err
	}
	return tx.addCampaign(ws, draft, label, by)
}

// addSenders remembers the senders of a campaign's emails.
func (tx *Tx) addSenders(ws WorkspaceID, c workflow.Campaign) error {
	for a := range workflow.All(c.Actions) {
		if a.Email == nil {
			continue
		}
		if err := tx.addSender(ws, a.Email.From); err != nil {
			return err
		}
	}
	return nil
}

// freeCampaignName is the name, with a number when it is taken.
func (tx *Tx) freeCampaignName(ws WorkspaceID, name string) (string, error) {
	free := name
	for n := 2; ; n++ {
		var taken bool
		err := tx.row(`select exists (select 1 from campaigns where workspace_id = ? and name_key = ?)`, ws, nameKey(free)).Scan(&taken)
		if err != nil || !taken {
			return free, err
		}
		free = fmt.Sprintf("%s %d", name, n)
	}
}

func (tx *Tx) addCampaign(ws WorkspaceID, draft workflow.Campaign, label string, by Actor) (Campaign, error) {
	text := encode(draft)
	actions, titles := searched(draft)
	c, err := scanCampaign(tx.row(`
		insert into campaigns (workspace_id, name, name_key, state, kind, actions, titles, draft, created_by, created_at, updated_at)
		values (?, ?, ?, 'draft', ?, ?, ?, ?, ?, ?, ?)
		returning `+campaignColumns,
		ws, draft.Name, nameKey(draft.Name), kindOf(draft), actions, titles, text, orZero(by.ID), micros(tx.now), micros(tx.now)).Scan)
	if err != nil {
		return c, err
	}
	if err := tx.addHook(ws, c.ID, draft.Trigger); err != nil {
		return c, err
	}
	if err := tx.numberActions(ws, c.ID, draft); err != nil {
		return c, err
	}
	return c, tx.addRevision(ws, c.ID, 0, label, text, by)
}

// kindOf is among which a campaign is listed.
func kindOf(draft workflow.Campaign) string {
	if draft.Trigger.Type == workflow.OnCall {
		return "broadcast"
	}
	return "campaign"
}

// RenameCampaign gives a campaign another name.
func (s *Store) RenameCampaign(ctx context.Context, ws WorkspaceID, id CampaignID, name string, by Actor) error {
	name, err := campaignName(name)
	if err != nil {
		return err
	}
	return s.update(ctx, func(tx *Tx) error {
		before, err := campaign(ctx, tx, ws, id)
		if err != nil || before.Name == name {
			return err
		}
		err = tx.execOne(`update campaigns set name = ?, name_key = ?, updated_at = ? where workspace_id = ? and campaign_id = ?`,
			name, nameKey(name), micros(tx.now), ws, id)
		if errors.Is(known(err), ErrTaken) {
			return campaignNameTaken(name)
		}
		if err != nil {
			return err
		}
		return tx.noted(ws, by, "Renamed a campaign", name, "It was “"+before.Name+"”.")
	})
}

// deletable is a campaign that may be deleted.
func deletable(ctx context.Context, q queryer, ws WorkspaceID, id CampaignID) (Campaign, error) {
	c, err := campaign(ctx, q, ws, id)
	if err == nil && !c.StartedAt.IsZero() {
		err = Invalid{"campaign": fmt.Sprintf("“%s” has run, so what it sent is kept. Archive it instead.", c.Name)}
	}
	return c, err
}

// DeleteCampaign removes a draft that never ran. What ran is archived, because
// its deliveries are a record of what people were sent.
func (s *Store) DeleteCampaign(ctx context.Context, ws WorkspaceID, id CampaignID, by Actor) error {
	if _, err := deletable(ctx, s.read, ws, id); err != nil {
		return err
	}
	if err := s.dropSimulations(ctx, ws, id, 0); err != nil {
		return err
	}
	return s.update(ctx, func(tx *Tx) error {
		c, err := deletable(ctx, tx, ws, id)
		if err != nil {
			return err
		}
		if err := tx.execOne(`delete from campaigns where workspace_id = ? and campaign_id = ?`, ws, id); err != nil {
			return err
		}
		return tx.noted(ws, by, "Deleted a campaign", c.Name, "")
	})
}
