package browser

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// find.js is how a tab finds things: by name as people read it, or by field.
//
//go:embed find.js
var find string

// evaluate runs an expression in the page and waits for what it promises. During a navigation it fails.
func evaluate[T any](t *Tab, expression string) (T, error) {
	ctx, stop := context.WithTimeout(t.ctx, 5*time.Second)
	defer stop()
	return chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
}

// call runs one of the functions of find.js with these arguments.
func call[T any](t *Tab, function string, args ...any) (T, error) {
	list, _ := json.Marshal(args)
	return evaluate[T](t, fmt.Sprintf("(%s).%s(...%s)", strings.TrimSpace(find), function, list))
}

// Eval is the value of an expression in the page, once it has one.
func Eval[T any](t *Tab, expression string) T {
	t.Helper()
	var value T
	t.until(expression, func() (bool, string) {
		v, err := evaluate[T](t, expression)
		value = v
		return err == nil, fmt.Sprint(err)
	})
	return value
}

// Eval runs an expression for what it does.
func (t *Tab) Eval(expression string) {
	t.Helper()
	Eval[any](t, expression)
}

// Is waits until the expression has this value.
func (t *Tab) Is(expression string, want any) {
	t.Helper()
	t.until(fmt.Sprintf("%s to be %v", expression, want), func() (bool, string) {
		got, err := evaluate[any](t, expression)
		return err == nil && fmt.Sprint(got) == fmt.Sprint(want), fmt.Sprint(got, err)
	})
}

// At waits until the path in the address begins with this.
func (t *Tab) At(path string) {
	t.Helper()
	t.until("the path "+path, func() (bool, string) {
		here, err := evaluate[string](t, `document.readyState === "loading" ? "" : location.pathname + location.search`)
		return err == nil && strings.HasPrefix(here, path), here
	})
}

// Sees waits until the page shows the text, in the open dialog if there is one.
func (t *Tab) Sees(text string) {
	t.Helper()
	t.until(fmt.Sprintf("%q", text), func() (bool, string) {
		found, err := call[bool](t, "shows", text)
		return err == nil && found, "it is not there"
	})
}

// Misses waits until the page no longer shows the text.
func (t *Tab) Misses(text string) {
	t.Helper()
	t.until(fmt.Sprintf("%q to go", text), func() (bool, string) {
		found, err := call[bool](t, "shows", text)
		return err == nil && !found, "it is still there"
	})
}

// Has says whether the page has something at this CSS selector now.
func (t *Tab) Has(selector string) bool {
	found, err := evaluate[bool](t, fmt.Sprintf("!!document.querySelector(%q)", selector))
	return err == nil && found
}

// point is where something can be clicked; Problem says why it cannot.
type point struct {
	X       float64 `json:"x"`
	Y       float64 `json:"y"`
	Problem string  `json:"problem"`
}

// Click clicks the link, button or label of this name, in the open dialog if
// there is one: when it is visible, holds still and nothing covers it.
func (t *Tab) Click(name string) {
	t.Helper()
	t.click(fmt.Sprintf("%q", name), "named", name)
}

// ClickIn clicks what has this name inside the first place with this selector.
func (t *Tab) ClickIn(selector, name string) {
	t.Helper()
	t.click(fmt.Sprintf("%q in %s", name, selector), "named", name, selector)
}

// ClickAt clicks what is at this CSS selector.
func (t *Tab) ClickAt(selector string) {
	t.Helper()
	t.click(selector, "selected", selector)
}

func (t *Tab) click(what, function string, args ...any) {
	t.Helper()
	t.Is(`document.readyState`, "complete")
	var at, before point
	t.until("a click on "+what, func() (bool, string) {
		p, err := call[point](t, function, args...)
		if err != nil {
			return false, err.Error()
		}
		at, before = p, at
		if p.Problem == "" && at != before {
			time.Sleep(50 * time.Millisecond) // several frames, in which it must not move
		}
		return p.Problem == "" && at == before, p.Problem
	})
	t.do(chromedp.MouseEvent(chromedp.MouseMoved, at.X, at.Y), chromedp.MouseClickXY(at.X, at.Y))
}

// Fill types a value over what the field of this name holds; of a select,
// radio or checkbox it chooses the value.
func (t *Tab) Fill(field, value string) {
	t.Helper()
	t.FillAt(fmt.Sprintf(`[name=%q]:not([type=hidden])`, field), value)
}

// FillAt is Fill for the first field at this CSS selector.
func (t *Tab) FillAt(selector, value string) {
	t.Helper()
	typed := false
	t.until("the field "+selector, func() (bool, string) {
		state, err := call[string](t, "fill", selector, value)
		typed = state == "type"
		return err == nil && (typed || state == "done"), fmt.Sprint(state, err)
	})
	if !typed {
		return
	}
	t.do(chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, input.InsertText, input.InsertTextParams{Text: value})
		return err
	}))
}

// Upload chooses files of this machine in a file field.
func (t *Tab) Upload(field string, files ...string) {
	t.Helper()
	t.do(chromedp.SetUploadFiles(chromedp.CSS(fmt.Sprintf(`input[type=file][name=%q]`, field)), files))
}

// Keys presses one key after the other, as a keyboard does: a page that takes
// a key for itself keeps its letter out of the field.
func (t *Tab) Keys(keys string, modifiers ...kb.Modifier) {
	t.Helper()
	t.Is(`document.readyState`, "complete") // scripts that listen run only then
	t.do(chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		for _, key := range keys {
			down, up := press(key, modifiers)
			for _, event := range []input.DispatchKeyEventParams{down, up} {
				if _, err := cdp.Call(ctx, target, input.DispatchKeyEvent, event); err != nil {
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

// SignIn signs in with the form.
func (t *Tab) SignIn(email, password string) {
	t.Helper()
	t.Open("/sign-in")
	t.Fill("email", email)
	t.Fill("password", password)
	t.Click("Sign in")
	t.At("/w/")
}
