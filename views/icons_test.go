package views

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"regexp"
	"testing"
)

// An icon that is not in the sprite shows as a hole, and nothing complains. So every name that a
// template writes out must be there.
func TestIconsAreInTheSprite(t *testing.T) {
	drawn := drawnIcons(t)
	templates, err := filepath.Glob("*.templ")
	if err != nil || len(templates) == 0 {
		t.Fatalf("found no templates: %v", err)
	}
	use := regexp.MustCompile(`\bIcon(?:Small)?\("([^"]+)"\)`)
	for _, file := range templates {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range use.FindAllSubmatch(source, -1) {
			if !drawn[string(m[1])] {
				t.Errorf("%s uses the icon %q, which the sprite does not have", file, m[1])
			}
		}
	}
}

func TestIconPointsIntoTheSprite(t *testing.T) {
	var out bytes.Buffer
	if err := IconSmall("mail").Render(context.Background(), &out); err != nil {
		t.Fatal(err)
	}
	want := `<svg class="i i-s" aria-hidden="true"><use href="#i-mail"></use></svg>`
	if out.String() != want {
		t.Errorf("got  %s\nwant %s", out.String(), want)
	}
}

// drawnIcons are the names of the symbols in the sprite. A name twice is an error: the browser
// would show the first and forget the second.
func drawnIcons(t *testing.T) map[string]bool {
	t.Helper()
	var sprite bytes.Buffer
	if err := Icons().Render(context.Background(), &sprite); err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for _, m := range regexp.MustCompile(`<symbol id="i-([^"]+)"`).FindAllStringSubmatch(sprite.String(), -1) {
		if names[m[1]] {
			t.Errorf("the sprite has %q twice", m[1])
		}
		names[m[1]] = true
	}
	return names
}
