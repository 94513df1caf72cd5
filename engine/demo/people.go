package demo

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/identity"
)

var (
	firstNames = strings.Fields("Ada Tomasz Mei Jonas Priya Lúcia Daiki Sofie Omar Kwame Hanna Rafael Yuki Ingrid Mateo Zofia Amir Noor Elif Bruno Chiara Viktor Leila Oskar Tess Ravi Marta Iwan Aoife Samuel")
	lastNames  = strings.Fields("Okafor Wójcik Lin Haverkamp Raghavan Ferreira Nakamura Lund Haddad Mensah Virtanen Castellanos Sato Berg Romero Nowak Karimi Visser Demir Silva Conti Novak Aziz Lind Marsh Patel Rossi Petrov Byrne Cole")
	plans      = []string{"trial", "trial", "free", "free", "free", "pro", "team"}
	cities     = []string{"Rotterdam", "Kraków", "Lisbon", "Accra", "Osaka", "Tampere", "Bogotá", "Leeds"}
)

// somebody is the i-th person of a workspace, always the same.
func (d *demo) somebody(ws store.Workspace, i int) store.Identify {
	first, last := firstNames[i%len(firstNames)], lastNames[(i/len(firstNames)+i)%len(lastNames)]
	email := fmt.Sprintf("%s.%s%d@example.com", ascii(first), ascii(last), i)
	id := fmt.Sprintf("usr_%05d", 10000+i*7)
	in := store.Identify{
		Attributes: store.Attributes{
			"first_name": first, "last_name": last, "plan": plans[i%len(plans)], "city": cities[i%len(cities)],
			"seats": json.Number(strconv.Itoa(1 + i%12)),
		},
	}
	if i%9 == 0 {
		delete(in.Attributes, "first_name") // somebody always leaves it out
	}
	if i%41 == 0 {
		yes := true
		in.Unsubscribed = &yes
	}
	if ws.Identifiers.ID() {
		in.Ref, in.Body.Email = identity.Ref{Kind: identity.ID, Value: id}, &email
		return in
	}
	in.Ref = identity.Ref{Kind: identity.Email, Value: email}
	return in
}

// ascii is a name as it stands in an address.
func ascii(name string) string {
	return strings.NewReplacer("ó", "o", "ú", "u", "ü", "u", "ö", "o", "é", "e").Replace(strings.ToLower(name))
}
