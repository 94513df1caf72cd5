package web

import (
	"context"
	"encoding/csv"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/postroom/postroom/store"
)

func TestUsagePage(t *testing.T) {
	s := newSite(t)
	ctx := context.Background()
	for i := range 3 {
		_, err := s.store.AddPerson(ctx, s.acme.ID, store.PersonForm{ID: fmt.Sprint(i), Email: fmt.Sprintf("p%d@x.test", i)}, store.CommandLine)
		s.must(err)
	}
	_, err := s.store.AddPerson(ctx, s.other.ID, store.PersonForm{ID: "1"}, store.CommandLine)
	s.must(err)
	s.must(s.store.EditWorkspace(ctx, s.other.ID, store.NewWorkspace{Name: "=Other", Color: "iris", Sending: store.SendNever}, store.CommandLine))
	month := store.PeriodOf(time.Now())
	s.alice.get("/account/usage").want(200, "Usage", month.Start().Format("January 2006"), "<dd>4</dd>", "75%", "25%", "Never sends", `max="3" value="1"`, "All workspaces, 1 to")
	s.alice.post("/w/other/settings/delete?_ws="+fmt.Sprint(int(s.other.ID)), url.Values{"confirm": {"=Other"}}).want(303)
	s.alice.get("/account/usage").want(200, "<dd>4</dd>", "Deleted") // it still counts in this month

	file := s.alice.get(fmt.Sprintf("/account/usage.csv?period=%d", month)).want(200)
	rows, err := csv.NewReader(strings.NewReader(file.Body.String())).ReadAll()
	s.must(err)
	if len(rows) != 3 || rows[0][2] != "workspace" || rows[1][2] != "Acme" || rows[1][3] != "3" || rows[2][2] != "'=Other" || rows[2][3] != "1" {
		t.Errorf("%q", rows)
	}
	if got := file.Header().Get("Content-Disposition"); got != fmt.Sprintf(`attachment; filename="usage-%d.csv"`, month) {
		t.Error(got)
	}
	for _, period := range []string{"199001", "299901", "x", "-1", "202613"} {
		s.alice.get("/account/usage?period=" + period).want(404)
	}
	s.bob.get("/account/usage").want(403)
	s.bob.get("/account/usage.csv").want(403)
}

func TestUsageOfEarlierMonths(t *testing.T) {
	s := newSite(t)
	_, err := s.store.AddPerson(context.Background(), s.acme.ID, store.PersonForm{ID: "1", Email: "a@x.test"}, store.CommandLine)
	s.must(err)
	now := time.Now()
	next := now.AddDate(0, 0, 28-now.Day()).AddDate(0, 0, 10) // in the month to come
	s.store.SetClock(func() time.Time { return next })
	alice := s.signIn("alice@acme.test")
	alice.get("/account/usage").want(200, next.UTC().Format("January 2006"), now.UTC().Format("January 2006"), "<dd>1</dd>")
	alice.get(fmt.Sprintf("/account/usage?period=%d", store.PeriodOf(now))).want(200, "<dd>1</dd>")
}
