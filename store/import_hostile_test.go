package store

import (
	"errors"
	"fmt"
	"testing"

	"github.com/postroom/postroom/store/condition"
	"github.com/postroom/postroom/store/identity"
	"github.com/postroom/postroom/store/workflow"
)

var hostileDocuments = []string{
	`{"postroom":1,"campaign":{"name":"N","trigger":{"type":"segment","segment":{"id":2},"when":"enter"},"actions":[{"key":"a","type":"exit"}]}}`,
	`{"postroom":1,"campaign":{"name":"N","trigger":{"type":"event","event":"x"},"filter":{"segment":{"id":2}},"actions":[{"key":"a","type":"segment_update","segment":{"id":2}}]}}`,
	`{"postroom":1,"campaign":{"name":"'; drop table people; --","trigger":{"type":"event","event":"x\u0000y"},"actions":[{"key":"a","type":"email","sending":"automatic","from":"A <a@acme.test>\r\nBcc: x@evil.test","to":"{{customer.email}}","subject":"x\r\nBcc: y@evil.test","body":"<script>alert(1)</script>{% for i in (1..100000000) %}x{% endfor %}"}]}}`,
	`{"postroom":1,"campaign":{"name":"N","trigger":{"type":"event","event":"x"},"exit":"never","actions":[{"key":"a","type":"send_event","event":"x","workspace":"other"},{"key":"b","type":"webhook","sending":"automatic","method":"POST","url":"http://169.254.169.254/latest/meta-data","body":"{{customer.email}}"}]}}`,
	`{"postroom":1,"campaign":{"name":"N","trigger":{"type":"date","attribute":"b","at":"09:00","zone":"../../etc/passwd","repeat":"yearly"},"actions":[{"key":"w","type":"time_window","days":[],"from":"99:99","to":"","zone":"UTC"}]}}`,
	`{"postroom":1,"campaign":{"name":"N","trigger":{"type":"event","event":"x"},"goal":{"segment":{"id":2},"within":"999999999w"},"frequency":{"every":"1s"},"actions":[{"key":"a","type":"wait_until","paths":[{"name":"P","when":{"message":{"metric":"opened","campaign_id":9007199254740993,"action":"zz"}},"actions":[]},{"name":"L","after":"1d","actions":[{"key":"b","type":"batch_update","people":{"segment":{"id":2}},"set":{"unsubscribed":false,"id":"x"}}]}]}]}}`,
	`{"postroom":1,"campaign":{"name":"N","trigger":{"type":"event","event":"x"},"subscription":"topic:\u0000","actions":[{"key":"a","type":"update_person","set":{"cio_subscription_preferences.topics.topic_1":true,"__proto__":{"a":1}},"origin":{"workspace":"other","campaign":"c","campaign_id":1,"action":"a"}}]}}`,
}

// A document from anywhere becomes a draft or is refused with a sentence. It
// starts or says why not, and whatever it names, nothing of another workspace
// comes to be in it and nothing there changes.
func FuzzImportCampaign(f *testing.F) {
	for _, doc := range hostileDocuments {
		f.Add([]byte(doc))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		doc, err := workflow.Parse(data)
		if err != nil {
			return
		}
		r := newCampaignRoom(t)
		other, err := r.CreateWorkspace(r.ctx, NewWorkspace{Name: "Other", Identifiers: identity.EmailOrID}, r.by)
		r.must(err)
		everybody := condition.Condition{Attribute: &condition.Attribute{Field: "x", Operator: condition.NotExists}}
		_, err = r.CreateSegment(r.ctx, r.ws, NewSegment{Name: "Ours", Condition: everybody}, r.by)
		r.must(err)
		theirs, err := r.CreateSegment(r.ctx, other.ID, NewSegment{Name: "Theirs", Manual: true}, r.by)
		r.must(err)
		if theirs.ID != 2 {
			t.Fatalf("their segment is %d; the seeds name 2", theirs.ID)
		}
		_, err = r.CreateTopic(r.ctx, r.ws, Topic{Name: "News"}, r.by)
		r.must(err)
		before := r.contents(other.ID)

		c, err := r.ImportCampaign(r.ctx, r.ws, doc, r.by)
		if refusal(err) {
			return
		}
		r.must(err)
		_, err = r.MissingUses(r.ctx, r.ws, workflow.Export(c.Draft).Uses)
		r.must(err)
		_, err = r.StartCampaign(r.ctx, r.ws, c.ID, true, r.by)
		started := err == nil
		if !started && !refusal(err) {
			t.Fatalf("not started because of %#v", err)
		}
		for _, need := range workflow.CampaignDependencies(c.Draft) {
			if started && need.Kind == workflow.NeedsSegment && need.Name == segmentKey(condition.Segment{ID: int64(theirs.ID)}) {
				t.Error("it runs, and asks for a segment of another workspace")
			}
		}
		r.signUp("ada")
		r.does("ada", "x", `{}`)
		for range 5 {
			r.must(r.BuildSegments(r.ctx, r.ws, 100))
		}
		for _, ws := range []WorkspaceID{r.ws, other.ID} {
			if problems, err := r.CheckIntegrity(r.ctx); err != nil || len(problems) > 0 {
				t.Errorf("workspace %d: %v %v", ws, problems, err)
			}
		}
		if after := r.contents(other.ID); after != before {
			t.Errorf("the other workspace had %s, and has %s", before, after)
		}
	})
}

// refusal says whether an error is a sentence for whoever asked.
func refusal(err error) bool {
	_, invalid := errors.AsType[Invalid](err)
	_, unready := errors.AsType[NotReady](err)
	_, broken := errors.AsType[*workflow.Error](err)
	return invalid || unready || broken
}

// contents is what a workspace holds, counted.
func (r *campaignRoom) contents(ws WorkspaceID) string {
	r.Helper()
	text := ""
	for _, table := range []string{"people", "activities", "segments", "campaigns", "journeys", "deliveries", "senders", "topics", "jobs"} {
		var n int
		r.must(r.read.QueryRowContext(r.ctx, `select count(*) from `+table+` where workspace_id = ?`, ws).Scan(&n))
		text += fmt.Sprintf("%s %d ", table, n)
	}
	return text
}
