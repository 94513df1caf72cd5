package engine

import (
	"cmp"
	"maps"
	"slices"

	"github.com/postroom/postroom/engine/compose"
	"github.com/postroom/postroom/store"
)

// firstHeaders is what people look for first in a message.
var firstHeaders = []string{"From", "To", "Reply-To", "Subject", "Date", "Message-Id", "List-Unsubscribe", "List-Unsubscribe-Post"}

// ReadMail takes a message of the mailbox apart.
func (e *Engine) ReadMail(raw []byte) (store.MailParts, error) {
	m, err := compose.Read(raw)
	parts := store.MailParts{HTML: m.HTML, Text: m.Text}
	names := slices.Collect(maps.Keys(m.Headers))
	slices.SortFunc(names, func(a, b string) int {
		return cmp.Or(cmp.Compare(headerRank(a), headerRank(b)), cmp.Compare(a, b))
	})
	for _, name := range names {
		for _, value := range m.Headers[name] {
			parts.Headers = append(parts.Headers, store.MailHeader{Name: name, Value: value})
		}
	}
	return parts, err
}

func headerRank(name string) int {
	if i := slices.Index(firstHeaders, name); i >= 0 {
		return i
	}
	return len(firstHeaders)
}
