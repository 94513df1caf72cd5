package identity

import "testing"

func TestModes(t *testing.T) {
	rows := []struct {
		text, words string
		email, id   bool
	}{
		{"email_or_id", "Email or id", true, true},
		{"email", "Email only", true, false},
		{"id", "Id only", false, true},
	}
	for i, r := range rows {
		m, err := ParseMode(r.text)
		if err != nil || m != Modes[i] || m.Words() != r.words || m.Email() != r.email || m.ID() != r.id {
			t.Errorf("%s: %v %q %t %t %v", r.text, m, m.Words(), m.Email(), m.ID(), err)
		}
	}
	for _, bad := range []string{"", "ID", "both", "phone"} {
		if m, err := ParseMode(bad); err == nil || m != "" || m.Words() != "" {
			t.Errorf("%q is %q", bad, m)
		}
	}
}
