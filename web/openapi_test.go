package web

import (
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// openAPI is what of docs/openapi.json is held against the routes.
type openAPI struct {
	Paths map[string]map[string]struct {
		OperationID string              `json:"operationId"`
		Security    []map[string][]any  `json:"security"`
		Parameters  []openAPIParameter  `json:"parameters"`
		Responses   map[string]struct{} `json:"responses"`
	} `json:"paths"`
	Components map[string]map[string]any `json:"components"`
}

type openAPIParameter struct {
	Name string `json:"name"`
	In   string `json:"in"`
}

func readOpenAPI(t *testing.T) (doc openAPI, text string) {
	t.Helper()
	data, err := os.ReadFile("../docs/openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &doc); err != nil {
		t.Fatal(err)
	}
	return doc, string(data)
}

var (
	routeParameter = regexp.MustCompile(`:(\w+)`)
	pathParameter  = regexp.MustCompile(`{(\w+)}`)
	reference      = regexp.MustCompile(`"\$ref": "#/components/(\w+)/(\w+)"`)
)

// notCalls is what the routes answer under an API and is no call of it.
var notCalls = []string{"PATCH /auth", "POST /auth", "PUT /auth", "DELETE /auth"}

func TestTheDocumentHasEveryCallAndNoOther(t *testing.T) {
	s := newSite(t)
	doc, _ := readOpenAPI(t)
	var routes, calls []string
	for _, r := range s.allRoutes() {
		if call := r.method + " " + routeParameter.ReplaceAllString(r.pattern, "{$1}"); isAPI(r.pattern) && !slices.Contains(notCalls, call) {
			routes = append(routes, call)
		}
	}
	for path, operations := range doc.Paths {
		for method := range operations {
			calls = append(calls, strings.ToUpper(method)+" "+path)
		}
	}
	for _, route := range routes {
		if !slices.Contains(calls, route) {
			t.Errorf("%s is missing in docs/openapi.json", route)
		}
	}
	for _, call := range calls {
		if !slices.Contains(routes, call) {
			t.Errorf("docs/openapi.json has %s, which is no route", call)
		}
	}
}

func TestTheDocumentIsWhole(t *testing.T) {
	s := newSite(t)
	doc, text := readOpenAPI(t)
	for _, match := range reference.FindAllStringSubmatch(text, -1) {
		if doc.Components[match[1]][match[2]] == nil {
			t.Errorf("%s leads nowhere", match[0])
		}
	}
	seen := map[string]bool{}
	for path, operations := range doc.Paths {
		for method, o := range operations {
			call := strings.ToUpper(method) + " " + path
			if o.OperationID == "" || seen[o.OperationID] {
				t.Errorf("%s has the operationId %q", call, o.OperationID)
			}
			seen[o.OperationID] = true
			for _, match := range pathParameter.FindAllStringSubmatch(path, -1) {
				if !slices.Contains(o.Parameters, openAPIParameter{match[1], "path"}) {
					t.Errorf("%s does not describe %s", call, match[1])
				}
			}
			a := s.call(strings.ToUpper(method), pathParameter.ReplaceAllString(path, "1"), "", "{}")
			if _, says := o.Responses["401"]; says != (a.Code == 401) || says != (len(o.Security) > 0) {
				t.Errorf("%s answers %d to a stranger, and the document says otherwise", call, a.Code)
			}
		}
	}
}
