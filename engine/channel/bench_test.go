package channel

import (
	"bufio"
	"bytes"
	"fmt"
	"net"
	"net/textproto"
	"strings"
	"sync"
	"testing"

	"github.com/postroom/postroom/engine/channel/smtptest"
)

// BenchmarkSMTP sends a 6 kB message to a server in this process: through the
// pool, and in a bare loop on one connection that does nothing but send the
// same bytes.
func BenchmarkSMTP(b *testing.B) {
	raw := []byte("Subject: x\r\n\r\n" + strings.Repeat(strings.Repeat("x", 70)+"\r\n", 80))
	for _, connections := range []int{1, 4, 16} {
		b.Run(fmt.Sprintf("pool/%d", connections), func(b *testing.B) {
			server := smtptest.Start(b, smtptest.Options{Discard: true})
			s, err := NewSMTP(server.URL(), Options{Connections: connections, MessagesPerConn: 1 << 30})
			if err != nil {
				b.Fatal(err)
			}
			defer s.Close()
			b.ResetTimer()
			var workers sync.WaitGroup
			for i := range connections {
				workers.Go(func() {
					for range share(b.N, connections, i) {
						if r := s.Send(b.Context(), "a@acme.test", "b@example.com", raw); r.Outcome != Sent {
							b.Error(r)
							return
						}
					}
				})
			}
			workers.Wait()
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "msg/s")
		})
	}
	b.Run("bare loop", func(b *testing.B) {
		server := smtptest.Start(b, smtptest.Options{Discard: true})
		bareLoop(b, server.Addr, raw)
		b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "msg/s")
	})
}

// share is how many of n the i-th of so many workers does.
func share(n, workers, i int) int { return (n + workers - 1 - i) / workers }

func bareLoop(b *testing.B, address string, raw []byte) {
	c, err := net.Dial("tcp", address)
	if err != nil {
		b.Fatal(err)
	}
	defer c.Close()
	r := textproto.NewReader(bufio.NewReader(c))
	say := func(text string, code int) {
		if _, err := c.Write([]byte(text)); err != nil {
			b.Fatal(err)
		}
		if _, _, err := r.ReadResponse(code); err != nil {
			b.Fatal(err)
		}
	}
	say("", 220)
	say("EHLO localhost\r\n", 250)
	data := string(bytes.Join([][]byte{raw, []byte(".\r\n")}, nil))
	for b.Loop() {
		say("MAIL FROM:<a@acme.test>\r\n", 250)
		say("RCPT TO:<b@example.com>\r\n", 250)
		say("DATA\r\n", 354)
		say(data, 250)
	}
}
