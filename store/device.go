package store

import (
	"context"
	"encoding/json"
	"time"

	"github.com/postroom/postroom/store/identity"
)

// Device is somebody's phone or tablet, as an app on it tells.
type Device struct {
	Token      string // names it, and is how pushes reach it
	Platform   string // ios or android
	Attributes json.RawMessage
	UsedAt     time.Time // zero: never said
	CreatedAt  time.Time
}

// maxDevices is how many a person has. One more pushes out the one that was
// used longest ago.
const maxDevices = 25

// DeviceActivity says that a person got or lost a device.
const DeviceActivity ActivityType = "device_change"

// DeviceChange adds a device, or changes what is known of it. It is one
// person's at a time: of whom the last call names. Whoever is named by id or
// email is created when the workspace does not know them.
type DeviceChange struct {
	Ref    identity.Ref
	Device Device
}

// DeviceRemoval takes a device from a person; one that is not theirs is fine,
// too.
type DeviceRemoval struct {
	Ref   identity.Ref
	Token string
}

func (in DeviceChange) do(tx *Tx, ws WorkspaceID) error {
	w, err := tx.workspace(ws)
	if err != nil {
		return err
	}
	who, err := tx.identify(w, Identify{Ref: in.Ref})
	if err != nil || who.Person == 0 {
		return err
	}
	var owner PersonID
	err = tx.row(`select person_id from devices where workspace_id = ? and token = ?`, ws, in.Device.Token).Scan(&owner)
	if ignoreMissing(known(err)) != nil {
		return err
	}
	if err := tx.saveDevice(ws, who.Person, in.Device); err != nil || owner == who.Person {
		return err
	}
	if err := tx.dropDevices(ws, who.Person); err != nil {
		return err
	}
	return tx.noteData(ws, Activity{PersonID: who.Person, Type: DeviceActivity, Name: "added"}, deviceData{in.Device.Token, in.Device.Platform})
}

// deviceData is how an activity tells which device it was.
type deviceData struct {
	Token    string `json:"token"`
	Platform string `json:"platform"`
}

// saveDevice keeps the later one of two times of use, whichever arrives first.
func (tx *Tx) saveDevice(ws WorkspaceID, who PersonID, d Device) error {
	attributes := "{}"
	if len(d.Attributes) > 0 {
		attributes = string(d.Attributes)
	}
	var used any
	if !d.UsedAt.IsZero() {
		used = micros(d.UsedAt)
	}
	_, err := tx.exec(`
		insert into devices (workspace_id, token, person_id, platform, attributes, used_at, created_at)
		values (?, ?, ?, ?, ?, ?, ?)
		on conflict do update set person_id = excluded.person_id, platform = excluded.platform, attributes = excluded.attributes,
			used_at = coalesce(max(used_at, excluded.used_at), used_at, excluded.used_at)`,
		ws, d.Token, who, d.Platform, attributes, used, micros(tx.now))
	return err
}

func (tx *Tx) dropDevices(ws WorkspaceID, who PersonID) error {
	_, err := tx.exec(`
		delete from devices where workspace_id = ?1 and token in (
			select token from devices where workspace_id = ?1 and person_id = ?2
			order by coalesce(used_at, created_at) desc, token limit -1 offset ?3)`, ws, who, maxDevices)
	return err
}

func (in DeviceRemoval) do(tx *Tx, ws WorkspaceID) error {
	p, err := personBy(context.Background(), tx, ws, in.Ref)
	if err != nil {
		return ignoreMissing(err)
	}
	var platform string
	err = tx.row(`
		delete from devices where workspace_id = ? and token = ? and person_id = ?
		returning platform`, ws, in.Token, p.ID).Scan(&platform)
	if err != nil {
		return ignoreMissing(known(err))
	}
	return tx.noteData(ws, Activity{PersonID: p.ID, Type: DeviceActivity, Name: "removed"}, deviceData{in.Token, platform})
}

// Devices is a person's devices, the one used last first.
func (s *Store) Devices(ctx context.Context, ws WorkspaceID, who PersonID) ([]Device, error) {
	rows, err := s.read.QueryContext(ctx, `
		select token, platform, attributes, coalesce(used_at, 0), created_at from devices
		where workspace_id = ? and person_id = ?
		order by coalesce(used_at, created_at) desc, token`, ws, who)
	return collect(rows, err, scanDevice)
}

func scanDevice(scan func(...any) error) (d Device, err error) {
	var attributes string
	var used, created int64
	err = scan(&d.Token, &d.Platform, &attributes, &used, &created)
	d.Attributes, d.UsedAt, d.CreatedAt = json.RawMessage(attributes), instant(used), instant(created)
	return d, err
}
