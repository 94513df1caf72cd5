package store

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/postroom/postroom/store/workflow"
)

// Gateway is where a workspace's messages of a channel go: a web address that
// takes them as JSON and passes them on.
type Gateway struct {
	Channel   Channel
	Address   string
	Sender    string            // of text messages that name none
	Headers   []workflow.Header // of each call, among them secrets
	UpdatedAt time.Time
}

// GatewayChannels is the channels that need one, in the order of a page.
var GatewayChannels = []Channel{SMSChannel, PushChannel, SlackChannel}

const (
	maxGatewayHeaders = 10
	maxAddressBytes   = 2000
)

// Gateways is those that the workspace has.
func (s *Store) Gateways(ctx context.Context, ws WorkspaceID) ([]Gateway, error) {
	return gateways(ctx, s.read, ws)
}

func gateways(ctx context.Context, q queryer, ws WorkspaceID) ([]Gateway, error) {
	rows, err := q.QueryContext(ctx, `select channel, address, sender, headers, updated_at from gateways where workspace_id = ?`, ws)
	return collect(rows, err, func(scan func(...any) error) (g Gateway, err error) {
		var headers string
		var updated int64
		if err := scan(&g.Channel, &g.Address, &g.Sender, &headers, &updated); err != nil {
			return g, err
		}
		g.UpdatedAt = instant(updated)
		return g, json.Unmarshal([]byte(headers), &g.Headers)
	})
}

// gatewayOf is the one of a channel; nil when there is none.
func gatewayOf(all []Gateway, channel Channel) *Gateway {
	for i := range all {
		if all[i].Channel == channel {
			return &all[i]
		}
	}
	return nil
}

// SetGateway says where the messages of a channel go. A header without a value
// keeps the value that it has: secrets are not shown again. They do not follow
// to another host, where whoever changes the address could read them.
func (s *Store) SetGateway(ctx context.Context, ws WorkspaceID, g Gateway, by Actor) error {
	if err := g.check(); err != nil {
		return err
	}
	return s.update(ctx, func(tx *Tx) error {
		all, err := gateways(ctx, tx, ws)
		if err != nil {
			return err
		}
		if was := gatewayOf(all, g.Channel); was != nil {
			err = g.keepSecrets(*was)
		} else {
			err = g.keepSecrets(Gateway{})
		}
		if err != nil {
			return err
		}
		_, err = tx.exec(`
			insert into gateways (workspace_id, channel, address, sender, headers, updated_at) values (?, ?, ?, ?, ?, ?)
			on conflict do update set address = excluded.address, sender = excluded.sender, headers = excluded.headers, updated_at = excluded.updated_at`,
			ws, g.Channel, g.Address, g.Sender, encode(g.Headers), micros(tx.now))
		if err != nil {
			return err
		}
		return tx.noted(ws, by, "Changed a channel", g.Channel.Words(), "To "+g.Host()+".")
	})
}

// RemoveGateway takes the address of a channel away.
func (s *Store) RemoveGateway(ctx context.Context, ws WorkspaceID, channel Channel, by Actor) error {
	return s.update(ctx, func(tx *Tx) error {
		if err := tx.execOne(`delete from gateways where workspace_id = ? and channel = ?`, ws, channel); err != nil {
			return err
		}
		return tx.noted(ws, by, "Removed a channel", channel.Words(), "")
	})
}

