package workflow

import "strings"

// Fallback says what people see of an attribute that they do not have.
type Fallback int

// What stands in for an attribute.
const (
	NotShown Fallback = iota // no text shows it; only conditions or tags ask for it
	Covered                  // every text that shows it has a default
	Bare                     // some text shows nothing in its place
)

// FallbackFor is what stands in for an attribute in the texts of the actions,
// and those inside them.
func FallbackFor(actions []Action, attribute string) Fallback {
	found := NotShown
	for a := range All(actions) {
		for _, text := range a.texts() {
			found = max(found, fallbackIn(text, attribute))
		}
	}
	return found
}

func fallbackIn(text, attribute string) Fallback {
	found := NotShown
	for {
		_, rest, ok := strings.Cut(text, "{{")
		inside, rest, closed := strings.Cut(rest, "}}")
		if !ok || !closed {
			return found
		}
		text = rest
		var m mentions
		m.expression(inside)
		if len(m.attributes) == 0 || m.attributes[0] != attribute {
			continue
		}
		if !strings.Contains(inside, "default") {
			return Bare
		}
		found = Covered
	}
}
