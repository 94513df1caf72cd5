package liquid

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	theirs "github.com/osteele/liquid"

	ours "github.com/postroom/postroom/engine/liquid"
)

// mail is a message of 10 KB with a loop, conditions and filters.
var mail = `<!DOCTYPE html><html><head><title>Acme</title><style>` + strings.Repeat(".c{color:#123456;margin:0 0 1em}", 60) + `</style></head><body>
<h1>Hello {{ customer.first_name | default: 'there' }}</h1>
{% if customer.plan == "pro" and customer.orders.size > 2 %}<p>Thank you for being on <b>Pro</b>.</p>{% else %}<p>Have a look at Pro.</p>{% endif %}
` + strings.Repeat("<p>Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod tempor incididunt.</p>\n", 70) + `
<table>{% for order in customer.orders %}<tr><td>{{ forloop.index }}</td><td>{{ order.name | upcase }}</td><td>{{ order.price | times: 1.2 | round: 2 }}</td><td><a href="https://acme.test/orders/{{ order.id }}">View</a></td></tr>
{% endfor %}</table>
{% assign city = customer.address.city | default: 'your town' %}<p>See you in {{ city }}, {{ customer.email }}.</p></body></html>`

const subject = "Hi {{ customer.first_name | default: 'there' }},\nyour {{ customer.plan | capitalize }} week at Acme"

func vars() map[string]any {
	orders := make([]any, 20)
	for i := range orders {
		orders[i] = map[string]any{"id": i, "name": fmt.Sprintf("Mug %d", i), "price": 9.25 + float64(i)}
	}
	return map[string]any{"customer": map[string]any{
		"email": "ann@example.com", "first_name": "Ann", "plan": "pro", "orders": orders,
		"address": map[string]any{"city": "Oslo"},
	}}
}

func TestBothRenderTheSame(t *testing.T) {
	for _, source := range []string{mail, subject} {
		a, err := ourTemplate(t, source).Render(context.Background(), vars(), ours.Options{})
		if err != nil {
			t.Fatal(err)
		}
		b, err := theirTemplate(t, source).RenderString(vars())
		if err != nil {
			t.Fatal(err)
		}
		if a != b {
			for i, line := range strings.Split(a, "\n") {
				if other := strings.Split(b, "\n")[i]; other != line {
					t.Errorf("line %d:\n%s\n%s", i+1, line, other)
				}
			}
		}
	}
}

func ourTemplate(tb testing.TB, source string) *ours.Template {
	tb.Helper()
	t, err := ours.New(ours.Config{}).Parse(source)
	if err != nil {
		tb.Fatal(err)
	}
	return t
}

func theirTemplate(tb testing.TB, source string) *theirs.Template {
	tb.Helper()
	t, err := theirs.NewEngine().ParseString(source)
	if err != nil {
		tb.Fatal(err)
	}
	return t
}

// BenchmarkAgainst prints how often faster we are and how many fewer
// allocations we make: of 2 and 2 or more, ours takes half.
func BenchmarkAgainst(b *testing.B) {
	for name, source := range map[string]string{"mail": mail, "subject": subject} {
		b.Run("render "+name, func(b *testing.B) {
			t, u, data := ourTemplate(b, source), theirTemplate(b, source), vars()
			compare(b, func() { t.Render(context.Background(), data, ours.Options{}) }, func() { u.Render(data) })
		})
	}
	b.Run("parse mail", func(b *testing.B) {
		e, f := ours.New(ours.Config{}), theirs.NewEngine()
		compare(b, func() { e.Parse(mail) }, func() { f.ParseString(mail) })
	})
}

// compare measures both in turns, so that both meet the same machine, and
// reports ratios of theirs to ours. A time is the best of its turns.
func compare(b *testing.B, us, them func()) {
	for range b.N {
		mine, their := figures{}, figures{}
		for range 20 {
			mine.measure(us)
			their.measure(them)
		}
		b.ReportMetric(float64(mine.best.Nanoseconds()), "ns/ours")
		b.ReportMetric(float64(their.best.Nanoseconds()), "ns/theirs")
		b.ReportMetric(float64(their.best)/float64(mine.best), "×faster")
		b.ReportMetric(mine.allocations, "allocs/ours")
		b.ReportMetric(their.allocations, "allocs/theirs")
		b.ReportMetric(their.allocations/mine.allocations, "×fewer-allocs")
	}
}

// figures is what one call takes.
type figures struct {
	best        time.Duration
	allocations float64
}

const turn = 200 // calls

func (f *figures) measure(do func()) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	start := time.Now()
	for range turn {
		do()
	}
	took := time.Since(start) / turn
	runtime.ReadMemStats(&after)
	if f.best == 0 || took < f.best {
		f.best = took
	}
	f.allocations = float64(after.Mallocs-before.Mallocs) / turn
}
