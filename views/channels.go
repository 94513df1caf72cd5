package views

import "github.com/postroom/postroom/store"

// ChannelsPath is where a workspace's messages go that are no email.
func ChannelsPath(ws store.Workspace) string { return SettingsPath(ws) + "/channels" }

// TestChannelPath sends a test to where the messages of a channel go.
func TestChannelPath(ws store.Workspace) string { return ChannelsPath(ws) + "/test" }

// RemoveChannelPath takes the address of a channel away.
func RemoveChannelPath(ws store.Workspace) string { return ChannelsPath(ws) + "/remove" }

// LanguagePath says which attribute names the language of a person.
func LanguagePath(ws store.Workspace) string { return ChannelsPath(ws) + "/language" }

// ChannelsPage is the channels of a workspace as they are, or were typed.
type ChannelsPage struct {
	Gateways []GatewayForm
	Language string
	Wrong    store.Invalid
}

// GatewayForm is where the messages of one channel go. Values of headers are
// never shown: they are secrets.
type GatewayForm struct {
	Channel store.Channel
	Address string
	Sender  string
	Headers []HeaderField
	Saved   bool // it has an address
}

// HeaderField is the name of a header, and whether its value is known.
type HeaderField struct {
	Name  string
	Known bool
}

// rows is the headers and an empty one.
func (g GatewayForm) rows() []HeaderField {
	return append(g.Headers[:len(g.Headers):len(g.Headers)], HeaderField{})
}

// name is a field's, which is another one in each of the page's forms.
func (g GatewayForm) name(field string) string { return string(g.Channel) + "_" + field }

// does is what a channel's address is for.
func (g GatewayForm) does() string {
	switch g.Channel {
	case store.SMSChannel:
		return "Each text message is posted as JSON to this address, which hands it to your provider."
	case store.PushChannel:
		return "Each push message is posted as JSON to this address, with the devices it is for."
	}
	return "Messages without an address of their own go to this incoming webhook."
}

func (h HeaderField) placeholder() string {
	if h.Known {
		return "Kept. Write to replace it."
	}
	return "Value"
}
