package identity

import (
	"slices"
	"strings"
)

// settling works out a person's identifiers.
type settling struct {
	Policy
	found    Found
	keys     []int64 // whose identifiers these are already
	was, now Person
	byCioID  bool // the call names the person by cio_id
	byID     bool // … or by id
	failures []Failure
}

func (s *settling) merge(primary, secondary Person) {
	s.was, s.now = primary, primary
	s.now.ID += secondary.ID // one of the two has an id, the other an email
	s.now.Email += secondary.Email
	s.keys = []int64{primary.Key, secondary.Key}
}

// apply sets what the call asks for: first the path's identifier, if the
// person was not found by it, and removals last, when it is known what stays.
func (s *settling) apply(r Request, pathIsNew bool) {
	if pathIsNew && r.Path.Kind == ID {
		s.setID(r.Path.Value, nil)
	}
	if pathIsNew && r.Path.Kind == Email {
		s.byID = true // it was the body's id that found somebody
		s.setEmail(r.Path.Value, nil)
	}
	s.byID = r.Path.Kind == ID
	for _, removals := range []bool{false, true} {
		if id := r.Body.ID; id != nil && (*id == "") == removals {
			s.setID(*id, s.found.ByID)
		}
		if email := r.Body.Email; email != nil && (strings.TrimSpace(*email) == "") == removals {
			s.setEmail(*email, s.found.ByEmail)
		}
	}
	if r.Body.CioID != nil {
		s.fail(CioID, *r.Body.CioID, Assigned)
	}
}

func (s *settling) setID(id string, owner *Person) {
	switch {
	case id == s.now.ID, id == "" && !s.Mode.ID():
	case !s.Mode.ID():
		s.fail(ID, id, NotHere)
	case s.isOther(owner):
		s.taken(ID, id, owner)
	case s.now.ID != "" && !s.byCioID:
		s.fail(ID, id, Set)
	case id == "" && (s.now.Email == "" || !s.Mode.Email()):
		s.fail(ID, id, Last)
	default:
		s.now.ID = id
	}
}

func (s *settling) setEmail(email string, owner *Person) {
	if !s.Mode.Email() {
		s.now.Email = email // an attribute like others
		return
	}
	email = strings.TrimSpace(email)
	if email == s.now.Email {
		return
	}
	key, err := EmailKey(email)
	switch {
	case email != "" && err != nil:
		s.failures = append(s.failures, Failure{Attribute: string(Email), Value: email, Cause: Malformed, Reason: err.Error()})
	case email != "" && key == keyOrNone(s.now.Email):
		s.now.Email = email // another spelling
	case s.isOther(owner):
		s.taken(Email, email, owner)
	case s.now.Email != "" && !s.byCioID && !(s.EmailByID && s.byID):
		s.fail(Email, email, Set)
	case email == "" && (s.now.ID == "" || !s.Mode.ID()):
		s.fail(Email, email, Last)
	default:
		s.now.Email = email
	}
}

func keyOrNone(email string) string {
	key, _ := EmailKey(email)
	return key
}

func (s *settling) isOther(owner *Person) bool {
	return owner != nil && !slices.Contains(s.keys, owner.Key)
}

func (s *settling) fail(kind Kind, value string, why Cause) {
	s.failures = append(s.failures, Failure{Attribute: string(kind), Value: value, Cause: why, Reason: reasons[why]})
}

func (s *settling) taken(kind Kind, value string, owner *Person) {
	s.fail(kind, value, Taken)
	s.failures[len(s.failures)-1].Owner = owner.Key
}
