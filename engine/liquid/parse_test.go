package liquid_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/postroom/postroom/engine/liquid"
)

// All mistakes are told at once, each where it is.
func TestErrors(t *testing.T) {
	const source = `{% if %}
  ä {{ x | nope: 1 | upcase: 2 }} {{ 'a }}
{% frobnicate %}{% for x of y %}{% endfor %}
{% endunless %}{% assign = 1 %}
{% case x %}{% when 1 %}{% endif %}`
	_, err := liquid.New(liquid.Config{}).Parse(source)
	var all liquid.Errors
	if !errors.As(err, &all) {
		t.Fatal(err)
	}
	want := []string{
		"1:1 {% if %} says nothing. Write what it is about.",
		"2:12 There is no filter called nope. Correct its name, or take it out.",
		"2:22 The filter upcase is given 1 values after its colon and takes none. Correct them.",
		"2:38 A quote is not closed in 'a. Close it.",
		"3:1 There is no tag called {% frobnicate %}. Correct its name, or take it out.",
		"3:26 {% for %} needs the word in. Write it like {% for item in list %}.",
		"4:1 {% endunless %} closes nothing. Take it out, or write {% unless %} before it.",
		"4:16 {% assign %} needs a name and a value. Write it like {% assign colour = \"red\" %}.",
		"5:25 {% endif %} does not close {% case %} of line 5. Close that one first.",
	}
	var got []string
	for _, e := range all {
		got = append(got, fmt.Sprintf("%d:%d %s", e.Line, e.Column, e.Message))
	}
	if !slices.Equal(got, want) {
		t.Errorf("told\n%q\nwant\n%q", got, want)
	}
	if e := all[1]; e.Excerpt != "ä {{ x | nope: 1 | upcase: 2 }} {{ 'a }}" {
		t.Errorf("the excerpt is %q", e.Excerpt)
	}
}

func TestRenderErrorsHaveTheirPlace(t *testing.T) {
	engine := languageEngine()
	_, err := engine.with("a\n{% if true %}\n  é {{ 1 | divided_by: 0 }}{% endif %}", nil)
	var e *liquid.Error
	if !errors.As(err, &e) || e.Line != 3 || e.Column != 5 || e.Excerpt != "é {{ 1 | divided_by: 0 }}{% endif %}" {
		t.Errorf("%+v", err)
	}
}

// Inline is how Shopify's shops see mistakes: among the output, which goes on.
func TestInline(t *testing.T) {
	parsed, err := liquid.New(liquid.Config{}).Parse("a {{ 1 | divided_by: 0 }} b\n{% if 1 > 'x' %}{% endif %} c {{ a | sort }}")
	if err != nil {
		t.Fatal(err)
	}
	out, err := parsed.Render(context.Background(), map[string]any{"a": []any{1, "x"}}, liquid.Options{Inline: true})
	const want = "a Liquid error (line 1): divided by 0 b\nLiquid error (line 2): comparison of Integer with String failed c " +
		"Liquid error (line 2): cannot sort values of incompatible types"
	if err != nil || out != want {
		t.Errorf("%q, %v", out, err)
	}
}

func TestUses(t *testing.T) {
	engine := languageEngine()
	parsed, err := engine.Parse("{{ c.name | upcase }} {% if c['plan'] == x %}é{{ c.a [ b ] | default: d }}{% endif %}\n" +
		"{% assign y = c.b %}{{ y }}{% for o in c.orders limit: n %}{{ o.name }}{{ forloop.index }}{% endfor %}{% render 'p', z: c.z %}")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, u := range parsed.Uses() {
		if u.Kind == liquid.Variable {
			got = append(got, fmt.Sprintf("%s(%s) %d:%d %t %t", u.Name, u.Root, u.Line, u.Column, u.Local, u.Needed))
		} else {
			got = append(got, fmt.Sprintf("%s %d:%d", u.Name, u.Line, u.Column))
		}
	}
	want := []string{
		"c.name(c) 1:4 false true", "upcase 1:13", "c['plan'](c) 1:29 false false", "x(x) 1:42 false false",
		"c.a[b](c) 1:50 false false", "b(b) 1:56 false false", "default 1:62", "d(d) 1:71 false false",
		"c.b(c) 2:15 false true", "y(y) 2:24 true true", "c.orders(c) 2:40 false false", "n(n) 2:56 false false",
		"o.name(o) 2:63 true true", "forloop.index(forloop) 2:75 true true", "p 2:113", "c.z(c) 2:121 false false",
	}
	if !slices.Equal(got, want) {
		t.Errorf("uses\n%q\nwant\n%q", got, want)
	}
	if got, want := parsed.Variables(), []string{"c.name", "c['plan']", "x", "c.a[b]", "b", "d", "c.b", "c.orders", "n", "c.z"}; !slices.Equal(got, want) {
		t.Errorf("variables %q", got)
	}
}

