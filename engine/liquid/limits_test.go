package liquid_test

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/postroom/postroom/engine/liquid"
)

// hostile templates would take for ever, or all memory.
var hostile = map[string]string{
	"empty loop":         "{% for i in (1..100000000) %}{% endfor %}",
	"range from a value": "{% assign n = 100000000 %}{% for i in (1..n) %}{% endfor %}",
	"range of all ints":  "{% for i in (-9223372036854775808..9223372036854775807) %}{% endfor %}",
	"nested loops":       strings.Repeat("{% for i in (1..9999) %}", 6) + strings.Repeat("{% endfor %}", 6),
	"nested tables":      strings.Repeat("{% tablerow i in (1..9999) %}", 6) + strings.Repeat("{% endtablerow %}", 6),
	"range to list":      "{{ (1..50000000) | join }}",
	"range in assign":    "{% assign r = (1..50000000) %}{{ r | size }}",
	"doubling":           "{% assign s = 'xxxxxxxxxx' %}{% for i in (1..60) %}{% assign s = s | append: s %}{% endfor %}",
	"doubling lists":     "{% assign s = 'a,b' | split: ',' %}{% for i in (1..60) %}{% assign s = s | concat: s %}{% endfor %}",
	"doubling captures":  "{% assign s = 'xxxxxxxxxx' %}{% for i in (1..60) %}{% capture s %}{{ s }}{{ s }}{% endcapture %}{% endfor %}",
	"capture of text":    "{% capture s %}{% for i in (1..9999) %}" + strings.Repeat("x", 1000) + "{% endfor %}{% endcapture %}",
	"output":             "{% for i in (1..9999) %}" + strings.Repeat("x", 1000) + "{% endfor %}",
	"replace":            "{% assign s = 'aaaaaaaaaa' %}{% for i in (1..60) %}{% assign s = s | replace: 'a', s %}{% endfor %}",
	"replace nothing":    long + "{{ s | replace: '', s }}",
	"join":               long + "{{ (1..9999) | join: s }}",
	"many texts":         long + "{% for i in (1..9999) %}{% assign t = s | append: i %}{% endfor %}",
	"search":             long + "{% for i in (1..9999) %}{% if s contains 'y' %}{% endif %}{% endfor %}",
	"compare":            long + "{% assign l = s | split: '' %}{% assign k = s | split: '' %}{% for i in (1..9999) %}{% if k == l %}{% endif %}{% endfor %}",
	"sort":               long + "{% for i in (1..9999) %}{% assign l = s | split: '' | sort %}{% endfor %}",
	"uniq":               long + "{% for i in (1..9999) %}{% assign l = s | split: '' | uniq %}{% endfor %}",
	"escape":             "{% capture s %}{% for i in (1..9999) %}" + strings.Repeat("<", 50) + "{% endfor %}{% endcapture %}{{ s | escape }}",
	"big numbers":        "{% assign n = 9 %}{% for i in (1..60) %}{% assign n = n | times: n %}{% endfor %}",
	"big fractions":      "{% assign n = 9.9 %}{% for i in (1..60) %}{% assign n = n | times: n %}{% endfor %}",
	"date":               "{{ 'now' | date: '%999999999Y' }}",
	"date of dates":      long + "{{ 'now' | date: s }}",
	"deep":               strings.Repeat("{% if true %}", 20_000) + strings.Repeat("{% endif %}", 20_000),
	"deep brackets":      "{{ " + strings.Repeat("a[", 5000) + strings.Repeat("]", 5000) + " }}",
	"deep ranges":        "{{ " + strings.Repeat("(", 5000) + " }}",
	"long":               strings.Repeat("x", 512<<10+1),
	"renders itself":     "{% render 'self' %}",
	"includes itself":    "{% include 'self' %}",
	"renders often":      "{% render 'often' %}",
	"unclosed outputs":   strings.Repeat("{{", 100_000),
	"unclosed tags":      strings.Repeat("{%", 100_000),
	"unclosed comment":   "{% comment %}" + strings.Repeat("{{", 100_000) + strings.Repeat("{%", 100_000),
	"unclosed raw":       "{% raw %}" + strings.Repeat("{% endraw", 50_000),
}

