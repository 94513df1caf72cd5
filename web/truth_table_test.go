package web

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/identity"
	"github.com/postroom/postroom/store/identity/identitytest"
)

// Every row of the identifier rules, as a program meets them.
func TestTruthTableOverHTTP(t *testing.T) {
	s := newSite(t)
	for i, row := range identitytest.Rows() {
		t.Run(row.Mode+" "+row.Name, func(t *testing.T) {
			s := &site{T: t, store: s.store, srv: s.srv}
			ws := s.workspaceFor(i, row)
			p := s.program(ws)
			var cio []string
			for _, person := range row.People {
				has := identitytest.Identifiers(person)
				cio = append(cio, s.addPerson(ws, has["id"], has["email"], `{}`).ID.CioID())
			}
			a := p.put(url.PathEscape(realCio(row.Path, cio)), bodyOf(row.Body, cio))
			if want := map[bool]int{true: 400, false: 200}[row.Outcome == "reject"]; a.Code != want {
				t.Errorf("status %d, want %d: %s", a.Code, want, a.Body)
			}
			if got := s.everybody(ws); got != row.After {
				t.Errorf("there is %q, want %q", got, row.After)
			}
			wanted := strings.Split(row.Fails, "; ")
			slices.Sort(wanted)
			if got := s.failures(ws); got != strings.Join(wanted, "; ") {
				t.Errorf("fails %q, want %q", got, wanted)
			}
		})
	}
	problems, err := s.store.CheckIntegrity(context.Background())
	s.must(err)
	if len(problems) > 0 {
		t.Error(problems)
	}
}

func (s *site) workspaceFor(i int, row identitytest.Row) store.Workspace {
	s.Helper()
	ctx := context.Background()
	ws, err := s.store.CreateWorkspace(ctx, store.NewWorkspace{Name: fmt.Sprintf("Row %d", i), Color: "moss", Identifiers: identity.Mode(row.Mode)}, store.CommandLine)
	s.must(err)
	s.must(s.store.SetIdentifierRules(ctx, ws.ID, store.IdentifierRules{EmailByID: row.EmailByID, AutoMerge: row.AutoMerge}, store.CommandLine))
	return ws
}

// realCio puts the cio_ids of the people who are there in the place of cio_1,
// cio_2; cio_99 stays nobody's.
func realCio(text string, cio []string) string {
	for i, id := range cio {
		if text == "cio_"+string(rune('1'+i)) {
			return "cio_" + id
		}
	}
	return text
}

func bodyOf(text string, cio []string) string {
	body := map[string]string{}
	for name, value := range identitytest.Identifiers(text) {
		if name == "cio_id" {
			value = strings.TrimPrefix(realCio("cio_"+value, cio), "cio_")
		}
		body[name] = realCio(value, cio)
	}
	out, _ := json.Marshal(body)
	return string(out)
}

// everybody is the people of a workspace as the table writes them.
func (s *site) everybody(ws store.Workspace) string {
	s.Helper()
	found, err := s.store.People(context.Background(), ws.ID, "", store.Page{Limit: 9})
	s.must(err)
	var all []string
	for _, p := range slices.Backward(found) {
		var parts []string
		if p.ExternalID != "" {
			parts = append(parts, "id="+p.ExternalID)
		}
		if p.Email != "" {
			parts = append(parts, "email="+p.Email)
		}
		all = append(all, strings.Join(parts, " "))
	}
	return strings.Join(all, ", ")
}

// failures is what the time line says was not applied, as the table writes it.
func (s *site) failures(ws store.Workspace) string {
	s.Helper()
	happened, err := s.store.Activities(context.Background(), ws.ID, store.Page{Limit: 9})
	s.must(err)
	var all []string
	for _, a := range happened {
		if a.Type != store.FailedAttributeChange {
			continue
		}
		var data map[string]struct{ Reason string }
		s.must(json.Unmarshal(a.Data, &data))
		for name, f := range data {
			all = append(all, name+": "+f.Reason)
		}
	}
	slices.Sort(all)
	return strings.Join(all, "; ")
}
