package csvfile

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"
)

// MaxColumns is how many columns a file may have.
const MaxColumns = 100

// sampled is how many rows are looked at to understand a file.
const sampled = 100

// Format is how a file is laid out.
type Format struct {
	Separator byte
	Header    []string   // the columns' names; one without gets "Column 3"
	Samples   [][]string // the first rows
	Start     Position   // of the first row behind the header
}

// separators is what is tried, the likeliest first.
const separators = ",;\t|"

// Sniff finds out how a file in UTF-8 is laid out.
func Sniff(src io.Reader) (Format, error) {
	head, err := io.ReadAll(io.LimitReader(src, MaxRecord))
	if err != nil {
		return Format{}, err
	}
	best, score := Format{Separator: ','}, 0
	for _, separator := range []byte(separators) {
		if f, n := layout(head, separator); n > score {
			best, score = f, n
		}
	}
	if best.Header == nil {
		return best, noHeader(head)
	}
	if best.Start.Offset >= MaxRecord {
		return best, tooLong(1)
	}
	if len(best.Header) > MaxColumns {
		return best, &Error{1, fmt.Sprintf("has %d columns; at most %d can be imported. Leave out what you do not need and upload the file again.", len(best.Header), MaxColumns)}
	}
	return best, nil
}

// noHeader says why there is no first row.
func noHeader(head []byte) error {
	_, err := NewReader(bytes.NewReader(head), ',', Position{Line: 1}).Read()
	if err == io.EOF || err == nil {
		return &Error{1, "is empty, and so is the rest of the file. Choose another file."}
	}
	return err
}

// layout reads the beginning of a file with one separator. The score tells
// which one fits best: rows that have as many values as the header, and the
// number of those.
func layout(head []byte, separator byte) (f Format, score int) {
	r := NewReader(bytes.NewReader(head), separator, Position{Line: 1})
	header, err := r.Read()
	if err != nil {
		return f, 0
	}
	f = Format{Separator: separator, Header: names(header.Fields), Start: r.Position()}
	even := 0
	for len(f.Samples) < sampled {
		rec, err := r.Read()
		if err != nil {
			break
		}
		if len(rec.Fields) == len(header.Fields) {
			even++
		}
		f.Samples = append(f.Samples, rec.Fields)
	}
	if len(header.Fields) == 1 {
		return f, 1 // better than nothing
	}
	return f, 2 + 1000*(even+1)/(len(f.Samples)+1)*4 + min(len(header.Fields), 1000)
}

func names(fields []string) []string {
	header := slices.Clone(fields)
	for i, name := range header {
		if header[i] = strings.TrimSpace(name); header[i] == "" {
			header[i] = fmt.Sprintf("Column %d", i+1)
		}
	}
	return header
}
