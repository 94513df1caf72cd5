package views

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"
)

// The content security policy allows neither inline style nor inline script. The browser drops them
// without a word on the page, so templates must not have any.
func TestTemplatesKeepToThePolicy(t *testing.T) {
	inline := regexp.MustCompile(`(?i)\sstyle\s*=|\son[a-z]+\s*=\s*["{]|\shx-on|<style\b|<script>|javascript:`)
	templates, err := filepath.Glob("*.templ")
	if err != nil || len(templates) == 0 {
		t.Fatalf("found no templates: %v", err)
	}
	for _, file := range templates {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if m := inline.Find(source); m != nil {
			t.Errorf("%s has %q, which the policy blocks", file, m)
		}
	}
}
