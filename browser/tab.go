package browser

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/chromedp/chromedp"
)

// Tab is a page in the browser.
type Tab struct {
	Report
	Base string // begins every path, such as http://127.0.0.1:8080

	ctx     context.Context
	watched chan struct{}

	mu    sync.Mutex
	wrong []string
}

// Tab opens an empty page with cookies of its own. Close it.
func (b *Browser) Tab(r Report, base string) *Tab {
	return open(b.ctx, r, base, chromedp.WithNewBrowserContext())
}

// Another opens an empty page that shares this one's cookies. Close it first.
func (t *Tab) Another() *Tab { return open(t.ctx, t.Report, t.Base) }

func open(parent context.Context, r Report, base string, options ...chromedp.ContextOption) *Tab {
	ctx, _ := chromedp.NewContext(parent, options...)
	t := &Tab{Report: r, Base: base, ctx: ctx, watched: make(chan struct{})}
	if err := chromedp.Do(ctx); err != nil { // makes the tab, which must not end with a deadline
		r.Fatalf("opening a tab: %v", err)
	}
	t.watch()
	t.View(1440, 900)
	t.Scheme("light") // without movement: a transition that the next click cuts short is an error on the console
	return t
}

// Close closes the tab and reports what the console said.
func (t *Tab) Close() {
	t.Helper()
	chromedp.Cancel(t.ctx)
	<-t.watched
	t.Console()
}

// expected is what the console says of an answer that is no success. That is
// for the test to judge.
var expected = regexp.MustCompile(`^Failed to load resource|^Response Status Error Code|^htmx:(sendAbort|afterRequest|sendError)`)

// watch collects scripts' errors and whatever the page's policy blocked.
func (t *Tab) watch() {
	messages := chromedp.Console(t.ctx)
	go func() {
		defer close(t.watched)
		for m, err := range messages {
			if err != nil {
				return
			}
			if m.IsException() || m.Type == chromedp.ConsoleError && !expected.MatchString(m.Text) {
				t.mu.Lock()
				t.wrong = append(t.wrong, m.URL+": "+m.Text)
				t.mu.Unlock()
			}
		}
	}()
}

// Console reports the errors on the console since it was asked last.
func (t *Tab) Console() {
	t.Helper()
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.wrong) > 0 {
		t.Errorf("the console says:\n%s", strings.Join(t.wrong, "\n"))
	}
	t.wrong = nil
}

// Open goes to a path of the site and waits until the page is loaded.
func (t *Tab) Open(path string) {
	t.Helper()
	var err error
	for range 4 {
		if err = t.navigate(path); err == nil {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.fail("%s: %v", path, err)
}

// navigate tries once. A navigation that a click began may still be under way;
// then one of the two is aborted, or waits for an event that went to the other.
func (t *Tab) navigate(path string) error {
	ctx, stop := context.WithTimeout(t.ctx, Patience/4)
	defer stop()
	return chromedp.Do(ctx, chromedp.Navigate(t.Base+path))
}

// Back goes back in the tab's history.
func (t *Tab) Back() {
	t.Helper()
	t.do(chromedp.NavigateBack())
}

// Screenshot writes what the tab shows to a PNG file.
func (t *Tab) Screenshot(file string) {
	t.Helper()
	shot, err := chromedp.Run(t.ctx, chromedp.CaptureScreenshot())
	if err == nil {
		err = os.WriteFile(file, shot, 0o644)
	}
	if err != nil {
		t.Fatalf("screenshot %s: %v", file, err)
	}
}

// do runs steps within Patience.
func (t *Tab) do(steps ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	ctx, stop := context.WithTimeout(t.ctx, Patience)
	defer stop()
	if err := chromedp.Do(ctx, steps...); err != nil {
		t.fail("%v", err)
	}
}

// until asks again and again until done, and fails the test after Patience.
func (t *Tab) until(what string, done func() (bool, string)) {
	t.Helper()
	last := ""
	for deadline := time.Now().Add(Patience); time.Now().Before(deadline); time.Sleep(25 * time.Millisecond) {
		ok, state := done()
		if ok {
			return
		}
		last = state
	}
	t.fail("waited in vain for %s: %s", what, last)
}

// fail ends the test, saying what the page shows. The folder named by
// POSTROOM_PICTURES gets a picture of it.
func (t *Tab) fail(format string, args ...any) {
	t.Helper()
	if folder := os.Getenv("POSTROOM_PICTURES"); folder != "" {
		if shot, err := chromedp.Run(t.ctx, chromedp.CaptureScreenshot()); err == nil {
			os.WriteFile(filepath.Join(folder, fmt.Sprintf("failed-%d.png", time.Now().Unix())), shot, 0o644)
		}
	}
	shown, _ := evaluate[string](t, `location.href + "\n" + document.title + "\n" + (document.querySelector("dialog[open]") ?? document.querySelector("main") ?? document.body).innerText.slice(0, 1500)`)
	t.Fatalf("%s\nThe page is %s", fmt.Sprintf(format, args...), shown)
}
