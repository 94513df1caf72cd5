package web

import (
	"context"

	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/store/workflow"
)

// Engine is what the dashboard asks of the engine: to compose a message before
// it is sent to anybody.
type Engine interface {
	// Preview composes an email as it would reach a person. Problems are found
	// by field and line; what could be composed is there all the same.
	Preview(ctx context.Context, w store.Workspace, c store.Campaign, e workflow.Email, as store.Person) store.Rendering
	// Check finds what is wrong with an email's Liquid, whoever receives it.
	Check(ctx context.Context, w store.Workspace, e workflow.Email) []store.RenderProblem
	// Wants is what an email cannot be sent without, of each person.
	Wants(ctx context.Context, w store.Workspace, e workflow.Email) []store.Wanted
	// SendTest composes as for Preview and sends it to an address, at once. It
	// counts nowhere. An error is told to whoever asked.
	SendTest(ctx context.Context, w store.Workspace, c store.Campaign, e workflow.Email, as store.Person, to string) error
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
