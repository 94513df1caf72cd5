package web

import (
	"crypto/rand"
	"sync"

	"github.com/postroom/postroom/store"
)

// previews is the HTML of the last previews. Only a document of its own, with
// headers of its own, may show what others wrote; so it needs an address. A
// preview is seen in the session that made it and forgotten soon.
type previews struct {
	mu    sync.Mutex
	kept  []preview // the oldest first
	bytes int
}

// preview is one of them. An editor has one at a time.
type preview struct {
	editor
	token string
	html  string
}

// editor is one message being written in one session.
type editor struct {
	session   store.SessionID
	workspace store.WorkspaceID
	campaign  store.CampaignID
	action    string
}

const (
	maxPreview  = 4 << 20  // bytes of one preview
	maxPreviews = 32 << 20 // of all of them
	minPreviews = 64 << 10 // bytes that the shortest counts for, which bounds their number
)

func (p preview) size() int { return max(len(p.html), minPreviews) }

// keep makes html the editor's preview and gives the token of its address:
// empty when it is too large, the same one when it did not change.
func (p *previews) keep(e editor, html string) (token string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i, old := range p.kept {
		if old.editor == e {
			if old.html == html {
				return old.token
			}
			p.drop(i)
			break
		}
	}
	added := preview{e, rand.Text(), html}
	if added.size() > maxPreview {
		return ""
	}
	for p.bytes+added.size() > maxPreviews {
		p.drop(0)
	}
	p.kept, p.bytes = append(p.kept, added), p.bytes+added.size()
	return added.token
}

func (p *previews) drop(i int) {
	p.bytes -= p.kept[i].size()
	p.kept = append(p.kept[:i], p.kept[i+1:]...)
}

// find is the HTML of a session's preview in a workspace.
func (p *previews) find(session store.SessionID, ws store.WorkspaceID, token string) (string, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, one := range p.kept {
		if one.token == token && one.session == session && one.workspace == ws {
			return one.html, nil
		}
	}
	return "", store.ErrNotFound
}
