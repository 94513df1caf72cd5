package engine

import (
	"context"
	"fmt"

	"github.com/postroom/postroom/engine/channel"
	"github.com/postroom/postroom/store"
)

// TestGateway sends a message that is marked as a test to where the messages
// of a channel go, at once. It counts nowhere. An error says what is wrong.
func (e *Engine) TestGateway(ctx context.Context, w store.Workspace, c store.Channel) error {
	if w.Sending == store.SendNever {
		return store.Invalid{"test": "This workspace never sends. Change that in its settings to send a test."}
	}
	all, err := e.store.Gateways(ctx, w.ID)
	if err != nil {
		return err
	}
	for _, g := range all {
		if g.Channel == c {
			return e.testGateway(ctx, w, g)
		}
	}
	return store.Invalid{"test": "Save an address first."}
}

func (e *Engine) testGateway(ctx context.Context, w store.Workspace, g store.Gateway) error {
	out := through(&g)
	const words = "A test of Postroom. Nobody else gets this."
	p := posted{DeliveryID: "test-" + randomToken(), Channel: g.Channel, Workspace: w.Slug, Test: true}
	switch g.Channel {
	case store.SlackChannel:
		out.body = encode(map[string]string{"text": words})
	case store.PushChannel:
		p.Title, p.Body, p.Devices = "Test", words, []postedDevice{}
		out.body = encode(p)
	default:
		p.From, p.Text = g.Sender, words
		out.body = encode(p)
	}
	out.headers.Set("Idempotency-Key", p.DeliveryID)
	if r := e.webhook.Send(ctx, out.method, out.url, out.headers, out.body); r.Outcome != channel.Sent {
		return store.Invalid{"test": fmt.Sprintf("%s did not take the test: %s", g.Host(), r.Message)}
	}
	return nil
}