func TestOwnFiltersAndTags(t *testing.T) {
	engine := testEngine{liquid.New(liquid.Config{
		Filters: map[string]liquid.Filter{"shout": {Max: 1, Call: func(r *liquid.Run, in any, args []any) (any, error) {
			text, err := r.Text(in)
			if len(args) > 0 {
				return nil, errors.New("no " + text)
			}
			return text + "!", err
		}}},
		Tags: map[string]liquid.Tag{"link": {Min: 1, Max: 2, Named: []string{"to"}, Render: func(r *liquid.Run, args []any, named map[string]any) error {
			return r.Write(fmt.Sprint(args, named["to"], r.Data()))
		}}},
	})}
	for source, want := range map[string]string{
		"{{ 'a' | shout }}":        "a!",
		"{% link 'a', x to: 2 %}":  "!cannot be read",
		"{% link 'a', x, to: 2 %}": "[a <nil>] 2 <nil>",
		"{% link %}":               "!is given 0 values and takes 1 to 2.",
		"{% link 1, at: 2 %}":      "!{% link %} has no at.",
		"{{ 'a' | shout: 1 }}":     "!The filter shout could not be applied: no a.",
	} {
		out, err := engine.with(source, nil)
		checkResult(t, source, out, err, want)
	}
}

// A template is parsed once and rendered by many at the same time; the data is
// only read.
func TestConcurrentRendering(t *testing.T) {
	const source = "{% assign x = a | sort | reverse %}{% increment n %}{% for i in x %}{% cycle 'a', 'b' %}{{ i }}{% endfor %}{% capture c %}{{ o }}{% endcapture %}{{ c | size }}"
	parsed, err := liquid.New(liquid.Config{}).Parse(source)
	if err != nil {
		t.Fatal(err)
	}
	data := languageData()
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 50 {
				if out, err := parsed.Render(context.Background(), data, liquid.Options{}); err != nil || out != "42a3b2a140" {
					t.Errorf("%q, %v", out, err)
				}
			}
		})
	}
	wg.Wait()
	if data["n"] != int64(42) || data["a"].([]any)[0] != 1 || len(data) != len(languageData()) {
		t.Error("the data was changed")
	}
}

func TestAnalyseReadsWhatHasMistakes(t *testing.T) {
	engine := liquid.New(liquid.Config{Strict: true})
	var got []string
	for _, u := range engine.Analyse("{% if a.b['c d'][e].f %}{{ x | nope: y }}\n{% mine g, h: i %}{% render 'foot' %}{{ end | default: 1 }}{{ é") {
		got = append(got, fmt.Sprintf("%d %s %q %d:%d %t %t", u.Kind, u.Name, u.Path(), u.Line, u.Column, u.Needed, u.Fallback))
	}
	want := []string{
		`0 a.b['c d'][e].f ["a" "b" "c d"] 1:7 false false`, `0 e ["e"] 1:18 false false`, `0 x ["x"] 1:28 true false`,
		`1 nope [] 1:32 false false`, `0 y ["y"] 1:38 true false`, `3 mine [] 2:1 false false`, `0 g ["g"] 2:9 false false`,
		`0 i ["i"] 2:15 false false`, `2 foot [] 2:29 false false`, `0 end ["end"] 2:41 false true`, `1 default [] 2:47 false false`,
	}
	if !slices.Equal(got, want) {
		t.Errorf("uses\n%q\nwant\n%q", got, want)
	}
	if uses := engine.Analyse(strings.Repeat("{{ a }}", 1<<17)); uses != nil {
		t.Errorf("%d uses of what is too long", len(uses))
	}
}
