package liquid_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/postroom/postroom/engine/liquid"
)

// tight limits make every bound reachable in a fuzz test.
var tight = liquid.Limits{Steps: 2000, Output: 10_000, Work: 1 << 20, Depth: 30, Range: 200}

func fuzzData() map[string]any {
	return map[string]any{
		"a": []any{1, "two", 3.5, nil, true, []any{1, []any{2}}, map[string]any{"k": "v"}}, "s": "héllo wörld", "n": 42, "f": 10.1,
		"m": map[string]any{"a": map[string]any{"b": []any{1, 2, 3}}, "size": 9}, "h": liquid.HTML("<b>"),
		"objs": []any{map[string]any{"t": "b", "p": 2}, map[string]any{"t": "a", "p": 1.5}}, "when": time.Unix(1700000000, 0).UTC(), "none": nil,
	}
}

// seeds are the templates of the suite and some that are broken or hostile.
func seeds(f *testing.F) {
	for _, c := range conformanceCases(f) {
		f.Add(c.Template)
	}
	for _, source := range hostile {
		f.Add(source)
	}
	for _, source := range []string{
		"{{{}}", "{%%}", "{% liquid\nfor x in a\necho x | append: s\nendfor %}", "{{ a[b[c[d]]] }}", "{% raw %}{% endraw", "{{ 'a",
		"{{ when | date: '%-10Y%^a%:z%999d' }}", "{{ '2024-13-45T99:99' | date: '%c' }}", "{% render 'p', x: a %}{% include 'p' for a %}",
		"{% tablerow x in a cols:2 limit:1 offset:9223372036854775807 %}{% endtablerow %}", "{{ objs | sort: 't' | map: 'p' | sum }}",
		"{{ 99999999999999999999 | times: 99999999999999999999 | modulo: 7.5 | round: -400 }}", "{{ s | slice: -9223372036854775808, 9223372036854775807 }}",
	} {
		f.Add(source)
	}
}

// Whatever the template: no panic, no error without a place and a sentence, no
// output over the limit, no time over the limit, and the same again when it is
// rendered again.
func FuzzRender(f *testing.F) {
	seeds(f)
	var engines []*liquid.Engine
	for _, config := range []liquid.Config{{Limits: tight}, {Limits: tight, Strict: true, EscapeHTML: true}} {
		var engine *liquid.Engine
		config.Load = func(_ context.Context, name string) (*liquid.Template, error) {
			return engine.ParseNamed(name, "{{ x }}{% for i in a %}{% render '"+name+"' %}{% endfor %}{% break %}")
		}
		config.Now = func() time.Time { return time.Unix(1700000000, 0) }
		engine = liquid.New(config)
		engines = append(engines, engine)
	}
	f.Fuzz(func(t *testing.T, source string) {
		for _, engine := range engines {
			checkFuzzed(t, engine, source)
		}
	})
}

func checkFuzzed(t *testing.T, engine *liquid.Engine, source string) {
	start := time.Now()
	parsed, err := engine.Parse(source)
	if err != nil {
		checkErrors(t, source, err)
		return
	}
	out, err := parsed.Render(context.Background(), fuzzData(), liquid.Options{})
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("took %v", took)
	}
	if len(out) > tight.Output {
		t.Errorf("rendered %d bytes", len(out))
	}
	if e := (*liquid.Error)(nil); err != nil && (!errors.As(err, &e) || e.Line < 1 || e.Column < 1 || strings.Contains(e.Message, "could not be worked out")) {
		t.Errorf("the error is %+v", err)
	}
	again, err2 := parsed.Render(context.Background(), fuzzData(), liquid.Options{})
	if out != again || (err == nil) != (err2 == nil) {
		t.Errorf("rendered %q, %v and then %q, %v", out, err, again, err2)
	}
	for _, u := range parsed.Uses() {
		if u.Line < 1 || u.Line > strings.Count(source, "\n")+1 || u.Column < 1 {
			t.Errorf("a use at %d:%d", u.Line, u.Column)
		}
	}
}

func checkErrors(t *testing.T, source string, err error) {
	var all liquid.Errors
	if !errors.As(err, &all) || len(all) == 0 {
		t.Fatalf("the error is %#v", err)
	}
	for _, e := range all {
		if e.Line < 1 || e.Line > strings.Count(source, "\n")+1 || e.Column < 1 || !strings.HasSuffix(e.Message, ".") {
			t.Errorf("the error is %+v", e)
		}
	}
}

// Reading a time never fails and never takes what is none for one in the past
// of a calendar.
func FuzzDate(f *testing.F) {
	for _, text := range []string{"March 14, 2016", "2016-03-14T10:30:15.123+01:00", "14/3/2016", "3 pm", "Mon, 14 Mar 2016 10:30:15 GMT", "1152098955", "20160314103000", "14-mar-16"} {
		f.Add(text, "%Y-%m-%d %H:%M:%S.%N %z")
	}
	engine := liquid.New(liquid.Config{})
	parsed, err := engine.Parse("{{ text | date: format }}")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text, format string) {
		out, err := parsed.Render(context.Background(), map[string]any{"text": text, "format": format}, liquid.Options{})
		if err == nil && len(out) > 1<<20 {
			t.Errorf("%d bytes", len(out))
		}
	})
}
