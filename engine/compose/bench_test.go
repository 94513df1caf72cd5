package compose

import (
	"strings"
	"testing"
	"time"
)

// mailHTML is a message of about 6 kB with a loop, two conditions, a table
// and five links, inside a layout.
var benchTemplate = Template{
	From:      "Acme <hello@acme.test>",
	To:        "{{customer.email}}",
	Subject:   "Hi {{ customer.first_name | default: 'there' }}, your week at Acme",
	Preheader: "{{ customer.orders | size }} orders",
	Layout: `<!DOCTYPE html><html><head><title>Acme</title><style>p{margin:0 0 1em}` + strings.Repeat(" .c{color:#123456}", 40) + `</style></head><body><table width="600"><tr><td><img src="https://acme.test/logo.png" alt="Acme"></td></tr><tr><td>{{content}}</td></tr>
<tr><td><p>Acme, 1 High Street. <a href="{% unsubscribe_url %}">Unsubscribe</a></p></td></tr></table></body></html>`,
	Body: `<h1>Hello {{ customer.first_name | default: 'there' }}</h1>
{% if customer.plan == "pro" %}<p>Thank you for being on <b>Pro</b>.</p>{% else %}<p>Have a look at <a href="https://acme.test/pro?a=1&amp;b=2">Pro</a>.</p>{% endif %}
` + strings.Repeat("<p>Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod tempor incididunt ut labore et dolore magna aliqua.</p>\n", 15) + `
<table>{% for order in customer.orders %}<tr><td>{{ order.name }}</td><td>{{ order.price | times: 1.19 | round: 2 }}</td><td><a href="https://acme.test/orders/{{ order.id }}">View</a></td></tr>
{% endfor %}</table>
<p><a href="https://acme.test/start">Get started</a> <a href="https://acme.test/help">Help</a></p>`,
}

func benchScope() Scope {
	return Scope{"customer": map[string]any{
		"email": "ann@example.com", "first_name": "Ann", "plan": "pro",
		"orders": []any{
			map[string]any{"id": 1, "name": "Mug", "price": 9.5},
			map[string]any{"id": 2, "name": "Cup", "price": 7.25},
			map[string]any{"id": 3, "name": "Pot", "price": 19},
		},
	}}
}

var benchLinks = Links{
	UnsubscribeURL: "https://mail.acme.test/unsubscribe/abc", OneClickURL: "https://mail.acme.test/unsubscribe/abc",
	OpenURL:  "https://mail.acme.test/e/o/abc",
	ClickURL: func(href string) string { return "https://mail.acme.test/e/c/abc/123" },
}

func BenchmarkEmail(b *testing.B) {
	s := benchScope()
	for b.Loop() {
		if _, err := Email(benchTemplate, s, benchLinks); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkEmailAndBuild(b *testing.B) {
	s := benchScope()
	for b.Loop() {
		m, err := Email(benchTemplate, s, benchLinks)
		if err != nil {
			b.Fatal(err)
		}
		raw, err := Build(m, Headers{MessageID: "abc@mail.acme.test", Date: time.Unix(1700000000, 0)})
		if err != nil {
			b.Fatal(err)
		}
		b.SetBytes(int64(len(raw)))
	}
}

func BenchmarkText(b *testing.B) {
	m, err := Email(benchTemplate, benchScope(), Links{})
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		textOf(m.HTML)
	}
}

func BenchmarkDecorate(b *testing.B) {
	m, err := Email(benchTemplate, benchScope(), Links{})
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		decorate(m.HTML, "x", benchLinks)
	}
}
