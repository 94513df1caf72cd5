package store

import (
	"crypto/hmac"
	"encoding/base64"
	"encoding/binary"
	"time"
)

// ExportToken opens the file of an export until a time, without a key: whoever
// has the link may download it.
func (s Signer) ExportToken(ws WorkspaceID, id JobID, until time.Time) string {
	raw := binary.BigEndian.AppendUint64(nil, uint64(ws))
	raw = binary.BigEndian.AppendUint64(raw, uint64(id))
	raw = binary.BigEndian.AppendUint64(raw, uint64(until.Unix()))
	return base64.RawURLEncoding.EncodeToString(append(raw, s.sign("export", raw)...))
}

// Export is the export that a token opens now.
func (s Signer) Export(token string, now time.Time) (ws WorkspaceID, id JobID, ok bool) {
	raw, err := base64.RawURLEncoding.Strict().DecodeString(token)
	if err != nil || len(raw) != 24+signatureBytes {
		return 0, 0, false
	}
	data, signature := raw[:24], raw[24:]
	ws, id = WorkspaceID(binary.BigEndian.Uint64(data)), JobID(binary.BigEndian.Uint64(data[8:]))
	return ws, id, hmac.Equal(signature, s.sign("export", data)) && now.Unix() <= int64(binary.BigEndian.Uint64(data[16:]))
}
