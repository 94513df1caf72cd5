package store

import (
	"fmt"
	"strings"

	"github.com/postroom/postroom/store/identity"
)

// clash says why a row does not go together with whom its identifiers belong
// to. The API would apply the rest of such a call; a row is mended by whoever
// has the file, so all of it waits for them.
func (row ImportRow) clash(d identity.Decision, f identity.Found) string {
	if d.Outcome == identity.Reject || d.Outcome == identity.Drop {
		return sentence(d.Reason)
	}
	if len(d.Failures) == 0 {
		return ""
	}
	target := d.Target
	switch owner := f.ByEmail; {
	case f.ByID != nil && target != nil && f.ByID.Key != target.Key,
		owner != nil && target != nil && owner.Key != target.Key:
		return fmt.Sprintf("The id “%s” and the email “%s” belong to two different people.", row.ID, row.Email)
	case target != nil && target.ID != "" && target.ID != row.ID && row.ID != "":
		return fmt.Sprintf("The person with the email “%s” has another id, “%s”. An import does not change it.", row.Email, target.ID)
	case owner != nil && f.ByPath == nil:
		return fmt.Sprintf("The person with the email “%s” has another id, “%s”. An import does not change it.", row.Email, owner.ID)
	case target != nil && target.Email != "":
		return fmt.Sprintf("The person with the id “%s” has another email, “%s”. An import does not change it.", row.ID, target.Email)
	}
	return sentence(d.Failures[0].Reason)
}

func sentence(text string) string {
	if text == "" {
		return ""
	}
	return strings.ToUpper(text[:1]) + strings.TrimSuffix(text[1:], ".") + "."
}
