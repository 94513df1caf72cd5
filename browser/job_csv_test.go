package browser_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// importFile brings 50 people of a file in, and turns away two that nobody
// could tell from others.
func (j *job) importFile() {
	var rows strings.Builder
	rows.WriteString("email,first_name,plan\n")
	for i := range 50 {
		fmt.Fprintf(&rows, "reader%d@acme.test,Reader %d,%s\n", i, i, []string{"free", "pro"}[i%2])
	}
	rows.WriteString(",Nobody,free\nnot an address,Somebody,free\n")
	file := filepath.Join(j.t.TempDir(), "readers.csv")
	if err := os.WriteFile(file, []byte(rows.String()), 0o600); err != nil {
		j.t.Fatal(err)
	}
	j.Open("/w/acme/people")
	j.Click("Import CSV")
	j.At("/w/acme/imports")
	j.ClickIn("main", "Import people")
	j.Upload("file", file)
	j.looks()
	j.Click("Upload")
	j.Sees("Check the file")
	j.looks()
	j.Click("Check the file")
	j.Sees("What the import would do")
	j.Sees("Import 50 rows")
	j.looks()
	j.Click("Import 50 rows")
	j.Sees("Download rejected rows")
	j.Sees("Rejected rows, by line")
	j.looks()
	j.Open("/w/acme/people?q=reader49")
	j.Sees("Reader 49")
}
