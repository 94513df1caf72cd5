package web

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/postroom/postroom/store"
)

// appWorkspace is a workspace and its usage of this month, as the App API
// tells it. There are no objects.
type appWorkspace struct {
	ID               store.WorkspaceID `json:"id"`
	Name             string            `json:"name"`
	MessagesSent     int               `json:"messages_sent"`
	BillableMessages int               `json:"billable_messages_sent"`
	People           int               `json:"people"`
	ObjectTypes      int               `json:"object_types"`
	Objects          int               `json:"objects"`
}

// listWorkspaces is the usage page for programs: every workspace of the
// account, as in the reference product, whichever of them the key belongs to.
func (s *Server) listWorkspaces(c echo.Context) error {
	usages, _, err := s.store.Usages(c.Request().Context(), store.PeriodOf(time.Now()))
	if err != nil {
		return err
	}
	all := []appWorkspace{}
	for _, u := range usages {
		if u.Workspace.DeletedAt.IsZero() {
			all = append(all, appWorkspace{ID: u.Workspace.ID, Name: u.Workspace.Name, MessagesSent: u.Messages(), BillableMessages: u.Emails, People: u.People})
		}
	}
	slices.SortFunc(all, func(a, b appWorkspace) int { return int(a.ID - b.ID) })
	return answerJSON(c, http.StatusOK, map[string]any{"workspaces": all})
}

// listIPAddresses is where messages and webhooks come from. Behind which
// address a server of one's own stands, it does not know.
func (s *Server) listIPAddresses(c echo.Context) error {
	return answerJSON(c, http.StatusOK, map[string]any{"ip_addresses": []string{}})
}

// appIdentifiers is what names a person; null where they have none of a kind.
type appIdentifiers struct {
	ID    *string `json:"id"`
	Email *string `json:"email"`
	CioID string  `json:"cio_id"`
}

func identifiersOf(p store.Person) appIdentifiers {
	return appIdentifiers{ID: orNone(p.ExternalID), Email: orNone(p.Email), CioID: p.ID.CioID()}
}

func orNone(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// findCustomers is everybody who has an email address.
func (s *Server) findCustomers(c echo.Context) error {
	email := c.QueryParam("email")
	if strings.TrimSpace(email) == "" {
		return badCall("email is required")
	}
	people, err := s.store.PeopleByEmail(c.Request().Context(), here(c), email)
	if err != nil {
		return err
	}
	results := []appIdentifiers{}
	for _, p := range people {
		results = append(results, identifiersOf(p))
	}
	return answerJSON(c, http.StatusOK, map[string]any{"results": results})
}

// appCustomer is a person with every attribute as text.
type appCustomer struct {
	ID           *string           `json:"id"`
	Identifiers  appIdentifiers    `json:"identifiers"`
	Attributes   map[string]string `json:"attributes"`
	Timestamps   map[string]int64  `json:"timestamps"` // when each was last set, unix seconds
	Unsubscribed bool              `json:"unsubscribed"`
	Devices      []appDevice       `json:"devices"`
}

// showAttributes is what a workspace knows of a person.
func (s *Server) showAttributes(c echo.Context) error {
	p, err := s.appPerson(c, "/attributes")
	if err != nil {
		return err
	}
	devices, err := s.store.Devices(c.Request().Context(), here(c).ID, p.ID)
	if err != nil {
		return err
	}
	return answerJSON(c, http.StatusOK, map[string]any{"customer": customerOf(p, devices)})
}

// appDevice is a device as the App API tells it.
type appDevice struct {
	ID         string          `json:"id"`
	Platform   string          `json:"platform"`
	LastUsed   int64           `json:"last_used"` // unix seconds; zero: never said
	Attributes json.RawMessage `json:"attributes"`
}

func customerOf(p store.Person, devices []store.Device) appCustomer {
	customer := appCustomer{
		ID: orNone(p.ExternalID), Identifiers: identifiersOf(p), Unsubscribed: p.Unsubscribed,
		Attributes: map[string]string{}, Timestamps: map[string]int64{}, Devices: []appDevice{},
	}
	for _, d := range devices {
		device := appDevice{ID: d.Token, Platform: d.Platform, Attributes: d.Attributes}
		if !d.UsedAt.IsZero() {
			device.LastUsed = d.UsedAt.Unix()
		}
		customer.Devices = append(customer.Devices, device)
	}
	created := p.CreatedAt.Unix()
	put := func(name, value string, at int64) {
		customer.Attributes[name], customer.Timestamps[name] = value, at
	}
	for name, value := range p.Attributes {
		at, ok := p.Changed[name]
		if !ok {
			at = created
		}
		put(name, store.AttributeWords(value), at)
	}
	for name, value := range map[string]string{"id": p.ExternalID, "email": p.Email, "cio_id": p.ID.CioID()} {
		if value != "" {
			put(name, value, created)
		}
	}
	return customer
}
