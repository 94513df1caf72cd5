package static

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestPathCarriesAHashOfTheContent(t *testing.T) {
	for name, a := range byName {
		sum := sha256.Sum256(a.plain)
		ext := path.Ext(name)
		want := "/static/" + strings.TrimSuffix(name, ext) + "." + hex.EncodeToString(sum[:4]) + ext
		if got := Path(name); got != want {
			t.Errorf("Path(%q) = %q, want %q", name, got, want)
		}
	}
}

func TestPathPanicsForAnUnknownName(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("Path of an unknown name returned")
		}
	}()
	Path("css/none.css")
}

// A file that nobody joins would be forgotten in silence.
func TestEveryFileIsJoined(t *testing.T) {
	for folder, order := range map[string][]string{"css": styleOrder, "js": scriptOrder, "vendor": vendorOrder} {
		entries, err := fs.ReadDir(files, folder)
		if err != nil {
			t.Fatal(err)
		}
		for _, entry := range entries {
			name := strings.TrimSuffix(entry.Name(), path.Ext(entry.Name()))
			if !slices.Contains(order, name) {
				t.Errorf("%s/%s is not in its bundle", folder, entry.Name())
			}
		}
		if len(entries) != len(order) {
			t.Errorf("%s has %d files and its order %d", folder, len(entries), len(order))
		}
	}
}

func TestEveryURLInTheStyleSheetResolves(t *testing.T) {
	urls := regexp.MustCompile(`url\(\s*"?([^")]*)"?\s*\)`).FindAllSubmatch(byName["css/app.css"].plain, -1)
	for _, m := range urls {
		url := string(m[1])
		if _, ok := byPath[url]; !ok && !strings.HasPrefix(url, "data:image/svg+xml,") {
			t.Errorf("the style sheet points to %q, which is not served", url)
		}
	}
	if !slices.ContainsFunc(urls, func(m [][]byte) bool { return string(m[1]) == Path("fonts/hanken.woff2") }) {
		t.Error("the style sheet does not name the font")
	}
}

// Rules outside the declared layers would win over all of them; a misspelt layer would come last.
func TestStylesStayInTheirLayers(t *testing.T) {
	declared := regexp.MustCompile(`@layer ([\w, ]+);`).FindSubmatch(byName["css/app.css"].plain)
	if declared == nil {
		t.Fatal("the style sheet declares no layers")
	}
	layers := strings.Split(string(declared[1]), ", ")
	for _, name := range styleOrder[1:] {
		source := string(comment.ReplaceAll(read("css/"+name+".css"), nil))
		for _, at := range topLevel(t, name, source) {
			layer, isLayer := strings.CutPrefix(at, "@layer ")
			if at != "@font-face" && (!isLayer || !slices.Contains(layers, layer)) {
				t.Errorf("css/%s.css has %q outside the layers", name, at)
			}
		}
	}
}

// topLevel is what stands before each outermost block. It also finds braces that do not match.
func topLevel(t *testing.T, name, source string) (heads []string) {
	depth, start := 0, 0
	for i, c := range source {
		switch c {
		case '{':
			if depth == 0 {
				heads = append(heads, strings.TrimSpace(source[start:i]))
			}
			depth++
		case '}':
			depth--
			start = i + 1
		}
	}
	if depth != 0 || strings.TrimSpace(source[start:]) != "" {
		t.Errorf("css/%s.css does not end where it should", name)
	}
	return heads
}

// A variable that is used and never set makes its declaration void without a word.
func TestEveryCustomPropertyIsSet(t *testing.T) {
	sheet := string(byName["css/app.css"].plain)
	for _, m := range regexp.MustCompile(`var\((--[\w-]+)\s*([,)])`).FindAllStringSubmatch(sheet, -1) {
		set := regexp.MustCompile(regexp.QuoteMeta(m[1]) + `\s*:`)
		if m[2] == ")" && !set.MatchString(sheet) {
			t.Errorf("%s is used but never set", m[1])
		}
	}
}

// The budgets of a page, in bytes as they travel.
func TestBudgets(t *testing.T) {
	for name, budget := range map[string]int{
		"css/app.css":        14 << 10,
		"js/app.js":          8 << 10,
		"js/htmx.js":         25 << 10,
		"fonts/hanken.woff2": 36 << 10,
	} {
		a := byName[name]
		size := len(a.gzip)
		if a.gzip == nil {
			size = len(a.plain)
		}
		t.Logf("%-20s %6d of %6d bytes", name, size, budget)
		if size > budget {
			t.Errorf("%s weighs %d bytes, %d more than its budget", name, size, size-budget)
		}
	}
}

// What the vendored README says is what is there.
func TestVendoredFilesAreAsPublished(t *testing.T) {
	readme, err := os.ReadFile("vendor/README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range vendorOrder {
		sum := sha256.Sum256(read("vendor/" + name + ".js"))
		row := regexp.MustCompile("(?m)^\\| `" + regexp.QuoteMeta(name) + "\\.js` .*`" + hex.EncodeToString(sum[:]) + "` \\|$")
		if !row.Match(readme) {
			t.Errorf("vendor/%s.js is not the file of the README: its sum is %x", name, sum)
		}
	}
}

// A content security policy without unsafe-inline and unsafe-eval blocks all of these.
func TestScriptsKeepToThePolicy(t *testing.T) {
	banned := regexp.MustCompile(`\beval\(|\bFunction\(|setAttribute\("style"|\.innerHTML\b|insertAdjacentHTML|document\.write`)
	for _, name := range scriptOrder {
		if m := banned.Find(read("js/" + name + ".js")); m != nil {
			t.Errorf("js/%s.js uses %s", name, m)
		}
	}
}

// The inks of the favicon are the same colours as those of the style sheet.
func TestInksAreTheHuesOfTheTokens(t *testing.T) {
	hues := regexp.MustCompile(`\[data-ws="(\w+)"\]\s*\{ --wh: (\d+);( --wc: \.03;)? \}`).FindAllSubmatch(read("css/tokens.css"), -1)
	if len(hues) != len(inks) {
		t.Fatalf("the tokens name %d colours, the favicon %d", len(hues), len(inks))
	}
	for _, m := range hues {
		var hue float64
		fmt.Sscan(string(m[2]), &hue)
		chroma := .125
		if len(m[3]) > 0 {
			chroma = .03
		}
		if want := srgb(.50, chroma, hue); inks[string(m[1])] != want {
			t.Errorf("ink %s is %s, the style sheet paints %s", m[1], inks[string(m[1])], want)
		}
	}
}

// srgb converts an OKLCH colour, clipped to the gamut (CSS Color 4, §18.1, sample code).
func srgb(lightness, chroma, hue float64) string {
	a, b := chroma*math.Cos(hue*math.Pi/180), chroma*math.Sin(hue*math.Pi/180)
	l := math.Pow(lightness+.3963377774*a+.2158037573*b, 3)
	m := math.Pow(lightness-.1055613458*a-.0638541728*b, 3)
	s := math.Pow(lightness-.0894841775*a-1.2914855480*b, 3)
	channel := func(x float64) int {
		if x = max(x, 0); x <= .0031308 {
			x *= 12.92
		} else {
			x = 1.055*math.Pow(x, 1/2.4) - .055
		}
		return int(math.Round(255 * min(x, 1)))
	}
	return fmt.Sprintf("#%02x%02x%02x",
		channel(4.0767416621*l-3.3077115913*m+.2309699292*s),
		channel(-1.2684380046*l+2.6097574011*m-.3413193965*s),
		channel(-.0041960863*l-.7034186147*m+1.7076147010*s))
}
