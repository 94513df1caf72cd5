package static

import "fmt"

// inks are the colours of a workspace's stamp in sRGB: oklch(.50 .125 hue) of css/tokens.css, for the
// two places that no style sheet reaches, the favicon and the browser's own frame.
var inks = map[string]string{
	"tomato": "#9e4236",
	"rust":   "#994a08",
	"ochre":  "#885900",
	"moss":   "#536f02",
	"fern":   "#1b763a",
	"teal":   "#007873",
	"sea":    "#007098",
	"blue":   "#2b64a8",
	"iris":   "#5b57a7",
	"plum":   "#7e4a93",
	"rose":   "#96416d",
	"slate":  "#51686f",
}

// Ink is the colour with this name as #rrggbb, for <meta name="theme-color">. A name that is not one
// of the twelve gives slate, which the account's own pages use.
func Ink(color string) string {
	if ink, ok := inks[color]; ok {
		return ink
	}
	return inks["slate"]
}

// Favicon is the stamp in the colour with this name, as an SVG image. The dotted stroke along the
// edge punches the perforation.
func Favicon(color string) []byte {
	return fmt.Appendf(nil, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">`+
		`<mask id="m"><path fill="#fff" d="M1 1h30v30H1z"/>`+
		`<path fill="none" stroke="#000" stroke-width="3.2" stroke-linecap="round" stroke-dasharray="0 6" d="M1 1h30v30H1z"/></mask>`+
		`<path mask="url(#m)" fill="%s" d="M1 1h30v30H1z"/>`+
		`<path fill="none" stroke="#fff" stroke-width="2" stroke-linejoin="round" d="M8 10.5h16v11H8zl8 6.5 8-6.5"/></svg>`, Ink(color))
}
