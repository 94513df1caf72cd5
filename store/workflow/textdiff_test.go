package workflow

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func shownPieces(p []Piece) string {
	var b strings.Builder
	for _, piece := range p {
		b.WriteString(map[PieceKind]string{InBoth: piece.Text, OnlyBefore: "[-" + piece.Text + "-]", OnlyAfter: "{+" + piece.Text + "+}"}[piece.Kind])
	}
	return b.String()
}

func TestDiffText(t *testing.T) {
	for _, test := range [][3]string{
		{"", "", ""},
		{"same", "same", "same"},
		{"", "new", "{+new+}"},
		{"Hello old world", "Hello new world", "Hello [-old-]{+new+} world"},
		{"a b c", "a c", "a [-b -]c"},
		{"<p>Hi</p>", "<p>Hi {{x}}</p>", "<p>Hi{+ {{x}}+}</p>"},
	} {
		if got := shownPieces(DiffText(test[0], test[1])); got != test[2] {
			t.Errorf("%q to %q: %s, want %s", test[0], test[1], got, test[2])
		}
	}
	long := strings.Repeat("x ", 5000)
	if got := DiffText(long, strings.Repeat("y ", 5000)); len(got) < 2 {
		t.Errorf("%d pieces of what is too long to compare", len(got))
	}
}

// Both texts can be read from the pieces, whatever they are.
func TestDiffTextLosesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`([a-c ]|ä|<b>|\n){0,30}`)
		before, after := text.Draw(t, "before"), text.Draw(t, "after")
		var was, now strings.Builder
		for _, p := range DiffText(before, after) {
			if p.Kind != OnlyAfter {
				was.WriteString(p.Text)
			}
			if p.Kind != OnlyBefore {
				now.WriteString(p.Text)
			}
		}
		if was.String() != before || now.String() != after {
			t.Fatalf("%q, %q became %q, %q", before, after, was.String(), now.String())
		}
	})
}

func TestTextChanges(t *testing.T) {
	was := tree("m@").Actions[0]
	now := cloneActions([]Action{was})[0]
	now.Email.Subject, now.Email.Languages = "m now", []Translation{{Language: "de", Subject: "Neu"}}
	var got []string
	for _, c := range TextChanges(was, now) {
		got = append(got, c.Field+": "+shownPieces(c.Pieces))
	}
	if fmt.Sprint(got) != "[subject: m{+ now+} subject in de: {+Neu+}]" {
		t.Errorf("%q", got)
	}
	if back := TextChanges(now, was); len(back) != 2 || shownPieces(back[1].Pieces) != "[-Neu-]" {
		t.Errorf("%+v", back)
	}
}
