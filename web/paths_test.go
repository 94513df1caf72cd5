package web

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// A path function that no route answers is a dead link, so every one of views
// is followed by reading its source: what is known only at run time becomes 1.
func TestEveryPathHasARoute(t *testing.T) {
	s := newSite(t)
	routes := s.allRoutes()
	paths := readPaths(t)
	if len(paths.funcs) < 15 {
		t.Fatalf("found %d path functions only", len(paths.funcs))
	}
	for name, fn := range paths.funcs {
		if name == "SectionPath" {
			continue // TestEverySectionHasAPage walks them all
		}
		for _, path := range paths.results(fn) {
			path, _, _ = strings.Cut(path, "?")
			if !answered(routes, path) {
				t.Errorf("%s makes %s, which no route answers", name, path)
			}
		}
	}
	for name, value := range paths.consts {
		if path := paths.text(value); strings.HasSuffix(name, "Path") && !answered(routes, path) {
			t.Errorf("%s is %s, which no route answers", name, path)
		}
	}
}

func answered(routes []route, path string) bool {
	for _, r := range routes {
		if matches(strings.Split(r.pattern, "/"), strings.Split(path, "/")) {
			return true
		}
	}
	return false
}

func matches(pattern, path []string) bool {
	for i, part := range pattern {
		if part == "*" {
			return true
		}
		if i >= len(path) || part != path[i] && !strings.HasPrefix(part, ":") {
			return false
		}
	}
	return len(pattern) == len(path)
}

// sourcePaths is the functions and constants of views whose names end in Path.
type sourcePaths struct {
	funcs  map[string]*ast.FuncDecl
	consts map[string]ast.Expr
}

var pathName = regexp.MustCompile(`^[A-Z]\w*Path$`)

func readPaths(t *testing.T) sourcePaths {
	t.Helper()
	p := sourcePaths{map[string]*ast.FuncDecl{}, map[string]ast.Expr{}}
	files, err := filepath.Glob("../views/*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, decl := range file.Decls {
			p.keep(decl)
		}
	}
	return p
}

func (p sourcePaths) keep(decl ast.Decl) {
	if fn, ok := decl.(*ast.FuncDecl); ok && fn.Recv == nil && pathName.MatchString(fn.Name.Name) {
		p.funcs[fn.Name.Name] = fn
	}
	group, ok := decl.(*ast.GenDecl)
	if !ok || group.Tok != token.CONST {
		return
	}
	for _, spec := range group.Specs {
		value := spec.(*ast.ValueSpec)
		for i, name := range value.Names {
			if i < len(value.Values) {
				p.consts[name.Name] = value.Values[i]
			}
		}
	}
}

// results is what each return of a function makes.
func (p sourcePaths) results(fn *ast.FuncDecl) (all []string) {
	ast.Inspect(fn.Body, func(n ast.Node) bool {
		if ret, ok := n.(*ast.ReturnStmt); ok && len(ret.Results) == 1 {
			all = append(all, p.text(ret.Results[0]))
		}
		return true
	})
	return all
}

// text is the value of an expression, with 1 for what is not in the source.
func (p sourcePaths) text(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.BasicLit:
		if text, err := strconv.Unquote(e.Value); err == nil {
			return text
		}
	case *ast.ParenExpr:
		return p.text(e.X)
	case *ast.BinaryExpr:
		return p.text(e.X) + p.text(e.Y)
	case *ast.Ident:
		if value, ok := p.consts[e.Name]; ok {
			return p.text(value)
		}
	case *ast.CallExpr:
		return p.call(e)
	}
	return "1"
}

var verbs = regexp.MustCompile(`%[a-z]`)

func (p sourcePaths) call(e *ast.CallExpr) string {
	switch fn := e.Fun.(type) {
	case *ast.Ident:
		if fn.Name == "query" {
			return ""
		}
		if decl, ok := p.funcs[fn.Name]; ok {
			return strings.Split(p.results(decl)[0], "?")[0]
		}
	case *ast.SelectorExpr:
		if fn.Sel.Name == "Sprintf" {
			args := e.Args[1:]
			return verbs.ReplaceAllStringFunc(p.text(e.Args[0]), func(string) string {
				arg := args[0]
				args = args[1:]
				return p.text(arg)
			})
		}
		for _, arg := range e.Args { // a method that adds a query to a path
			if path := p.text(arg); strings.HasPrefix(path, "/") {
				return path
			}
		}
	}
	return "1"
}
