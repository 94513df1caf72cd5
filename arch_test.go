package postroom_test

import (
	"os/exec"
	"strings"
	"testing"
)

const root = "github.com/postroom/postroom/"

// allowed says who may import whom. The pure packages under store and
// engine/liquid and engine/csvfile have no I/O; whoever speaks their language may use them.
var allowed = map[string][]string{
	"cmd":             {"web", "engine", "store"},
	"web":             {"views", "static", "store", "engine/liquid", "engine/csvfile"},
	"views":           {"store", "static"},
	"engine":          {"engine", "store"},
	"engine/compose":  {"engine/liquid"},
	"engine/channel":  {"engine/channel"},
	"engine/csvfile":  {},
	"engine/liquid":   {},
	"store":           {"store/identity", "store/condition", "store/workflow"},
	"store/identity":  {},
	"store/condition": {},
	"store/workflow":  {"store/condition", "engine/liquid"},
	"static":          {},
	"browser":         {"browser", "engine/demo"},
}

// only says which package alone may import something from elsewhere.
var only = map[string]string{
	"github.com/labstack/echo":    "web",
	"github.com/gorilla/sessions": "web",
	"database/sql":                "store",
	"github.com/mattn/go-sqlite3": "store",
	"github.com/pressly/goose":    "store",
}

func TestImports(t *testing.T) {
	out, err := exec.Command("go", "list", "-f", `{{.ImportPath}} {{join .Imports " "}}`, "./...").Output()
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(out)) {
		fields := strings.Fields(line)
		from := strings.TrimPrefix(fields[0], root)
		for _, imported := range fields[1:] {
			if to, ours := strings.CutPrefix(imported, root); ours && !mayImport(from, to) {
				t.Errorf("%s imports %s", from, to)
			}
			for lib, by := range only {
				if strings.HasPrefix(imported, lib) && !strings.Contains(" "+by+" ", " "+top(from)+" ") {
					t.Errorf("%s imports %s; only %s may", from, imported, by)
				}
			}
		}
	}
}

func mayImport(from, to string) bool {
	rules, ok := allowed[from]
	if !ok {
		rules = allowed[top(from)]
	}
	for _, rule := range rules {
		if to == rule || strings.HasPrefix(to, rule+"/") {
			return true
		}
	}
	return false
}

// top is the top-level folder of a package.
func top(path string) string {
	folder, _, _ := strings.Cut(path, "/")
	return folder
}
