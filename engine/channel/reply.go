package channel

import (
	"bufio"
	"errors"
	"regexp"
	"strconv"
	"strings"
	"unicode"
)

// reply is a server's answer to one command. It is an error when it says no.
type reply struct {
	code     int
	enhanced string
	lines    []string
}

func (r reply) Error() string {
	return strings.TrimSpace(strconv.Itoa(r.code) + " " + r.enhanced + " " + r.text())
}

func (r reply) text() string { return strings.Join(r.lines, " ") }
func (r reply) ok() bool     { return r.code/100 == 2 }

// closing is whether the server ends the connection with this (RFC 5321
// §3.8).
func (r reply) closing() bool { return r.code == 421 }

const maxReplyLines = 100

var (
	errReply = errors.New("its answer is not SMTP")
	enhanced = regexp.MustCompile(`^([245])\.(\d{1,3})\.(\d{1,3})(?: |$)`)
)

// readReply reads one reply. A line may be as long as the reader's buffer.
func readReply(r *bufio.Reader) (reply, error) {
	var answer reply
	for range maxReplyLines {
		line, err := r.ReadSlice('\n')
		if err == bufio.ErrBufferFull {
			return answer, errReply
		}
		if err != nil {
			return answer, err
		}
		more, err := answer.add(strings.TrimRight(string(line), "\r\n"))
		if err != nil || !more {
			return answer, err
		}
	}
	return answer, errReply
}

// add reads one line of the reply, and says whether another follows.
func (r *reply) add(line string) (more bool, err error) {
	if len(line) < 3 || len(line) > 3 && line[3] != ' ' && line[3] != '-' {
		return false, errReply
	}
	code, err := strconv.Atoi(line[:3])
	if err != nil || code < 200 || code > 599 || r.code != 0 && r.code != code {
		return false, errReply
	}
	r.code = code
	text := line[min(4, len(line)):]
	if m := enhanced.FindString(text); m != "" && int(m[0]-'0') == code/100 {
		r.enhanced = strings.TrimSpace(m)
		text = text[len(m):]
	}
	r.lines = append(r.lines, strings.TrimSpace(strings.Map(printable, text)))
	return len(line) > 3 && line[3] == '-', nil
}

// printable lets a character through that may be shown in a page or a log.
func printable(r rune) rune {
	if unicode.IsControl(r) {
		return ' '
	}
	return r
}

// result is what the reply says of a message. A code that is neither yes nor
// no is up to the caller.
func (r reply) result() Result {
	outcome := map[int]Outcome{2: Sent, 4: Temporary, 5: Permanent}[r.code/100]
	text := r.text()
	if len(text) > 1000 {
		text = strings.ToValidUTF8(text[:1000], "") + "…"
	}
	return Result{Outcome: outcome, Code: r.code, Enhanced: r.enhanced, Message: text}
}
