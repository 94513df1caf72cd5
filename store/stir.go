package store

// Whoever waits for something to happen watches: their journey has watching
// set, and whatever happens to them stirs it, which makes it due. The engine
// then decides anew.
//
// The new time is never the one that was there. A turn of the engine that read
// the journey before the stir writes its decision only while the time is
// still the one it read, so what happened in between is not passed over.

// stirred is the time of a journey that is stirred now (?1): now or, when it is
// due already, a moment earlier than it was.
const stirred = `case when due_at > ?1 then ?1 else due_at - 1 end`

// stirKey is who is stirred: once for each change, however much it does to
// them.
type stirKey struct {
	workspace WorkspaceID
	person    PersonID
	delivery  DeliveryID
}

// stir makes the watching journeys of a person due.
func (tx *Tx) stir(ws WorkspaceID, who PersonID) error {
	if who == 0 || !tx.firstStir(stirKey{ws, who, 0}) {
		return nil
	}
	n, err := tx.exec(`
		update journeys set due_at = `+stirred+`
		where workspace_id = ?2 and person_id = ?3 and watching = 1`, micros(tx.now), ws, who)
	tx.stirredSome(ws, n)
	return err
}

// stirBy is stir for whom an activity is about. A step of a delivery is about
// whomever the delivery is to now.
func (tx *Tx) stirBy(ws WorkspaceID, a Activity) error {
	if a.DeliveryID == 0 {
		return tx.stir(ws, a.PersonID)
	}
	if !tx.firstStir(stirKey{ws, 0, a.DeliveryID}) {
		return nil
	}
	n, err := tx.exec(`
		update journeys set due_at = `+stirred+`
		where workspace_id = ?2 and watching = 1
		and person_id = (select person_id from deliveries where workspace_id = ?2 and delivery_id = ?3)`, micros(tx.now), ws, a.DeliveryID)
	tx.stirredSome(ws, n)
	return err
}

// stirAll is stir for many people at once, as the build of a segment moves
// them.
func (tx *Tx) stirAll(ws WorkspaceID, people []PersonID) error {
	if len(people) == 0 {
		return nil
	}
	n, err := tx.exec(`
		update journeys set due_at = `+stirred+`
		where workspace_id = ?2 and watching = 1 and person_id in (select value from json_each(?3))`, micros(tx.now), ws, encode(people))
	tx.stirredSome(ws, n)
	return err
}

// firstStir says whether this change did not stir them yet. A second time would
// change nothing: no journey is read between two statements of one change.
func (tx *Tx) firstStir(key stirKey) bool {
	if tx.stirs[key] {
		return false
	}
	if tx.stirs == nil {
		tx.stirs = map[stirKey]bool{}
	}
	tx.stirs[key] = true
	return true
}

func (tx *Tx) stirredSome(ws WorkspaceID, n int64) {
	if n > 0 {
		tx.wake(Journeys, ws, tx.now)
	}
}
