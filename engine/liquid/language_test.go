package liquid_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/postroom/postroom/engine/liquid"
)

func languageData() map[string]any {
	return map[string]any{
		"a": []any{1, 2, 3}, "words": []string{"b", "a"}, "s": "héllo", "blank": "no", "none": nil, "f": 1.5, "n": int64(42),
		"o": map[string]any{"b": 1, "c": map[string]any{"d": []any{1, "x", nil, 2.5}}}, "size": map[string]any{"size": 9},
		"objs": []map[string]any{{"t": "b", "p": 10.1}, {"t": "a", "p": 2.2}, {"x": 1}},
		"when": time.Date(2024, 2, 29, 13, 5, 9, 123456789, time.FixedZone("CET", 3600)), "small": float32(0.1), "un": uint64(1 << 63),
	}
}

// language are templates and what they render to; a ! begins what the error
// has to say.
var language = map[string]string{
	// what other engines get wrong
	"{% if none == blank %}a{% endif %}{% if s != blank %}b{% endif %}": "ab",
	"{{\n s\n | upcase\n}}":                         "HÉLLO",
	"{% # a comment %}{% echo s | size %}":          "5",
	"{% liquid\nassign x = 1\necho x | plus: 2\n%}": "3",
	"{% increment i %}{% decrement i %}{{ i }}":     "000",
	"{{ objs | find: 't', 'a' | map: 'p' }}":        "2.2",
	"{{ objs | has: 'x' }}{{ objs | has: 'x', 2 }}": "truefalse",
	"{{ objs | reject: 't' | map: 'x' }}":           "1",
	"{{ objs | find_index: 'x', 1 }}":               "2",
	"{{ 'a?b' | base64_encode | base64_decode }}":   "a?b",
	"{{ o }}": `{"b"=>1, "c"=>{"d"=>[1, "x", nil, 2.5]}}`,
	"{{ 7 | divided_by: 3 }} {{ -7 | divided_by: 3 }}":      "2 -3",
	"{{ a | slice: -2, -1 }}{{ 'abc' | slice: -2, -1 }}":    "",
	"{{ o.c.d | sort_natural }}":                            "12.5x",
	"{{ (5..1) | join }}{% for i in (5..1) %}x{% endfor %}": "",

	// values
	"{{ a }} {{ words }} {{ n }} {{ small }} {{ un }}":                           "123 ba 42 0.1 9223372036854775808",
	"{{ a.first }}{{ a.last }}{{ a.size }}{{ a[-1] }}{{ a[9] }}{{ a['first'] }}": "1333",
	"{{ size.size }} {{ o.size }} {{ s.first }}{{ s.last }}":                     "9 2 ho",
	"{{ o['c']['d'][1] }} {{ o[\"b\"] }} {{ ['s'] }}":                            "x 1 héllo",
	"{{ when }}": "2024-02-29 13:05:09 +0100",
	"{{ 100000000000000000000 }} {{ 0.00001 }} {{ 1234567.891 }}": "100000000000000000000 1.0e-05 1234567.891",
	"{{ true }}{{ nil }}{{ 5.0 }}":                                "true5.0",

	// numbers
	"{{ 0.1 | plus: 0.2 }} {{ 10.1 | minus: 2.2 }} {{ 11.5 | times: 1.19 }}":             "0.3 7.9 13.685",
	"{{ 9223372036854775807 | plus: 1 }} {{ -9223372036854775807 | minus: 2 }}":          "9223372036854775808 -9223372036854775809",
	"{{ 7.5 | divided_by: 2 }} {{ 1 | divided_by: 3.0 }} {{ -7.5 | modulo: 2 }}":         "3.75 0.3333333333333333 0.5",
	"{{ 2.5 | round }} {{ -2.5 | round }} {{ 2.675 | round: 2 }} {{ 1250 | round: -2 }}": "3 -3 2.68 1300",
	"{{ -5.5 | ceil }} {{ -5.5 | floor }} {{ -0.5 | abs }}":                              "-5 -6 0.5",
	"{{ '3.5kg' | plus: 1 }} {{ ' 3.5 ' | plus: 1 }} {{ '1_000' | plus: 1 }}":            "4 4.5 1001",
	"{{ 1 | divided_by: 0 }}": "!divided by 0",
	"{{ 1 | modulo: 0.0 }}":   "!divided by 0",

	// dates
	"{{ when | date: '%a %-d. %B %Y, %l:%M %P %z %:z %j %U %V %e|%3N|%^b|%#p|%-m|%05d|%s|%%|%q' }}":          "Thu 29. February 2024,  1:05 pm +0100 +01:00 060 08 09 29|123|FEB|pm|2|00029|1709208309|%|%q",
	"{{ 'March 14, 2016' | date: '%F' }} {{ '14/3/2016' | date: '%F' }} {{ '14th of Mar 16' | date: '%F' }}": "2016-03-14 2016-03-14 2016-03-14",
	"{{ '2016-03-14T10:30:15.5-05:00' | date: '%T.%L %z' }} {{ '3 PM' | date: '%H' }}":                       "10:30:15.500 -0500 15",
	"{{ 'now' | date: '%F' }} {{ 'today' | date: '%R' }} {{ 0 | date: '%F' }}":                               "2026-03-14 15:09 1970-01-01",
	"{{ 'soon' | date: '%F' }}{{ '2016-02-30' | date: '%F' }}{{ '' | date: '%F' }}":                          "soon2016-02-30",
	"{{ when | date: '%999d' }}": "!a width in the format is too large",

	// texts
	"{{ 'one two ' | truncatewords: 2 }}|{{ 'one two' | truncatewords: 2 }}|{{ ' ' | truncatewords: 1 }}":           "one two...|one two| ",
	"{{ ' a \n b ' | squish }}|{{ 'a,b,,' | split: ',' | size }}|{{ ' a  b' | split: ' ' | join: '-' }}":            "a b|2|a-b",
	"{{ 'YS9-' | base64_url_safe_decode }}{{ 'YT8_' | base64_url_safe_decode }}{{ 'YQ' | base64_url_safe_decode }}": "a/~a??a",
	"{{ 'YQ' | base64_decode }}": "!invalid base64 provided to base64_decode",
	"{{ '&lt;a& &#39; &foo;' | escape_once }} {{ 'a+b%20%zz' | url_decode }} {{ 'é &~*' | url_encode }}": "&lt;a&amp; &#39; &foo; a b %zz %C3%A9+%26~%2A",
	"{{ '%ff' | url_decode }}": "!invalid byte sequence in UTF-8",
	"{{ '<!-- a --><script>b</script><p\nx>c</p><style>d' | strip_html }}":                                                 "cd",
	"{{ s | capitalize }} {{ s | slice: 1, 2 }} {{ s | truncate: 4 }} {{ s | split: '' | join: '-' }}":                     "Héllo él h... h-é-l-l-o",
	"{{ 'aXbX' | replace: 'X', '-' | remove_last: '-' }} {{ 'ab' | replace: '', '.' }} {{ 'ab' | replace_last: '', '.' }}": "a-b .a.b. ab.",
	"{{ '-86400' | date: '%F' }}": "1969-12-31",

	// conditions
	"{% if true and false and false or true %}a{% else %}b{% endif %}":               "b",
	"{% if true or false and false %}a{% endif %}":                                   "a",
	"{% if 1 == 1.0 and '1' != 1 and a == a and 2 <> 3 %}a{% endif %}":               "a",
	"{% if 'a' < 'b' and 1 < 1.5 and none < 1 %}a{% else %}b{% endif %}":             "b",
	"{% if a contains 2 and s contains 'll' and o contains 'b' %}a{% endif %}":       "a",
	"{% assign r = (1..3) %}{% if r contains 2 and r == (1..3) %}{{ r }}{% endif %}": "1..3",
	"{% if 1 > 'x' %}{% endif %}":                                                    "!comparison of Integer with String failed",
	"{% case n %}{% when 1, 2 %}a{% when 41 or 42 %}b{% else %}c{% endcase %}":       "b",
	"{% case none %}{% when blank %}a{% endcase %}":                                  "a",

	// loops
	"{% for x in a reversed limit: 2 offset: 1 %}{{ x }}{{ forloop.rindex }} {% endfor %}":                                                "32 21 ",
	"{% for p in o %}{{ p[0] }}{% endfor %}{% for x in none %}{% else %}e{% endfor %}":                                                    "bce",
	"{% for x in a %}{% for y in a %}{% if y == 2 %}{% break %}{% endif %}{{ forloop.parentloop.index }}{{ y }} {% endfor %}{% endfor %}": "11 21 31 ",
	"{% for x in a %}{% cycle 'a', 'b' %}{% cycle g: 1, 2 %}{% endfor %}":                                                                 "a1b2a1",
	"{% for x in words %}{% ifchanged %}{{ x | size }}{% endifchanged %}{% endfor %}":                                                     "1",
	"{% tablerow x in a cols: 2 %}{{ tablerowloop.col }}{% endtablerow %}":                                                                "<tr class=\"row1\">\n<td class=\"col1\">1</td><td class=\"col2\">2</td></tr>\n<tr class=\"row2\"><td class=\"col1\">1</td></tr>\n",
	"a{% break %}b": "a",

	// partials
	"{% assign x = 1 %}{% render 'p' %}|{% include 'p' %}|{% render 'p', x: 2 %}|{% render 'p' for a as x %}": "-|1-|2-|1-2-3-",
	"{% include 'sets' %}{{ y }}{% render 'sets' %}":                                                          "2",
	"{% render 'gone' %}":     "!There is nothing called “gone” to render.",
	"{% render 'includes' %}": "!{% include %} does not work inside of {% render %}.",
	"{% render 'broken' %}":   "!broken, line 2: The filter plus is given 0 values",
	"{% render s %}":          "!{% render %} needs a name in quotes.",
}

