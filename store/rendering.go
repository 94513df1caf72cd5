package store

// Rendering is a message as it would reach one person.
type Rendering struct {
	From, To, ReplyTo string
	Subject           string
	HTML, Text        string
	Problems          []RenderProblem // why it could not be sent like this
}

// RenderProblem is what is wrong with one field of a message.
type RenderProblem struct {
	Field   string
	Line    int    // from 1; zero when no line is meant
	Column  int    // in characters, from 1
	Excerpt string // what stands there; empty when it is the field as a whole
	Message string
}

// MailParts is a raw message taken apart, for showing it.
type MailParts struct {
	Headers    []MailHeader // in the order in which people read them
	HTML, Text string
}

// MailHeader is one header, decoded.
type MailHeader struct{ Name, Value string }
