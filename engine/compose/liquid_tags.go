package compose

import (
	"cmp"
	"crypto/rand"
	"errors"
	"fmt"
	"html"

	"github.com/postroom/postroom/engine/liquid"
)

// tags are those of the reference product.
func tags() map[string]liquid.Tag {
	unsubscribeURL := urlTag(func(l Links) string { return l.UnsubscribeURL })
	return map[string]liquid.Tag{
		"unsubscribe_url":                     unsubscribeURL,
		"manage_subscription_preferences_url": urlTag(func(l Links) string { return cmp.Or(l.PreferencesURL, l.UnsubscribeURL) }),
		"view_in_browser_url":                 urlTag(func(l Links) string { return l.ViewURL }),
		"unsubscribe":                         {Render: unsubscribe},
		"cio_link":                            {Named: []string{"url"}, Render: linkTo},
		"generate_uuid":                       {Render: generateUUID},
		"render_liquid":                       {Min: 1, Max: 1, Render: renderLiquid},
	}
}

// wayOf is how the field at hand is rendered.
func wayOf(r *liquid.Run) *way { return r.Data().(*way) }

func urlTag(url func(Links) string) liquid.Tag {
	return liquid.Tag{Render: func(r *liquid.Run, _ []any, _ map[string]any) error {
		w := wayOf(r)
		return r.Write(w.link(url(w.links)))
	}}
}

// link is a URL as the field at hand wants it; without one it leads nowhere.
func (w *way) link(url string) string {
	if url == "" {
		return "#"
	}
	if w.html {
		return html.EscapeString(url)
	}
	return url
}

// unsubscribe is the whole link.
func unsubscribe(r *liquid.Run, _ []any, _ map[string]any) error {
	w := wayOf(r)
	url := w.link(w.links.UnsubscribeURL)
	if !w.html {
		return r.Write("Unsubscribe: " + url)
	}
	return r.Write(`<a class="untracked" href="` + url + `">Unsubscribe</a>`)
}

// linkTo is {% cio_link url: "https://…" %}: the address, tracked as every
// link is.
func linkTo(r *liquid.Run, _ []any, named map[string]any) error {
	url, err := r.Text(named["url"])
	if err != nil {
		return err
	}
	if url == "" {
		return errors.New("{% cio_link %} has no address. Write one, for example {% cio_link url: \"https://acme.test\" %}.")
	}
	return r.Write(wayOf(r).link(url))
}

// generateUUID is a random UUID (RFC 9562 §5.4).
func generateUUID(r *liquid.Run, _ []any, _ map[string]any) error {
	var b [16]byte
	rand.Read(b[:])
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return r.Write(fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:]))
}

// renderLiquid renders a value that is Liquid itself, for example an attribute
// in which a text with variables is kept.
func renderLiquid(r *liquid.Run, args []any, _ map[string]any) error {
	source, err := r.Text(args[0])
	if err != nil {
		return err
	}
	t, err := r.Parse("", source)
	if err == nil {
		err = r.Render(t)
	}
	if e := (*liquid.Error)(nil); errors.As(err, &e) {
		return errors.New("The Liquid in this value does not work: " + e.Message) // its lines are not those of the field
	}
	return err
}
