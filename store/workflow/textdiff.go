package workflow

import "unicode"

// TextChange is a text of an action that changed.
type TextChange struct {
	Field  string // subject, body …
	Pieces []Piece
}

// Piece is a part of a changed text.
type Piece struct {
	Kind PieceKind
	Text string
}

// PieceKind says in which of two texts a piece stands.
type PieceKind int

// Where a piece stands.
const (
	InBoth PieceKind = iota
	OnlyBefore
	OnlyAfter
)

// TextChanges is the texts of a message that changed, each word for word.
func TextChanges(was, now Action) (all []TextChange) {
	before := map[string]string{}
	for _, t := range was.texts() {
		before[t.field] = t.source
	}
	for _, t := range now.texts() {
		if old := before[t.field]; old != t.source {
			all = append(all, TextChange{t.field, DiffText(old, t.source)})
		}
		delete(before, t.field)
	}
	for _, t := range was.texts() {
		if old, gone := before[t.field]; gone && old != "" {
			all = append(all, TextChange{t.field, DiffText(old, "")})
		}
	}
	return all
}

// maxCompared bounds the table in which DiffText looks for what two texts have
// in common: what is larger is shown as replaced.
const maxCompared = 4_000_000

// DiffText compares two texts word by word. What is the same at both ends is
// set aside first, so that long texts with small changes stay quick.
func DiffText(before, after string) []Piece {
	a, b := wordsOf(before), wordsOf(after)
	head := 0
	for head < len(a) && head < len(b) && a[head] == b[head] {
		head++
	}
	tail := 0
	for tail < len(a)-head && tail < len(b)-head && a[len(a)-1-tail] == b[len(b)-1-tail] {
		tail++
	}
	var out pieces
	out.add(InBoth, a[:head]...)
	out.middle(a[head:len(a)-tail], b[head:len(b)-tail])
	out.add(InBoth, a[len(a)-tail:]...)
	return out
}

type pieces []Piece

func (p *pieces) add(kind PieceKind, words ...string) {
	for _, w := range words {
		if n := len(*p); n > 0 && (*p)[n-1].Kind == kind {
			(*p)[n-1].Text += w
			continue
		}
		*p = append(*p, Piece{kind, w})
	}
}

// middle follows the longest common subsequence.
func (p *pieces) middle(a, b []string) {
	if len(a)*len(b) > maxCompared {
		p.add(OnlyBefore, a...)
		p.add(OnlyAfter, b...)
		return
	}
	width := len(b) + 1
	common := make([]int32, (len(a)+1)*width) // of a[i:] and b[j:]
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				common[i*width+j] = common[(i+1)*width+j+1] + 1
			} else {
				common[i*width+j] = max(common[(i+1)*width+j], common[i*width+j+1])
			}
		}
	}
	i, j := 0, 0
	for i < len(a) && j < len(b) {
		switch {
		case a[i] == b[j]:
			p.add(InBoth, a[i])
			i, j = i+1, j+1
		case common[(i+1)*width+j] >= common[i*width+j+1]:
			p.add(OnlyBefore, a[i])
			i++
		default:
			p.add(OnlyAfter, b[j])
			j++
		}
	}
	p.add(OnlyBefore, a[i:]...)
	p.add(OnlyAfter, b[j:]...)
}

// wordsOf cuts a text into words, spaces and single signs, so that none is
// lost.
func wordsOf(text string) (all []string) {
	start, was := 0, 0
	for i, r := range text {
		class := classOf(r)
		if i > start && (class != was || class == 0) {
			all = append(all, text[start:i])
			start = i
		}
		was = class
	}
	if start < len(text) {
		all = append(all, text[start:])
	}
	return all
}

// classOf is 1 for letters and digits, 2 for spaces, 0 for anything else.
func classOf(r rune) int {
	switch {
	case unicode.IsLetter(r), unicode.IsDigit(r):
		return 1
	case unicode.IsSpace(r):
		return 2
	}
	return 0
}
