// Package channel hands composed messages over: mail to an SMTP server,
// webhooks to a web server. It knows nothing of who they are for, tries each
// of them once, and says what became of it.
package channel

import "time"

// Outcome is what is known of a message after one try.
type Outcome string

const (
	// Sent: the other side has taken it.
	Sent Outcome = "sent"
	// Temporary: it was not taken, and may be tried again.
	Temporary Outcome = "temporary"
	// Permanent: it was refused, and would be again.
	Permanent Outcome = "permanent"
	// Uncertain: it was handed over whole, and the answer was lost. It may
	// have been taken, so it must not be tried again without being asked.
	Uncertain Outcome = "uncertain"
)

// Result is how a try went.
type Result struct {
	Outcome    Outcome
	Code       int           // of SMTP or HTTP; 0 when there was no answer
	Enhanced   string        // SMTP's enhanced status code, such as 5.1.1 (RFC 3463)
	Message    string        // the other side's words, or ours
	RetryAfter time.Duration // what the other side asks for; 0 when it does not
	Body       []byte        // of a webhook's answer, at most 64 KB
	Cut        bool          // the answer goes on behind Body, or broke off
}

func temporary(message string) Result { return Result{Outcome: Temporary, Message: message} }
func permanent(message string) Result { return Result{Outcome: Permanent, Message: message} }
