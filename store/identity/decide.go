package identity

import "time"

// Person is what the rules need to know of somebody.
type Person struct {
	Key       int64 // tells people apart; theirs for good
	ID        string
	Email     string // as it was written
	CreatedAt time.Time
}

// Policy is a workspace's settings.
type Policy struct {
	Mode      Mode
	EmailByID bool // an email that is set may be changed by a call that names the person by id
	AutoMerge bool // an id and an email of two people who lack the other's kind make them one
}

// Body is the identifiers in the body of a call: nil is absent, "" removes.
type Body struct{ ID, Email, CioID *string }

// Request is a call that creates or updates a person.
type Request struct {
	Path       Ref
	Body       Body
	UpdateOnly bool // never create
}

// Found is whom the identifiers of a request belong to now. ByID and ByEmail
// are about its body; they do not matter where that does not identify.
type Found struct{ ByPath, ByID, ByEmail *Person }

// Outcome is what becomes of a call.
type Outcome int

const (
	Create Outcome = iota + 1
	Update
	Merge  // make Secondary a part of Target, then update
	Drop   // change nothing, and answer as if all were well
	Reject // change nothing, and tell the caller so
)

// Decision is what to do with a call. The attributes that do not identify are
// for Target, or for the person to be created.
type Decision struct {
	Outcome   Outcome
	Target    *Person // of Update and Merge
	Secondary *Person // of Merge: the younger one
	SetID     *string // nil: leave it; "": remove it
	SetEmail  *string
	Failures  []Failure // identifiers that are not applied
	Reason    string    // of Drop and Reject
}

// Failure is an identifier that a call may not set. It belongs in the person's
// activity as a failed attribute change.
type Failure struct {
	Attribute, Value string
	Cause            Cause
	Reason           string // the cause in a sentence
	Owner            int64  // key of whose it is, when it is taken
}

// Cause is why an identifier is not applied.
type Cause string

const (
	Taken     Cause = "taken"     // it is somebody else's
	Set       Cause = "set"       // the person has another one, and the call may not change it
	Last      Cause = "last"      // removing it would leave them without any
	NotHere   Cause = "not_here"  // people in this workspace have no ids
	Assigned  Cause = "assigned"  // it is a cio_id
	Malformed Cause = "malformed" // it is no email address
)

// reasons is what each cause is called in activities; an email address that is
// malformed says itself what is wrong with it.
var reasons = map[Cause]string{
	Taken: reasonTaken, Set: reasonSet, Last: reasonLast, NotHere: reasonNotHere, Assigned: reasonAssigned,
}

const (
	reasonTaken      = "The identifier is already associated with a different profile."
	reasonSet        = "An identifier that is set can be changed only by a call that names the person by cio_id."
	reasonLast       = "A person needs an identifier, and this is the last one."
	reasonNotHere    = "People in this workspace are not identified by id."
	reasonAssigned   = "The cio_id is assigned by the system and never changes."
	reasonOther      = "id attribute and identifier are not the same value"
	reasonDisabled   = "people in this workspace are not identified by "
	reasonNobody     = "nobody has this cio_id"
	reasonUpdateOnly = "nobody has this identifier, and the call only updates"
)

// Decide applies the rules to a call that creates or updates a person. They
// are those of the reference product's identify; where it is silent, a call
// changes too little rather than the wrong person. A call that names the person
// by cio_id may change identifiers in every mode, the id of an id-only workspace
// included: a wrong id can be corrected.
func Decide(p Policy, r Request, f Found) Decision {
	r.Body = r.Body.without(r.Path)
	if reason := p.rejects(r); reason != "" {
		return Decision{Outcome: Reject, Reason: reason}
	}
	target := f.target(p, r)
	switch {
	case target == nil && r.Path.Kind == CioID:
		return Decision{Outcome: Drop, Reason: reasonNobody}
	case target == nil && r.UpdateOnly:
		return Decision{Outcome: Drop, Reason: reasonUpdateOnly}
	}
	d := Decision{Outcome: Update, Target: target}
	s := settling{Policy: p, found: f, byCioID: r.Path.Kind == CioID}
	if target == nil {
		d.Outcome = Create
	} else {
		s.was = *target
		s.keys = []int64{target.Key}
	}
	s.now = s.was
	if primary, secondary := f.mergeable(p, r); primary != nil {
		d.Outcome, d.Target, d.Secondary = Merge, primary, secondary
		s.merge(*primary, *secondary)
	}
	s.apply(r, f.ByPath == nil)
	d.SetID, d.SetEmail, d.Failures = changed(s.was.ID, s.now.ID), changed(s.was.Email, s.now.Email), s.failures
	return d
}

// without leaves out the path's own value: the Ruby client repeats it in the
// body, an email even as id.
func (b Body) without(path Ref) Body {
	if b.ID != nil && path.Kind != ID && *b.ID == path.String() {
		b.ID = nil
	}
	if b.CioID != nil && path.Kind == CioID && *b.CioID == path.Value {
		b.CioID = nil
	}
	return b
}

// rejects is why the call is refused as a whole, or empty.
func (p Policy) rejects(r Request) string {
	kind, id := r.Path.Kind, r.Body.ID
	if kind == ID && !p.Mode.ID() || kind == Email && !p.Mode.Email() {
		return reasonDisabled + string(kind)
	}
	if err := r.Path.check(); err != nil {
		return err.Error()
	}
	if id == nil || *id == "" || !p.Mode.ID() {
		return ""
	}
	if kind == ID && p.Mode == IDOnly && *id != r.Path.Value {
		return reasonOther
	}
	if err := CheckID(*id); err != nil {
		return err.Error()
	}
	return ""
}

// target is whom the call is about: the person of the path or, if there is
// none, the one whom the body names by the other identifier.
func (f Found) target(p Policy, r Request) *Person {
	switch {
	case f.ByPath != nil:
		return f.ByPath
	case r.Path.Kind == ID && p.Mode.Email():
		return f.ByEmail
	case r.Path.Kind == Email && r.Body.ID != nil && p.Mode.ID():
		return f.ByID
	}
	return nil
}

// mergeable is the two people whom the call names, one by id and one by email,
// when they may become one: the older one first.
func (f Found) mergeable(p Policy, r Request) (primary, secondary *Person) {
	if !p.AutoMerge || p.Mode != EmailOrID {
		return nil, nil
	}
	byID, byEmail := f.ByPath, f.ByEmail
	switch {
	case r.Path.Kind == Email && r.Body.ID != nil:
		byID, byEmail = f.ByID, f.ByPath
	case r.Path.Kind != ID:
		return nil, nil
	}
	if byID == nil || byEmail == nil || byID.Key == byEmail.Key || byID.Email != "" || byEmail.ID != "" {
		return nil, nil
	}
	if byID.olderThan(byEmail) {
		return byID, byEmail
	}
	return byEmail, byID
}

func (p *Person) olderThan(other *Person) bool {
	if p.CreatedAt.Equal(other.CreatedAt) {
		return p.Key < other.Key
	}
	return p.CreatedAt.Before(other.CreatedAt)
}

func changed(was, now string) *string {
	if was == now {
		return nil
	}
	return &now
}
