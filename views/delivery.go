package views

import (
	"fmt"
	"net/url"
	"time"

	"github.com/postroom/postroom/store"
)

// DeliveriesPath is the ledger of a workspace.
func DeliveriesPath(ws store.Workspace) string { return HomePath(ws) + "/deliveries" }

// CampaignDeliveriesPath is the ledger of one campaign, among its pages.
func CampaignDeliveriesPath(ws store.Workspace, id store.CampaignID) string {
	return CampaignPath(ws, id) + "/deliveries"
}

// DeliveryPath is one delivery.
func DeliveryPath(ws store.Workspace, id store.DeliveryID) string {
	return fmt.Sprintf("%s/%d", DeliveriesPath(ws), id)
}

// DeliveryBodyPath is what a delivery says, as a document of its own that may
// do nothing.
func DeliveryBodyPath(ws store.Workspace, id store.DeliveryID) string {
	return DeliveryPath(ws, id) + "/body"
}

// SendDraftPath sends a draft.
func SendDraftPath(ws store.Workspace, id store.DeliveryID) string {
	return DeliveryPath(ws, id) + "/send"
}

// SendAgainPath gives a delivery another try.
func SendAgainPath(ws store.Workspace, id store.DeliveryID) string {
	return DeliveryPath(ws, id) + "/again"
}

// DiscardPath takes a draft out.
func DiscardPath(ws store.Workspace, id store.DeliveryID) string {
	return DeliveryPath(ws, id) + "/discard"
}

// SendDraftsPath sends the drafts of a campaign.
func SendDraftsPath(ws store.Workspace) string { return DeliveriesPath(ws) + "/send-drafts" }

// WithImages is the address of a document in which images are shown, or not.
func WithImages(path string, images bool) string {
	if images {
		return path + "?images=1"
	}
	return path
}

// DeliveryList is a page of the ledger and what chose it.
type DeliveryList struct {
	State    store.DeliveryState
	Campaign store.CampaignID
	Person   string // as it was typed
	Within   bool   // it is one of the campaign's pages

	Found     []store.ListedDelivery
	Counts    map[store.DeliveryState]int
	Campaigns []store.CampaignName
	LastDraft store.DeliveryID // of the campaign; what "all drafts" means
	Pages     Pages
}

// Path is a page of this list.
func (l DeliveryList) Path(ws store.Workspace, at At) string {
	return l.path(ws, l.State, at)
}

// path is the same with another state.
func (l DeliveryList) path(ws store.Workspace, state store.DeliveryState, at At) string {
	q := url.Values{}
	if state != "" {
		q.Set("state", string(state))
	}
	if l.Campaign != 0 && !l.Within {
		q.Set("campaign", fmt.Sprint(l.Campaign))
	}
	if l.Person != "" {
		q.Set("person", l.Person)
	}
	if at.Before != 0 {
		q.Set("before", fmt.Sprint(at.Before))
	}
	if at.After != 0 {
		q.Set("after", fmt.Sprint(at.After))
	}
	if len(q) == 0 {
		return l.address(ws)
	}
	return l.address(ws) + "?" + q.Encode()
}

// address is where the list is, whatever is chosen in it.
func (l DeliveryList) address(ws store.Workspace) string {
	if l.Within {
		return CampaignDeliveriesPath(ws, l.Campaign)
	}
	return DeliveriesPath(ws)
}

// everybody is the address of the list without what narrows it but the state.
func (l DeliveryList) everybody(ws store.Workspace) string {
	l.Person = ""
	if !l.Within {
		l.Campaign = 0
	}
	return l.path(ws, l.State, At{})
}

// filtered says whether something else than the state leaves deliveries out.
func (l DeliveryList) filtered() bool { return l.Campaign != 0 && !l.Within || l.Person != "" }

