package channel

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"strconv"
	"time"
)

// send hands one message over. Dead says that the connection turned out to be
// gone before the server took anything of the message, as happens to those
// that were idle.
func (c *conn) send(ctx context.Context, from, to string, raw []byte) (result Result, dead bool) {
	stop := context.AfterFunc(ctx, func() { c.SetDeadline(time.Unix(1, 0)) })
	defer func() {
		if !stop() {
			c.broken = true // its deadline may yet move under the next message
		}
	}()
	if c.r.Buffered() > 0 {
		c.broken = true
		return temporary("The mail server said something that it was not asked."), true
	}
	c.messages++
	mail, err := c.mail(from, to, raw)
	if err != nil {
		return permanent(err.Error()), false
	}
	commands := []string{mail, "RCPT TO:<" + to + ">", "DATA"}
	if c.open {
		commands = append([]string{"RSET"}, commands...)
	}
	replies, err := c.exchange(ctx, commands)
	if c.open && len(replies) > 0 {
		if !replies[0].ok() {
			c.broken = true
			return temporary("The mail server did not let go of the message before: " + replies[0].Error()), true
		}
		replies = replies[1:]
	}
	if err != nil {
		c.broken = true
		return temporary("The connection to the mail server broke off before the message: " + err.Error() + "."), len(replies) == 0
	}
	if refusal, refused := c.refusal(replies); refused {
		return refusal, outOfStep[replies[0].code]
	}
	c.open = false
	return c.data(ctx, raw), false
}

// mail is the command that begins a message, with the extensions it needs.
func (c *conn) mail(from, to string, raw []byte) (string, error) {
	command := "MAIL FROM:<" + from + ">"
	if size, ok := c.offers["SIZE"]; ok {
		if most, err := strconv.Atoi(size); err == nil && most > 0 && len(raw) > most {
			return "", fmt.Errorf("The message has %d bytes, and the mail server takes %d. Shorten it.", len(raw), most)
		}
		command += fmt.Sprintf(" SIZE=%d", len(raw))
	}
	if isASCII(raw) && isASCII(from) && isASCII(to) {
		return command, nil
	}
	if _, ok := c.offers["8BITMIME"]; ok {
		command += " BODY=8BITMIME"
	}
	if isASCII(from) && isASCII(to) {
		return command, nil
	}
	if _, ok := c.offers["SMTPUTF8"]; !ok {
		return "", fmt.Errorf("The mail server does not take addresses with letters outside of ASCII.")
	}
	return command + " SMTPUTF8", nil
}

// exchange sends the commands, all at once if the server lets us (RFC 2920),
// and reads their replies. Without pipelining it ends with the first refusal.
func (c *conn) exchange(ctx context.Context, commands []string) ([]reply, error) {
	var replies []reply
	if _, ok := c.offers["PIPELINING"]; !ok {
		for _, command := range commands {
			answer, err := c.command(ctx, command)
			if err != nil {
				return replies, err
			}
			replies = append(replies, answer)
			if answer.code >= 400 {
				break
			}
		}
		return replies, nil
	}
	if err := c.wait(ctx, c.options.CommandTimeout); err != nil {
		return nil, err
	}
	for _, command := range commands {
		c.w.WriteString(command + "\r\n")
	}
	if err := c.w.Flush(); err != nil {
		return nil, err
	}
	for range commands {
		answer, err := readReply(c.r)
		if err != nil {
			return replies, refusedBefore(replies, err)
		}
		replies = append(replies, answer)
	}
	return replies, nil
}

// refusedBefore forgets that the connection broke off when the server had
// said no before: that answer counts.
func refusedBefore(replies []reply, err error) error {
	for _, r := range replies {
		if r.code >= 400 {
			return nil
		}
	}
	return err
}

// refusal is the first no to the envelope, if there is one. What is open after
// it is closed by the next message's RSET.
func (c *conn) refusal(replies []reply) (Result, bool) {
	for i, r := range replies {
		last := i == 2
		if r.ok() && !last || last && r.code == 354 {
			continue
		}
		c.open = true
		// A server that wants the message all the same, or stops talking in
		// the middle, has lost the thread.
		c.broken = outOfStep[r.code] || len(replies) < 3 && c.pipelines() || replies[len(replies)-1].code == 354
		result := r.result()
		if r.code < 400 || aboutUs[r.code] {
			c.broken = true
			result.Outcome = Temporary
		}
		return result, true
	}
	return Result{}, false
}

// outOfStep are the answers to MAIL that may be no answer to it but the last
// word of a connection that the server gave up while it was idle.
var outOfStep = map[int]bool{421: true, 500: true, 503: true}

// aboutUs are the refusals that are not about the message but about how we
// speak to the server: commands out of order, not signed in, not secured.
// Every message would get them, until that is mended.
var aboutUs = map[int]bool{503: true, 530: true, 534: true, 535: true, 538: true}

func (c *conn) pipelines() bool {
	_, ok := c.offers["PIPELINING"]
	return ok
}

// data sends the message itself. Until its last line has left, nothing has
// been handed over; from then on only the server's answer tells.
func (c *conn) data(ctx context.Context, raw []byte) Result {
	err := c.wait(ctx, c.options.DataTimeout)
	if err == nil {
		writeData(c.w, raw)
		err = c.w.Flush()
	}
	if err != nil {
		c.broken = true
		return temporary("The connection to the mail server broke off in the middle of the message: " + err.Error() + ".")
	}
	answer, err := readReply(c.r)
	if result := answer.result(); err == nil && result.Outcome != "" {
		c.broken = answer.closing()
		return result
	}
	c.broken = true
	if err == nil {
		err = answer
	}
	return Result{Outcome: Uncertain, Code: answer.code, Message: "The message was handed over, but the mail server's answer was lost: " + err.Error() +
		". It may have arrived. Send it again only if it has not."}
}

// writeData writes the message as DATA wants it (RFC 5321 §4.5.2): lines end
// with CRLF and nothing else does, and a dot that begins one is doubled.
// Errors stay in w until it is flushed.
func writeData(w *bufio.Writer, raw []byte) {
	for len(raw) > 0 {
		line := raw
		if i := bytes.IndexByte(raw, '\n'); i >= 0 {
			line, raw = raw[:i], raw[i+1:]
		} else {
			raw = nil
		}
		line = bytes.TrimSuffix(line, []byte("\r"))
		if bytes.IndexByte(line, '\r') >= 0 {
			line = bytes.ReplaceAll(line, []byte("\r"), nil)
		}
		if len(line) > 0 && line[0] == '.' {
			w.WriteByte('.')
		}
		w.Write(line)
		w.WriteString("\r\n")
	}
	w.WriteString(".\r\n")
}

func isASCII[T string | []byte](s T) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}