func languageEngine() testEngine {
	return testEngine{conformanceCase{Templates: map[string]string{
		"p": "{{ x }}-", "sets": "{% assign y = 2 %}{% if true %}{% endif %}", "includes": "{% include 'p' %}", "broken": "\n{{ 1 | plus }}",
	}}.engine(liquid.Config{})}
}

func TestLanguage(t *testing.T) {
	engine := languageEngine()
	for source, want := range language {
		out, err := engine.with(source, languageData())
		checkResult(t, source, out, err, want)
	}
}

func (e testEngine) with(source string, data map[string]any) (string, error) {
	parsed, err := e.Parse(source)
	if err != nil {
		return "", err
	}
	return parsed.Render(context.Background(), data, liquid.Options{})
}

func checkResult(t *testing.T, source, out string, err error, want string) {
	t.Helper()
	if wrong, ok := strings.CutPrefix(want, "!"); ok {
		if err == nil || !strings.Contains(err.Error(), wrong) {
			t.Errorf("%s\ngives %q, %v\nwant  %s", source, out, err, wrong)
		}
	} else if err != nil || out != want {
		t.Errorf("%s\ngives %q, %v\nwant  %q", source, out, err, want)
	}
}

func TestStrict(t *testing.T) {
	engine := testEngine{liquid.New(liquid.Config{Strict: true})}
	for source, want := range map[string]string{
		"{{ c.name }} {{ c.none | default: 'x' }}":                                                 "Ann x",
		"{{ c.none | upcase | append: c.gone | default: 'x' }}":                                    "x",
		"{% if c.none %}a{% elsif c.none != blank %}b{% elsif c.none > 1 %}c{% endif %}":           "",
		"{% unless c.none %}a{% endunless %}{% case c.none %}{% when 1 %}{% else %}b{% endcase %}": "ab",
		"{% for x in c.none %}{% else %}a{% endfor %}":                                             "a",
		"{% assign x = c.none %}{{ x | default: 'a' }}":                                            "a",
		"{{ '' }}{{ false }}":                       "false",
		"{{ c.größe | default: 1 }}":                "1",
		"{{ c.none }}":                              "!line 1: c.none has no value. Add a default, for example {{ c.none | default: \"…\" }}.",
		"{{ c.none | upcase }}":                     "!c.none has no value",
		"{{ c.name | append: c.none }}":             "!c.none has no value",
		"{% assign x = c.none | upcase %}\n{{ x }}": "!line 2: c.none has no value",
		"{{ c.none | where: 'a' | size }}":          "!c.none has no value",
		"{{ c.objs | where: 'a', c.none | size }}":  "1",
		"{{ c.list[7].name }}":                      "!c.list[7].name has no value",
		"{{ d.name }}":                              "!There is nothing called d here. Correct the name in {{ d.name }}.",
		"{{ c.list | first }}":                      "!{{ c.list | first }} has no value.",
		"{% echo c.none %}":                         "!c.none has no value",
		"{{ }}":                                     "!There is nothing between the braces.",
	} {
		out, err := engine.with(source, map[string]any{"c": map[string]any{"name": "Ann", "none": nil, "list": []any{}, "objs": []any{map[string]any{"a": 1}}}})
		checkResult(t, source, out, err, want)
	}
}

