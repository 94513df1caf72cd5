package workflow

import (
	"errors"
	"testing"
)

// Whatever Parse accepts can be written, read again, checked, walked and said
// in words.
func FuzzParse(f *testing.F) {
	f.Add(example(f))
	f.Add([]byte(`{"postroom":1,"campaign":{"name":"N","trigger":{"type":"segment","segment":{"id":3}},"frequency":{"every":"7d"},"actions":[{"type":"exit"}]}}`))
	f.Add([]byte(`{"postroom":1,"campaign":{"name":"N","actions":[{"type":"webhook","url":"https://u:p@x?token=1","headers":{"A":"b"}},{"type":"update_person","set":{"x":null}}]}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		d, err := Parse(data)
		if known := (*Error)(nil); err != nil && (!errors.As(err, &known) || known.Message == "") {
			t.Fatalf("error %#v", err)
		}
		if err != nil {
			return
		}
		text, err := d.JSON()
		if err != nil {
			t.Fatal(err)
		}
		back, err := Parse(text)
		if err != nil || !equal(back, d) {
			t.Fatalf("%v, read again as %+v from\n%s", err, back, text)
		}
		c := d.Campaign
		p, err := Index(c)
		if err != nil {
			t.Fatal(err)
		}
		walk(p, person{})
		Problems(c)
		c.Trigger.Words()
		if diff := Diff(c, back.Campaign); diff != nil {
			t.Fatalf("differences %v", diff)
		}
		copied := Detach(Copy(c.Actions, keysIn(c), &c, fieldnotes))
		Dependencies(copied)
		if len(keysIn(c)) <= MaxActions/2 {
			if _, err := Insert(c, End(c), copied...); err != nil {
				t.Fatal(err)
			}
		}
	})
}

// No Liquid is too broken to be looked through.
func FuzzScan(f *testing.F) {
	for _, seed := range []string{"{{customer.a['b'].c}}", "{% raw %}{{", "{%-endraw-%}{{'\"", "{{customer[\"x"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, source string) { template{source: source}.mentions() })
}
