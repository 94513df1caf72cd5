package web

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/identity"
)

const customersPath = "/api/v1/customers/"

// customer is whom the path of a call names, and in which way depends on what
// identifies people in the workspace.
func customer(c echo.Context, suffix string) (identity.Ref, error) {
	name, err := named(c.Request(), customersPath, suffix)
	if err != nil {
		return identity.Ref{}, err
	}
	ref, err := identity.FromPath(here(c).Identifiers, name)
	if err != nil {
		return ref, badCall("%s", err)
	}
	return ref, nil
}

// identifyCustomer creates or updates a person.
func (s *Server) identifyCustomer(c echo.Context) error {
	ref, err := customer(c, "")
	if err != nil {
		return err
	}
	body, err := readObject(c)
	if err != nil {
		return err
	}
	call, err := parseIdentify(body)
	if err != nil {
		return err
	}
	call.Ref = ref
	return s.do(c, call)
}

// destroyCustomer deletes a person; nobody is fine, too. Some clients send a
// body, which says nothing.
func (s *Server) destroyCustomer(c echo.Context) error {
	ref, err := customer(c, "")
	if err != nil {
		return err
	}
	return s.do(c, store.Deletion{Ref: ref})
}

// do carries out the one thing that a call asks for.
func (s *Server) do(c echo.Context, call store.Call) error {
	if err := s.store.Do(c.Request().Context(), here(c).ID, call)[0]; err != nil {
		return err
	}
	return accepted(c)
}

// suppressCustomer forgets a person, and keeps them from coming back.
func (s *Server) suppressCustomer(c echo.Context) error {
	ref, err := customer(c, "/suppress")
	if err != nil {
		return err
	}
	return s.do(c, store.Suppressing{Ref: ref})
}

func (s *Server) unsuppressCustomer(c echo.Context) error {
	ref, err := customer(c, "/unsuppress")
	if err != nil {
		return err
	}
	return s.do(c, store.Freeing{Ref: ref})
}

// mergeCustomers makes one person a part of another.
func (s *Server) mergeCustomers(c echo.Context) error {
	body, err := readObject(c)
	if err != nil {
		return err
	}
	call, err := parseMerge(here(c).Identifiers, body)
	if err != nil {
		return err
	}
	return s.do(c, call)
}

// trackCustomer records what a person did.
func (s *Server) trackCustomer(c echo.Context) error {
	ref, err := customer(c, "/events")
	if err != nil {
		return err
	}
	return s.track(c, ref)
}

// trackAnonymous records what somebody did who is not known (yet).
func (s *Server) trackAnonymous(c echo.Context) error {
	return s.track(c, identity.Ref{})
}

func (s *Server) track(c echo.Context, ref identity.Ref) error {
	body, err := readObject(c)
	if err != nil {
		return err
	}
	event, err := parseEvent(body)
	if err != nil {
		return err
	}
	if event.Ref = ref; ref != (identity.Ref{}) {
		event.Anonymous = "" // it is known who it was
	}
	return s.do(c, event)
}

// showRegion tells a client where to send its calls: here.
func (s *Server) showRegion(c echo.Context) error {
	return answerJSON(c, http.StatusOK, struct {
		URL         string `json:"url"`
		Region      string `json:"region"`
		Environment int64  `json:"environment_id"`
	}{s.baseURL, "us", int64(here(c).ID)})
}

// checkKey answers who only wants to know whether their key works.
func (s *Server) checkKey(c echo.Context) error { return accepted(c) }
