package store

// handOver gives all that belongs to somebody to whom they become a part of.
func (tx *Tx) handOver(ws WorkspaceID, from, to PersonID) error {
	if err := tx.handJourneys(ws, from, to); err != nil {
		return err
	}
	if err := tx.handDeliveries(ws, from, to); err != nil {
		return err
	}
	if err := tx.leaveSegments(ws, from); err != nil {
		return err
	}
	if err := tx.handProblems(ws, from, to); err != nil {
		return err
	}
	if err := tx.handDevices(ws, from, to); err != nil {
		return err
	}
	if err := tx.handDates(ws, from, to); err != nil {
		return err
	}
	return tx.depart(ws, from, to)
}

// handJourneys gives somebody's journeys to whom they become a part of. In a
// campaign that both entered, the second journey ends, with what it has not
// sent; over or not, all of them count for how often one may enter.
func (tx *Tx) handJourneys(ws WorkspaceID, from, to PersonID) error {
	rows, err := tx.query(`
		select `+journeyColumns+` from journeys j
		where j.workspace_id = ?1 and j.person_id = ?2 and j.state = 'active'
		and exists (select 1 from journeys o where o.workspace_id = ?1 and o.person_id = ?3 and o.campaign_id = j.campaign_id)`, ws, from, to)
	twice, err := collect(rows, err, scanJourney)
	if err != nil {
		return err
	}
	const reason = "The person was merged with another one who had entered the campaign."
	if err := tx.exit(ws, twice, reason); err != nil {
		return err
	}
	for _, j := range twice {
		if err := tx.cancelJourney(ws, j, reason); err != nil {
			return err
		}
	}
	if len(twice) > 0 {
		if err := tx.finishStopping(ws); err != nil {
			return err
		}
	}
	clear(tx.stirs) // there is more to stir now
	_, err = tx.exec(`update journeys set person_id = ? where workspace_id = ? and person_id = ?`, to, ws, from)
	return err
}

// cancelJourney holds back what one journey has not sent yet.
func (tx *Tx) cancelJourney(ws WorkspaceID, j Journey, reason string) error {
	rows, err := tx.query(`
		select `+deliveryColumns+` from deliveries d
		where workspace_id = ? and journey_id = ? and state in ('queued', 'drafted', 'attempted')`, ws, j.ID)
	unsent, err := collect(rows, err, scanDelivery)
	if err != nil {
		return err
	}
	for _, d := range unsent {
		if _, err := tx.step(ws, d, step{to: Undeliverable, reason: reason}); err != nil {
			return err
		}
	}
	return nil
}

// handDeliveries gives somebody's deliveries to whom they become a part of.
// What waits to be sent is composed for that person.
func (tx *Tx) handDeliveries(ws WorkspaceID, from, to PersonID) error {
	_, err := tx.exec(`update deliveries set person_id = ? where workspace_id = ? and person_id = ?`, to, ws, from)
	return err
}

// manualSegmentsOf is the segments in which somebody put a person.
func (tx *Tx) manualSegmentsOf(ws WorkspaceID, id PersonID) ([]Segment, error) {
	rows, err := tx.query(`
		select `+segmentColumns+` from segments
		where workspace_id = ?1 and kind = 'manual' and deleted_at is null
		and segment_id in (select segment_id from segment_members where workspace_id = ?1 and person_id = ?2)`, ws, id)
	return collect(rows, err, scanSegment)
}

// joinSegments puts a person into manual segments.
func (tx *Tx) joinSegments(ws WorkspaceID, id PersonID, all []Segment) error {
	for _, g := range all {
		if _, err := tx.setMemberByHand(ws, g, id, true); err != nil {
			return err
		}
	}
	return nil
}

// leaveSegments counts somebody who goes out of their segments, without
// starting what waits for people who leave. The memberships go with the person.
func (tx *Tx) leaveSegments(ws WorkspaceID, id PersonID) error {
	_, err := tx.exec(`
		update segments set people = people - 1
		where workspace_id = ?1 and segment_id in (select segment_id from segment_members where workspace_id = ?1 and person_id = ?2)`, ws, id)
	return err
}

// handDevices gives somebody's devices to whom they become a part of.
func (tx *Tx) handDevices(ws WorkspaceID, from, to PersonID) error {
	if _, err := tx.exec(`update devices set person_id = ? where workspace_id = ? and person_id = ?`, to, ws, from); err != nil {
		return err
	}
	return tx.dropDevices(ws, to)
}