func TestEscapeHTML(t *testing.T) {
	engine := testEngine{liquid.New(liquid.Config{EscapeHTML: true})}
	for source, want := range map[string]string{
		"<i>{{ s }}</i>{% echo s %}":                              "<i>&lt;b&gt;&#39;</i>&lt;b&gt;&#39;",
		"{{ s | raw }}{{ h }}":                                    "<b>'<hr>",
		"{{ s | escape }}{{ s | escape_once }}":                   "&lt;b&gt;&#39;&lt;b&gt;&#39;",
		"{{ h | append: s }}":                                     "&lt;hr&gt;&lt;b&gt;&#39;",
		"{% capture x %}<i>{{ s }}</i>{% endcapture %}{{ x }}":    "<i>&lt;b&gt;&#39;</i>",
		"{{ lines | newline_to_br }}":                             "a&amp;<br />\nb",
		"{% cycle s, 'x' %}{{ list }}":                            "&lt;b&gt;&#39;&lt;1<hr>",
		"{{ s | upcase | size }}{% if h == '<hr>' %}y{% endif %}": "4y",
	} {
		out, err := engine.with(source, map[string]any{"s": "<b>'", "h": liquid.HTML("<hr>"), "lines": "a&\nb", "list": []any{"<", 1, liquid.HTML("<hr>")}})
		checkResult(t, source, out, err, want)
	}
}
