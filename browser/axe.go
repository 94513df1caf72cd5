package browser

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/chromedp/chromedp"
)

// rules are the tags of axe-core that every page is held to. The tag wcag22aa
// also turns on target-size, which is off by default.
const rules = `["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]`

// violation is a rule that some places of the page break.
type violation struct {
	ID    string `json:"id"`
	Help  string `json:"help"`
	Nodes []struct {
		HTML           string `json:"html"`
		Target         []any  `json:"target"`
		FailureSummary string `json:"failureSummary"`
	} `json:"nodes"`
}

func (v violation) String() string {
	var text strings.Builder
	fmt.Fprintf(&text, "%s: %s", v.ID, v.Help)
	for i, n := range v.Nodes {
		if i == 3 {
			fmt.Fprintf(&text, "\n    and %d more", len(v.Nodes)-3)
			break
		}
		lines := strings.Split(n.FailureSummary, "\n")
		fmt.Fprintf(&text, "\n    %v %s\n      %s", n.Target, short(n.HTML), strings.TrimSpace(lines[min(1, len(lines)-1)]))
	}
	return text.String()
}

func short(html string) string {
	html = strings.Join(strings.Fields(html), " ")
	if len(html) > 160 {
		return html[:160] + "…"
	}
	return html
}

// Axe says what the page does against the accessibility rules, or against
// those that are named only. script is the text of axe.min.js.
func (t *Tab) Axe(script string, only ...string) []string {
	t.Helper()
	t.Settle() // colours on their way have no contrast
	ctx, stop := context.WithTimeout(t.ctx, 3*Patience)
	defer stop()
	load := fmt.Sprintf("if (!window.axe) { %s\n} true", script)
	if _, err := chromedp.Run(ctx, chromedp.Evaluate[bool](load)); err != nil {
		t.Fatalf("axe: %v", err)
	}
	run := rules
	if len(only) > 0 {
		run = fmt.Sprintf(`{type: "rule", values: ["%s"]}`, strings.Join(only, `", "`))
	}
	found, err := chromedp.Run(ctx, chromedp.Evaluate[[]violation](
		`axe.run(document, {resultTypes: ["violations"], runOnly: `+run+`}).then(r => r.violations)`, chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatalf("axe: %v", err)
	}
	var list []string
	for _, v := range found {
		list = append(list, v.String())
	}
	return list
}

// Overflow names what is wider than the page, which must not scroll sideways;
// empty if nothing is.
func (t *Tab) Overflow() string {
	t.Helper()
	time.Sleep(50 * time.Millisecond) // the new size is laid out
	return Eval[string](t, `(() => {
		const page = document.documentElement;
		if (page.scrollWidth <= page.clientWidth) return "";
		const wide = [...document.querySelectorAll("body *")].filter(el => el.getBoundingClientRect().right > page.clientWidth + 1 && el.checkVisibility());
		return page.scrollWidth + " px wide: " + wide.slice(0, 4).map(el => el.outerHTML.slice(0, 100)).join("\n    ");
	})()`)
}

// Weight is how many bytes the page took over the wire, with all that it
// loads.
func (t *Tab) Weight() int {
	t.Helper()
	return Eval[int](t, `[...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")].reduce((sum, e) => sum + e.transferSize, 0)`)
}
