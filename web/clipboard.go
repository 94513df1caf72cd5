package web

import (
	"sync"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/workflow"
)

// clipboards is the actions that members copied, one clipboard for each member
// and workspace: it is there on every page, in every campaign and in every
// browser of theirs, and nowhere else. It is kept in memory, as what is copied
// is pasted soon; a restart empties it.
type clipboards struct {
	mu    sync.Mutex
	kept  []clipping // the oldest first
	bytes int
}

// owner is whose clipboard it is, and of which workspace.
type owner struct {
	member    store.MemberID
	workspace store.WorkspaceID
}

// clipping is what one of them holds.
type clipping struct {
	owner
	from    store.CampaignID
	origin  workflow.Origin
	actions []workflow.Action
	count   int // also of those inside others
	size    int
}

// maxClipboards is how many bytes of workflows all of them hold at most. The
// oldest go first.
const maxClipboards = 64 << 20

// minClipping is what the shortest counts for, which bounds their number.
const minClipping = 16 << 10

func (cs *clipboards) put(c clipping) {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	for i := range cs.kept {
		if cs.kept[i].owner == c.owner {
			cs.drop(i)
			break
		}
	}
	c.size = max(workflow.Size(c.actions), minClipping)
	for len(cs.kept) > 0 && cs.bytes+c.size > maxClipboards {
		cs.drop(0)
	}
	cs.kept, cs.bytes = append(cs.kept, c), cs.bytes+c.size
}

func (cs *clipboards) drop(i int) {
	cs.bytes -= cs.kept[i].size
	cs.kept = append(cs.kept[:i], cs.kept[i+1:]...)
}

// of is what a clipboard holds; none is empty.
func (cs *clipboards) of(o owner) clipping {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	for _, c := range cs.kept {
		if c.owner == o {
			return c
		}
	}
	return clipping{}
}
