package views

import (
	"fmt"

	"github.com/postroom/postroom/store"
)

// JobsPath is the workspace's jobs: changes of many people, and exports.
func JobsPath(ws store.Workspace) string { return HomePath(ws) + "/jobs" }

// JobsAtPath is a page of them.
func JobsAtPath(ws store.Workspace, q string, at At) string {
	return JobsPath(ws) + query("q", q, "before", at.before(), "after", at.after())
}

// NewJobPath asks what to do with the people who were selected.
func NewJobPath(ws store.Workspace) string { return JobsPath(ws) + "/new" }

// JobPath is one job, as far as it is.
func JobPath(ws store.Workspace, id store.JobID) string {
	return fmt.Sprintf("%s/%d", JobsPath(ws), id)
}

// JobProgressPath is the part of its page that changes while it runs.
func JobProgressPath(ws store.Workspace, id store.JobID) string {
	return JobPath(ws, id) + "/progress"
}

// CancelJobPath ends it.
func CancelJobPath(ws store.Workspace, id store.JobID) string {
	return JobPath(ws, id) + "/cancel"
}

// ExportFilePath is the file of an export.
func ExportFilePath(ws store.Workspace, id store.JobID) string {
	return JobPath(ws, id) + "/people.csv"
}

// JobList is a page of jobs.
type JobList struct {
	Q     string
	Jobs  []store.Job
	Pages Pages
}

// JobForm is the question before a job, as it was answered so far.
type JobForm struct {
	Kind      store.JobKind
	Chosen    []store.PersonID // or:
	State     PeopleState      // all whom it names
	Count     store.PeopleCount
	Segments  []store.Segment // manual ones
	Columns   []string        // of an export: that there are
	Picked    []string        // … that are to be in it
	Segment   store.SegmentID
	Attribute string
	Value     string
	Gzip, Raw bool
	Names     []string // of attributes
	Wrong     store.Invalid
}

// ConfirmPhrase is what is typed before something that cannot be undone.
const ConfirmPhrase = "delete forever"

// Confirms says whether a kind of job asks for the phrase.
func Confirms(kind store.JobKind) bool {
	return kind == store.DeleteJob || kind == store.SuppressJob
}

// jobButton is what starts a kind of job.
func jobButton(kind store.JobKind) string {
	return map[store.JobKind]string{
		store.AddJob: "Add to segment", store.RemoveJob: "Remove from segment", store.AttributeJob: "Set attribute", store.UnsubscribeJob: "Unsubscribe…",
		store.ExportJob: "Export", store.SuppressJob: "Suppress…", store.DeleteJob: "Delete…",
	}[kind]
}

// jobTitle heads the question.
func jobTitle(f JobForm) string {
	return map[store.JobKind]string{
		store.AddJob: "Add to a segment", store.RemoveJob: "Remove from a segment", store.AttributeJob: "Set an attribute", store.UnsubscribeJob: "Unsubscribe",
		store.ExportJob: "Export people", store.SuppressJob: "Delete and suppress", store.DeleteJob: "Delete",
	}[f.Kind]
}

// jobEffect is what it does to each of them, and how it is undone.
func jobEffect(kind store.JobKind) string {
	switch kind {
	case store.AddJob:
		return "Campaigns that start when somebody enters the segment start. To undo it, remove the same people from the segment."
	case store.RemoveJob:
		return "They stay in the workspace. To undo it, add the same people to the segment."
	case store.AttributeJob:
		return "The value that somebody has is replaced; each profile tells what it was. Segments follow. There is no undo for all of them at once."
	case store.UnsubscribeJob:
		return "They get no more messages. This cannot be undone: only somebody who asks for it is subscribed again, one by one."
	case store.SuppressJob:
		return "They and their history are removed, what was sent to them is erased, and nobody can be added with their identifiers again. This cannot be undone; only identifiers can be freed, one by one."
	case store.SimulateJob:
		return "Nothing is sent, and nothing changes."
	case store.DeleteJob:
		return "They and their history are removed. The same people may be added again later. This cannot be undone."
	}
	return "The file is made in the background and stays for 7 days. It holds people's data: keep it safe."
}

// jobPeople is how many people a job is about.
func jobPeople(c store.PeopleCount) string {
	if c.Exact {
		return People(c.People)
	}
	return "at least " + People(c.People)
}

// jobVerb is what happens to them, on the button.
func jobVerb(f JobForm) string {
	who := jobPeople(f.Count)
	switch f.Kind {
	case store.AddJob:
		return "Add " + who
	case store.RemoveJob:
		return "Remove " + who
	case store.AttributeJob:
		return "Change " + who
	case store.UnsubscribeJob:
		return "Unsubscribe " + who
	case store.SuppressJob:
		return "Suppress " + who
	case store.DeleteJob:
		return "Delete " + who
	}
	return "Export " + who
}

// jobState is a state in a word.
func jobState(j store.Job) string {
	switch j.State {
	case store.JobRunning:
		return "Running"
	case store.JobDone:
		return "Done"
	case store.JobCancelled:
		return "Cancelled"
	}
	return "Failed"
}

// jobOutcome is what it did so far.
func jobOutcome(j store.Job) string {
	if j.Parameters.Deliveries != nil {
		return Count(j.Found, "delivery", "deliveries") + " written"
	}
	if j.Kind == store.ExportJob {
		return People(j.Found) + " written"
	}
	if j.Kind == store.SimulateJob {
		return People(j.Found) + " simulated, " + Number(j.Changed) + " would get a message"
	}
	text := People(j.Found) + " found, " + Number(j.Changed) + " changed"
	if j.Refused > 0 {
		text += ", " + Number(j.Refused) + " refused: they have as many attributes as a person can have"
	}
	return text
}

// jobWho is whom a job is about, in words.
func jobWho(j store.Job) string {
	if j.Parameters.Deliveries != nil {
		return "What was to be sent when it began."
	}
	if len(j.Chosen) > 0 {
		return "Chosen one by one."
	}
	return queryWords(j.Query) + " Of those who were here when it began."
}

// askedWho is the same before it has begun.
func askedWho(f JobForm) string {
	if len(f.Chosen) > 0 {
		return "Chosen one by one."
	}
	return queryWords(f.State.Query)
}

// queryWords is whom a list has, as a sentence.
func queryWords(q store.PeopleQuery) string {
	words := "Everybody"
	if q.Filter != nil {
		words = "People whose " + q.Filter.Words()
	}
	if q.Q != "" {
		words += ", with “" + q.Q + "” in their email, id or name"
	}
	return words + "."
}