const long = "{% capture s %}{% for i in (1..9999) %}xxxxx%%%%%{% endfor %}{% endcapture %}"

func TestHostileTemplates(t *testing.T) {
	for name, source := range hostile {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			start := time.Now()
			out, err := hostileEngine().render(source)
			took := time.Since(start)
			runtime.ReadMemStats(&after)
			if err == nil {
				t.Errorf("rendered to %d bytes", len(out))
			}
			if made := (after.TotalAlloc - before.TotalAlloc) >> 20; took > 5*time.Second || made > 150 {
				t.Errorf("took %v and %d MB", took, made)
			}
		})
	}
}

type testEngine struct{ *liquid.Engine }

func hostileEngine() testEngine {
	var engine *liquid.Engine
	engine = liquid.New(liquid.Config{Load: func(_ context.Context, name string) (*liquid.Template, error) {
		return engine.ParseNamed(name, map[string]string{
			"self":  "{% render 'self' %}{% include 'self' %}",
			"often": "{% for i in (1..9999) %}{% render 'once' %}{% endfor %}{% render 'often' %}",
			"once":  "{% for i in (1..9999) %}{% endfor %}",
		}[name])
	}})
	return testEngine{engine}
}

func (e testEngine) render(source string) (string, error) {
	parsed, err := e.Parse(source)
	if err != nil {
		return "", err
	}
	return parsed.Render(context.Background(), nil, liquid.Options{})
}

// Every limit is kept to the letter and ends in ErrLimit.
func TestLimits(t *testing.T) {
	for name, c := range map[string]struct {
		limits        liquid.Limits
		fits, exceeds string
	}{
		"source": {liquid.Limits{Source: 10}, "0123456789", "0123456789a"},
		"output": {liquid.Limits{Output: 10}, "{% for i in (1..5) %}ab{% endfor %}", "{% for i in (1..5) %}ab{% endfor %}c"},
		"text":   {liquid.Limits{Output: 10}, "{% assign s = '12345' | append: '67890' %}", "{% assign s = '12345' | append: '678901' %}"},
		"steps":  {liquid.Limits{Steps: 12}, "{% for i in (1..5) %}a{% endfor %}b", "{% for i in (1..5) %}a{% endfor %}bb{{ 1 }}"},
		"depth":  {liquid.Limits{Depth: 3}, "{% if 1 %}{% if 1 %}{{ 1 }}{% endif %}{% endif %}", "{% if 1 %}{% if 1 %}{% if 1 %}{% if 1 %}{% endif %}{% endif %}{% endif %}{% endif %}"},
		"range":  {liquid.Limits{Range: 5}, "{% for i in (1..5) %}{% endfor %}", "{% for i in (1..6) %}{% endfor %}"},
		"work":   {liquid.Limits{Work: 70_000}, long[:0], long + "{{ s | upcase }}"},
	} {
		engine := testEngine{liquid.New(liquid.Config{Limits: c.limits})}
		if _, err := engine.render(c.fits); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		_, err := engine.render(c.exceeds)
		parseError := (liquid.Errors)(nil)
		if err == nil || !errors.Is(err, liquid.ErrLimit) && !errors.As(err, &parseError) {
			t.Errorf("%s exceeded gives %v", name, err)
		}
	}
}

// A rendering ends when its context does.
func TestContext(t *testing.T) {
	engine := liquid.New(liquid.Config{Limits: liquid.Limits{Steps: 1 << 40, Work: 1 << 60, Range: 1 << 40}})
	parsed, err := engine.Parse("{% for i in (1..99999999999) %}{% endfor %}")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	start := time.Now()
	if _, err = parsed.Render(ctx, nil, liquid.Options{}); !errors.Is(err, liquid.ErrLimit) || time.Since(start) > time.Second {
		t.Errorf("%v after %v", err, time.Since(start))
	}
	ctx, cancel = context.WithCancel(context.Background())
	cancel()
	if _, err = parsed.Render(ctx, nil, liquid.Options{}); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}
