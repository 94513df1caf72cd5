package store

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
)

// Signer makes and checks what messages carry: tokens that name a delivery,
// and signatures of links. Nobody can guess a token or change a link.
type Signer struct{ key []byte }

// Signer is the account's signer. Its key is in the database, so links keep
// working when the server moves.
func (s *Store) Signer(ctx context.Context) (Signer, error) {
	var signer Signer
	err := s.read.QueryRowContext(ctx, `select link_key from account`).Scan(&signer.key)
	return signer, known(err)
}

const signatureBytes = 12

// Token names a delivery to whoever receives it.
func (s Signer) Token(id DeliveryID) string {
	raw := binary.BigEndian.AppendUint64(nil, uint64(id))
	return base64.RawURLEncoding.EncodeToString(append(raw, s.sign("delivery", raw)...))
}

// Delivery is the delivery that a token names.
func (s Signer) Delivery(token string) (DeliveryID, bool) {
	raw, err := base64.RawURLEncoding.Strict().DecodeString(token)
	if err != nil || len(raw) != 8+signatureBytes {
		return 0, false
	}
	id, signature := raw[:8], raw[8:]
	return DeliveryID(binary.BigEndian.Uint64(id)), hmac.Equal(signature, s.sign("delivery", id))
}

// Link signs an address in a delivery, so that a redirect leads only where the
// message did.
func (s Signer) Link(id DeliveryID, address string) string {
	raw := binary.BigEndian.AppendUint64(nil, uint64(id))
	return base64.RawURLEncoding.EncodeToString(s.sign("link", append(raw, address...)))
}

// Signed says whether a signature is that of an address in a delivery.
func (s Signer) Signed(id DeliveryID, address, signature string) bool {
	return hmac.Equal([]byte(s.Link(id, address)), []byte(signature))
}

func (s Signer) sign(purpose string, data []byte) []byte {
	mac := hmac.New(sha256.New, s.key)
	mac.Write([]byte(purpose + "\x00"))
	mac.Write(data)
	return mac.Sum(nil)[:signatureBytes]
}
