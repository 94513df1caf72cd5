package compose

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/postroom/postroom/engine/liquid"
)

func TestLiquid(t *testing.T) {
	for template, want := range map[string]string{
		"{{customer.first_name}}":                                                     "Ann",
		"{{ customer['first_name'] }} {{ customer.address.city }}":                    "Ann Oslo",
		"{{ customer.visits }} {{ customer.visits | plus: 1 }}":                       "3 4",
		"{{ customer.spent }} {{ customer.card }}":                                    "2.5 9007199254740993",
		"{{ customer.huge }}":                                                         "123456789012345678901234567890",
		"{{ customer.visits | divided_by: 2 }} {{ 9.5 | divided_by: 2 }}":             "1 4.75",
		"{{ -7 | divided_by: 2 }} {{ -7 | modulo: 2 }} {{ '6' | times: '7' }}":        "-4 1 42",
		"{{ 10.1 | minus: 2.2 }} {{ 0.1 | plus: 0.2 }}":                               "7.9 0.3",
		"{{ 9223372036854775807 | times: 2 }}":                                        "18446744073709551614",
		"{{ customer.tags }} {{ customer.tags | join: '-' }} {{ customer.tags[1] }}":  "ab a-b b",
		"{{ customer.address }}":                                                      `{"city"=>"Oslo"}`,
		"{{ customer.orders | map: 'name' | first }}":                                 "Mug",
		"{{ customer.joined | date: '%Y-%m-%d %H:%M' }}":                              "2023-11-14 22:13",
		"{{ '2024-05-01' | date: '%-d %B' }} {{ 'soon' | date: '%Y' }}":               "1 May soon",
		"{{ '<b>a</b><!-- \n --><style>x</style>\nb' | strip_html | newline_to_br }}": "a<br />\nb",

		// missing values
		"{{ customer.nope | default: 'there' }}":                                           "there",
		"{{ customer.nope | upcase | default: 'there' }}":                                  "there",
		"{{ customer.nothing | default: 'x' }}{{ customer.none | default: 'y' }}":          "xy",
		"{% if customer.nope %}a{% else %}b{% endif %}":                                    "b",
		"{% unless customer.nope %}a{% endunless %}":                                       "a",
		"{% if customer.nope == 'x' or customer.visits > 2 %}a{% endif %}":                 "a",
		"{% case customer.nope %}{% when 'a' %}a{% else %}b{% endcase %}":                  "b",
		"{% for x in customer.nope %}a{% else %}b{% endfor %}":                             "b",
		"{% for x in customer.nope | sort %}a{% else %}b{% endfor %}":                      "!A filter does not work here. Use it in {% assign name = … %} before",
		"{% assign x = customer.nope | upcase %}{% if x == blank %}b{% endif %}":           "b",
		"{% if customer.nope == blank %}a{% endif %}":                                      "a",
		"{% if customer.blank != blank %}a{% else %}b{% endif %}":                          "b",
		"{% if customer.visits > 2 and customer.first_name != blank %}a{% endif %}":        "a",
		"{% if customer.none == empty %}a{% endif %}":                                      "a",
		"{% for o in customer.orders limit:1 %}{{ o.name }}{{ forloop.last }}{% endfor %}": "Mugtrue",
		"{% for o in customer.orders reversed %}{{ o.price }} {% endfor %}":                "7 9.5 ",
		"{% for pair in customer.address %}{{ pair[0] }}={{ pair[1] }}{% endfor %}":        "city=Oslo",
		"{% for i in (1..3) %}{% if i == 2 %}{% continue %}{% endif %}{{ i }}{% endfor %}": "13",

		// syntax
		"{% raw %}{{ x }} {% if %}{% endraw %}":                               "{{ x }} {% if %}",
		"a {%- comment %} {{ x | }} {% endcomment -%} b {%# note %}{% # x %}": "ab ",
		"{{\n  customer.first_name\n  | upcase\n}}":                           "ANN",
		"{% echo customer.first_name | downcase %}":                           "ann",
		"{{ '{{' }} {{ \"it's\" }} 5% } {":                                    "{{ it's 5% } {",
		"a \n{%- if true -%}\n b {{- 'c' -}} d\n{%- endif %} e":               "abcd e",
		"{% capture x %}{{ customer.first_name }}!{% endcapture %}{{ x }}":    "Ann!",
		"{% assign x = 'a' %}{% assign y = x | append: 'b' %}{{ y }}":         "ab",
		"{% cycle 'a' %}{% increment n %}{% liquid\necho 'b' | upcase %}":     "a0B",
		"{{ customer.größe | default: 'ö' }}":                                 "ö",

		// the reference product's own
		"{{ customer.joined | timezone: 'Asia/Tokyo' | date: '%H:%M' }}":                                 "07:13",
		"{{ customer.joined | add_day: 2 | subtract_hour: 1 | date: '%-d %H' }}":                         "16 21",
		"{{ '2024-01-31' | add_month: 1 | date: '%F' }}":                                                 "2024-03-02",
		"{{ 1234567.891 | format_number }} {{ 1234.5 | format_number: 2 }}":                              "1,234,567.891 1,234.50",
		"{{ customer.spent | currency }} {{ -1999 | currency: 'eur' }}":                                  "$2.50 -€1,999.00",
		"{{ 5 | currency: 'NOK' }} {{ 1000 | currency: 'JPY' }}":                                         "5.00 NOK ¥1,000",
		"{% cio_link url: 'https://acme.test/?a=1&b=2' %}":                                               "https://acme.test/?a=1&b=2",
		"{% assign t = '{{ customer.first_name }}!' %}{% render_liquid 'a' %}":                           "a",
		"{% capture t %}{% raw %}{{ customer.visits }}{% endraw %}{% endcapture %}{% render_liquid t %}": "3",
		"{% capture t %}{% raw %}{{ customer.nope }}{% endraw %}{% endcapture %}{% render_liquid t %}":   "!The Liquid in this value does not work: customer.nope has no value.",
		"{{ customer.first_name | add_day: 1 }}":                                                         "!The filter add_day could not be applied: the value is no time.",
		"{{ customer.joined | timezone: 'Mars' }}":                                                       "!there is no time zone called “Mars”",

		// mistakes
		"{{ customer.nope }}":                               "!customer.nope is not set for this person. Add a default",
		"{{ customer.nothing }}":                            "!customer.nothing is not set for this person.",
		"{{ customer.nope | upcase }}":                      "!customer.nope is not set for this person.",
		"{{ customer.first_name | append: customer.nope }}": "!customer.nope is not set for this person.",
		"{{ customer.orders[5].name }}":                     "!customer.orders[5].name is not set",
		"{% assign zip = customer.zip %}{{ zip }}":          "!customer.zip is not set for this person.",
		"{{ trigger.x }}":                                   "!There is nothing called trigger here.",
		"{{ custmer.name }}":                                "!There is nothing called custmer here.",
		"{{ customer.none | first }}":                       "!{{ customer.none | first }} has no value.",
		"{{ }}":                                             "!There is nothing between the braces.",
		"{{ x":                                              "!This {{ is never closed. Close it with }}.",
		"{{ x {{ y }}":                                      "!There is a {{ inside of another.",
		"{% if x":                                           "!This {% is never closed. Close it with %}.",
		"{% raw %}":                                         "!This {% raw %} is never closed. Add {% endraw %}.",
		"{{ x | }}":                                         "!There is no filter after a bar.",
		"{{ x | nope: 1 }}":                                 "!There is no filter called nope.",
		"{{ x | default: 'a }}":                             "!A quote is not closed in 'a",
		"{{ x y }}":                                         "!“y” cannot be read here.",
		"{% if x = 1 %}{% endif %}":                         "!“=” compares nothing. Write == or !=.",
		"{% if %}{% endif %}":                               "!{% if %} says nothing.",
		"{% include '/etc/passwd' %}":                       "!There is nothing that {% include %} could render here. A snippet is written like {{ snippets.footer }}.",
		"{% render 'x' %}":                                  "!There is nothing that {% render %} could render here. A snippet is written like {{ snippets.footer }}.",
		"{% pr_print 0 %}":                                  "!There is no tag called {% pr_print %}.",
		"{{ 1 | is_blank }}":                                "!There is no filter called is_blank.",
		"{% else %}":                                        "!{% else %} is not inside a block",
		"{% for a in b %}{% elsif x %}{% endfor %}":         "!{% elsif %} is not inside a block",
		"{% if a %}{% for x in y %}{% endif %}":             "!{% endif %} does not close {% for %} of line 1.",
		"{% assign = 1 %}":                                  "!{% assign %} needs a name and a value.",
		"{% capture %}{% endcapture %}":                     "!{% capture %} needs one name.",
		"{{ 5 | divided_by: 0 }}":                           "!The filter divided_by could not be applied: divided by 0",
		"{{ 'a' | plus: 1 }}":                               "1",
		"{{ 'a' | slice: -2, -1 }}":                         "",
	} {
		got, err := String(template, person())
		if wrong, ok := strings.CutPrefix(want, "!"); ok {
			if err == nil || !strings.Contains(err.Error(), wrong) {
				t.Errorf("%s\ngives %q and %v\nwant  %s", template, got, err, wrong)
			}
		} else if err != nil || got != want {
			t.Errorf("%s\ngives %q and %v\nwant  %q", template, got, err, want)
		}
	}
}

