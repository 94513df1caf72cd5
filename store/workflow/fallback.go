package workflow

import "github.com/postroom/postroom/engine/liquid"

// Fallback says what stands in for a value that is not there.
type Fallback int

// What stands in for a value.
const (
	NotShown Fallback = iota // no text shows it; only conditions or tags ask for it
	Covered                  // every text that shows it has a default
	Bare                     // some text cannot be rendered without it
)

func fallback(u liquid.Use) Fallback {
	switch {
	case u.Needed:
		return Bare
	case u.Fallback:
		return Covered
	}
	return NotShown
}
