package store

import (
	"bytes"
	"compress/flate"
	"context"
	"encoding/json"
	"io"
	"sync"
)

// packedContent is a Content whose text is compressed: messages are alike, and
// there are many of them.
type packedContent struct {
	Content
	body []byte
}

type contentBody struct {
	HTML string `json:"html,omitempty"`
	Text string `json:"text,omitempty"`
}

var packers = sync.Pool{New: func() any {
	w, err := flate.NewWriter(nil, flate.BestSpeed)
	if err != nil {
		panic(err) // the level is a constant that exists
	}
	return w
}}

// pack compresses the text. It is done before the transaction, where nobody
// waits for it.
func (c Content) pack() (packedContent, error) {
	text, err := json.Marshal(contentBody{c.HTML, c.Text})
	if err != nil {
		return packedContent{}, err
	}
	var out bytes.Buffer
	w := packers.Get().(*flate.Writer)
	defer packers.Put(w)
	w.Reset(&out)
	if _, err := w.Write(text); err != nil {
		return packedContent{}, err
	}
	err = w.Close()
	return packedContent{c, out.Bytes()}, err
}

// maxContent bounds what is unpacked, in bytes.
const maxContent = 8 << 20

func (c *Content) unpack(body []byte) error {
	text, err := io.ReadAll(io.LimitReader(flate.NewReader(bytes.NewReader(body)), maxContent))
	if err != nil {
		return err
	}
	var unpacked contentBody
	if err := json.Unmarshal(text, &unpacked); err != nil {
		return err
	}
	c.HTML, c.Text = unpacked.HTML, unpacked.Text
	return nil
}

// Content is what a delivery says, ErrNotFound when it was never composed.
func (s *Store) Content(ctx context.Context, ws WorkspaceID, id DeliveryID) (Content, error) {
	var c Content
	var body []byte
	err := s.read.QueryRowContext(ctx, `
		select d.recipient, d.subject, t.sender, t.reply_to, t.body
		from delivery_contents t join deliveries d using (workspace_id, delivery_id)
		where t.workspace_id = ? and t.delivery_id = ?`, ws, id).Scan(&c.Recipient, &c.Subject, &c.Sender, &c.ReplyTo, &body)
	if err != nil {
		return c, known(err)
	}
	return c, c.unpack(body)
}
