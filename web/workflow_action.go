package web

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/workflow"
	"github.com/postroom/postroom/views"
)

// actionForm is the settings of an action as a form shows them.
func actionForm(a workflow.Action) views.ActionForm {
	f := views.ActionForm{Action: a, Condition: conditionForm("", a.Condition)}
	switch {
	case a.Delay != nil:
		f.Delay = durationForm(a.Delay.Duration)
	case a.Webhook != nil:
		f.Headers = views.HeaderLines(a.Webhook.Headers)
	case a.UpdatePerson != nil:
		f.Set = setRows(a.UpdatePerson.Set)
	case a.Branch != nil:
		for i, p := range a.Branch.Paths {
			f.Paths = append(f.Paths, pathForm(a.Branch, i, p.Name, conditionForm(pathPrefix(i), p.When)))
		}
	}
	return f
}

// pathPrefix begins the names of the fields of one path's condition.
func pathPrefix(i int) string { return fmt.Sprintf("path%d-", i) }

func pathForm(b *workflow.Branch, i int, name string, when views.ConditionForm) views.PathForm {
	last := i == len(b.Paths)-1
	f := views.PathForm{Name: name, When: when, Else: last && b.Paths[i].When == nil}
	for range workflow.All(b.Paths[i].Actions) {
		f.Actions++
	}
	return f
}

func (s *Server) saveAction(c echo.Context) error {
	camp, err := s.campaign(c)
	if err != nil {
		return err
	}
	was, ok := workflow.Find(camp.Draft, c.Param("action"))
	if !ok {
		return s.refused(c, camp, "", workflow.ErrNoAction)
	}
	values, err := c.FormParams()
	if err != nil {
		return err
	}
	form := readAction(was, values)
	if editingCondition(values) {
		form.Wrong = nil
		return s.askAction(c, http.StatusOK, camp, form, "")
	}
	if len(form.Wrong) > 0 {
		return s.askAction(c, http.StatusUnprocessableEntity, camp, form, "")
	}
	_, err = s.store.EditDraft(c.Request().Context(), here(c).ID, camp.ID, revision(c), "Change "+titleOf(form.Action), func(draft workflow.Campaign) (workflow.Campaign, error) {
		return replaceAction(draft, form.Action, values.Get("do"))
	}, by(c))
	if errors.Is(err, store.ErrChanged) {
		return s.askAction(c, http.StatusConflict, camp, form, "Somebody changed this workflow while you had it open. What you typed is still here: look at it and save again.")
	}
	var wrong *workflow.Error
	if errors.As(err, &wrong) {
		return s.askAction(c, http.StatusUnprocessableEntity, camp, form, wrong.Message)
	}
	if err != nil {
		return s.refused(c, camp, was.Key, err)
	}
	return s.done(c, views.ActionPath(here(c), camp.ID, was.Key), titleOf(form.Action)+" saved.")
}

func titleOf(a workflow.Action) string {
	if a.Name == "" {
		return a.Type.Words()
	}
	return "“" + a.Name + "”"
}

// askAction shows the form again, with what was typed.
func (s *Server) askAction(c echo.Context, status int, camp store.Campaign, form views.ActionForm, refused string) error {
	e, err := s.editor(c, camp)
	if err != nil {
		return err
	}
	e.Refused = refused
	if err := s.openAction(c, &e, &form); err != nil {
		return err
	}
	return s.page(c, status, views.EditWorkflow(e))
}

// replaceAction saves the settings of an action, then does what else was pressed:
// add, remove:1, swap:0, earlier:1.
func replaceAction(draft workflow.Campaign, a workflow.Action, do string) (workflow.Campaign, error) {
	draft, err := workflow.Replace(draft, a)
	if err != nil || do == "" {
		return draft, err
	}
	what, which, _ := strings.Cut(do, ":")
	i, err := strconv.Atoi(which)
	switch {
	case what == "add":
		return workflow.AddPath(draft, a.Key, fmt.Sprintf("Path %d", len(a.Branch.Paths)), nil)
	case err != nil:
		return draft, workflow.ErrNoPath
	case what == "remove":
		return workflow.RemovePath(draft, a.Key, i)
	case what == "swap":
		return workflow.SwapPaths(draft, a.Key, i, i+1)
	case what == "earlier":
		return workflow.MovePath(draft, a.Key, i, i-1)
	}
	return draft, workflow.ErrNoPath
}

// readAction is the action with what was typed in its form. Wrong says what
// could not be taken.
func readAction(a workflow.Action, form url.Values) views.ActionForm {
	f := views.ActionForm{Wrong: store.Invalid{}}
	a.Name = strings.Join(strings.Fields(form.Get("name")), " ")
	var problem string
	if f.Condition, a.Condition, problem = readCondition(form, ""); problem != "" {
		f.Wrong["condition"] = problem
	}
	switch {
	case a.Email != nil:
		a.Email.Sending = readSending(form)
		a.Email.From, a.Email.To = strings.TrimSpace(form.Get("from")), strings.TrimSpace(form.Get("to"))
	case a.Webhook != nil:
		readWebhook(&f, a.Webhook, form)
	case a.Delay != nil:
		f.Delay = typedDuration(form, "duration")
		if a.Delay.Duration, problem = readDuration(f.Delay); problem != "" {
			f.Wrong["duration"] = problem
		}
	case a.UpdatePerson != nil:
		f.Set = typedSet(form)
		a.UpdatePerson.Set = readSet(f.Set, f.Wrong)
	case a.Branch != nil:
		typedPaths(&f, a.Branch, form)
	}
	f.Action = a
	return f
}

func readSending(form url.Values) workflow.Sending {
	sending := workflow.Sending(form.Get("sending"))
	if !slices.Contains([]workflow.Sending{workflow.Automatic, workflow.Off}, sending) {
		return workflow.Draft // the one from which nothing leaves by accident
	}
	return sending
}

func readWebhook(f *views.ActionForm, w *workflow.Webhook, form url.Values) {
	w.Sending = readSending(form)
	w.Method, w.URL, w.Body = form.Get("method"), strings.TrimSpace(form.Get("url")), form.Get("body")
	if !slices.Contains(workflow.Methods(), w.Method) {
		f.Wrong["method"] = "Choose one of the methods."
	}
	f.Headers, w.Headers = form.Get("headers"), nil
	for line := range strings.Lines(f.Headers) {
		if strings.TrimSpace(line) == "" {
			continue
		}
		name, value, ok := strings.Cut(line, ":")
		if !ok {
			f.Wrong["headers"] = fmt.Sprintf("Write each header as Name: value. “%.60s” has no colon.", strings.TrimSpace(line))
		}
		w.Headers = append(w.Headers, workflow.Header{Name: strings.TrimSpace(name), Value: strings.TrimSpace(value)})
	}
	w.LeftOut = nil // whoever saves has put in again what is needed
}

func typedPaths(f *views.ActionForm, b *workflow.Branch, form url.Values) {
	names := form["path"]
	for i := range b.Paths {
		p := &b.Paths[i]
		if i < len(names) {
			p.Name = strings.Join(strings.Fields(names[i]), " ")
		}
		shown, when, problem := readCondition(form, pathPrefix(i))
		if problem != "" {
			f.Wrong[pathPrefix(i)+"condition"] = problem
		}
		f.Paths = append(f.Paths, pathForm(b, i, p.Name, shown))
		p.When = when
	}
}