func TestLines(t *testing.T) {
	for template, line := range map[string]int{
		"a\n{% comment %}\n\n{% endcomment %}\n{{ customer.nope }}":                         5,
		"{% if\n customer.visits\n == 3 %}\n{{ customer.nope }}{% endif %}":                 4,
		"{{\ncustomer.visits\n}}\n{% for i in (1..2) %}\n{{ customer.nope }}\n{% endfor %}": 5,
		"{% raw %}\n\n{% endraw %}\n{% assign x = 1 | nope %}":                              4,
		"\n{% for i in customer.tags limit: 'x' %}{% endfor %}":                             2,
	} {
		_, err := String(template, person())
		if wrong, ok := err.(*FieldError); !ok || wrong.Line != line {
			t.Errorf("%q: %+v, want line %d", template, err, line)
		}
	}
}

// A template that would take for ever, or all memory, is stopped.
func TestHostileTemplates(t *testing.T) {
	for name, template := range map[string]string{
		"empty loop":         "{% for i in (1..100000000) %}{% endfor %}",
		"range from a value": "{% assign n = 100000000 %}{% for i in (1..n) %}{% endfor %}",
		"nested loops":       strings.Repeat("{% for i in (1..9999) %}", 6) + strings.Repeat("{% endfor %}", 6),
		"range to list":      "{{ (1..50000000) | join }}",
		"range in assign":    "{% assign r = (1..50000000) %}{{ r | size }}",
		"doubling":           "{% assign s = 'xxxxxxxxxx' %}{% for i in (1..60) %}{% assign s = s | append: s %}{% endfor %}",
		"doubling lists":     "{% assign s = 'a,b' | split: ',' %}{% for i in (1..60) %}{% assign s = s | concat: s %}{% endfor %}",
		"doubling captures":  "{% assign s = 'xxxxxxxxxx' %}{% for i in (1..60) %}{% capture s %}{{ s }}{{ s }}{% endcapture %}{% endfor %}",
		"capture of text":    "{% capture s %}{% for i in (1..9999) %}" + strings.Repeat("x", 1000) + "{% endfor %}{% endcapture %}",
		"output":             "{% for i in (1..9999) %}" + strings.Repeat("x", 1000) + "{% endfor %}",
		"replace":            "{% assign s = 'aaaaaaaaaa' %}{% for i in (1..60) %}{% assign s = s | replace: 'a', s %}{% endfor %}",
		"replace nothing":    "{% capture s %}{% for i in (1..9999) %}xxxxxxxxxx{% endfor %}{% endcapture %}{{ s | replace: '', s }}",
		"join":               "{% capture s %}{% for i in (1..9999) %}xxxxxxxxxx{% endfor %}{% endcapture %}{{ (1..9999) | join: s }}",
		"date":               "{{ 'now' | date: '%999999999Y' }}",
		"long":               strings.Repeat("x", 512<<10+1),
		"deep":               strings.Repeat("{% if true %}", 20_000) + strings.Repeat("{% endif %}", 20_000),
		"renders itself":     "{% capture t %}{% raw %}{% render_liquid t %}{% endraw %}{% endcapture %}{% render_liquid t %}",
		"long expression":    "{{ " + strings.Repeat("(", 5000) + " }}",
	} {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			out, err := String(template, person())
			if err == nil || strings.Contains(err.Error(), "panic") {
				t.Errorf("%d bytes and %v", len(out), err)
			}
			if took := time.Since(start); took > 10*time.Second {
				t.Errorf("took %v", took)
			}
		})
	}
}

