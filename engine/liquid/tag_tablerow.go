package liquid

import (
	"slices"
	"strconv"
)

// tableRow is {% tablerow x in list cols: 2 %}.
type tableRow struct {
	forTag
	cols expr // nil without
}

func parseTableRow(p *parser, c chunk) (node, bool) {
	n := &tableRow{forTag: forTag{list: nothing}}
	p.names["tablerowloop"] = true
	w := p.words(c.inner, c.at)
	if n.variable = w.now.text; w.now.kind != nameToken {
		p.fail(c.from, "{% tablerow %} goes over a list. Write it like {% tablerow item in list cols: 2 %}.")
		p.block(c)
		return nil, false
	}
	p.names[n.variable] = true
	w.advance()
	if !w.acceptName("in") {
		p.fail(w.now.at, "{% tablerow %} needs the word in. Write it like {% tablerow item in list cols: 2 %}.")
	} else {
		n.list = w.expression()
		n.attributes(w)
	}
	b, _ := p.block(c)
	n.body = b
	return n, b.blank
}

func (n *tableRow) attributes(w *words) {
	for w.now.is(",") || w.now.kind == nameToken {
		w.accept(",")
		name := w.next()
		if !w.accept(":") {
			w.p.fail(name.at, "“"+shorten(name.text)+"” cannot be read here. Write cols:, limit: or offset:.")
			return
		}
		value := w.expression()
		switch name.text {
		case "cols":
			n.cols = value
		case "limit":
			n.limit = value
		case "offset":
			n.offset = value
		case "range":
		default:
			w.p.fail(name.at, "{% tablerow %} has no “"+shorten(name.text)+"”. It has cols:, limit: and offset:.")
		}
	}
	w.finish()
}

func (n *tableRow) render(r *Run) error {
	value, err := n.list.eval(r)
	if err != nil || !truthy(value) {
		return err
	}
	s := sequenceOf(value)
	from, _, err := looseInt(r, n.offset)
	if err != nil {
		return err
	}
	limit, all, err := looseInt(r, n.limit)
	if err != nil {
		return err
	}
	if _, isText := textOf(value); !isText {
		s.cut(from, clampSum(from, limit), all)
	}
	cols, none, err := looseInt(r, n.cols)
	if err != nil {
		return err
	}
	if none {
		cols = s.len()
	}
	return n.table(r, &s, cols)
}

// looseInt is a number cut to a whole one, or none; text is what it begins
// with.
func looseInt(r *Run, e expr) (n int, none bool, err error) {
	if e == nil {
		return 0, true, nil
	}
	value, err := e.eval(r)
	if err != nil {
		return 0, true, err
	}
	switch value.(type) {
	case bool, []any, map[string]any, *Object, Range:
		return 0, true, errInteger
	}
	number := toNumber(value)
	how := down
	if number.sign() < 0 {
		how = up
	}
	whole, err := number.integer(how).value()
	return clampInt(whole), false, err
}

func (n *tableRow) table(r *Run, s *sequence, cols int) error {
	loop := &tableLoop{length: s.len(), cols: cols}
	base := len(r.locals)
	r.locals = append(r.locals, local{"tablerowloop", loop}, local{n.variable, nil})
	defer func() { r.locals = slices.Delete(r.locals, base, len(r.locals)) }()
	r.out = append(r.out, "<tr class=\"row1\">\n"...)
	for loop.index = range loop.length {
		if err := r.step(); err != nil {
			return err
		}
		r.locals[base+1].value = s.at(loop.index)
		ended, err := n.cell(r, loop)
		if err != nil {
			return err
		}
		if ended {
			break
		}
	}
	return r.Write("</tr>\n")
}

func (n *tableRow) cell(r *Run, loop *tableLoop) (ended bool, err error) {
	r.out = append(r.out, "<td class=\"col"...)
	r.out = append(strconv.AppendInt(r.out, int64(loop.col()+1), 10), "\">"...)
	if err := r.body(&n.body); err != nil {
		return false, err
	}
	r.out = append(r.out, "</td>"...)
	if r.ended() {
		return true, nil
	}
	if loop.col()+1 == loop.cols && loop.index < loop.length-1 {
		r.out = append(r.out, "</tr>\n<tr class=\"row"...)
		r.out = append(strconv.AppendInt(r.out, int64(loop.row()+2), 10), "\">"...)
	}
	return false, r.fits()
}

// tableLoop is the variable tablerowloop.
type tableLoop struct{ length, cols, index int }

func (l *tableLoop) String() string { return "Liquid::TablerowloopDrop" }

// col and row count from 0. Without columns there is one row.
func (l *tableLoop) col() int {
	if l.cols <= 0 {
		return l.index
	}
	return l.index % l.cols
}

func (l *tableLoop) row() int {
	if l.cols <= 0 {
		return 0
	}
	return l.index / l.cols
}

// Get is one of the loop's properties.
func (l *tableLoop) Get(name string) (any, bool) {
	switch name {
	case "col":
		return l.col() + 1, true
	case "col0":
		return l.col(), true
	case "row":
		return l.row() + 1, true
	case "col_first":
		return l.col() == 0, true
	case "col_last":
		return l.col()+1 == l.cols, true
	}
	return loopProperty(name, l.index, l.length)
}
