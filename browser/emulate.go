package browser

import (
	"context"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// View gives the page this size, in pixels.
func (t *Tab) View(width, height int64) {
	t.Helper()
	t.do(chromedp.EmulateViewport(width, height))
}

// Scheme shows the page in "light" or "dark", and without movement.
func (t *Tab) Scheme(scheme string) {
	t.Helper()
	send(t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: scheme},
		{Name: "prefers-reduced-motion", Value: "reduce"},
	}})
}

// Script lets the pages that are opened from now on run scripts, or not.
func (t *Tab) Script(runs bool) {
	t.Helper()
	send(t, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !runs})
}

// Cold makes the browser fetch everything anew with every page.
func (t *Tab) Cold() {
	t.Helper()
	send(t, network.SetCacheDisabled, network.SetCacheDisabledParams{CacheDisabled: true})
}

func send[P, R any](t *Tab, command cdp.Command[P, R], params P) {
	t.Helper()
	t.do(chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, command, params)
		return err
	}))
}

// Settle waits until nothing moves and the font is there.
func (t *Tab) Settle() {
	t.Helper()
	t.Is(`document.fonts.status === "loaded" && !document.getAnimations().some(a => a.playState === "running")`, true)
}
