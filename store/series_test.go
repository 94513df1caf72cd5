package store

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/postroom/postroom/store/identity"
)

func TestUnitsBeginByTheClocksOfTheZone(t *testing.T) {
	amsterdam, err := time.LoadLocation("Europe/Amsterdam")
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 3, 31, 14, 30, 0, 0, amsterdam) // two days after the clocks went forward
	for unit, want := range map[Unit]string{
		Hours:  "03-31 13:00, 03-31 14:00",
		Days:   "03-30 00:00, 03-31 00:00",
		Weeks:  "03-23 00:00, 03-30 00:00",
		Months: "02-01 00:00, 03-01 00:00",
	} {
		var got []string
		for _, at := range unit.Steps(2, now) {
			got = append(got, at.Format("01-02 15:04"))
		}
		if strings.Join(got, ", ") != want {
			t.Errorf("two %s begin %v, want %s", unit, got, want)
		}
	}
	if days := Days.Between(now.AddDate(0, 0, -3), now); len(days) != 4 {
		t.Errorf("from three days ago to now there are %v", days)
	}
}

func TestSeriesCountByWhenMessagesWereMade(t *testing.T) {
	w := newWorld(t, identity.EmailOrID)
	began := time.Date(2026, 11, 2, 10, 59, 0, 0, time.UTC)
	c := w.running(`[{"key":"hello","type":"delay","duration":"1h"}]`)
	err := w.update(t.Context(), func(tx *Tx) error {
		for i, metric := range []string{"created", "created", "sent"} {
			tx.markMessage(w.acme.ID, Delivery{Campaign: c.ID, Action: "hello", CreatedAt: began.Add(time.Duration(i) * time.Minute)}, metric)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	series, err := w.Series(t.Context(), w.acme.ID, SeriesOf{
		Campaign: c.ID, Action: "hello", Metrics: []string{"created", "sent", "opened"}, Begins: Hours.Between(began, began.Add(2*time.Hour)), Unit: Hours,
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(series); got != "map[created:[1 1 0] opened:[0 0 0] sent:[0 1 0]]" {
		t.Errorf("the series are %s", got)
	}
	if plan := strings.Join(w.explain(seriesQuery), "\n"); !strings.Contains(plan, "PRIMARY KEY (workspace_id=? AND campaign_id=? AND action_key=? AND hour>? AND hour<?)") {
		t.Errorf("the hours are found by %s", plan)
	}
}
