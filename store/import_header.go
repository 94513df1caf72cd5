package store

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
)

// headerKey is the same for files that have the same columns. Those that are
// added to rejected rows do not count, so that a mended file is known again.
func headerKey(header []string, events bool) string {
	own := slices.DeleteFunc(slices.Clone(header), isAdded)
	text := encode(own)
	if events {
		text = "events" + text
	}
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

func isAdded(column string) bool { return column == RejectedLine || column == RejectedBecause }

// recall is how the latest file with these columns was matched; ErrNotFound
// when there was none.
func (tx *Tx) recall(ws WorkspaceID, n NewImport) (columns []ImportColumn, o ImportOptions, err error) {
	var format, mapping, options string
	err = tx.row(`
		select format, mapping, options from imports
		where workspace_id = ? and header_key = ? and state <> 'uploaded'
		order by import_id desc
		limit 1`, ws, headerKey(n.Format.Header, n.Events)).Scan(&format, &mapping, &options)
	if err != nil {
		return nil, o, known(err)
	}
	var was ImportFormat
	var their []ImportColumn
	for text, to := range map[*string]any{&format: &was, &mapping: &their, &options: &o} {
		if err := json.Unmarshal([]byte(*text), to); err != nil {
			return nil, o, err
		}
	}
	o.SegmentID, o.Auto, o.Description = 0, false, ""
	return columnsLike(n.Format.Header, was.Header, their), o, nil
}

// columnsLike is the columns of another file with the same header, but for what
// is added to rejected rows.
func columnsLike(header, was []string, their []ImportColumn) []ImportColumn {
	var own []ImportColumn
	for n, name := range was {
		if !isAdded(name) {
			own = append(own, their[n])
		}
	}
	columns := make([]ImportColumn, len(header))
	for n, name := range header {
		if !isAdded(name) {
			columns[n], own = own[0], own[1:]
		}
	}
	return columns
}
