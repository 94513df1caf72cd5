package workflow

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
)

const (
	maxDepth  = 250     // levels of JSON: four for each branch, the rest for conditions
	maxValues = 200_000 // JSON values in one document
)

// node is one value of a JSON text. It knows where it stands, so that an
// error can name the place.
type node struct {
	kind   byte   // one of { [ " 0 t n
	text   string // what a string, a number or a boolean says
	raw    []byte
	fields []*node // of an object, in the order of the text
	items  []*node // of a list
	up     *node
	name   string // in an object
	index  int    // in a list
}

// path is the place of the value, such as campaign.actions[2].key.
func (n *node) path() string {
	switch {
	case n == nil || n.up == nil:
		return ""
	case n.up.kind == '[':
		return n.up.path() + "[" + strconv.Itoa(n.index) + "]"
	default:
		return join(n.up.path(), n.name)
	}
}

// join is the path of the field with this name.
func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// reader turns a JSON text into nodes. Unlike encoding/json it notices a field
// that is written twice and keeps the order of fields.
type reader struct {
	data   []byte
	tokens *json.Decoder
	values int
}

// readJSON is the whole text as a tree of nodes.
func readJSON(data []byte) (*node, *Error) {
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	var all json.RawMessage
	if err := json.Unmarshal(data, &all); err != nil {
		return nil, notJSON(data, err)
	}
	r := reader{data: data, tokens: json.NewDecoder(bytes.NewReader(data))}
	r.tokens.UseNumber()
	return r.value(&node{}, 0)
}

// notJSON words a syntax error with the line where it stands.
func notJSON(data []byte, err error) *Error {
	at := int64(len(data))
	if bad := (*json.SyntaxError)(nil); errors.As(err, &bad) {
		at = bad.Offset
	}
	line := 1 + bytes.Count(data[:at], []byte("\n"))
	return &Error{Message: fmt.Sprintf("This is not JSON: line %d: %v.", line, err)}
}

// value reads the next value into n, which knows its place already.
func (r *reader) value(n *node, depth int) (*node, *Error) {
	if r.values++; r.values > maxValues {
		return nil, &Error{Message: fmt.Sprintf("The document has more than %d values. Split it.", maxValues)}
	}
	if depth > maxDepth {
		return nil, &Error{Message: "The document is nested too deeply."}
	}
	start := r.tokens.InputOffset()
	token, err := r.tokens.Token()
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, &Error{Path: n.path(), Message: fmt.Sprintf("This is not JSON: %v.", err)}
	}
	if wrong := r.fill(n, token, depth); wrong != nil {
		return nil, wrong
	}
	n.raw = bytes.TrimLeft(r.data[start:r.tokens.InputOffset()], " \t\r\n:,")
	return n, nil
}

// fill gives n what the token says, and the values inside it.
func (r *reader) fill(n *node, token json.Token, depth int) *Error {
	switch t := token.(type) {
	case json.Delim:
		n.kind = byte(t)
		if t == '{' {
			return r.object(n, depth)
		}
		return r.list(n, depth)
	case string:
		n.kind, n.text = '"', t
	case json.Number:
		n.kind, n.text = '0', t.String()
	case bool:
		n.kind, n.text = 't', strconv.FormatBool(t)
	default:
		n.kind = 'n'
	}
	return nil
}

func (r *reader) object(n *node, depth int) *Error {
	seen := map[string]bool{}
	for r.tokens.More() {
		name, err := r.tokens.Token()
		if err != nil {
			return &Error{Path: n.path(), Message: fmt.Sprintf("This is not JSON: %v.", err)}
		}
		field := &node{up: n, name: name.(string)}
		if seen[field.name] {
			return &Error{field.path(), "This field is written twice. Keep one of them."}
		}
		seen[field.name] = true
		if _, wrong := r.value(field, depth+1); wrong != nil {
			return wrong
		}
		n.fields = append(n.fields, field)
	}
	r.tokens.Token() // the closing brace
	return nil
}

func (r *reader) list(n *node, depth int) *Error {
	for r.tokens.More() {
		item := &node{up: n, index: len(n.items)}
		if _, wrong := r.value(item, depth+1); wrong != nil {
			return wrong
		}
		n.items = append(n.items, item)
	}
	r.tokens.Token() // the closing bracket
	return nil
}
