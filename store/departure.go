package store

import "context"

// historyBatch is how many activities of somebody who goes are moved or removed
// at once, the latest first. The engine does the rest in turns.
const historyBatch = 500

// depart moves the activities of somebody who is no longer in people to whom
// they became a part of, or removes them (zero).
func (tx *Tx) depart(ws WorkspaceID, who, into PersonID) error {
	_, err := tx.exec(`update departures set into_id = ? where workspace_id = ? and into_id = ?`, orZero(into), ws, who)
	if err != nil {
		return err
	}
	n, err := tx.settle(ws, who, into, historyBatch)
	if err != nil || n < historyBatch {
		return err
	}
	tx.wake(Departures, ws, tx.now)
	_, err = tx.exec(`insert into departures (workspace_id, person_id, into_id, at) values (?, ?, ?, ?)`, ws, who, orZero(into), micros(tx.now))
	return err
}

// settle moves or removes at most limit activities.
func (tx *Tx) settle(ws WorkspaceID, who, into PersonID, limit int) (int64, error) {
	if into != 0 {
		return tx.exec(`
			update activities set person_id = ?
			where activity_id in (
				select activity_id from activities where workspace_id = ? and person_id = ? order by activity_id desc limit ?)`,
			into, ws, who, limit)
	}
	return tx.exec(`
		delete from activities
		where activity_id in (
			select activity_id from activities where workspace_id = ? and person_id = ? order by activity_id desc limit ?)`,
		ws, who, limit)
}

// SettleDepartures moves or removes at most limit activities of somebody who
// was merged or deleted. Whoever got them all is looked at again by the
// segments; campaigns do not start from what happened to somebody before.
func (s *Store) SettleDepartures(ctx context.Context, ws WorkspaceID, limit int) error {
	return s.update(ctx, func(tx *Tx) error {
		var who, into PersonID
		err := known(tx.row(`
			select person_id, coalesce(into_id, 0) from departures where workspace_id = ? order by person_id limit 1`, ws).Scan(&who, &into))
		if err == ErrNotFound {
			return tx.endTurn(ws, Departures)
		}
		if err != nil {
			return err
		}
		n, err := tx.settle(ws, who, into, limit)
		if err != nil {
			return err
		}
		if n < int64(limit) {
			if err := tx.departed(ws, who, into); err != nil {
				return err
			}
		}
		return tx.endTurn(ws, Departures)
	})
}

func (tx *Tx) departed(ws WorkspaceID, who, into PersonID) error {
	_, err := tx.exec(`delete from departures where workspace_id = ? and person_id = ?`, ws, who)
	if err != nil || into == 0 {
		return err
	}
	p, err := person(context.Background(), tx, ws, into)
	if err != nil {
		return err
	}
	return tx.resegment(ws, p)
}
