package web

import (
	"context"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/workflow"
)

// Engine is what the dashboard asks of the engine: to compose a message before
// it is sent to anybody.
type Engine interface {
	// PreviewAction composes a message as it would reach a person. Problems are
	// found by field and line; what could be composed is there all the same.
	PreviewAction(ctx context.Context, w store.Workspace, c store.Campaign, a workflow.Action, as store.Person) store.Rendering
	// CheckAction finds what is wrong with a message's Liquid, whoever receives
	// it.
	CheckAction(ctx context.Context, w store.Workspace, a workflow.Action) []store.RenderProblem
	// CheckSnippet is CheckAction for the text of a snippet.
	CheckSnippet(ctx context.Context, w store.Workspace, n store.Snippet) []store.RenderProblem
	// WantsAction is what a message cannot be sent without, of each person.
	WantsAction(ctx context.Context, w store.Workspace, a workflow.Action) []store.Wanted
	// TestAction composes as for PreviewAction and sends it, at once: what goes to
	// an address or a number to this one. It counts nowhere. An error is told to
	// whoever asked.
	TestAction(ctx context.Context, w store.Workspace, c store.Campaign, a workflow.Action, as store.Person, to string) error
	// TestGateway sends a test to where the messages of a channel go, at once. It
	// counts nowhere. An error is told to whoever asked.
	TestGateway(ctx context.Context, w store.Workspace, c store.Channel) error
	// ReadMail takes a message of the mailbox apart.
	ReadMail(raw []byte) (store.MailParts, error)
	// Caller is whom the call of a campaign's address is about: the value that p
	// makes of what was sent.
	Caller(p workflow.PersonRef, data map[string]any) (string, error)
	// UsesMailbox says whether messages land in the built-in mailbox.
	UsesMailbox() bool
}
