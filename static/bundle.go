package static

import (
	"bytes"
	"regexp"
)

// A page costs one request for style and two for behaviour, so the small files are joined. The
// order is part of their meaning: within a cascade layer, later rules win.
var (
	styleOrder = []string{
		"layers", "reset", "tokens", "base", "frame",
		"popover", "stamp", "switcher", "button", "field", "choice", "chip", "tag", "note", "card", "tabs",
		"menu", "meter", "table", "people", "flow", "dialog", "facts",
		"layout", "editor", "diff", "workspace", "import", "usage", "home", "message", "segment", "solo", "setup",
		"states", "print",
	}
	scriptOrder = []string{
		"switcher", "shortcuts", "stale-tab", "confirm", "workflow", "several", "copy", "dialog", "popover",
		"preview", "guard", "focus", "failure", "submit", "rows", "select", "caret", "sum",
	}
	vendorOrder = []string{"htmx.min", "idiomorph-ext.min"}
)

var (
	comment = regexp.MustCompile(`(?s)/\*.*?\*/`)
	indent  = regexp.MustCompile(`\n\s+`)
	fontURL = regexp.MustCompile(`url\("\.\./([^"]+)"\)`)
)

// joinStyles is the one style sheet, without comments and indentation. It names each file that it
// points to by the path that resolve gives.
func joinStyles(resolve func(name string) string) []byte {
	var sheet []byte
	for _, name := range styleOrder {
		sheet = append(sheet, read("css/"+name+".css")...)
	}
	sheet = comment.ReplaceAll(sheet, nil)
	sheet = indent.ReplaceAll(sheet, []byte("\n"))
	return fontURL.ReplaceAllFunc(sheet, func(url []byte) []byte {
		name := fontURL.FindSubmatch(url)[1]
		return []byte(`url("` + resolve(string(name)) + `")`)
	})
}

// joinScripts leaves the scripts as they are; the semicolon between two of them guards against one
// that ends without.
func joinScripts(folder string, order []string) []byte {
	parts := make([][]byte, len(order))
	for i, name := range order {
		parts[i] = read(folder + name + ".js")
	}
	return bytes.Join(parts, []byte(";\n"))
}
