package csvfile

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"
)

func read(t *testing.T, r *Reader) (rows [][]string, lines []int) {
	t.Helper()
	for {
		rec, err := r.Read()
		if err == io.EOF {
			return rows, lines
		}
		if err != nil {
			t.Fatal(err)
		}
		rows, lines = append(rows, rec.Fields), append(lines, rec.Line)
	}
}

func TestRead(t *testing.T) {
	tests := []struct {
		name, file string
		rows       [][]string
		lines      []int
	}{
		{"nothing", "", nil, nil},
		{"line ends", "a,b\nc,d\r\ne,f\rg,h", [][]string{{"a", "b"}, {"c", "d"}, {"e", "f"}, {"g", "h"}}, []int{1, 2, 3, 4}},
		{"quotes", "\"a\nb\",\"c\r\nd\"\n\"\"\"\",\"\"\nx,\"y\"", [][]string{{"a\nb", "c\r\nd"}, {`"`, ""}, {"x", "y"}}, []int{1, 4, 5}},
		{"quotes within", "a\"b,\"c\"d\",e\n", [][]string{{`a"b`, `cd"`, "e"}}, []int{1}},
		{"rows without a value", "\n,,\n \na\n\n", [][]string{{"a"}}, []int{4}},
		{"mark", "\xEF\xBB\xBFa,b\n", [][]string{{"a", "b"}}, []int{1}},
		{"an empty value at the end", "a,\n,b", [][]string{{"a", ""}, {"", "b"}}, []int{1, 2}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			for _, src := range []io.Reader{strings.NewReader(test.file), iotest.OneByteReader(strings.NewReader(test.file))} {
				rows, lines := read(t, NewReader(src, ',', Position{Line: 1}))
				if !reflect.DeepEqual(rows, test.rows) || !reflect.DeepEqual(lines, test.lines) {
					t.Errorf("%q on lines %v, want %q on %v", rows, lines, test.rows, test.lines)
				}
			}
		})
	}
}

func TestReadNamesTheLineOfDamage(t *testing.T) {
	tests := []struct {
		name, file string
		line       int
	}{
		{"NUL", "a\nb\x00\n", 2},
		{"quote", "a\nb,\"c\nd\ne", 2},
		{"quote in a later line of the row", "a\n\"b\nc\",\"d\ne", 3},
		{"long line", "a\n" + strings.Repeat("x", 10<<20) + "\nb\n", 2},
		{"long quote", "a\n\"" + strings.Repeat("x\n", 10<<20), 2},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := NewReader(strings.NewReader(test.file), ',', Position{Line: 1})
			_, err := r.Read()
			if err == nil {
				_, err = r.Read()
			}
			var damage *Error
			if !errors.As(err, &damage) || damage.Line != test.line {
				t.Errorf("got %v, want damage in line %d", err, test.line)
			}
			if cap(r.room) > MaxRecord {
				t.Errorf("%d bytes were taken", cap(r.room))
			}
		})
	}
}

func TestReadPassesErrorsOn(t *testing.T) {
	broken := errors.New("broken disk")
	r := NewReader(io.MultiReader(strings.NewReader("a\nb"), iotest.ErrReader(broken)), ',', Position{Line: 1})
	if _, err := r.Read(); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Read(); err != broken {
		t.Errorf("got %v, want %v", err, broken)
	}
}

func TestSniff(t *testing.T) {
	tests := []struct {
		name, file string
		separator  byte
		header     []string
	}{
		{"commas", "a,b\n1,2\n", ',', []string{"a", "b"}},
		{"semicolons with decimal commas", "a;b;c\n1,5;2,5;3\n", ';', []string{"a", "b", "c"}},
		{"tabs", "a\tb\n1, or 2\t3\n", '\t', []string{"a", "b"}},
		{"bars", "a|b\n1|2\n", '|', []string{"a", "b"}},
		{"one column", "email\nada@x.test\n", ',', []string{"email"}},
		{"names are trimmed and filled in", " a ,,\"c\"\n1,2,3\n", ',', []string{"a", "Column 2", "c"}},
		{"header only", "a,b", ',', []string{"a", "b"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f, err := Sniff(strings.NewReader(test.file))
			if err != nil || f.Separator != test.separator || !reflect.DeepEqual(f.Header, test.header) {
				t.Errorf("%q %q, %v", f.Separator, f.Header, err)
			}
		})
	}
	for _, file := range []string{"", "\n\n", "a\x00b", strings.Repeat("x", 2<<20), strings.Repeat(",x", 400)} {
		if f, err := Sniff(strings.NewReader(file)); err == nil {
			t.Errorf("%.20q…: no error, %d columns", file, len(f.Header))
		}
	}
}

func TestDetector(t *testing.T) {
	tests := []struct {
		file string
		want Encoding
	}{
		{"", UTF8}, {"ada", UTF8}, {"Zoë €🙂", UTF8}, {"\xEF\xBB\xBFa", UTF8},
		{"Zo\xEB", Windows1252}, {"Zo\xEB,x", Windows1252}, {"\xE2\x82", Windows1252},
		{"\xFF\xFEa\x00", UTF16LE}, {"\xFE\xFF\x00a", UTF16BE},
	}
	for _, test := range tests {
		for size := 1; size < 5; size++ {
			var d Detector
			for chunk := range chunks(test.file, size) {
				d.Write(chunk)
			}
			if got := d.Encoding(); got != test.want {
				t.Errorf("%q by %d bytes: %s, want %s", test.file, size, got, test.want)
			}
		}
	}
}

func chunks(text string, size int) func(func([]byte) bool) {
	return func(yield func([]byte) bool) {
		for len(text) > 0 {
			n := min(size, len(text))
			if !yield([]byte(text[:n])) {
				return
			}
			text = text[n:]
		}
	}
}

// FuzzReader holds the reader to three promises: reading on from any position
// gives the same rows, what a careful writer wrote comes back, and no file
// makes it fail in another way than by naming a line.
func FuzzReader(f *testing.F) {
	for _, seed := range []string{"a,b\nc,d\n", "\"a\nb\",c\r\n", "\xEF\xBB\xBFa\r\r\n,", "\"", "a\x00", "\"a\"b,\"\"\"\n"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		r := NewReader(bytes.NewReader(file), ',', Position{Line: 1})
		var written bytes.Buffer
		var rows [][]string
		w := csv.NewWriter(&written)
		for {
			from := r.Position()
			rec, err := r.Read()
			again, errAgain := NewReader(bytes.NewReader(file[from.Offset:]), ',', from).Read()
			if !reflect.DeepEqual(rec, again) || (err == nil) != (errAgain == nil) {
				t.Fatalf("%+v (%v), read on from %+v: %+v (%v)", rec, err, from, again, errAgain)
			}
			if err != nil {
				var damage *Error
				if err != io.EOF && !errors.As(err, &damage) {
					t.Fatal(err)
				}
				break
			}
			if r.Position().Offset <= from.Offset || rec.Line < from.Line {
				t.Fatalf("from %+v to %+v", from, r.Position())
			}
			w.Write(rec.Fields)
			rows = append(rows, rec.Fields)
		}
		w.Flush()
		if len(rows) > 0 && strings.HasPrefix(rows[0][0], utf8BOM) {
			return // the mark is not text at the beginning of a file
		}
		back, _ := read(t, NewReader(&written, ',', Position{Line: 1}))
		if !reflect.DeepEqual(back, rows) {
			t.Fatalf("wrote %q, read %q", rows, back)
		}
	})
}
