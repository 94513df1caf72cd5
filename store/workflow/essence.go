package workflow

import (
	"crypto/sha256"
	"encoding/hex"
)

// Essence is what an action says by itself: without its key, its origin, how
// it is sent, what is inside it, and whatever may not leave a workspace. Two
// states of an action that have the same essence are the same to whoever
// imported it. Give segments their names before.
func Essence(a Action) Action {
	a.Key, a.Origin = "", nil
	a = Detach([]Action{a.head()})[0]
	if s := a.sending(); s != nil {
		*s = Draft
	}
	if a.Webhook != nil {
		a.Webhook.LeftOut = nil // what the source itself lacks is no part of what it says
	}
	return a
}

// head is the action without what is inside it.
func (a Action) head() Action {
	if a.Branch != nil {
		a.Branch = &Branch{Paths: heads(a.Branch), Winner: a.Branch.Winner}
	}
	return cloneActions([]Action{a})[0]
}

// Essences is the essence of each of these actions and of those inside them, by
// key.
func Essences(actions []Action) map[string]Action {
	all := map[string]Action{}
	for a := range All(actions) {
		all[a.Key] = Essence(a)
	}
	return all
}

// Hash names the essence of an action: another content has another hash.
func (a Action) Hash() string {
	text, err := encode(Essence(a))
	if err != nil {
		return "" // what cannot be written is the same as nothing
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:16])
}

// Heads is the actions with these keys, in the order of the tree and without
// what is inside them.
func Heads(actions []Action, keys []string) (found []Action) {
	wanted := map[string]bool{}
	for _, key := range keys {
		wanted[key] = true
	}
	for a := range All(actions) {
		if wanted[a.Key] {
			found = append(found, a.head())
		}
	}
	return found
}
