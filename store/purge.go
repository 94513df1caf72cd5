package store

import "context"

// purged is what a workspace owns, in an order that leaves no reference
// behind. Its own row stays: its slug and its past usage are never another's.
var purged = []struct{ table, key string }{
	{"mailbox", "mail_id"},
	{"delivery_contents", "delivery_id"},
	{"deliveries", "delivery_id"},
	{"journeys", "journey_id"},
	{"date_dues", "person_id"},
	{"ignored_sources", "action_key"},
	{"action_sources", "hash"},
	{"simulated_journeys", "job_id"},
	{"simulations", "job_id"},
	{"campaigns", "campaign_id"},
	{"segment_clock", "person_id"},
	{"segment_members", "person_id"},
	{"segments", "segment_id"},
	{"activities", "activity_id"},
	{"departures", "person_id"},
	{"suppressions", "mark"},
	{"identifier_changes", "workspace_id"},
	{"identifier_conflicts", "person_id"},
	{"data_problems", "problem_id"},
	{"devices", "token"},
	{"forms", "form_id"},
	{"people", "person_id"},
	{"imports", "import_id"},
	{"jobs", "job_id"},
	{"gateways", "channel"},
	{"people_views", "view_id"},
	{"people_preferences", "member_id"},
	{"layouts", "layout_id"},
	{"snippets", "snippet_id"},
	{"topics", "topic_id"},
	{"senders", "sender_id"},
	{"credentials", "credential_id"},
	{"data_index", "name"},
	{"memberships", "member_id"},
	{"visits", "member_id"},
}

// Purge removes at most limit rows of a workspace that was deleted longer than
// RestoreWithin ago, and notes when nothing is left. It gives the names of the
// uploaded files that are to be removed now: no import has them any more.
func (s *Store) Purge(ctx context.Context, ws WorkspaceID, limit int) (files []string, err error) {
	err = s.update(ctx, func(tx *Tx) error {
		var deleted int64
		err := tx.row(`select deleted_at from workspaces where workspace_id = ? and deleted_at is not null and purged_at is null`, ws).Scan(&deleted)
		if err != nil {
			return known(err)
		}
		if tx.now.Before(instant(deleted).Add(RestoreWithin)) {
			return tx.endTurn(ws, Purges)
		}
		for _, t := range purged {
			if t.table == "imports" {
				if files, err = tx.filesOfImports(ws, limit); err != nil {
					return err
				}
			}
			n, err := tx.purge(ws, t.table, t.key, limit)
			if err != nil {
				return err
			}
			if n > 0 {
				return nil // the rest in the next turns, which come at once
			}
		}
		if err := tx.execOne(`update workspaces set purged_at = ?, people = 0 where workspace_id = ?`, micros(tx.now), ws); err != nil {
			return err
		}
		return tx.endTurn(ws, Purges)
	})
	return files, err
}

// filesOfImports is the files of the imports that are purged next.
func (tx *Tx) filesOfImports(ws WorkspaceID, limit int) ([]string, error) {
	rows, err := tx.query(`select file from imports where workspace_id = ? order by import_id limit ?`, ws, limit)
	return collect(rows, err, func(scan func(...any) error) (file string, err error) {
		err = scan(&file)
		return file, err
	})
}

func (tx *Tx) purge(ws WorkspaceID, table, key string, limit int) (int64, error) {
	if table == "people" {
		_, err := tx.exec(`
			delete from people_search where rowid in (
				select person_id from people where workspace_id = ? order by person_id limit ?)`, ws, limit)
		if err != nil {
			return 0, err
		}
	}
	return tx.exec(`delete from `+table+` where workspace_id = ? and `+key+` in (
		select `+key+` from `+table+` where workspace_id = ? order by `+key+` limit ?)`, ws, ws, limit)
}
