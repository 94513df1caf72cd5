// Package liquid parses and renders Liquid templates, the language of
// Shopify's stores, for templates that strangers wrote.
//
// A template is parsed once into a tree that never changes and may be rendered
// by many goroutines at the same time. Rendering works within limits: so many
// steps, so many bytes, so deep, and no longer than its context. No template
// panics, and none takes more than its limits allow.
//
// What can be known without data is said when parsing, all at once, with line,
// column and excerpt: unknown tags and filters, wrong arguments, blocks that
// are not closed. Template.Uses says what a template names.
//
//	engine := liquid.New(liquid.Config{})
//	t, err := engine.Parse("Hello {{ name | default: 'you' }}")
//	text, err := t.Render(ctx, map[string]any{"name": "Ann"}, liquid.Options{})
//
// Values are nil, bool, int, float64, string, time.Time, []any, map[string]any,
// *Object (a map that keeps its order), Range and Drop; other numbers, slices
// and maps are turned into these when a template gets at them. The data is
// only read.
//
// docs/liquid.md describes the language and where it differs from Shopify's.
package liquid
