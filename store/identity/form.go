package identity

import (
	"fmt"
	"strings"
)

// DecideForm tells, for each field of a person's form ("id", "email"), what is
// wrong with what was entered; nothing is when it is empty. Want is what was
// entered and current the person who is edited, nil for a new one. Whoever may
// use the form may change identifiers. A row of a CSV file is checked in the
// same way.
func DecideForm(p Policy, current *Person, want Person, f Found) map[string]string {
	wrong := map[string]string{}
	email := strings.TrimSpace(want.Email)
	if text := p.formID(current, want.ID, f.ByID); text != "" {
		wrong["id"] = text
	}
	if text := p.formEmail(current, email, f.ByEmail); text != "" {
		wrong["email"] = text
	}
	p.formMissing(wrong, want.ID, email)
	return wrong
}

func (p Policy) formID(current *Person, id string, owner *Person) string {
	if id == "" || current != nil && current.ID == id {
		return ""
	}
	if !p.Mode.ID() {
		return "People in this workspace are identified by email only. Leave the id empty."
	}
	if err := CheckID(id); err != nil {
		return err.Error()
	}
	if isOther(current, owner) {
		return fmt.Sprintf("Another person in this workspace has the id “%s”. Enter another one, or edit that person.", readable(id))
	}
	return ""
}

func (p Policy) formEmail(current *Person, email string, owner *Person) string {
	if email == "" || current != nil && current.Email == email {
		return ""
	}
	if _, err := EmailKey(email); err != nil {
		return err.Error()
	}
	if p.Mode.Email() && isOther(current, owner) {
		return fmt.Sprintf("Another person in this workspace has the email “%s”. Enter another one, or edit that person.", readable(email))
	}
	return ""
}

// formMissing asks for an identifier where none was entered.
func (p Policy) formMissing(wrong map[string]string, id, email string) {
	switch {
	case p.Mode == IDOnly && id == "" && email != "":
		wrong["id"] = "People in this workspace are identified by id, so an email alone is not enough. Enter an id."
	case p.Mode == IDOnly && id == "":
		wrong["id"] = "Enter an id."
	case p.Mode == EmailOnly && email == "" && id != "":
		wrong["email"] = "People in this workspace are identified by email, so an id alone is not enough. Enter an email."
	case p.Mode == EmailOnly && email == "":
		wrong["email"] = "Enter an email."
	case p.Mode == EmailOrID && id == "" && email == "":
		wrong["id"] = "Enter an id or an email."
	}
}

func isOther(current, owner *Person) bool {
	return owner != nil && (current == nil || current.Key != owner.Key)
}