func TestCacheIsBounded(t *testing.T) {
	c := newCache()
	for i := range 3 * maxCached {
		c.put(strings.Repeat("x", i), &liquid.Template{})
	}
	if n := c.order.Len(); n != len(c.entries) || n > maxCached || c.bytes > maxCachedBytes || n == 0 {
		t.Errorf("%d templates of %d bytes", n, c.bytes)
	}
	if c.get(strings.Repeat("x", 3*maxCached-1)) == nil || c.get("x") != nil {
		t.Error("not the latest are kept")
	}
}

func TestOneTemplateManyPeople(t *testing.T) {
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 50 {
				m, err := Email(benchTemplate, benchScope(), benchLinks)
				if err != nil || m.Subject != "Hi Ann, your week at Acme" {
					t.Error(m.Subject, err)
				}
			}
		})
	}
	wg.Wait()
}

func FuzzLiquid(f *testing.F) {
	for _, seed := range []string{
		"{{ customer.first_name | default: 'x' }}", "{% if a %}{% elsif b == blank %}{% else %}{% endif %}",
		"{% for x in (1..customer.visits) limit: 2 %}{{ x }}{% endfor %}", "{% raw %}{{{% endraw %}", "{%- comment -%}{%endcomment-%}",
		"{{ 'a' | replace: 'a', 'b' | date: '%Y' }}", "{% assign a = b[\"c\"].d | plus: 1 %}{% capture x %}{% endcapture %}", "{{{}}", "{%%}",
		"{% case x %}{% when 1 or 2, 3 %}{% endcase %}{% tablerow i in y cols: 2 %}{% endtablerow %}{% cycle 'a', 'b' %}",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, template string) {
		out, err := String(template, person())
		if err == nil && len(out) > 1<<20 {
			t.Errorf("%d bytes", len(out))
		}
		if wrong, ok := err.(*FieldError); ok && (wrong.Line < 1 || wrong.Line > strings.Count(template, "\n")+1) {
			t.Errorf("line %d", wrong.Line)
		}
	})
}

func TestUsesAndNeeds(t *testing.T) {
	tmpl := hello()
	tmpl.Subject = "{{ customer.first_name }} {{ customer.plan | default: 'x' }}"
	tmpl.Body = "\n{% assign city = customer.city %}{{ city }} {{ event.name | upcase }}{% for o in customer.orders %}{{ o.name }}{% endfor %}{{ customer.first_name }}"
	tmpl.Layout = "{{ content }} {{ message.subject }}"
	var needs []string
	for _, n := range Needs(tmpl) {
		needs = append(needs, n.Name)
	}
	if got, want := needs, []string{"customer.email", "customer.first_name", "customer.city", "event.name"}; !slices.Equal(got, want) {
		t.Errorf("needs %q, want %q", got, want)
	}
	var got []string
	for _, u := range Uses(tmpl) {
		if u.Field == "body" {
			got = append(got, fmt.Sprint(u.Name, " ", u.Line, ":", u.Column))
		}
	}
	if want := []string{"customer.city 2:18", "city 2:37", "event.name 2:48", "upcase 2:61", "customer.orders 2:82", "o.name 2:103", "customer.first_name 2:127"}; !slices.Equal(got, want) {
		t.Errorf("uses %q, want %q", got, want)
	}
}