// campaignName is the name of the chosen campaign.
func (l DeliveryList) campaignName() string {
	for _, c := range l.Campaigns {
		if c.ID == l.Campaign {
			return c.Name
		}
	}
	return "this campaign"
}

// countText is a count beside a state. Where no counter is kept it ends at a
// bound.
func (l DeliveryList) countText(state store.DeliveryState) string {
	n := l.Counts[state]
	switch {
	case l.Person != "" || n == 0:
		return ""
	case l.Campaign == 0 && n >= store.CountedTo:
		return Number(store.CountedTo-1) + "+"
	}
	return Number(n)
}

// stateLook is how a state is drawn: its icon, and the tag of an exception.
func stateLook(state store.DeliveryState) (icon, tag string) {
	switch state {
	case store.Queued:
		return "clock", ""
	case store.Drafted:
		return "edit", "info"
	case store.Attempted:
		return "refresh", "warn"
	case store.Handed:
		return "hourglass", ""
	case store.Sent:
		return "check", ""
	case store.Uncertain:
		return "help", "warn"
	case store.Failed:
		return "warn", "bad"
	}
	return "stop", "line"
}

// DeliveryPage is one delivery with all that is known of it.
type DeliveryPage struct {
	store.ListedDelivery
	Content    store.Content
	Composed   bool   // there is content
	Action     string // what people call it
	Editable   bool   // the message is still in the campaign's draft
	Activities []store.Activity
	Mailbox    bool   // messages land in the built-in mailbox
	View       string // "text", or the HTML
	Images     bool
	Problem    string // why the last act was refused
}

// showsText says whether the plain text is what to show.
func (d DeliveryPage) showsText() bool { return d.View == "text" || d.Content.HTML == "" }

// advice is what a state means and what to do about it.
func (d DeliveryPage) advice() string {
	switch d.State {
	case store.Queued:
		return "It waits for its turn and is composed when that comes."
	case store.Drafted:
		return "It is composed and held. Nobody gets it until somebody sends it. It is composed again then, so it says what is true at that time."
	case store.Attempted:
		return "The server did not take it for now. It is tried again by itself, " + exactly(d.DueAt) + "."
	case store.Handed:
		return "It was given to the server, whose answer has not come yet."
	case store.Sent:
		if d.Channel != store.EmailChannel {
			return "The other service took it."
		}
		if d.Mailbox {
			return "It landed in the built-in mailbox; no mail server is set."
		}
		return "The mail server took it."
	case store.Uncertain:
		return "It was handed over and the answer was lost, so it may have arrived or not. Look in the server's log before you send it again: it may arrive twice."
	case store.Failed:
		return "It did not leave, and it is not tried again by itself. Mend the cause, then send it again."
	}
	return "It was held back and is not tried by itself. When the cause is gone, it can be sent again."
}

// lackingPerson says why there is no person.
func (d DeliveryPage) lackingPerson() string {
	if d.Personless {
		return "Nobody: what started this is about no person"
	}
	return "Deleted"
}

// way is how the message goes, and in which language.
func (d DeliveryPage) way() string {
	words := d.Channel.Way()
	if d.Language != "" {
		words += ", in " + d.Language
	}
	return words
}

// nothing says why there is nothing to show.
func (d DeliveryPage) nothing() string {
	if d.State == store.Failed || d.State == store.Undeliverable {
		return "It was never composed, so there is nothing to show."
	}
	return "It is not composed yet, so there is nothing to show."
}

// exactly is a time to the minute, also one to come.
func exactly(at time.Time) string {
	if at.IsZero() {
		return "soon"
	}
	return at.UTC().Format("on 2 January 2006 at 15:04 UTC")
}

// titleOf is the heading of a delivery: what it says or, before it is
// composed, what it is.
func (d DeliveryPage) titleOf() string {
	switch {
	case d.Subject != "":
		return d.Subject
	case d.Action != "":
		return d.Action
	}
	return fmt.Sprintf("Delivery %d", d.ID)
}
