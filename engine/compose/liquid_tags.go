package compose

import (
	"html"
	"slices"
	"strconv"
	"strings"

	"github.com/osteele/liquid"
	"github.com/osteele/liquid/expressions"
	"github.com/osteele/liquid/render"
)

// output is an expression that the program evaluates itself: it prints it, or
// keeps it under a name.
type output struct {
	line   int
	source string // as written
	expr   expressions.Expression
	paths  []string // the variables in it
	prints bool
	name   string // what an assign sets
}

// The library sees these instead of what the author wrote, so that a missing
// value is noticed, loops can be stopped and captures are bounded.
const (
	printTag   = "pr_print"
	assignTag  = "pr_assign"
	rawTag     = "pr_raw"
	stepTag    = "pr_step"
	captureTag = "pr_capture"

	itemsFilter = "pr_items"
)

// conditions are the tags whose arguments are passed on, checked.
var conditions = map[string]bool{
	"if": true, "elsif": true, "unless": true, "case": true, "when": true, "for": true, "tablerow": true,
}

// bare are the tags that take nothing that needs a look.
var bare = map[string]bool{
	"else": true, "endif": true, "endunless": true, "endcase": true, "endfor": true, "endtablerow": true,
	"break": true, "continue": true, "cycle": true,
}

// translate puts the pieces into the library's words, line for line.
func (p *program) translate(pieces []piece) (string, *problem) {
	var b strings.Builder
	for _, one := range pieces {
		if err := p.translatePiece(&b, one); err != nil {
			return "", &problem{one.line, err.Error()}
		}
	}
	return b.String(), nil
}

func (p *program) translatePiece(b *strings.Builder, one piece) error {
	switch one.kind {
	case textPiece:
		b.WriteString(one.source)
		return nil
	case rawPiece:
		p.raws = append(p.raws, one.source)
		writeTag(b, one, rawTag, strconv.Itoa(len(p.raws)-1))
		return nil
	case outputPiece:
		return p.translateOutput(b, one, printTag, output{source: one.source, prints: true})
	}
	switch {
	case one.name == "echo":
		return p.translateOutput(b, one, printTag, output{source: one.source, prints: true})
	case one.name == "assign":
		return p.translateAssign(b, one)
	case one.name == "capture":
		if word(one.source) != len(one.source) || one.source == "" {
			return sentence("{% capture %} needs one name. Write it, for example {% capture greeting %}.")
		}
		writeTag(b, one, captureTag, one.source)
	case one.name == "endcapture":
		writeTag(b, one, "end"+captureTag, "")
	case one.name == "comment" || one.name == "#":
		writeTag(b, one, stepTag, "")
	case conditions[one.name]:
		return translateCondition(b, one)
	case bare[one.name]:
		writeTag(b, one, one.name, one.source)
	case linkTags[one.name] != nil:
		writeTag(b, one, one.name, "")
	default:
		return sentence("There is no tag called {% " + shorten(one.name) + " %}. Correct its name, or take it out.")
	}
	return nil
}

// writeTag writes a tag that is as many lines long as the piece it stands for.
func writeTag(b *strings.Builder, one piece, name, args string) {
	b.WriteString("{%")
	if one.trimL {
		b.WriteString("-")
	}
	b.WriteString(" " + name + " " + args + strings.Repeat("\n", max(0, one.breaks-strings.Count(args, "\n"))))
	if one.trimR {
		b.WriteString(" -%}")
		return
	}
	b.WriteString(" %}")
}

func (p *program) translateOutput(b *strings.Builder, one piece, tag string, o output) error {
	checked, err := readExpression(o.source)
	if err != nil {
		return err
	}
	if o.expr, err = expressions.Parse(checked.source); err != nil {
		return sentence("“" + shorten(o.source) + "” cannot be read. Look for a missing quote, bar or colon.")
	}
	o.line, o.paths = one.line, checked.paths
	p.outputs = append(p.outputs, o)
	writeTag(b, one, tag, strconv.Itoa(len(p.outputs)-1))
	return nil
}

func (p *program) translateAssign(b *strings.Builder, one piece) error {
	name, source, ok := strings.Cut(one.source, "=")
	name, source = strings.TrimSpace(name), strings.TrimSpace(source)
	if !ok || name == "" || word(name) != len(name) || source == "" {
		return sentence("{% assign %} needs a name and a value. Write it like {% assign colour = \"red\" %}.")
	}
	return p.translateOutput(b, one, assignTag, output{source: source, name: name})
}

// translateCondition passes the tag on, and counts the rounds of a loop.
func translateCondition(b *strings.Builder, one piece) error {
	checked, err := readExpression(one.source)
	if err != nil {
		return err
	}
	if strings.TrimSpace(checked.source) == "" {
		return sentence("{% " + one.name + " %} says nothing. Write what it is about.")
	}
	if one.name != "for" && one.name != "tablerow" {
		writeTag(b, one, one.name, checked.source)
		return nil
	}
	writeTag(b, one, one.name, overItems(checked.source))
	b.WriteString("{% " + stepTag + " %}")
	return nil
}

// overItems passes what a loop goes over through the filter pr_items, before
// the loop's own words.
func overItems(args string) string {
	all, _ := tokens(args)
	end := len(all)
	for i := len(all) - 1; i > 2; i-- {
		if all[i].is("reversed") || all[i].is("limit", "offset", "cols") && !all[i-1].is("|") {
			end = i
		}
	}
	return join(slices.Concat(all[:end], []token{{text: "|"}, {text: itemsFilter}}, all[end:]))
}

func addTags(e *liquid.Engine) {
	e.UnregisterTag("include")
	e.UnregisterTag("render")
	e.RegisterTag(printTag, func(ctx render.Context) (string, error) { return running(ctx).print(ctx) })
	e.RegisterTag(assignTag, func(ctx render.Context) (string, error) { return "", running(ctx).assign(ctx) })
	e.RegisterTag(stepTag, func(ctx render.Context) (string, error) { return "", running(ctx).step() })
	e.RegisterTag(rawTag, func(ctx render.Context) (string, error) {
		return running(ctx).program.raws[tagNumber(ctx)], nil
	})
	e.RegisterBlock(captureTag, func(ctx render.Context) (string, error) { return "", running(ctx).capture(ctx) })
	for name, tag := range linkTags {
		e.RegisterTag(name, func(ctx render.Context) (string, error) { return tag(running(ctx)), nil })
	}
}

// tagNumber is the number that a tag of ours carries.
func tagNumber(ctx render.Context) int {
	n, err := strconv.Atoi(strings.TrimSpace(ctx.TagArgs()))
	if err != nil {
		panic(err)
	}
	return n
}

// linkTags are the reference product's tags for links. There is one page for
// unsubscribing and for choosing topics, so both lead there.
var linkTags = map[string]func(*run) string{
	"unsubscribe_url":                     func(r *run) string { return r.link(r.links.UnsubscribeURL) },
	"manage_subscription_preferences_url": func(r *run) string { return r.link(r.links.UnsubscribeURL) },
	"view_in_browser_url":                 func(r *run) string { return r.link(r.links.ViewURL) },
	"unsubscribe": func(r *run) string {
		if !r.html {
			return "Unsubscribe: " + r.link(r.links.UnsubscribeURL)
		}
		return `<a class="untracked" href="` + r.link(r.links.UnsubscribeURL) + `">Unsubscribe</a>`
	},
}

// link is a URL as the field at hand wants it; without one it leads nowhere.
func (r *run) link(url string) string {
	if url == "" {
		return "#"
	}
	if r.html {
		return html.EscapeString(url)
	}
	return url
}
