package web

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"github.com/postroom/postroom/store/workflow"
	"github.com/postroom/postroom/views"
)

// pathPrefix begins the names of the fields of one path.
func pathPrefix(i int) string { return fmt.Sprintf("path%d-", i) }

// What the path of a wait_until waits for, as its form says it.
const (
	waitsFor  = "when"
	waitsAt   = "at"
	waitsTill = "after"
)

func pathForm(a workflow.Action, i int, p workflow.Path, when views.ConditionForm) views.PathForm {
	last := i == len(a.Branch.Paths)-1
	f := views.PathForm{
		Name: p.Name, When: when, Else: a.Type == workflow.TypeBranch && last && p.When == nil,
		At: p.At, After: durationForm(p.After), Percent: strconv.Itoa(p.Percent), Waits: waitsFor,
	}
	switch {
	case p.At != "":
		f.Waits = waitsAt
	case p.After != "":
		f.Waits = waitsTill
	}
	for range workflow.All(p.Actions) {
		f.Actions++
	}
	return f
}

// typedPaths is what was typed about each path. The paths' actions stay.
func typedPaths(f *views.ActionForm, a workflow.Action, form url.Values) {
	names := form["path"]
	for i := range a.Branch.Paths {
		p := &a.Branch.Paths[i]
		was := p.Name
		if i < len(names) {
			p.Name = strings.Join(strings.Fields(names[i]), " ")
		}
		if a.Branch.Winner != "" && a.Branch.Winner == was {
			a.Branch.Winner = p.Name
		}
		shown, when, problem := readCondition(form, pathPrefix(i))
		if problem != "" {
			f.Wrong[pathPrefix(i)+"condition"] = problem
		}
		p.When = when
		path := pathForm(a, i, *p, shown)
		switch a.Type {
		case workflow.TypeWaitUntil:
			readWait(f, &path, p, i, form)
		case workflow.TypeRandomSplit, workflow.TypeABTest:
			readShare(f, &path, p, i, form)
		}
		f.Paths = append(f.Paths, path)
	}
	checkShares(f, a)
}

// readWait is the one thing that the path of a wait_until waits for.
func readWait(f *views.ActionForm, shown *views.PathForm, p *workflow.Path, i int, form url.Values) {
	prefix := pathPrefix(i)
	shown.Waits, shown.At, shown.After = form.Get(prefix+"waits"), strings.TrimSpace(form.Get(prefix+"at")), typedDuration(form, prefix+"after")
	if shown.Waits != waitsFor {
		p.When = nil
		delete(f.Wrong, prefix+"condition")
	}
	p.At, p.After = "", ""
	switch shown.Waits {
	case waitsAt:
		if p.At = shown.At; p.At == "" {
			f.Wrong[prefix+"at"] = "Name the attribute that holds the moment, such as event.starts_at."
		}
	case waitsTill:
		var problem string
		if p.After, problem = readDuration(shown.After); problem != "" {
			f.Wrong[prefix+"after"] = problem
		}
	}
}

func readShare(f *views.ActionForm, shown *views.PathForm, p *workflow.Path, i int, form url.Values) {
	shown.Percent = strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(form.Get(pathPrefix(i)+"percent")), "%"))
	n, err := strconv.Atoi(shown.Percent)
	if err != nil || n < 0 || n > 100 {
		f.Wrong[pathPrefix(i)+"percent"] = "Write a whole number from 0 to 100."
		return
	}
	p.When, p.Percent = nil, n
}

func checkShares(f *views.ActionForm, a workflow.Action) {
	if a.Type != workflow.TypeRandomSplit && a.Type != workflow.TypeABTest {
		return
	}
	sum := 0
	for _, p := range a.Branch.Paths {
		sum += p.Percent
	}
	if sum != 100 && len(f.Wrong) == 0 {
		f.Wrong[pathPrefix(0)+"percent"] = fmt.Sprintf("The paths take %d percent of the people together. Make it 100.", sum)
	}
}
