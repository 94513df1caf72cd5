package liquid_test

import (
	"context"
	"encoding/json"
	"flag"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/postroom/postroom/engine/liquid"
)

var casesFile = flag.String("cases", "testdata/cases.json", "the conformance suite to run")

// conformanceCase is a case of the suite in testdata: a template and what it
// renders to, or that it must be refused.
type conformanceCase struct {
	Name      string            `json:"name"`
	Template  string            `json:"template"`
	Data      json.RawMessage   `json:"data"`
	Templates map[string]string `json:"templates"`
	Result    *string           `json:"result"`
	Results   []string          `json:"results"`
	Invalid   bool              `json:"invalid"`
}

func conformanceCases(tb testing.TB) []conformanceCase {
	tb.Helper()
	data, err := os.ReadFile(*casesFile)
	if err != nil {
		tb.Fatal(err)
	}
	var suite struct {
		Tests []conformanceCase `json:"tests"`
	}
	if err := json.Unmarshal(data, &suite); err != nil {
		tb.Fatal(err)
	}
	if len(suite.Tests) == 0 {
		tb.Fatal("the suite has no cases")
	}
	return suite.Tests
}

// deviations are the cases that we deliberately do otherwise, with the reason.
// Each is held to failing, so that the list cannot outlive its reasons.
var deviations = map[string]string{
	"tags, case, unexpected when token": "Shopify's older parser reads no further than it understands and says nothing; the suite has the same " +
		"template as an error too (“strict2”), which is what an author wants to know",
}

func TestConformance(t *testing.T) {
	for _, c := range conformanceCases(t) {
		t.Run(c.Name, func(t *testing.T) {
			out, err := c.render()
			ok := c.Invalid && err != nil || !c.Invalid && err == nil && slices.Contains(c.wanted(), out)
			if reason := deviations[c.Name]; reason != "" {
				if ok {
					t.Errorf("passes, though it deviates: %s", reason)
				}
				return
			}
			if !ok {
				t.Errorf("%q with %s\ngives %q, %v\nwant  %q", c.Template, c.Data, out, err, c.wanted())
			}
		})
	}
}

func (c conformanceCase) wanted() []string {
	if c.Result != nil {
		return append(c.Results, *c.Result)
	}
	return c.Results
}

func (c conformanceCase) render() (string, error) {
	engine := c.engine(liquid.Config{})
	parsed, err := engine.Parse(c.Template)
	if err != nil {
		return "", err
	}
	return parsed.Render(context.Background(), c.vars(), liquid.Options{})
}

func (c conformanceCase) engine(config liquid.Config) *liquid.Engine {
	var engine *liquid.Engine
	config.Load = func(_ context.Context, name string) (*liquid.Template, error) {
		source, ok := c.Templates[name]
		if !ok {
			return nil, nil
		}
		return engine.ParseNamed(name, source)
	}
	config.Now = func() time.Time { return time.Date(2026, 3, 14, 15, 9, 26, 0, time.UTC) }
	engine = liquid.New(config)
	return engine
}

func (c conformanceCase) vars() map[string]any {
	if len(c.Data) == 0 {
		return nil
	}
	value, err := liquid.FromJSON(c.Data)
	if err != nil {
		return nil
	}
	o, _ := value.(*liquid.Object)
	return o.Map()
}
