package static_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// tab is a page of the gallery in Chromium.
type tab struct {
	*testing.T
	ctx context.Context
}

// browser is the one browser of all tests here, started by the first that needs it.
var browser = sync.OnceValues(func() (context.Context, error) {
	program := chromium()
	if program == "" {
		return nil, exec.ErrNotFound
	}
	ctx, _ := chromedp.NewExecAllocator(context.Background(), append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(program), chromedp.NoSandbox, chromedp.WindowSize(1440, 900))...)
	ctx, closeBrowser = chromedp.NewContext(ctx)
	return ctx, chromedp.Do(ctx)
})

var closeBrowser = func() {}

func TestMain(m *testing.M) {
	code := m.Run()
	closeBrowser()
	os.Exit(code)
}

func chromium() string {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			return found
		}
	}
	return ""
}

// open shows url in a tab of its own, or skips the test where there is no browser. A script that
// fails, or anything that the policy blocks, fails the test.
func open(t *testing.T, url string) *tab {
	t.Helper()
	started, err := browser()
	if err == exec.ErrNotFound {
		t.Skip("There is no Chromium on this machine. Install Debian's package chromium.")
	}
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := chromedp.NewContext(started)
	t.Cleanup(stop)
	p := &tab{t, ctx}
	p.run() // makes the tab, which must not die with a deadline
	p.watch()
	p.run(chromedp.Navigate(url), chromedp.WaitReady(chromedp.CSS("#say")))
	return p
}

var expected = regexp.MustCompile(`^Failed to load resource|^Response Status Error Code|^htmx:(sendAbort|afterRequest)`)

// watch reports the errors on the tab's console. That a request failed is no error of ours.
func (p *tab) watch() {
	messages := chromedp.Console(p.ctx)
	done := make(chan struct{})
	var wrong []string
	go func() {
		defer close(done)
		for m, err := range messages {
			if err != nil {
				return
			}
			if m.Type == chromedp.ConsoleException || m.Type == "error" && !expected.MatchString(m.Text) {
				wrong = append(wrong, m.Text)
			}
		}
	}()
	p.Cleanup(func() {
		chromedp.Cancel(p.ctx)
		<-done
		if len(wrong) > 0 {
			p.Errorf("the console says:\n%s", strings.Join(wrong, "\n"))
		}
	})
}

func (p *tab) run(actions ...chromedp.Action[chromedp.Void]) {
	p.Helper()
	ctx, stop := context.WithTimeout(p.ctx, 15*time.Second)
	defer stop()
	if len(actions) == 0 {
		ctx = p.ctx
	}
	if err := chromedp.Do(ctx, actions...); err != nil {
		p.Fatal(err)
	}
}

// is waits until the expression has this value; what it is after a second is the failure.
func (p *tab) is(expression string, want any) {
	p.Helper()
	var got any
	for range 50 {
		value, err := chromedp.Run(p.ctx, chromedp.Evaluate[any](expression))
		if err != nil {
			p.Fatalf("%s: %v", expression, err)
		}
		if got = value; fmt.Sprint(got) == fmt.Sprint(want) {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	p.Errorf("%s is %v, want %v", expression, got, want)
}

func (p *tab) do(script string) {
	p.Helper()
	if _, err := chromedp.Run(p.ctx, chromedp.Evaluate[any](script)); err != nil {
		p.Fatalf("%s: %v", script, err)
	}
}

// keys presses one key after the other, as a keyboard does: a page that takes a key for itself keeps
// its letter out of the field. (chromedp.KeyEvent sends the letter as an event of its own.)
func (p *tab) keys(keys string, modifiers ...kb.Modifier) {
	p.Helper()
	p.run(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		for _, key := range keys {
			down, up := press(key, modifiers)
			for _, event := range []input.DispatchKeyEventParams{down, up} {
				if _, err := cdp.Call(ctx, t, input.DispatchKeyEvent, event); err != nil {
					return err
				}
			}
		}
		return nil
	}))
}

func press(key rune, modifiers []kb.Modifier) (down, up input.DispatchKeyEventParams) {
	events := kb.Encode(key)
	down, up = *events[0], *events[len(events)-1]
	for _, m := range modifiers {
		down.Modifiers |= int64(m)
		up.Modifiers |= int64(m)
	}
	if len(events) == 3 && down.Modifiers&^int64(kb.ModifierShift) == 0 {
		down.Text = events[1].Text
	}
	return down, up
}

func (p *tab) click(selector string) {
	p.Helper()
	p.run(chromedp.Click(chromedp.CSS(selector)))
}

// arrives waits for a form to reach the server.
func (p *tab) arrives(g *gallery, want string) {
	p.Helper()
	var all []string
	for range 50 {
		if all = append(all, g.took()...); slices.Contains(all, want) {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	p.Errorf("the server got %q, want %q", all, want)
}

// picture keeps the whole page for the eye, in the folder that POSTROOM_PICTURES names.
func (p *tab) picture(name string) {
	p.Helper()
	folder := os.Getenv("POSTROOM_PICTURES")
	if folder == "" {
		return
	}
	shot, err := chromedp.Run(p.ctx, chromedp.FullScreenshot(100))
	if err == nil {
		err = os.WriteFile(filepath.Join(folder, "gallery-"+name+".png"), shot, 0o644)
	}
	if err != nil {
		p.Fatal(err)
	}
}
