package web

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/identity"
)

// audience finds whom a call names one by one.
type audience struct {
	s     *Server
	c     echo.Context
	run   *store.NewRun
	flags map[string]any
}

func (a *audience) flag(name string) bool { on, _ := a.flags[name].(bool); return on }

func (a *audience) list(name string, value any) error {
	all, ok := value.([]any)
	if !ok || len(all) > store.MaxRunPeople {
		return pointed{"/" + name, fmt.Sprintf("%s must be a list of at most %d", name, store.MaxRunPeople)}
	}
	a.run.Chosen = []store.PersonID{}
	kind := map[string]string{"ids": "id", "emails": "email"}[name]
	for i, one := range all {
		if err := a.add(kind, fmt.Sprint(one), nil, fmt.Sprintf("item %d", i+1)); err != nil {
			return err
		}
	}
	return nil
}

func (a *audience) perUser(value any) error {
	all, ok := value.([]any)
	if !ok || len(all) > store.MaxRunPeople {
		return pointed{"/per_user_data", fmt.Sprintf("per_user_data must be a list of at most %d objects", store.MaxRunPeople)}
	}
	a.run.Chosen = []store.PersonID{}
	for i, one := range all {
		object, _ := one.(map[string]any)
		if err := a.user(object, fmt.Sprintf("item %d", i+1)); err != nil {
			return err
		}
	}
	return nil
}

// user is one person with data of their own.
func (a *audience) user(object map[string]any, where string) error {
	data, err := json.Marshal(object["data"])
	if err != nil {
		return err
	}
	if _, ok := object["data"].(map[string]any); !ok {
		data = nil
	}
	for _, kind := range []string{"id", "email"} {
		if value := object[kind]; !isEmpty(value) {
			return a.add(kind, fmt.Sprint(value), data, where)
		}
	}
	a.run.Missing = append(a.run.Missing, where+": has neither id nor email")
	return nil
}

// maxDataFile bounds a file of people, in bytes.
const maxDataFile = 64 << 20

// file reads people from an address: a JSON object in each line.
func (a *audience) file(value any) error {
	address, _ := value.(string)
	ctx, stop := context.WithCancel(a.c.Request().Context())
	defer stop()
	if a.s.fetch == nil {
		return pointed{"/data_file_url", "this server fetches no files"}
	}
	file, err := a.s.fetch(ctx, address)
	if err != nil {
		return pointed{"/data_file_url", err.Error()}
	}
	defer file.Close()
	a.run.Chosen = []store.PersonID{}
	lines := bufio.NewScanner(io.LimitReader(file, maxDataFile))
	lines.Buffer(nil, 1<<20)
	for n := 1; lines.Scan(); n++ {
		where := fmt.Sprintf("line %d", n)
		object, err := decodeObject(lines.Bytes())
		if err != nil {
			a.run.Missing = append(a.run.Missing, where+": is not a JSON object")
			continue
		}
		if len(a.run.Chosen) >= store.MaxRunPeople {
			return pointed{"/data_file_url", fmt.Sprintf("the file names more than %d people", store.MaxRunPeople)}
		}
		if len(object) > 0 {
			if err := a.user(object, where); err != nil {
				return err
			}
		}
	}
	if err := lines.Err(); err != nil {
		return pointed{"/data_file_url", "the file could not be read: " + err.Error()}
	}
	return nil
}

// add finds one person. Nobody is told among the run's errors, and several who
// share an address are too, unless the call says that all of them are meant.
func (a *audience) add(kind, value string, data json.RawMessage, where string) error {
	ctx, ws := a.c.Request().Context(), here(a.c)
	value = strings.TrimSpace(value)
	var people []store.Person
	var err error
	if kind == "email" {
		people, err = a.s.store.PeopleByEmail(ctx, ws, value)
	} else {
		var p store.Person
		if p, err = a.s.store.PersonBy(ctx, ws.ID, identity.Ref{Kind: identity.ID, Value: value}); err == nil {
			people = []store.Person{p}
		} else if err == store.ErrNotFound {
			err = nil
		}
	}
	switch {
	case err != nil:
		return err
	case len(people) == 0 && !a.flag(kind+"_ignore_missing"):
		a.run.Missing = append(a.run.Missing, fmt.Sprintf("%s: nobody has the %s %q", where, kind, value))
	case len(people) > 1 && !a.flag("email_add_duplicates"):
		a.run.Missing = append(a.run.Missing, fmt.Sprintf("%s: %d people share the email %q", where, len(people), value))
		return nil
	}
	for _, p := range people {
		a.run.Chosen = append(a.run.Chosen, p.ID)
		if data != nil {
			if a.run.Each == nil {
				a.run.Each = map[store.PersonID]json.RawMessage{}
			}
			a.run.Each[p.ID] = data
		}
	}
	return nil
}
