package workflow

import "testing"

func TestBrokenLiquidBlocks(t *testing.T) {
	for _, test := range []struct {
		name, body string
		sending    Sending
		blocks     bool
		problems   int
	}{
		{"fine", "{{ customer.name | default: 'you' }}{% unsubscribe %}", Automatic, false, 0},
		{"a filter of messages", "{{ event.price | currency }}", Automatic, false, 0},
		{"not closed", "{{ customer.name", Automatic, true, 1},
		{"a block without an end", "{% if customer.name %}x", Draft, true, 1},
		{"not sent", "{{ customer.name", Off, false, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			v := &validator{keys: keyring{}, seen: keyring{}}
			v.templates(Action{Key: "hello", Type: TypeEmail, Email: &Email{Sending: test.sending, Body: test.body}})
			if len(v.problems) != test.problems || Blocking(v.problems) != test.blocks {
				t.Errorf("the problems are %+v", v.problems)
			}
		})
	}
}
