package views

import (
	"fmt"

	"github.com/postroom/postroom/store"
)

func samplesThat(samples []store.ImportSample, created bool) (some []store.ImportSample) {
	for _, s := range samples {
		if s.Created == created {
			some = append(some, s)
		}
	}
	return some
}

// sampleValue is a value in few words.
func sampleValue(value any) string {
	text := []rune(store.AttributeWords(value))
	switch {
	case len(text) == 0:
		return "no value"
	case len(text) > 60:
		return string(text[:60]) + "…"
	}
	return string(text)
}

// keptTitle heads the people whom an undo left.
func keptTitle(i store.Import) string {
	if i.Kept > ShownRejects {
		return fmt.Sprintf("The first %d of %s who were left as they are", ShownRejects, People(i.Kept))
	}
	return "Left as they are"
}
