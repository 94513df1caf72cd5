package store

import (
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	sqlite3 "github.com/mattn/go-sqlite3"
)

var (
	// ErrNotFound says that there is no such record, or none in this workspace.
	ErrNotFound = errors.New("not found")
	// ErrTaken says that another record has the same unique value.
	ErrTaken = errors.New("already taken")
	// ErrChanged says that the record is no longer as the caller saw it.
	ErrChanged = errors.New("changed meanwhile")
	// ErrFull says that the disk has no room; nothing was saved.
	ErrFull = errors.New("the disk is full; nothing was saved")
	// ErrBusy says that another process kept the database for too long;
	// nothing was saved.
	ErrBusy = errors.New("the database is busy; nothing was saved")
	// ErrClosed says that the store is closing; nothing was saved.
	ErrClosed = errors.New("the store is closed")
	// ErrNoWorkspace says that the workspace is deleted. It is an ErrNotFound.
	ErrNoWorkspace = fmt.Errorf("workspace %w", ErrNotFound)
	// ErrSetUp says that the account already exists.
	ErrSetUp = errors.New("the account is already set up")
)

// Invalid says, for each field, what the person can do about it.
type Invalid map[string]string

func (e Invalid) Error() string {
	var parts []string
	for _, field := range slices.Sorted(maps.Keys(e)) {
		parts = append(parts, field+": "+e[field])
	}
	return strings.Join(parts, " ")
}

// orNil is e as an error, or nil when nothing is wrong.
func (e Invalid) orNil() error {
	if len(e) == 0 {
		return nil
	}
	return e
}

// known turns the driver's errors into the ones above.
func known(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return ErrNotFound
	}
	var e sqlite3.Error
	if !errors.As(err, &e) {
		return err
	}
	switch {
	case e.ExtendedCode == sqlite3.ErrConstraintUnique, e.ExtendedCode == sqlite3.ErrConstraintPrimaryKey:
		return ErrTaken
	case e.Code == sqlite3.ErrFull:
		return ErrFull
	case e.Code == sqlite3.ErrBusy:
		return ErrBusy
	}
	return err
}
