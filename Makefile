# make help lists what there is.
TAGS    := sqlite_fts5,sqlite_math_functions,sqlite_omit_load_extension,sqlite_stat4
VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
GO      := CGO_ENABLED=1 go
FLAGS   := -tags=$(TAGS)
SERVE   ?= serve

.PHONY: help run build test check dev bench proof screenshots generate tools
help: ## show this
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /\1\t/' | column -t -s "$$(printf '\t')"

run: build ## build and serve on http://127.0.0.1:8080, data in ./data
	bin/postroom $(SERVE)

build: ## build bin/postroom
	$(GO) build $(FLAGS) -trimpath -ldflags '-s -w -X main.version=$(VERSION)' -o bin/postroom ./cmd/postroom

test: tools ## install what the tests need and run them all
	$(GO) test $(FLAGS) -timeout 25m ./...

check: generate ## all that must hold before a commit is kept
	@test -z "$$(gofmt -l $$(git ls-files '*.go'))" || { gofmt -l $$(git ls-files '*.go'); echo 'run gofmt -w on these'; exit 1; }
	@git diff --quiet -- '*_templ.go' || { echo 'generated files were not in step; they are now: commit them'; exit 1; }
	$(GO) vet $(FLAGS) ./...
	$(GO) tool -modfile=tools/go.mod staticcheck $(FLAGS) ./...
	$(MAKE) test

proof: ## a hundred thousand people through every type of action, each way checked: five minutes
	$(GO) test $(FLAGS) -timeout 60m -run TestEveryoneGoesTheirWay -v ./engine -args -everyone 100000

generate: ## make the *_templ.go files
	$(GO) tool templ generate -lazy

dev: ## serve the demo account, and again whenever a source file changes
	scripts/dev

bench: build ## measure; prints figures and ratios
	$(GO) test $(FLAGS) -run '^$$' -bench . -benchtime 1x -timeout 60m ./bench
	cd bench/liquid && go test -run '^$$' -bench . -benchtime 1x .

screenshots: build tools ## make docs/screenshots anew
	$(GO) run $(FLAGS) ./browser/screenshots

tools:
	scripts/tools
