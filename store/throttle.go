package store

import (
	"context"
	"time"
)

const (
	freeFailures   = 5                // wrong passwords before one must wait
	longestBlock   = 15 * time.Minute // between two tries
	failuresForget = 24 * time.Hour
)

// SignInBlocked says until when a subject ("email …" or "address …") must
// wait; zero: it need not.
func (s *Store) SignInBlocked(ctx context.Context, subjects ...string) (time.Time, error) {
	var until time.Time
	for _, subject := range subjects {
		var us int64
		err := s.read.QueryRowContext(ctx, `select blocked_until from sign_in_failures where subject = ?`, subject).Scan(&us)
		if err := known(err); err != nil && err != ErrNotFound {
			return until, err
		}
		if at := instant(us); at.After(s.now()) && at.After(until) {
			until = at
		}
	}
	return until, nil
}

// SignInFailed counts a wrong password against each subject. From the sixth
// on each doubles the wait, up to a quarter of an hour.
func (s *Store) SignInFailed(ctx context.Context, subjects ...string) error {
	return s.update(ctx, func(tx *Tx) error {
		for _, subject := range subjects {
			if err := tx.signInFailed(subject); err != nil {
				return err
			}
		}
		_, err := tx.exec(`delete from sign_in_failures where subject in (
			select subject from sign_in_failures where failed_at < ? limit 100)`, micros(tx.now.Add(-failuresForget)))
		return err
	})
}

func (tx *Tx) signInFailed(subject string) error {
	var failures int
	err := tx.row(`
		insert into sign_in_failures (subject, failures, failed_at, blocked_until) values (?, 1, ?, 0)
		on conflict do update set failures = failures + 1, failed_at = excluded.failed_at
		returning failures`, subject, micros(tx.now)).Scan(&failures)
	if err != nil || failures < freeFailures {
		return err
	}
	block := min(time.Second<<min(failures-freeFailures, 20), longestBlock)
	return tx.execOne(`update sign_in_failures set blocked_until = ? where subject = ?`, micros(tx.now.Add(block)), subject)
}

// SignInWorked forgets the failures of these subjects.
func (s *Store) SignInWorked(ctx context.Context, subjects ...string) error {
	return s.update(ctx, func(tx *Tx) error {
		for _, subject := range subjects {
			if _, err := tx.exec(`delete from sign_in_failures where subject = ?`, subject); err != nil {
				return err
			}
		}
		return nil
	})
}