func (g *Gateway) check() error {
	wrong := Invalid{}
	g.Address, g.Sender = strings.TrimSpace(g.Address), strings.TrimSpace(g.Sender)
	u, err := url.Parse(g.Address)
	switch {
	case !slices.Contains(GatewayChannels, g.Channel):
		return ErrNotFound
	case g.Address == "":
		wrong["address"] = "Write the address that takes the messages."
	case err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http":
		wrong["address"] = "Write a whole address that begins with https:// or http://."
	case len(g.Address) > maxAddressBytes:
		wrong["address"] = fmt.Sprintf("Use at most %d characters.", maxAddressBytes)
	}
	if len(g.Sender) > MaxNameBytes {
		wrong["sender"] = fmt.Sprintf("Use at most %d characters.", MaxNameBytes)
	}
	g.Headers = slices.DeleteFunc(g.Headers, func(h workflow.Header) bool { return strings.TrimSpace(h.Name) == "" && h.Value == "" })
	if len(g.Headers) > maxGatewayHeaders {
		wrong["headers"] = fmt.Sprintf("Use at most %d headers.", maxGatewayHeaders)
	}
	for i, h := range g.Headers {
		g.Headers[i].Name = strings.TrimSpace(h.Name)
		switch {
		case !isToken(g.Headers[i].Name):
			wrong["headers"] = "A header needs a name of letters, digits and hyphens."
		case strings.ContainsFunc(h.Value, func(r rune) bool { return r < ' ' || r == 0x7f }), len(h.Value) > maxAddressBytes:
			wrong["headers"] = "Write the value of " + g.Headers[i].Name + " in one line."
		}
	}
	return wrong.orNil()
}

func isToken(name string) bool {
	return name != "" && len(name) <= MaxNameBytes && !strings.ContainsFunc(name, func(r rune) bool {
		return r <= ' ' || r > '~' || strings.ContainsRune(`"(),/:;<=>?@[\]{}`, r)
	})
}

// keepSecrets fills in the values that were not typed.
func (g *Gateway) keepSecrets(was Gateway) error {
	for i, h := range g.Headers {
		if h.Value != "" {
			continue
		}
		at := slices.IndexFunc(was.Headers, func(o workflow.Header) bool { return strings.EqualFold(o.Name, h.Name) })
		switch {
		case at < 0:
			return Invalid{"headers": "Write the value of " + h.Name + "."}
		case was.origin() != g.origin():
			return Invalid{"headers": "The address leads elsewhere now, and secrets stay behind. Write the value of " + h.Name + " again."}
		}
		g.Headers[i].Value = was.Headers[at].Value
	}
	return nil
}

func (g Gateway) origin() string {
	u, err := url.Parse(g.Address)
	if err != nil {
		return ""
	}
	return strings.ToLower(u.Scheme + "://" + u.Host)
}

// Host is where the gateway is, without what may be secret.
func (g Gateway) Host() string {
	u, err := url.Parse(g.Address)
	if err != nil {
		return "an address that cannot be read"
	}
	return cmp.Or(u.Hostname(), "an address that cannot be read")
}

// Words is the channel as people read it.
func (c Channel) Words() string {
	switch c {
	case SMSChannel:
		return "Text messages"
	case PushChannel:
		return "Push messages"
	case SlackChannel:
		return "Slack"
	case WebhookChannel:
		return "Webhooks"
	}
	return "Email"
}

// Way is one message of the channel, as people read it.
func (c Channel) Way() string {
	switch c {
	case SMSChannel:
		return "Text message"
	case PushChannel:
		return "Push message"
	case SlackChannel:
		return "Slack"
	case WebhookChannel:
		return "Webhook"
	}
	return "Email"
}

// ToPeople says whether a channel reaches the person themselves: who has
// unsubscribed wants none of it.
func (c Channel) ToPeople() bool {
	return c == EmailChannel || c == SMSChannel || c == PushChannel
}

// SetLanguageAttribute says which attribute names the language of a person.
func (s *Store) SetLanguageAttribute(ctx context.Context, ws WorkspaceID, name string, by Actor) error {
	name = strings.TrimSpace(name)
	if err := CheckAttribute(name, ""); err != nil {
		return Invalid{"language": "Write the name of an attribute, such as language."}
	}
	return s.update(ctx, func(tx *Tx) error {
		if err := tx.execOne(`update workspaces set language_attribute = ? where workspace_id = ? and deleted_at is null`, name, ws); err != nil {
			return err
		}
		return tx.noted(ws, by, "Changed the language attribute", name, "")
	})
}
