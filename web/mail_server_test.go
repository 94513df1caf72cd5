package web

import (
	"net"
	"sync/atomic"
	"testing"
	"time"

	"github.com/postroom/postroom/engine/channel"
	"github.com/postroom/postroom/engine/channel/smtptest"
	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/views"
)

// A mail server that is away for a while delays messages and loses none; the
// page of each says why, and when it is tried again.
func TestMailServerThatIsAway(t *testing.T) {
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := free.Addr().String()
	free.Close()
	mailer, err := channel.NewSMTP("smtp://"+address, channel.Options{Connections: 2})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { mailer.Close() })

	s := newMailSiteWith(t, "automatic", mailer)
	var ahead atomic.Int64
	s.store.SetClock(func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) })
	d := s.signUp("ada", "Ada")
	s.becomes(d.ID, store.Attempted)
	path := views.DeliveryPath(s.acme, d.ID)
	s.bob.get(path).want(200, "The mail server could not be used: nothing answers at "+address, "It is tried again by itself, on ", "<dt>Tries</dt><dd>1</dd>")
	s.bob.get(views.DeliveriesPath(s.acme)+"?state=attempted").want(200, "ada@x.test", "Trying again")

	ahead.Add(int64(time.Minute))
	for range 400 {
		if d, err = s.store.Delivery(t.Context(), s.acme.ID, d.ID); err != nil || d.Attempts == 2 && d.State == store.Attempted {
			break
		}
		time.Sleep(5 * time.Millisecond)
	}
	if wait := d.DueAt.Sub(s.store.Now()); err != nil || d.Attempts != 2 || wait < 90*time.Second || wait > 3*time.Minute {
		t.Fatalf("after the second try (%d), the third is in %v (%v)", d.Attempts, wait, err)
	}

	back, err := smtptest.NewAt(address, smtptest.Options{})
	s.must(err)
	t.Cleanup(func() { back.Close() })
	ahead.Add(int64(4 * time.Minute))
	s.becomes(d.ID, store.Sent)
	if got := back.Messages(); len(got) != 1 || got[0].To != "ada@x.test" {
		t.Errorf("the server got %v", got)
	}
	s.bob.get(path).want(200, "The mail server took it.")
}
