package views

import (
	"slices"
	"strings"
	"testing"
)

func TestPartsOfATextMessage(t *testing.T) {
	for _, tt := range []struct {
		text string
		want int
	}{
		{strings.Repeat("a", 160), 1}, {strings.Repeat("a", 161), 2}, {strings.Repeat("a", 307), 3},
		{strings.Repeat("€", 80), 1}, {strings.Repeat("€", 81), 2},
		{strings.Repeat("ł", 70), 1}, {strings.Repeat("ł", 71), 2}, {strings.Repeat("🙂", 36), 2},
	} {
		if got := smsParts(tt.text); got != tt.want {
			t.Errorf("%.3q… of %d bytes travels in %d parts, want %d", tt.text, len(tt.text), got, tt.want)
		}
	}
}

func TestMissingValuesAreTakenOut(t *testing.T) {
	for text, want := range map[string][]markedPart{
		"Hi ⟦customer.name⟧!": {{"Hi ", false}, {"⟦customer.name⟧", true}, {"!", false}},
		"⟦a⟧⟦b⟧":              {{"⟦a⟧", true}, {"⟦b⟧", true}},
		"none ⟦ open":         {{"none ⟦ open", false}},
		"":                    nil,
	} {
		if got := markedParts(text); !slices.Equal(got, want) {
			t.Errorf("%q is %v, want %v", text, got, want)
		}
	}
}
