// Package browser drives Chromium over the running program, for the tests of
// the main flows and for the screenshots. It waits for what it is asked for,
// within a bound, and reports what the browser's console says against a page.
package browser

import (
	"context"
	"errors"
	"os/exec"
	"time"

	"github.com/chromedp/chromedp"
)

// Patience is how long a tab waits for something to be there.
const Patience = 40 * time.Second

// ErrNone means that this machine has no Chromium.
var ErrNone = errors.New("there is no Chromium on this machine: install Debian's package chromium")

// Report is told what went wrong. A *testing.T is one.
type Report interface {
	Helper()
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
}

// Browser is a running Chromium.
type Browser struct {
	ctx  context.Context
	stop context.CancelFunc
}

// Start runs Chromium without a window until Stop.
func Start() (*Browser, error) {
	program := chromium()
	if program == "" {
		return nil, ErrNone
	}
	allocator, stop := chromedp.NewExecAllocator(context.Background(), append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(program), chromedp.NoSandbox, chromedp.WindowSize(1440, 900),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("hide-scrollbars", true))...)
	ctx, _ := chromedp.NewContext(allocator)
	if err := chromedp.Do(ctx); err != nil {
		stop()
		return nil, err
	}
	return &Browser{ctx, stop}, nil
}

// Stop ends Chromium.
func (b *Browser) Stop() {
	chromedp.Cancel(b.ctx)
	b.stop()
}

func chromium() string {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			return found
		}
	}
	return ""
}
